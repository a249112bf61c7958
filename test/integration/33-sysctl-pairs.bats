#!/usr/bin/env bats
# shellcheck disable=SC2016
# SPDX-License-Identifier: Apache-2.0
# linux.sysctl of config.json: the runtime writes it under the guard, the container only that value.

load helpers

pair() {
  update_config --arg key "$1" --arg value "$2" '.linux.sysctl[$key] = $value'
}

@test "linux.sysctl is applied under the guard, and can be set to that value only" {
  requires
  local stage
  for stage in prestart createRuntime; do
    make_bundle "$stage"
    pair net.ipv4.ip_default_ttl 33
    add_hook "$stage"
    start_container
    in_container access net/ipv4/ip_default_ttl net/ipv4/ip_default_ttl=34 \
      net/ipv4/ip_default_ttl=33 net/ipv4/ip_forward=1
    expect_line "net/ipv4/ip_default_ttl: ok, now 33"
    expect_line "net/ipv4/ip_default_ttl=34: EPERM, now 33"
    expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
    expect_output "net/ipv4/ip_forward=1: EPERM"
  done
}

@test "the pairs that engines set by default are applied" {
  requires
  make_bundle
  pair net.ipv4.ping_group_range "0 2147483647"
  pair net.ipv4.ip_unprivileged_port_start 0
  add_hook createRuntime
  start_container
  in_container access net/ipv4/ping_group_range net/ipv4/ip_unprivileged_port_start \
    net/ipv4/ip_unprivileged_port_start=1 "net/ipv4/ping_group_range=0 5" \
    "net/ipv4/ping_group_range=0 2147483647"
  expect_line "net/ipv4/ping_group_range: ok, now 0	2147483647"
  expect_line "net/ipv4/ip_unprivileged_port_start: ok, now 0"
  expect_line "net/ipv4/ip_unprivileged_port_start=1: EPERM, now 0"
  expect_line "net/ipv4/ping_group_range=0 5: EPERM, now 0	2147483647"
  expect_line "net/ipv4/ping_group_range=0 2147483647: ok, now 0	2147483647"
}

@test "a key with slashes is the same sysctl" {
  requires
  make_bundle
  pair net/ipv4/conf/lo/rp_filter 2
  add_hook createRuntime
  start_container
  in_container access net/ipv4/conf/lo/rp_filter net/ipv4/conf/lo/rp_filter=1
  expect_line "net/ipv4/conf/lo/rp_filter: ok, now 2"
  expect_line "net/ipv4/conf/lo/rp_filter=1: EPERM, now 2"
}

@test "a pair wins over a deny rule, for its value" {
  requires
  make_bundle
  pair net.ipv4.ip_default_ttl 33
  annotate deny 'net.*'
  add_hook createRuntime
  start_container
  in_container access net/ipv4/ip_default_ttl=34 net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=34: EPERM, now 33"
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
}

@test "a pair whose value is text is one value, pipes and stars included" {
  requires
  make_bundle
  pair kernel.domainname 'a|b*'
  add_hook createRuntime
  start_container
  in_container access 'kernel/domainname' 'kernel/domainname=a' 'kernel/domainname=a|b*c' \
    'kernel/domainname=a|b*'
  expect_line 'kernel/domainname: ok, now a|b*'
  expect_line 'kernel/domainname=a: EPERM, now a|b*'
  expect_line 'kernel/domainname=a|b*c: EPERM, now a|b*'
  expect_line 'kernel/domainname=a|b*: ok, now a|b*'
}

@test "pairs are applied where runc reads annotations as others than config.json has" {
  requires
  local keys number=0
  for keys in '{"bundle=x": "y"}' '{"a": "1", "a=b": "2"}'; do
    make_bundle "$((++number))"
    update_config --argjson keys "$keys" '.annotations += $keys'
    pair net.ipv4.ip_default_ttl 33
    add_hook createRuntime
    # To exec into such a container runc itself does not manage.
    run_container access net/ipv4/ip_default_ttl net/ipv4/ip_default_ttl=34
    expect_line "net/ipv4/ip_default_ttl: ok, now 33"
    expect_line "net/ipv4/ip_default_ttl=34: EPERM, now 33"
  done
}

@test "without its pairs the runtime itself would be refused" {
  requires
  make_bundle
  add_hook createRuntime
  # The hook sees a bundle without the pair; the runtime has read config.json already.
  pair net.ipv4.ip_default_ttl 33
  cat >wrap <<WRAP
#!/bin/sh
sed 's|"bundle":"[^"]*"|"bundle":"/nonexistent"|' | "$HOOK"
WRAP
  chmod +x wrap
  update_config --arg path "$PWD/wrap" '.hooks.createRuntime[0].path = $path'
  run_container true
  expect_status 1
  expect_output "net/ipv4/ip_default_ttl: operation not permitted"
}

@test "a value too long for the guard is exit 65, with key and size" {
  requires
  local value
  value=$(printf '%0300d' 1)
  make_bundle
  pair net.ipv4.ip_default_ttl "$value"
  add_hook createRuntime
  run_container true
  expect_status 1
  expect_output "exit status 65"
  expect_output "net.ipv4.ip_default_ttl"
  expect_output "300"
  nothing_left_of "$ID"
}

# The hook with a node policy of this test.
add_hook_with_policy() {
  printf '%s\n' "$1" >"$BATS_TEST_TMPDIR/policy.json"
  chmod 644 "$BATS_TEST_TMPDIR/policy.json"
  update_config --arg path "$HOOK" --arg policy "$BATS_TEST_TMPDIR/policy.json" \
    '.hooks.createRuntime = [{path: $path, args: ["sysctl-guard-hook", "--policy", $policy]}]'
}

@test "declared pairs face the limit where the node policy says so, by value, under clip too" {
  requires
  make_bundle
  pair net.ipv4.ip_default_ttl 33
  local excess limit
  for excess in refuse clip; do
    limit='"limit": {"allow": ["net.ipv4.ip_default_ttl=64"], "onExcess": "'$excess'"}'
    add_hook_with_policy "{\"version\": 1, $limit, \"declared\": \"limit\"}"
    run_container true
    ((status != 0)) || fail_with "the container started"
    expect_output "exit status 77"
    expect_output "sets net.ipv4.ip_default_ttl=33, which is beyond the node's limit: the value is out of range"
    expect_equal "$(guards_of "$ID")" "" "guards"
    # Exempt by default, and within the limit with another value.
    add_hook_with_policy "{\"version\": 1, $limit}"
    run_container access net/ipv4/ip_default_ttl
    expect_line "net/ipv4/ip_default_ttl: ok, now 33"
    add_hook_with_policy "{\"version\": 1, ${limit/=64/=33}, \"declared\": \"limit\"}"
    run_container access net/ipv4/ip_default_ttl net/ipv4/ip_default_ttl=34
    expect_line "net/ipv4/ip_default_ttl: ok, now 33"
    expect_line "net/ipv4/ip_default_ttl=34: EPERM, now 33"
  done
}

@test "declared pairs: what could hold several is a warning, and refused where pairs face the limit" {
  requires
  make_bundle
  pair kernel.domainname "a+b"
  add_hook_with_policy '{"version": 1, "declared": "limit"}'
  run_container true
  ((status != 0)) || fail_with "the container started"
  expect_output "exit status 65"
  expect_output "the value holds a '+'"
  add_hook_with_policy '{"version": 1}'
  run_container access kernel/domainname
  expect_line "kernel/domainname: ok, now a+b"
  sg_run "$SG_CHECK" check --policy none --bundle .
  expect_status 0
  expect_output "warning: linux.sysctl: the value holds a '+'"
}
