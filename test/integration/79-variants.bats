#!/usr/bin/env bats
# shellcheck disable=SC2016
# SPDX-License-Identifier: Apache-2.0
# Who could leave or undo the guard, in other spellings: variants.bash has them. bundle-crun.bats tries them with crun.

load helpers
load ways
load variants
load wrapper

teardown() {
  restore_host
  sg_teardown
}

@test "each of them stays read-only, for the reason that config.json then has" {
  requires
  way_variants
}

@test "the harmless ones beside them are opened, and guarded" {
  requires
  way_harmless
}

@test "a hook that is named with arguments by which it would not guard is refused, one that guards is not" {
  requires
  way_arguments
}

@test "the same for the wrapper: nothing is created" {
  requires wrapper
  local argument
  install_wrapper
  for argument in --help --version; do
    # Open by its engine, so that only the guard would refuse.
    make_bundle "${argument#--}"
    annotate allow 'net.ipv4.ip_forward=0|1'
    update_config --arg hook "$HOOK" --arg argument "$argument" \
      '.hooks.createRuntime = [{path: $hook, args: ["sysctl-guard-hook", $argument]}]'
    run_container access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33 "$HOST_WRITE"
    ((status != 0)) || fail_with "it ran, with $argument"
    expect_output "sysctl-guard: config.json: "
  done
  closed_bundle control
  annotate allow 'net.ipv4.ip_forward=0|1'
  add_hook createRuntime
  run_container access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: open:EROFS, now 64"
}
