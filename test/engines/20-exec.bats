#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What enters a running container is guarded as the container's own processes are.

load helpers

# bats test_tags=cgroups
@test "an exec'd process is guarded" {
  requires
  annotated "$ALLOW"
  engine_up sleep 100000
  engine_exec access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_ungranted net/ipv4/ip_default_ttl=33 64
}

# bats test_tags=cgroups
@test "a process in a cgroup beside that of the first one is guarded" {
  requires
  annotated "$ALLOW"
  engine_up sleep 100000
  enter_beside net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_ungranted net/ipv4/ip_default_ttl=33 64
}

# bats test_tags=cgroups
@test "after a restart it is guarded, by one guard" {
  requires
  annotated "$ALLOW"
  engine_up sleep 100000
  engine_exec access net/ipv4/ip_forward=1
  engine_restart
  engine_exec access net/ipv4/ip_forward net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_forward: ok, now 0"
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_ungranted net/ipv4/ip_default_ttl=33 64
  poll one_guard
}

# That of the life before goes with its cgroup, a moment later.
one_guard() { [[ $(guards_of "$ID" | wc -l) -eq 1 ]]; }
