#!/usr/bin/env bats
# shellcheck disable=SC2030,SC2031
# SPDX-License-Identifier: Apache-2.0
# The bpffs of our own: who mounts it, what is said and not used where others could have made it,
# who finds the events from elsewhere, and what install and --uninstall do about it.

load helpers
load own_run
load syslog

kUser=65534
kOthers="others than root could have made what is there"
# A policy without events, so that programs alone are pinned.
kNoEvents='{"version": 1, "events": "off"}'

# owner_of DIR: user and mode.
owner_of() { there stat -c '%u %a' "$1"; }

nothing_there() {
  ! there mountpoint -q "$BPF_DIR" || there umount "$BPF_DIR"
  there rm -rf "$RUN_DIR"
  there chmod 755 /run
  there chown 0:0 /run
}

# A process in a cgroup, for the hook. Sets PID.
make_state_of_process() {
  make_bundle
  make_process "/$ID"
  make_state "$ID" "$PID" "$BUNDLE" >state
}

# The hook there, by hand, with a /dev/log of its own, into the file log.
run_hook_there() {
  # shellcheck disable=SC2317  # with_syslog calls it
  unshare() {
    shift 3  # what the hook mounts stays there
    there "$@"
  }
  with_syslog log sh -c '"$1" <state' sh "${1:-$HOOK}"
  unset -f unshare
}

# One guard, which refuses.
is_guarded() {
  expect_equal "$(guards_of "$ID" | wc -w)" 1 "guards" || return
  access_in "$PID" net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
}

# As on a host where nothing was wrong: nothing to say, and events.
is_right() {
  run_hook_there || return
  expect_status 0 || return
  expect_equal "$(cat log)" "" "the log" || return
  expect_equal "$(owner_of "$RUN_DIR"), $(owner_of "$BPF_DIR")" "0 700, 0 1700" || return
  expect_equal "$(mounts_there)" 1 "mounts" || return
  is_guarded || return
  sg_run there "$SG_CHECK" events --container "$ID"
  expect_output "net/ipv4/ip_default_ttl=33"
}

@test "the first hook mounts it, root's alone, and the next ones use it" {
  requires python3
  local options
  own_run
  make_state_of_process
  is_right
  options=$(there findmnt -n -o OPTIONS "$BPF_DIR")
  [[ $options == *nosuid*nodev*noexec*mode=700* ]] || fail_with "mounted with $options"
  is_right
  expect_equal "$(there find "$BPF_DIR" -name 'p-*' | wc -l)" 1 "pins"
}

@test "the hook says at once that the directory is a user's, with owner and mode, and guards" {
  requires python3
  local line
  own_run
  make_state_of_process
  there install -d -o "$kUser" -m 755 "$RUN_DIR"
  run_hook_there
  expect_status 0
  expect_equal "$output" "" "standard error"
  expect_equal "$(wc -l <log)" 1 "datagrams"
  line=$(cat log)
  # 28: facility daemon, severity warning.
  [[ $line == *"<28>"*"container $ID: sysctl-guard: no events of this container: $RUN_DIR: "* ]] ||
    fail_with "$line"
  [[ $line == *"a directory of user $kUser with mode 0755: $kOthers; look who made it, then remove it"* ]] ||
    fail_with "$line"
  is_guarded
  expect_equal "$(there ls -A "$RUN_DIR")" "" "the user's directory"
  expect_equal "$(mounts_there)" 0 "mounts"

  # The control: as the hint says.
  there rm -r "$RUN_DIR"
  is_right
}

