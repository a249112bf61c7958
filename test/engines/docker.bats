#!/usr/bin/env bats
# shellcheck disable=SC2034
# SPDX-License-Identifier: Apache-2.0
# What only Docker has: its command line, restarts by the daemon, privileged containers, --sysctl.

load helpers
load ../integration/wireguard

@test "what the README shows: the runtime and an annotation are all, without either it is as before" {
  requires
  sysctl-guard install docker --uninstall
  follow_readme "sysctl-guard install docker"
  follow_readme "docker run"
  expect_status 0
  local write='echo 1 > /proc/sys/net/ipv4/ip_forward' open=/proc/sys/net/ipv4/ip_forward
  sg_run docker run --name "$NAME" --runtime sysctl-guard --cap-add NET_ADMIN \
    --annotation 'io.sysctl-guard.allow=net.ipv4.ip_forward=0|1' "$IMAGE" sh -c "$write && grep -q 1 $open"
  expect_status 0
  name_another
  sg_run docker_to_end -- sh -c "$write"
  expect_status 1
  expect_output "Read-only file system"
  name_another
  HOW=()
  annotated "$ALLOW"
  sg_run docker_to_end -- sh -c "$write"
  expect_status 1
  expect_output "Read-only file system"
}

@test "install --all-containers: the daemon reads it anew, and containers without annotations write nothing" {
  requires
  cp /etc/docker/daemon.json "$BATS_TEST_TMPDIR/daemon.json"
  mkdir -p /etc/sysctl-guard
  echo '{"version": 1, "default": {"mode": "enforce"}}' >/etc/sysctl-guard/policy.json
  sysctl-guard install docker --all-containers
  reload_docker
  poll default_runtime_is sysctl-guard
  HOW=()
  opened_by_engine
  engine_run access net/ipv4/ip_forward net/ipv4/ip_forward=1
  sysctl-guard install docker --uninstall >"$BATS_TEST_TMPDIR/said"
  rm /etc/sysctl-guard/policy.json
  cp "$BATS_TEST_TMPDIR/daemon.json" /etc/docker/daemon.json
  sysctl-guard install docker
  # Docker keeps a default runtime that is no longer in the file when it is only told to read it again.
  stop_daemon dockerd
  start_docker
  default_runtime_is runc
  expect_status 0
  expect_line "net/ipv4/ip_forward: ok, now 0"
  expect_line "net/ipv4/ip_forward=1: EPERM, now 0"
  grep -q 'restart Docker' "$BATS_TEST_TMPDIR/said"
}

# As NVIDIA's does it: a script that Docker starts in runc's place edits config.json, and runc takes over.
make_stand_in() {
  cat >/usr/local/bin/sg-stand-in <<'SH'
#!/bin/sh
bundle=
for argument; do
  [ "$previous" != --bundle ] || bundle=$argument
  previous=$argument
done
if [ -n "$bundle" ]; then
  jq '.process.env += ["STAND_IN=1"] | .hooks.prestart += [{path: "/usr/local/bin/sg-note", args: ["sg-note", "prestart"]}]' \
    "$bundle/config.json" >"$bundle/config.json.new" && mv "$bundle/config.json.new" "$bundle/config.json"
fi
exec "$(cat /usr/local/bin/sg-stand-in.runtime)" "$@"
SH
  command -v "$RUNTIME" >/usr/local/bin/sg-stand-in.runtime
  printf '%s\n' '#!/bin/sh' "echo \"\$1\" >>'$BATS_TEST_TMPDIR/notes'" >/usr/local/bin/sg-note
  chmod 755 /usr/local/bin/sg-*
  jq -n 'def hook($stage; $word): {hookName: $stage, path: "/usr/local/bin/sg-note", args: ["sg-note", $word]};
    {cdiVersion: "0.5.0", kind: "example.com/gpu", devices: [{name: "0", containerEdits: {env: ["GPU=0"],
     hooks: [hook("createRuntime"; "first"), hook("createRuntime"; "second"), hook("createContainer"; "third")]}}]}' \
    >/etc/cdi/sg-stand-in.json
}

# Of the container that runs: the programs of a stage.
hooks_of() {
  jq -r --arg stage "$1" '.hooks[$stage][] | "\(.path | sub(".*/"; "")) \(.args[1])"' \
    "/run/docker/containerd/daemon/io.containerd.runtime.v2.task/moby/$ID/config.json"
}

