#!/usr/bin/env bats
# shellcheck disable=SC2016
# SPDX-License-Identifier: Apache-2.0
# sysctl-guard-runtime in front of a real runtime: create and run are guarded and opened, everything
# else is the real runtime's, and whatever goes wrong creates nothing.

load helpers
load wrapper

# The reason, as engines read it from the log, and as people read it.
expect_reason() {
  expect_output "sysctl-guard: $1"
  expect_equal "$(grep -c 'sysctl-guard: ' <<<"$output")" 1 "lines of ours on standard error"
  expect_equal "$(jq -r .level log.json)" error
  expect_equal "$(jq -r .msg log.json)" "$(grep 'sysctl-guard: ' <<<"$output")"
  date -d "$(jq -r .time log.json)" >/dev/null || fail_with "not a time"
}

# run_to_file COMMAND...: as sg_run, but not through a pipe: a container that should not have been created would
# keep that open, and the test would wait instead of failing.
run_to_file() {
  status=0
  "$@" >"$BATS_TEST_TMPDIR/out" 2>&1 </dev/null 3>&- || status=$?
  output=$(<"$BATS_TEST_TMPDIR/out")
  echo "\$ $* (status=$status)"$'\n'"$output" >&2
}

# create_with_log: as containerd calls it. What it is given is compared with what is left.
create_with_log() {
  rm -f log.json
  cp config.json before.json
  run_to_file runtime --log "$BUNDLE/log.json" --log-format json create --bundle "$BUNDLE" "$ID"
}

nothing_was_created() {
  expect_equal "$(runtime list --quiet)" "" "containers"
  cmp before.json config.json || fail_with "config.json was changed"
  no_temporary || fail_with "a temporary file was left"
}

@test "run: an annotation is enough; another value is EPERM, another name read-only; the runtime alone opens nothing" {
  requires wrapper
  install_wrapper
  closed_bundle
  annotate allow 'net.ipv4.ip_forward=0|1'
  set_args access net/ipv4/ip_forward=1 net/ipv4/ip_forward=2 net/ipv4/ip_default_ttl=33
  sg_run in_cgroups "$REAL" --root "$BATS_TEST_TMPDIR/state" run --bundle "$BUNDLE" "$ID"
  expect_line "net/ipv4/ip_forward=1: open:EROFS, now 0"
  sg_run runtime run --bundle "$BUNDLE" "$ID"
  expect_status 0
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_forward=2: EPERM, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: open:EROFS, now 64"
}

@test "create, start, exec, state, kill, delete: one guard, and gone with the container" {
  requires wrapper
  install_wrapper
  closed_bundle
  annotate allow 'net.ipv4.ip_forward=0|1'
  set_args sleep 100000
  runtime create --bundle "$BUNDLE" "$ID" </dev/null >log 2>&1 3>&-
  expect_equal "$(guards_of "$ID" | wc -l)" 1 "guards"
  sg_run runtime start "$ID"
  expect_status 0
  in_container access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: open:EROFS, now 64"
  sg_run runtime state "$ID"
  expect_equal "$(jq -r .status <<<"$output")" running
  sg_run runtime kill "$ID" KILL
  expect_status 0
  poll has_stopped
  sg_run runtime delete "$ID"
  expect_status 0
  nothing_left_of "$ID"
}

has_stopped() { [[ $(runtime state "$ID" | jq -r .status) == stopped ]]; }

@test "only the edit: every other byte, the owner and the mode stay, and a second edit changes nothing" {
  requires wrapper
  install_wrapper
  closed_bundle
  annotate allow 'net.ipv4.ip_forward=0|1'
  set_args true
  chown 12:34 config.json
  chmod 640 config.json
  cp config.json before.json
  sg_run runtime run --bundle "$BUNDLE" "$ID"
  expect_status 0
  diff <(grep -v '^  "hooks": ' config.json | grep -v io.sysctl-guard) \
    <(grep -vF '"/proc/sys",' before.json | grep -v io.sysctl-guard) || fail_with "more than the edit"
  expect_equal "$(stat -c %u:%g:%a config.json)" 12:34:640
  has_hook
  is_open
  no_temporary
  cp -a config.json once.json
  local inode
  inode=$(stat -c %i config.json)
  sg_run runtime run --bundle "$BUNDLE" "$ID"
  expect_status 0
  cmp once.json config.json
  expect_equal "$(stat -c %i config.json)" "$inode" "not even written"
}

