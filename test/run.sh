#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# run.sh - installs what the tests need, builds, runs every test.
#
#   sudo test/run.sh [STAGE]...    STAGE is one of the stages below; without one, all of them
#
# Stages that use this kernel's guards run one after the other; beside them, with less of the processors,
# those that do not. One line for each stage with its counts and time, and the output of a stage that failed
# in full. At the end what failed is said once more, and `N passed, N failed`: single tests, not stages. Exit 1
# if one failed. Works from a fresh clone on Debian 12 and may be run again at any time. It leaves the packages
# it installed, the build directory, and in SG_CACHE_DIR (/var/cache/sysctl-guard-test) the kernels of the matrix
# and the root of the engine tests. While it runs, a new network namespace of this host begins with the kernel's
# defaults.
#
#   SG_BUILD_DIR       the build directory (build)
#   SG_TEST_MUST_RUN   needs that must be there (all): a missing one fails instead of skipping
#   SG_JOBS            processes that compile at a time (as many as there are processors)
set -euo pipefail
cd "$(dirname "$0")/.."

guarding=(kernel integration engines debian)
others=(unit lint fuzz install packages matrix apparmor)
stages=("${others[@]}" "${guarding[@]}")
build=$(realpath -m "${SG_BUILD_DIR:-build}")
jobs=${SG_JOBS:-$(nproc)}
run_dir=/run/sysctl-guard
export SG_BUILD_DIR=$build BUILD=$build SG_TEST_MUST_RUN=${SG_TEST_MUST_RUN-all}
# A progress line is printed when this script has said nothing for so many seconds, and a stage that
# has said nothing for so many is ended and has failed.
quiet_seconds=30
silent_seconds=1200

inherit=/proc/sys/net/core/devconf_inherit_init_net

child=
lane=
inherited=
mounted_bpffs=
made_run_dir=
work=

# --- the stages: each prints its tests, one `PASS NAME` or `FAIL NAME` line for each is counted ----

stage_lint() {
  local check status=0
  for check in layers.py mirror.py docs.py headers.sh start_code.py shell.sh format.sh tidy.sh; do
    verdict "$check" "test/lint/$check" || status=1
  done
  return "$status"
}

# verdict NAME COMMAND...
verdict() {
  local name=$1
  shift
  if "$@"; then
    echo "PASS $name"
  else
    echo "FAIL $name"
    return 1
  fi
}

stage_unit() { ctest_label unit; }
stage_fuzz() { ctest_label fuzz; }
stage_kernel() { ctest_label kernel; }

# ctest's own summary lines, translated. Where a program says how many test cases it holds, those count.
ctest_label() {
  ctest --test-dir "$build" -L "^$1\$" --verbose --no-tests=error --timeout 900 2>&1 | awk '
    function cases(word) { return match($0, "[0-9]+ " word) ? substr($0, RSTART) + 0 : 0 }
    / test cases?\)$/ && /: All tests passed/ { good[$1 + 0] = cases("test case") }
    /: test cases: / { good[$1 + 0] = cases("passed"); bad[$1 + 0] = cases("failed") }
    /^ *[0-9]+\/[0-9]+ Test +#[0-9]+: / {
      match($0, "#[0-9]+"); number = substr($0, RSTART + 1) + 0
      name = $0; sub("^.*#[0-9]+: ", "", name); sub(" .*", "", name)
      if ($0 ~ / Passed /) {
        print "PASS " name " cases " (number in good ? good[number] : 1)
      } else {
        print "FAIL " name " cases " (bad[number] > 0 ? bad[number] : 1)
        if (good[number] > 0) print "PASS " name " cases " good[number]
      }
      fflush(); next
    }
    { print; fflush() }'
}

stage_integration() {
  local status=0
  # Where it cannot be had, the test that needs it says so.
  SG_PROMTOOL=$(test/integration/get_promtool.sh) || true
  export SG_PROMTOOL
  # A test that is skipped has not passed; with all needs required it has a reason of its own.
  bats --formatter tap test/integration 2>&1 </dev/null |
    sed -uE -e 's/^ok [0-9]+ (.*) # skip ?(.*)/SKIP \1 (\2)/' -e 's/^ok [0-9]+ /PASS /' \
      -e 's/^not ok [0-9]+ /FAIL /' || status=1
  verdict "no guard is left in the kernel" no_new_guard || status=1
  return "$status"
}

stage_engines() {
  local status=0
  test/engines/run.sh || status=1
  verdict "no guard is left in the kernel" no_new_guard || status=1
  return "$status"
}

# One machine at a time, with less of the processors than what runs beside it: two took half of what that needs.
stage_matrix() { SG_BOOT_SECONDS=1100 test/kernel/matrix/run.sh -j 1; }

