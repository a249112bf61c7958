# SPDX-License-Identifier: Apache-2.0
#
# What the guest tests of the guard share; they source it. A test is a host with a hook: it makes
# processes and containers, has the hook guard them, and compares what they say with what is
# expected. Every difference is printed; `exit "$failed"` ends a test.
# shellcheck shell=dash

hook=/test/bin/sysctl-guard-hook
cgroups=/sys/fs/cgroup
failed=0
export failed
pid=

# expect WHAT WANTED GOT
expect() {
  [ "$2" = "$3" ] && return
  echo "failed: $1: expected:"
  echo "$2"
  echo "but got:"
  echo "$3"
  failed=1
}

# expect_part WHAT PART GOT
expect_part() {
  case $3 in *"$2"*) return ;; esac
  echo "failed: $1: nothing says '$2' in:"
  echo "$3"
  failed=1
}

# poll COMMAND...: until it succeeds, for at most 10 seconds.
poll() {
  tries=200
  until "$@"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || { echo "failed: never became true: $*"; return 1; }
    usleep 50000
  done
}

is_sleeping() { [ "$(cat "/proc/$1/comm" 2>/dev/null)" = sleep ]; }

# start_process CGROUP: sets pid to a process there with net, ipc and uts namespaces of its own.
start_process() {
  mkdir -p "$cgroups$1"
  # shellcheck disable=SC2016  # the inner shell expands
  sh -c 'echo 0 >"$1/cgroup.procs" && exec unshare -n -i -u sleep 100000' sh "$cgroups$1" &
  pid=$!
  poll is_sleeping "$pid"
}

# end_process PID CGROUP
end_process() {
  kill -KILL "$1"
  wait "$1" 2>/dev/null || true
  [ "$2" = / ] || poll rmdir "$cgroups$2"
}

# in_namespaces COMMAND...: as the process `pid` has them, outside its cgroup.
in_namespaces() { nsenter -t "$pid" -n -i -u "$@"; }

# in_cgroup CGROUP COMMAND...
in_cgroup() {
  directory=$cgroups$1
  shift
  # shellcheck disable=SC2016  # the inner shell expands
  sh -c 'echo 0 >"$1/cgroup.procs" && shift && exec "$@"' sh "$directory" "$@"
}

# state ID PID [ALLOW]: a container's state, as runtimes write it, with the annotation in it.
state() {
  allow=
  [ $# -lt 3 ] || allow="\"io.sysctl-guard.allow\": \"$3\""
  cat <<STATE
{"ociVersion": "1.0.2", "id": "$1", "status": "creating", "pid": $2, "bundle": "/nowhere",
 "annotations": {$allow}}
STATE
}

# run_hook [COMMAND]...: the state comes on standard input, COMMAND runs the hook. Sets code and said.
# shellcheck disable=SC2120  # COMMAND may be missing
run_hook() {
  code=0
  said=$("$@" "$hook" 2>&1) || code=$?
}

# guard ID ALLOW: has the hook guard the process `pid`.
guard() {
  state "$1" "$pid" "$2" >/run/state
  # shellcheck disable=SC2119
  run_hook </run/state
  expect "the hook for $2" "0 " "$code $said"
}

# ours: what of a guard is in the kernel, by name, each name once for each object. The two maps of events are the
# host's, and the pins go first: they keep the programs of policies that no container has any more.
ours() {
  rm -f /run/sysctl-guard/bpf/p-*
  guest_tool bpf | { grep -E '^(program sysctl_guard|map s(g_|ysctl_g))' || true; } |
    { grep -v '^map sg_event' || true; } | sort
}

# program_name: which program this kernel gets; a kernel keeps 15 bytes of a name.
program_name() {
  case $(uname -r) in
    5.10.*) echo sysctl_guard_bo ;;
    *) echo sysctl_guard ;;
  esac
}

# wanted_objects COUNT: what `ours` prints where COUNT guards are, of different policies. No program
# reads sg_meta: it is there because it is bound to the program.
wanted_objects() {
  left=$1
  while [ "$left" -gt 0 ]; do
    case $(program_name) in
      sysctl_guard) printf 'map %s\n' sg_containers sg_counts ;;
      *) printf 'map %s\n' sg_container sg_counters ;;
    esac
    printf 'map %s\n' sg_meta sg_table sysctl_g.rodata
    echo "program $(program_name)"
    left=$((left - 1))
  done | sort
}

has_guards() { [ "$(ours)" = "$(wanted_objects "$1")" ]; }

# expect_guards COUNT: the kernel frees what was replaced a moment later.
expect_guards() {
  poll has_guards "$1" || expect "the guards in the kernel" "$(wanted_objects "$1")" "$(ours)"
}
