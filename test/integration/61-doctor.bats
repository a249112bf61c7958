#!/usr/bin/env bats
# shellcheck disable=SC2016
# SPDX-License-Identifier: Apache-2.0
# sysctl-guard doctor: on this host, and below a directory with what can be wrong in it.

load helpers

kHooksDir=usr/share/containers/oci/hooks.d
kBuiltHook=usr/libexec/oci/hooks.d/sysctl-guard-hook

# A root with Podman in it, for which the hook is installed.
make_root() {
  ROOT=$BATS_TEST_TMPDIR/root
  mkdir -p "$ROOT/usr/bin" "$ROOT/${kBuiltHook%/*}" "$ROOT/etc"
  cp "$HOOK" "$ROOT/$kBuiltHook"
  cp "$SG_CHECK" "$ROOT/usr/bin/"
  cp /bin/true "$ROOT/usr/bin/podman"
  "$ROOT/usr/bin/sysctl-guard" install podman --root "$ROOT" >&2
}

doctor() { sg_run "$SG_CHECK" doctor "$@"; }

# The scratch cgroup of a trial is gone.
nothing_left() {
  local dir
  while read -r dir; do
    [[ -z $(find "$dir" -maxdepth 1 -name 'sysctl-guard-doctor-*' -print -quit) ]] || return 1
  done < <(findmnt -n -o TARGET -t cgroup2)
}

@test "where the hook is installed: ready, having tried a guard, and nothing is left" {
  requires
  local before
  make_root
  before=$(cat /proc/sys/kernel/domainname)
  doctor --root "$ROOT"
  expect_status 0
  expect_output "ok       guard: attached to a scratch cgroup, it let one write through and refused one"
  expect_output "ok       hook:podman: registered by /$kHooksDir/90-sysctl-guard.json"
  expect_line "A guarded container works here."
  expect_equal "$(cat /proc/sys/kernel/domainname)" "$before" "the host's domain name"
  nothing_left
}

