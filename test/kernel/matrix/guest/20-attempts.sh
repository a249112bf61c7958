# SPDX-License-Identifier: Apache-2.0
#
# The control of every test of a refused write: without a guard each method of attempts.table works
# on this kernel and has the effect the table says, in a fresh network namespace.
# shellcheck shell=dash
set -euo pipefail
[ "${1:-}" = inside ] || exec unshare -n sh "$0" inside

sysctl=/proc/sys/net/ipv4/ip_forward
value='1           '
table=$(dirname "$0")/attempts.table
cgroup=/sys/fs/cgroup/attempts
failed=0

# expect WHAT WANTED GOT
expect() {
  [ "$2" = "$3" ] && return
  echo "failed: $1: expected $2, got $3"
  failed=1
}

# check METHOD RESULT EFFECT
check() {
  after=0
  [ "$3" != applied ] || after=1
  echo 0 >"$sysctl"
  expect "$1" "$1 $2" "$(attempts -f "$sysctl" -v "$value" -c "$cgroup" "$1")"
  expect "$1: the value afterwards" "$after" "$(cat "$sysctl")"
}

mkdir "$cgroup"
grep -v '^#' "$table" >/run/table
while read -r method result effect; do
  check "$method" "$result" "$effect"
done </run/table
rmdir "$cgroup"

# The table is complete.
attempts -l | awk '{ print $1 }' | grep -v -x -e flip -e race | sort >/run/listed
awk '{ print $1 }' /run/table | sort >/run/known
expect "the methods of the table" "$(tr '\n' ' ' </run/listed)" "$(tr '\n' ' ' </run/known)"

# A buffer that changes during the write: both values get applied, or the attempt proves nothing.
flips=0
for _ in 1 2 3 4 5; do
  line=$(attempts -f "$sysctl" -v 1 -w 0 -n 4000 flip)
  echo "$line"
  flips=${line##*other:}
  [ "$flips" -eq 0 ] || break
done
[ "$flips" -gt 0 ] || expect flip "the other value at least once" "$line"

expect race "race ok:500 other:500" "$(attempts -f "$sysctl" -v 1 -w 0 -n 500 race)"
echo "$(wc -l </run/table) methods"
exit "$failed"
