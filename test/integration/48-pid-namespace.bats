#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Sysctls of the PID namespace, in a private one and in the host's: the host's values stay.

load helpers
load wrapper

# since MAJOR MINOR
since() {
  local major minor
  IFS=.- read -r major minor _ < <(uname -r)
  ((major > $1 || (major == $1 && minor >= $2)))
}
have_pid_max_of_its_own() { since 6 14; }
have_memfd_noexec() { since 6 3; }

setup() {
  PID_MAX=$(</proc/sys/kernel/pid_max)
  MEMFD=$(cat /proc/sys/vm/memfd_noexec 2>/dev/null || echo none)
}

host_is_unchanged() {
  expect_equal "$(</proc/sys/kernel/pid_max)" "$PID_MAX" "pid_max of the host"
  expect_equal "$(cat /proc/sys/vm/memfd_noexec 2>/dev/null || echo none)" "$MEMFD" "memfd_noexec of the host"
}

share_pid_namespace() { update_config '.linux.namespaces |= map(select(.type != "pid"))'; }

@test "pid_max of a private PID namespace is the container's, by value, and the host's stays" {
  requires pid_max_of_its_own
  make_bundle
  add_hook createRuntime
  annotate allow kernel.pid_max=65535
  run_container access kernel/pid_max=65535 kernel/pid_max=65534
  expect_line "kernel/pid_max=65535: ok, now 65535"
  expect_line "kernel/pid_max=65534: EPERM, now 65535"
  host_is_unchanged
  # It is part of @pid, and of what is the container's own.
  local group
  for group in @pid @namespaced; do
    annotate allow "$group"
    run_container access kernel/pid_max=65534 kernel/threads-max=60000
    expect_line "kernel/pid_max=65534: ok, now 65534"
    expect_output "kernel/threads-max=60000: EPERM"
    host_is_unchanged
  done
}

@test "pid_max is the host's in the host's PID namespace, and in every one of an older kernel" {
  requires
  make_bundle
  add_hook createRuntime
  annotate allow kernel.pid_max=65535
  if have_pid_max_of_its_own; then
    share_pid_namespace
  fi
  run_container true
  ((status != 0)) || fail_with "the container started"
  expect_output "exit status 77"
  if have_pid_max_of_its_own; then
    expect_output "it belongs to the PID namespace, which the container shares with the host"
  else
    expect_output "it is host-wide"
  fi
  expect_equal "$(guards_of "$ID")" "" "guards"
  # Without a rule for it such a container starts.
  annotate allow net.ipv4.ip_forward=1
  run_container access net/ipv4/ip_forward=1 kernel/pid_max=65535
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_output "kernel/pid_max=65535: EPERM"
  host_is_unchanged
}

@test "the wrapper opens pid_max of a private PID namespace, and nothing beside it" {
  requires wrapper pid_max_of_its_own
  install_wrapper
  closed_bundle
  annotate allow kernel.pid_max=65535
  run_container access kernel/pid_max=65535 kernel/pid_max=65534 kernel/threads-max=60000 vm/swappiness=60
  expect_status 0
  expect_line "kernel/pid_max=65535: ok, now 65535"
  expect_line "kernel/pid_max=65534: EPERM, now 65535"
  expect_output "kernel/threads-max=60000: open:EROFS"
  expect_output "vm/swappiness=60: open:EROFS"
  host_is_unchanged
}

@test "memfd_noexec of a private PID namespace is the container's, and the host's stays" {
  requires memfd_noexec
  make_bundle
  add_hook createRuntime
  # The kernel wants it of whoever writes.
  update_config '(.process.capabilities | .bounding, .effective, .permitted) += ["CAP_SYS_ADMIN"]'
  annotate allow vm.memfd_noexec=1
  run_container access vm/memfd_noexec=1 vm/memfd_noexec=2
  expect_line "vm/memfd_noexec=1: ok, now 1"
  expect_output "vm/memfd_noexec=2: EPERM"
  host_is_unchanged
  share_pid_namespace
  run_container true
  ((status != 0)) || fail_with "the container started"
  expect_output "exit status 77"
  expect_output "it belongs to the PID namespace"
}

@test "check asks about another node's kernel" {
  requires
  local -a ask=(check --policy none --private-ns "net,pid" --annotation io.sysctl-guard.allow=kernel.pid_max=65535
    kernel.pid_max=65535)
  sg_run "$SG_CHECK" "${ask[@]}" --kernel 6.18
  expect_status 0
  sg_run "$SG_CHECK" "${ask[@]}" --kernel 6.12.0-amd64
  expect_status 2
  expect_output "which is beyond the node's limit: it is host-wide"
  sg_run "$SG_CHECK" "${ask[@]}" --kernel six
  expect_status 2
  expect_output "--kernel: 'six' is not a release of Linux"
}
