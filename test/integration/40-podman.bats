#!/usr/bin/env bats
# shellcheck disable=SC2016
# SPDX-License-Identifier: Apache-2.0
# Podman with the hook in a hooks directory: the same annotations, Podman's own sysctls untouched.
#
# Everything of Podman's is in the test's directory. It runs on cgroup v2 alone, in a private mount
# namespace where the host has version 1 beside it; images are made from the tests' root file system.

load helpers

kImage=localhost/sg-test:1

podman_() {
  CGROUPS=v2 in_cgroups podman --root "$BATS_TEST_TMPDIR/root" --runroot "$BATS_TEST_TMPDIR/run" \
    --tmpdir "$BATS_TEST_TMPDIR/tmp" --storage-driver vfs --cgroup-manager cgroupfs \
    --events-backend file --runtime "$RUNTIME" --hooks-dir "$BATS_TEST_TMPDIR/hooks.d" "$@"
}

# No limits: setting one needs CAP_SYS_RESOURCE or a controller that version 2 may lack here.
kRun=(--network none --pids-limit 0 --ulimit nofile=1024:1024 --ulimit nproc=1024:1024
  --cap-add NET_ADMIN --security-opt unmask=/proc/sys)

make_podman() {
  mkdir -p "$BATS_TEST_TMPDIR/hooks.d"
  jq -n --arg path "$HOOK" '
    {version: "1.0.0", hook: {path: $path, args: ["sysctl-guard-hook"]}, when: {always: true},
     stages: ["createRuntime"]}' >"$BATS_TEST_TMPDIR/hooks.d/50-sysctl-guard.json"
  [[ -d $BATS_FILE_TMPDIR/rootfs ]] || make_rootfs "$BATS_FILE_TMPDIR/rootfs"
  tar -C "$BATS_FILE_TMPDIR/rootfs" -c . | podman_ import - "$kImage" >&2
  NAME=sg-podman-$$-$BATS_TEST_NUMBER
}

# podman_run NAME ARGUMENTS...
podman_run() {
  local name=$1
  shift
  sg_run podman_ run --name "$name" "${kRun[@]}" "$@"
}

# podman_start ARGUMENTS...: a container that lives until it is deleted. Sets ID.
podman_start() {
  podman_ run --name "$NAME" --detach "${kRun[@]}" "$@" "$kImage" sleep 100000 \
    </dev/null >"$BATS_TEST_TMPDIR/id" 2>&1 3>&- || {
    cat "$BATS_TEST_TMPDIR/id" >&2
    return 1
  }
  ID=$(tail -n 1 "$BATS_TEST_TMPDIR/id")
  SG_IDS+=("$ID")
}

teardown() {
  local left=0 id
  [[ -d $BATS_TEST_TMPDIR/root ]] || return 0
  podman_ rm --all --force --time 0 >&2 || left=1
  for id in "${SG_IDS[@]}"; do
    poll no_guard_of "$id" || left=1
  done
  # conmon ends a moment after its container.
  poll rm_cgroups || left=1
  return "$left"
}

# Podman leaves the parents it made. A cgroup that is somebody's stays.
rm_cgroups() {
  local dir
  dir=$(cgroup2_dir)/libpod_parent
  [[ ! -d $dir ]] || [[ -n $(find "$dir" -maxdepth 1 -name 'libpod-*' -print -quit) ]] ||
    find "$dir" -depth -type d -exec rmdir {} +
}

@test "podman run: what is allowed is written, the rest is EPERM, Podman's sysctl is applied" {
  requires podman
  make_podman
  podman_run "$NAME" --annotation 'io.sysctl-guard.allow=net.ipv4.ip_forward=0|1' "$kImage" \
    access net/ipv4/ip_forward=1 net/ipv4/ip_forward=2 net/ipv4/ip_default_ttl=33 \
    net/ipv4/ping_group_range "net/ipv4/ping_group_range=0 1"
  expect_status 0
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_forward=2: EPERM, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
  expect_line "net/ipv4/ping_group_range: ok, now 0	0"
  expect_line "net/ipv4/ping_group_range=0 1: EPERM, now 0	0"
}

@test "podman run without the hook: the same write is applied" {
  requires podman
  make_podman
  rm "$BATS_TEST_TMPDIR"/hooks.d/*
  podman_run "$NAME" "$kImage" access net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
}

@test "podman run without annotations: starts and can write nothing" {
  requires podman
  make_podman
  podman_run "$NAME" "$kImage" access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
  expect_status 0
  expect_output "net/ipv4/ip_forward=1: EPERM"
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
}

@test "podman run --sysctl: applied, and settable to that value only" {
  requires podman
  make_podman
  podman_run "$NAME" --sysctl net.ipv4.ip_default_ttl=33 "$kImage" \
    access net/ipv4/ip_default_ttl=34 net/ipv4/ip_default_ttl=33
  expect_status 0
  expect_line "net/ipv4/ip_default_ttl=34: EPERM, now 33"
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
}

@test "podman exec: guarded" {
  requires podman
  make_podman
  podman_start --annotation 'io.sysctl-guard.allow=net.ipv4.ip_forward=0|1'
  sg_run podman_ exec "$NAME" access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
}

@test "podman stop and start: guarded again" {
  requires podman
  make_podman
  podman_start --annotation 'io.sysctl-guard.allow=net.ipv4.ip_forward=0|1'
  sg_run podman_ stop --time 0 "$NAME"
  expect_status 0
  podman_ start "$NAME" </dev/null >&2 3>&-
  sg_run podman_ exec "$NAME" access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
}

@test "podman run --privileged: guarded" {
  requires podman
  make_podman
  podman_run "$NAME" --privileged --annotation 'io.sysctl-guard.allow=net.ipv4.ip_forward=0|1' \
    "$kImage" access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
  expect_status 0
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
}

@test "podman run with a bad annotation: does not start, and shows our line" {
  requires podman
  make_podman
  podman_run "$NAME" --annotation 'io.sysctl-guard.alow=net.ipv4.ip_forward' "$kImage" echo started
  ((status != 0)) || fail_with "it started"
  [[ $output != *started* ]] || fail_with "it started"
  expect_output "sysctl-guard: "
  expect_output "io.sysctl-guard.allow"
}
