#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The guard is on the container's own cgroup, where each engine, runtime and cgroup driver puts it.

load helpers

# bats test_tags=cgroups
@test "the guard is on the container's own cgroup, and the first process in it" {
  requires
  local leaf
  annotated "$ALLOW"
  engine_up sleep 100000
  leaf=$(sed -n 's/^0:://p' "/proc/$(engine_pid)/cgroup")
  # crun leaves systemd's scope to systemd.
  [[ $RUNTIME/$DRIVER != crun/systemd ]] || leaf=${leaf%/container}
  expect_equal "$leaf" "$(engine_cgroup)" "cgroup"
  guard_is_on "$(engine_cgroup)"
}

# bats test_tags=cgroups
@test "containers beside each other keep their own rules" {
  requires
  local first
  annotated "$ALLOW"
  engine_up sleep 100000
  first=$NAME
  name_another
  annotated 'io.sysctl-guard.allow=net.ipv4.ip_default_ttl'
  engine_up sleep 100000
  engine_exec access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
  expect_ungranted net/ipv4/ip_forward=1 0
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
  go_back_to "$first" "${SG_IDS[0]}"
  engine_exec access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_ungranted net/ipv4/ip_default_ttl=33 64
}
