#!/usr/bin/env bats
# shellcheck disable=SC2016
# SPDX-License-Identifier: Apache-2.0
# learn: from what a container was refused to an annotation that permits it, for a running one and from a file.

load helpers
load schema

SYSCTL_GUARD=$SG_CHECK

# guarded [NODE-POLICY]: with a node policy of its own, whatever the machine has installed, and room for its events.
guarded() {
  make_room_for_events
  make_bundle
  annotate allow 'net.ipv4.ip_forward=0|1'
  echo "${1:-{\"version\": 1\}}" >policy.json
  update_config --arg path "$HOOK" --arg policy "$BUNDLE/policy.json" \
    '.hooks.createRuntime += [{path: $path, args: ["sysctl-guard-hook", "--policy", $policy]}]'
  start_container
}

learn() { sg_run "$SYSCTL_GUARD" learn "$@"; }

# The example of the help.
grant() {
  sg_run sh -c 'rules=$("$1" learn "$2" --json | jq -r ".annotation.value // empty")
    "$1" update "$2" --allow "${rules:?}"' sh "$SYSCTL_GUARD" "$ID"
}

@test "what a container was refused is learned, granted, and then there is nothing left to learn" {
  requires
  guarded
  learn "$ID"
  expect_status 0
  expect_output "No refused write to learn from."
  in_container access net/ipv4/ip_default_ttl=33 net/ipv4/ip_default_ttl=34 net/ipv4/ip_forward=1 \
    net/ipv4/conf/lo/forwarding=1
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
  learn "$ID"
  expect_status 0
  expect_output "     2  net.ipv4.ip_default_ttl=33|34"
  expect_line 'io.sysctl-guard.allow=net.ipv4.ip_forward=0|1; net.ipv4.conf.lo.forwarding=1; net.ipv4.ip_default_ttl=33|34'

  grant
  expect_status 0
  in_container access net/ipv4/ip_default_ttl=33 net/ipv4/ip_default_ttl=35 net/ipv4/conf/lo/forwarding=1 \
    net/ipv4/ip_forward=1
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
  expect_line "net/ipv4/ip_default_ttl=35: EPERM, now 33"
  expect_line "net/ipv4/conf/lo/forwarding=1: ok, now 1"
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  learn "$ID"
  expect_output "     1  net.ipv4.ip_default_ttl=35"
  expect_equal "$(grep -cE '^ +[0-9]+  ' <<<"$output")" 1 "rules learned"
}

@test "granting what was learned leaves the other annotations, and does nothing where nothing was learned" {
  requires
  guarded
  "$SYSCTL_GUARD" update "$ID" --deny 'net.ipv4.conf.*.forwarding' >/dev/null
  in_container access net/ipv4/ip_default_ttl=33 net/ipv4/conf/lo/forwarding=1
  grant
  expect_status 0
  in_container access net/ipv4/ip_default_ttl=33 net/ipv4/conf/lo/forwarding=1
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
  expect_line "net/ipv4/conf/lo/forwarding=1: EPERM, now 0"
  "$SYSCTL_GUARD" events --clear >/dev/null
  local before
  before=$(guards_of "$ID")
  grant
  [[ $status -ne 0 ]] || fail_with "granted nothing"
  expect_equal "$(guards_of "$ID")" "$before" "guard"
  in_container access net/ipv4/ip_default_ttl=33 net/ipv4/ip_forward=1
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
}

@test "what a container wrote is nothing that a shell acts on" {
  requires
  guarded
  in_container sh -c 'echo "1'"'"'; touch /tmp/pwned; : '"'"'" >/proc/sys/kernel/domainname'
  learn "$ID"
  expect_line 'io.sysctl-guard.allow=net.ipv4.ip_forward=0|1; kernel.domainname'
  expect_output "any value: 1 write of bytes that a shell could act on"
}

@test "lost events are told until they are put away" {
  requires
  guarded
  # The buffer of the host has room for some 7,700.
  in_container sh -c 'exec 2>/dev/null; i=0
    while [ $i -lt 30000 ]; do echo $i >/proc/sys/net/ipv4/ip_default_ttl; i=$((i+1)); done'
  learn "$ID"
  expect_output " events of all containers were lost"
  "$SYSCTL_GUARD" events --clear >/dev/null
  in_container access net/ipv4/ip_default_ttl=33
  learn "$ID"
  expect_line 'io.sysctl-guard.allow=net.ipv4.ip_forward=0|1; net.ipv4.ip_default_ttl=33'
  [[ $output != *"were lost"* ]] || fail_with "lost events are told again"
}

@test "events as lines of JSON teach the same, on another machine too" {
  requires
  guarded
  in_container access net/ipv4/ip_default_ttl=33
  "$SYSCTL_GUARD" events --container "$ID" --json >lines
  learn --from lines --policy none
  expect_status 0
  expect_line 'io.sysctl-guard.allow=net.ipv4.ip_default_ttl=33'
  sg_run sh -c '"$1" learn --from - --json --policy none <lines' sh "$SYSCTL_GUARD"
  expect_equal "$(jq -r .annotation.value <<<"$output")" 'net.ipv4.ip_default_ttl=33' "value"
  follows_schema learn-output "$output"
  sg_run "$SYSCTL_GUARD" check --policy none --annotation \
    "io.sysctl-guard.allow=$(jq -r .annotation.value <<<"$output")" net.ipv4.ip_default_ttl=33
  expect_status 0
}