stage_apparmor() { test/apparmor/run.sh; }

stage_install() {
  verdict "cmake --install" env DESTDIR="$work/root" cmake --install "$build" --prefix /usr &&
    verdict "the hook is in libexec/oci/hooks.d, static" is_static_hook &&
    verdict "the wrapper is static and passes on" is_static_wrapper &&
    verdict "the command runs" "$work/root/usr/bin/sysctl-guard" version
}

stage_packages() { test/packages/run.sh; }
stage_debian() { test/packages/lives.sh; }

is_static_hook() {
  local hook=$work/root/usr/libexec/oci/hooks.d/sysctl-guard-hook
  "$hook" --version && ! ldd "$hook" 2>/dev/null
}

is_static_wrapper() {
  local wrapper=$work/root/usr/bin/sysctl-guard-runtime
  "$wrapper" --version | grep -q runc && ! ldd "$wrapper" 2>/dev/null
}

# --- what is left ----------------------------------------------------------------------------------

guards() {
  bpftool prog show 2>/dev/null | sed -n 's/^\([0-9]*\): cgroup_sysctl *name sysctl_guard.*/\1/p' |
    sort
}

# The kernel frees a program a moment after its cgroup. What is pinned stays: that is a cache, which may go at any time.
no_new_guard() {
  local end=$((SECONDS + 20))
  rm -f "$run_dir"/bpf/p-*
  while [[ -n $(comm -13 "$work/guards" <(guards)) ]]; do
    ((SECONDS < end)) || {
      echo "left, or loaded by others meanwhile: programs $(comm -13 "$work/guards" <(guards) | xargs)"
      return 1
    }
    read -r -t 0.1 <> <(:) || true
  done
}

# --- running ---------------------------------------------------------------------------------------

# with_progress LABEL LOG COMMAND...: in the background, with a line now and then.
with_progress() {
  local label=$1 log=$2 begin=$SECONDS said=$SECONDS heard=$SECONDS size=0 status=0
  shift 2
  # In a process group of its own, so that an interrupted run ends all of it.
  set -m
  "$@" >"$log" 2>&1 </dev/null &
  child=$!
  set +m
  while kill -0 "$child" 2>/dev/null; do
    read -r -t 0.2 <> <(:) || true
    if ((SECONDS - said >= quiet_seconds)); then
      said=$SECONDS
      printf '  %s: %d s, at: %.80s\n' "$label" $((SECONDS - begin)) "$(tail -n 1 "$log")"
    fi
    if (($(stat -c %s "$log") != size)); then
      size=$(stat -c %s "$log")
      heard=$SECONDS
    elif ((SECONDS - heard >= silent_seconds)); then
      printf 'FAIL %s: it said nothing for %d s. It was running:\n%s\n' "$label" "$silent_seconds" \
        "$(pgrep -a -g "$child")" >>"$log"
      kill -INT -- "-$child" 2>/dev/null || true
      sleep 20
      kill -KILL -- "-$child" 2>/dev/null || true
    fi
  done
  wait "$child" || status=$?
  child=
  return "$status"
}

# count WORD LOG: the tests that end so; a line may stand for several.
count() {
  awk -v "word=$1" '$1 == word { n += $(NF - 1) == "cases" ? $NF : 1 } END { print n + 0 }' "$2"
}

# run_stage NAME: runs it, prints its line, leaves its counts in $work/counts.NAME.
run_stage() {
  local name=$1 log=$work/log.$1 begin=$SECONDS status=0 good bad skipped
  with_progress "$name" "$log" "stage_$name" || status=$?
  good=$(count PASS "$log")
  bad=$(count FAIL "$log")
  skipped=$(count SKIP "$log")
  # A stage that ends badly, or without a test, without saying which has failed as a whole.
  if ((bad == 0 && (status != 0 || good == 0))); then
    bad=1
    echo "FAIL the stage itself, with status $status" >>"$log"
  fi
  ((bad == 0)) || cat "$log"
  ((skipped == 0)) || grep '^SKIP ' "$log"
  printf '%-12s %4d passed  %3d failed  %3d skipped  %5d s\n' "$name" "$good" "$bad" "$skipped" \
    $((SECONDS - begin))
  echo "$good $bad" >"$work/counts.$name"
}

