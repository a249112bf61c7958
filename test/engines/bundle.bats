#!/usr/bin/env bats
# shellcheck disable=SC2016
# SPDX-License-Identifier: Apache-2.0
# Cgroups as a runtime alone can make them.

load helpers

# make_up [JQ]: the bundle, changed, in the background. Sets ID.
make_up() {
  annotated "$ALLOW"
  bundle
  update_config "${1:-.}"
  set_args sleep 100000
  detached runtime run --detach --bundle "$BUNDLE" "$ID"
}

first_leaf() { sed -n 's/^0:://p' "/proc/$(engine_pid)/cgroup"; }

guarded() {
  engine_exec access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
}

@test "no cgroupsPath: the guard is on what the runtime chose, found by the ID" {
  requires
  make_up 'del(.linux.cgroupsPath)'
  [[ $(first_leaf) == *"$ID"* ]] || fail_with "the first process is in $(first_leaf)"
  guarded
  poll one_guard
}

@test "a cgroup some levels down: the guard is on that one" {
  requires
  local group
  if [[ $DRIVER == cgroupfs ]]; then
    make_up '.linux.cgroupsPath |= "/sg-test/tier" + .'
    group=/sg-test/tier/$ID
  else
    make_up '.linux.cgroupsPath |= sub("sgt-test.slice"; "sgt-test-tier.slice")'
    group=/sgt.slice/sgt-test.slice/sgt-test-tier.slice/sg-$ID.scope
  fi
  guarded
  guard_is_on "$group"
}

@test "a name for systemd with the other driver: the guard is on the cgroup that is called so" {
  requires
  # The configuration of an engine whose driver is not its runtime's.
  DRIVER=cgroupfs make_up \
    '.linux.cgroupsPath = "sgt-test.slice:sg:" + (.linux.cgroupsPath | split("[/:]"; "")[-1])'
  [[ $(DRIVER=cgroupfs first_leaf) == */sgt-test.slice:sg:$ID ]] ||
    fail_with "the first process is in $(DRIVER=cgroupfs first_leaf)"
  guard_is_on "$(DRIVER=cgroupfs first_leaf)"
  DRIVER=cgroupfs guarded
  DRIVER=cgroupfs runtime delete --force "$ID"
}

@test "exec into a cgroup below, or beside the first process: guarded" {
  requires
  local options=()
  if [[ $(stat -f -c %T /sys/fs/cgroup) != cgroup2fs ]]; then
    # With version 1 beside it neither runtime can do that.
    make_up
  elif [[ $RUNTIME == runc ]]; then
    make_up
    mkdir "$(cgroup2_dir)$(engine_cgroup)/sub"
    options=(--cgroup /sub)
  else
    # The first process one level further down, and no other.
    make_up '.annotations["run.oci.delegate-cgroup"] = "first"'
    [[ $(first_leaf) == */first ]] || fail_with "the first process is in $(first_leaf)"
  fi
  sg_run runtime exec "${options[@]}" "$ID" access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
  guard_is_on "$(engine_cgroup)"
}

one_guard() { [[ $(guards_of "$ID" | wc -l) -eq 1 ]]; }
