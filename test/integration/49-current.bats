#!/usr/bin/env bats
# shellcheck disable=SC2030,SC2031
# SPDX-License-Identifier: Apache-2.0
# `@current`: what may be written depends on what is there, in the namespace that it is written in.

load helpers
load own_run

own_host() {
  own_run
  runtime_there
  POLICY=$BATS_TEST_TMPDIR/policy.json
  echo '{"version": 1}' >"$POLICY"
}

cli() { there "$SG_CHECK" "$@"; }

# start ALLOW: sets ID.
start() {
  make_bundle current
  annotate allow "$1"
  update_config --arg path "$HOOK" --arg policy "$POLICY" \
    '.hooks.createRuntime += [{path: $path, args: ["sysctl-guard-hook", "--policy", $policy]}]'
  start_container
}

# What a container may write goes up and stays there.
goes_up() {
  in_container access net/ipv4/ip_default_ttl=64 net/ipv4/ip_default_ttl=70 \
    net/ipv4/ip_default_ttl=69 net/ipv4/ip_default_ttl=101 net/ipv4/ip_default_ttl=100
  expect_line "net/ipv4/ip_default_ttl=64: ok, now 64" || return
  expect_line "net/ipv4/ip_default_ttl=70: ok, now 70" || return
  expect_line "net/ipv4/ip_default_ttl=69: EPERM, now 70" || return
  expect_line "net/ipv4/ip_default_ttl=101: EPERM, now 70" || return
  expect_line "net/ipv4/ip_default_ttl=100: ok, now 100"
}

@test "a number from the one that is there up to another one" {
  requires
  own_host
  start "net.ipv4.ip_default_ttl=@current..100"
  goes_up
  sg_run cli events --container "$ID" --json
  expect_equal "$(jq -c '[.value, .rule]' <<<"$output")" \
    $'["69",1]\n["101",null]' "events: the rule that fits a larger number"
  sg_run cli show "$ID"
  expect_output "net.ipv4.ip_default_ttl=@current..100"
}

@test "a limit with it: more than it permits is refused with an example, as much as it permits runs" {
  requires
  own_host
  echo '{"version": 1, "limit": {"allow": ["net.ipv4.ip_default_ttl=@current..100"]}}' >"$POLICY"
  make_bundle wide
  annotate allow "net.ipv4.ip_default_ttl=64..100"
  update_config --arg path "$HOOK" --arg policy "$POLICY" \
    '.hooks.createRuntime += [{path: $path, args: ["sysctl-guard-hook", "--policy", $policy]}]'
  run_container true
  expect_status 1
  expect_output "permits net.ipv4.ip_default_ttl=64 where the sysctl holds 65, which is beyond the node's limit"
  start "net.ipv4.ip_default_ttl=@current..100"
  goes_up
}

@test "update from a range to it and back: the verdict of each is that of its policy" {
  requires
  own_host
  start "net.ipv4.ip_default_ttl=60..100"
  in_container access net/ipv4/ip_default_ttl=60
  expect_line "net/ipv4/ip_default_ttl=60: ok, now 60"
  in_container access net/ipv4/ip_default_ttl=64
  sg_run cli update "$ID" --allow "net.ipv4.ip_default_ttl=@current..100"
  expect_output "net.ipv4.ip_default_ttl"
  goes_up
  sg_run cli update "$ID" --allow "net.ipv4.ip_default_ttl=60..100"
  in_container access net/ipv4/ip_default_ttl=60
  expect_line "net/ipv4/ip_default_ttl=60: ok, now 60"
}
