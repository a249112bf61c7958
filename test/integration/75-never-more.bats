#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2030,SC2031  # what bats sets in each test
# Never more than before: every file of /proc/sys, tried from real containers with and without sysctl-guard. What
# succeeds with it alone is what check calls permitted by the limit. never_more.py has the table of rows.

load helpers
load wrapper

# never_more DOCUMENT [WITHOUT]
never_more() {
  install_wrapper
  make_bundle
  # shellcheck disable=SC2016  # the inner shell expands
  sg_run in_cgroups unshare -m --propagation private sh -c 'mount -t tmpfs none /etc && exec "$@"' sh \
    python3 "$SG_HERE/never_more.py" "$(command -v "$REAL")" "$HOOK" "$WRAPPER" "$SG_BUILD_DIR/bin/try_all" \
    "$SG_CHECK" "$1" "$ID" "$BATS_FILE_TMPDIR/rootfs" "${@:2}"
}

nothing_more() {
  requires wrapper python3
  never_more "$1"
  expect_status 0
  expect_output " rows, "
}

@test "Docker's own config.json: each shipped node policy, grant and mode gives what the limit permits, and no more" {
  nothing_more docker-26.1
}

@test "Podman's own config.json: each shipped node policy, grant and mode gives what the limit permits, and no more" {
  nothing_more podman-4.3
}

@test "runc's own config.json: each shipped node policy, grant and mode gives what the limit permits, and no more" {
  nothing_more runc
}

@test "with host networking: each shipped node policy, grant and mode gives what the limit permits, and no more" {
  nothing_more host-network
}

# expect_violations OPERATION NAME: in both rows the comparison says so.
expect_violations() {
  expect_equal "$(grep -cE "VIOLATION: .*: container: $1 $2(=|:)" <<<"$output")" 2 "violations: $1 $2"
}

no_violation() {
  if grep -E "VIOLATION: .*: $1" <<<"$output"; then fail_with "a violation: $1"; fi
}

@test "without the mount the guard holds: what is the host's can be opened, and not be written" {
  requires wrapper python3
  never_more docker-26.1 mount
  expect_status 1
  expect_violations open kernel/core_pattern
  expect_violations open vm/swappiness
  no_violation "[a-z]+: write"
  no_violation "the host"
}

@test "without the guard the mount holds: nothing but what is named in the threat model is more than was asked for" {
  requires wrapper python3
  never_more docker-26.1 guard
  expect_output "2 rows, "
  # Another value, which is the declared one with another blank; and what is the host's inside net/.
  expect_output "write net/ipv4/ping_group_range=0	2147483647: check says ('deny'"
  local others
  others=$(grep VIOLATION <<<"$output" | grep -v -e ': write net/ipv4/ping_group_range=' -e ': write net/netfilter/nf_hooks_lwtunnel=' || true)
  expect_equal "$others" "" "other violations"
}

@test "without both the host's can be written, and the comparison says which, in which row, and what check says" {
  requires wrapper python3
  never_more docker-26.1 both
  expect_status 1
  expect_violations write kernel/core_pattern
  expect_violations write vm/swappiness
  expect_output "VIOLATION: docker-26.1, none, enforce, net, a file: container: write vm/swappiness="
  expect_output "check says ('deny'"
  # What was read is what was written: the host is as it was.
  no_violation "the host"
}
