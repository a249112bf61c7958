#!/usr/bin/env bats
# shellcheck disable=SC2016
# SPDX-License-Identifier: Apache-2.0
# Podman's precreate stage: a container that asks to write gets what it is granted writable, and the guard; no
# other one does, and no mistake on the way leaves one open without a guard.

load helpers
load podman

kAllow=(--annotation 'io.sysctl-guard.allow=net.ipv4.ip_forward=0|1')
kWrite='echo 1 > /proc/sys/net/ipv4/ip_forward; cat /proc/sys/net/ipv4/ip_forward'

# has_closed NAME: /proc/sys is among the read-only paths of its config.json.
has_closed() { podman_config "$1" | jq -e '.linux.readonlyPaths | index("/proc/sys")' >/dev/null; }

# hooks_of NAME: the paths of its createRuntime hooks.
hooks_of() { podman_config "$1" | jq -r '.hooks.createRuntime[]?.path'; }

# opened_by NAME: what our createContainer hook is told to open.
opened_by() { podman_config "$1" | jq -r '[.hooks.createContainer[]?.args[2:][]] | join(" ")'; }

# comparable NAME: what two containers of one kind have alike in config.json.
comparable() {
  podman_config "$1" | jq -S 'del(.annotations, .process.args, .process.env, .hostname, .root,
    .mounts, .linux.cgroupsPath, .hooks.createContainer) | .linux.readonlyPaths -= ["/proc/sys"]'
}

@test "an annotation is enough: the write works, another value is EPERM, and all else stays read-only" {
  requires podman
  make_podman createRuntime precreate
  podman_run "$NAME" "${kAllow[@]}" "$PODMAN_IMAGE" sh -c "$kWrite"
  expect_status 0
  expect_line 1
  podman_run "$NAME-b" "${kAllow[@]}" "$PODMAN_IMAGE" access net/ipv4/ip_forward=0 \
    net/ipv4/ip_forward=2 net/ipv4/ip_default_ttl=33 kernel/core_pattern=x
  expect_line "net/ipv4/ip_forward=0: ok, now 0"
  expect_line "net/ipv4/ip_forward=2: EPERM, now 0"
  expect_line "net/ipv4/ip_default_ttl=33: open:EROFS, now 64"
  expect_output "kernel/core_pattern=x: open:EROFS, now "
  expect_equal "$(hooks_of "$NAME" | wc -l)" 1 "hooks"
  expect_equal "$(opened_by "$NAME")" "net/ipv4/ip_forward net/ipv4/ping_group_range" "what is opened"

  # What else differs from a container without the annotation: nothing but the annotation.
  podman_run "$NAME-c" "$PODMAN_IMAGE" true
  cd "$BATS_TEST_TMPDIR"
  comparable "$NAME" >with.json
  comparable "$NAME-c" >without.json
  diff with.json without.json || fail_with "something else was changed"
}

@test "without the annotation the same write is refused as ever: /proc/sys is read-only" {
  requires podman
  make_podman createRuntime precreate
  podman_run "$NAME" "$PODMAN_IMAGE" access net/ipv4/ip_forward=1
  expect_status 0
  expect_output "net/ipv4/ip_forward=1: open:EROFS, now 0"
  has_closed "$NAME"
}

@test "an annotation without the precreate stage opens nothing: the stage is what does it" {
  requires podman
  make_podman createRuntime
  podman_run "$NAME" "${kAllow[@]}" "$PODMAN_IMAGE" access net/ipv4/ip_forward=1
  expect_output "net/ipv4/ip_forward=1: open:EROFS, now 0"
}

@test "registered at precreate alone the guard is there all the same" {
  requires podman
  make_podman precreate
  podman_run "$NAME" "${kAllow[@]}" "$PODMAN_IMAGE" access net/ipv4/ip_forward=1 \
    net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: open:EROFS, now 64"
  expect_equal "$(hooks_of "$NAME")" "$HOOK"
}

@test "annotations that permit nothing open nothing" {
  requires podman
  make_podman createRuntime precreate
  podman_run "$NAME" --annotation io.sysctl-guard.allow= "$PODMAN_IMAGE" access net/ipv4/ip_forward=1
  expect_output "open:EROFS"
  podman_run "$NAME-b" --annotation 'io.sysctl-guard.deny=net.*' "$PODMAN_IMAGE" access net/ipv4/ip_forward=1
  expect_output "open:EROFS"
  # But what Podman declares: runc writes it after the container's own is locked.
  expect_equal "$(opened_by "$NAME-b")" "net/ipv4/ping_group_range"
}

