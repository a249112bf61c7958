#!/usr/bin/env bats
# shellcheck disable=SC2030,SC2031
# SPDX-License-Identifier: Apache-2.0
# Containers of one policy share one loaded program. What is one container's own stays its own: its
# ID, its counters, its events, its policy. Pins are a cache, whatever happens to them.

load helpers
load own_run

KILL_AT=$SG_BUILD_DIR/bin/kill_at
have_kill_at() { [[ -x $KILL_AT ]]; }

# Our bpffs is the test's own, so that no other container's program is there.
own_host() {
  own_run
  runtime_there
  POLICY=$BATS_TEST_TMPDIR/policy.json
  echo '{"version": 1}' >"$POLICY"
}

# bundle_of NAME ALLOW: with the node policy of this test. Sets ID.
bundle_of() {
  make_bundle "$1"
  annotate allow "$2"
  update_config --arg path "$HOOK" --arg policy "$POLICY" \
    '.hooks.createRuntime += [{path: $path, args: ["sysctl-guard-hook", "--policy", $policy]}]'
}

# start NAME ALLOW: sets ID.
start() {
  bundle_of "$@"
  start_container
}

cli() { there "$SG_CHECK" "$@"; }

# listed ID JQ: of the container's element in `list --json`.
listed() { cli list --json | jq -c --arg id "$1" ".guards[] | select(.id == \$id) | $2"; }

program_of() { listed "$1" .program; }
counts_of() { listed "$1" '[.denied, .allowed]'; }

share() { expect_equal "$(program_of "$1")" "$(program_of "$2")" "${3:-programs of $1 and $2}"; }

differ() {
  [[ -n $(program_of "$1") && $(program_of "$1") != "$(program_of "$2")" ]] ||
    fail_with "one program, $(program_of "$1"): ${3:-$1 and $2}"
}

# may_write ID VALUE OTHER: of net.ipv4.ip_default_ttl the one and not the other.
may_write() {
  in_container -i "$1" access "net/ipv4/ip_default_ttl=$2" "net/ipv4/ip_default_ttl=$3"
  expect_line "net/ipv4/ip_default_ttl=$2: ok, now $2" || return
  expect_line "net/ipv4/ip_default_ttl=$3: EPERM, now $2"
}

# Values that the policies of the tests have.
kA=net.ipv4.ip_default_ttl=33
kB=net.ipv4.ip_default_ttl=44

@test "two containers of one policy: one program; each has its own ID, counters and events" {
  requires
  local a b
  own_host
  start a "$kA"
  a=$ID
  start b "$kA"
  b=$ID
  share "$a" "$b"
  expect_equal "$(pins_there)" 1 "pins"
  # The kernel's own word for it.
  expect_equal "$(guards_of "$a"), $(guards_of "$b")" "$(program_of "$a"), $(program_of "$a")" "guards"
  expect_equal "$(listed "$a" .cgroup), $(listed "$b" .cgroup)" "\"/$a\", \"/$b\""

  may_write "$a" 33 44
  expect_equal "$(counts_of "$a")" '[1,1]' "counters of who wrote"
  expect_equal "$(counts_of "$b")" '[0,0]' "counters of the other one"
  sg_run cli events --container "$b"
  expect_line "no events"
  in_container -i "$b" access net/ipv4/ip_default_ttl=55
  expect_line "net/ipv4/ip_default_ttl=55: EPERM, now 64"
  expect_equal "$(counts_of "$a"), $(counts_of "$b")" '[1,1], [1,0]' "counters of both"
  sg_run cli events --json
  expect_equal "$(jq -c '[.container, .value, .cgroup]' <<<"$output")" \
    "[\"$a\",\"44\",$(listed "$a" .cgroupId)]"$'\n'"[\"$b\",\"55\",$(listed "$b" .cgroupId)]" "events"
  sg_run cli show --json "$b"
  expect_equal "$(jq -c '[.id, .noRule.denied, .sharedBy]' <<<"$output")" "[\"$b\",1,2]" "show"
  sg_run cli metrics
  expect_output "container=\"$a\",name=\"\",family=\"unmatched\",verdict=\"deny\"} 1"
  expect_output "container=\"$b\",name=\"\",family=\"unmatched\",verdict=\"deny\"} 1"

  # One that ends takes nothing from the other one.
  delete_container "$a"
  nothing_left_of "$a"
  expect_equal "$(counts_of "$b")" '[1,0]' "counters when the other one is gone"
  may_write "$b" 33 44
  # And who comes after it begins anew.
  start c "$kA"
  share "$ID" "$b"
  expect_equal "$(counts_of "$ID")" '[0,0]' "counters of a new container"
}

