#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What a container may write and what not, whichever engine started it.

load helpers

# bats test_tags=cgroups
@test "without the hook the write is applied that is refused below" {
  requires
  annotated "$ALLOW"
  opened_by_engine
  unregister_hook
  engine_run access net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
}

# bats test_tags=cgroups
@test "an allowed write is read back, another value or name is refused and changes nothing" {
  requires
  annotated "$ALLOW"
  engine_run access net/ipv4/ip_forward=1 net/ipv4/ip_forward=2 net/ipv4/ip_forward=0 \
    net/ipv4/ip_default_ttl=33 net/ipv4/conf/lo/forwarding=1
  expect_status 0
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_forward=2: EPERM, now 1"
  expect_line "net/ipv4/ip_forward=0: ok, now 0"
  expect_ungranted net/ipv4/ip_default_ttl=33 64
  expect_ungranted net/ipv4/conf/lo/forwarding=1 0
}

@test "a list: values of a range and of a vector are read back, those beyond are EPERM" {
  requires
  annotated 'io.sysctl-guard.allow=net.ipv4.conf.*.rp_filter=0..1; net.ipv4.ip_local_port_range=1024..65535 1024..65535'
  engine_run access net/ipv4/conf/lo/rp_filter=1 net/ipv4/conf/lo/rp_filter=2 \
    'net/ipv4/ip_local_port_range=2000 3001' 'net/ipv4/ip_local_port_range=1023 3001'
  expect_status 0
  expect_line "net/ipv4/conf/lo/rp_filter=1: ok, now 1"
  expect_line "net/ipv4/conf/lo/rp_filter=2: EPERM, now 1"
  expect_line "net/ipv4/ip_local_port_range=2000 3001: ok, now 2000	3001"
  expect_line "net/ipv4/ip_local_port_range=1023 3001: EPERM, now 2000	3001"
}

# bats test_tags=cgroups
@test "without annotations it writes nothing: as before where annotations ask for the guard, by the guard elsewhere" {
  requires
  engine_run access net/ipv4/ip_forward net/ipv4/ip_forward=1
  expect_status 0
  expect_line "net/ipv4/ip_forward: ok, now 0"
  if [[ -n $ASKED ]]; then
    expect_line "net/ipv4/ip_forward=1: open:EROFS, now 0"
  else
    expect_line "net/ipv4/ip_forward=1: EPERM, now 0"
  fi
}

@test "what the engine sets by itself is set, and may be set to that and nothing else" {
  requires
  local name value back other
  annotated "$ALLOW"
  engine_up sleep 100000
  while IFS='|' read -r name value back other <&8; do
    engine_exec access "$name" "$name=$other" "$name=$value"
    expect_line "$name: ok, now $back"
    expect_line "$name=$other: EPERM, now $back"
    expect_line "$name=$value: ok, now $back"
  done 8< <(engine_sysctls)
}
