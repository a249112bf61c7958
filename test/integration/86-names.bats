#!/usr/bin/env bats
# shellcheck disable=SC2030,SC2031
# SPDX-License-Identifier: Apache-2.0
# Names are not identities: who is named like the ID of another container is never taken for it.

load helpers

SYSCTL_GUARD=$SG_CHECK

# hex_id DIGITS: an ID as engines make them, which begins with DIGITS and no other container has.
hex_id() {
  local digits
  digits=$1$(sha256sum <<<"$$ $BATS_TEST_NUMBER $1")
  echo "${digits:0:64}"
}

# named BUNDLE ID [NAME]: a running container with this ID, and this name in an annotation of an
# engine. Sets ID.
named() {
  make_bundle "$1"
  ID=$2
  SG_IDS+=("$ID")
  annotate allow 'net.ipv4.ip_forward=0|1'
  update_config --arg group "/$ID" --arg name "${3:-}" '.linux.cgroupsPath = $group |
    if $name == "" then . else .annotations["io.kubernetes.container.name"] = $name end'
  add_hook createRuntime
  start_container
}

# both NAME [BUNDLES]: the victim, and one with this name. Sets what their guards are.
both() {
  named "a${2:-}" "$VICTIM"
  named "b${2:-}" "$EVIL" "$1"
  VICTIM_GUARD=$(guards_of "$VICTIM")
  EVIL_GUARD=$(guards_of "$EVIL")
}

setup_ids() {
  VICTIM=$(hex_id 3f4e8b)
  EVIL=$(hex_id 9a)
}

cli() { sg_run "$SYSCTL_GUARD" "$@"; }

nothing_is_done() {
  expect_equal "$(guards_of "$VICTIM")" "$VICTIM_GUARD" "the victim's guard"
  expect_equal "$(guards_of "$EVIL")" "$EVIL_GUARD" "the other one's guard"
}

# Every command that takes a container refuses TEXT, names both by their IDs, and does nothing.
refused_by_all() {
  local command
  for command in "update $1 --allow net.ipv4.*" "detach $1" "show $1" "learn $1" \
    "events --container $1"; do
    # shellcheck disable=SC2086  # words
    cli $command
    expect_status 1 || return
    expect_output "$VICTIM" || return
    expect_output "$EVIL" || return
    expect_output "write more of the ID" || return
    nothing_is_done || return
  done
}

# The controls: each one is changed by its own ID, and the other one is not.
changed_by_id() {
  local text
  for text in "$VICTIM" "${VICTIM:0:13}"; do
    cli update "$text" --allow 'net.ipv4.ip_forward=0|1, net.ipv4.ip_default_ttl=33'
    expect_status 0
    expect_output "updated $VICTIM"
    expect_equal "$(guards_of "$EVIL")" "$EVIL_GUARD" "the other one's guard"
  done
  in_container -i "$VICTIM" access net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
  in_container -i "$EVIL" access net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
  cli detach "$EVIL"
  expect_status 0
  expect_output "detached the guard of $EVIL"
  poll no_guard_of "$EVIL"
  expect_equal "$(guards_of "$VICTIM" | wc -w)" 1 "the victim's guard"
}

@test "a name that is another's ID as list shows it: ambiguous, and nothing is done" {
  requires
  setup_ids
  both "${VICTIM:0:12}"
  expect_equal "$("$SYSCTL_GUARD" list | grep -c "^${VICTIM:0:12} ")" 1 "rows of the victim"
  refused_by_all "${VICTIM:0:12}"
  changed_by_id
}

@test "a name that is a shorter or longer beginning of another's ID: the same" {
  requires
  local size
  setup_ids
  for size in 6 11 40 63; do
    both "${VICTIM:0:size}" "$size"
    refused_by_all "${VICTIM:0:size}"
    delete_container "$EVIL"
    delete_container "$VICTIM"
    nothing_left_of "$EVIL"
  done
}

