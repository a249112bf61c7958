#!/usr/bin/env bats
# shellcheck disable=SC2016
# SPDX-License-Identifier: Apache-2.0
# update and detach: the policy of a running container is changed, held against the limit, and taken off.

load helpers
load schema
load syslog

SYSCTL_GUARD=$SG_CHECK

DEFAULTS='{"version": 1}'

# guarded [ALLOW [NODE-POLICY]]: a container that may set ip_forward, with a node policy of its own, whatever the
# machine has installed.
guarded() {
  make_bundle "${NAME:-a}"
  annotate allow "${1:-net.ipv4.ip_forward=0|1}"
  node_policy="$BUNDLE/policy.json"
  echo "${2:-$DEFAULTS}" >"$node_policy"
  update_config --arg path "$HOOK" --arg policy "$node_policy" \
    '.hooks.createRuntime += [{path: $path, args: ["sysctl-guard-hook", "--policy", $policy]}]'
  start_container
}

update() { sg_run "$SYSCTL_GUARD" update "$ID" "$@"; }

# The value of an annotation in the metadata of the running guard.
stored() {
  "$SYSCTL_GUARD" update "$ID" --dry-run --json | jq -r --arg key "io.sysctl-guard.$1" '.annotations[$key]'
}

attached_at() { "$SYSCTL_GUARD" show --json "$ID" | jq -r .attachedAt; }

@test "update widens a running container's policy, and narrows it again" {
  requires
  local before
  guarded
  in_container access net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
  before=$(attached_at)

  update --allow 'net.ipv4.ip_forward=0|1; net.ipv4.ip_default_ttl=33'
  expect_status 0
  [[ $(attached_at) > $before ]] || fail_with "attached at $(attached_at), before $before"
  expect_output "updated $ID: 1 rule allows more, 0 allow less"
  expect_output "  io.sysctl-guard.allow=net.ipv4.ip_forward=0|1; net.ipv4.ip_default_ttl=33"
  expect_output "gained  net.ipv4.ip_default_ttl=33  deny -> allow  net.ipv4.ip_default_ttl=33"
  in_container access net/ipv4/ip_default_ttl=33 net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=34
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_default_ttl=34: EPERM, now 33"
  expect_equal "$(guards_of "$ID" | wc -w)" 1 "guards"
  expect_equal "$(stored allow)" 'net.ipv4.ip_forward=0|1; net.ipv4.ip_default_ttl=33' "stored annotation"

  update --allow 'net.ipv4.ip_forward=0'
  expect_status 0
  expect_output "updated $ID: 0 rules allow more, 2 allow less"
  in_container access net/ipv4/ip_default_ttl=33 net/ipv4/ip_forward=1 net/ipv4/ip_forward=0
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 33"
  expect_line "net/ipv4/ip_forward=1: EPERM, now 1"
  expect_line "net/ipv4/ip_forward=0: ok, now 0"
}

@test "update beyond the limit is refused with the witness, and nothing is changed" {
  requires
  guarded
  local before
  before=$(guards_of "$ID")
  update --allow 'net.ipv4.*; kernel.core_pattern'
  expect_status 1
  expect_output "permits kernel.core_pattern=0, which is beyond the node's limit"
  update --allow 'net..x'
  expect_status 1
  expect_output "the name has an empty component"
  update --mode audit
  expect_status 1
  expect_output "the node policy does not let annotations choose this mode"
  expect_equal "$(guards_of "$ID")" "$before" "guard"
  in_container access net/ipv4/ip_default_ttl=33 net/ipv4/ip_forward=1
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
}

@test "a dry run says what would change and changes nothing" {
  requires
  guarded
  local before
  before=$(guards_of "$ID")
  update --dry-run --allow 'net.ipv4.ip_default_ttl' --deny-read 'kernel.hostname'
  expect_status 0
  expect_output "would update $ID: 1 rule allows more, 2 allow less"
  expect_output "lost    read kernel.hostname"
  update --dry-run --json --allow 'net.ipv4.ip_default_ttl'
  expect_status 0
  expect_equal "$(jq -c '[.done, .gained[0].name, .gained[0].after.verdict, .lost[0].before.rule]' <<<"$output")" \
    '[false,"net/ipv4/ip_default_ttl","allow","net.ipv4.ip_forward=0|1"]' "document"
  follows_schema update-output "$output"
  expect_equal "$(guards_of "$ID")" "$before" "guard"
  expect_equal "$(stored allow)" 'net.ipv4.ip_forward=0|1' "stored annotation"
}

