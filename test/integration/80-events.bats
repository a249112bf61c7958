#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# sysctl-guard events: what containers tried, as a table, as JSON, into the journal, at once and later.

load helpers
load own_run

SHIFT_CLOCK=$SG_BUILD_DIR/bin/shift_clock.so

# events OPTION...: standard output alone in $output; what is dropped elsewhere is no business of a test.
events() {
  sg_run bash -c '"$@" 2>"$0"' "$BATS_TEST_TMPDIR/errors" "$SG_CHECK" events "$@"
}

# A container with the hook, and room in the buffer, whatever was written before.
start_guarded() {
  make_room_for_events
  make_bundle
  add_hook createRuntime
  start_container
}

# ends_with_the_test PROCESS: sets PID.
ends_with_the_test() {
  PID=$1
  SG_PIDS+=("$PID")
}

# follow FILE OPTION...: events --follow into FILE. Sets PID.
follow() {
  local file=$1
  shift
  "$SG_CHECK" events --follow "$@" >"$file" 2>"$BATS_TEST_TMPDIR/errors" 3>&- </dev/null &
  ends_with_the_test $!
}

matches_schema() {
  /usr/bin/python3 -c 'import json, jsonschema, sys
schema = json.load(open(sys.argv[1]))
lines = [json.loads(line) for line in sys.stdin]
assert lines, "no events"
for line in lines:
    jsonschema.Draft202012Validator(schema).validate(line)' "$SG_TOP/schema/event.v1.schema.json"
}

@test "a denied write is an event, and still is when its container is gone" {
  requires python3
  local line
  start_guarded
  in_container access net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
  delete_container
  nothing_left_of "$ID"

  events --container "$ID"
  expect_status 0
  expect_output "CONTAINER"
  grep -qE "^[0-9]+s +${ID:0:12} +deny +- +attempts\[[0-9]+\] +net/ipv4/ip_default_ttl=33$" <<<"$output" ||
    fail_with "no row says it"

  events --container "${ID:0:${#ID}-1}" --json --since 1m
  expect_status 0
  matches_schema <<<"$output"
  line=$(tail -n 1 <<<"$output")
  expect_equal "$(jq -c '[.container, .comm, .access, .name, .value, .valueLength, .verdict, .rule, .uid]' <<<"$line")" \
    "[\"$ID\",\"attempts\",\"write\",\"net/ipv4/ip_default_ttl\",\"33\",2,\"deny\",null,0]"
  expect_equal "$(jq '.pid > 0 and .tid == .pid and .cgroup > 0' <<<"$line")" true

  events --container "x$ID"
  expect_line "no events"
  events --container "$ID" --since 2099-01-01T00:00:00Z
  expect_line "no events"
}

@test "a guarded container is found by its name too" {
  requires
  make_room_for_events
  make_bundle
  update_config --arg name "name-of-$ID" '.annotations["io.kubernetes.cri.container-name"] = $name'
  add_hook createRuntime
  start_container
  in_container access net/ipv4/ip_default_ttl=33
  events --container "name-of-$ID"
  expect_output "${ID:0:12}"
  delete_container
  events --container "name-of-$ID"
  expect_line "no events"
}

@test "an allowed write is none by default, and is one where the node policy says so" {
  requires
  start_guarded
  delete_container
  annotate allow 'net.ipv4.ip_default_ttl=33'
  start_container
  in_container access net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
  events --container "$ID"
  expect_line "no events"
  delete_container

  echo '{"version": 1, "events": "writes"}' >"$BATS_TEST_TMPDIR/policy.json"
  update_config --arg file "$BATS_TEST_TMPDIR/policy.json" '.hooks.createRuntime[0].args += ["--policy", $file]'
  start_container
  in_container access net/ipv4/ip_default_ttl=33 net/ipv4/ip_default_ttl=34
  events --container "$ID" --json
  expect_equal "$(jq -r '"\(.value) \(.verdict) \(.rule)"' <<<"$output" | xargs -d '\n' printf '%s;')" \
    '33 allow 1;34 deny null;'
}

@test "audit mode: the write is made, and its event says would-deny" {
  requires
  make_room_for_events
  echo '{"version": 1, "default": {"mode": "audit"}}' >"$BATS_TEST_TMPDIR/policy.json"
  make_bundle
  add_hook createRuntime
  update_config --arg file "$BATS_TEST_TMPDIR/policy.json" '.hooks.createRuntime[0].args += ["--policy", $file]'
  start_container
  in_container access net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
  events --container "$ID" --json
  expect_equal "$(jq -r .verdict <<<"$output")" would-deny
}