@test "install --all-containers beside another default runtime and a CDI device: all do their work, in their order" {
  requires
  local saved=$BATS_TEST_TMPDIR/daemon.json before failed=0
  cp /etc/docker/daemon.json "$saved"
  sysctl-guard install docker --uninstall
  rm -f /etc/sysctl-guard/runtime.json
  make_stand_in
  jq '.runtimes.nvidia = {args: [], path: "sg-stand-in"} | ."default-runtime" = "nvidia"' /etc/docker/daemon.json \
    >"$BATS_TEST_TMPDIR/new"
  cp "$BATS_TEST_TMPDIR/new" /etc/docker/daemon.json
  mkdir -p /etc/sysctl-guard
  echo '{"version": 1, "default": {"mode": "enforce"}}' >/etc/sysctl-guard/policy.json
  sg_run sysctl-guard install docker --all-containers
  expect_output "note: the default runtime \"nvidia\" is now started by ours: '/usr/local/bin/sg-stand-in'"
  reload_docker
  poll default_runtime_is sysctl-guard
  chained_do_their_work || failed=1
  engine_remove >&2
  sysctl-guard install docker --uninstall
  cmp /etc/docker/daemon.json "$BATS_TEST_TMPDIR/new" || failed=1
  [[ ! -e /etc/sysctl-guard/runtime.json ]] || failed=1
  rm -f /etc/sysctl-guard/policy.json /etc/cdi/sg-stand-in.json /usr/local/bin/sg-*
  cp "$saved" /etc/docker/daemon.json
  sysctl-guard install docker
  choose_runtime
  stop_daemon dockerd
  start_docker
  ((failed == 0))
}

chained_do_their_work() {
  HOW=(--device example.com/gpu=0)
  annotated "$ALLOW"
  engine_up sleep 100000
  tr '\0' '\n' <"/proc/$(engine_pid)/environ" >"$BATS_TEST_TMPDIR/environment"
  grep -qx STAND_IN=1 "$BATS_TEST_TMPDIR/environment" || fail_with "it was not started by the stand-in" || return
  grep -qx GPU=0 "$BATS_TEST_TMPDIR/environment" || fail_with "it has no device" || return
  engine_exec access net/ipv4/ip_forward=1 net/ipv4/ip_forward=2
  expect_line "net/ipv4/ip_forward=1: ok, now 1" || return
  expect_line "net/ipv4/ip_forward=2: EPERM, now 1" || return
  expect_equal "$(tr '\n' ' ' <"$BATS_TEST_TMPDIR/notes")" "prestart first second third " || return
  expect_equal "$(hooks_of createRuntime | cut -d' ' -f1 | tr '\n' ' ')" "sg-note sg-note sysctl-guard-hook " || return
  expect_equal "$(hooks_of createContainer | cut -d' ' -f1 | tr '\n' ' ')" "sg-note sysctl-guard-hook " || return
  # Without annotations and device.
  HOW=()
  ANNOTATIONS=()
  name_another
  opened_by_engine
  engine_run sh -c 'echo "$STAND_IN"; access net/ipv4/ip_forward=1'
  expect_line 1 || return
  expect_line "net/ipv4/ip_forward=1: EPERM, now 0"
}

reload_docker() { kill -HUP "$(cat "$ENGINE_DIR/dockerd.pid")"; }
default_runtime_is() { [[ $(docker info --format '{{.DefaultRuntime}}') == "$1" ]]; }

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
  annotated "$ALLOW"
  sg_run docker_to_end --sysctl net.ipv4.ip_default_ttl=33 -- \
    access net/ipv4/ip_default_ttl net/ipv4/ip_default_ttl=34 net/ipv4/ip_default_ttl=33
  expect_status 0
  expect_line "net/ipv4/ip_default_ttl: ok, now 33"
  expect_line "net/ipv4/ip_default_ttl=34: EPERM, now 33"
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
}

@test "a WireGuard start script: --sysctl and an empty allow are enough, without the annotation it fails" {
  requires
  sg_run docker_to_end "${WIREGUARD_SYSCTLS[@]/#/--sysctl=}" -- sh -c "$WIREGUARD_SCRIPT"
  expect_wireguard_down
  annotated io.sysctl-guard.allow=
  name_another
  sg_run docker_to_end "${WIREGUARD_SYSCTLS[@]/#/--sysctl=}" -- sh -c "$WIREGUARD_SCRIPT"
  expect_wireguard_up
}

# bats test_tags=cgroups
@test "the daemon starts a container again that has died: guarded" {
  requires
  annotated "$ALLOW"
  detached docker_run --detach --restart always "$IMAGE" sleep 100000
  engine_id
  kill -KILL "$(engine_pid)"
  poll restarted
  engine_exec access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_ungranted net/ipv4/ip_default_ttl=33 64
}

restarted() {
  [[ $(docker inspect --format '{{.RestartCount}} {{.State.Restarting}}' "$NAME") == "1 false" ]]
}

@test "the name that the engine gave is known by the engine's own files" {
  requires
  expect_known_by_name
}
