#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# list and show on Podman's containers: the whole ID, and a name where an annotation gives one.

load helpers
load podman

PODMAN_RUN+=(--security-opt unmask=/proc/sys)

@test "podman: a container is found by its ID, what that begins with, and the name of an annotation" {
  requires podman
  make_podman
  podman_start --annotation 'io.sysctl-guard.allow=net.ipv4.ip_default_ttl=33' \
    --annotation "io.kubernetes.container.name=$NAME"
  podman_ exec "$NAME" access net/ipv4/ip_default_ttl=33 net/ipv4/ip_default_ttl=34 >&2
  sg_run "$SG_CHECK" list --json
  expect_status 0
  # The runtime's own write of a pair is the other one.
  expect_equal "$(jq -c --arg id "$ID" '.guards[] | select(.id == $id) | [.name, .denied, .allowed]' <<<"$output")" \
    "[\"$NAME\",1,2]"
  sg_run "$SG_CHECK" list
  # The name has what other columns leave, and those grow with other guards of the host: 8 bytes at least.
  expect_output "${ID:0:12}  ${NAME:0:5}"
  for word in "$ID" "${ID:0:12}" "$NAME"; do
    sg_run "$SG_CHECK" show --json "$word"
    expect_equal "$(jq -r '[.id, .name] | join(" ")' <<<"$output")" "$ID $NAME"
  done
  # What Podman itself sets is a rule of its own.
  expect_equal "$(jq -c '[.rules[] | select(.kind == "pair") | .text]' <<<"$output")" \
    '["net.ipv4.ping_group_range=0 0"]'
}

@test "podman: without such an annotation the name is not known, and the ID is" {
  requires podman
  make_podman
  podman_start
  sg_run "$SG_CHECK" show --json "${ID:0:12}"
  expect_equal "$(jq -c '[.id == $id, .name, .mode]' --arg id "$ID" <<<"$output")" '[true,null,"enforce"]'
  sg_run "$SG_CHECK" show "$NAME"
  expect_status 1
}
