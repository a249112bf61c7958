#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2034
# SPDX-License-Identifier: Apache-2.0
# Docker's shim, its daemon, the wrapper and runc, killed while they create a container: none runs with an open
# /proc/sys and without a guard.

load helpers
load killed

by_hand() { runc --root /run/docker/runtime-runc/moby "$@"; }

new_run() {
  name_another
  HOW=(--runtime killer)
}

# killed_at STEP
killed_at() {
  killer_at "$1" "$WRAPPER"
  new_run
  killed_engine "step $1" docker_run --detach "$IMAGE" sleep 100000
  docker rm --force "$NAME" >&2
}

# As users have it.
works() {
  register_hook
  works_again
}

@test "the wrapper and runc, killed at varied moments of create: whatever then runs is guarded" {
  requires kill_at
  local step exec all
  annotated "$ALLOW"
  STARTED=0
  killed_at 0
  # The control: what a finished create leaves can be started by hand, and is. How many steps runc takes differs each
  # time, so a kill may leave that or not.
  ((STARTED > 0)) || fail_with "it is not started where nothing is killed"
  read -r exec all <"$ENGINE_DIR/steps"
  ((exec >= 6 && all > exec + 50)) || fail_with "only $exec and $all steps"
  for step in 1 $((exec / 2)) $((exec - 1)) $((exec + 1)) \
    $(seq $((exec + 10)) $(((all - exec) / 7)) $((all - 1))) "$all"; do
    killed_at "$step"
  done
  works
}

# The script dies with its shim or soon after its daemon, so it cannot stand still; the wrapper goes on.
@test "the shim and the daemon, killed before and after create: whatever then runs is guarded" {
  requires kill_at
  local victim body
  annotated "$ALLOW"
  STARTED=0
  for victim in '$PPID' "\$(cat '$ENGINE_DIR/dockerd.pid')"; do
    for body in "kill -KILL $victim; '$WRAPPER' \"\$@\"" "'$WRAPPER' \"\$@\"; kill -KILL $victim"; do
      killer "$WRAPPER" "$body"
      new_run
      if docker_run --detach "$IMAGE" sleep 100000 </dev/null >"$BATS_TEST_TMPDIR/log" 2>&1 3>&-; then
        fail_with "it started: $body"
      fi
      poll nobody_creates
      ID=$(cat "$ENGINE_DIR/created")
      SG_IDS+=("$ID")
      start_and_clear "$body"
      docker_answers || start_docker
      docker rm --force "$NAME" >&2
    done
  done
  ((STARTED > 0)) || fail_with "after no kill was there a container to start"
  works
}
