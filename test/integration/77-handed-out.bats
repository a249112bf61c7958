#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What a container hands out to an accomplice changes nothing of the host but what docs/threat-model.md names: handed.bash
# has the two. bundle-crun.bats has them with crun.

load helpers
load ways
load handed

teardown() {
  restore_host
  sg_teardown
}

@test "net: what is handed out changes the container's network, and nothing of the host" {
  requires hand
  both_modes @net
  judge enforce @net ''
  expect_line "net/ipv4/ip_forward: changed"
  if grep -qv '^net/' <<<"$output"; then fail_with "more than net was open"; fi
  judge enforce 'net.ipv4.ip_forward=0|1' ''
  expect_equal "$output" "net/ipv4/ip_forward: changed" "a single grant"
}

@test "ipc: what is handed out changes the container's IPC namespace, and nothing of the host" {
  requires hand
  both_modes @ipc "$IPC_CHANGES"
  judge enforce @ipc "$IPC_CHANGES"
  if grep -qvE '^(kernel|fs/mqueue)/' <<<"$output"; then fail_with "more than ipc was open"; fi
  [[ -n $IPC_CHANGES ]] || {
    expect_line "kernel/shmmni: changed"
    expect_line "fs/mqueue/msg_max: changed"
  }
}

@test "uts: only a grant that names it lets an accomplice rename the host, as the threat model says" {
  requires hand
  both_modes @uts "$WRITERS"
  judge enforce @uts "$WRITERS"
  expect_line "kernel/hostname: ok"
  grep -qx "host: kernel/hostname" "$BUNDLE/taken" || fail_with "the threat model names what is no longer so"
}

@test "net, ipc and uts together: the sum of them" {
  requires hand
  both_modes '@net; @ipc; @uts' "$WRITERS${IPC_CHANGES:+|$IPC_CHANGES}"
  expect_line "net/ipv4/ip_forward: changed"
}