@test "a container that could undo the guard is not opened" {
  requires podman
  make_podman createRuntime precreate
  podman_run "$NAME" --cap-add SYS_ADMIN "${kAllow[@]}" "$PODMAN_IMAGE" access net/ipv4/ip_forward=1
  expect_output "net/ipv4/ip_forward=1: open:EROFS, now 0"
  has_closed "$NAME"
  podman_run "$NAME-d" --cgroupns=host -v /sys/fs/cgroup:/sys/fs/cgroup:rw "${kAllow[@]}" \
    "$PODMAN_IMAGE" access net/ipv4/ip_forward=1
  expect_output "net/ipv4/ip_forward=1: open:EROFS, now 0"
  has_closed "$NAME-d"
  podman_run "$NAME-b" --cap-add BPF "${kAllow[@]}" "$PODMAN_IMAGE" access net/ipv4/ip_forward=1
  expect_output "net/ipv4/ip_forward=1: open:EROFS, now 0"
  PODMAN_RUN=("${PODMAN_RUN[@]/NET_ADMIN/BPF}")
  podman_run "$NAME-c" "${kAllow[@]}" "$PODMAN_IMAGE" true
  expect_status 0
  if has_closed "$NAME-c"; then fail_with "BPF alone is harmless"; fi
}

@test "what Podman was told to hide stays hidden" {
  requires podman
  make_podman createRuntime precreate
  podman_run "$NAME" --security-opt mask=/proc/sys "${kAllow[@]}" "$PODMAN_IMAGE" ls /proc/sys
  expect_equal "$output" "" "it is masked"
  has_closed "$NAME"
}

@test "a privileged container is narrowed as before" {
  requires podman
  make_podman createRuntime precreate
  podman_run "$NAME" --privileged "${kAllow[@]}" "$PODMAN_IMAGE" access net/ipv4/ip_forward=1 \
    net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
}

@test "a mistake in the annotation is refused with our line, and nothing was opened" {
  requires podman
  make_podman createRuntime precreate
  podman_run "$NAME" --annotation 'io.sysctl-guard.allow=net..x' "$PODMAN_IMAGE" echo started
  ((status != 0)) || fail_with "it started"
  [[ $output != *started* ]] || fail_with "it started"
  expect_output "sysctl-guard: annotation io.sysctl-guard.allow"
  has_closed "$NAME"
}

@test "stop and start: opened and guarded again; exec is guarded" {
  requires podman
  make_podman createRuntime precreate
  podman_start "${kAllow[@]}"
  sg_run podman_ stop --time 0 "$NAME"
  podman_ start "$NAME" </dev/null >&2 3>&-
  sg_run podman_ exec "$NAME" access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: open:EROFS, now 64"
  expect_equal "$(guards_of "$ID" | wc -l)" 1 "guards"
}

# A hook of the name that does not guard must not open; these stand in for one at precreate.
stand_in() {
  printf '#!/bin/sh\n%s\n' "$1" >"$BATS_TEST_TMPDIR/stand-in"
  chmod 755 "$BATS_TEST_TMPDIR/stand-in"
  register_hook "$BATS_TEST_TMPDIR/stand-in" precreate
}

@test "Podman creates nothing where precreate fails, or prints nothing, or half of it" {
  requires podman
  local script
  make_podman createRuntime precreate
  for script in "'$HOOK' >/dev/null" "'$HOOK' | head -c 500" "'$HOOK'; exit 65" 'echo text' \
    "'$HOOK'; kill -KILL \$\$" "'$HOOK' --no-such"; do
    stand_in "$script"
    podman_run "$NAME" "${kAllow[@]}" "$PODMAN_IMAGE" echo started
    ((status != 0)) || fail_with "it started after: $script"
    [[ $output != *started* ]] || fail_with "it started after: $script"
    podman_ rm --force "$NAME" >&2
  done
  stand_in "exec '$HOOK'"
  podman_run "$NAME" "${kAllow[@]}" "$PODMAN_IMAGE" echo started
  expect_line started
}

@test "by hand: the text is printed as it was but for the edit, and errors are one line" {
  requires
  make_bundle
  annotate allow 'net.ipv4.ip_forward=0|1'
  update_config '.linux.readonlyPaths |= ["/proc/sys"] + .'
  cp config.json before.json
  sg_run "$HOOK" <config.json
  expect_status 0
  echo "$output" >after.json
  # Three lines differ, and every other byte is as it was.
  diff <(grep -v '^  "hooks": ' after.json | grep -v io.sysctl-guard) \
    <(grep -vF '"/proc/sys",' before.json | grep -v io.sysctl-guard) || fail_with "more than the edit"
  jq -S --arg hook "$HOOK" '.linux.readonlyPaths -= ["/proc/sys"]
    | .annotations["io.sysctl-guard.opened"] = "true"
    | .hooks = {createRuntime: [{path: $hook, args: ["sysctl-guard-hook"]}],
        createContainer: [{path: $hook, args: ["sysctl-guard-hook", "--open", "net/ipv4/ip_forward"]}]}' \
    before.json >expected.json
  diff <(jq -S . after.json) expected.json || fail_with "not the edit"
  sg_run "$HOOK" <after.json
  expect_equal "$output" "$(cat after.json)" "a second edit"

  jq '.linux.readonlyPaths = 5' before.json >bad.json
  sg_run "$HOOK" <bad.json
  expect_status 65
  expect_output "sysctl-guard: config.json: 'linux.readonlyPaths'"
  expect_equal "$(wc -l <<<"$output")" 1 "lines"

  sg_run sh -c '"$1" <after.json >/dev/full' sh "$HOOK"
  expect_status 71
  expect_output "sysctl-guard: standard output"
}
