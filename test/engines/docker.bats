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
  sg_run docker run --name "$NAME-b" --runtime sysctl-guard --cap-add NET_ADMIN "$IMAGE" sh -c "$write"
  expect_status 1
  expect_output "Read-only file system"
  sg_run docker run --name "$NAME-c" --cap-add NET_ADMIN \
    --annotation 'io.sysctl-guard.allow=net.ipv4.ip_forward=0|1' "$IMAGE" sh -c "$write"
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
