#!/usr/bin/env bats
# shellcheck disable=SC2016
# SPDX-License-Identifier: Apache-2.0
# Podman with the hook in a hooks directory: the same annotations, Podman's own sysctls untouched.

load helpers
load podman

PODMAN_RUN+=(--security-opt unmask=/proc/sys)

@test "podman run: what is allowed is written, the rest is EPERM, Podman's sysctl is applied" {
  requires podman
  make_podman
  podman_run "$NAME" --annotation 'io.sysctl-guard.allow=net.ipv4.ip_forward=0|1' "$PODMAN_IMAGE" \
    access net/ipv4/ip_forward=1 net/ipv4/ip_forward=2 net/ipv4/ip_default_ttl=33 \
    net/ipv4/ping_group_range "net/ipv4/ping_group_range=0 1"
  expect_status 0
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_forward=2: EPERM, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
  expect_line "net/ipv4/ping_group_range: ok, now 0	0"
  expect_line "net/ipv4/ping_group_range=0 1: EPERM, now 0	0"
}

@test "podman run without the hook: the same write is applied" {
  requires podman
  make_podman
  rm "$BATS_TEST_TMPDIR"/hooks.d/*
  podman_run "$NAME" "$PODMAN_IMAGE" access net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
}

@test "podman run without annotations: starts and can write nothing" {
  requires podman
  make_podman
  podman_run "$NAME" "$PODMAN_IMAGE" access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
  expect_status 0
  expect_output "net/ipv4/ip_forward=1: EPERM"
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
}

@test "podman run --sysctl: applied, and settable to that value only" {
  requires podman
  make_podman
  podman_run "$NAME" --sysctl net.ipv4.ip_default_ttl=33 "$PODMAN_IMAGE" \
    access net/ipv4/ip_default_ttl=34 net/ipv4/ip_default_ttl=33
  expect_status 0
  expect_line "net/ipv4/ip_default_ttl=34: EPERM, now 33"
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
}

@test "podman exec: guarded" {
  requires podman
  make_podman
  podman_start --annotation 'io.sysctl-guard.allow=net.ipv4.ip_forward=0|1'
  sg_run podman_ exec "$NAME" access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
}

@test "podman stop and start: guarded again" {
  requires podman
  make_podman
  podman_start --annotation 'io.sysctl-guard.allow=net.ipv4.ip_forward=0|1'
  sg_run podman_ stop --time 0 "$NAME"
  expect_status 0
  podman_ start "$NAME" </dev/null >&2 3>&-
  sg_run podman_ exec "$NAME" access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
}

@test "podman run --privileged: guarded" {
  requires podman
  make_podman
  podman_run "$NAME" --privileged --annotation 'io.sysctl-guard.allow=net.ipv4.ip_forward=0|1' \
    "$PODMAN_IMAGE" access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
  expect_status 0
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
}

@test "podman run with a bad annotation: does not start, and shows our line" {
  requires podman
  make_podman
  podman_run "$NAME" --annotation 'io.sysctl-guard.alow=net.ipv4.ip_forward' "$PODMAN_IMAGE" echo started
  ((status != 0)) || fail_with "it started"
  [[ $output != *started* ]] || fail_with "it started"
  expect_output "sysctl-guard: "
  expect_output "io.sysctl-guard.allow"
}
