#!/usr/bin/env bats
# shellcheck disable=SC2016
# SPDX-License-Identifier: Apache-2.0
# Killed at any moment of `create`: no container runs with an open /proc/sys and without a guard.
#
# The wrapper is killed at every one of its system calls that others can see, the real runtime that it becomes at every sixth and
# between the hooks, Podman at each stage that runs a program. After each kill: config.json is the old or the new
# one, what runs is guarded, and the next try works.

load helpers
load podman
load wrapper

KILL_AT=$SG_BUILD_DIR/bin/kill_at
have_kill_at() { [[ -x $KILL_AT ]]; }

# The teardowns of both: containers of a runtime and of Podman.
teardown() {
  local id left=0
  cd "$SG_TOP" || return 1
  for id in "${SG_IDS[@]}"; do runtime delete --force "$id" >/dev/null 2>&1 || true; done
  if [[ -d $BATS_TEST_TMPDIR/root ]]; then
    podman_ rm --all --force --time 0 >&2 || left=1
    poll rm_cgroups || left=1
  fi
  for id in "${SG_IDS[@]}"; do
    [[ -n ${BATS_TEST_COMPLETED:-} ]] || remove_cgroups_of "$id"
    nothing_left_of "$id" || left=1
  done
  return "$left"
}

# asking_bundle: read-only /proc/sys, an annotation, a program that stays. Sets OLD and NEW: config.json before
# and after the edit.
asking_bundle() {
  install_wrapper
  closed_bundle
  annotate allow 'net.ipv4.ip_forward=0|1'
  set_args sleep 100000
  OLD=$BATS_TEST_TMPDIR/old.json
  NEW=$BATS_TEST_TMPDIR/new.json
  cp config.json "$OLD"
  runtime create --bundle "$BUNDLE" "$ID" </dev/null >log 2>&1 3>&-
  cp config.json "$NEW"
  delete_container
  nothing_left_of "$ID"
  if cmp -s "$OLD" "$NEW"; then fail_with "there was nothing to edit"; fi
}

# killed_create STEP: from the old config.json, killed at the step. Sets status.
killed_create() {
  cp "$OLD" config.json
  status=0
  in_cgroups "$KILL_AT" "$BATS_TEST_TMPDIR/steps" "$1" "$WRAPPER" --root "$BATS_TEST_TMPDIR/state" \
    create --bundle "$BUNDLE" "$ID" </dev/null >log 2>&1 3>&- || status=$?
}

config_is_whole() {
  cmp -s config.json "$OLD" || cmp -s config.json "$NEW" || fail_with "config.json is neither at $1"
}

# What is there may be started; whatever then runs cannot write what its policy refuses. The write is
# made in the container's own namespaces and cgroup, so that it would go through without a guard.
nothing_unguarded() {
  local pid
  if runtime start "$ID" >/dev/null 2>&1; then poll is_running || return 1; fi
  for pid in $(pids_of "$ID"); do
    [[ $(cat "/proc/$pid/comm" 2>/dev/null) == sleep ]] || continue
    STARTED=$((STARTED + 1))
    [[ $(guards_of "$ID" | wc -l) == 1 ]] || fail_with "it runs without a guard: $1" || return 1
    in_container access net/ipv4/ip_default_ttl=33 net/ipv4/ip_forward=1
    expect_line "net/ipv4/ip_default_ttl=33: open:EROFS, now 64" || return 1
    expect_line "net/ipv4/ip_forward=1: ok, now 1" || return 1
  done
}

# The program itself, no longer the runtime's process that becomes it.
is_running() {
  local pid
  for pid in $(pids_of "$ID"); do
    [[ $(cat "/proc/$pid/comm" 2>/dev/null) != sleep ]] || return 0
  done
  return 1
}

pids_of() {
  find "$(cgroup2_dir)/$1" -name cgroup.procs -exec cat {} + 2>/dev/null
}

