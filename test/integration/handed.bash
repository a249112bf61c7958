# shellcheck shell=bash disable=SC2016,SC2034,SC2153,SC2154
# SPDX-License-Identifier: Apache-2.0
# handed.bash - a container hands out descriptors of all that it can open for writing below /proc/sys, to an accomplice of
# the host that no guard judges: what he writes is the container's, and nothing of the host changes but what
# docs/threat-model.md names. Opened is what Podman opens: the hook edits config.json, as at its precreate stage. Loaded
# after ways.

HAND=$SG_BUILD_DIR/bin/hand
have_hand() { [[ -x $HAND ]]; }

# kernel_since VERSION: whether this kernel is that one or a later one.
kernel_since() { printf '%s\n' "$1" "$(uname -r)" | sort -VC; }

# What of the host is changed by its writer, whose descriptor it ever was. IPC sysctls are that before Linux 5.19.
WRITERS='kernel/(host|domain)name'
IPC_CHANGES='fs/mqueue/.*|kernel/(msg|sem|shm).*'
if kernel_since 5.19; then IPC_CHANGES=; fi
# What a container can have of its own.
OWN='net/.*|fs/mqueue/.*|kernel/(msg|sem|shm).*'
# The PID namespace has these from those kernels on.
if kernel_since 6.3; then OWN+='|vm/memfd_noexec'; fi
if kernel_since 6.14; then OWN+='|kernel/pid_max'; fi

# start_accomplice: listens, and has looked at the host.
start_accomplice() {
  mkdir -p "$BUNDLE/meeting"
  "$HAND" take "$BUNDLE/meeting/socket" </dev/null >"$BUNDLE/taken" 2>&1 3>&- &
  ACCOMPLICE=$!
  SG_PIDS+=("$ACCOMPLICE")
  poll test -S "$BUNDLE/meeting/socket"
}

# hands_out MODE ALLOW: sets output to what the container handed out; `taken` is what the accomplice saw.
hands_out() {
  asking_bundle "${#SG_IDS[@]}"
  annotate allow "$2"
  annotate mode "$1"
  update_config --arg source "$BUNDLE/meeting" \
    '.mounts += [{destination: "/mnt", type: "bind", source: $source, options: ["bind"]}]'
  echo '{"version": 1, "annotationModes": ["enforce", "audit"]}' >"$BATS_TEST_TMPDIR/policy.json"
  chmod 644 "$BATS_TEST_TMPDIR/policy.json"
  cp "$HAND" "$BATS_FILE_TMPDIR/rootfs/bin/hand"
  start_accomplice
  edited --policy "$BATS_TEST_TMPDIR/policy.json"
  run_container hand out /mnt/socket
  expect_status 0 || return
  poll gone "$ACCOMPLICE" || return
  cat "$BUNDLE/taken" >&2
  grep -qx 'taken: [0-9]*' "$BUNDLE/taken" || fail_with "the accomplice did not come to an end"
}

# only PATTERN LINES: each of them, without what stands around the name, matches.
only() {
  local others
  others=$(sed -E 's/^host: //; s/: [A-Za-z]+$//' <<<"$2" | grep -vxE "$1") || return 0
  fail_with "more than $1: $others"
}

# judge MODE ALLOW HOST: what of the host may change.
judge() {
  hands_out "$1" "$2" || return
  only "$OWN${3:+|$3}" "$output" || return
  only "${3:-none}" "$(grep '^host: ' "$BUNDLE/taken" || echo none)"
}

both_modes() {
  local mode
  for mode in enforce audit; do
    judge "$mode" "$@" || return
    # In audit all that the limit permits is opened.
    [[ $mode == enforce ]] || expect_line "net/ipv4/ip_forward: changed" || return
  done
}
