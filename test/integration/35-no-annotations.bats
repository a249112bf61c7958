#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A container with the hook and without annotations of ours starts and can write nothing.

load helpers

kWrites=(net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33 kernel/shmmni=77 net/core/somaxconn=77)

@test "without annotations of ours: starts, reads, writes nothing" {
  requires
  local access
  make_bundle
  update_config '.annotations = {"org.example.key": "value"}'
  add_hook createRuntime
  start_container
  in_container access "${kWrites[@]}" net/ipv4/ip_default_ttl
  for access in "${kWrites[@]}"; do
    expect_output "$access: EPERM"
  done
  expect_line "net/ipv4/ip_default_ttl: ok, now 64"
}

@test "without any annotations: starts, writes nothing" {
  requires
  make_bundle
  update_config 'del(.annotations)'
  add_hook createRuntime
  run_container access net/ipv4/ip_default_ttl=33
  expect_status 0
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
}

@test "an empty list allows nothing" {
  requires
  local value number=0
  for value in '' ' ' '[]'; do
    make_bundle "$((++number))"
    annotate allow "$value"
    add_hook createRuntime
    run_container access net/ipv4/ip_default_ttl=33
    expect_status 0
    expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
  done
}

@test "a list for another container of the pod allows nothing here" {
  requires
  make_bundle
  annotate allow/web 'net.*'
  update_config '.annotations["io.kubernetes.cri.container-name"] = "db"'
  add_hook createRuntime
  run_container access net/ipv4/ip_default_ttl=33
  expect_status 0
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
}

@test "a list for this container of the pod replaces the plain one" {
  requires
  make_bundle
  annotate allow 'net.ipv4.ip_default_ttl'
  annotate allow/db 'net.ipv4.ip_forward=1'
  update_config '.annotations["io.kubernetes.cri.container-name"] = "db"'
  add_hook createRuntime
  run_container access net/ipv4/ip_default_ttl=33 net/ipv4/ip_forward=1
  expect_status 0
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
}
