# SPDX-License-Identifier: Apache-2.0
#
# The other half of 20-attempts.sh: the same methods on a guarded cgroup, under three policies. A
# value that is not allowed is refused whatever the method; an allowed one is written, but not at
# another position; a rule without values changes nothing.
# shellcheck shell=dash
set -euo pipefail
# shellcheck source=test/kernel/matrix/guest/lib/guarded.sh
. "$(dirname "$0")/lib/guarded.sh"

sysctl=/proc/sys/net/ipv4/ip_forward
cgroup=/methods
padded='1           '
table=$(dirname "$0")/attempts.table

# write METHOD VALUE: moved-fd opens outside the cgroup and enters it, all others are inside.
write() {
  case $1 in
    moved-fd) attempts -f "$sysctl" -v "$2" -c "$cgroups$cgroup" "$1" ;;
    *) in_cgroup "$cgroup" attempts -f "$sysctl" -v "$2" "$1" ;;
  esac
}

# check METHOD VALUE RESULT AFTER
check() {
  echo 0 >"$sysctl"
  expect "$rules: $1" "$1 $3" "$(write "$1" "$2")"
  expect "$rules: $1: the value afterwards" "$4" "$(cat "$sysctl")"
}

# METHOD RESULT EFFECT, from the table, under a rule that has another value.
check_refused() {
  case $3 in
    read) check "$1" "$padded" "$2" 0 ;;
    *) check "$1" "$padded" errno:EPERM 0 ;;
  esac
}

# Under a rule that has the value. To a guard a position of 4 GiB looks like 0; the kernel ignores
# what is written there.
check_allowed() {
  case $1:$3 in
    *:read) check "$1" 1 "$2" 0 ;;
    *:applied) check "$1" 1 ok:1 1 ;;
    *:elsewhere | pwrite-4g:*) check "$1" 1 ok:1 0 ;;
    *) check "$1" 1 errno:EPERM 0 ;;
  esac
}

# Under a rule without values.
check_any() {
  case $3 in
    applied) check "$1" "$padded" "$2" 1 ;;
    *) check "$1" "$padded" "$2" 0 ;;
  esac
}

# In the namespaces of the guarded process, with RULES and what to expect.
if [ $# -gt 0 ]; then
  rules=$1
  grep -v '^#' "$table" >/run/table
  while read -r method result effect; do
    case $2 in
      refused) check_refused "$method" "$result" "$effect" ;;
      allowed) check_allowed "$method" "$result" "$effect" ;;
      any) check_any "$method" "$result" "$effect" ;;
      *) expect "an argument" "refused, allowed or any" "$2" ;;
    esac
  done </run/table
  exit "$failed"
fi

# under RULES EXPECTED: has the hook guard the cgroup so, then carries out every method.
under() {
  guard methods "$1"
  expect_guards 1
  in_namespaces sh "$0" "$1" "$2" || failed=1
}

expect_guards 0
start_process "$cgroup"
under 'net.ipv4.ip_forward=0' refused
under 'net.ipv4.ip_forward=0|1' allowed
under 'net.ipv4.ip_forward' any
end_process "$pid" "$cgroup"
expect_guards 0
echo "$(wc -l </run/table) methods, 3 policies"
exit "$failed"
