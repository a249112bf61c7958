#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Nodes that begin in audit mode, with this machine's Podman, on a host of its own: all that docs/adopting.md shows, and
# what the node policies do that are shipped for it.
#
# test/engines/podman.bats follows the page with another version.

load helpers
load podman
load pages

IMAGE=$PODMAN_IMAGE

# make_node: a host with our programs, Podman's files in copies of its directories, and a buffer of events that others do
# not fill.
make_node() {
  NODE=$BATS_TEST_TMPDIR/node
  mkdir -p "$NODE"/prefix/{bin,libexec/oci/hooks.d} "$NODE/bpf"
  mount -t bpf -o mode=700 bpf "$NODE/bpf"
  install -d -m 700 "$RUN_DIR" "$BPF_DIR"
  cp "$SG_CHECK" "$NODE/prefix/bin/"
  cp "$HOOK" "$NODE/prefix/libexec/oci/hooks.d/"
  cp -a /etc "$NODE/etc"
  rm -rf "$NODE/etc/sysctl-guard" "$NODE"/etc/containers/{containers,storage}.conf
  cp -a /usr/share/containers "$NODE/share"
  rm -rf "$NODE/share/oci"
  # No limits: setting one needs CAP_SYS_RESOURCE or a controller that version 2 may lack here.
  printf '%s\n' '[containers]' 'netns = "none"' 'pids_limit = 0' \
    'default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]' '[engine]' 'cgroup_manager = "cgroupfs"' \
    'events_logger = "file"' "runtime = \"$RUNTIME\"" "tmp_dir = \"$BATS_TEST_TMPDIR/tmp\"" \
    >"$NODE/etc/containers/containers.conf"
  printf '%s\n' '[storage]' 'driver = "vfs"' "runroot = \"$BATS_TEST_TMPDIR/run\"" \
    "graphroot = \"$BATS_TEST_TMPDIR/root\"" >"$NODE/etc/containers/storage.conf"
  make_rootfs "$BATS_TEST_TMPDIR/rootfs"
  tar -C "$BATS_TEST_TMPDIR/rootfs" -c . | podman_ import - "$IMAGE" >&2
}

# on_node COMMAND: a command line, with the copies in the places of this machine's own.
on_node() {
  CGROUPS=v2 in_cgroups "$(command -v unshare)" -m --propagation private env PATH="$NODE/prefix/bin:$PATH" sh -c '
    mount --bind "$1/etc" /etc && mount --bind "$1/share" /usr/share/containers && mount --bind "$1/bpf" "$3" &&
      exec bash -c "$2"' sh "$NODE" "$1" "$BPF_DIR"
}

# teardown_podman calls it.
podman_() { on_node "podman ${*@Q}"; }

# When a container has ended Podman cleans up after it, and makes a lock in /etc for that.
teardown() {
  local left=0
  teardown_podman || left=1
  poll nobody_on_node || left=1
  ! mountpoint -q "$BATS_TEST_TMPDIR/node/bpf" || umount "$BATS_TEST_TMPDIR/node/bpf" || left=1
  return "$left"
}

nobody_on_node() { ! grep -qs "${BATS_TEST_TMPDIR##*/tmp/}/node/etc " /proc/[0-9]*/mountinfo; }

@test "what docs/adopting.md shows: a closed container and an open one, from audit to annotations" {
  requires podman
  local failed=0 maps
  maps=$(cat /proc/sys/vm/max_map_count)
  make_node
  cd "$SG_TOP"
  follow_page docs/adopting.md || failed=1
  echo "$maps" >/proc/sys/vm/max_map_count
  ((failed == 0))
}

# make_node_with FILE: a node that has guards for all containers and this one of the node policies that are shipped.
make_node_with() {
  make_node
  mkdir "$NODE/etc/sysctl-guard"
  cp "$SG_TOP/examples/node-policy/$1" "$NODE/etc/sysctl-guard/policy.json"
  on_node "sysctl-guard install podman --all-containers"
}

# start_audited NAME OPTION...: a container that lives. Sets ID.
start_audited() {
  local name=$1
  shift
  ID=$(podman_ run --detach --name "$name" --cap-add NET_ADMIN "$@" "$IMAGE" sleep 100000 </dev/null 3>&- | tail -n 1)
  SG_IDS+=("$ID")
}

# writes NAME ACCESS...: by the container. What is written is what is there.
writes() {
  local name=$1
  shift
  sg_run podman_ exec "$name" access "$@"
}

@test "examples/node-policy/audit-first.json: who was closed gets the default and no more, who was open is refused nothing" {
  requires podman
  local swappiness
  swappiness=$(cat /proc/sys/vm/swappiness)
  make_node_with audit-first.json
  start_audited closed
  writes closed net/ipv4/ip_forward=1 "vm/swappiness=$swappiness" kernel/hostname=renamed
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "vm/swappiness=$swappiness: open:EROFS, now $swappiness"
  expect_output "kernel/hostname=renamed: open:EROFS, now "
  # What the default permits is no event.
  sg_run on_node "sysctl-guard events --container $ID"
  [[ $output != *=* ]] || fail_with "an event"
  start_audited open --security-opt unmask=/proc/sys
  writes open net/ipv4/ip_forward=1 "vm/swappiness=$swappiness"
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "vm/swappiness=$swappiness: ok, now $swappiness"
  sg_run on_node "sysctl-guard events --container $ID"
  expect_output "vm/swappiness=$swappiness"
  expect_output would-deny
  [[ $output != *ip_forward* ]] || fail_with "an event of what the default permits"
}

@test "examples/node-policy/adopting.json: an open container is refused nothing in audit mode, asked for or not; enforce refuses" {
  requires podman
  local mode result verdict swappiness open=(--security-opt unmask=/proc/sys --annotation 'io.sysctl-guard.allow=net.ipv4.ip_forward=1')
  swappiness=$(cat /proc/sys/vm/swappiness)
  make_node_with adopting.json
  for mode in audit enforce; do
    start_audited "$mode" "${open[@]}" --annotation "io.sysctl-guard.mode=$mode"
    writes "$mode" net/ipv4/ip_forward=1 "vm/swappiness=$swappiness"
    expect_line "net/ipv4/ip_forward=1: ok, now 1"
    result=ok verdict=would-deny
    [[ $mode == audit ]] || result=EPERM verdict=deny
    expect_line "vm/swappiness=$swappiness: $result, now $swappiness"
    sg_run on_node "sysctl-guard events --container $ID"
    expect_output "  $verdict  "
    expect_output "vm/swappiness=$swappiness"
  done
  # Without its flag audit keeps it within the limit.
  start_audited closed "${open[@]:2}" --annotation io.sysctl-guard.mode=audit
  writes closed net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33 "vm/swappiness=$swappiness"
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
  expect_line "vm/swappiness=$swappiness: open:EROFS, now $swappiness"
}