@test "a name that is another's whole ID: the ID wins" {
  requires
  setup_ids
  both "$VICTIM"
  cli show "$VICTIM" --json
  expect_equal "$(jq -r .id <<<"$output")" "$VICTIM"
  changed_by_id
}

@test "a name that two containers have: ambiguous; one that is its own alone is found" {
  requires
  setup_ids
  named a "$VICTIM" "web-$$"
  named b "$EVIL" "web-$$"
  VICTIM_GUARD=$(guards_of "$VICTIM")
  EVIL_GUARD=$(guards_of "$EVIL")
  refused_by_all "web-$$"
  delete_container "$EVIL"
  nothing_left_of "$EVIL"
  cli update "web-$$" --allow 'net.ipv4.ip_default_ttl=33'
  expect_status 0
  expect_output "updated $VICTIM"
}

@test "the one that is meant has no guard any more: who took its ID for a name is not found" {
  requires
  local text
  setup_ids
  both "${VICTIM:0:12}"
  in_container -i "$VICTIM" access net/ipv4/ip_default_ttl=34
  in_container -i "$EVIL" access net/ipv4/ip_default_ttl=35
  "$SYSCTL_GUARD" detach "$VICTIM"
  for text in "update ${VICTIM:0:12} --allow net.ipv4.*" "detach ${VICTIM:0:12}" \
    "show ${VICTIM:0:12}" "learn ${VICTIM:0:12}"; do
    # shellcheck disable=SC2086  # words
    cli $text
    expect_status 1
    expect_output "no guarded container has this ID, and as a name, that of $EVIL, it is not taken"
    expect_equal "$(guards_of "$EVIL")" "$EVIL_GUARD" "the other one's guard"
  done
  # Its events are there all the same, and no others.
  sg_run sh -c '"$1" events --container "$2" --json 2>/dev/null' sh "$SYSCTL_GUARD" "${VICTIM:0:12}"
  expect_status 0
  expect_equal "$(jq -r .container <<<"$output" | sort -u)" "$VICTIM"
  # The same once it is gone.
  delete_container "$VICTIM"
  nothing_left_of "$VICTIM"
  cli detach "${VICTIM:0:12}"
  expect_status 1
  expect_equal "$(guards_of "$EVIL")" "$EVIL_GUARD" "the other one's guard"
  cli detach "$EVIL"
  expect_status 0
}

@test "a short beginning as a name, and the one that is meant runs without a guard: ambiguous" {
  requires
  setup_ids
  both "${VICTIM:0:6}"
  "$SYSCTL_GUARD" detach "$VICTIM"
  VICTIM_GUARD=
  poll no_guard_of "$VICTIM"
  refused_by_all "${VICTIM:0:6}"
  expect_output "$VICTIM (without a guard)"
  # The control: once it is gone the name is a name.
  delete_container "$VICTIM"
  nothing_left_of "$VICTIM"
  cli detach "${VICTIM:0:6}"
  expect_status 0
  expect_output "detached the guard of $EVIL"
}

@test "learn --from: the events of one container, never those of several that begin alike" {
  requires
  setup_ids
  EVIL=$(hex_id 3f4e8bff)
  make_room_for_events
  both ""
  in_container -i "$VICTIM" access net/ipv4/ip_default_ttl=34
  in_container -i "$EVIL" access net/ipv4/conf/lo/forwarding=1
  sg_run sh -c '"$1" events --json 2>/dev/null >lines' sh "$SYSCTL_GUARD"
  cli learn --from lines --policy none 3f4e8b
  expect_status 1
  expect_output "$VICTIM"
  expect_output "$EVIL"
  expect_output "write more of the ID"
  cli learn --from lines --policy none "${VICTIM:0:12}"
  expect_status 0
  expect_line 'io.sysctl-guard.allow=net.ipv4.ip_default_ttl=34'
}
