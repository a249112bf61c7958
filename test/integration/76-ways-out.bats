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

@test "a root with the host's cgroups in it: out by its cgroup.procs, and nothing is opened" {
  requires
  way_root_above_cgroups
}