@test "a hook that is there is not doubled" {
  requires wrapper
  install_wrapper
  closed_bundle
  annotate allow 'net.ipv4.ip_forward=0|1'
  add_hook createRuntime
  run_container access net/ipv4/ip_forward=1
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  has_hook 1
}

@test "without an annotation nothing is changed, and the write is refused as ever" {
  requires wrapper
  install_wrapper
  closed_bundle
  set_args access net/ipv4/ip_forward=1
  cp config.json before.json
  sg_run runtime run --bundle "$BUNDLE" "$ID"
  expect_status 0
  expect_line "net/ipv4/ip_forward=1: open:EROFS, now 0"
  cmp before.json config.json
  # The setting that guards all of them.
  update_config '.linux.readonlyPaths -= ["/proc/sys"]'
  cp config.json before.json
  sg_run runtime run --bundle "$BUNDLE" "$ID"
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  cmp before.json config.json
  sg_run with_settings '{"version": 1, "allContainers": true}' \
    "$WRAPPER" --root "$BATS_TEST_TMPDIR/state" run --bundle "$BUNDLE" "$ID"
  expect_line "net/ipv4/ip_forward=1: EPERM, now 0"
  has_hook
}

@test "a container that could undo or leave the guard is guarded and not opened" {
  requires wrapper
  install_wrapper
  closed_bundle
  annotate allow 'net.ipv4.ip_forward=0|1'
  set_args access net/ipv4/ip_forward=1
  mkdir -p "$BATS_FILE_TMPDIR/rootfs/mnt"
  ln -s /sys "$BATS_TEST_TMPDIR/link"
  cp config.json before.json
  local edit
  for edit in \
    '.process.capabilities.bounding += ["CAP_SYS_ADMIN"]' \
    '.process.capabilities.bounding += ["CAP_SYS_MODULE"]' \
    '.linux.namespaces |= map(select(.type != "cgroup")) |
      .mounts |= map(if .type == "cgroup" then .options -= ["ro"] else . end)' \
    '.mounts += [{destination: "/mnt", type: "bind", source: "/sys/fs", options: ["rbind", "ro"]}]' \
    '.mounts += [{destination: "/mnt", source: "/sys/fs/cgroup/.", options: ["rbind"]}]' \
    '.mounts += [{destination: "/mnt", source: $link, options: ["rbind"]}]'; do
    cp before.json config.json
    update_config --arg link "$BATS_TEST_TMPDIR/link" "$edit"
    sg_run runtime run --bundle "$BUNDLE" "$ID"
    expect_line "net/ipv4/ip_forward=1: open:EROFS, now 0"
    has_hook
  done
  # The controls: what does not lead there.
  for edit in '.process.capabilities.bounding += ["CAP_SYS_CHROOT"]' \
    '.mounts += [{destination: "/mnt", type: "bind", source: $bundle, options: ["rbind"]}]'; do
    cp before.json config.json
    update_config --arg bundle "$BUNDLE" "$edit"
    sg_run runtime run --bundle "$BUNDLE" "$ID"
    expect_line "net/ipv4/ip_forward=1: ok, now 1"
  done
}

@test "a key that the runtime takes for another, but for its case: nothing is created" {
  requires wrapper
  install_wrapper
  closed_bundle
  annotate allow 'net.ipv4.ip_forward=0|1'
  set_args true
  cp config.json plain.json
  local edit
  for edit in '. + {Hooks: null}' '.process += {Capabilities: {bounding: ["CAP_SYS_ADMIN"]}}' \
    '.hooks = {createRuntime: [], CreateRuntime: null}'; do
    cp plain.json config.json
    update_config "$edit"
    create_with_log
    expect_reason "config.json: "
    expect_output "some programs take for"
    nothing_was_created
  done
}

@test "a relative bundle and a relative root with the host's cgroups in it: guarded and not opened" {
  requires wrapper
  install_wrapper
  closed_bundle
  annotate allow 'net.ipv4.ip_forward=0|1'
  set_args access net/ipv4/ip_forward=1
  cp -a "$BATS_FILE_TMPDIR/rootfs" rr
  mkdir rr/cg
  update_config '.root.path = "rr"'
  cp config.json before.json
  mount -t cgroup2 cgroup2 rr/cg
  sg_run in_cgroups "$WRAPPER" --root "$BATS_TEST_TMPDIR/state" run "$ID"
  umount rr/cg
  expect_line "net/ipv4/ip_forward=1: open:EROFS, now 0"
  jq -r '.annotations["io.sysctl-guard.closed"]' config.json | grep -q 'holds cgroups or processes of the host' ||
    fail_with "$(jq .annotations config.json)"
  # Control: the same root without them.
  cp before.json config.json
  sg_run in_cgroups "$WRAPPER" --root "$BATS_TEST_TMPDIR/state" run "$ID"
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
}

