#!/usr/bin/env bats
# shellcheck disable=SC2016
# SPDX-License-Identifier: Apache-2.0
# Who could leave the guard is not opened: ways.bash goes each way. bundle-crun.bats goes them with crun.

load helpers
load ways

teardown() {
  restore_host
  sg_teardown
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

@test "CAP_SYS_PTRACE: the runtime's process of the next exec, before it is in the cgroup: read-only for it too" {
  requires tracer
  way_exec_traced
}

@test "CAP_DAC_READ_SEARCH: out of the cgroup by the handle of its root: nothing is opened" {
  requires leave
  way_root_by_handle
}

@test "a mount over the hook: what is there is not run, and nothing is opened" {
  requires
  way_mount_over_hook
}

@test "another network namespace than config.json was edited for: nothing is created" {
  requires
  way_other_network
}

# The hook refuses what is on standard input, and writes nothing into the files that are its output.
expect_silence() {
  local status=0
  "$HOOK" >said 2>&1 || status=$?
  expect_status 65
  expect_equal "$(<said)" "" "what it said"
}

@test "what hooks say is written into no file of the host that an annotation of crun names" {
  requires
  local key
  for key in run.oci.hooks.stderr run.oci.hooks.stdout; do
    asking_bundle "${key##*.}"
    make_process "/$ID"
    make_state "$ID" "$PID" "$BUNDLE" ".annotations[\"$key\"] = \"/x\"" >state
    expect_silence <state
    # Nor what is wrong with the document: a key that stands twice, where it looks like a config.json.
    sed "s|\"$key\"|\"process\":\"1\",\"process\":\"2\",&|" state >twice
    expect_silence <twice
    update_config --arg key "$key" '.annotations[$key] = "/x"'
    sg_run "$HOOK" <config.json
    expect_status 65
    expect_output "makes crun write what hooks say into a file of the host"
    # Through a pipe of the runtime's, as runc has it, the reason is said.
    "$HOOK" <state 2>&1 | grep -q "makes crun write what hooks say" || fail_with "no reason is given"
  done
}

@test "what only mentions such an annotation is no such annotation" {
  requires
  asking_bundle
  update_config '.annotations.note = "do not set run.oci.hooks.stderr here"'
  edited
  run_container access net/ipv4/ip_forward=1
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
}

@test "a root with the host's cgroups in it: out by its cgroup.procs, and nothing is opened" {
  requires
  way_root_above_cgroups
}

@test "a link to a cgroup that is yet to be made: what is mounted is looked at, and nothing is created" {
  requires
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
