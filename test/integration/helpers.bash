# shellcheck shell=bash disable=SC2016
# SPDX-License-Identifier: Apache-2.0
# helpers.bash - containers for the integration tests, made from nothing: no image, no network.
#
# A test makes a bundle (make_bundle), changes its config.json with jq in its own body
# (update_config), runs it, and looks. What it made is gone afterwards: teardown deletes containers
# and fails if a guard or a cgroup of this test is left in the kernel.
#
#   RUNTIME        the runtime under test (runc)
#   CGROUPS        host: as the machine has them; v2: cgroup2 alone, in a private mount namespace
#   SG_BUILD_DIR   the build with bin/sysctl-guard-hook and bin/attempts (build)
#   SG_TEST_MUST_RUN   needs that must be there: a missing one fails instead of skipping

# SC2016: what stands in single quotes are programs of jq and of inner shells, which expand.
RUNTIME=${RUNTIME:-runc}
CGROUPS=${CGROUPS:-host}
SG_HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SG_TOP=$(cd "$SG_HERE/../.." && pwd)
SG_BUILD_DIR=$(cd "$SG_TOP" && realpath -m "${SG_BUILD_DIR:-build}")
HOOK=$SG_BUILD_DIR/bin/sysctl-guard-hook
SG_CHECK=$SG_BUILD_DIR/bin/sysctl-guard
ATTEMPTS=$SG_BUILD_DIR/bin/attempts
# Where the programs of policies and the buffer of events are pinned: a bpffs of our own.
RUN_DIR=/run/sysctl-guard
BPF_DIR=$RUN_DIR/bpf
# Longest wait for anything, in seconds: a loaded machine that emulates nothing needs far less.
SG_DEADLINE=60

have_root() { ((EUID == 0)); }
have_runtime() { command -v "$RUNTIME" >/dev/null; }
have_podman() { command -v podman >/dev/null; }
have_jq() { command -v jq >/dev/null; }
have_bpftool() { command -v bpftool >/dev/null && bpftool prog show >/dev/null 2>&1; }
have_cgroup2() { findmnt -t cgroup2 >/dev/null; }
have_busybox() { [[ -x $(command -v busybox) ]]; }
have_clang() { command -v clang >/dev/null; }
# For programs of others, which tests pin. Guards have a bpffs of their own.
have_bpffs() { findmnt -t bpf /sys/fs/bpf >/dev/null; }
have_promtool() { [[ -x ${SG_PROMTOOL:=$(command -v promtool)} ]]; }
have_python3() { command -v python3 >/dev/null; }
have_build() { [[ -x $HOOK && -x $SG_CHECK && -x $ATTEMPTS && -x $SG_BUILD_DIR/bin/guards_of ]]; }

# What every test needs, and what the test names besides, found out before anything is done.
requires() {
  local need
  for need in root runtime jq bpftool cgroup2 busybox build "$@"; do
    "have_$need" && continue
    if [[ " ${SG_TEST_MUST_RUN:-} " == *" $need "* || " ${SG_TEST_MUST_RUN:-} " == *" all "* ]]; then
      echo "required here: $need" >&2
      return 1
    fi
    skip "needs $need"
  done
}

# bats' `run`, with the command, its status and its output in the log of a failed test.
sg_run() {
  run "$@"
  # shellcheck disable=SC2154  # set by bats' run
  {
    echo "\$ $* (status=$status)"
    echo "$output"
  } >&2
}

# Assertions that say what they saw.
expect_status() {
  [[ $status -eq $1 ]] || fail_with "status is $status, not $1"
}

expect_output() {
  [[ $output == *"$1"* ]] || fail_with "output lacks: $1"
}

expect_line() {
  [[ $'\n'$output$'\n' == *$'\n'"$1"$'\n'* ]] || fail_with "no line is: $1"
}

expect_equal() {
  [[ $1 == "$2" ]] || fail_with "'$1' is not '$2'${3:+ ($3)}"
}

fail_with() {
  echo "FAILED: $1" >&2
  return 1
}

