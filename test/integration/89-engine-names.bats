#!/usr/bin/env bats
# shellcheck disable=SC2030,SC2031
# SPDX-License-Identifier: Apache-2.0
# The name of `podman run --name`, which no annotation has, is known by Podman's own files: where
# nobody but root can write them, and never instead of an ID.

load helpers
load podman
load schema

PODMAN_RUN+=(--security-opt unmask=/proc/sys)

# cli WORDS...: where this test's storage is the one that Podman has by default.
cli() {
  # shellcheck disable=SC2016  # for the other shell
  sg_run unshare -m --propagation private sh -c 'root=$0 &&
    exec 3<"$root" && mount -t tmpfs -o mode=755 tmpfs /var/lib && mkdir -p /var/lib/containers/storage &&
    mount --bind /proc/self/fd/3 /var/lib/containers/storage && exec 3<&- && exec "$@"' \
    "$BATS_TEST_TMPDIR/root" "$SG_CHECK" "$@"
}

@test "podman: its own name of a container is a name, for all commands that take one" {
  requires podman
  make_podman
  local name other files word vpn
  make_room_for_events
  podman_start --annotation 'io.sysctl-guard.allow=net.ipv4.ip_default_ttl=33'
  vpn=$ID
  podman_ exec "$NAME" access net/ipv4/ip_default_ttl=33 net/ipv4/ip_default_ttl=34 >&2

  cli list --json
  expect_status 0
  follows_schema list-output "$output"
  expect_equal "$(jq -c --arg id "$vpn" '.guards[] | select(.id == $id) | [.name, .engineName]' <<<"$output")" \
    "[null,\"$NAME\"]"
  cli list
  expect_output "${vpn:0:12}  ${NAME:0:5}"
  cli show --json "$NAME"
  expect_status 0
  follows_schema show-output "$output"
  expect_equal "$(jq -r '[.id, .engineName] | join(" ")' <<<"$output")" "$vpn $NAME"
  cli learn "$NAME"
  expect_output "net.ipv4.ip_default_ttl"
  cli events --container "$NAME"
  expect_output "-- ${vpn:0:12} is $NAME --"
  cli update "$NAME" --allow 'net.ipv4.ip_default_ttl=33|34'
  expect_output "updated $vpn"
  podman_ exec "$NAME" access net/ipv4/ip_default_ttl=34 | grep -qx 'net/ipv4/ip_default_ttl=34: ok, now 34'

  # Another one with an annotation of this name: it could be either. By their IDs both are found.
  name=$NAME
  NAME=$name-b
  podman_start --annotation "io.kubernetes.container.name=$name"
  NAME=$name
  other=$ID
  for word in show learn detach; do
    cli "$word" "$NAME"
    expect_status 1
    expect_output "$vpn"
    expect_output "$other"
  done
  cli show --json "${other:0:12}"
  expect_equal "$(jq -r .id <<<"$output")" "$other"

  # Files that others than root can write are not believed.
  files=$BATS_TEST_TMPDIR/root/vfs-containers/containers.json
  [[ -f $files ]]
  chmod o+w "$files"
  cli show --json "$NAME"
  expect_equal "$(jq -r .id <<<"$output")" "$other"  # by its annotation alone
  chmod o-w "$files"
  # Where Podman from 4.4 on has those of `run --rm`.
  mv "$files" "${files%/*}/volatile-containers.json"
  cli list --json
  mv "${files%/*}/volatile-containers.json" "$files"
  expect_equal "$(jq -r --arg id "$vpn" '.guards[] | select(.id == $id) | .engineName' <<<"$output")" "$NAME"

  cli detach "$NAME-b"
  expect_status 0
  expect_output "detached the guard of $other"
  expect_equal "$(guards_of "$vpn" | wc -w)" 1 "the guard of the first"
}
