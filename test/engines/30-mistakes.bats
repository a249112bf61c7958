#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What the hook refuses: the container does not start, and the reason can be found.

load helpers

# refused: the container of the test, which was not started.
refused() {
  engine_run echo started
  ((status != 0)) || fail_with "it started"
  [[ $output != *started* ]] || fail_with "it started"
  engine_id
}

# shown CODE COMPLAINT: in what the engine says. crun throws away what hooks say and shows the code alone.
shown() {
  if [[ $RUNTIME == crun ]]; then
    expect_output "exit code: $1"
  else
    expect_output "exit status $1"
    expect_output "$2"
  fi
}

# bats test_tags=cgroups
@test "a mistaken annotation: shown with code 65, syslog has the reason and the ID, nothing is left" {
  requires
  annotated "$MISTAKE"
  refused
  shown 65 "$COMPLAINT"
  poll syslog_has "container $ID: $COMPLAINT"
  engine_remove
  nothing_left_of "$ID"
}

@test "beyond the node's limit: shown with code 77, syslog has the reason and the ID, nothing is left" {
  requires
  annotated "$BEYOND"
  refused
  shown 77 "$BEYOND_COMPLAINT"
  poll syslog_has "container $ID: $BEYOND_COMPLAINT"
  engine_remove
  nothing_left_of "$ID"
}

@test "the hook is gone: it does not start, but with Podman, where /proc/sys then stays read-only" {
  requires
  annotated "$ALLOW"
  hook_away
  if [[ $ENGINE == podman ]]; then
    # Podman leaves such a hook out, without a word: its file must go before the program does.
    engine_run access net/ipv4/ip_forward=1
    expect_line "net/ipv4/ip_forward=1: open:EROFS, now 0"
    engine_id
  else
    refused
    [[ -z $OPENS ]] || expect_output "sysctl-guard: hook '"
  fi
}
