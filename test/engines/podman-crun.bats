#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Podman and crun, killed while they create a container: none runs with an open /proc/sys and without a guard.

load helpers
load killed

by_hand() { crun "$@"; }

@test "podman run, killed at varied moments: whatever then runs is guarded" {
  requires kill_at
  local moment none=0 all=0
  annotated "$ALLOW"
  STARTED=0
  # The last one kills nothing: that container can be started.
  for moment in 0.01 0.03 0.05 0.07 0.09 0.11 0.13 0.15 0.17 0.19 0.22 0.25 0.30 0.60 0.99 60; do
    all=$((all + 1))
    name_another
    options
    timeout --signal KILL "$moment" podman run "${OPTIONS[@]}" --detach "$IMAGE" sleep 100000 \
      </dev/null >"$BATS_TEST_TMPDIR/log" 2>&1 3>&- || true
    poll nobody_creates
    if ! podman container exists "$NAME"; then
      none=$((none + 1))
      continue
    fi
    engine_id
    nothing_unguarded "after $moment s"
    # What is there may be started.
    timeout --signal KILL 30 podman start "$NAME" </dev/null >"$BATS_TEST_TMPDIR/log" 2>&1 3>&- || true
    nothing_unguarded "after $moment s, started"
    poll cleared
    podman rm --force --time 0 "$NAME" >&2 || true
  done
  # Some came before Podman had a container, and some containers could be started.
  ((none > 0 && STARTED > 0)) || fail_with "$none of $all without a container, $STARTED started"
  works_again
}

# killed_at STEP
killed_at() {
  killer_at "$1" /usr/bin/crun
  name_another
  options
  killed_engine "step $1" podman --runtime "$ENGINE_DIR/killer" run "${OPTIONS[@]}" --detach "$IMAGE" sleep 100000
  podman rm --force --time 0 "$NAME" >&2
}

@test "crun behind Podman, killed at varied moments of create: whatever then runs is guarded" {
  requires kill_at
  local step all
  annotated "$ALLOW"
  STARTED=0
  killed_at 0
  ((STARTED > 0)) || fail_with "it is not started where nothing is killed"
  STARTED=0
  read -r _ all <"$ENGINE_DIR/steps"
  ((all > 50)) || fail_with "only $all steps"
  # 0 kills nothing: how many steps there are may differ, so no other one surely leaves what can be started.
  for step in $(seq 1 $((all / 10)) $((all - 1))) "$all" 0; do killed_at "$step"; done
  ((STARTED > 0)) || fail_with "after no kill was there a container to start"
  works_again
}
