# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: Apache-2.0
# helpers.bash - one set of words for every engine, so that each behaviour is written once.
#
# inside.sh runs the .bats files here in a machine, once for each engine with
#
#   ENGINE         bundle (the runtime alone), podman, docker, docker-cdi, containerd, containerd-base-spec, host
#   RUNTIME        runc or crun
#   DRIVER         the cgroup driver: cgroupfs or systemd
#   ENGINE_DIR     where an engine keeps what lives longer than a test
#
# engine_ENGINE.bash has what differs. A test's container is NAME (ID for the hook), has ANNOTATIONS and
# the capability NET_ADMIN, and a network of its own without interfaces. The engine knows the hook by
# `sysctl-guard install`, or the runtime is sysctl-guard-runtime:
#
#   INSTALLED   the argument of `sysctl-guard install`; empty where that has nothing to do with it
#   OPENS       1: our programs open /proc/sys for a container that asks, and no flag of the engine's is given
#   ASKED       1: a container without annotations is not guarded
#   OPEN        1: the test's container gets the engine's own flag; that is so where OPENS is empty
#
#   engine_start, engine_stop    the daemon, with the image in it
#   register_hook                from now on the hook runs; unregister_hook: it does not
#   engine_run COMMAND...        a container, to its end, in sg_run
#   engine_up COMMAND...         one that goes on; sets ID
#   engine_exec COMMAND...       in that one, in sg_run
#   engine_restart               stops it and starts it again
#   engine_remove                every container of the test
#   engine_id                    sets ID, of a container that did not start too
#   engine_pid                   its first process
#   engine_cgroup                where its own cgroup is to be
#   engine_sysctls               what the engine sets by itself, rows of NAME|VALUE|READ BACK|OTHER VALUE

SG_ENGINES=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=test/integration/helpers.bash
. "$SG_ENGINES/../integration/helpers.bash"
# shellcheck source=test/integration/pages.bash
. "$SG_ENGINES/../integration/pages.bash"

# What a page shows is done in the machine.
on_node() { bash -c "$1"; }

# As it is installed in the machine.
HOOK=/usr/libexec/oci/hooks.d/sysctl-guard-hook

IMAGE=localhost/sg-test:1
ALLOW='io.sysctl-guard.allow=net.ipv4.ip_forward=0|1'
MISTAKE='io.sysctl-guard.alow=net.ipv4.ip_forward'
# In syslog and, where the runtime shows what a hook says, in the engine's error.
COMPLAINT="sysctl-guard: annotations: 'io.sysctl-guard.alow'"
BEYOND='io.sysctl-guard.allow=vm.swappiness=60'
BEYOND_COMPLAINT="sysctl-guard: annotation io.sysctl-guard.allow: 'vm.swappiness=60' at offset 0: permits vm.swappiness=60, which is beyond the node's limit"

# shellcheck source=/dev/null
. "$SG_ENGINES/engine_$ENGINE.bash"

# detached COMMAND...: for a command that leaves processes behind, which must not hold the test's output.
detached() {
  local log=${BATS_TEST_TMPDIR:-$ENGINE_DIR}/detached
  "$@" </dev/null >"$log" 2>&1 3>&- && return
  echo "\$ $*" >&2
  cat "$log" >&2
  return 1
}

# choose_runtime: sysctl-guard-runtime takes runc where both are there.
choose_runtime() {
  [[ $RUNTIME == crun ]] || return 0
  mkdir -p /etc/sysctl-guard
  echo '{"version": 1, "runtime": "/usr/bin/crun"}' >/etc/sysctl-guard/runtime.json
}

# start_daemon NAME COMMAND...: in the background, its output in a log.
start_daemon() {
  local name=$1
  shift
  "$@" </dev/null >>"$ENGINE_DIR/$name.log" 2>&1 3>&- &
  echo $! >"$ENGINE_DIR/$name.pid"
}

stop_daemon() {
  local pid
  pid=$(cat "$ENGINE_DIR/$1.pid")
  kill "$pid"
  poll gone "$pid"
}

# syslog: what has come to it, one message a line.
syslog() {
  if [[ $DRIVER == systemd ]]; then
    journalctl --no-pager --quiet --output short
  else
    cat "$ENGINE_DIR/syslog"
  fi
}

syslog_has() { syslog | grep -qF -- "$1"; }

# enter_beside NAME=VALUE: sg_run of an access by a process in a cgroup below the container's own, not in
# the one of its first process or below that.
enter_beside() {
  local pid dir
  pid=$(engine_pid)
  dir=$(cgroup2_dir)$(engine_cgroup)/sg-beside
  mkdir "$dir"
  sg_run sh -c '
    echo $$ >"$1/cgroup.procs"; pid=$2; shift 2
    exec nsenter --target "$pid" --mount --pid --net --ipc --uts access "$@"' sh "$dir" "$pid" "$@"
  poll rmdir "$dir"
}

no_cgroup_with() { [[ -z $(find_in_cgroups -type d -name "*$1*" -print -quit) ]]; }

# annotated KEY=VALUE...: the next containers.
annotated() { ANNOTATIONS=("$@"); }

# The engine's own flag opens /proc/sys for the next containers.
opened_by_engine() { OPEN=1; }

# expect_ungranted NAME=VALUE BACK: a sysctl that no rule names is read-only where our programs open, and refused by the
# guard where the engine has opened all of them.
expect_ungranted() {
  if [[ -n $OPEN ]]; then
    expect_line "$1: EPERM, now $2"
  else
    expect_line "$1: open:EROFS, now $2"
  fi
}

# hook_away: the program of the hook is gone until the end of the test.
hook_away() { mv "$HOOK" "$HOOK.away"; }

# One more container in a test, and back to an earlier one.
name_another() { NAME+=-b; }

go_back_to() {
  NAME=$1
  ID=$2
}

# expect_known_by_name: a guarded container is found by the name that the engine gave, and by no other.
expect_known_by_name() {
  annotated "$ALLOW"
  engine_up sleep 100000
  sg_run sysctl-guard show --json "$NAME"
  expect_status 0
  grep -qF "\"id\": \"$ID\"" <<<"$output"
  grep -qF "\"engineName\": \"$NAME\"" <<<"$output"
  sg_run sysctl-guard show "$NAME-none"
  expect_status 1
}

# A file with a setup of its own calls these.
setup() { engine_setup; }
teardown() { engine_teardown; }

engine_setup() {
  SG_IDS=()
  ANNOTATIONS=()
  NAME=sg-$$-$BATS_TEST_NUMBER
  ID=
  OPEN=
  [[ -n $OPENS ]] || opened_by_engine
  register_hook
}

engine_teardown() {
  local id left=0 log
  cd "$SG_TOP" || return 1
  if [[ -z ${BATS_TEST_COMPLETED:-} ]]; then
    for log in "$ENGINE_DIR"/*.log; do
      [[ ! -f $log ]] || tail -n 5 "$log" >&2
    done
  fi
  [[ ! -e $HOOK.away ]] || mv "$HOOK.away" "$HOOK"
  engine_remove >&2 || left=1
  for id in "${SG_IDS[@]}"; do
    poll no_cgroup_with "$id" && poll no_guard_of "$id" || left=1
  done
  return "$left"
}
