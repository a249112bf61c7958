#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Podman with --runtime sysctl-guard-runtime and no hooks directory: the wrapper alone guards and opens.

load helpers
load podman
load wrapper

kAllow=(--annotation 'io.sysctl-guard.allow=net.ipv4.ip_forward=0|1')

make_wrapped_podman() {
  install_wrapper
  make_podman
  rm "$BATS_TEST_TMPDIR"/hooks.d/*
}

@test "podman run: an annotation is enough, without one the write is refused as ever" {
  requires podman wrapper
  make_wrapped_podman
  podman_run "$NAME" "${kAllow[@]}" "$PODMAN_IMAGE" access net/ipv4/ip_forward=1 \
    net/ipv4/ip_forward=2 net/ipv4/ip_default_ttl=33
  expect_status 0
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_forward=2: EPERM, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: open:EROFS, now 64"
  podman_run "$NAME-b" "$PODMAN_IMAGE" access net/ipv4/ip_forward=1
  expect_status 0
  expect_line "net/ipv4/ip_forward=1: open:EROFS, now 0"
}

@test "podman exec, stop and start: guarded, and opened again" {
  requires podman wrapper
  make_wrapped_podman
  podman_start "${kAllow[@]}"
  sg_run podman_ exec "$NAME" access net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: open:EROFS, now 64"
  sg_run podman_ stop --time 0 "$NAME"
  expect_status 0
  podman_ start "$NAME" </dev/null >&2 3>&-
  sg_run podman_ exec "$NAME" access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: open:EROFS, now 64"
}

@test "what the wrapper refuses, Podman shows" {
  requires podman wrapper
  make_wrapped_podman
  chmod 757 "$HOOK"
  podman_run "$NAME" "${kAllow[@]}" "$PODMAN_IMAGE" echo started
  ((status != 0)) || fail_with "it started"
  [[ $output != *started* ]] || fail_with "it started"
  expect_output "sysctl-guard: hook '$HOOK': others than root can write it"
}
