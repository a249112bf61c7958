#!/usr/bin/env bats
# shellcheck disable=SC2016
# SPDX-License-Identifier: Apache-2.0
# The guard goes on the container's own cgroup, whatever the host's cgroups look like; where there
# is no such cgroup the hook refuses and attaches nothing.

load helpers

# refused EXIT WHY: the last run_hook refused, said one line that contains WHY, attached nothing.
refused() {
  expect_status "$1"
  expect_output "sysctl-guard: "
  expect_output "$2"
  expect_equal "$(wc -l <<<"$output")" 1 "lines"
  no_guard_of "$ID" || fail_with "a guard was attached"
}

# guarded_life NAME: the whole life of a guarded container on the cgroups that CGROUPS names.
guarded_life() {
  make_bundle "$1"
  annotate allow 'net.ipv4.ip_forward=0|1'
  update_config '.linux.sysctl["net.ipv4.ip_default_ttl"] = "33"'
  add_hook createRuntime
  start_container
  guard_is_on "/$ID"
  in_container access net/ipv4/ip_forward=1 net/ipv4/ip_forward=2 net/ipv4/ip_default_ttl=34
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_forward=2: EPERM, now 1"
  expect_line "net/ipv4/ip_default_ttl=34: EPERM, now 33"
  delete_container
  nothing_left_of "$ID"
}

@test "cgroups as this machine has them: the guard is on the container's own" {
  requires
  CGROUPS=host guarded_life host
}

@test "cgroup v2 alone: the guard is on the container's own" {
  requires
  CGROUPS=v2 guarded_life v2
}

@test "a cgroup some levels down: the guard is on that one" {
  requires
  make_bundle
  update_config --arg group "/$ID-pod/tier/$ID" '.linux.cgroupsPath = $group'
  add_hook createRuntime
  start_container
  guard_is_on "/$ID-pod/tier/$ID"
  delete_container
  remove_cgroups_of "$ID"
}

@test "no cgroupsPath: the runtime's choice is found by the ID" {
  requires
  make_bundle
  update_config 'del(.linux.cgroupsPath)'
  add_hook createRuntime
  start_container
  in_container access net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
  expect_equal "$(guards_of "$ID" | wc -w)" 1 "guards"
}

@test "a process in a cgroup below: the guard is on the top one, and others below are guarded" {
  requires
  make_bundle
  remove_afterwards "$(cgroup2_dir)/$ID"
  make_process "/$ID/leaf"
  make_state "$ID" "$PID" "$BUNDLE" >state
  update_config '.annotations = {}'
  run_hook state
  expect_status 0
  guard_is_on "/$ID"
  mkdir "$(cgroup2_dir)/$ID/beside"
  remove_afterwards "$(cgroup2_dir)/$ID/beside"
  make_process "/$ID/beside"
  access_in "$PID" net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
}

# The container's process, as the runtime put it, and the cgroup that its guard is on.
guard_is_on_the_leaf() {
  local leaf
  leaf=$(sed -n 's/^0:://p' "/proc/$(container_pid)/cgroup")
  [[ $leaf == */mine ]] || fail_with "the process is in $leaf"
  guard_is_on "$leaf"
}

@test "a roundabout cgroupsPath: the guard is where the runtime put the process" {
  requires
  local form number=0
  # What the author of a container can write, to have the ID found higher up: there others are.
  for form in '/%s/mine' '/%s/./mine' '/%s//mine' '/%s/x/../mine' '/../%s/mine' '//./%s/mine/.' \
    '%s/mine' './%s/./mine' '%s//mine' '%s/x/../mine' '../%s/mine' 'a.slice:p:c/../%s/mine'; do
    make_bundle $((number += 1))
    # shellcheck disable=SC2059  # the forms are formats
    update_config --arg path "$(printf "$form" "$ID")" '.linux.cgroupsPath = $path'
    annotate allow 'net.ipv4.ip_forward=0|1'
    add_hook createRuntime
    echo "cgroupsPath $form" >&2
    start_container
    guard_is_on_the_leaf
    in_container access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
    expect_line "net/ipv4/ip_forward=1: ok, now 1"
    expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
    delete_container
    remove_cgroups_of "$ID"
    nothing_left_of "$ID"
  done
}

@test "the victim of a roundabout cgroupsPath is not restricted" {
  requires
  local victim
  make_bundle
  remove_afterwards "$(cgroup2_dir)/$ID"
  make_process "/$ID/victim"
  victim=$PID
  update_config --arg path "/$ID/./mine" '.linux.cgroupsPath = $path'
  add_hook createRuntime
  start_container
  guard_is_on_the_leaf
  access_in "$victim" net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
  delete_container
  no_guard_of "$ID"
  remove_cgroups_of "$ID"
}

@test "a cgroupsPath that leads to the root or elsewhere is refused, and the ID is not asked" {
  requires
  local form
  make_bundle
  remove_afterwards "$(cgroup2_dir)/$ID"
  make_process "/$ID/mine"
  make_state "$ID" "$PID" "$BUNDLE" >state
  for form in /. /.. "/$ID/.." "/$ID/./other" "/$ID//other" "/$ID/mine/../other" ./other "$ID/.." . ..; do
    update_config --arg path "$form" '.linux.cgroupsPath = $path'
    run_hook state
    refused 69 "cgroup"
  done
  update_config --arg path "/$ID/./mine" '.linux.cgroupsPath = $path'
  run_hook state
  expect_status 0
  guard_is_on "/$ID/mine"
}

