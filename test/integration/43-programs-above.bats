#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A program of somebody else that lets no guard in: on the container's cgroup, or on one above it.

load helpers

# A program of the same type, pinned where nobody else looks. Sets PROGRAM, its ID.
load_theirs() {
  cat >theirs.c <<'C'
__attribute__((section("cgroup/sysctl"), used)) int theirs(void *ctx) { return ctx != 0; }
char _license[] __attribute__((section("license"))) = "Dual BSD/GPL";
C
  clang -O2 -target bpf -c theirs.c -o theirs.o
  PIN=/sys/fs/bpf/$ID
  bpftool prog load theirs.o "$PIN"
  PROGRAM=$(bpftool -j prog show pinned "$PIN" | jq .id)
}

# attach_theirs DIR [FLAG]: without a flag nothing can be attached there or below.
attach_theirs() {
  bpftool cgroup attach "$1" sysctl pinned "$PIN" ${2:+"$2"}
  SG_ATTACHED=$1
}

detach_theirs() {
  bpftool cgroup detach "$SG_ATTACHED" sysctl id "$PROGRAM"
  SG_ATTACHED=
}

# A bundle whose cgroup is two below one of this test. Sets TOP and PARENT, their directories.
nested_bundle() {
  make_bundle
  update_config --arg path "/$ID-top/parent/$ID" '.linux.cgroupsPath = $path'
  annotate allow 'net.ipv4.ip_default_ttl=33'
  add_hook createRuntime
  TOP=$(cgroup2_dir)/$ID-top
  PARENT=$TOP/parent
  mkdir -p "$PARENT"
  remove_afterwards "$TOP" "$PARENT"
  load_theirs
}

# What this file makes goes first: the program, its pin, and the cgroups above the container's, of
# which a runtime makes more beside them where there is version 1.
eval "common_$(declare -f teardown)"
teardown() {
  [[ -z ${SG_ATTACHED:-} ]] || detach_theirs || true
  [[ -z ${PIN:-} ]] || rm -f "$PIN"
  if [[ -n ${ID:-} && -z ${PID:-} ]]; then
    delete_container >/dev/null 2>&1 || true
    poll no_guard_of "$ID"
    remove_cgroups_of "$ID"
  fi
  common_teardown
}

# names CGROUP: the program is named, and the cgroup that has it, wherever that is mounted for the
# hook; and what to do.
names() {
  local there who="the program 'theirs' (ID $PROGRAM) on the cgroup '"
  there=$(sed -n "s|.*$who\([^']*\)' lets in no other one.*|\1|p" <<<"$output")
  [[ $there == /sys/fs/cgroup*"$1" ]] || fail_with "it names '$there'"
  expect_output "bpftool cgroup detach $there sysctl id $PROGRAM"
}

# refused_for CGROUP: the line of the hook, as the runtime shows it.
refused_for() {
  expect_output "exit status 69"
  names "$1"
  [[ $output != *CAP_* ]] || fail_with "it blames capabilities"
  no_guard_of "$ID" || fail_with "a guard is left"
}

# The control: the same container, with nothing in the way.
works() {
  set_args access net/ipv4/ip_default_ttl=33 net/ipv4/ip_default_ttl=34
  run_container
  expect_status 0
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
  expect_line "net/ipv4/ip_default_ttl=34: EPERM, now 33"
}

@test "a program above that lets in no other one: exit 69, and both are named" {
  requires clang bpffs
  local cgroup
  nested_bundle
  for cgroup in "/$ID-top/parent" "/$ID-top"; do
    attach_theirs "$(cgroup2_dir)$cgroup"
    run_container access net/ipv4/ip_default_ttl=33
    [[ $status -ne 0 ]]
    refused_for "$cgroup"
    detach_theirs  # as the hint says
    works
  done
}

@test "a program above that is there beside others, or is to be overridden: no matter" {
  requires clang bpffs
  local flag
  nested_bundle
  for flag in multi override; do
    attach_theirs "$PARENT" "$flag"
    works
    detach_theirs
  done
}

@test "a program on the container's own cgroup, whatever its flag but multi: exit 69" {
  requires clang bpffs
  local flag dir
  nested_bundle
  dir=$PARENT/$ID
  make_process "/$ID-top/parent/$ID"
  make_state "$ID" "$PID" "$BUNDLE" '.annotations["io.sysctl-guard.allow"] = "net.*"' >state
  for flag in "" override; do
    attach_theirs "$dir" "$flag"
    run_hook state
    expect_status 69
    expect_equal "$(wc -l <<<"$output")" 1 "lines"
    names "/$ID-top/parent/$ID"
    no_guard_of "$ID"
    detach_theirs
  done
  attach_theirs "$dir" multi
  run_hook state
  expect_status 0
  expect_equal "$(guards_of "$ID" | wc -w)" 1 "guards"
  detach_theirs
}

@test "one that comes later: the guard stays in force, and update says why it changes nothing" {
  requires clang bpffs
  local before
  nested_bundle
  start_container
  before=$(guards_of "$ID")
  attach_theirs "$TOP"
  sg_run "$SG_CHECK" update "$ID" --allow net.ipv4.ip_default_ttl
  expect_status 1
  names "/$ID-top"
  expect_equal "$(guards_of "$ID")" "$before" "guard"
  in_container access net/ipv4/ip_default_ttl=34 net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=34: EPERM, now 64"
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
  detach_theirs
  sg_run "$SG_CHECK" update "$ID" --allow net.ipv4.ip_default_ttl
  expect_status 0
}

@test "doctor warns of one wherever it is, and of none that is there beside others" {
  requires clang bpffs
  nested_bundle
  attach_theirs "$PARENT"
  sg_run "$SG_CHECK" doctor
  grep "^warning  programs: " <<<"$output" | grep -qF "(ID $PROGRAM) on the cgroup '$PARENT'" ||
    fail_with "no such line"
  expect_output "bpftool cgroup detach $PARENT sysctl id $PROGRAM"
  detach_theirs
  attach_theirs "$PARENT" multi
  sg_run "$SG_CHECK" doctor
  [[ $output != *"(ID $PROGRAM)"* ]] || fail_with "it warns of a program that is in nobody's way"
  expect_output " programs: "
}
