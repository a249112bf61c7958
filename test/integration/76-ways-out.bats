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

@test "what hooks say is written into no file of the host that an annotation of crun names" {
  requires
  local key
  for key in run.oci.hooks.stderr run.oci.hooks.stdout; do
    asking_bundle "${key##*.}"
    make_process "/$ID"
    make_state "$ID" "$PID" "$BUNDLE" ".annotations[\"$key\"] = \"/x\"" >state
    sg_run "$HOOK" <state
    expect_status 65
    expect_equal "$output" "" "output"
    # Nor what is wrong with the document: a key that stands twice, where it looks like a config.json.
    sed "s|\"$key\"|\"process\":\"1\",\"process\":\"2\",&|" state >twice
    sg_run "$HOOK" <twice
    expect_status 65
    expect_equal "$output" "" "output where a key stands twice"
    update_config --arg key "$key" '.annotations[$key] = "/x"'
    sg_run "$HOOK" <config.json
    expect_status 65
    expect_output "makes crun write what hooks say into a file of the host"
  done
}

@test "a root with the host's cgroups in it: out by its cgroup.procs, and nothing is opened" {
  requires
  way_root_above_cgroups
}
