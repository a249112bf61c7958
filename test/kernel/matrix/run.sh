#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs the guest tests on the kernels of kernels.list.
#
#   run.sh [-v] [-m ARCH] [-j N] [-k NAME]... [-t PATTERN] [-a CMDLINE] [FILE[:DEST]]...
#
#   -m  machines of amd64, or of arm64, for which docs/testing.md says what is needed (amd64, or SG_ARCH)
#   -k  this kernel only; may be given again
#   -t  only the guest tests whose name matches this shell pattern
#   -a  added to every kernel's command line
#   -j  machines that run at the same time (2)
#   -v  show what passing tests printed, too
#
# FILEs are put into the guest as make_initramfs.sh says. What the tests need is added if it is not
# among them: the project's programs from ${SG_BUILD_DIR:-build}/bin (build-arm64 for arm64) and runc.
# SG_CMDLINE_NAME (dots as _) replaces the command line that kernels.list has for the kernel NAME.
# Prints one line for each kernel and test, then `N passed, N failed`. Exit 1 if one failed.
set -euo pipefail
# shellcheck source=test/kernel/matrix/common.sh
. "$(dirname "$0")/common.sh"

passed=0
failed=0
wanted=0
verbose=
pattern='*'
append=
kernels=()
jobs=2

# report PASS|FAIL KERNEL VERSION TEST TIME
report() {
  if [ "$1" = PASS ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
  printf '%s %-8s %-28s %-20s %s\n' "$1" "$2" "$3" "$4" "$5"
}

# output_of KERNEL TEST: what the test printed, from the console.
output_of() {
  awk -v "name=$2" '/^SG-/ { on = ($1 == "SG-TEST" && $2 == name); next }
    on && /^\| / { print "  " $0 }' "$work_dir/console.$1"
}

# judge NAME VERSION CODE SECONDS: reads the console of one boot.
judge() {
  local name=$1 version=$2 code=$3 seconds=$4 test verdict time seen=0
  while read -r test verdict time; do
    seen=$((seen + 1))
    report "$verdict" "$name" "$version" "$test" "$time"
    if [ "$verdict" != PASS ] || [ -n "$verbose" ]; then output_of "$name" "$test"; fi
  done < <(sed -n 's/^SG-TEST //p' "$work_dir/console.$name")
  if [ "$seen" -eq "$wanted" ] && [ "$code" -le 1 ]; then
    report PASS "$name" "$version" boot "${seconds}s"
  else
    report FAIL "$name" "$version" boot "${seconds}s"
    echo "  boot.sh ended with $code after $seen of $wanted tests; the end of the console:"
    tail -n 40 "$work_dir/console.$name" | sed 's/^/  | /'
  fi
}

# boot NAME FILE CMDLINE: leaves console, code and seconds in the work directory.
boot() {
  local name=$1 kernel=$2 cmdline=$3 variable code=0 begin=$SECONDS
  variable=SG_CMDLINE_${name//[^A-Za-z0-9]/_}
  cmdline="${!variable-$cmdline} $append"
  "$matrix_dir/boot.sh" "$kernel" "$work_dir/initramfs" "$cmdline" \
    >"$work_dir/console.$name" 2>&1 &
  # shellcheck disable=SC2064  # the process of now
  trap "kill $!; wait; exit 143" TERM
  wait $! || code=$?
  echo "$code $((SECONDS - begin))" >"$work_dir/code.$name"
  echo "the machine of $name has ended after $((SECONDS - begin)) s"
}

# boot_all: boots every row of the file `kernels`, at most $jobs at a time.
boot_all() {
  local name kernel cmdline running=0
  while read -r name _ kernel; do
    cmdline=$(kernel_rows "$name" | awk '{ $1 = $2 = $3 = $4 = ""; print }')
    if [ "$running" -eq "$jobs" ]; then
      wait -n
      running=$((running - 1))
    fi
    boot "$name" "$kernel" "$cmdline" </dev/null &
    running=$((running + 1))
  done <"$work_dir/kernels"
  wait
}

# add NAME FILE HINT: adds FILE to the list in `files` if nothing there is called NAME.
add() {
  local item
  for item in "${files[@]}"; do
    [ "/${item##*[:/]}" != "/$1" ] || return 0
  done
  [ -x "$2" ] || die "$1 is missing: $3"
  files+=("$2:/test/bin/$1")
}

# add_files FILE[:DEST]...: completes the list in `files`.
add_files() {
  files=("$@")
  local name bin build=$repo_dir/build compiler=${CC:-cc} runc
  if [ "$SG_ARCH" = arm64 ]; then
    build+=-arm64
    compiler=aarch64-linux-gnu-gcc
    need "$compiler" g++-aarch64-linux-gnu
    runc=$(sysroot)/usr/sbin/runc
  else
    need "$compiler" gcc
    runc=$(command -v runc) || true
  fi
  bin=$(realpath -m "${SG_BUILD_DIR:-$build}")/bin
  for name in sysctl-guard-hook sysctl-guard attempts try_all cgroup_test sysctl_namespaces_test sysctl_catalogue_test aliases_test walk_agreement_test guard_test shared_guard_test guards_test event_test; do
    add "$name" "$bin/$name" "build it, with SG_BUILD_TESTS=ON, to $bin, or give it as a FILE"
  done
  add runc "$runc" "install the package runc"
  files+=("$repo_dir/examples/node-policy:/test/node-policy")
  add access "$repo_dir/test/integration/access.sh" "the repository is not complete"
  "$compiler" -std=c11 -O2 -Wall -Wextra -Wshadow -static -o "$work_dir/guest_tool" \
    "$matrix_dir/guest_tool.c"
  files+=("$work_dir/guest_tool")
}

# select_tests: copies the guest directory with the tests that match.
select_tests() {
  local test
  cp -R "$matrix_dir/guest" "$work_dir/guest"
  for test in "$work_dir/guest"/*.sh; do
    # shellcheck disable=SC2254  # the pattern is meant as one
    case $(basename "$test" .sh) in
      $pattern) ;;
      *) rm "$test" ;;
    esac
  done
}

main() {
  local option name version code seconds files
  while getopts vm:j:k:t:a: option; do
    case $option in
      v) verbose=1 ;;
      m) choose_arch "$OPTARG" ;;
      j) jobs=$OPTARG ;;
      k) kernels+=("$OPTARG") ;;
      t) pattern=$OPTARG ;;
      a) append=$OPTARG ;;
      *) die "usage: run.sh [-v] [-m ARCH] [-j N] [-k NAME]... [-t PATTERN] [-a CMDLINE] [FILE[:DEST]]..." ;;
    esac
  done
  shift $((OPTIND - 1))
  add_files "$@"
  select_tests
  "$matrix_dir/make_initramfs.sh" "$work_dir/initramfs" "${files[@]}" "$work_dir/guest:/test/guest"
  wanted=$(cpio --quiet -t <"$work_dir/initramfs" | grep -c '^test/guest/[^/]*[.]sh$') ||
    die "no guest test matches $pattern"
  "$matrix_dir/fetch_kernels.sh" "${kernels[@]}" >"$work_dir/kernels"
  boot_all
  while read -r name version _; do
    read -r code seconds <"$work_dir/code.$name"
    judge "$name" "$version" "$code" "$seconds"
  done <"$work_dir/kernels"
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ]
}

main "$@"