@test "a cgroup that others are in is refused, whatever names it" {
  requires
  local mine
  make_bundle
  update_config '.linux.cgroupsPath = "/somewhere/else"'
  remove_afterwards "$(cgroup2_dir)/$ID"
  make_process "/$ID/mine"
  mine=$PID
  make_process "/$ID/victim"
  make_state "$ID" "$mine" "$BUNDLE" >state
  run_hook state
  refused 69 "others than the container are in it: process $PID"
  update_config --arg path "/$ID" '.linux.cgroupsPath = $path'
  run_hook state
  refused 69 "others than the container are in it: process $PID"
  kill -KILL "$PID"
  poll gone "$PID"
  run_hook state
  expect_status 0
  guard_is_on "/$ID"
}

@test "a systemd path is expanded to nested slices and a scope" {
  requires
  local scope
  make_bundle
  scope=/sgt.slice/sgt-$$.slice/pre-$ID.scope
  mkdir -p "$(cgroup2_dir)/sgt.slice/sgt-$$.slice"
  remove_afterwards "$(cgroup2_dir)/sgt.slice" "$(cgroup2_dir)/sgt.slice/sgt-$$.slice"
  make_process "$scope"
  update_config --arg path "sgt-$$.slice:pre:$ID" '.linux.cgroupsPath = $path'
  make_state "$ID" "$PID" "$BUNDLE" >state
  run_hook state
  expect_status 0
  guard_is_on "$scope"
}

@test "the root cgroup is refused" {
  requires
  make_bundle
  make_process /
  make_state "$ID" "$PID" "$BUNDLE" >state
  run_hook state
  refused 69 "cgroup"
}

@test "a cgroupsPath of / is refused" {
  requires
  make_bundle
  make_process "/sg-other-$$"
  update_config '.linux.cgroupsPath = "/"'
  make_state "$ID" "$PID" "$BUNDLE" >state
  run_hook state
  refused 69 "cgroup"
}

@test "a cgroup that is not the container's is refused" {
  requires
  make_bundle
  # Contains the ID, and neither is it nor ends in -ID.
  make_process "/x$ID-y"
  make_state "$ID" "$PID" "$BUNDLE" >state
  run_hook state
  refused 69 "cgroup"
}

@test "the hook's own cgroup, and one above it, are refused" {
  requires
  local below dir
  make_bundle
  make_process "/$ID"
  make_process "/$ID/below"
  make_state "$ID" "${SG_PIDS[0]}" "$BUNDLE" >state
  for below in "" /below; do
    dir=$(cgroup2_dir)/$ID$below
    sg_run sh -c 'echo $$ >"$1/cgroup.procs" && exec "$2" <"$3"' sh "$dir" "$HOOK" state
    refused 69 "cgroup"
  done
}

@test "a cgroup outside the hook's cgroup namespace, /.., is refused" {
  requires
  local dir
  make_bundle
  make_process "/$ID"
  make_state "$ID" "$PID" "$BUNDLE" >state
  make_process "/sg-view-$$"
  dir=$(cgroup2_dir)/sg-view-$$
  sg_run sh -c 'echo $$ >"$1/cgroup.procs" && exec unshare -C "$2" <"$3"' sh "$dir" "$HOOK" state
  refused 69 "/.."
}

@test "a threaded cgroup is refused" {
  requires
  local dir
  make_bundle
  make_process "/sg-domain-$$"
  dir=$(cgroup2_dir)/sg-domain-$$/$ID
  mkdir "$dir"
  remove_afterwards "$dir"
  echo threaded >"$dir/cgroup.type"
  echo "$PID" >"$dir/cgroup.procs"
  make_state "$ID" "$PID" "$BUNDLE" >state
  update_config 'del(.linux.cgroupsPath)'
  run_hook state
  ((status == 69 || status == 71)) || fail_with "status is $status"
  refused "$status" "$ID"
}

@test "pids that are no container are refused" {
  requires
  local pid
  make_bundle
  for pid in 0 1; do
    make_state "$ID" "$pid" "$BUNDLE" >state
    run_hook state
    refused 69 "pid $pid"
  done
  make_state "$ID" 4194304 "$BUNDLE" >state
  run_hook state
  refused 71 "4194304"
  make_state "$ID" -5 "$BUNDLE" >state
  run_hook state
  refused 65 "pid"
}

@test "a cgroup that another container's guard is on is refused, and that guard stays" {
  requires
  local first
  make_bundle first
  first=$ID
  make_process "/$ID"
  make_state "$ID" "$PID" "$BUNDLE" >state
  run_hook state
  expect_status 0
  make_bundle second
  update_config --arg path "/$first" '.linux.cgroupsPath = $path'
  make_state "$ID" "$PID" "$BUNDLE" >state
  run_hook state
  refused 69 "cgroup"
  expect_equal "$(guards_of "$first" | wc -w)" 1 "guards of the first"
}

@test "a program of somebody else on the cgroup stays" {
  requires clang bpffs
  local dir other
  make_bundle
  make_process "/$ID"
  dir=$(cgroup2_dir)/$ID
  cat >other.c <<'C'
__attribute__((section("cgroup/sysctl"), used)) int other(void *ctx) { return ctx != 0; }
char _license[] __attribute__((section("license"))) = "Dual BSD/GPL";
C
  clang -O2 -target bpf -c other.c -o other.o
  bpftool prog load other.o "/sys/fs/bpf/$ID"
  bpftool cgroup attach "$dir" sysctl pinned "/sys/fs/bpf/$ID" multi
  rm "/sys/fs/bpf/$ID"
  other=$(bpftool -j cgroup show "$dir" | jq '.[0].id')
  make_state "$ID" "$PID" "$BUNDLE" >state
  for _ in first again; do
    run_hook state
    expect_status 0
    guard_is_on "/$ID"
    expect_equal "$(bpftool -j cgroup show "$dir" | jq "[.[].id] | length, index($other)" | xargs)" \
      "2 0" "programs, and the place of the other one"
  done
  access_in "$PID" net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
}
