#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The examples work as they stand.

load helpers

@test "examples/demo.sh: what happens is what check says, and nothing is left" {
  requires
  local before
  before=$(attached_guards | sort)
  sg_run env NO_COLOR=1 TMPDIR="$BATS_TEST_TMPDIR" "$SG_TOP/examples/demo.sh" --no-build
  expect_status 0
  expect_output "ended as check says"
  expect_output "sysctl-guard: annotations"
  expect_equal "$(find "$BATS_TEST_TMPDIR" -name 'sg-demo.*')" ""
  no_cgroup_of sysctl-guard-demo
  poll no_guard_beyond "$before"
}

no_guard_beyond() { [[ -z $(comm -13 <(echo "$1") <(attached_guards | sort)) ]]; }

@test "examples/demo.sh prints no colours where nobody looks, and nothing wider than 80 columns" {
  requires
  sg_run "$SG_TOP/examples/demo.sh" --no-build
  expect_status 0
  [[ $output != *$'\e'* ]] || fail_with "an escape sequence"
  # The policy is shown as it stands, whatever its length.
  expect_equal "$(grep -v 'io.sysctl-guard' <<<"$output" | awk 'length > 80')" ""
}

@test "examples/bundle: check finds nothing wrong with it" {
  requires
  sg_run "$SG_CHECK" check --bundle "$SG_TOP/examples/bundle"
  expect_status 0
}

@test "examples/bundle: its hook is where the installation puts it" {
  requires
  sg_run jq -r '.hooks.createRuntime[].path' "$SG_TOP/examples/bundle/config.json"
  expect_equal "$output" /usr/libexec/oci/hooks.d/sysctl-guard-hook
}

@test "examples/bundle/attempts.sh: one word for each access" {
  requires
  sg_run sh "$SG_TOP/examples/bundle/attempts.sh" <<<$'kernel.ostype\nkernel.nosuchsysctl\nkernel.cap_last_cap'
  expect_status 0
  expect_line "done"
  expect_output "failed: "
  expect_equal "$(wc -l <<<"$output")" 3 "lines"
}

# Each with a write that it lets annotations have, and one that it does not.
@test "examples/node-policy: they are valid, and permit what their pages say" {
  requires
  local file ask_good ask_bad
  while read -r file ask_good ask_bad; do
    file=$SG_TOP/$file
    sg_run "$SG_CHECK" check --policy "$file" --annotation "io.sysctl-guard.allow=$ask_good" "$ask_good"
    expect_status 0
    sg_run "$SG_CHECK" check --policy "$file" --annotation "io.sysctl-guard.allow=$ask_bad" "$ask_bad"
    ((status != 0)) || fail_with "$ask_bad is permitted"
  done <<'LIST'
examples/node-policy/vpn.json net.ipv4.ip_forward=1 net.ipv4.ip_forward=2
examples/node-policy/kubernetes.json net.ipv4.tcp_syncookies=1 net.ipv4.tcp_mem=1
LIST
  local -a databases=(check --policy "$SG_TOP/examples/node-policy/databases.json" --current vm.max_map_count=1048576)
  sg_run "$SG_CHECK" "${databases[@]}" vm.max_map_count=1048576 \
    --annotation 'io.sysctl-guard.allow=vm.max_map_count=@current..1048576'
  expect_status 0
  sg_run "$SG_CHECK" "${databases[@]}" vm.max_map_count=262144 \
    --annotation 'io.sysctl-guard.allow=vm.max_map_count=@current..1048576'
  expect_status 1
  sg_run "$SG_CHECK" "${databases[@]}" --annotation 'io.sysctl-guard.allow=vm.max_map_count=262144..1048576'
  expect_status 2
  local -a assign=(check --policy "$SG_TOP/examples/node-policy/assign.json" net.ipv4.ip_forward=1)
  sg_run "$SG_CHECK" "${assign[@]}"
  expect_status 1
  sg_run "$SG_CHECK" "${assign[@]}" --annotation io.kubernetes.cri.sandbox-namespace=network-a \
    --annotation io.kubernetes.cri.image-name=registry.example/routing/bird:2
  expect_status 0
  sg_run "$SG_CHECK" check --policy "$SG_TOP/examples/node-policy/adopting.json" net.ipv4.ip_forward=1
  expect_status 0
  expect_output would-deny
  sg_run "$SG_CHECK" check --policy "$SG_TOP/examples/node-policy/audit-first.json" net.ipv4.ip_forward=1 vm.swappiness=1
  expect_status 1
  expect_output "allow    net/ipv4/ip_forward=1  @namespaced [net/*]  node default"
  expect_output "deny     vm/swappiness=1        (no rule)"
}
