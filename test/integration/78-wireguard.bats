#!/usr/bin/env bats
# shellcheck disable=SC2016
# SPDX-License-Identifier: Apache-2.0
# A WireGuard start script in a container that declares its sysctls, with an empty `allow`: under runc by the wrapper,
# and under Podman. The tests of the engines have it for Docker and for newer Podman.

load helpers
load podman
load wrapper
load wireguard

# The teardowns of both: containers of a runtime and of Podman.
eval "podman_$(declare -f teardown)"
teardown() { sg_teardown && podman_teardown; }

declare_sysctls() {
  local pair
  for pair in "${WIREGUARD_SYSCTLS[@]}"; do
    update_config --arg key "${pair%=*}" --arg value "${pair#*=}" '.linux.sysctl[$key] = $value'
  done
}

@test "runc: linux.sysctl and an empty allow are enough for the script; without the annotation it fails" {
  requires wrapper
  install_wrapper
  closed_bundle
  declare_sysctls
  run_container sh -c "$WIREGUARD_SCRIPT"
  expect_wireguard_down
  annotate allow ''
  run_container sh -c "$WIREGUARD_SCRIPT"
  expect_wireguard_up
}

@test "podman run --sysctl and an empty allow are enough for the script; without the annotation it fails" {
  requires podman
  make_podman createRuntime precreate
  podman_run "$NAME" "${WIREGUARD_SYSCTLS[@]/#/--sysctl=}" "$PODMAN_IMAGE" sh -c "$WIREGUARD_SCRIPT"
  expect_wireguard_down
  podman_run "$NAME-b" "${WIREGUARD_SYSCTLS[@]/#/--sysctl=}" --annotation io.sysctl-guard.allow= \
    "$PODMAN_IMAGE" sh -c "$WIREGUARD_SCRIPT"
  expect_wireguard_up
}