# What is there in place of ours|what is said of it.
kForeign='install -d -o 65534 -m 700 $1|$1: a directory of user 65534 with mode 0700
install -d -m 711 $1|$1: a directory of user 0 with mode 0711
install -d -m 700 /run/real; ln -s /run/real $1|$1: a symbolic link of user 0
touch $1|$1: a file of user 0
chmod 1777 /run|/run: a directory of user 0 with mode 1777
chmod 777 /run|/run: a directory of user 0 with mode 0777
chmod 775 /run|/run: a directory of user 0 with mode 0775
chown 65534 /run|/run: a directory of user 65534 with mode 0755
install -d -m 700 $1; install -d -m 755 $1/bpf|$1/bpf: a directory of user 0 with mode 0755
install -d -m 700 $1; install -d -o 65534 -m 700 $1/bpf|$1/bpf: a directory of user 65534
install -d -m 700 $1; ln -s /run/real $1/bpf|$1/bpf: a symbolic link of user 0
install -d -m 700 $1; touch $1/bpf|$1/bpf: a file of user 0
install -d -m 700 $1 $1/bpf; mount -t bpf -o mode=777 bpf $1/bpf|$1/bpf: a directory of user 0 with mode 1777'

# What mount(8) keeps there is no matter.
run_listing() { there find /run -path /run/mount -prune -o -printf '%p %M %U\n' | sort; }

