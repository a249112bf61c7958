#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A container whose annotations have a mistake does not start, and the runtime says which.

load helpers

# KEY (without the prefix), VALUE, and what the one line must contain.
kMistakes=(
  'allow|net..ipv4|io.sysctl-guard.allow'
  'allow|net.ipv4.ip_forward=|io.sysctl-guard.allow'
  'allow|net.ipv4.ip_forward=2..1|2..1'
  'allow|net.ipv4.ip_forward,,net.core.somaxconn|io.sysctl-guard.allow'
  'allow|net.**.forwarding|**'
  'allow|net.ipv4.conf.[ab].forwarding|io.sysctl-guard.allow'
  'allow|net.ipv4.conf.?.forwarding|io.sysctl-guard.allow'
  'allow|net.ipv4.{a}|io.sysctl-guard.allow'
  'allow|../net/ipv4/ip_forward|io.sysctl-guard.allow'
  'allow|@nosuchgroup|@nosuchgroup'
  'allow|kernel.domainname="open|io.sysctl-guard.allow'
  'allow|["net.ipv4.ip_forward"|io.sysctl-guard.allow'
  'allow|[1]|io.sysctl-guard.allow'
  'allow|net.ipv4.ip_förward|io.sysctl-guard.allow'
  'allow|net.ipv4.ip_forward=*.x|io.sysctl-guard.allow'
  'allow|net.core.rps_default_mask=1|rps_default_mask'
  'deny|net.ipv4.ip_forward=1|io.sysctl-guard.deny'
  'deny-read|net.ipv4.ip_forward=1|io.sysctl-guard.deny-read'
  'mode|Enforce|io.sysctl-guard.mode'
  'profile|nosuch|io.sysctl-guard.profile'
  'alow|net.ipv4.ip_forward|io.sysctl-guard.allow'
  'Allow|net.ipv4.ip_forward|io.sysctl-guard.allow'
  'deny_read|net.*|io.sysctl-guard.deny-read'
)

@test "each mistake: the container does not start, the message is our one line, nothing is left" {
  requires
  local row key value wanted number=0
  for row in "${kMistakes[@]}"; do
    IFS='|' read -r key value wanted <<<"$row"
    make_bundle "$((++number))"
    annotate "$key" "$value"
    add_hook createRuntime
    run_container echo started
    expect_equal "$status" 1 "$row"
    [[ $output != *started* ]] || fail_with "started: $row"
    expect_output "exit status 65"
    expect_output "stderr: sysctl-guard: "
    expect_output "$wanted"
    # One line: the runtime shows line ends as \n, and there is one, at the end.
    expect_equal "$(grep -o '\\n' <<<"$output" | wc -l)" 1 "lines of $row"
    no_cgroup_of "$ID" || fail_with "cgroup left: $row"
    no_guard_of "$ID" || fail_with "guard left: $row"
    sg_run runtime state "$ID"
    expect_status 1
  done
}

@test "the message avoids the phrases that engines rewrite" {
  requires
  local row key value number=0
  for row in "${kMistakes[@]}"; do
    IFS='|' read -r key value _ <<<"$row"
    make_bundle "$((++number))"
    make_state "$ID" $$ "$BUNDLE" |
      jq --arg key "io.sysctl-guard.$key" --arg value "$value" '.annotations[$key] = $value' >state
    run_hook state
    expect_output "sysctl-guard: "
    [[ ${output,,} != *"permission denied"* && ${output,,} != *"operation not permitted"* &&
      ${output,,} != *"no such file or directory"* ]] || fail_with "$row"
  done
}

@test "several mistakes are one line that says how many more there are" {
  requires
  make_bundle
  annotate allow 'net..x, net..y'
  annotate deny 'net..z'
  add_hook createRuntime
  run_container true
  expect_status 1
  expect_output "2 more"
}

@test "a mistake in the list of one container of a pod stops that one, a mistaken key stops each" {
  requires
  make_bundle db
  annotate allow/web 'net..x'
  add_hook createRuntime
  update_config '.annotations["io.kubernetes.cri.container-name"] = "db"'
  run_container echo started
  expect_status 0
  make_bundle web
  annotate allow/web 'net..x'
  add_hook createRuntime
  update_config '.annotations["io.kubernetes.cri.container-name"] = "web"'
  run_container echo started
  expect_status 1
  expect_output "exit status 65"
  expect_output "io.sysctl-guard.allow/web"
  make_bundle key
  annotate alow/web 'net.x'
  add_hook createRuntime
  update_config '.annotations["io.kubernetes.cri.container-name"] = "db"'
  run_container echo started
  expect_status 1
  expect_output "exit status 65"
}

@test "two name annotations that differ do not start" {
  requires
  make_bundle
  add_hook createRuntime
  update_config '.annotations += {"io.kubernetes.cri.container-name": "a",
                                  "io.kubernetes.container.name": "b"}'
  run_container true
  expect_status 1
  expect_output "exit status 65"
}

@test "a rule list too large for the table does not start" {
  requires
  make_bundle
  # Stars in many rules make the automaton large: every combination of beginnings is a state.
  annotate allow "$(for i in $(seq 40); do printf 'net.*a%s*b*c*.x%s,' "$i" "$i"; done)net.end"
  add_hook createRuntime
  run_container true
  expect_status 1
  expect_output "exit status 65"
  expect_output "stderr: sysctl-guard: "
  expect_output "too large a table"
}
