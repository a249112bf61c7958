#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The error that a refused access gets is the annotation's; no verdict changes by it.

load helpers

have_retval() { [[ $(printf '5.18\n%s\n' "$(uname -r)" | sort -V | head -n 1) == 5.18 ]]; }

# refusing_container [ERROR]: allows one value of one sysctl and the reads of all but one.
refusing_container() {
  make_bundle "${1:-none}"
  annotate allow net.ipv4.ip_forward=1
  annotate deny-read net.ipv4.ip_default_ttl
  [[ -z ${1:-} ]] || annotate refuse "$1"
  add_hook createRuntime
  start_container
}

@test "writes and reads are refused with the error that refuse names, and what is allowed is not" {
  requires retval
  local error
  for error in "" EPERM EROFS EACCES; do
    refusing_container "$error"
    in_container access net/ipv4/ip_forward=1 net/ipv4/ip_forward=0 net/ipv4/tcp_syncookies=0 \
      net/ipv4/ip_default_ttl net/ipv4/ip_forward
    expect_line "net/ipv4/ip_forward=1: ok, now 1"
    expect_line "net/ipv4/ip_forward=0: ${error:-EPERM}, now 1"
    expect_line "net/ipv4/tcp_syncookies=0: ${error:-EPERM}, now 1"
    expect_line "net/ipv4/ip_default_ttl: ${error:-EPERM}, now ?"
    expect_line "net/ipv4/ip_forward: ok, now 1"
    sg_run "$SG_CHECK" show --json "$ID"
    expect_equal "$(jq -r .refuse <<<"$output")" "${error:-EPERM}"
    expect_equal "$(jq '[.rules[].denied, .noRule.denied] | add > 2' <<<"$output")" true
    delete_container
  done
}

@test "update changes the error, and an error that there is not is refused" {
  requires retval
  refusing_container EROFS
  sg_run "$SG_CHECK" update "$ID" --refuse EACCES
  expect_status 0
  in_container access net/ipv4/ip_forward=0 net/ipv4/ip_forward=1
  expect_line "net/ipv4/ip_forward=0: EACCES, now 0"
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  sg_run "$SG_CHECK" update "$ID" --refuse EIO
  expect_status 1
  expect_output "a refusal cannot have this error"
  in_container access net/ipv4/ip_forward=0
  expect_line "net/ipv4/ip_forward=0: EACCES, now 1"

  make_bundle other
  annotate allow net.ipv4.ip_forward=1
  annotate refuse ENOENT
  add_hook createRuntime
  run_container true
  expect_output "annotation io.sysctl-guard.refuse: 'ENOENT'"
  [[ $status -ne 0 ]] || fail_with "the container started"
}

@test "doctor says that the kernel can" {
  requires retval
  sg_run "$SG_CHECK" doctor
  expect_output "it let one write through and refused one"
  [[ $output != *"whatever io.sysctl-guard.refuse says"* ]] || fail_with "$output"
}
