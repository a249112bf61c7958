#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Events of a container that an engine started: by the engine's ID of it.

load helpers

@test "events: what a container was refused, found by the beginning of the engine's ID" {
  requires
  [[ ! -e $BPF_DIR/events-1 ]] || sysctl-guard events --clear >/dev/null
  annotated "$ALLOW"
  engine_up sleep 100000
  engine_exec access net/ipv4/ip_forward=1 net/ipv4/ip_forward=2
  expect_line "net/ipv4/ip_forward=2: EPERM, now 1"
  sg_run sysctl-guard events --container "${ID:0:-1}"
  expect_status 0
  expect_output "net/ipv4/ip_forward=2"
  ! grep -qF "net/ipv4/ip_forward=1" <<<"$output" || fail_with "an allowed write is an event"
}
