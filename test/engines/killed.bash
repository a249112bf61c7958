# shellcheck shell=bash disable=SC2016,SC2034
# SPDX-License-Identifier: Apache-2.0
# killed.bash - an engine or a runtime is killed while it creates a container; what then runs is guarded.
# Loaded after helpers.

KILL_AT=$SG_BUILD_DIR/bin/kill_at
WRAPPER=/usr/bin/sysctl-guard-runtime
have_kill_at() { [[ -x $KILL_AT ]]; }

# killer REAL BODY: the script $ENGINE_DIR/killer is REAL, but for `create`: then it is BODY, with $@ as it came, and
# after that it stands still, and its engine with it. The container's ID is in $ENGINE_DIR/created.
killer() {
  [[ -p $ENGINE_DIR/go ]] || mkfifo "$ENGINE_DIR/go"
  {
    echo '#!/bin/bash'
    echo "case \" \$* \" in *' create '*) ;; *) exec '$1' \"\$@\" ;; esac"
    echo "echo \"\${*: -1}\" >'$ENGINE_DIR/created'"
    echo "$2"
    echo 'status=$?'
    echo "touch '$ENGINE_DIR/still'"
    echo "read -r _ <'$ENGINE_DIR/go'"
    # shellcheck disable=SC2016
    echo 'exit $status'
  } >"$ENGINE_DIR/killer.new"
  chmod 755 "$ENGINE_DIR/killer.new"
  mv "$ENGINE_DIR/killer.new" "$ENGINE_DIR/killer"
}

# killer_at STEP PROGRAM: kills it at the step of `create`. The steps there are: $ENGINE_DIR/steps.
killer_at() { killer "$2" "'$KILL_AT' '$ENGINE_DIR/steps' '$1' '$2' \"\$@\""; }

# start_and_clear WHY: what is there of the container is looked at, started with the test's own `by_hand`, looked at
# again, and cleared away.
start_and_clear() {
  nothing_unguarded "$1" || return
  if by_hand start "$ID" >>"$BATS_TEST_TMPDIR/log" 2>&1; then poll has_programs_or_is_gone || return; fi
  nothing_unguarded "$1, started" || return
  by_hand delete --force "$ID" >>"$BATS_TEST_TMPDIR/log" 2>&1 || true
  poll cleared
}

# killed_engine WHY COMMAND...: an engine makes a container with the killer, and goes on when that was looked at.
killed_engine() {
  local why=$1 engine
  shift
  rm -f "$ENGINE_DIR/still"
  "$@" </dev/null >"$BATS_TEST_TMPDIR/log" 2>&1 3>&- &
  engine=$!
  poll test -e "$ENGINE_DIR/still" || return
  ID=$(cat "$ENGINE_DIR/created")
  SG_IDS+=("$ID")
  start_and_clear "$why" || return
  {
    echo >&9
    wait "$engine" || true
  } 9<>"$ENGINE_DIR/go"
}

# What was started by hand may be cleared away by an engine that had lost it.
has_programs_or_is_gone() { [[ -n $(programs) ]] || ! by_hand state "$ID" >/dev/null 2>&1; }

# A runtime that has lost its engine goes on by itself. crun's process in the container has its arguments too, and
# may wait there for ever.
nobody_creates() {
  local file
  while IFS= read -r file; do
    [[ $(readlink "${file%/*}/ns/pid") != "$(readlink /proc/self/ns/pid)" ]] || return 1
  done < <(grep -lazx create /proc/[0-9]*/cmdline 2>/dev/null)
}

# Every process in a cgroup of the container.
processes() { grep -l "^0::.*$ID" /proc/[0-9]*/cgroup 2>/dev/null | cut -d/ -f3; }

# programs: those that are no longer the runtime's, which waits there to become them.
programs() {
  local pid
  for pid in $(processes); do
    [[ $(cat "/proc/$pid/comm" 2>/dev/null) != sleep ]] || echo "$pid"
  done
}

# access_as PID NAME=VALUE...: sg_run of accesses in the namespaces and the cgroup of the process, so that they
# would go through without a guard.
access_as() {
  local pid=$1 dir
  shift
  dir=$(cgroup2_dir)$(sed -n 's/^0:://p' "/proc/$pid/cgroup")
  sg_run sh -c '
    echo $$ >"$1/cgroup.procs"; pid=$2; shift 2
    exec nsenter --target "$pid" --mount --pid --net --ipc --uts access "$@"' sh "$dir" "$pid" "$@"
}

# nothing_unguarded WHY: of the container's programs. Adds to STARTED how many there are.
nothing_unguarded() {
  local pid guards
  for pid in $(programs); do
    guards=$(guards_of "$ID" | wc -l)
    access_as "$pid" net/ipv4/ip_default_ttl=33 net/ipv4/ip_forward=1
    # Of one that was cleared away meanwhile this says nothing.
    ! gone "$pid" || continue
    STARTED=$((STARTED + 1))
    expect_equal "$guards" 1 "guards: $1" || return
    expect_ungranted net/ipv4/ip_default_ttl=33 64 || return
    expect_line "net/ipv4/ip_forward=1: ok, now 1" || return
  done
}

# What a killed runtime leaves, and its engine does not know of.
cleared() {
  local pid
  for pid in $(processes); do kill -KILL "$pid" 2>/dev/null || true; done
  find_in_cgroups -depth -type d -name "*$ID*" -exec rmdir {} + || true
  no_cgroup_with "$ID"
}

# works_again: a container made now is guarded.
works_again() {
  engine_remove >&2
  name_another
  engine_up sleep 100000
  engine_exec access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_ungranted net/ipv4/ip_default_ttl=33 64
}
