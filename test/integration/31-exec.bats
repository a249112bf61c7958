#!/usr/bin/env bats
# shellcheck disable=SC2016
# SPDX-License-Identifier: Apache-2.0
# A process that enters a running container is guarded as the container's own are.

load helpers

guarded_container() {
  make_bundle
  annotate allow 'net.ipv4.ip_forward=0|1'
  add_hook createRuntime
  start_container
}

@test "a process that is exec'd is guarded" {
  requires
  guarded_container
  in_container access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
}

@test "an exec'd process with more capabilities is guarded" {
  requires
  guarded_container
  sg_run runtime exec --cap CAP_NET_ADMIN --cap CAP_DAC_OVERRIDE --cap CAP_CHOWN "$ID" \
    access net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
}

@test "children of an exec'd process are guarded" {
  requires
  guarded_container
  in_container sh -c 'sh -c "access net/ipv4/ip_default_ttl=33" & wait $!'
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
}