@test "in audit mode everything a container does is learned in one run" {
  requires
  guarded '{"version": 1, "default": {"mode": "audit"}}'
  in_container access net/ipv4/ip_default_ttl=33 net/core/somaxconn=4000
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
  learn "$ID"
  expect_line 'io.sysctl-guard.allow=net.ipv4.ip_forward=0|1; net.core.somaxconn=4000; net.ipv4.ip_default_ttl=33'
}

@test "what is the host's is said to be, with what the node policy needs" {
  requires
  guarded
  in_container access "vm/swappiness=$(cat /proc/sys/vm/swappiness)"
  expect_output "EPERM"
  learn "$ID"
  expect_status 0
  expect_output "a sysctl of the host"
  expect_output "beyond the node's limit: it is host-wide, not namespaced"
  expect_output "For what is host-wide, limit.host would have to permit:"
  expect_line "  \"vm.swappiness=$(cat /proc/sys/vm/swappiness)\""
}

@test "the annotation that is printed first starts the container, whatever else it wanted" {
  requires
  guarded
  in_container access net/ipv4/ip_default_ttl=33 "vm/swappiness=$(cat /proc/sys/vm/swappiness)" \
    "kernel/panic=$(cat /proc/sys/kernel/panic)"
  learn "$ID"
  expect_output "The node policy does not permit these"
  local first
  first=$(grep -m1 '^io\.sysctl-guard\.allow=' <<<"$output")
  expect_equal "$first" 'io.sysctl-guard.allow=net.ipv4.ip_forward=0|1; net.ipv4.ip_default_ttl=33' "annotation"
  delete_container "$ID"
  annotate allow "${first#*=}"
  start_container
  in_container access net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
}

@test "values go to the rule that the annotation has, and grant both" {
  requires
  guarded
  in_container access net/ipv4/ip_forward=2
  learn "$ID"
  expect_line 'io.sysctl-guard.allow=net.ipv4.ip_forward=0|1|2'
}

@test "a container that is gone still teaches, by its ID or the beginning" {
  requires
  guarded
  in_container access net/ipv4/ip_default_ttl=33
  "$SYSCTL_GUARD" detach "$ID" >/dev/null
  learn "$ID" # it runs: what it would be granted is nothing
  expect_status 1
  delete_container "$ID"
  learn "$ID"
  expect_status 0
  expect_line 'io.sysctl-guard.allow=net.ipv4.ip_default_ttl=33'
  expect_output "is gone, and with it what it was granted"
  learn "$ID" --json
  follows_schema learn-output "$output"
  learn "$ID-not"
  expect_status 1
}

@test "allowed writes under a wide grant become a narrower one" {
  requires
  guarded '{"version": 1, "events": "writes"}'
  "$SYSCTL_GUARD" update "$ID" --allow '@net' >/dev/null
  in_container access net/ipv4/ip_default_ttl=33 net/ipv4/conf/lo/forwarding=1 net/ipv4/conf/lo/forwarding=0
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
  learn "$ID"
  expect_status 0
  expect_output "No refused write to learn from."
  expect_line 'io.sysctl-guard.allow=net.ipv4.conf.lo.forwarding=0|1; net.ipv4.ip_default_ttl=33'
  learn "$ID" --json
  follows_schema learn-output "$output"
  "$SYSCTL_GUARD" update "$ID" --allow "$(jq -r .narrower.value <<<"$output")" >/dev/null
  in_container access net/ipv4/ip_default_ttl=33 net/ipv4/ip_default_ttl=34
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
  expect_line "net/ipv4/ip_default_ttl=34: EPERM, now 33"
}

@test "a name that a machine made becomes a pattern, with the name beside it" {
  requires
  guarded
  in_container access net/ipv4/ip_default_ttl=33
  "$SYSCTL_GUARD" events --container "$ID" --json |
    sed 's|net/ipv4/ip_default_ttl|net/ipv4/conf/calidfcf2daed3d/rp_filter|' >lines
  learn --from lines --policy none
  expect_line 'io.sysctl-guard.allow=net.ipv4.conf.cali*.rp_filter=33'
  expect_output "interface calidfcf2daed3d"
}

@test "reads are reported, and a deny rule that no allow overrides is named" {
  requires
  guarded '{"version": 1, "default": {"deny": ["net.ipv4.ip_default_ttl"], "denyRead": ["net.core.somaxconn"]}}'
  in_container access net/ipv4/ip_default_ttl=33
  in_container cat /proc/sys/net/core/somaxconn
  learn "$ID"
  expect_output "Refused also with this annotation, by a deny rule:"
  expect_line "     1  net.ipv4.ip_default_ttl: net.ipv4.ip_default_ttl (node default)"
  expect_output "Reads that a deny-read rule refuses"
  expect_output "  net.core.somaxconn"
  learn "$ID" --json
  expect_equal "$(jq -c '[.stillRefused[0].seen, .reads[0].name]' <<<"$output")" '[1,"net/core/somaxconn"]' "refused"
  follows_schema learn-output "$output"
}

@test "no such container" {
  requires
  learn "sg-$$-nobody"
  expect_status 1
  expect_output "no guarded container has this ID or name"
}
