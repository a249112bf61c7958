#!/usr/bin/env bats
# shellcheck disable=SC2016
# SPDX-License-Identifier: Apache-2.0
# A container writes exactly what its annotations allow, and reads everything.

load helpers

policy() {
  annotate allow 'net.ipv4.ip_forward=0|1,net.ipv4.conf.*.rp_filter=1'
  annotate deny 'net.core.*'
}

# The accesses, each with what a guarded container is to see.
kAllowed=(net/ipv4/ip_forward=1 net/ipv4/ip_forward=0 net/ipv4/conf/lo/rp_filter=1
  net/ipv4/conf/all/rp_filter=1)
# Each of these differs from the value that is there, which the control proves by writing it.
kRefused=(net/ipv4/ip_forward=2 net/ipv4/conf/lo/rp_filter=0 net/ipv4/conf/lo/rp_filter=2
  net/core/somaxconn=77 net/ipv4/ip_default_ttl=33 net/ipv4/conf/all/forwarding=1
  kernel/shmmni=77 kernel/msgmnb=7777)

guarded_container() {
  local stage=$1
  make_bundle "$stage"
  policy
  add_hook "$stage"
  start_container
}

@test "without the guard the refused writes are applied" {
  requires
  local access
  make_bundle
  start_container
  for access in "${kRefused[@]}"; do
    in_container access "$access"
    expect_line "$access: ok, now ${access#*=}"
  done
}

@test "exactly what is allowed can be written, at prestart and at createRuntime" {
  requires
  local stage access
  for stage in prestart createRuntime; do
    guarded_container "$stage"
    in_container access "${kAllowed[@]}"
    for access in "${kAllowed[@]}"; do
      expect_line "$access: ok, now ${access#*=}"
    done
  done
}

@test "everything else is EPERM and changes nothing, at prestart and at createRuntime" {
  requires
  local stage access before
  for stage in prestart createRuntime; do
    guarded_container "$stage"
    for access in "${kRefused[@]}"; do
      in_container cat "/proc/sys/${access%%=*}"
      before=$output
      in_container access "$access"
      expect_line "$access: EPERM, now $before"
    done
  done
}

@test "every writable file but the allowed ones is EPERM" {
  requires
  make_bundle
  policy
  add_hook createRuntime
  # Each file is written with what it holds, which changes nothing where it is let through.
  run_container sh -c '
    walk() {
      for f in "$1"/*; do
        if [ -d "$f" ]; then walk "$f"; elif [ -f "$f" ] && [ -w "$f" ]; then try "$f"; fi
      done
    }
    try() {
      case $1 in
      */net/ipv4/ip_forward | */net/ipv4/conf/*/rp_filter) return ;;
      # What these do is done to the host; the guard is asked about them elsewhere.
      */kernel/core_pattern | */vm/drop_caches | */vm/compact_memory) return ;;
      esac
      value=$(cat "$1" 2>/dev/null) || return 0
      result=$(attempts -f "$1" -v "$value" write)
      n=$((n + 1))
      [ "$result" = "write errno:EPERM" ] || [ "${result#write open:}" != "$result" ] ||
        echo "let through: $1: $result"
    }
    n=0; walk /proc/sys; echo "tried: $((n > 300))"'
  expect_status 0
  expect_equal "$output" "tried: 1"
}

@test "the container's first process is guarded from its first instruction" {
  requires
  make_bundle
  policy
  add_hook createRuntime
  run_container access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
  expect_status 0
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
}

@test "everything can be read" {
  requires
  make_bundle
  policy
  add_hook createRuntime
  run_container sh -c '
    walk() {
      for f in "$1"/*; do
        if [ -d "$f" ]; then walk "$f"; elif [ -r "$f" ]; then
          case $(attempts -f "$f" -v - read) in
          "read errno:EPERM") echo "refused: $f" ;;
          "read ok:"*) n=$((n + 1)) ;;
          esac
        fi
      done
    }
    n=0; walk /proc/sys; echo "read: $((n > 300))"'
  expect_status 0
  expect_equal "$output" "read: 1"
}

@test "deny-read hides a sysctl, and nothing else" {
  requires
  make_bundle
  annotate deny-read 'net.ipv4.ip_default_ttl'
  add_hook createRuntime
  run_container access net/ipv4/ip_default_ttl net/ipv4/ip_forward kernel/cap_last_cap
  expect_status 0
  expect_line "net/ipv4/ip_default_ttl: EPERM, now ?"
  expect_output "net/ipv4/ip_forward: ok, now "
  expect_output "kernel/cap_last_cap: ok, now "
}

@test "after the container is deleted nothing is left in the kernel" {
  requires
  make_bundle
  policy
  add_hook createRuntime
  start_container
  expect_equal "$(guards_of "$ID" | wc -l)" 1 "guards while it runs"
  delete_container
  nothing_left_of "$ID"
}
