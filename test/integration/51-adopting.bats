#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# docs/adopting.md with this machine's Podman: all that the page shows, on a host of its own.
#
# test/engines/podman.bats does the same with another version.

load helpers
load podman
load pages

IMAGE=$PODMAN_IMAGE

# make_node: a host with our programs, and Podman's files, in copies of its directories.
make_node() {
  NODE=$BATS_TEST_TMPDIR/node
  mkdir -p "$NODE"/prefix/{bin,libexec/oci/hooks.d}
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
}

# on_node COMMAND: a command line, with the copies in the places of this machine's own.
on_node() {
  CGROUPS=v2 in_cgroups "$(command -v unshare)" -m --propagation private env PATH="$NODE/prefix/bin:$PATH" sh -c '
    mount --bind "$1/etc" /etc && mount --bind "$1/share" /usr/share/containers && exec bash -c "$2"' sh "$NODE" "$1"
}

# teardown of podman.bash calls it.
podman_() { on_node "podman ${*@Q}"; }

@test "what docs/adopting.md shows: a closed container and an open one, from audit to annotations" {
  requires podman bpffs
  local failed=0 maps
  maps=$(cat /proc/sys/vm/max_map_count)
  make_node
  make_room_for_events
  make_rootfs "$BATS_TEST_TMPDIR/rootfs"
  tar -C "$BATS_TEST_TMPDIR/rootfs" -c . | podman_ import - "$IMAGE" >&2
  cd "$SG_TOP"
  follow_page docs/adopting.md || failed=1
  echo "$maps" >/proc/sys/vm/max_map_count
  ((failed == 0))
}