@test "a node policy that wants no events: programs are shared from the first container on" {
  requires
  local a
  own_host
  echo '{"version": 1, "events": "off"}' >"$POLICY"
  start a "$kA"
  a=$ID
  expect_equal "$(pins_there)" 1 "pins"
  start b "$kA"
  share "$a" "$ID"
  may_write "$a" 33 44
}

@test "whatever makes another policy makes another program; the same again is shared" {
  requires
  local first change program
  own_host
  start first "$kA"
  first=$ID
  program=$(program_of "$first")
  cp "$POLICY" "$BATS_TEST_TMPDIR/other.json"
  while read -r change; do
    bundle_of "n${#SG_IDS[@]}" "$kA"
    update_config --arg other "$BATS_TEST_TMPDIR/other.json" "$change"
    start_container
    differ "$ID" "$first" "$change"
    may_write "$ID" 33 44
    start "n${#SG_IDS[@]}" "$kA"
    expect_equal "$(program_of "$ID")" "$program" "the program of one without $change"
  done <<'CHANGES'
.annotations["io.sysctl-guard.allow"] += ", net.core.somaxconn"
.annotations["io.sysctl-guard.deny"] = "net.core.*"
.annotations["io.kubernetes.container.name"] = "web"
.linux.sysctl = {"net.ipv4.ip_forward": "0"}
.linux.namespaces -= [{"type": "ipc"}]
.hooks.createRuntime[0].args[2] = $other
.linux.readonlyPaths += ["/proc/nothing"]
CHANGES
}

@test "another node policy in the same file: who starts then has another program, and is judged by it" {
  requires
  local first
  own_host
  start a "$kA"
  first=$ID
  echo '{"version": 1, "default": {"deny": ["net.ipv4.ip_default_ttl"]}}' >"$POLICY"
  start b "$kA"
  differ "$ID" "$first"
  in_container access net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
  may_write "$first" 33 44
  # With the old words it is the old policy.
  echo '{"version": 1}' >"$POLICY"
  start c "$kA"
  share "$ID" "$first"
  may_write "$ID" 33 44
  # A mistake refuses, whoever was guarded by it before.
  echo '{"version": 2}' >"$POLICY"
  bundle_of d "$kA"
  run_container true
  [[ $status -ne 0 ]]
  expect_output "exit status 78"
  echo '{"version": 1}' >"$POLICY"
  run_container access net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
}

# both: two containers that share. Sets A and B, their IDs.
both() {
  start a "$kA"
  A=$ID
  start b "$kA"
  B=$ID
  share "$A" "$B"
}

