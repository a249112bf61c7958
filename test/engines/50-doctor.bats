#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# sysctl-guard doctor says yes where a guarded container works, and no with a remedy where it does not.

load helpers

doctor() { sg_run sysctl-guard doctor "$@"; }

valid_json() {
  python3 -c 'import json, jsonschema, sys
jsonschema.Draft202012Validator(json.load(open(sys.argv[1]))).validate(json.load(sys.stdin))' \
    "$SG_TOP/schema/doctor-output.v1.schema.json" <<<"$output"
}

# bats test_tags=cgroups
@test "doctor: ready where the engine is installed for, and where it is not it says what to do" {
  requires
  doctor
  if [[ -n $INSTALLED ]]; then
    expect_status 0
    expect_output "ok       guard: attached to a scratch cgroup"
    expect_output "ok       hook:$INSTALLED: "
    expect_line "A guarded container works here."
    annotated "$ALLOW"
    engine_run access net/ipv4/ip_forward=1
    expect_line "net/ipv4/ip_forward=1: ok, now 1"
  else
    expect_status 1
    expect_output "failed   hook: no engine runs the hook"
    expect_output "-> sysctl-guard install ENGINE"
  fi
}

@test "doctor: where the hook's program is gone the answer is no, with the remedy" {
  requires
  hook_away
  doctor
  expect_status 1
  expect_line "A guarded container would not work here."
  if [[ -n $INSTALLED ]]; then
    expect_output "failed   hook:$INSTALLED: "
    expect_output "hook '$HOOK': is not there"
    expect_output "-> install sysctl-guard there first"
  fi
}

@test "doctor --json: as its schema says, ready or not" {
  requires
  doctor --json
  valid_json
  expect_equal "$(jq .ready <<<"$output")" "$([[ -n $INSTALLED ]] && echo true || echo false)"
  hook_away
  doctor --json
  valid_json
  expect_equal "$(jq .ready <<<"$output")" false
}