# The next try, with what the kill left: it runs, guarded.
retry_works() {
  runtime delete --force "$ID" >/dev/null 2>&1 || true
  poll no_cgroup_of "$ID"
  sg_run start_detached
  expect_status 0 || return 1
  poll is_running || return 1
  STARTED=0
  nothing_unguarded "the retry after $1" || return 1
  ((STARTED == 1)) || fail_with "the retry after $1 does not run" || return 1
  cmp config.json "$NEW" || fail_with "not edited after $1" || return 1
  no_temporary || fail_with "a temporary file is left after the retry, $1" || return 1
  delete_container
  nothing_left_of "$ID"
}

@test "the wrapper, killed at each of its system calls that others can see" {
  requires wrapper kill_at
  local step steps old=0 new=0 left=0
  asking_bundle
  killed_create 0
  expect_equal "$status" 0
  delete_container
  read -r steps _ <"$BATS_TEST_TMPDIR/steps"
  ((steps >= 6)) || fail_with "only $steps steps"
  for ((step = 1; step <= steps; step++)); do
    killed_create "$step"
    expect_equal "$status" 137 "step $step"
    config_is_whole "step $step"
    if cmp -s config.json "$OLD"; then old=$((old + 1)); else new=$((new + 1)); fi
    expect_equal "$(runtime list --quiet)" "" "containers at step $step"
    if ! no_temporary; then
      left=$((left + 1))
      retry_works "step $step"
    fi
    rm -rf "$BATS_TEST_TMPDIR/state"
  done
  # Kills came before, while and after the new file was written.
  ((old > 2 && new > 0 && left > 1)) || fail_with "old $old, new $new, temporary $left"
  # A retry from each of the two documents without a temporary file.
  cp "$OLD" config.json
  retry_works "the old config.json"
  cp "$NEW" config.json
  retry_works "the new config.json"
}

@test "the real runtime behind the wrapper, killed at every sixth system call that others can see" {
  requires wrapper kill_at
  local step exec all
  asking_bundle
  killed_create 0
  delete_container
  read -r exec all <"$BATS_TEST_TMPDIR/steps"
  ((all > exec + 50)) || fail_with "only $all steps"
  STARTED=0
  # 0 kills nothing: how many steps there are differs each time, so no other one surely leaves what can be started.
  for step in $(seq $((exec + 1)) 6 "$all") "$all" 0; do
    killed_create "$step"
    cmp config.json "$NEW" || fail_with "config.json at step $step"
    nothing_unguarded "step $step"
    runtime delete --force "$ID" >/dev/null 2>&1 || true
    rm -rf "$BATS_TEST_TMPDIR/state"
    poll no_process_of "$ID"
    remove_cgroups_of "$ID"
    poll no_cgroup_of "$ID"
  done
  ((STARTED > 0)) || fail_with "after no kill was there a container to start"
  retry_works "the last kill"
}

no_process_of() {
  local pid
  for pid in $(pids_of "$1"); do kill -KILL "$pid" 2>/dev/null || true; done
  [[ -z $(pids_of "$1") ]]
}

# A program for a hook of the stage: kills the runtime that runs it.
add_killer() {
  printf '#!/bin/sh\ncat >/dev/null\nkill -KILL $PPID\n' >"$BATS_TEST_TMPDIR/killer"
  chmod 755 "$BATS_TEST_TMPDIR/killer"
  update_config --arg path "$BATS_TEST_TMPDIR/killer" "$1"
}

@test "the real runtime, killed by a hook before and after ours" {
  requires wrapper
  local place
  asking_bundle
  STARTED=0
  # Hooks of later stages run in the container's process, where the runtime cannot be reached.
  for place in '.hooks.prestart = [{path: $path}]' '.hooks.createRuntime |= [{path: $path}] + .' \
    '.hooks.createRuntime += [{path: $path}]'; do
    cp "$NEW" config.json
    add_killer "$place"
    runtime create --bundle "$BUNDLE" "$ID" </dev/null >log 2>&1 3>&- && fail_with "not killed: $place"
    nothing_unguarded "$place"
    runtime delete --force "$ID" >/dev/null 2>&1 || true
    rm -rf "$BATS_TEST_TMPDIR/state"
    poll no_process_of "$ID"
    remove_cgroups_of "$ID"
    poll no_cgroup_of "$ID"
  done
  cp "$NEW" config.json
  retry_works "the killers"
}