# poll COMMAND...: waits until it succeeds.
poll() {
  local end=$((SECONDS + SG_DEADLINE))
  until "$@"; do
    ((SECONDS < end)) || fail_with "not within $SG_DEADLINE s: $*" || return 1
    read -r -t 0.05 <> <(:) || true
  done
}

# --- bundles -------------------------------------------------------------------------------------

# make_rootfs DIR: busybox, the static `attempts` and `try_all`, `access`. Nothing is ever written in there.
make_rootfs() {
  local dir=$1 applet
  mkdir -p "$dir"/{bin,dev,etc,proc,sys,tmp}
  cp "$(command -v busybox)" "$dir/bin/busybox"
  for applet in sh cat echo grep sleep true false kill ls mkdir mount id; do
    ln -sf busybox "$dir/bin/$applet"
  done
  cp "$ATTEMPTS" "$dir/bin/attempts"
  cp "$SG_BUILD_DIR/bin/try_all" "$dir/bin/try_all"
  cp "$SG_HERE/access.sh" "$dir/bin/access"
  chmod 755 "$dir/bin/access"
}

# make_bundle [NAME]: sets ID, BUNDLE and the current directory. The container has CAP_NET_ADMIN and
# a writable /proc/sys, so what refuses a write is the guard.
make_bundle() {
  ID=sg-$$-${BATS_TEST_NUMBER:-0}-${1:-a}
  BUNDLE=$BATS_TEST_TMPDIR/$ID
  SG_IDS+=("$ID")
  mkdir -p "$BUNDLE"
  cd "$BUNDLE" || return 1
  [[ -d $BATS_FILE_TMPDIR/rootfs ]] || make_rootfs "$BATS_FILE_TMPDIR/rootfs"
  [[ -e $BATS_FILE_TMPDIR/config.json ]] || make_config
  jq --arg group "/$ID" '.linux.cgroupsPath = $group' <"$BATS_FILE_TMPDIR/config.json" >config.json
}

# make_config: what the bundles of a file have in common. No rlimits: setting one needs CAP_SYS_RESOURCE.
make_config() {
  runc spec
  jq --arg root "$BATS_FILE_TMPDIR/rootfs" '
    .root = {path: $root, readonly: true}
    | .process.terminal = false
    | .process.rlimits = []
    | .process.env = ["PATH=/bin"]
    | (.process.capabilities | .bounding, .effective, .permitted) = ["CAP_NET_ADMIN"]
    | .process.capabilities.ambient = []
    | .linux.readonlyPaths -= ["/proc/sys"]' <config.json >"$BATS_FILE_TMPDIR/config.json"
}

# update_config JQ-ARGUMENTS...: edits config.json in the current directory.
update_config() {
  jq "$@" <config.json >config.json.new && mv config.json.new config.json
}

# add_hook STAGE [PROGRAM]
add_hook() {
  update_config --arg stage "$1" --arg path "${2:-$HOOK}" \
    '.hooks[$stage] += [{path: $path, args: ["sysctl-guard-hook"]}]'
}

# annotate KEY VALUE: KEY without the prefix.
annotate() {
  update_config --arg key "io.sysctl-guard.$1" --arg value "$2" '.annotations[$key] = $value'
}

# set_args COMMAND...: what the container runs.
set_args() {
  update_config '.process.args = $ARGS.positional' --args -- "$@"
}

# --- containers ----------------------------------------------------------------------------------

# in_cgroups COMMAND...: runs it on the cgroups that CGROUPS names.
in_cgroups() {
  if [[ $CGROUPS == host || $(stat -f -c %T /sys/fs/cgroup) == cgroup2fs ]]; then
    "$@"
    return
  fi
  unshare -m --propagation private sh -c \
    'mount -t cgroup2 cgroup2 /sys/fs/cgroup && exec "$@"' sh "$@"
}

runtime() {
  in_cgroups "$RUNTIME" --root "$BATS_TEST_TMPDIR/state" "$@"
}

