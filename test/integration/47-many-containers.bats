#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A thousand containers of twenty policies, started eight at a time; and many while policies are
# updated, guards detached, hooks killed and our bpffs removed.

load helpers

many_containers() {
  [[ -d $BATS_FILE_TMPDIR/rootfs ]] || make_rootfs "$BATS_FILE_TMPDIR/rootfs"
  sg_run "$SG_HERE/many_containers.py" "$SG_BUILD_DIR" "$BATS_FILE_TMPDIR/rootfs" \
    "$BATS_TEST_TMPDIR/many" "$@"
  expect_status 0
}

@test "a thousand containers of twenty policies: each has its own ID, policy and counters" {
  requires python3
  many_containers 1000 calm
}

@test "update, detach, killed hooks and a removed bpffs leave each container its own policy" {
  requires python3
  many_containers 300 trouble
}