# At createContainer the runtime's process in the container runs the hook that locks /proc/sys.

# create_directly: by the real runtime, as config.json is. Sets status.
create_directly() {
  status=0
  in_cgroups sh -c 'echo $$ >"$0" && exec "$@"' "$BATS_TEST_TMPDIR/pid" "$REAL" --root "$BATS_TEST_TMPDIR/state" \
    create --bundle "$BUNDLE" "$ID" </dev/null >log 2>&1 3>&- || status=$?
}

# clean_up: what a create left that came to no end.
clean_up() {
  runtime delete --force "$ID" >/dev/null 2>&1 || true
  rm -rf "$BATS_TEST_TMPDIR/state"
  poll no_process_of "$ID"
  remove_cgroups_of "$ID"
  poll no_cgroup_of "$ID"
}

# lock_by BODY: the entry that locks is a script, whose arguments are that entry's. It has another name, or the guard would
# not take another program for ours.
lock_by() {
  cp "$NEW" config.json
  printf '#!/bin/sh\n%s\n' "$1" >"$BATS_TEST_TMPDIR/locker"
  chmod 755 "$BATS_TEST_TMPDIR/locker"
  update_config --arg path "$BATS_TEST_TMPDIR/locker" '.hooks.createContainer |= map(.path = $path | .args[0] = "locker")'
}

@test "the hook that locks, killed at each of its system calls that others can see: nothing is created" {
  requires wrapper kill_at
  local step steps
  asking_bundle
  lock_by "exec '$KILL_AT' '$BATS_TEST_TMPDIR/steps' 0 '$HOOK' \"\$@\""
  create_directly
  expect_equal "$status" 0 "where nothing is killed"
  STARTED=0
  nothing_unguarded "no step"
  expect_equal "$STARTED" 1 "containers where nothing is killed"
  clean_up
  read -r _ steps <"$BATS_TEST_TMPDIR/steps"
  ((steps >= 5)) || fail_with "only $steps steps"
  for ((step = 1; step <= steps; step++)); do
    lock_by "exec '$KILL_AT' '$BATS_TEST_TMPDIR/steps' $step '$HOOK' \"\$@\""
    create_directly
    ((status != 0)) || fail_with "it was created, killed at step $step"
    nothing_unguarded "step $step"
    clean_up
  done
  expect_equal "$STARTED" 1 "containers after a kill"
}

# kill_while_locking WHOM PLACE: a script stands still before or after ours; meanwhile the runtime (create) or its process
# in the container (init) is killed.
kill_while_locking() {
  local stop="echo ready >'$BATS_TEST_TMPDIR/ready'; read -r line <'$BATS_TEST_TMPDIR/go'" victim
  rm -f "$BATS_TEST_TMPDIR"/{ready,go}
  mkfifo "$BATS_TEST_TMPDIR/go"
  case $2 in
    before) lock_by "$stop; exec '$HOOK' \"\$@\"" ;;
    after) lock_by "'$HOOK' \"\$@\" || exit; $stop" ;;
  esac
  create_directly &
  poll test -s "$BATS_TEST_TMPDIR/ready"
  victim=$(cat "$BATS_TEST_TMPDIR/pid")
  [[ $1 == create ]] || victim=$(first_process)
  kill -KILL "$victim"
  # Whoever still stands there goes on.
  timeout 60 sh -c 'echo go >"$1"' sh "$BATS_TEST_TMPDIR/go" || true
  wait
}

# The first of the container's own PID namespace. Numbers of the host begin anew some day, so the least is not it.
first_process() {
  local pid
  for pid in $(pids_of "$ID"); do
    [[ $(awk '/^NSpid:/ { print NF, $NF }' "/proc/$pid/status") != "3 1" ]] || echo "$pid"
  done
}

