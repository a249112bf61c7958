#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A guard concerns its own container: not the host, not a container beside it.

load helpers

@test "the host is not affected" {
  requires
  local before
  make_bundle
  add_hook createRuntime
  start_container
  # In a network namespace of its own, so that nothing of the host changes.
  sg_run env PATH="$BATS_FILE_TMPDIR/rootfs/bin:$PATH" unshare -n access \
    net/ipv4/ip_default_ttl=33 net/ipv4/conf/lo/rp_filter=2
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
  expect_line "net/ipv4/conf/lo/rp_filter=2: ok, now 2"
  # A value of the host itself, written as it is.
  before=$(cat /proc/sys/vm/swappiness)
  sg_run env PATH="$BATS_FILE_TMPDIR/rootfs/bin:$PATH" access "vm/swappiness=$before"
  expect_line "vm/swappiness=$before: ok, now $before"
}

@test "a host process in the container's network namespace is not affected" {
  requires
  make_bundle
  add_hook createRuntime
  start_container
  in_container access net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
  sg_run env PATH="$BATS_FILE_TMPDIR/rootfs/bin:$PATH" nsenter -t "$(container_pid)" -n \
    access net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
}

@test "a container without the hook is not affected" {
  requires
  local guarded
  make_bundle guarded
  add_hook createRuntime
  start_container
  guarded=$ID
  make_bundle free
  start_container
  in_container access net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
  in_container -i "$guarded" access net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
}

@test "two guarded containers each have their own policy" {
  requires
  local first
  make_bundle first
  annotate allow 'net.ipv4.ip_default_ttl=33'
  add_hook createRuntime
  start_container
  first=$ID
  make_bundle second
  annotate allow 'net.ipv4.ip_default_ttl=34'
  add_hook createRuntime
  start_container
  in_container -i "$first" access net/ipv4/ip_default_ttl=33 net/ipv4/ip_default_ttl=34
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
  expect_line "net/ipv4/ip_default_ttl=34: EPERM, now 33"
  in_container access net/ipv4/ip_default_ttl=33 net/ipv4/ip_default_ttl=34
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
  expect_line "net/ipv4/ip_default_ttl=34: ok, now 34"
}

@test "deleting one container leaves the guard of the other" {
  requires
  local first
  make_bundle first
  add_hook createRuntime
  start_container
  first=$ID
  make_bundle second
  add_hook createRuntime
  start_container
  delete_container "$first"
  nothing_left_of "$first"
  in_container access net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
}

@test "a container of the same name starts with its own policy" {
  requires
  make_bundle
  annotate allow 'net.ipv4.ip_default_ttl=33'
  add_hook createRuntime
  start_container
  delete_container
  annotate allow 'net.ipv4.ip_default_ttl=34'
  start_container
  in_container access net/ipv4/ip_default_ttl=33 net/ipv4/ip_default_ttl=34
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
  expect_line "net/ipv4/ip_default_ttl=34: ok, now 34"
}
