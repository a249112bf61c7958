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
  expect "$what: one line of ours" "1 sysctl-guard" "$(echo "$said" | wc -l) ${said%%:*}"
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

# milliseconds WHAT COMMAND...: how long each of ten runs takes, on average.
milliseconds() {
  what=$1
  shift
  begin=$(cut -d' ' -f1 /proc/uptime)
  for _ in 1 2 3 4 5 6 7 8 9 10; do "$@"; done
  echo "$begin $(cut -d' ' -f1 /proc/uptime)" |
    awk -v "what=$what" '{ printf "%s: %d ms\n", what, ($2 - $1) * 100 }'
}

# shellcheck disable=SC2317  # milliseconds calls it
print_version() { "$hook" --version >/dev/null; }

# The guard is replaced each time, never doubled.
milliseconds "the hook, with $(program_name)" guard c1 \
  'net.ipv4.ip_forward=0|1,net.ipv4.conf.*.rp_filter=1,net.ipv4.tcp_*,kernel.shm*'
expect_guards 1
milliseconds "the hook's program, started alone" print_version

end_process "$pid" /c1
expect_guards 0
exit "$failed"