@test "the runtime and its process in the container, killed before and after /proc/sys is locked" {
  requires wrapper
  local whom place
  asking_bundle
  STARTED=0
  for whom in create init; do
    for place in before after; do
      kill_while_locking "$whom" "$place"
      nothing_unguarded "$whom, $place"
      clean_up
    done
  done
  expect_equal "$STARTED" 0 "containers after a kill"
  cp "$NEW" config.json
  retry_works "the last kill"
}

# kill_podman_at PLACE: registers what kills Podman, and the runtime where there is one, at a stage before or
# after our hook.
kill_podman_at() {
  local script=$BATS_TEST_TMPDIR/kill-$1 number=60
  case $1 in
    precreate-before) printf '#!/bin/sh\nkill -KILL $PPID\n' >"$script" ;;
    precreate-after) printf '#!/bin/sh\n"%s" || exit\nkill -KILL $PPID\n' "$HOOK" >"$script" ;;
    *) printf '#!/bin/sh\ncat >/dev/null\nkill -KILL $(cat "%s") $PPID\n' \
      "$BATS_TEST_TMPDIR/pid" >"$script" ;;
  esac
  chmod 755 "$script"
  # File names decide the order of the hooks; ours is number 50.
  [[ $1 != *-before ]] || number=40
  jq -n --arg path "$script" --arg stage "${1%-*}" '
    {version: "1.0.0", hook: {path: $path, args: ["kill"]}, when: {always: true},
     stages: [$stage]}' >"$BATS_TEST_TMPDIR/hooks.d/$number-kill.json"
}

podman_processes() {
  find "$(cgroup2_dir)" -path "*libpod-$ID*" -name cgroup.procs -exec cat {} + 2>/dev/null
}

podman_nothing_unguarded() {
  local pid
  for pid in $(podman_processes); do
    [[ $(cat "/proc/$pid/comm" 2>/dev/null) == sleep ]] || continue
    [[ $(guards_of "$ID" | wc -l) == 1 ]] || fail_with "it runs without a guard: $1" || return 1
  done
}

# A runtime that was killed leaves its cgroup, and Podman does not know of it.
podman_cgroup_is_gone() {
  local pid
  for pid in $(podman_processes); do kill -KILL "$pid" 2>/dev/null || true; done
  find "$(cgroup2_dir)" -depth -type d -path "*libpod-$ID*" -exec rmdir {} + 2>/dev/null || true
  [[ -z $(find "$(cgroup2_dir)" -type d -path "*libpod-$ID*" -print -quit) ]]
}

@test "Podman, killed at precreate and at createRuntime, before and after our hook" {
  requires podman
  local place
  local -a new=(create --annotation 'io.sysctl-guard.allow=net.ipv4.ip_forward=0|1' "${PODMAN_RUN[@]}")
  cd "$BATS_TEST_TMPDIR"
  make_podman createRuntime precreate
  # In front of Podman, so that the number it is recorded under is its own.
  printf '#!/bin/sh\necho $$ >"%s"\nexec "%s" "$@"\n' "$PWD/pid" "$(command -v podman)" >podman
  chmod 755 podman
  PATH=$PWD:$PATH
  for place in precreate-before precreate-after createRuntime-before createRuntime-after; do
    kill_podman_at "$place"
    ID=$(podman_ "${new[@]}" "$PODMAN_IMAGE" sleep 100000)
    SG_IDS+=("$ID")
    if podman_ start "$ID" </dev/null >log 2>&1 3>&-; then fail_with "not killed at $place"; fi
    podman_nothing_unguarded "$place"
    rm hooks.d/*-kill.json
    poll podman_cgroup_is_gone
    # The next try: of the same container where Podman was killed before it had one.
    [[ $place == precreate-* ]] || {
      podman_ rm --force --time 0 "$ID" >&2
      ID=$(podman_ "${new[@]}" "$PODMAN_IMAGE" sleep 100000)
      SG_IDS+=("$ID")
    }
    podman_ start "$ID" </dev/null >log 2>&1 3>&-
    sg_run podman_ exec "$ID" access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
    expect_line "net/ipv4/ip_forward=1: ok, now 1"
    expect_line "net/ipv4/ip_default_ttl=33: open:EROFS, now 64"
  done
}
