#!/usr/bin/env bats
# shellcheck disable=SC2016
# SPDX-License-Identifier: Apache-2.0
# The directory of events in a bpffs that every user can write to: who makes it first, and what is
# said where that was somebody else.

load helpers
load syslog

kDir=/sys/fs/bpf/sysctl-guard
kUser=65534

# own_bpffs MODE: a mount namespace with a bpffs of its own, in which no guard has run. Sets SPACE.
own_bpffs() {
  unshare -m --propagation private sh -c \
    'mount -t bpf -o mode="$1" bpf /sys/fs/bpf && echo ready && exec sleep 100000' sh "$1" \
    >"$BATS_TEST_TMPDIR/ready" 2>&1 3>&- </dev/null &
  SPACE=$!
  SG_PIDS+=("$SPACE")
  poll grep -q ready "$BATS_TEST_TMPDIR/ready"
}

# there COMMAND...: in that namespace.
there() {
  nsenter -t "$SPACE" -m sh -c 'cd "$1" && shift && exec "$@"' sh "$PWD" "$@"
}

# as_user COMMAND...: there, by an unprivileged user.
as_user() {
  there setpriv --reuid "$kUser" --regid "$kUser" --clear-groups --bounding-set -all "$@"
}

# owner_of DIR: user and mode.
owner_of() { there stat -c '%u %a' "$1"; }

# The user takes the name, and the control: that user really may.
take_name() {
  as_user mkdir "$kDir"
  expect_equal "$(owner_of "$kDir")" "$kUser 755"
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
  unshare() { there unshare "$@"; }
  with_syslog log sh -c '"$1" <state' sh "$HOOK"
  unset -f unshare
}

# From here on the runtime, and the hook that it runs, are there.
runtime_there() {
  cat >"$BATS_TEST_TMPDIR/runtime" <<SH
#!/bin/sh
exec nsenter -t $SPACE -m sh -c 'cd "\$1" && shift && exec $RUNTIME "\$@"' sh "\$PWD" "\$@"
SH
  chmod 755 "$BATS_TEST_TMPDIR/runtime"
  RUNTIME=$BATS_TEST_TMPDIR/runtime
}

@test "the hook says at once that the directory is a user's, with owner and mode, and guards" {
  requires python3
  local line
  own_bpffs 1777
  make_state_of_process
  take_name
  run_hook_there
  expect_status 0
  expect_equal "$output" "" "standard error"
  expect_equal "$(wc -l <log)" 1 "datagrams"
  line=$(cat log)
  # 28: facility daemon, severity warning.
  [[ $line == *"<28>"*"container $ID: sysctl-guard: no events of this container: $kDir: "* ]] ||
    fail_with "$line"
  [[ $line == *"a directory of user $kUser with mode 0755; remove it (rm -r $kDir)"* ]] ||
    fail_with "$line"
  expect_equal "$(guards_of "$ID" | wc -w)" 1 "guards"
  expect_equal "$(there ls -A "$kDir")" "" "the user's directory"
  access_in "$PID" net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"

  # The control: as the hint says, and the next guard has events.
  there rm -r "$kDir"
  run_hook_there
  expect_status 0
  expect_equal "$(wc -l <log)" 0 "datagrams"
  expect_equal "$(owner_of "$kDir")" "0 700"
  access_in "$PID" net/ipv4/ip_default_ttl=33
  sg_run there "$SG_CHECK" events --container "$ID"
  expect_output "net/ipv4/ip_default_ttl=33"
}

@test "a link or a file in its place, or one of root's that others can enter: the same" {
  requires python3
  local make
  own_bpffs 1777
  make_state_of_process
  for make in 'ln -s /root "$1"' 'mkdir -m 711 "$1"' 'mkdir -m 700 "$1" && chown 1:1 "$1"'; do
    there sh -c "$make" sh "$kDir"
    run_hook_there
    expect_status 0
    grep -qF "no events of this container: $kDir: it is not a directory that root alone" log ||
      fail_with "$make: $(cat log)"
    there rm -r "$kDir"
  done
}