@test "update goes through audit: what would be denied is let through, then refused" {
  requires
  guarded 'net.ipv4.ip_forward=0|1' '{"version": 1, "annotationModes": ["enforce", "audit"]}'
  update --mode audit
  expect_status 0
  in_container access net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
  update --mode enforce
  expect_status 0
  expect_output "would-deny -> deny"
  in_container access net/ipv4/ip_default_ttl=34
  expect_line "net/ipv4/ip_default_ttl=34: EPERM, now 33"
}

@test "annotations of a file, a config.json or standard input take the place of all" {
  requires
  guarded
  update --deny 'net.ipv4.ip_forward'
  expect_status 0
  echo '{"io.sysctl-guard.allow": "net.ipv4.ip_default_ttl=35", "other": "x"}' >annotations.json
  update --from-annotations annotations.json
  expect_status 0
  expect_output "io.sysctl-guard.deny is gone"
  in_container access net/ipv4/ip_default_ttl=35 net/ipv4/ip_forward=1
  expect_line "net/ipv4/ip_default_ttl=35: ok, now 35"
  expect_line "net/ipv4/ip_forward=1: EPERM, now 0"
  update --from-annotations "$BUNDLE/config.json"
  expect_status 0
  expect_equal "$(stored allow)" 'net.ipv4.ip_forward=0|1' "stored annotation"
  sg_run sh -c '"$1" update "$2" --from-annotations - <annotations.json' sh "$SYSCTL_GUARD" "$ID"
  expect_status 0
  expect_equal "$(stored allow)" 'net.ipv4.ip_default_ttl=35' "stored annotation"
  echo '{"io.sysctl-guard.allow": ["net.*"]}' >annotations.json
  update --from-annotations annotations.json
  expect_status 1
  expect_output "is no string"
}

@test "without an option the node policy is read again, and another one can be named" {
  requires
  guarded
  echo '{"version": 1, "default": {"deny": ["net.ipv4.ip_forward"]}}' >"$node_policy"
  update
  expect_status 0
  in_container access net/ipv4/ip_forward=1
  expect_line "net/ipv4/ip_forward=1: EPERM, now 0"
  echo "$DEFAULTS" >"$BUNDLE/other.json"
  update --policy "$BUNDLE/other.json"
  expect_status 0
  in_container access net/ipv4/ip_forward=1
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  echo '{"version": 2}' >"$BUNDLE/other.json"
  update
  expect_status 1
}

@test "the runtime's own sysctls stay permitted" {
  requires
  make_bundle
  annotate allow 'net.ipv4.ip_forward=1'
  update_config '.linux.sysctl = {"net.ipv4.ip_default_ttl": "99"}'
  add_hook createRuntime
  start_container
  update --allow ''
  expect_status 0
  in_container access net/ipv4/ip_default_ttl=99 net/ipv4/ip_default_ttl=98 net/ipv4/ip_forward=1
  expect_line "net/ipv4/ip_default_ttl=99: ok, now 99"
  expect_line "net/ipv4/ip_default_ttl=98: EPERM, now 99"
  expect_line "net/ipv4/ip_forward=1: EPERM, now 0"
}

@test "detach leaves no guard, and says so once" {
  requires
  guarded
  sg_run "$SYSCTL_GUARD" detach "$ID"
  expect_status 0
  poll no_guard_of "$ID"
  in_container access net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
  sg_run "$SYSCTL_GUARD" detach "$ID"
  expect_status 1
  expect_output "no guarded container has this ID or name"
}

