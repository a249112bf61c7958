# SPDX-License-Identifier: Apache-2.0
#
# The hook itself on a pure cgroup v2 host: where it refuses, with which exit status and words, and
# that a refusal leaves nothing in the kernel; how little locked memory it gets along with; how long
# it takes, which is printed and not judged.
# shellcheck shell=dash
set -euo pipefail
# shellcheck source=test/kernel/matrix/guest/lib/guarded.sh
. "$(dirname "$0")/lib/guarded.sh"

# refused WHAT CODE PART [COMMAND...]: for the state in /run/state; COMMAND runs the hook.
refused() {
  what=$1
  wanted=$2
  part=$3
  shift 3
  run_hook "$@" </run/state
  echo "$what: $code $said"
  expect "$what: exit" "$wanted" "$code"
  expect_part "$what" "$part" "$said"
  expect "$what: lines" 1 "$(echo "$said" | grep -c '^sysctl-guard: ')$(echo "$said" | grep -v -c '^sysctl-guard: ' | sed 's/^0$//')"
  expect_guards 0
}

start_process /
state c1 "$pid" >/run/state
refused "the root cgroup" 69 "the container shares the root cgroup"
end_process "$pid" /

state c1 1 >/run/state
refused "pid 1" 69 "pid 1: that is no container as the host sees it"

start_process /c1
state c1 "$pid" >/run/state
refused "the hook's own cgroup" 69 "the hook runs in it too" in_cgroup /c1
state other "$pid" >/run/state
refused "another container's cgroup" 69 "ID 'other'"
state c1 "$pid" 'net..x' >/run/state
refused "a mistake" 65 "annotation io.sysctl-guard.allow"
state c1 "$pid" 'net.ipv4.ip_forward=0|1' | head -c 60 >/run/state
refused "half a state" 65 "state"

# Before 5.11 maps and programs count as locked memory, of which others have 64 KiB.
ulimit -l 64
guard c1 'net.ipv4.ip_forward=0|1'
expect_guards 1

# A second policy, twice as large, many times: the guard is replaced, never doubled.
begin=$(cut -d' ' -f1 /proc/uptime)
runs=0
while [ "$runs" -lt 10 ]; do
  guard c1 'net.ipv4.ip_forward=0|1,net.ipv4.conf.*.rp_filter=1,net.ipv4.tcp_*,kernel.shm*'
  runs=$((runs + 1))
done
end=$(cut -d' ' -f1 /proc/uptime)
expect_guards 1
echo "$begin $end" | awk -v "name=$(program_name)" -v "runs=$runs" \
  '{ printf "%s: %d ms for each run of the hook\n", name, ($2 - $1) * 1000 / runs }'
begin=$(cut -d' ' -f1 /proc/uptime)
runs=0
while [ "$runs" -lt 10 ]; do
  "$hook" --version >/dev/null
  runs=$((runs + 1))
done
end=$(cut -d' ' -f1 /proc/uptime)
echo "$begin $end" | awk -v "runs=$runs" \
  '{ printf "%d ms of it to start the program\n", ($2 - $1) * 1000 / runs }'

end_process "$pid" /c1
expect_guards 0
exit "$failed"
