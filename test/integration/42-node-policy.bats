#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A node policy file: this version cannot apply one, so hook and check refuse where it stands.

load helpers

# with_etc COMMAND...: with an /etc of its own that holds what the file `etc` names, one path a line.
with_etc() {
  # shellcheck disable=SC2016  # the inner shell expands it
  sg_run unshare -m sh -c 'list=$(cat etc) && mount -t tmpfs none /etc && mkdir /etc/sysctl-guard &&
    for file in $list; do : >"$file"; done && exec "$@" <state' sh "$@"
}

@test "the hook refuses where a node policy stands, and attaches where none does" {
  requires
  make_bundle
  make_process "/$ID"
  update_config '.annotations = {}'
  make_state "$ID" "$PID" "$BUNDLE" >state
  echo /etc/sysctl-guard/policy.json >etc
  with_etc "$HOOK"
  expect_status 78
  expect_output "node policy /etc/sysctl-guard/policy.json"
  expect_equal "$(wc -l <<<"$output")" 1 "lines"
  expect_equal "$(guards_of "$ID")" "" "guards"
  echo /etc/sysctl-guard/other.json >etc
  with_etc "$HOOK"
  expect_status 0
  expect_equal "$(guards_of "$ID" | wc -w)" 1 "guards"
}

@test "check refuses where a node policy stands, and answers where none does" {
  requires
  make_bundle
  : >state
  echo /etc/sysctl-guard/policy.json >etc
  with_etc "${HOOK%-hook}" check net.ipv4.ip_forward
  expect_status 2
  expect_output "node policy"
  echo /etc/sysctl-guard/other.json >etc
  with_etc "${HOOK%-hook}" check net.ipv4.ip_forward
  expect_status 0
  expect_output "allow"
}
