#!/usr/bin/env bats
# shellcheck disable=SC2034
# SPDX-License-Identifier: Apache-2.0
# CDI devices of profiles.

load helpers

setup() {
  engine_setup
  mkdir -p /etc/sysctl-guard
  echo '{"version": 1, "profiles": {"ttl": {"allow": ["net.ipv4.ip_default_ttl=33"]}}}' \
    >/etc/sysctl-guard/policy.json
  sysctl-guard install docker
  HOW=(--runtime "$RUNTIME" --device sysctl-guard.io/policy=ttl)
}

teardown() {
  rm /etc/sysctl-guard/policy.json
  sysctl-guard install docker
  engine_teardown
}

@test "the device of a profile: its rules hold, and rules of annotations beside them" {
  requires
  annotated "$ALLOW"
  engine_run access net/ipv4/ip_default_ttl=33 net/ipv4/ip_default_ttl=34 net/ipv4/ip_forward=1 \
    net/ipv4/conf/lo/forwarding=1
  expect_status 0
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
  expect_line "net/ipv4/ip_default_ttl=34: EPERM, now 33"
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_output "net/ipv4/conf/lo/forwarding=1: EPERM, now "
}

@test "the device of a profile, and an annotation that names another: it does not start" {
  requires
  annotated io.sysctl-guard.profile=other
  engine_run echo started
  ((status != 0)) || fail_with "it started"
  engine_id
  poll syslog_has "container $ID: sysctl-guard: "
}
