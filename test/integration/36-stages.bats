#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The hook in each stage of a container's life.

load helpers

@test "createContainer is refused: its pid is the container's view" {
  requires
  make_bundle
  add_hook createContainer
  run_container echo started
  expect_status 1
  [[ $output != *started* ]] || fail_with "started"
  expect_output "exit status 69"
  expect_output "pid 1"
  expect_output "createRuntime"
  nothing_left_of "$ID"
}

@test "a container that runs already is refused: it would have run without a guard" {
  requires
  make_bundle
  make_process "/$ID"
  update_config '.annotations = {}'
  make_state "$ID" "$PID" "$BUNDLE" | jq '.status = "running"' >state
  run_hook state
  expect_status 69
  expect_output "createRuntime"
  expect_equal "$(guards_of "$ID")" "" "guards"
  make_state "$ID" "$PID" "$BUNDLE" >state
  run_hook state
  expect_status 0
  expect_equal "$(guards_of "$ID" | wc -w)" 1 "guards"
}

@test "poststop exits 0 and leaves nothing" {
  requires
  make_bundle
  add_hook createRuntime
  add_hook poststop
  start_container
  sg_run delete_container
  expect_status 0
  expect_equal "$output" "" "poststop says nothing"
  nothing_left_of "$ID"
}

@test "poststop after a failed start leaves nothing" {
  requires
  make_bundle
  annotate allow 'net..x'
  add_hook createRuntime
  add_hook poststop
  run_container true
  expect_status 1
  expect_equal "$(grep -o 'sysctl-guard: ' <<<"$output" | wc -l)" 1 "our lines"
  nothing_left_of "$ID"
}

@test "registered at both stages there is one guard" {
  requires
  make_bundle
  annotate allow 'net.ipv4.ip_forward=1'
  add_hook prestart
  add_hook createRuntime
  start_container
  expect_equal "$(guards_of "$ID" | wc -l)" 1 "guards"
  in_container access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
}

@test "registered twice at one stage there is one guard" {
  requires
  make_bundle
  add_hook createRuntime
  add_hook createRuntime
  start_container
  expect_equal "$(guards_of "$ID" | wc -l)" 1 "guards"
}

@test "a second run that fails leaves the guard of the first" {
  requires
  make_bundle
  annotate allow 'net.ipv4.ip_forward=1'
  add_hook createRuntime
  start_container
  make_state "$ID" "$(container_pid)" "$BUNDLE" '.annotations["io.sysctl-guard.allow"] = "net..x"' >state
  run_hook state
  expect_status 65
  in_container access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
}

@test "another hook before and after ours is left alone" {
  requires
  make_bundle
  add_hook createRuntime /bin/true
  add_hook createRuntime
  add_hook createRuntime /bin/true
  run_container access net/ipv4/ip_default_ttl=33
  expect_status 0
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
}

@test "an argument that the hook does not know does not start" {
  requires
  make_bundle
  add_hook createRuntime
  update_config '.hooks.createRuntime[0].args += ["--no-such"]'
  run_container true
  expect_status 1
  expect_output "exit status 64"
  expect_output "sysctl-guard: "
}

@test "a state that is none is exit 65, and no state at all too" {
  requires
  local text
  make_bundle
  for text in '' '{' '[]' '{"id": 5, "pid": 3, "status": "creating", "bundle": "/"}'; do
    printf '%s' "$text" >state
    run_hook state
    expect_status 65
    expect_output "sysctl-guard: "
    expect_equal "$(wc -l <<<"$output")" 1 "lines"
  done
}
