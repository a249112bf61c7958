#!/usr/bin/env bats
# shellcheck disable=SC2016
# SPDX-License-Identifier: Apache-2.0
# linux.sysctl of config.json: the runtime writes it under the guard, the container only that value.

load helpers

pair() {
  update_config --arg key "$1" --arg value "$2" '.linux.sysctl[$key] = $value'
}

@test "linux.sysctl is applied under the guard, and can be set to that value only" {
  requires
  local stage
  for stage in prestart createRuntime; do
    make_bundle "$stage"
    pair net.ipv4.ip_default_ttl 33
    add_hook "$stage"
    start_container
    in_container access net/ipv4/ip_default_ttl net/ipv4/ip_default_ttl=34 \
      net/ipv4/ip_default_ttl=33 net/ipv4/ip_forward=1
    expect_line "net/ipv4/ip_default_ttl: ok, now 33"
    expect_line "net/ipv4/ip_default_ttl=34: EPERM, now 33"
    expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
    expect_output "net/ipv4/ip_forward=1: EPERM"
  done
}

@test "the pairs that engines set by default are applied" {
  requires
  make_bundle
  pair net.ipv4.ping_group_range "0 2147483647"
  pair net.ipv4.ip_unprivileged_port_start 0
  add_hook createRuntime
  start_container
  in_container access net/ipv4/ping_group_range net/ipv4/ip_unprivileged_port_start \
    net/ipv4/ip_unprivileged_port_start=1 "net/ipv4/ping_group_range=0 5" \
    "net/ipv4/ping_group_range=0 2147483647"
  expect_line "net/ipv4/ping_group_range: ok, now 0	2147483647"
  expect_line "net/ipv4/ip_unprivileged_port_start: ok, now 0"
  expect_line "net/ipv4/ip_unprivileged_port_start=1: EPERM, now 0"
  expect_line "net/ipv4/ping_group_range=0 5: EPERM, now 0	2147483647"
  expect_line "net/ipv4/ping_group_range=0 2147483647: ok, now 0	2147483647"
}

@test "a key with slashes is the same sysctl" {
  requires
  make_bundle
  pair net/ipv4/conf/lo/rp_filter 2
  add_hook createRuntime
  start_container
  in_container access net/ipv4/conf/lo/rp_filter net/ipv4/conf/lo/rp_filter=1
  expect_line "net/ipv4/conf/lo/rp_filter: ok, now 2"
  expect_line "net/ipv4/conf/lo/rp_filter=1: EPERM, now 2"
}

@test "a pair wins over a deny rule, for its value" {
  requires
  make_bundle
  pair net.ipv4.ip_default_ttl 33
  annotate deny 'net.*'
  add_hook createRuntime
  start_container
  in_container access net/ipv4/ip_default_ttl=34 net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=34: EPERM, now 33"
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
}

@test "a pair whose value is text is one value, pipes and stars included" {
  requires
  make_bundle
  pair kernel.domainname 'a|b*'
  add_hook createRuntime
  start_container
  in_container access 'kernel/domainname' 'kernel/domainname=a' 'kernel/domainname=a|b*c' \
    'kernel/domainname=a|b*'
  expect_line 'kernel/domainname: ok, now a|b*'
  expect_line 'kernel/domainname=a: EPERM, now a|b*'
  expect_line 'kernel/domainname=a|b*c: EPERM, now a|b*'
  expect_line 'kernel/domainname=a|b*: ok, now a|b*'
}

@test "without its pairs the runtime itself would be refused" {
  requires
  make_bundle
  add_hook createRuntime
  # The hook sees a bundle without the pair; the runtime has read config.json already.
  pair net.ipv4.ip_default_ttl 33
  cat >wrap <<WRAP
#!/bin/sh
sed 's|"bundle":"[^"]*"|"bundle":"/nonexistent"|' | "$HOOK"
WRAP
  chmod +x wrap
  update_config --arg path "$PWD/wrap" '.hooks.createRuntime[0].path = $path'
  run_container true
  expect_status 1
  expect_output "net/ipv4/ip_default_ttl: operation not permitted"
}

@test "a value too long for the guard is exit 65, with key and size" {
  requires
  local value
  value=$(printf '%0300d' 1)
  make_bundle
  pair net.ipv4.ip_default_ttl "$value"
  add_hook createRuntime
  run_container true
  expect_status 1
  expect_output "exit status 65"
  expect_output "net.ipv4.ip_default_ttl"
  expect_output "300"
  nothing_left_of "$ID"
}