@test "not ready: each reason with its remedy" {
  requires
  make_root
  rm "$ROOT/$kBuiltHook"
  doctor --root "$ROOT"
  expect_status 1
  expect_output "so containers start without a guard"
  expect_line "A guarded container would not work here."
  cp "$HOOK" "$ROOT/$kBuiltHook"
  echo '{' >"$ROOT/$kHooksDir/00-theirs.json"
  doctor --root "$ROOT"
  expect_status 1
  expect_output "00-theirs.json cannot be read as JSON, so podman starts no container"
  rm "$ROOT/$kHooksDir"/*
  doctor --root "$ROOT"
  expect_status 1
  expect_output "-> sysctl-guard install podman"
  rm "$ROOT/usr/bin/podman"
  doctor --root "$ROOT"
  expect_status 1
  expect_output "neither an engine nor a runtime was found"
}

@test "warnings leave it ready: registered twice, and a node policy is told" {
  requires
  make_root
  cp "$ROOT/$kHooksDir/90-sysctl-guard.json" "$ROOT/$kHooksDir/91-again.json"
  mkdir -p "$ROOT/etc/sysctl-guard"
  cp "$SG_TOP/examples/node-policy/policy.json" "$ROOT/etc/sysctl-guard/"
  doctor --root "$ROOT"
  expect_status 0
  expect_output "warning  hook:podman: the hook is registered twice"
  expect_output "ok       node-policy: /etc/sysctl-guard/policy.json, 2 profiles, default.mode audit"
  echo '{"version": 2}' >"$ROOT/etc/sysctl-guard/policy.json"
  doctor --root "$ROOT"
  expect_status 1
  expect_output "failed   node-policy:"
}

# hooks_d HOOK WHEN: a hooks.d file in the place of the one that was installed.
hooks_d() {
  printf '{"version": "1.0.0", "hook": %s, "when": %s, "stages": ["createRuntime"]}\n' "$@" \
    >"$ROOT/$kHooksDir/90-sysctl-guard.json"
}

# not_ready WHAT: doctor says no, with that reason.
not_ready() {
  doctor --root "$ROOT"
  expect_status 1
  expect_output "$1"
  expect_line "A guarded container would not work here."
}

@test "hooks.d files that leave containers without a guard: no" {
  requires
  local ours="{\"path\": \"/$kBuiltHook\", \"args\": [\"sysctl-guard-hook\"]}"
  local help="{\"path\": \"/$kBuiltHook\", \"args\": [\"sysctl-guard-hook\", \"--help\"]}"
  make_root
  hooks_d "$help" '{"always": true}'
  not_ready "starts the hook so that it guards nothing: argument '--help'"
  hooks_d "$ours" '{"always": false}'
  not_ready "has conditions under which the hook is not run"
  hooks_d "$ours" '{"always": true}'
  doctor --root "$ROOT"
  expect_status 0
  sed -i 's/1\.0\.0/7.0.0/' "$ROOT/$kHooksDir/90-sysctl-guard.json"
  not_ready "so podman starts no container"
}

@test "patterns that are not ours: a warning that names them" {
  requires
  local ours="{\"path\": \"/$kBuiltHook\", \"args\": [\"sysctl-guard-hook\"]}"
  make_root
  hooks_d "$ours" '{"annotations": {"^com\\.example\\.": ".*"}}'
  doctor --root "$ROOT"
  expect_status 0
  expect_output "hook for annotations that match '^com\\\\.example\\\\.' with a value that matches '.*'"
  expect_output '-> write "^[^a-zA-Z0-9]*io'
  hooks_d "$ours" '{"annotations": {"^[^a-zA-Z0-9]*io\\.sysctl-guard\\.": "^never$"}}'
  doctor --root "$ROOT"
  expect_status 0
  expect_output "with a value that matches '^never$'"
}

@test "Docker: the wrapper without its hook, its settings or a runtime: no" {
  requires
  make_root
  cp /bin/true "$ROOT/usr/bin/dockerd"
  cp /bin/true "$ROOT/usr/bin/runc"
  cp /bin/true "$ROOT/usr/bin/sysctl-guard-runtime"
  "$ROOT/usr/bin/sysctl-guard" install docker --root "$ROOT" >&2
  doctor --root "$ROOT"
  expect_status 0
  expect_output 'ok       hook:docker: runtime "sysctl-guard" in /etc/docker/daemon.json'
  rm "$ROOT/usr/bin/runc"
  not_ready "neither runc nor crun"
  cp /bin/true "$ROOT/usr/bin/runc"
  mkdir -p "$ROOT/etc/sysctl-guard"
  echo '{' >"$ROOT/etc/sysctl-guard/runtime.json"
  not_ready "/etc/sysctl-guard/runtime.json"
  rm "$ROOT/etc/sysctl-guard/runtime.json" "$ROOT/$kBuiltHook"
  not_ready "refuses containers: hook '/usr/bin/../libexec/oci/hooks.d/sysctl-guard-hook'"
}

@test "containerd: a drop-in that is not imported: no" {
  requires
  make_root
  cp /bin/true "$ROOT/usr/bin/containerd"
  mkdir -p "$ROOT/etc/containerd"
  echo 'version = 3' >"$ROOT/etc/containerd/config.toml"
  echo '{}' >"$BATS_TEST_TMPDIR/spec.json"
  "$ROOT/usr/bin/sysctl-guard" install containerd --root "$ROOT" --base-spec "$BATS_TEST_TMPDIR/spec.json" >&2
  not_ready "99-sysctl-guard.toml is not imported"
  expect_output '-> write this line into /etc/containerd/config.toml'
  echo 'imports = ["/etc/containerd/conf.d/*.toml"]' >>"$ROOT/etc/containerd/config.toml"
  doctor --root "$ROOT"
  expect_status 0
}

@test "a node policy that gives the host away: a warning each, and it is ready all the same" {
  requires
  make_root
  mkdir -p "$ROOT/etc/sysctl-guard"
  echo '{"version": 1, "limit": {"host": ["kernel.core_pattern", "kernel.sysctl_writes_strict=0", "vm.swappiness"]}}' \
    >"$ROOT/etc/sysctl-guard/policy.json"
  doctor --root "$ROOT"
  expect_status 0
  expect_output "warning  limit-host: /etc/sysctl-guard/policy.json:1: 'kernel.core_pattern' permits kernel.core_pattern=|, which gives the host away"
  expect_output "-> take it out of limit.host"
  expect_output "permits kernel.sysctl_writes_strict=0, which weakens the host"
  expect_equal "$(grep -c limit-host <<<"$output")" 2 "warnings"
  echo '{"version": 1, "limit": {"host": ["kernel.core_pattern=core", "vm.swappiness"]}}' \
    >"$ROOT/etc/sysctl-guard/policy.json"
  doctor --root "$ROOT"
  expect_status 0
  [[ $output != *limit-host* ]] || fail_with "a careful policy is warned of"
}

@test "a hook by another name: registered and found" {
  requires
  make_root
  cp "$HOOK" "$ROOT/usr/bin/myhook"
  "$ROOT/usr/bin/sysctl-guard" install podman --root "$ROOT" --hook /usr/bin/myhook >&2
  doctor --root "$ROOT"
  expect_status 0
  expect_output "ok       hook:podman: registered by"
}

@test "on this host: a policy that others can write is refused" {
  requires
  echo '{"version": 1}' >"$BATS_TEST_TMPDIR/policy.json"
  chmod 0666 "$BATS_TEST_TMPDIR/policy.json"
  doctor --policy "$BATS_TEST_TMPDIR/policy.json"
  expect_status 1
  expect_output "others than root can write it"
}

@test "without privileges: unknown, and said what to do" {
  requires
  make_root
  chmod 755 "$BATS_TEST_TMPDIR"
  sg_run setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set -all \
    "$ROOT/usr/bin/sysctl-guard" doctor
  expect_status 1
  expect_output "unknown  privileges:"
  expect_output "-> run it as root"
  ! grep -qE "^[a-z]+ +guard: " <<<"$output" || fail_with "it tried a guard"
}

@test "in a user namespace: rootless engines cannot guard" {
  requires
  sg_run unshare -U -r "$SG_CHECK" doctor
  expect_status 1
  expect_output "failed   privileges: this is not the host's user namespace"
}

@test "programs are asked with a time limit, and one that fails is of unknown version" {
  requires
  mkdir "$BATS_TEST_TMPDIR/bin"
  printf '#!/bin/sh\nexit 7\n' >"$BATS_TEST_TMPDIR/bin/runc"
  printf '#!/bin/sh\n[ "$*" = --version ] && echo "crun version 1.21"\n' >"$BATS_TEST_TMPDIR/bin/crun"
  chmod 755 "$BATS_TEST_TMPDIR"/bin/*
  PATH=$BATS_TEST_TMPDIR/bin:$PATH doctor
  expect_output "program:runc: $BATS_TEST_TMPDIR/bin/runc, of unknown version"
  expect_output "program:crun: $BATS_TEST_TMPDIR/bin/crun 1.21.0"
}

@test "--json: as the schema says, and the exit code with it" {
  requires python3
  local root
  make_root
  for root in "$ROOT" "$BATS_TEST_TMPDIR"; do
    doctor --json --root "$root"
    expect_equal "$status" "$(jq 'if .ready then 0 else 1 end' <<<"$output")"
    /usr/bin/python3 -c 'import json, jsonschema, sys
schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
jsonschema.validate(json.load(sys.stdin), schema)' "$SG_TOP/schema/doctor-output.v1.schema.json" <<<"$output"
  done
}