# run_container [COMMAND...]: in the foreground, to its end.
run_container() {
  (($#)) && set_args "$@"
  sg_run runtime run --bundle "$BUNDLE" "$ID"
}

# start_container: in the background. It lives until it is deleted.
start_container() {
  set_args sleep 100000
  sg_run start_detached
  expect_status 0
}

start_detached() {
  runtime run --detach --bundle "$BUNDLE" "$ID" </dev/null >"$BUNDLE/log" 2>&1 3>&- && return
  local status=$?
  cat "$BUNDLE/log"
  return "$status"
}

# in_container [-i ID] COMMAND...
in_container() {
  local id=$ID
  if [[ $1 == -i ]]; then
    id=$2
    shift 2
  fi
  sg_run runtime exec "$id" "$@"
}

delete_container() {
  runtime delete --force "${1:-$ID}"
}

container_pid() {
  runtime state "${1:-$ID}" | jq .pid
}

# make_fresh_host: sets FRESH, words in front of a command: it sees an empty /run and cgroups without guards, as on a
# host that has just started.
make_fresh_host() {
  local dir
  dir=$(cgroup2_dir)/sg-fresh-$$-$BATS_TEST_NUMBER
  mkdir "$dir"
  remove_afterwards "$dir"
  # shellcheck disable=SC2034
  FRESH=(unshare -m --propagation private sh -c 'echo $$ >"$0/cgroup.procs" && exec unshare -C sh -c "
    mount -t tmpfs -o mode=755 tmpfs /run && mount -t cgroup2 cgroup2 /sys/fs/cgroup && exec \"\$@\"" sh "$@"' "$dir")
}

# --- what is in the kernel -----------------------------------------------------------------------

# Where the host has its cgroup2 mount.
cgroup2_dir() {
  local dir kind last
  while read -r _ dir kind _; do
    [[ $kind != cgroup2 ]] || last=$dir
  done </proc/self/mounts
  echo "$last"
}

# find_in_cgroups EXPRESSION...: among the cgroups of any version that the host has mounted.
find_in_cgroups() {
  local dir kind dirs=()
  while read -r _ dir kind _; do
    [[ $kind != cgroup && $kind != cgroup2 ]] || dirs+=("$dir")
  done </proc/self/mounts
  find "${dirs[@]}" "$@" 2>/dev/null
}

# guards_of ID: the program numbers of guards that say they are this container's.
guards_of() { "$SG_BUILD_DIR/bin/guards_of" "$1"; }

# One line for each guard that is attached: CGROUP-DIRECTORY PROGRAM.
attached_guards() {
  bpftool -j cgroup tree "$(cgroup2_dir)" 2>/dev/null | jq -r '.[] | .cgroup as $cgroup | .programs[] |
    select((.name // "") | startswith("sysctl_guard")) | "\($cgroup) \(.id)"'
}

# What keeps programs in the kernel when their containers are gone.
remove_pins() { rm -f "$BPF_DIR"/p-*; }

# guard_is_on CGROUP: exactly one guard of $ID, attached there and nowhere above.
guard_is_on() {
  local guard dir
  guard=$(guards_of "$ID")
  expect_equal "$(wc -w <<<"$guard")" 1 "guards"
  dir=$(cgroup2_dir)$1
  # bpftool prints nothing where there is nothing, and jq makes no failure of that without -s.
  bpftool -j cgroup show "$dir" | jq -es --argjson id "$guard" 'any(.[][]; .id == $id)' >/dev/null ||
    fail_with "guard $guard is not on $1"
}

no_guard_of() { [[ -z $(guards_of "$1") ]]; }

# Nothing named like the container among the cgroups, of any version.
no_cgroup_of() { [[ -z $(find_in_cgroups -maxdepth 2 -type d -name "$1*" -print -quit) ]]; }

# Removes what a runtime leaves: the parents it made, and everything where a test has failed.
remove_cgroups_of() {
  find_in_cgroups -maxdepth 4 -depth -type d -path "*/$1*" -exec rmdir {} + || true
}

nothing_left_of() {
  poll no_cgroup_of "$1" && poll no_guard_of "$1"
}

# Room in the buffer of events, which has what other containers of this host were refused too. Where no hook has run yet
# our bpffs is mounted as one would: the hooks of a test may run in a mount namespace that ends with them.
make_room_for_events() {
  if ! mountpoint -q "$BPF_DIR"; then
    install -d -m 700 "$RUN_DIR" "$BPF_DIR"
    mount -t bpf -o nosuid,nodev,noexec,mode=700 sysctl-guard "$BPF_DIR"
  fi
  [[ ! -e $BPF_DIR/events-1 ]] || "$SG_CHECK" events --clear >/dev/null 2>&1
}

# --- before and after each test ------------------------------------------------------------------

setup() {
  SG_IDS=()
  SG_CGROUPS=()
  SG_PIDS=()
}

# A file with a teardown of its own calls this.
teardown() { sg_teardown; }

sg_teardown() {
  local id pid dir left=0
  cd "$SG_TOP" || return 1
  for id in "${SG_IDS[@]}"; do
    [[ ! -e $BATS_TEST_TMPDIR/state/$id ]] || runtime delete --force "$id" >/dev/null 2>&1 || true
  done
  for pid in "${SG_PIDS[@]}"; do
    kill -KILL "$pid" 2>/dev/null || true
    poll gone "$pid" || left=1
  done
  for dir in "${SG_CGROUPS[@]}"; do
    [[ ! -d $dir ]] || poll rmdir "$dir" || left=1
  done
  for id in "${SG_IDS[@]}"; do
    [[ -n ${BATS_TEST_COMPLETED:-} ]] || remove_cgroups_of "$id"
    nothing_left_of "$id" || left=1
  done
  return "$left"
}

gone() { ! kill -0 "$1" 2>/dev/null || [[ $(cut -d' ' -f3 "/proc/$1/stat" 2>/dev/null) == Z ]]; }

# --- the hook by hand, where a runtime cannot make the situation ------------------------------------

# make_process CGROUP: a process in CGROUP of cgroup2, in net, ipc and uts namespaces of its own. Sets
# PID. CGROUP begins with /.
make_process() {
  local dir
  dir=$(cgroup2_dir)$1
  if [[ $1 != / && ! -d $dir ]]; then
    mkdir -p "$dir"
    remove_afterwards "$dir"
  fi
  sh -c 'echo $$ >"$1/cgroup.procs" && exec unshare -n -i -u sleep 100000' sh "$dir" \
    </dev/null >/dev/null 2>&1 3>&- &
  PID=$!
  SG_PIDS+=("$PID")
  poll is_sleeping "$PID"
}

# Takes directories of cgroups: teardown removes them, the last one that was named first.
remove_afterwards() {
  local dir
  for dir in "$@"; do SG_CGROUPS=("$dir" "${SG_CGROUPS[@]}"); done
}

is_sleeping() { [[ $(<"/proc/$1/comm") == sleep ]] 2>/dev/null; }

# make_state ID PID BUNDLE [JQ]: a state on standard output.
make_state() {
  jq -n --arg id "$1" --argjson pid "$2" --arg bundle "$3" '
    {ociVersion: "1.0.2", id: $id, status: "creating", pid: $pid, bundle: $bundle,
     annotations: {}}' | jq -c "${4:-.}"
}

# run_hook STATE-FILE [HOOK-ARGUMENTS...]
run_hook() {
  local state=$1
  shift
  sg_run in_cgroups sh -c 'f=$1; shift; exec "$@" <"$f"' sh "$state" "$HOOK" "$@"
}

# access_in PID NAME[=VALUE]: one access by a task that has joined the process' cgroup and namespaces.
access_in() {
  local pid=$1 group
  shift
  group=$(cgroup2_dir)$(sed -n 's/^0:://p' "/proc/$pid/cgroup")
  sg_run env PATH="$BATS_FILE_TMPDIR/rootfs/bin:$PATH" sh -c '
    echo $$ >"$1/cgroup.procs"; pid=$2; shift 2
    exec nsenter -t "$pid" -n -i -u access "$@"' sh "$group" "$pid" "$@"
}
