#!/usr/bin/env bats
# shellcheck disable=SC2016
# SPDX-License-Identifier: Apache-2.0
# What the hook says goes to syslog too: some runtimes throw a hook's output away.

load helpers
load syslog

say() {
  make_bundle
  make_state "$ID" 1 "$BUNDLE" >state
}

@test "an error goes to syslog as on standard error, with the container's ID" {
  requires python3
  say
  with_syslog log sh -c '"$1" <state' sh "$HOOK"
  expect_status 69
  local line=$output
  expect_equal "$(wc -l <log)" 1 "datagrams"
  # 27: facility daemon, severity error.
  grep -qE "^b['\"]<27>sysctl-guard-hook\[[0-9]+\]: container $ID: sysctl-guard: pid 1: " log ||
    fail_with "$(cat log)"
  grep -qF "${line#*sysctl-guard: }" log || fail_with "not the line of standard error: $(cat log)"
}

@test "success says nothing" {
  requires python3
  make_bundle
  make_process "/$ID"
  make_state "$ID" "$PID" "$BUNDLE" >state
  with_syslog log sh -c '"$1" <state' sh "$HOOK"
  expect_status 0
  expect_equal "$output" ""
  expect_equal "$(wc -l <log)" 0 "datagrams"
}

@test "a key that names us and is none of ours is a warning there, and the container starts" {
  requires python3
  make_bundle
  update_config '.annotations["sysctl-guard.io/allow"] = "net.ipv4.ip_forward"'
  make_process "/$ID"
  make_state "$ID" "$PID" "$BUNDLE" | jq -c '.annotations["sysctl-guard.io/allow"] = "net.ipv4.ip_forward"' >state
  with_syslog log sh -c '"$1" <state' sh "$HOOK"
  expect_status 0
  expect_equal "$output" "" "standard error"
  grep -q "<28>.*container $ID: sysctl-guard: annotations: 'sysctl-guard.io/allow' .*write io.sysctl-guard.allow" log ||
    fail_with "$(cat log)"
}

@test "where no bpffs can be mounted it guards all the same, and one line says that there are no events" {
  requires python3
  make_bundle
  make_process "/$ID"
  make_state "$ID" "$PID" "$BUNDLE" >state
  with_syslog log sh -c 'mount -t tmpfs -o ro,mode=755 none /run && "$1" <state' sh "$HOOK"
  expect_status 0
  expect_equal "$output" "" "standard error"
  expect_equal "$(wc -l <log)" 1 "datagrams"
  grep -q "<28>.*container $ID: sysctl-guard: no events of this container: make the directory $RUN_DIR: Read-only" log ||
    fail_with "$(cat log)"
  expect_equal "$(guards_of "$ID" | wc -w)" 1 "guards"
}

@test "a directory that others can enter is used neither to write nor to read" {
  requires python3
  make_bundle
  make_process "/$ID"
  make_state "$ID" "$PID" "$BUNDLE" >state
  with_syslog log sh -c 'mount -t tmpfs -o mode=755 none /run && mkdir -m 755 "$3" && "$1" <state &&
    ! test -e "$4/events-1" && ! "$2" events' sh "$HOOK" "$SG_CHECK" "$RUN_DIR" "$BPF_DIR"
  expect_status 0
  expect_output "sysctl-guard: $RUN_DIR: a directory of user 0 with mode 0755: others than root could have made"
  grep -q "no events of this container: $RUN_DIR: a directory of user 0 with mode 0755: others" log || fail_with "$(cat log)"
  expect_equal "$(guards_of "$ID" | wc -w)" 1 "guards"
}

@test "with events off nothing is said of them, and no buffer is made" {
  requires python3
  make_bundle
  make_process "/$ID"
  echo '{"version": 1, "events": "off"}' >policy.json
  make_state "$ID" "$PID" "$BUNDLE" >state
  with_syslog log sh -c 'mount -t tmpfs -o mode=755 none /run && "$1" --policy "$PWD/policy.json" <state &&
    ! test -e "$2/events-1"' sh "$HOOK" "$BPF_DIR"
  expect_status 0
  expect_equal "$output" ""
  expect_equal "$(wc -l <log)" 0 "datagrams"
  expect_equal "$(guards_of "$ID" | wc -w)" 1 "guards"
}

