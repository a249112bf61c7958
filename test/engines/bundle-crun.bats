#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2034
# SPDX-License-Identifier: Apache-2.0
# Who could leave the guard is not opened: ../integration/ways.bash goes each way, here with crun. But that of
# CAP_SYS_PTRACE: this crun starts in the cgroup what is exec'd, so that none was ever traced outside.

load helpers
load ../integration/ways
load ../integration/variants
load ../integration/handed

# The edit of config.json names the hook, with what it opens.
plain_bundle() {
  unregister_hook
  NAME=sg-$$-$BATS_TEST_NUMBER-${1:-a}
  annotated
  bundle
}

teardown() {
  restore_host
  engine_teardown
}

@test "a container that joins another's PID namespace lets an unguarded process write: read-only for it too" {
  requires tracer
  way_joined_pids
}

@test "--pid=host: out of the cgroup through the root of an unprivileged process: nothing is opened" {
  requires leave
  way_host_pids
}

@test "the host's /proc, bound read-only: the same" {
  requires leave
  way_bound_procfs
}

@test "CAP_DAC_READ_SEARCH: out of the cgroup by the handle of its root: nothing is opened" {
  requires leave
  [[ $DRIVER != systemd ]] || skip "nothing of cgroups is opened by its handle under systemd-nspawn"
  way_root_by_handle
}

@test "a root with the host's cgroups in it: out by its cgroup.procs, and nothing is opened" {
  requires
  way_root_above_cgroups
}

@test "a mount over the hook: what is there is not run, and nothing is opened" {
  requires
  way_mount_over_hook
}

@test "another network namespace than config.json was edited for: nothing is created" {
  requires
  way_other_network
}

@test "what is handed out to an accomplice changes nothing of the host but what the threat model names" {
  requires hand
  both_modes @net ''
  both_modes @ipc "$IPC_CHANGES"
  # UTS is not asked: an accomplice of this machine could not take the name back.
  both_modes '@net; @ipc' "$IPC_CHANGES"
}

@test "other spellings of them stay read-only, and the harmless ones beside them are opened" {
  requires
  way_variants
  way_harmless
}

@test "a hook that is named with arguments by which it would not guard is refused, one that guards is not" {
  requires
  way_arguments
}

@test "a link to a cgroup that is yet to be made: what is mounted is looked at, and nothing is created" {
  requires
  [[ $DRIVER != systemd ]] || skip "units of systemd have no paths"
  way_cgroup_to_come
}

@test "a source in the container's own root, with a link there by then: the same" {
  requires
  way_source_in_root
}

@test "a source that became a link after the edit: the same" {
  requires
  way_swapped_source
}

@test "what is masked below /proc/sys stays masked" {
  requires
  way_masked_below
}

@test "mappings of users or groups alone: the mount locks what belongs to the host's root" {
  requires
  way_half_a_mapping
}
