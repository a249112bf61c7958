#!/usr/bin/env bats
# shellcheck disable=SC2016
# SPDX-License-Identifier: Apache-2.0
# "assign" of the node policy: who is guarded, and how, without annotations of sysctl-guard.

load helpers
load wrapper

POLICY='{"version": 1,
  "default": {"allow": ["net.ipv4.ip_default_ttl=33"]},
  "profiles": {"router": {"allow": ["net.ipv4.ip_forward=0|1"]}, "vpn": {"allow": ["net.ipv4.conf.*.rp_filter"]}},
  "assign": [{"match": {"io.kubernetes.cri.sandbox-namespace": "net-*", "io.kubernetes.cri.image-name": "r.example/*"},
              "profile": "router"},
             {"match": {"io.kubernetes.cri.sandbox-namespace": "net-vpn"}, "profile": "vpn"}]}'

node_policy() {
  printf '%s\n' "$1" >"$BATS_TEST_TMPDIR/policy.json"
  chmod 644 "$BATS_TEST_TMPDIR/policy.json"
}

# assigned_bundle NAMESPACE IMAGE [HOOK-ARGUMENT...]: with the engine's annotations and none of ours.
assigned_bundle() {
  local namespace=$1 image=$2
  shift 2
  make_bundle "${NAME:-a}"
  engine_says "$namespace" "$image"
  update_config --arg path "$HOOK" --arg policy "$BATS_TEST_TMPDIR/policy.json" '
    .hooks.createRuntime += [{path: $path, args: (["sysctl-guard-hook", "--policy", $policy] + $ARGS.positional)}]' \
    --args -- "$@"
}

engine_says() {
  update_config --arg namespace "$1" --arg image "$2" '.annotations +=
    {"io.kubernetes.cri.sandbox-namespace": $namespace, "io.kubernetes.cri.image-name": $image}'
}

expect_refused() {
  ((status != 0)) || fail_with "the container started"
  expect_output "exit status $1"
  expect_output "$2"
  expect_equal "$(guards_of "$ID")" "" "guards"
}

WRITES=(net/ipv4/ip_forward=1 net/ipv4/conf/lo/rp_filter=2 net/ipv4/ip_default_ttl=33)

@test "assign: the first entry whose keys all fit gives the profile, and no default; who fits none has the default" {
  requires
  node_policy "$POLICY"
  assigned_bundle net-vpn r.example/a/b:1
  run_container access "${WRITES[@]}"
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_output "net/ipv4/conf/lo/rp_filter=2: EPERM"
  expect_output "net/ipv4/ip_default_ttl=33: EPERM, now 64"
  engine_says net-vpn elsewhere/a
  run_container access "${WRITES[@]}"
  expect_output "net/ipv4/ip_forward=1: EPERM, now 0"
  expect_line "net/ipv4/conf/lo/rp_filter=2: ok, now 2"
  expect_output "net/ipv4/ip_default_ttl=33: EPERM, now 64"
  engine_says other r.example/a
  run_container access "${WRITES[@]}"
  expect_output "net/ipv4/ip_forward=1: EPERM, now 0"
  expect_output "net/ipv4/conf/lo/rp_filter=2: EPERM"
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
}

@test "assign: the container's own allow adds, within the limit, and another profile is refused" {
  requires
  node_policy "$POLICY"
  assigned_bundle net-a r.example/a
  annotate allow "net.ipv4.ip_default_ttl=33"
  run_container access "${WRITES[@]}"
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
  annotate allow "vm.swappiness=60"
  run_container true
  expect_refused 77 "permits vm.swappiness=60, which is beyond the node's limit"
  update_config 'del(.annotations["io.sysctl-guard.allow"])'
  annotate profile vpn
  run_container true
  expect_refused 65 "was given the profile 'router', by the hook's --profile or by"
  annotate profile router
  run_container access net/ipv4/ip_forward=1
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
}

@test "assign: --profile wins; a profile that is not there refuses every container" {
  requires
  node_policy "$POLICY"
  assigned_bundle net-a r.example/a --profile vpn
  run_container access "${WRITES[@]}"
  expect_output "net/ipv4/ip_forward=1: EPERM, now 0"
  expect_line "net/ipv4/conf/lo/rp_filter=2: ok, now 2"
  NAME=b assigned_bundle other other
  node_policy "${POLICY/\"profile\": \"vpn\"/\"profile\": \"vpm\"}"
  run_container true
  expect_refused 78 "there is no profile of this name; write "
  expect_output "/assign/1/profile: "
  node_policy "$POLICY"
  run_container access net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
}

@test "assign: the wrapper guards and opens whom the node policy assigns a profile, and nobody else" {
  requires wrapper
  install_wrapper
  closed_bundle
  engine_says net-a r.example/a
  set_args access "${WRITES[@]}"
  sg_run with_node_policy "$POLICY" "$RUNTIME" --root "$BATS_TEST_TMPDIR/state" run --bundle "$BUNDLE" "$ID"
  expect_status 0
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/conf/lo/rp_filter=2: open:EROFS, now 0"
  has_hook || fail_with "no hook"
  closed_bundle b
  engine_says other r.example/a
  set_args access net/ipv4/ip_forward=1
  cp config.json before.json
  sg_run with_node_policy "$POLICY" "$RUNTIME" --root "$BATS_TEST_TMPDIR/state" run --bundle "$BUNDLE" "$ID"
  expect_status 0
  expect_line "net/ipv4/ip_forward=1: open:EROFS, now 0"
  cmp before.json config.json || fail_with "config.json was changed"
  # Who is assigned what cannot be told: the hook says why.
  sg_run with_node_policy "${POLICY/\"version\": 1/\"version\": 2}" "$RUNTIME" \
    --root "$BATS_TEST_TMPDIR/state" run --bundle "$BUNDLE" "$ID"
  ((status != 0)) || fail_with "the container started"
  expect_output "exit status 78"
}

@test "assign: update assigns again by the annotations that were kept, and refuses where one is missing" {
  requires
  node_policy "$POLICY"
  assigned_bundle net-vpn r.example/a
  start_container
  sg_run "$SG_CHECK" show "$ID"
  expect_output "router, which the node policy assigns"
  in_container access "${WRITES[@]:0:2}"
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_output "net/ipv4/conf/lo/rp_filter=2: EPERM"
  node_policy "${POLICY/r.example/other.example}"
  sg_run "$SG_CHECK" update "$ID"
  expect_status 0
  in_container access net/ipv4/ip_forward=0 net/ipv4/conf/lo/rp_filter=2
  expect_output "net/ipv4/ip_forward=0: EPERM, now 1"
  expect_line "net/ipv4/conf/lo/rp_filter=2: ok, now 2"
  # An entry in front that asks for something else: whether it fits nobody knows.
  local first='{"match": {"io.kubernetes.cri.sandbox-name": "x"}, "profile": "router"}'
  node_policy "${POLICY/\"assign\": [/\"assign\": [$first, }"
  sg_run "$SG_CHECK" update "$ID"
  expect_status 1
  expect_output "by the annotation 'io.kubernetes.cri.sandbox-name', which was not kept"
  expect_output "create the container again"
  in_container access net/ipv4/ip_forward=0
  expect_output "net/ipv4/ip_forward=0: EPERM, now 1"
}