@test "what the user wrote arrives escaped and on one line" {
  requires python3
  make_bundle
  make_process "/$ID"
  make_state "$ID" "$PID" "$BUNDLE" \
    '.annotations["io.sysctl-guard.allow"] = "net.\u001b[31m..x\n<0>forged"' >state
  with_syslog log sh -c '"$1" <state' sh "$HOOK"
  expect_status 65
  expect_equal "$(wc -l <log)" 1 "datagrams"
  # A control byte would show in the repr as one backslash; escaped by the hook it has two.
  ! grep -qE '[^\\]\\(x1b|n|r)' log || fail_with "$(cat log)"
}

@test "a syslog that nobody reads does not hold up the hook" {
  requires python3
  say
  MODE=full with_syslog log sh -c '"$1" <state' sh "$HOOK"
  expect_status 69
}

@test "without a /dev/log the hook says its line and its code all the same" {
  requires
  say
  sg_run unshare -m --propagation private sh -c \
    'mkdir -p dev && mount -t tmpfs none dev && mount --move dev /dev && exec "$1" <state' sh "$HOOK"
  expect_status 69
  expect_output "sysctl-guard: pid 1"
}

@test "what the node's limit cuts off goes to syslog as a warning, and the container is guarded" {
  requires python3
  make_bundle
  make_process "/$ID"
  echo '{"version": 1, "limit": {"onExcess": "clip"}}' >policy.json
  make_state "$ID" "$PID" "$BUNDLE" \
    '.annotations = {"io.sysctl-guard.allow": "net.ipv4.ip_forward, vm.swappiness=1"}' >state
  with_syslog log sh -c '"$1" --policy "$PWD/policy.json" <state' sh "$HOOK"
  expect_status 0
  expect_equal "$output" "" "standard error"
  expect_equal "$(wc -l <log)" 1 "datagrams"
  # 28: facility daemon, severity warning.
  grep -qE "^b['\"]<28>sysctl-guard-hook\[[0-9]+\]: container $ID: sysctl-guard: annotation " log ||
    fail_with "$(cat log)"
  grep -qF "permits vm.swappiness=1, which is beyond the node's limit and was cut" log ||
    fail_with "$(cat log)"
  expect_equal "$(guards_of "$ID" | wc -w)" 1 "guards"
}

@test "a limit that gives the host away is said in syslog for each container; a careful one is not" {
  requires python3
  make_bundle
  make_process "/$ID"
  make_state "$ID" "$PID" "$BUNDLE" '.annotations = {"io.sysctl-guard.allow": "net.ipv4.ip_forward"}' >state
  echo '{"version": 1, "limit": {"host": ["kernel.core_pattern"]}}' >policy.json
  with_syslog log sh -c '"$1" --policy "$PWD/policy.json" <state' sh "$HOOK"
  expect_status 0
  expect_equal "$output" "" "standard error"
  expect_equal "$(wc -l <log)" 1 "datagrams"
  grep -qE "^b['\"]<28>sysctl-guard-hook\[[0-9]+\]: container $ID: sysctl-guard: node policy " log ||
    fail_with "$(cat log)"
  grep -qF "permits kernel.core_pattern=|, which gives the host away: when a program crashes" log ||
    fail_with "$(cat log)"
  # However wide it is, a bounded number of lines.
  echo '{"version": 1, "limit": {"host": ["kernel.*", "vm.*", "fs.*", "dev.*", "net.*"]}}' >policy.json
  with_syslog log sh -c '"$1" --policy "$PWD/policy.json" <state' sh "$HOOK"
  expect_status 0
  expect_equal "$(wc -l <log)" 7 "datagrams"
  echo '{"version": 1, "limit": {"host": ["kernel.core_pattern=core", "kernel.modprobe=/sbin/modprobe"]}}' >policy.json
  with_syslog log sh -c '"$1" --policy "$PWD/policy.json" <state' sh "$HOOK"
  expect_status 0
  expect_equal "$(cat log)" "" "the log"
  expect_equal "$(guards_of "$ID" | wc -w)" 1 "guards"
}

@test "at precreate the reason why /proc/sys stays closed goes to syslog, and nowhere else" {
  requires python3
  make_bundle
  annotate allow 'net.ipv4.ip_forward=0|1'
  update_config '.process.capabilities.bounding += ["CAP_SYS_ADMIN"] | .linux.readonlyPaths += ["/proc/sys"]'
  with_syslog log sh -c '"$1" <config.json >after.json' sh "$HOOK"
  expect_status 0
  expect_equal "$output" ""
  jq -e .hooks after.json >/dev/null || fail_with "no document on standard output"
  expect_equal "$(wc -l <log)" 1 "datagrams"
  grep -q "cgroup '/$ID': /proc/sys is not opened: the container has CAP_SYS_ADMIN" log ||
    fail_with "$(cat log)"
}