@test "update of one of two: that one alone is changed, with its ID, and counts from zero" {
  requires
  local before
  own_host
  both
  may_write "$A" 33 44
  may_write "$B" 33 44
  before=$(program_of "$B")
  sg_run cli update "$A" --allow "$kB"
  expect_status 0
  differ "$A" "$B"
  expect_equal "$(program_of "$B")" "$before" "the other one's program"
  expect_equal "$(counts_of "$A"), $(counts_of "$B")" '[0,0], [1,1]' "counters"
  expect_equal "$(guards_of "$A" | wc -w), $(guards_of "$B" | wc -w)" "1, 1" "guards"
  may_write "$A" 44 33
  may_write "$B" 33 44
  expect_equal "$(counts_of "$A"), $(counts_of "$B")" '[1,1], [2,2]' "counters"
  sg_run cli events --json --container "$A"
  expect_equal "$(jq -r '"\(.container) \(.value)"' <<<"$output")" "$A 44"$'\n'"$A 33" "events"

  # To and fro, with the same two programs: nothing of what they counted then is left.
  sg_run cli update "$A" --allow "$kA"
  expect_status 0
  before=$(program_of "$A")
  may_write "$A" 33 44
  sg_run cli update "$A" --allow "$kB"
  expect_status 0
  [[ $(program_of "$A") != "$before" ]] || fail_with "one program for two policies"
  expect_equal "$(counts_of "$A")" '[0,0]' "counters of B"
  sg_run cli update "$A" --allow "$kA"
  expect_status 0
  expect_equal "$(program_of "$A")" "$before" "the program of A again"
  expect_equal "$(counts_of "$A"), $(counts_of "$B")" '[0,0], [2,2]' "counters of A again"
  may_write "$A" 33 44
  expect_equal "$(counts_of "$A"), $(counts_of "$B")" '[1,1], [2,2]' "counters"

  # Updated to what it is: the same program, and counters from zero. Who is updated to the same shares.
  sg_run cli update "$A" --allow "$kA"
  expect_status 0
  expect_equal "$(program_of "$A")" "$before" "the program of A once more"
  expect_equal "$(counts_of "$A"), $(counts_of "$B")" '[0,0], [2,2]' "counters"
  sg_run cli update "$B" --allow "$kA"
  expect_status 0
  share "$A" "$B"
  expect_equal "$(counts_of "$A"), $(counts_of "$B")" '[0,0], [0,0]' "counters"
  may_write "$B" 33 44
  expect_equal "$(counts_of "$A"), $(counts_of "$B")" '[0,0], [1,1]' "counters"
}

@test "detach of one of two: the other one is guarded as before" {
  requires
  own_host
  both
  may_write "$B" 33 44
  sg_run cli detach "$A"
  expect_status 0
  expect_equal "$(listed "$A" .id)" "" "the one that is detached"
  in_container -i "$A" access net/ipv4/ip_default_ttl=44
  expect_line "net/ipv4/ip_default_ttl=44: ok, now 44"
  expect_equal "$(counts_of "$B")" '[1,1]' "counters"
  may_write "$B" 33 44
  expect_equal "$(counts_of "$B")" '[2,2]' "counters"
}

# third: one of another policy. Sets C.
third() {
  start c "$kB"
  C=$ID
  differ "$C" "$A"
}

# All of them by their own policies, and listed.
each_is_guarded() {
  may_write "$A" 33 44 || return
  may_write "$B" 33 44 || return
  may_write "$C" 44 33 || return
  expect_equal "$(cli list --json | jq -c --arg a "$A" --arg b "$B" --arg c "$C" \
    '[.guards[].id | select(IN($a, $b, $c))] | sort')" "[\"$A\",\"$B\",\"$C\"]" "listed"
}

@test "pins that are removed, and the bpffs unmounted, under running containers: each keeps its policy" {
  requires
  local remove before old
  own_host
  both
  third
  each_is_guarded
  before=$(program_of "$B")
  old=$before
  for remove in "rm $BPF_DIR/p-*" "umount $BPF_DIR" "umount $BPF_DIR; rm -r $RUN_DIR"; do
    there sh -c "$remove"
    each_is_guarded
    expect_equal "$(program_of "$B")" "$before" "the program after $remove"
    # The next start works: it loads its own, and the one after that shares.
    start "d${#SG_IDS[@]}" "$kA"
    [[ $(program_of "$ID") != "$old" ]] || fail_with "it shares what is not pinned, after $remove"
    may_write "$ID" 33 44
    old=$(program_of "$ID")
    start "e${#SG_IDS[@]}" "$kA"
    expect_equal "$(program_of "$ID")" "$old" "the program of the one after, after $remove"
    may_write "$ID" 33 44
    expect_equal "$(mounts_there), $(pins_there)" "1, 1" "mounts and pins after $remove"
    # Who was there before can be changed, and has its own policy then.
    sg_run cli update "$A" --allow "$kB"
    expect_status 0
    may_write "$A" 44 33
    sg_run cli update "$A" --allow "$kA"
    expect_status 0
    each_is_guarded
  done
}

