#!/usr/bin/env bats
# shellcheck disable=SC2016
# SPDX-License-Identifier: Apache-2.0
# Lists that an engine cuts: a piece of a list, or one of our keys in quotes, never costs a container a rule
# without a word.

load helpers
load wrapper

kAllow='io.sysctl-guard.allow'
# Key and value of what is no annotation of ours, and makes one of a list that was cut.
kPieces=(
  ' net.ipv4.ip_forward|0'
  'net.ipv4.conf.all.rp_filter|1'
  'net.ipv4.conf.*.rp_filter|0..2'
  'kernel.shmmax|4096'
  '@net|'
  ' "net.ipv4.ip_forward|1"]'
)
# Our own, in quotes.
kQuoted=('"io.sysctl-guard.deny' "'io.sysctl-guard.deny" ' "io.sysctl-guard.allow' ' io.sysctl-guard.mode')
# Keys of others, which only begin like sysctls.
kOthers='{"net.example.app/x": "0|1", "dev.containers.id": "7", "user.example.com/x": "1", "vm.kubevirt.io/os": "x"}'

# set_annotation KEY VALUE: the whole key.
set_annotation() { update_config --arg key "$1" --arg value "$2" '.annotations[$key] = $value'; }

# is_refused KEY: the container did not start, and the one line names the key and what to write.
is_refused() {
  expect_equal "$status" 1 "$1"
  [[ $output != *started* ]] || fail_with "started: $1"
  expect_output "exit status 65"
  expect_output "stderr: sysctl-guard: annotations: "
  expect_output "Podman"
  expect_output '\";\" between the rules of a list'
  nothing_left_of "$ID"
}

@test "beside an annotation of ours, a piece of a list refuses the container; whole, the list works" {
  requires
  local piece number=0
  for piece in "${kPieces[@]}"; do
    make_bundle "$((++number))"
    annotate allow 'net.ipv4.ip_default_ttl=33'
    set_annotation "${piece%%|*}" "${piece#*|}"
    add_hook createRuntime
    run_container echo started
    is_refused "$piece"
  done
  make_bundle whole
  annotate allow 'net.ipv4.ip_default_ttl=33; net.ipv4.ip_forward=0|1'
  update_config --argjson others "$kOthers" '.annotations += $others'
  add_hook createRuntime
  run_container access net/ipv4/ip_default_ttl=33 net/ipv4/ip_forward=1 net/ipv4/ip_forward=2
  expect_status 0
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_forward=2: EPERM, now 1"
}

@test "without an annotation of ours, what reads like a rule is somebody else's" {
  requires
  make_bundle
  set_annotation ' net.ipv4.ip_forward' 0
  set_annotation kernel.shmmax 4096
  add_hook createRuntime
  run_container echo started
  expect_status 0
  expect_line started
}

@test "one of our keys in quotes refuses the container, beside others and alone" {
  requires
  local key number=0
  for key in "${kQuoted[@]}"; do
    make_bundle "$((++number))"
    set_annotation "$key" 'net.core.*; net.ipv4.*"'
    add_hook createRuntime
    run_container echo started
    is_refused "$key"
    make_bundle "$number-b"
    annotate allow 'net.ipv4.ip_forward=0|1'
    set_annotation "$key" 'net.core.*; net.ipv4.*"'
    add_hook createRuntime
    run_container echo started
    is_refused "$key"
  done
}

@test "the wrapper: a key in quotes is one that asks for a guard, and the hook refuses" {
  requires wrapper
  local key number=0
  install_wrapper
  for key in "${kQuoted[@]}"; do
    closed_bundle "$((++number))"
    set_annotation "$key" 'net.ipv4.ip_forward=1"'
    run_container echo started
    is_refused "$key"
    has_hook || fail_with "the hook was not put in for $key"
  done
  closed_bundle others
  update_config --argjson others "$kOthers" '.annotations += $others'
  run_container echo started
  expect_status 0
  has_hook 0 || fail_with "a container that asks for nothing got the hook"
}

@test "check and update find them too" {
  requires
  local piece key
  for piece in "${kPieces[@]}"; do
    sg_run "$SG_CHECK" check --policy none --annotation "$kAllow=net.ipv4.*" \
      --annotation "${piece%%|*}=${piece#*|}"
    expect_status 2
    expect_output "error: annotations: this key reads like a rule"
  done
  for key in "${kQuoted[@]}"; do
    sg_run "$SG_CHECK" check --policy none --annotation "$key=net.ipv4.*"
    expect_status 2
    expect_output "error: annotations: something stands in front of this key"
  done
  sg_run "$SG_CHECK" check --policy none --annotation "$kAllow=net.ipv4.*; net.core.*" \
    --annotation net.example.app/x=1 net.ipv4.ip_forward=1 net.core.somaxconn=1
  expect_status 0

  make_bundle
  annotate allow 'net.ipv4.ip_forward=0|1'
  add_hook createRuntime
  start_container
  jq -n '{"io.sysctl-guard.allow": "net.ipv4.ip_default_ttl=33", " net.ipv4.ip_forward": "0|1"}' >pieces
  jq -n '{"\"io.sysctl-guard.deny": "net.ipv4.*\""}' >quoted
  for key in pieces quoted; do
    sg_run "$SG_CHECK" update "$ID" --from-annotations "$key"
    expect_status 1
    expect_output "sysctl-guard: annotations: "
  done
  in_container access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
}
