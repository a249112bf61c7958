#!/usr/bin/env bats
# shellcheck disable=SC2016
# SPDX-License-Identifier: Apache-2.0
# What a policy permits and the container's mounts do not: list, show, update and learn say it, and why.

load helpers
load wrapper

SYSCTL_GUARD=$SG_CHECK

cli() { sg_run in_cgroups "$SYSCTL_GUARD" "$@"; }

# procsys: of the container, by list --json.
procsys() { in_cgroups "$SYSCTL_GUARD" list --json | jq -c --arg id "$ID" '.guards[] | select(.id == $id).procSys'; }

# started_with CAPABILITY: a closed container with a grant and this capability, as the wrapper creates it.
started_with() {
  install_wrapper
  closed_bundle
  annotate allow 'net.ipv4.ip_forward=0|1'
  update_config --arg capability "$1" '
    (.process.capabilities | .bounding, .effective, .permitted) += [$capability]'
  start_container
}

kWhy="as its annotation io.sysctl-guard.closed says, 'the container has CAP_SYS_ADMIN, which can undo the guard'"

@test "a capability that undoes the guard: granted, guarded, read-only, and each command says so" {
  requires wrapper
  started_with CAP_SYS_ADMIN
  in_container access net/ipv4/ip_forward=1
  expect_line "net/ipv4/ip_forward=1: open:EROFS, now 0"
  cli list
  expect_output "note: ${ID:0:12}: /proc/sys is read-only there, so it can write nothing of what it is granted: $kWhy"
  expect_equal "$(procsys)" "{\"writable\":\"none\",\"paths\":[],\"why\":\"$kWhy\"}"
  cli show "$ID"
  expect_output "/proc/sys    read-only: as its annotation io.sysctl-guard.closed says, 'the"
  cli learn "$ID"
  expect_output "/proc/sys is read-only: $kWhy. A write to what is read-only is EROFS and leaves no event"
  [[ $output != *"start it with"* ]] || fail_with "audit mode would not open it"
  cli update "$ID" --allow 'net.ipv4.ip_forward; net.ipv4.ip_default_ttl=33'
  expect_status 0
  expect_output "still read-only in this container, as its mounts show, so that a write is EROFS: net.ipv4.ip_default_ttl, net.ipv4.ip_forward. $kWhy"
  in_container access net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: open:EROFS, now 64"
}

@test "control: one that is harmless is opened, and there is nothing to say but of what is gained later" {
  requires wrapper
  started_with CAP_NET_RAW
  in_container access net/ipv4/ip_forward=1
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  cli list
  [[ $output != *"note: ${ID:0:12}"* ]] || fail_with "a note without a reason"
  expect_equal "$(procsys)" '{"writable":"parts","paths":["net/ipv4/ip_forward"],"why":null}'
  cli show "$ID"
  expect_line "/proc/sys    read-only but for net/ipv4/ip_forward"
  cli update "$ID" --allow 'net.ipv4.ip_forward; net.ipv4.ip_default_ttl=33'
  expect_status 0
  expect_output "still read-only in this container, as its mounts show, so that a write is EROFS: net.ipv4.ip_default_ttl; create"
  cli update "$ID" --allow 'net.ipv4.ip_forward=1'
  [[ $output != *"still read-only"* ]] || fail_with "nothing was gained"
}

# A shell of the host asks, from the container's network namespace: that of the containers calls all files writable for root.
@test "programs that look first: what stays read-only is not writable, as in a container without sysctl-guard" {
  requires wrapper
  started_with CAP_NET_RAW
  sg_run nsenter -n -t "$(container_pid)" bash -c '
    cd "/proc/$1/root/proc/sys" && for name in net/ipv4/ip_forward net/ipv4/ip_default_ttl vm/swappiness; do
      [[ -r $name ]] && if [[ -w $name ]]; then echo "$name: rw"; else echo "$name: r"; fi
    done' bash "$(container_pid)"
  expect_equal "$output" $'net/ipv4/ip_forward: rw\nnet/ipv4/ip_default_ttl: r\nvm/swappiness: r'
}