# pin_of ID: the pin of its program.
pin_of() {
  local pin id
  id=$(program_of "$1")
  for pin in $(there find "$BPF_DIR" -name 'p-*'); do
    [[ $(there bpftool -j prog show pinned "$pin" | jq .id) != "$id" ]] || echo "$pin"
  done
}

# own_policy WHY: the next container of the first policy is judged by that, and not by what was put in its pin's place.
own_policy() {
  start "n${#SG_IDS[@]}" "$kA"
  may_write "$ID" 33 44 || return
  in_container access net/core/somaxconn=77
  expect_line "net/core/somaxconn=77: EPERM, now 4096" || return
  [[ $(program_of "$ID") != "$THEIRS" ]] || fail_with "it has their program: $1"
}

@test "a pin replaced by another policy's program, a foreign one or something else is not taken" {
  requires clang
  local pin other replace
  own_host
  both
  third
  pin=$(pin_of "$A")
  other=$(program_of "$C")
  delete_container "$A"
  delete_container "$B"
  # The control: as it is, it is taken.
  start n "$kA"
  expect_equal "$(pin_of "$ID")" "$pin" "the pin"

  THEIRS=$other
  there rm "$pin"
  there bpftool prog pin id "$other" "$pin"
  own_policy "another policy's program"
  # The right one is pinned in its place, and shared.
  other=$(program_of "$ID")
  own_policy "after that"
  expect_equal "$(program_of "$ID")" "$other" "the program after that"
  expect_equal "$(pin_of "$ID")" "$pin" "the pin after that"

  cat >theirs.c <<'C'
__attribute__((section("cgroup/sysctl"), used)) int sysctl_guard(void *ctx) { return ctx || 1; }
char _license[] __attribute__((section("license"))) = "Dual BSD/GPL";
C
  clang -O2 -target bpf -c theirs.c -o theirs.o
  there rm "$pin"
  there bpftool prog load "$PWD/theirs.o" "$pin"
  THEIRS=$(there bpftool -j prog show pinned "$pin" | jq .id)
  own_policy "a program that lets everything through"

  other=$(bpftool -j map show | jq '[.[] | select(.name == "sg_table").id][0]')
  for replace in "mkdir $pin" "bpftool map pin id $other $pin" "ln -s $BPF_DIR/events-1 $pin"; do
    there rm -rf "$pin"
    # shellcheck disable=SC2086  # words
    there $replace
    own_policy "$replace"
  done
  # Whoever had the other policy has it still.
  may_write "$C" 44 33
}

@test "seventy policies: never more than 64 pins, and the newest are there" {
  requires
  local i first
  own_host
  make_bundle
  make_process "/$ID"
  for ((i = 1; i <= 70; i++)); do
    make_state "$ID" "$PID" "$BUNDLE" \
      ".annotations[\"io.sysctl-guard.allow\"] = \"net.ipv4.ip_default_ttl=33, net.core.x$i\"" >"state-$i"
    there sh -c '"$0" --policy "$1" <"$2"' "$HOOK" "$POLICY" "state-$i"
    expect_equal "$(pins_there)" $((i < 64 ? i : 64)) "pins after $i"
    access_in "$PID" net/ipv4/ip_default_ttl=33 net/ipv4/ip_default_ttl=$((i + 64))
    expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
    expect_line "net/ipv4/ip_default_ttl=$((i + 64)): EPERM, now 33"
    [[ $i != 1 ]] || first=$(program_of "$ID")
  done
  # The newest one is shared, the oldest one loaded again.
  i=$(program_of "$ID")
  again 70
  expect_equal "$(program_of "$ID")" "$i" "the program of the newest policy"
  again 1
  [[ $(program_of "$ID") != "$first" ]] || fail_with "the oldest is still there"
  expect_equal "$(pins_there)" 64 "pins"
}

again() { there sh -c '"$0" --policy "$1" <"$2"' "$HOOK" "$POLICY" "state-$1"; }