@test "a runc container: events, metrics and doctor say it, and are right once it is put right" {
  requires python3
  own_bpffs 1777
  take_name
  runtime_there
  make_bundle
  add_hook createRuntime
  start_container
  expect_equal "$(guards_of "$ID" | wc -w)" 1 "guards"
  sg_run there "$SG_CHECK" events
  expect_status 1
  expect_output "a directory of user $kUser with mode 0755"
  expect_output "hint: remove it"
  sg_run there "$SG_CHECK" metrics
  expect_line "sysctl_guard_event_directory_foreign 1"
  sg_run there "$SG_CHECK" doctor
  expect_output "warning  events: guards write no events: $kDir"
  expect_output "a directory of user $kUser with mode 0755"
  delete_container

  there rm -r "$kDir"
  sg_run there "$SG_CHECK" metrics
  expect_line "sysctl_guard_event_directory_foreign 0"
  "$SG_TOP/test/integration/check_metrics.py" <<<"$output"
  start_container
  in_container access net/ipv4/ip_default_ttl=33
  sg_run there "$SG_CHECK" events --container "$ID"
  expect_output "net/ipv4/ip_default_ttl=33"
  sg_run there "$SG_CHECK" metrics
  expect_line "sysctl_guard_event_directory_foreign 0"
  sg_run there "$SG_CHECK" doctor
  expect_output "ok       events: bpffs at /sys/fs/bpf"
}

@test "doctor warns as long as a user can take the name, or the directory's place" {
  requires
  local mode
  own_bpffs 1777
  sg_run there "$SG_CHECK" doctor
  expect_output "warning  events: the bpffs at /sys/fs/bpf has mode 1777: any user can make $kDir"
  expect_output "-> sysctl-guard install ENGINE makes it first; or chmod 700 /sys/fs/bpf"
  there mkdir -m 700 "$kDir"
  sg_run there "$SG_CHECK" doctor
  expect_output "ok       events: "
  there chmod 777 /sys/fs/bpf
  sg_run there "$SG_CHECK" doctor
  expect_output "warning  events: the bpffs at /sys/fs/bpf has mode 0777: other users can put"
  for mode in 700 755; do
    there rm -rf "$kDir"
    there chmod "$mode" /sys/fs/bpf
    sg_run there "$SG_CHECK" doctor
    expect_output "ok       events: "
  done
}

# --- install -------------------------------------------------------------------------------------

# A root with the programs in it and a bpffs that every user can write to, which is at /mnt as well:
# no user can come as far as the root. Sets ROOT and kRootDir.
make_root() {
  ROOT=$BATS_TEST_TMPDIR/root
  kRootDir=$ROOT$kDir
  mkdir -p "$ROOT"/usr/{bin,share,libexec/oci/hooks.d} "$ROOT"/etc/containerd "$ROOT/sys/fs/bpf"
  cp "$HOOK" "$ROOT/usr/libexec/oci/hooks.d/"
  cp "$SG_CHECK" "$ROOT/usr/bin/"
  cp /bin/true "$ROOT/usr/bin/sysctl-guard-runtime"
  echo 'version = 3' >"$ROOT/etc/containerd/config.toml"
  echo '{}' >"$BATS_TEST_TMPDIR/spec.json"
  own_bpffs 700
  there mount -t bpf -o mode=1777 bpf "$ROOT/sys/fs/bpf"
  there mount --bind "$ROOT/sys/fs/bpf" /mnt
}

# sg_install ENGINE OPTION...
sg_install() {
  local base_spec=()
  [[ $1 != containerd || $* == *--uninstall* ]] ||
    base_spec=(--base-spec "$BATS_TEST_TMPDIR/spec.json")
  sg_run there "$ROOT/usr/bin/sysctl-guard" install --root "$ROOT" "$@" "${base_spec[@]}"
}

no_directory() { there test ! -e "$kRootDir" || fail_with "it is there: $1"; }

@test "install, each engine: the directory is made first, root's, and --uninstall removes it" {
  requires
  local engine
  make_root
  # The control: a user may make directories there.
  as_user mkdir /mnt/theirs
  for engine in podman cri-o docker containerd; do
    sg_install "$engine" --dry-run
    expect_line "would make $kDir"
    no_directory "after a dry run"
    sg_install "$engine"
    expect_status 0
    expect_equal "$(head -n 1 <<<"$output")" "made $kDir"
    expect_equal "$(owner_of "$kRootDir")" "0 700"
    ! as_user mkdir /mnt/sysctl-guard 2>/dev/null || fail_with "a user made it"
    ! as_user rmdir /mnt/sysctl-guard 2>/dev/null || fail_with "a user removed it"
    sg_install "$engine"
    expect_equal "$(grep -v '^note: ' <<<"$output")" "$engine: already installed, nothing written"
    # After a restart of the host it is missing, and the files are there.
    there rmdir "$kRootDir"
    sg_install "$engine"
    expect_line "made $kDir"
    expect_line "$engine: already installed, nothing written"
    sg_install "$engine" --uninstall --dry-run
    expect_line "would remove $kDir"
    expect_equal "$(owner_of "$kRootDir")" "0 700"
    sg_install "$engine" --uninstall
    expect_status 0
    expect_line "removed $kDir"
    no_directory "after --uninstall"
    sg_install "$engine" --uninstall
    expect_equal "$(grep -v '^note: ' <<<"$output")" \
      "$engine: already without sysctl-guard, nothing written"
  done
}