@test "a container that nobody opened, and one that is writable" {
  requires
  closed_bundle
  annotate allow 'net.ipv4.ip_forward=0|1'
  add_hook createRuntime
  start_container
  cli list
  expect_output "it can write nothing of what it is granted: neither Podman's precreate stage nor sysctl-guard-runtime has opened it"
  delete_container "$ID"
  make_bundle b
  annotate allow 'net.ipv4.ip_forward=0|1'
  add_hook createRuntime
  start_container
  expect_equal "$(procsys)" '{"writable":"all","paths":[],"why":null}'
  cli list
  [[ $output != *"note: ${ID:0:12}"* ]] || fail_with "a note without a reason"
  cli learn "$ID"
  [[ $output != *EROFS* ]] || fail_with "nothing is read-only"
}

@test "audit in a closed container opens what the limit permits, so that there is something to learn" {
  requires wrapper
  install_wrapper
  make_room_for_events
  closed_bundle
  annotate mode audit
  echo '{"version": 1, "annotationModes": ["enforce", "audit"]}' >policy.json
  chmod 644 policy.json
  update_config --arg path "$HOOK" --arg policy "$BUNDLE/policy.json" '
    .hooks.createRuntime += [{path: $path, args: ["sysctl-guard-hook", "--policy", $policy]}]'
  start_container
  in_container access net/ipv4/ip_forward=1 vm/swappiness=1
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_output "vm/swappiness=1: open:EROFS, now "
  cli events --container "$ID"
  expect_output "net/ipv4/ip_forward=1"
  [[ $output != *swappiness* ]] || fail_with "there is an event of what is read-only"
  cli learn "$ID"
  expect_line "io.sysctl-guard.allow=net.ipv4.ip_forward=1"
  expect_output "A write to what is read-only is EROFS and leaves no event"
  [[ $output != *"start it with"* ]] || fail_with "it was started with that already"
  cli list
  [[ $output != *"note: ${ID:0:12}"* ]] || fail_with "a note without a reason"
}

@test "a container that asks for nothing, on a node in audit mode: list and learn say what opens it" {
  requires wrapper
  local how='start it with io.sysctl-guard.mode=audit, which opens what the node'"'"'s limit permits, if "annotationModes" in the node policy names audit'
  install_wrapper
  make_room_for_events
  closed_bundle
  echo '{"version": 1, "default": {"mode": "audit"}, "annotationModes": ["enforce", "audit"]}' >policy.json
  chmod 644 policy.json
  update_config --arg path "$HOOK" --arg policy "$BUNDLE/policy.json" '
    .hooks.createRuntime += [{path: $path, args: ["sysctl-guard-hook", "--policy", $policy]}]'
  start_container
  in_container access net/ipv4/ip_forward=1
  expect_line "net/ipv4/ip_forward=1: open:EROFS, now 0"
  cli events --container "$ID"
  [[ $output != *ip_forward* ]] || fail_with "there is an event"
  cli list
  grep -q "^note: .*${ID:0:12}.*nothing asked to open it.*$how\$" <<<"$output" || fail_with "list does not say so"
  expect_equal "$(procsys)" '{"writable":"none","paths":[],"why":"nothing asked to open it"}'
  cli learn "$ID"
  expect_output "No refused write to learn from."
  expect_output "/proc/sys is read-only: nothing asked to open it. A write to what is read-only is EROFS and leaves no event."
  expect_output "$how"
}

@test "a process without a guard in the container's PID namespace: show and doctor name it" {
  requires
  make_bundle
  annotate allow 'net.ipv4.ip_forward=0|1'
  add_hook createRuntime
  start_container
  cli show "$ID"
  [[ $output != *warning* ]] || fail_with "a warning without a reason"
  cli doctor
  expect_output "neighbours: no process without a guard is in the PID namespace of a guarded container"
  local entered pid
  nsenter -t "$(container_pid "$ID")" -p sleep 1000 </dev/null >/dev/null 2>&1 3>&- &
  entered=$!
  SG_PIDS+=("$entered")
  poll pgrep -P "$entered" sleep
  pid=$(pgrep -P "$entered" sleep)
  cli show "$ID"
  expect_output "warning      process $pid of cgroup "
  expect_equal "$(in_cgroups "$SYSCTL_GUARD" show --json "$ID" | jq '.unguardedNeighbours[].pid')" "$pid"
  cli doctor
  expect_output "without a guard in the PID namespace of a guarded container, whose writable sysctls they may reach: process $pid of cgroup "
  kill "$pid"
}