# killed_hook STEP: by hand, for the process of a new cgroup; sets ID, PID and status.
killed_hook() {
  make_bundle "k${#SG_IDS[@]}"
  make_process "/$ID"
  make_state "$ID" "$PID" "$BUNDLE" '.annotations["io.sysctl-guard.allow"] = "net.ipv4.ip_default_ttl=33"' >state
  status=0
  there sh -c '"$@" <state' sh "$KILL_AT" "$BATS_TEST_TMPDIR/steps" "$1" "$HOOK" --policy "$POLICY" || status=$?
}

# on_cgroup JQ: of each guard on the container's cgroup.
on_cgroup() { cli list --json | jq -c --arg cgroup "/$ID" "[.guards[] | select(.cgroup == \$cgroup) | $1]"; }

refuses() {
  access_in "$PID" net/ipv4/ip_default_ttl=44 net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=44: EPERM, now 64" || return
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
}

# taken_over NOW: by the next run of the hook for the same container, where the sysctl has the value NOW.
taken_over() {
  there sh -c '"$0" --policy "$1" <state' "$HOOK" "$POLICY" || return
  expect_equal "$(on_cgroup '.id')" "[\"$ID\"]" "the guards when it was taken over" || return
  expect_equal "$(guards_of "$ID" | wc -w)" 1 "guards" || return
  expect_equal "$(on_cgroup '[.denied, .allowed]')" "[[0,0]]" "counters when it was taken over" || return
  access_in "$PID" net/ipv4/ip_default_ttl=45 net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=45: EPERM, now $1" || return
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33" || return
  expect_equal "$(on_cgroup '[.id, .denied, .allowed]')" "[[\"$ID\",1,1]]" "counters"
}

# killed_at STEP: with the program pinned, where PINNED says so.
killed_at() {
  ((PINNED)) || there sh -c "rm -f $BPF_DIR/p-*"
  killed_hook "$1"
}

# end_process: the one that was guarded. One after the other, so that list is short.
end_process() {
  kill -KILL "$PID"
  poll gone "$PID"
  poll rmdir "$(cgroup2_dir)/$ID"
}

# find_attaching: sets ATTACHED to the first step at which a kill leaves a guard.
find_attaching() {
  local first=0 last step
  killed_at 0
  expect_equal "$status" 0 "where nothing is killed" || return
  read -r _ last <"$BATS_TEST_TMPDIR/steps"
  while ((last - first > 1)); do
    step=$(((first + last) / 2))
    end_process
    killed_at "$step"
    if [[ $(on_cgroup .id) == '[]' ]]; then first=$step; else last=$step; fi
  done
  end_process
  ATTACHED=$last
}

# kill_from STEP LAST: at each of them, as long as the hook lasts. Sets NAMELESS: after how many a guard was there without
# an ID.
kill_from() {
  local step state
  NAMELESS=0
  for ((step = $1; step <= $2; step++)); do
    killed_at "$step"
    if ((status != 137)); then break; fi  # it was done before
    state=$(on_cgroup .id)
    case $state in
      '[]')
        taken_over 64 || return
        ;;
      '[null]')
        NAMELESS=$((NAMELESS + 1))
        refuses || return
        sg_run cli list
        grep -qE '^\? +- +enforce ' <<<"$output" || fail_with "no row of a guard without an ID" || return
        sg_run cli events --json
        expect_equal "$(tail -n 1 <<<"$output" | jq -c '[.container, .value]')" '["","44"]' "its event" || return
        taken_over 33 || return
        ;;
      "[\"$ID\"]")
        refuses || return
        taken_over 33 || return
        ;;
      *) fail_with "at step $step: $state" || return ;;
    esac
    end_process
  done
}

@test "a hook killed between attaching and writing the ID: its guard refuses, and the next run takes it over" {
  requires kill_at
  own_host
  for PINNED in 0 1; do
    find_attaching
    kill_from $((ATTACHED - 1)) $((ATTACHED + 4))
    ((NAMELESS > 0)) || fail_with "no kill came in between, from step $ATTACHED on"
  done
}