@test "--uninstall: it stays for another engine, with what is in it, and where systemd makes it" {
  requires
  make_root
  # Nothing to undo: whoever made it is left alone.
  there mkdir -m 700 "$kRootDir"
  sg_install podman --uninstall
  expect_status 0
  expect_equal "$(owner_of "$kRootDir")" "0 700"

  sg_install docker
  sg_install podman
  expect_output "wrote "
  sg_install docker --uninstall
  expect_status 0
  expect_equal "$(owner_of "$kRootDir")" "0 700"
  sg_install podman --uninstall
  expect_line "removed $kDir"
  no_directory "after the last engine"

  sg_install podman
  there mkdir "$kRootDir/pin"
  sg_install podman --uninstall
  expect_status 0
  expect_output "note: $kDir stays, with the events that guards have written"
  there test -d "$kRootDir/pin"
  there rmdir "$kRootDir/pin"

  sg_install podman
  mkdir -p "$ROOT/usr/lib/tmpfiles.d" "$ROOT/run/systemd/system"
  cp "$SG_TOP/examples/systemd/tmpfiles.conf" "$ROOT/usr/lib/tmpfiles.d/sysctl-guard.conf"
  sg_install podman --uninstall
  expect_status 0
  expect_equal "$(owner_of "$kRootDir")" "0 700"
}

@test "install where a user was first: said so, and the user's directory is left alone" {
  requires
  local engine
  make_root
  as_user mkdir /mnt/sysctl-guard
  for engine in podman docker; do
    sg_install "$engine"
    expect_status 0
    expect_output "wrote /"
    expect_output "note: guards will write no events: $kRootDir: it is not a directory"
    expect_output "a directory of user $kUser with mode 0755; remove it (rm -r $kRootDir)"
    sg_install "$engine" --uninstall
    expect_status 0
    expect_equal "$(owner_of "$kRootDir")" "$kUser 755"
  done
}

@test "install that fails, or without a bpffs below the root: no directory" {
  requires
  make_root
  mkdir -p "$ROOT/etc/docker"
  echo '{' >"$ROOT/etc/docker/daemon.json"
  sg_install docker
  expect_status 1
  no_directory "after a plan that failed"
  # A file where a directory has to be made.
  rm -r "$ROOT/etc/docker"
  echo x >"$ROOT/etc/cdi"
  sg_install docker
  expect_status 1
  no_directory "after a write that failed"
  rm "$ROOT/etc/cdi"
  there umount "$ROOT/sys/fs/bpf"
  sg_install podman
  expect_status 0
  [[ $output != *"$kDir"* ]] || fail_with "it speaks of a directory"
  no_directory "without a bpffs"
}

@test "install podman on this system: its own bpffs, by the real paths" {
  requires
  local share=$BATS_TEST_TMPDIR/share prefix=$BATS_TEST_TMPDIR/prefix
  mkdir -p "$share" "$prefix"/{bin,libexec/oci/hooks.d}
  cp "$SG_CHECK" "$prefix/bin/"
  cp "$HOOK" "$prefix/libexec/oci/hooks.d/"
  own_bpffs 1777
  mkdir -p "$BATS_TEST_TMPDIR/etc"
  there sh -c 'mkdir -p "$1" && mount --bind "$2" "$1"' sh /usr/share/containers "$share"
  sg_run there "$prefix/bin/sysctl-guard" install podman
  expect_status 0
  expect_line "made $kDir"
  expect_equal "$(owner_of "$kDir")" "0 700"
  sg_run there "$prefix/bin/sysctl-guard" install podman --uninstall
  expect_status 0
  expect_line "removed $kDir"
  there test ! -e "$kDir"
}

have_tmpfiles() { command -v systemd-tmpfiles >/dev/null; }

@test "examples/systemd/tmpfiles.conf makes it too, and takes nothing over" {
  requires tmpfiles
  own_bpffs 1777
  there systemd-tmpfiles --create "$SG_TOP/examples/systemd/tmpfiles.conf"
  expect_equal "$(owner_of "$kDir")" "0 700"
  there rmdir "$kDir"
  take_name
  there systemd-tmpfiles --create "$SG_TOP/examples/systemd/tmpfiles.conf"
  expect_equal "$(owner_of "$kDir")" "$kUser 755"
}
