#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A mistaken annotation: the container does not start, and the reason can be found.

load helpers

@test "a mistaken annotation: it does not start, syslog has the reason and the ID, nothing is left" {
  requires
  annotated "$MISTAKE"
  engine_run echo started
  ((status != 0)) || fail_with "it started"
  [[ $output != *started* ]] || fail_with "it started"
  engine_id
  poll syslog_has "container $ID: $COMPLAINT"
  engine_remove
  nothing_left_of "$ID"
}

@test "a mistaken annotation: the engine shows what the runtime says of the hook" {
  requires
  annotated "$MISTAKE"
  engine_run echo started
  engine_id
  if [[ $RUNTIME == crun ]]; then
    # Which is the code alone, that of a mistake.
    expect_output "exit code: 65"
  else
    expect_output "exit status 65"
    expect_output "$COMPLAINT"
  fi
}

@test "a hook that is not there: Podman starts without it, the others not at all" {
  requires
  register_hook "$BATS_TEST_TMPDIR/no-hook"
  annotated "$ALLOW"
  engine_run echo started
  engine_id
  if [[ $ENGINE == podman ]]; then
    # Podman leaves such a hook out, without a word: its file must go before the program does.
    expect_line started
  else
    ((status != 0)) || fail_with "it started"
    [[ $output != *started* ]] || fail_with "it started"
  fi
}
