#!/usr/bin/env bats
# shellcheck disable=SC2034
# SPDX-License-Identifier: Apache-2.0
# Pods of the runtime class, as a kubelet makes them by the CRI: what their containers may write, and what stops a pod.

load helpers

# expect_pod: it runs.
expect_pod() { [[ -n $POD ]] || fail_with "the pod does not run"; }

# refused_pod CODE COMPLAINT: it stops at its sandbox, of which nothing is left.
refused_pod() {
  run_pod
  [[ -z $POD ]] || fail_with "the pod runs" || return
  expect_output "RunPodSandbox: UNKNOWN: " || return
  expect_output "exit status $1" || return
  expect_output "$2" || return
  expect_equal "$(pods)" "" "pods" || return
  poll no_cgroup_with "$NAME"
}

guarded() { [[ -n $(guards_of "$1") ]]; }

# bats test_tags=cgroups
@test "without the handler the write is applied that is refused below" {
  requires
  unregister_hook
  annotated "$ALLOW"
  run_pod
  expect_pod
  run_in_pod main
  engine_exec access net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
}

# bats test_tags=cgroups
@test "a pod's annotation: sandbox and containers are guarded, exec is, and a pod that is started again; nothing is left" {
  requires
  local first
  annotated "$ALLOW"
  run_pod
  expect_pod
  guarded "$POD" || fail_with "the sandbox is not guarded"
  run_in_pod main
  guarded "$ID" || fail_with "the container is not guarded"
  engine_exec access net/ipv4/ip_forward=1 net/ipv4/ip_forward=2 net/ipv4/ip_default_ttl=33
  expect_status 0
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_forward=2: EPERM, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: open:EROFS, now 64"
  first=$POD
  stop_pod "$POD"
  nothing_left_of "$ID"
  nothing_left_of "$first"
  run_pod 1
  expect_pod
  run_in_pod main
  engine_exec access net/ipv4/ip_forward net/ipv4/ip_forward=1 net/ipv4/ip_forward=2
  expect_line "net/ipv4/ip_forward: ok, now 0"
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_forward=2: EPERM, now 1"
}

@test "several containers: a key for one grants that one, and a container's own annotation goes before the pod's" {
  requires
  annotated 'io.sysctl-guard.allow=net.ipv4.ip_default_ttl=70' "io.sysctl-guard.allow/main=net.ipv4.ip_forward=0|1"
  run_pod
  expect_pod
  run_in_pod main
  engine_exec access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=70
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_default_ttl=70: open:EROFS, now 64"
  run_in_pod side
  engine_exec access net/ipv4/ip_forward=0 net/ipv4/ip_default_ttl=70
  expect_line "net/ipv4/ip_forward=0: open:EROFS, now 1"
  expect_line "net/ipv4/ip_default_ttl=70: ok, now 70"
  run_in_pod own 'io.sysctl-guard.allow=net.ipv4.ip_default_ttl=80'
  engine_exec access net/ipv4/ip_default_ttl=70 net/ipv4/ip_default_ttl=80
  expect_line "net/ipv4/ip_default_ttl=70: EPERM, now 70"
  expect_line "net/ipv4/ip_default_ttl=80: ok, now 80"
}

# The PID namespace of a container.
pid_namespace_of() { readlink "/proc/$(ctr -n k8s.io task ls | awk -v "id=$1" '$1 == id { print $2 }')/ns/pid"; }

@test "a pod without annotations is as before, a container of it that asks is granted, not where it shares the PID namespace" {
  requires
  run_pod
  expect_pod
  run_in_pod plain
  engine_exec access net/ipv4/ip_forward=1
  expect_line "net/ipv4/ip_forward=1: open:EROFS, now 0"
  ! guarded "$POD" || fail_with "the sandbox is guarded"
  ! guarded "$ID" || fail_with "the container is guarded"
  run_in_pod asks "$ALLOW"
  engine_exec access net/ipv4/ip_forward=1 net/ipv4/ip_forward=2 net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_forward=2: EPERM, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: open:EROFS, now 64"
  NAMESPACES='{"pid": "POD"}'
  run_in_pod shares "$ALLOW"
  expect_equal "$(pid_namespace_of "$ID")" "$(pid_namespace_of "$POD")" "the PID namespace"
  guarded "$ID" || fail_with "the container is not guarded"
  engine_exec access net/ipv4/ip_forward=0
  expect_line "net/ipv4/ip_forward=0: open:EROFS, now 1"
}

@test "privileged: without annotations it writes what it will; with them the guard refuses what is not granted" {
  requires
  PRIVILEGED=true
  run_pod
  expect_pod
  run_in_pod plain
  engine_exec access net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
  run_in_pod asks "$ALLOW"
  engine_exec access net/ipv4/ip_forward=1 net/ipv4/ip_forward=2 net/ipv4/ip_default_ttl=44
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_forward=2: EPERM, now 1"
  expect_line "net/ipv4/ip_default_ttl=44: EPERM, now 33"
}

@test "the host's network is beyond the node's limit: the pod stops at its sandbox, without annotations it is as before" {
  requires
  local ttl
  ttl=$(cat /proc/sys/net/ipv4/ip_default_ttl)
  NAMESPACES='{"pid": "CONTAINER", "network": "NODE"}'
  annotated 'io.sysctl-guard.allow=net.ipv4.ip_default_ttl=33'
  refused_pod 77 "permits net.ipv4.ip_default_ttl=33, which is beyond the node's limit"
  annotated
  run_pod
  expect_pod
  run_in_pod main
  engine_exec access net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: open:EROFS, now $ttl"
  expect_equal "$(cat /proc/sys/net/ipv4/ip_default_ttl)" "$ttl" "the host's value"
}

@test "a mistake in a pod's annotation stops it at its sandbox, in a container's that container alone" {
  requires
  annotated "$MISTAKE"
  refused_pod 65 "$COMPLAINT"
  annotated "$ALLOW"
  run_pod
  expect_pod
  run_in_pod wrong "$MISTAKE"
  ((status != 0)) || fail_with "the container runs"
  expect_output "StartContainer: UNKNOWN: "
  expect_output "$COMPLAINT"
  run_in_pod main
  engine_exec access net/ipv4/ip_forward=1 net/ipv4/ip_forward=2
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_forward=2: EPERM, now 1"
}