@test "whatever others could have made in its place is used neither to write nor to read" {
  requires python3
  local make what before
  own_run
  make_state_of_process
  while IFS='|' read -r make what; do
    what=${what//\$1/$RUN_DIR}
    there sh -c "$make" sh "$RUN_DIR"
    before=$(run_listing)
    run_hook_there
    expect_status 0
    expect_equal "$(wc -l <log)" 1 "datagrams: $make"
    grep -F "no events of this container: $what" log | grep -qF ": $kOthers; look who made it" ||
      fail_with "$make: $(cat log)"
    is_guarded
    expect_equal "$(run_listing)" "$before" "what is in /run, after $make"
    sg_run there "$SG_CHECK" events
    expect_status 1
    expect_output "sysctl-guard: $what"
    expect_output "hint: look who made it"
    nothing_there
  done <<<"$kForeign"
  is_right
}

@test "where it cannot be mounted one line says why, and the container is guarded" {
  requires python3
  own_run
  make_state_of_process
  cat >no_write <<SH
#!/bin/sh
exec unshare -m --propagation private sh -c 'mount -n -o remount,bind,ro /run && exec "\$0"' "$HOOK"
SH
  chmod 755 no_write
  run_hook_there ./no_write
  expect_status 0
  expect_equal "$(wc -l <log)" 1 "datagrams"
  grep -qF "no events of this container: make the directory $RUN_DIR: Read-only file system; " log ||
    fail_with "$(cat log)"
  is_guarded
  # With the capabilities that a guard needs, and not the one to mount.
  make_bundle b
  make_process "/$ID"
  make_state "$ID" "$PID" "$BUNDLE" >state
  printf '#!/bin/sh\nexec setpriv --bounding-set -sys_admin "%s"\n' "$HOOK" >no_mount
  chmod 755 no_mount
  run_hook_there ./no_mount
  expect_status 0
  expect_equal "$(wc -l <log)" 1 "datagrams"
  grep -qF "no events of this container: mount a bpffs at $BPF_DIR: refused by the kernel (EPERM); it needs CAP_SYS_ADMIN" \
    log || fail_with "$(cat log)"
  is_guarded
  is_right
}

@test "a runc container: events, metrics and doctor say it, and are right once it is put right" {
  requires python3
  own_run
  there install -d -o "$kUser" -m 755 "$RUN_DIR"
  runtime_there
  make_bundle
  add_hook createRuntime
  start_container
  expect_equal "$(guards_of "$ID" | wc -w)" 1 "guards"
  in_container access net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
  sg_run there "$SG_CHECK" events
  expect_status 1
  expect_output "a directory of user $kUser with mode 0755"
  sg_run there "$SG_CHECK" metrics
  expect_line "sysctl_guard_event_directory_foreign 1"
  sg_run there "$SG_CHECK" doctor
  expect_output "warning  bpffs: guards write no events, and each container loads a program of its own: $RUN_DIR"
  expect_output "a directory of user $kUser with mode 0755"
  delete_container

  there rm -r "$RUN_DIR"
  sg_run there "$SG_CHECK" metrics
  expect_line "sysctl_guard_event_directory_foreign 0"
  "$SG_TOP/test/integration/check_metrics.py" <<<"$output"
  sg_run there "$SG_CHECK" doctor
  expect_output "ok       bpffs: none yet: the first guard mounts one at $BPF_DIR"
  start_container
  in_container access net/ipv4/ip_default_ttl=33
  sg_run there "$SG_CHECK" events --container "$ID"
  expect_output "net/ipv4/ip_default_ttl=33"
  sg_run there "$SG_CHECK" metrics
  expect_line "sysctl_guard_event_directory_foreign 0"
  sg_run there "$SG_CHECK" doctor
  expect_output "ok       bpffs: at $BPF_DIR, with the programs of 1 policy, "
}

# ring_of CONTAINER: the buffer that its guard writes into.
ring_of() {
  bpftool -j prog show id "$(guards_of "$1")" | jq --argjson rings \
    "$(bpftool -j map show | jq -c '[.[] | select(.name == "sg_events").id]')" \
    '.map_ids[] | select(IN($rings[]))'
}

@test "eight hooks at once where nothing is mounted: one mount, one buffer, all guarded" {
  requires
  local round name hooks rings
  local -A pids
  own_run
  for name in 1 2 3 4 5 6 7 8; do
    make_bundle "$name"
    make_process "/$ID"
    pids[$ID]=$PID
    make_state "$ID" "$PID" "$BUNDLE" >"$BATS_TEST_TMPDIR/state-$ID"
  done
  for round in 1 2 3 4 5; do
    hooks=()
    for ID in "${!pids[@]}"; do
      there sh -c '"$1" <"$2"' sh "$HOOK" "$BATS_TEST_TMPDIR/state-$ID" >"$BATS_TEST_TMPDIR/said-$ID" 2>&1 3>&- &
      hooks+=($!)
    done
    for name in "${hooks[@]}"; do wait "$name" || fail_with "$(cat "$BATS_TEST_TMPDIR"/said-*)"; done
    expect_equal "$(mounts_there)" 1 "mounts in round $round"
    rings=
    for ID in "${!pids[@]}"; do
      PID=${pids[$ID]}
      is_guarded
      rings+="$(ring_of "$ID")"$'\n'
    done
    expect_equal "$(sort -u <<<"$rings" | grep -c .)" 1 "buffers in round $round"
    expect_equal "$(grep -c . <<<"$rings")" 8 "guards with a buffer in round $round"
    nothing_there
  done
}

# --- from elsewhere ------------------------------------------------------------------------------

# elsewhere COMMAND...: in a mount namespace where it is not mounted.
elsewhere() { there unshare -m --propagation private sh -c 'umount "$0" && exec "$@"' "$BPF_DIR" "$@"; }

@test "events, metrics and doctor in another mount namespace: the buffer is found by a guard" {
  requires
  local here
  own_run
  runtime_there
  make_bundle
  add_hook createRuntime
  start_container
  in_container access net/ipv4/ip_default_ttl=33
  sg_run there "$SG_CHECK" events --json --container "$ID"
  here=$output
  expect_equal "$(jq -r .name <<<"$here")" net/ipv4/ip_default_ttl
  sg_run elsewhere "$SG_CHECK" events --json --container "$ID"
  expect_status 0
  expect_equal "$output" "$here" "the events"
  sg_run elsewhere "$SG_CHECK" learn "$ID"
  expect_status 0
  expect_output net.ipv4.ip_default_ttl
  sg_run elsewhere "$SG_CHECK" metrics
  expect_status 0
  expect_output $'\nsysctl_guard_events_dropped_total '
  expect_line "sysctl_guard_event_directory_foreign 0"
  sg_run elsewhere "$SG_CHECK" doctor
  expect_output "ok       bpffs: none yet: "
  sg_run elsewhere "$SG_CHECK" events --clear
  expect_status 0
  sg_run there "$SG_CHECK" events --container "$ID"
  expect_line "no events"
}

@test "events and metrics where nothing is mounted and no guard is: they say so" {
  requires
  make_fresh_host
  sg_run "${FRESH[@]}" "$SG_CHECK" events
  expect_status 1
  expect_output "sysctl-guard: there are no events: nothing is pinned in $BPF_DIR"
  expect_output "hint: "
  sg_run "${FRESH[@]}" "$SG_CHECK" metrics
  expect_status 0
  [[ $output != *sysctl_guard_events_dropped_total* ]] || fail_with "of which buffer?"
  expect_line "sysctl_guard_event_directory_foreign 0"
  sg_run "${FRESH[@]}" "$SG_CHECK" doctor
  expect_output "ok       bpffs: none yet: "
}

# --- install -------------------------------------------------------------------------------------

# A host of its own in SPACE: its /run and copies of what engines read, with the programs in PREFIX.
make_host() {
  PREFIX=$BATS_TEST_TMPDIR/prefix
  mkdir -p "$PREFIX"/{bin,libexec/oci/hooks.d} "$BATS_TEST_TMPDIR/share"
  cp "$HOOK" "$PREFIX/libexec/oci/hooks.d/"
  cp "$SG_CHECK" "$SG_BUILD_DIR/bin/sysctl-guard-runtime" "$PREFIX/bin/"
  echo '{}' >"$BATS_TEST_TMPDIR/spec.json"
  cp -a /etc "$BATS_TEST_TMPDIR/etc"
  rm -rf "$BATS_TEST_TMPDIR"/etc/{docker,cdi,containerd,containers,crio,sysctl-guard}
  mkdir "$BATS_TEST_TMPDIR"/etc/containerd
  echo 'version = 3' >"$BATS_TEST_TMPDIR/etc/containerd/config.toml"
  own_run
  there mount --bind "$BATS_TEST_TMPDIR/etc" /etc
  there mkdir -p /usr/share/containers
  there mount --bind "$BATS_TEST_TMPDIR/share" /usr/share/containers
}

# sg_install ENGINE OPTION...
sg_install() {
  local base_spec=()
  [[ $1 != containerd || $* == *--uninstall* ]] ||
    base_spec=(--base-spec "$BATS_TEST_TMPDIR/spec.json")
  sg_run there "$PREFIX/bin/sysctl-guard" install "$@" "${base_spec[@]}"
}

# pin_programs COUNT [EVENTS]: the guard of this test's process, of so many policies, without events.
pin_programs() {
  local i
  [[ -n ${PID:-} ]] || make_state_of_process
  there mountpoint -q "$BPF_DIR" || mount_there
  echo "${2:-$kNoEvents}" >policy.json
  for ((i = 0; i < $1; i++)); do
    make_state "$ID" "$PID" "$BUNDLE" ".annotations[\"io.sysctl-guard.allow\"] = \"net.core.x$i\"" >state
    there sh -c '"$1" --policy "$PWD/policy.json" <state' sh "$HOOK"
  done
  expect_equal "$(pins_there)" "$1" "pins"
}

no_directory() { there test ! -e "$RUN_DIR" || fail_with "it is there: $1"; }

@test "install, each engine: nothing is made, pins are removed; --uninstall removes the directory" {
  requires
  local engine
  make_host
  for engine in podman cri-o docker containerd; do
    sg_install "$engine"
    expect_status 0
    expect_output "wrote /"
    no_directory "after install $engine"
    pin_programs 2
    sg_install "$engine" --dry-run
    expect_line "would remove 2 pinned programs"
    expect_equal "$(pins_there)" 2 "pins after a dry run"
    sg_install "$engine"
    expect_line "removed 2 pinned programs"
    expect_line "$engine: already installed, nothing written"
    expect_equal "$(pins_there), $(mounts_there)" "0, 1" "pins and mounts"
    # Its program is without a pin, and goes on.
    is_guarded
    sg_install "$engine"
    expect_equal "$(grep -v '^note: ' <<<"$output")" "$engine: already installed, nothing written"

    pin_programs 1
    sg_install "$engine" --uninstall --dry-run
    expect_line "would remove 1 pinned program"
    expect_line "would remove $RUN_DIR"
    expect_equal "$(pins_there)" 1 "pins after a dry run"
    sg_install "$engine" --uninstall
    expect_status 0
    expect_line "removed 1 pinned program"
    expect_line "removed $RUN_DIR"
    no_directory "after --uninstall of $engine"
    expect_equal "$(mounts_there)" 0 "mounts"
    is_guarded
    sg_install "$engine" --uninstall
    expect_equal "$(grep -v '^note: ' <<<"$output")" \
      "$engine: already without sysctl-guard, nothing written"
  done
}

@test "--uninstall: the directory stays for another engine, with events in it, and where somebody uses it" {
  requires
  make_host
  # Nothing to undo: whoever made it is left alone.
  mount_there
  sg_install podman --uninstall
  expect_status 0
  expect_equal "$(mounts_there)" 1 "mounts where nothing was installed"

  sg_install docker
  sg_install podman
  pin_programs 1
  sg_install docker --uninstall
  expect_status 0
  expect_line "removed 1 pinned program"
  [[ $output != *"$RUN_DIR"* ]] || fail_with "it speaks of the directory"
  expect_equal "$(mounts_there)" 1 "mounts while there is another engine"
  sg_install podman --uninstall
  expect_line "removed $RUN_DIR"
  no_directory "after the last engine"

  sg_install podman
  pin_programs 1 '{"version": 1}'
  is_guarded
  sg_install podman --uninstall
  expect_status 0
  expect_line "removed 1 pinned program"
  expect_output "note: $BPF_DIR stays, with the events that guards have written, until the host goes down"
  sg_run there "$SG_CHECK" events --container "$ID"
  expect_output "net/ipv4/ip_default_ttl=33"
  nothing_there

  sg_install podman
  mount_there
  nsenter -t "$SPACE" -m sh -c 'cd "$0" && exec sleep 100000' "$BPF_DIR" </dev/null >/dev/null 2>&1 3>&- &
  SG_PIDS+=($!)
  poll is_sleeping $!
  sg_install podman --uninstall
  expect_status 0
  expect_output "note: unmount $BPF_DIR: Device or resource busy; see who uses it: fuser -m $BPF_DIR"
  expect_equal "$(mounts_there)" 1 "mounts where it is used"
}

@test "install where others could have made it, one that fails, and one below a root: left alone" {
  requires
  local root=$BATS_TEST_TMPDIR/root
  make_host
  there install -d -o "$kUser" -m 755 "$RUN_DIR"
  for engine in podman docker; do
    sg_install "$engine"
    expect_status 0
    [[ $output != *"$RUN_DIR"* ]] || fail_with "it speaks of the directory"
    sg_install "$engine" --uninstall
    expect_status 0
    expect_equal "$(owner_of "$RUN_DIR")" "$kUser 755"
  done
  nothing_there

  pin_programs 1
  mkdir -p "$BATS_TEST_TMPDIR/etc/docker"
  echo '{' >"$BATS_TEST_TMPDIR/etc/docker/daemon.json"
  sg_install docker
  expect_status 1
  expect_equal "$(pins_there)" 1 "pins after a plan that failed"
  # A file where a directory has to be made.
  rm -r "$BATS_TEST_TMPDIR"/etc/{docker,cdi}
  echo x >"$BATS_TEST_TMPDIR/etc/cdi"
  sg_install docker
  expect_status 1
  expect_equal "$(pins_there)" 1 "pins after a write that failed"
  rm "$BATS_TEST_TMPDIR/etc/cdi"

  mkdir -p "$root"/usr/{bin,share,libexec/oci/hooks.d} "$root$BPF_DIR"
  cp "$HOOK" "$root/usr/libexec/oci/hooks.d/"
  for option in --dry-run "" --uninstall; do
    # shellcheck disable=SC2086  # no option is no word
    sg_install podman --root "$root" $option
    expect_status 0
    [[ $output != *"$RUN_DIR"* && $output != *"pinned program"* ]] || fail_with "it speaks of this host's"
    expect_equal "$(pins_there)" 1 "pins after install --root $option"
  done
  test -d "$root$BPF_DIR"
}
