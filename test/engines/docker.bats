#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What only Docker has: restarts by the daemon, privileged containers, --sysctl.

load helpers

@test "docker run --privileged: guarded" {
  requires
  annotated "$ALLOW"
  sg_run docker_to_end --privileged -- access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
  expect_status 0
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
}

@test "docker run --sysctl: applied, and settable to that value only" {
  requires
  sg_run docker_to_end --sysctl net.ipv4.ip_default_ttl=33 -- \
    access net/ipv4/ip_default_ttl net/ipv4/ip_default_ttl=34 net/ipv4/ip_default_ttl=33
  expect_status 0
  expect_line "net/ipv4/ip_default_ttl: ok, now 33"
  expect_line "net/ipv4/ip_default_ttl=34: EPERM, now 33"
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
}

@test "the daemon starts a container again that has died: guarded" {
  requires
  annotated "$ALLOW"
  detached docker_run --detach --restart always "$IMAGE" sleep 100000
  engine_id
  kill -KILL "$(engine_pid)"
  poll restarted
  engine_exec access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
}

restarted() {
  [[ $(docker inspect --format '{{.RestartCount}} {{.State.Restarting}}' "$NAME") == "1 false" ]]
}
