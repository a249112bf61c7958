#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# learn, update and detach on a container of Podman: by its name, and for a key that carries that name.

load helpers
load podman

PODMAN_RUN+=(--security-opt unmask=/proc/sys)

@test "podman: what a container was refused is learned and granted under its name, then the guard is taken off" {
  requires podman
  make_podman
  make_room_for_events
  podman_start --annotation "io.kubernetes.container.name=$NAME" \
    --annotation "io.sysctl-guard.allow/$NAME=net.ipv4.ip_forward=0|1"
  sg_run podman_ exec "$NAME" access net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
  sg_run "$SG_CHECK" learn --policy none "$NAME"
  expect_status 0
  expect_line "io.sysctl-guard.allow/$NAME=net.ipv4.ip_forward=0|1; net.ipv4.ip_default_ttl=33"
  sg_run "$SG_CHECK" update "$NAME" --allow 'net.ipv4.ip_default_ttl=33'
  expect_status 0
  expect_output "updated $ID ($NAME): "
  expect_output "io.sysctl-guard.allow/$NAME=net.ipv4.ip_default_ttl=33"
  sg_run podman_ exec "$NAME" access net/ipv4/ip_default_ttl=33 net/ipv4/ip_forward=1
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
  expect_line "net/ipv4/ip_forward=1: EPERM, now 0"
  sg_run "$SG_CHECK" detach "${ID:0:12}"
  expect_status 0
  poll no_guard_of "$ID"
}
