# SPDX-License-Identifier: Apache-2.0
#
# What is checked is what is written: a buffer that changes during the write, two tasks that are
# preempted by each other on one CPU, and a real-time task that interrupts them at any place, never
# get a value through that is not allowed. 20-attempts.sh shows that without a guard they do.
# shellcheck shell=dash
set -euo pipefail
# shellcheck source=test/kernel/matrix/guest/lib/guarded.sh
. "$(dirname "$0")/lib/guarded.sh"

sysctl=/proc/sys/net/ipv4/ip_forward
cgroup=/race

# attack METHOD COUNT: writes the allowed 1 and the refused 0. Prints the line of `attempts`.
attack() {
  in_cgroup "$cgroup" attempts -f "$sysctl" -v 1 -w 0 -n "$2" "$1"
}

# expect_clean METHOD COUNT
expect_clean() {
  line=$(attack "$1" "$2")
  echo "$line"
  expect "$1: how often the other value was applied" "$1 0" "${line%% *} ${line##*other:}"
  expect_part "$1: writes" "$1 ok:" "$line"
  expect "$1: the value afterwards" 1 "$(cat "$sysctl")"
}

# pulsed VALUE: the race, while a real-time task writes VALUE on the same CPU, which allows 1 alone.
pulsed() {
  in_cgroup "$cgroup" guest_tool pulse "$sysctl" "$1" 10 >/run/pulse &
  pulse=$!
  expect_clean race 20000
  wait "$pulse" || expect "the real-time task" "exit 0" "exit $?"
  echo "real time: $(cat /run/pulse)"
  tr -c '0-9\n' ' ' </run/pulse | { read -r went stopped && [ $((went + stopped)) -ge 50 ]; } ||
    expect "real-time writes" "at least 50" "$(cat /run/pulse)"
}

if [ $# -gt 0 ]; then
  echo 1 >"$sysctl"
  expect_clean flip 20000
  expect_clean race 60000
  pulsed 1
  expect_part "allowed real-time writes" " refused:0" "$(cat /run/pulse)"
  pulsed 0
  expect_part "refused real-time writes" "ok:0 " "$(cat /run/pulse)"
  exit "$failed"
fi

start_process "$cgroup"
guard race 'net.ipv4.ip_forward=1'
in_namespaces sh "$0" inside || failed=1
end_process "$pid" "$cgroup"
expect_guards 0
exit "$failed"