@test "update and detach leave a line in the system log with who did it" {
  requires python3
  guarded
  with_syslog log env SUDO_USER=ali$'\n'ce "$SYSCTL_GUARD" update "$ID" --allow 'net.ipv4.ip_default_ttl=33'
  expect_status 0
  expect_equal "$(wc -l <log)" 1 "datagrams"
  grep -qE "sysctl-guard\[[0-9]+\]: container $ID: policy updated by uid 0 \(sudo: ali.*ce.*\), pid [0-9]+: " log ||
    fail_with "$(cat log)"
  grep -qF 'io.sysctl-guard.allow=net.ipv4.ip_default_ttl=33' log || fail_with "$(cat log)"
  "$SYSCTL_GUARD" update "$ID" --deny 'net.core.somaxconn' >/dev/null
  echo '{"io.sysctl-guard.allow": "net.ipv4.ip_default_ttl=35"}' >annotations.json
  echo "$DEFAULTS" >"$BUNDLE/other.json"
  with_syslog log "$SYSCTL_GUARD" update "$ID" --from-annotations annotations.json --policy "$BUNDLE/other.json"
  expect_status 0
  grep -qF "; policy $BUNDLE/other.json; without io.sysctl-guard.deny; io.sysctl-guard.allow=net.ipv4.ip_default_ttl=35" log ||
    fail_with "$(cat log)"
  with_syslog log "$SYSCTL_GUARD" update "$ID" --dry-run --allow ''
  expect_equal "$(wc -l <log)" 0 "datagrams of a dry run"
  with_syslog log "$SYSCTL_GUARD" detach "$ID"
  grep -qE "container $ID: guard detached by uid 0.*, pid [0-9]+" log || fail_with "$(cat log)"
}

@test "a container that is gone, or several that begin alike" {
  requires
  guarded
  sg_run "$SYSCTL_GUARD" update "$ID-other"
  expect_status 1
  expect_output "no guarded container has this ID or name"
  delete_container
  update
  expect_status 1
  NAME=b guarded
  NAME=c guarded
  sg_run "$SYSCTL_GUARD" update "${ID%?}" --dry-run
  expect_status 1
  expect_output "${ID%?}b"
  expect_output "${ID%?}c"
}

@test "a container that writes without a pause: what both policies refuse is refused throughout 200 updates" {
  requires
  guarded 'net.ipv4.ip_default_ttl=60|61'
  # Says which of the values it got through, each once for each time.
  runtime exec "$ID" sh -c 'while :; do for v in 60 61 62 63; do
      echo $v 2>/dev/null >/proc/sys/net/ipv4/ip_default_ttl && echo $v; done; done' >"$BUNDLE/written" 2>/dev/null 3>&- &
  SG_PIDS+=("$!")
  poll grep -q 61 "$BUNDLE/written"
  local i
  for ((i = 0; i < 100; i++)); do
    "$SYSCTL_GUARD" update "$ID" --allow 'net.ipv4.ip_default_ttl=60|62' >/dev/null
    "$SYSCTL_GUARD" update "$ID" --allow 'net.ipv4.ip_default_ttl=60|61' >/dev/null
  done
  poll grep -q 62 "$BUNDLE/written"
  if grep -q 63 "$BUNDLE/written"; then
    fail_with "63 was written"
  fi
  [[ $(cat "/proc/$(container_pid)/root/proc/sys/net/ipv4/ip_default_ttl") != 63 ]]
  # The control: what was refused can be written where the policy lets it.
  update --allow 'net.ipv4.ip_default_ttl=63'
  poll grep -q 63 "$BUNDLE/written"
}

@test "two updates at a time: both are done, and one guard is left" {
  requires
  guarded
  many() {
    local i
    for ((i = 0; i < 40; i++)); do
      "$SYSCTL_GUARD" update "$ID" --allow "net.ipv4.ip_default_ttl=$1" >/dev/null || return 1
    done
  }
  many 33 2>first 3>&- &
  local one=$!
  many 34 2>second || fail_with "$(cat second)"
  wait "$one" || fail_with "$(cat first)"
  expect_equal "$(guards_of "$ID" | wc -w)" 1 "guards"
  in_container access net/ipv4/ip_default_ttl=35
  expect_line "net/ipv4/ip_default_ttl=35: EPERM, now 64"
}