# run_both STAGE...: those that use guards here, the others in a process of their own beside them.
run_both() {
  local name here=() beside=()
  for name; do
    if [[ " ${guarding[*]} " == *" $name "* ]]; then here+=("$name"); else beside+=("$name"); fi
  done
  (
    trap 'stop_child' EXIT
    trap 'exit 143' INT TERM
    ((${#here[@]} == 0)) || renice -n 10 "$BASHPID" >/dev/null
    for name in "${beside[@]}"; do run_stage "$name"; done
    touch "$work/lane_ended"
  ) &
  lane=$!
  for name in "${here[@]}"; do run_stage "$name"; done
  # The shell forgets a process that ended long ago once another has its number.
  [[ -e $work/lane_ended ]] || wait "$lane" || true
  [[ -e $work/lane_ended ]] || echo "the stages beside the others did not end well"
  lane=
}

# failures STAGE...: each test that failed, with the first lines behind it and the assertion. Who has only the end of the
# output finds it there.
failures() {
  local name
  for name; do
    [[ ! -e $work/log.$name ]] || awk -v "stage=$name" '
      /^(PASS|SKIP|FAIL) / { lines = 0 }
      /^FAIL / { lines = 12; print stage ": " $0; next }
      lines > 0 && /^#/ { if (--lines > 0) print }
      /^# FAILED: / { print }' "$work/log.$name"
  done
}

# sum STAGE...: the last line. A stage that left no counts has failed.
sum() {
  local name good bad passed=0 failed=0
  for name; do
    good=0 bad=1
    [[ ! -e $work/counts.$name ]] || read -r good bad <"$work/counts.$name"
    passed=$((passed + good))
    failed=$((failed + bad))
  done
  ((failed == 0)) || failures "$@"
  echo "$passed passed, $failed failed"
  ((failed == 0))
}

# step NAME COMMAND...: what every stage needs; without it there is nothing to run.
step() {
  local name=$1 begin=$SECONDS
  shift
  if ! with_progress "$name" "$work/log.step" "$@"; then
    cat "$work/log.step"
    echo "$name failed"
    echo "0 passed, 1 failed"
    exit 1
  fi
  printf '%-12s %40d s\n' "$name" $((SECONDS - begin))
}

configure_and_build() {
  # A build directory that is there keeps its generator.
  CMAKE_GENERATOR=Ninja cmake -B "$build" -DSG_WERROR=ON -DSG_BUILD_TESTS=ON -DSG_BUILD_FUZZ=ON -DSG_BUILD_BENCH=ON &&
    cmake --build "$build" -j "$jobs"
}

# A new network namespace begins with what the kernel has, also where this host was set otherwise: Docker has it forward.
begin_with_defaults() {
  inherited=$(<"$inherit")
  echo 2 >"$inherit"
}

# Tests pin programs of others there.
mount_bpffs() {
  ! findmnt -t bpf /sys/fs/bpf >/dev/null || return 0
  mount -t bpf bpf /sys/fs/bpf
  mounted_bpffs=1
}

# Our bpffs, where the first hook of a test mounted it.
remove_run_dir() {
  ! mountpoint -q "$run_dir/bpf" || umount "$run_dir/bpf"
  rm -r "$run_dir"
}

stop_child() {
  [[ -n $child ]] || return 0
  kill -INT -- "-$child" 2>/dev/null || true
  wait "$child" || true
}

clean_up() {
  local status=$?
  trap - EXIT INT TERM
  stop_child
  if [[ -n $lane && ! -e $work/lane_ended ]]; then
    kill -TERM "$lane" 2>/dev/null || true
    wait "$lane" || true
  fi
  [[ -z $inherited ]] || echo "$inherited" >"$inherit" || true
  [[ -z $mounted_bpffs ]] || umount /sys/fs/bpf || true
  [[ -z $made_run_dir || ! -d $run_dir ]] || remove_run_dir || true
  # With sudo the build belongs to the one who called it, who may go on with it.
  [[ -z ${SUDO_UID:-} || ! -d $build ]] || chown -R "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" "$build"
  rm -rf "$work"
  exit "$status"
}

check_arguments() {
  local name
  for name; do
    [[ " ${stages[*]} " == *" $name "* ]] || {
      echo "run.sh: no stage '$name'; there are: ${stages[*]}" >&2
      exit 2
    }
  done
  ((EUID == 0)) || {
    echo "run.sh: run it as root: sudo test/run.sh" >&2
    exit 2
  }
}

main() {
  check_arguments "$@"
  (($#)) || set -- "${stages[@]}"
  work=$(mktemp -d "${TMPDIR:-/tmp}/sg-test.XXXXXX")
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  step packages test/install_packages.sh build demo test
  mount_bpffs
  begin_with_defaults
  [[ -e $run_dir ]] || made_run_dir=1
  step build configure_and_build
  guards >"$work/guards"
  run_both "$@"
  sum "$@"
}

main "$@"