@test "every form of the bundle, and values that look like a subcommand" {
  requires wrapper
  install_wrapper
  local form
  closed_bundle
  annotate allow 'net.ipv4.ip_forward=0|1'
  set_args access net/ipv4/ip_forward=1
  cp config.json before.json
  for form in "--bundle $BUNDLE" "--bundle=$BUNDLE" "-b $BUNDLE" ""; do
    cp before.json config.json
    # shellcheck disable=SC2086
    sg_run in_cgroups "$WRAPPER" --root "$BATS_TEST_TMPDIR/create" --log create run $form "$ID"
    expect_line "net/ipv4/ip_forward=1: ok, now 1"
  done
  # For one runtime these are the directory, for another `=DIRECTORY` or `undle`.
  for form in "-b=$BUNDLE" "-bundle $BUNDLE"; do
    # shellcheck disable=SC2086
    sg_run in_cgroups "$WRAPPER" --root "$BATS_TEST_TMPDIR/create" --log create run $form "$ID"
    expect_status 64
    expect_output "is not one that runc and crun read alike"
  done
  # A bundle and a container of that name.
  mv "$BUNDLE" "$BATS_TEST_TMPDIR/create-bundle"
  mkdir "$BUNDLE"
  mv "$BATS_TEST_TMPDIR/create-bundle" "$BUNDLE/create"
  cd "$BUNDLE"
  cp create/before.json create/config.json
  sg_run in_cgroups "$WRAPPER" --root "$BATS_TEST_TMPDIR/create" run --bundle create "$ID"
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  sg_run in_cgroups "$WRAPPER" --root "$BATS_TEST_TMPDIR/create" state create
  expect_output "does not exist"
}

@test "a mistake in the annotation: the hook's line is what the runtime says" {
  requires wrapper
  install_wrapper
  closed_bundle
  annotate allow 'net..x'
  set_args echo started
  sg_run runtime run --bundle "$BUNDLE" "$ID"
  expect_status 1
  [[ $output != *started* ]] || fail_with "it started"
  expect_output "sysctl-guard: annotation io.sysctl-guard.allow"
  if is_open; then fail_with "it was opened"; fi
}

@test "whatever is wrong with the hook, the bundle or the settings, nothing is created" {
  requires wrapper
  install_wrapper
  closed_bundle
  annotate allow 'net.ipv4.ip_forward=0|1'

  chmod 644 "$HOOK"
  create_with_log
  expect_status 69
  expect_reason "hook '$HOOK': it is not executable; "
  nothing_was_created
  chmod 757 "$HOOK"
  create_with_log
  expect_status 69
  expect_reason "hook '$HOOK': others than root can write it; "
  chmod 755 "$HOOK"
  chown 12 "$HOOK"
  create_with_log
  expect_status 69
  expect_reason "hook '$HOOK': others than root can write it; "
  chown 0 "$HOOK"
  chown 12 "$PREFIX"
  create_with_log
  expect_status 69
  expect_reason "hook '$HOOK': others than root can write its directory $PREFIX; "
  chown 0 "$PREFIX"
  mv "$HOOK" "$HOOK.away"
  create_with_log
  expect_status 69
  expect_reason "hook '"
  nothing_was_created
  mv "$HOOK.away" "$HOOK"

  cp config.json good.json
  truncate -s 500 config.json
  create_with_log
  expect_status 65
  expect_reason "config.json: "
  nothing_was_created
  rm config.json
  run_to_file runtime --log log.json create --bundle "$BUNDLE" "$ID"
  expect_status 71
  expect_equal "$(grep -c '^time=".*Z" level=error msg="sysctl-guard: bundle ' log.json)" 1 "text log"
  ln -s good.json config.json
  create_with_log
  expect_status 71
  rm config.json
  cp good.json config.json

  run_to_file with_settings '{"version": 3}' "$WRAPPER" create --bundle "$BUNDLE" "$ID"
  expect_status 78
  SETTINGS_MODE=777 run_to_file with_settings '{"version": 1}' "$WRAPPER" create --bundle "$BUNDLE" "$ID"
  expect_status 78
  expect_output "others than root can write its directory /etc/sysctl-guard; "
  run_to_file with_settings '{"version": 1, "runtime": "/no/runc"}' "$WRAPPER" create --bundle "$BUNDLE" "$ID"
  expect_status 69
  run_to_file with_settings "{\"version\": 1, \"runtime\": \"$WRAPPER\"}" "$WRAPPER" state "$ID"
  expect_status 69
  expect_output "it is this program itself"
  run_to_file runtime create --config other.json --bundle "$BUNDLE" "$ID"
  expect_status 64
  run_to_file runtime restore --bundle "$BUNDLE" "$ID"
  expect_status 69
  expect_output "sysctl-guard: restore: "
  cmp good.json config.json
  expect_equal "$(runtime list --quiet)" "" "containers"

  # The control: with nothing wrong, it is created.
  set_args true
  runtime create --bundle "$BUNDLE" "$ID" </dev/null >log 2>&1 3>&-
  expect_equal "$(runtime list --quiet)" "$ID" "containers"
}