have_ip() { command -v ip >/dev/null; }

@test "a comm, an interface and a value with escapes, line breaks and bytes that are no UTF-8 disturb nothing" {
  requires python3 ip
  start_guarded
  nsenter -t "$(container_pid)" -n ip link set dev lo down name $'\e[2J\xff'
  # The shell itself is renamed, and writes.
  in_container sh -c 'printf "\033]0;x\n\377" >/proc/self/comm
    printf "\033[2J\"\\\\\n\377" >"$(printf "/proc/sys/net/ipv4/conf/\033[2J\377/rp_filter")"'
  [[ $status -ne 0 ]]
  events --container "$ID" --json
  expect_status 0
  expect_equal "$(wc -l <<<"$output")" 1 "lines"
  matches_schema <<<"$output"
  expect_equal "$(jq -r .comm <<<"$output")" '\x1b]0;x\n\xff'
  expect_equal "$(jq -r .name <<<"$output")" 'net/ipv4/conf/\x1b[2J\xff/rp_filter'
  expect_equal "$(jq -r .value <<<"$output")" '\x1b[2J"\\\n\xff'
  events --container "$ID"
  expect_output '"\x1b]0;x\n\xff"['
  ! LC_ALL=C grep -q '[^ -~]' <<<"$output" || fail_with "an unprintable byte"
}

@test "equal events in a row are one row, and --clear puts what it shows away" {
  requires
  start_guarded
  in_container sh -c 'for i in 1 2 3 4 5; do echo 33 >/proc/sys/net/ipv4/ip_default_ttl; done'
  events --container "$ID"
  expect_output "(5x)"
  # What cannot be shown is not put away.
  sg_run bash -c '"$1" events --clear >/dev/full' bash "$SG_CHECK"
  expect_status 1
  expect_output "hint: they are not put away"
  events --clear
  expect_status 0
  expect_output "${ID:0:12}"
  events --container "$ID"
  expect_line "no events"
}

has_lines() { (($(wc -l <"$1") >= $2)); }

@test "--follow: each event as it happens, to several at a time, until it is interrupted" {
  requires
  local first second signal
  start_guarded
  follow "$BATS_TEST_TMPDIR/first" --since 1h --json --container "$ID"
  first=$PID
  follow "$BATS_TEST_TMPDIR/second" --since 1h --json --container "$ID"
  second=$PID
  for signal in 1 2 3; do
    in_container access net/ipv4/ip_default_ttl=3$signal
    poll has_lines "$BATS_TEST_TMPDIR/first" "$signal"
    poll has_lines "$BATS_TEST_TMPDIR/second" "$signal"
  done
  # A plain look, and one that begins later, see them as well.
  events --json --container "$ID"
  expect_equal "$(wc -l <<<"$output")" 3 "lines"
  kill -INT "$first"
  kill -TERM "$second"
  wait "$first" || fail_with "status $? after SIGINT"
  wait "$second" || fail_with "status $? after SIGTERM"
  cmp "$BATS_TEST_TMPDIR/first" "$BATS_TEST_TMPDIR/second"
}

@test "--follow shows nothing of the past, unless --since asks for it" {
  requires
  start_guarded
  in_container access net/ipv4/ip_default_ttl=33
  follow "$BATS_TEST_TMPDIR/new" --json --container "$ID"
  follow "$BATS_TEST_TMPDIR/all" --since 1h --json --container "$ID"
  poll has_lines "$BATS_TEST_TMPDIR/all" 1
  try_again() {
    in_container access net/ipv4/ip_default_ttl=34
    has_lines "$BATS_TEST_TMPDIR/new" 1
  }
  poll try_again
  grep -q '"value": "33' "$BATS_TEST_TMPDIR/all" || fail_with "the past is missing"
  ! grep -q '"value": "33' "$BATS_TEST_TMPDIR/new" || fail_with "the past is shown"
}

have_shift_clock() { [[ -e $SHIFT_CLOCK ]]; }

# set_clock SECONDS: the programs of follow_shifted see the host's time of day and so much.
set_clock() {
  echo "$1" >"$BATS_TEST_TMPDIR/shift.new"
  mv "$BATS_TEST_TMPDIR/shift.new" "$BATS_TEST_TMPDIR/shift"
}

# follow_shifted FILE OPTION...: follow with the clock of set_clock.
follow_shifted() {
  SHIFT_CLOCK_BY=$BATS_TEST_TMPDIR/shift LD_PRELOAD=$SHIFT_CLOCK follow "$@"
}

# try_until VALUE FILE: writes VALUE; whether FILE has such an event.
try_until() {
  in_container access "net/ipv4/ip_default_ttl=$1"
  grep -q "\"value\": \"$1" "$2"
}

@test "--follow: new events are shown though the clock is set back, and none from before --since" {
  requires shift_clock
  local file pid
  start_guarded
  in_container access net/ipv4/ip_default_ttl=33
  set_clock 0
  follow_shifted "$BATS_TEST_TMPDIR/new" --json --container "$ID"
  follow_shifted "$BATS_TEST_TMPDIR/ago" --json --container "$ID" --since 1m
  follow_shifted "$BATS_TEST_TMPDIR/later" --json --container "$ID" --since 2099-01-01T00:00:00Z
  for file in new ago; do
    poll try_until 34 "$BATS_TEST_TMPDIR/$file"
  done
  set_clock -3600
  for file in new ago; do
    poll try_until 35 "$BATS_TEST_TMPDIR/$file"
  done
  ! grep -q '"value": "33' "$BATS_TEST_TMPDIR/new" || fail_with "the past is shown"
  grep -q '"value": "33' "$BATS_TEST_TMPDIR/ago" || fail_with "the past is missing"
  for pid in "${SG_PIDS[@]: -3}"; do
    kill "$pid"
    wait "$pid" || fail_with "status $? after SIGTERM"
  done
  expect_equal "$(wc -c <"$BATS_TEST_TMPDIR/later")" 0 "bytes, of a time that is yet to come"
  # The next reader sets the times of events right.
  events --json --container "$ID" --since 10m
  expect_output '"value": "35'
}

@test "--follow: a container that starts after the clock was set back has its name" {
  requires shift_clock
  local follower name=name-of-$$
  start_guarded
  set_clock 0
  follow_shifted "$BATS_TEST_TMPDIR/new" --json
  follower=$PID
  poll try_until 34 "$BATS_TEST_TMPDIR/new"
  set_clock -3600
  make_bundle b
  update_config --arg name "$name" '.annotations["io.kubernetes.cri.container-name"] = $name'
  add_hook createRuntime
  start_container
  try_until_named() {
    in_container access net/ipv4/ip_default_ttl=35
    grep -qF "\"$name\"" "$BATS_TEST_TMPDIR/new"
  }
  poll try_until_named
  kill "$follower"
  wait "$follower"
  # The next reader sets the times of events right.
  events --json --container "$ID" --since 10m
  expect_output '"value": "35'
}

@test "--follow ends where nobody reads any more" {
  requires
  start_guarded
  in_container access net/ipv4/ip_default_ttl=33
  sg_run timeout "$SG_DEADLINE" bash -c 'set -o pipefail; "$@" | head -n 1' bash \
    "$SG_CHECK" events --follow --since 1h --json --container "$ID"
  expect_status 0
  expect_output "$ID"
}

@test "no guard has run yet: one line with a hint, and --follow waits" {
  requires
  make_fresh_host
  sg_run "${FRESH[@]}" "$SG_CHECK" events
  expect_status 1
  expect_output "sysctl-guard: there are no events"
  expect_output "hint: "
  expect_equal "$(wc -l <<<"$output")" 2 "lines"
  "${FRESH[@]}" "$SG_CHECK" events --follow >/dev/null 2>"$BATS_TEST_TMPDIR/errors" 3>&- </dev/null &
  ends_with_the_test $!
  poll grep -qF "sysctl-guard: waiting: there are no events" "$BATS_TEST_TMPDIR/errors"
  kill -INT "$PID"
  wait "$PID" || fail_with "status $? after SIGINT"
}

@test "--follow that waited for the first guard shows its first event, though the clock was set back" {
  requires shift_clock
  local follower
  own_run
  mount_there
  runtime_there
  set_clock 0
  SHIFT_CLOCK_BY=$BATS_TEST_TMPDIR/shift LD_PRELOAD=$SHIFT_CLOCK nsenter -t "$SPACE" -m "$SG_CHECK" events --follow --json \
    >"$BATS_TEST_TMPDIR/new" 2>"$BATS_TEST_TMPDIR/errors" 3>&- </dev/null &
  ends_with_the_test $!
  follower=$PID
  poll grep -qF "sysctl-guard: waiting: " "$BATS_TEST_TMPDIR/errors"
  # The event is there before the follower sees the buffer.
  kill -STOP "$follower"
  set_clock -3600
  make_bundle
  add_hook createRuntime
  start_container
  in_container access net/ipv4/ip_default_ttl=33
  kill -CONT "$follower"
  poll has_lines "$BATS_TEST_TMPDIR/new" 1
}

@test "another user gets one line with a hint" {
  requires
  start_guarded
  sg_run setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set -all "$SG_CHECK" events
  expect_status 1
  expect_output "hint: root"
}

# Binds the socket of the journal and writes what comes to a file, an empty line behind each entry.
kJournal='import os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("/run/systemd/journal/socket")
print("ready", flush=True)
with open(sys.argv[1], "wb", buffering=0) as out:
    while True:
        out.write(s.recv(65536) + b"\n")'

# start_journal FILE: sets SPACE, a process in a mount namespace in which the journal is ours.
start_journal() {
  unshare -m --propagation private sh -c 'mkdir -p /run/systemd && mount -t tmpfs none /run/systemd &&
    mkdir /run/systemd/journal && exec /usr/bin/python3 -c "$1" "$2"' sh "$kJournal" "$1" \
    >"$BATS_TEST_TMPDIR/ready" 2>&1 3>&- </dev/null &
  ends_with_the_test $!
  SPACE=$PID
  poll grep -q ready "$BATS_TEST_TMPDIR/ready"
}

has_entry() { grep -qFx "SYSCTL_GUARD_VALUE=$2" "$1"; }

@test "--journal: entries with fields, each event once, though the service was stopped meanwhile" {
  requires python3
  local journal=$BATS_TEST_TMPDIR/journal
  start_guarded
  start_journal "$journal"
  in_container access net/ipv4/ip_default_ttl=33
  sg_run nsenter -t "$SPACE" -m "$SG_CHECK" events --journal
  expect_status 0
  in_container access net/ipv4/ip_default_ttl=34
  events --clear  # hides nothing from the journal
  sg_run nsenter -t "$SPACE" -m "$SG_CHECK" events --journal
  sg_run nsenter -t "$SPACE" -m "$SG_CHECK" events --journal
  # Entries arrive in order: with this one all those before it are there.
  in_container access net/ipv4/ip_default_ttl=35
  sg_run nsenter -t "$SPACE" -m "$SG_CHECK" events --journal
  poll has_entry "$journal" 35
  sg_run grep -A 16 -F "in container ${ID:0:12}" "$journal"
  expect_equal "$(grep -E "^SYSCTL_GUARD_(CONTAINER|VALUE)=" <<<"$output" | xargs)" \
    "$(for value in 33 34 35; do printf 'SYSCTL_GUARD_CONTAINER=%s SYSCTL_GUARD_VALUE=%s\n' "$ID" "$value"; done | xargs)"
  expect_output "MESSAGE=deny write net/ipv4/ip_default_ttl=33 by attempts["
  expect_output "MESSAGE=deny write net/ipv4/ip_default_ttl=34 by attempts["
  expect_line "PRIORITY=4"
  expect_line "SYSLOG_IDENTIFIER=sysctl-guard"
  expect_line "SYSCTL_GUARD_VALUE=33"
  expect_line "SYSCTL_GUARD_VERDICT=deny"
}

@test "--follow --journal goes on where nobody reads its standard output, and ends by a signal" {
  requires python3
  local reader value journal=$BATS_TEST_TMPDIR/journal
  start_guarded
  start_journal "$journal"
  mkfifo "$BATS_TEST_TMPDIR/pipe"
  nsenter -t "$SPACE" -m "$SG_CHECK" events --follow --journal >"$BATS_TEST_TMPDIR/pipe" \
    2>"$BATS_TEST_TMPDIR/errors" 3>&- </dev/null &
  ends_with_the_test $!
  exec {reader}<"$BATS_TEST_TMPDIR/pipe"
  exec {reader}<&-
  for value in 33 34; do
    in_container access "net/ipv4/ip_default_ttl=$value"
    poll has_entry "$journal" "$value"
  done
  kill "$PID"
  wait "$PID" || fail_with "status $? after SIGTERM"
}

have_systemd_analyze() { command -v systemd-analyze >/dev/null; }

@test "the unit that forwards events is valid, and its command line too" {
  requires systemd_analyze
  local unit=$SG_TOP/examples/systemd/sysctl-guard-events.service command
  command=$(sed -n 's|^ExecStart=/usr/bin/sysctl-guard ||p' "$unit")
  expect_equal "$command" "events --follow --journal"
  # shellcheck disable=SC2086  # words
  sg_run "$SG_CHECK" $command --help
  expect_status 0
  sed "s|^ExecStart=/usr/bin/|ExecStart=${SG_CHECK%/*}/|" "$unit" >"$BATS_TEST_TMPDIR/sysctl-guard-events.service"
  sg_run systemd-analyze verify --man=no "$BATS_TEST_TMPDIR/sysctl-guard-events.service"
  expect_status 0
  expect_equal "$output" ""
}