@test "a bundle that cannot be written: nothing is created, the old file stays" {
  requires wrapper
  install_wrapper
  closed_bundle
  annotate allow 'net.ipv4.ip_forward=0|1'
  cp config.json before.json
  run_to_file unshare -m --propagation private sh -c 'mount --bind "$1" "$1" &&
    mount -o remount,bind,ro "$1" && exec "$2" --root "$3" create --bundle "$1" "$4"' sh \
    "$BUNDLE" "$WRAPPER" "$BATS_TEST_TMPDIR/state" "$ID"
  expect_status 71
  expect_output "sysctl-guard: bundle '$BUNDLE': config.json cannot be replaced"
  nothing_was_created
}

@test "the real runtime takes over: same process, arguments, environment, directory, descriptors, status" {
  requires wrapper
  install_wrapper
  closed_bundle
  local settings
  cat >"$PREFIX/real" <<'SH'
#!/bin/sh
echo "pid $$"
printf 'arg <%s>\n' "$@"
echo "cwd $(/bin/pwd)"
echo "umask $(umask)"
env | grep ^SG_ | sort
# One that is gone when it is looked at was the shell's own.
for fd in /proc/$$/fd/*; do echo "fd ${fd##*/} $(readlink "$fd")"; done | grep -vE 'real| $'
grep -E '^Sig(Blk|Ign)' /proc/self/status
exit 42
SH
  chmod 755 "$PREFIX/real"
  settings="{\"version\": 1, \"runtime\": \"$PREFIX/real\"}"
  annotate allow 'net.ipv4.ip_forward=0|1'
  echo data >data
  for program in "$PREFIX/real" "$WRAPPER"; do
    cp config.json "$(basename "$program").config"
    sg_run with_settings "$settings" env -i SG_A=1 SG_B='a b' sh -c \
      'umask 027; trap "" USR1; exec 7<data 9<data; echo "was $$"; exec "$@"' sh \
      "$program" --root '' create --bundle . -- 'an id' 'x*'
    expect_status 42
    # Its own number is the one it was started with.
    expect_equal "$(sed -n 's/^was //p' <<<"$output")" "$(sed -n 's/^pid //p' <<<"$output")" "exec"
    # Standard output and error are new pipes each time.
    grep -vE '^(was|pid) ' <<<"$output" | sed 's/pipe:.*/pipe/' >"$(basename "$program").out"
  done
  grep -q "fd 7 .*/data" real.out || fail_with "no descriptor in the control"
  diff real.out sysctl-guard-runtime.out || fail_with "something did not pass through"
  is_open
}

@test "what the real runtime prints of itself is printed" {
  requires wrapper
  install_wrapper
  local command
  for command in --version --help 'create --help' features 'state none' 'no-such-command'; do
    # shellcheck disable=SC2086
    run "$REAL" --root "$BATS_TEST_TMPDIR/state" $command
    local text=$output code=$status
    # shellcheck disable=SC2086
    sg_run "$WRAPPER" --root "$BATS_TEST_TMPDIR/state" $command
    expect_status "$code"
    expect_equal "${output//time=\"[^\"]*\"/}" "${text//time=\"[^\"]*\"/}" "$command"
  done
}
