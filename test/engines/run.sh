#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs the engine tests: each combination of combinations.list, in machines that are thrown away.
#
#   run.sh [-e PATTERN]
#
#   -e  only the combinations whose `MACHINE/ENGINE/RUNTIME` matches this shell pattern
#
# A combination of engine and runtime runs all of its tests in the first machine that has it, in the others those that are
# tagged `cgroups`: what a machine's cgroups do not change is tried once.
#
# Prints `PASS NAME`, `FAIL NAME` or `SKIP NAME` for each test, then `N passed, N failed`. Exit 1 if one failed. A
# machine that this host's cgroups do not permit is skipped; with its name in SG_TEST_MUST_RUN it fails. So do with
# `all` those of cgroup v2, which every host can have; `hybrid` needs version 1, which no package brings back.
set -euo pipefail
# shellcheck source=test/support/scripts.sh
. "$(dirname "$0")/../support/scripts.sh"

here=$repo_dir/test/engines

# combinations MACHINE PATTERN: its rows, as all/ENGINE/RUNTIME or cgroups/ENGINE/RUNTIME.
combinations() {
  local machine engine runtime which
  local -A seen=()
  while read -r machine engine runtime; do
    # shellcheck disable=SC2053  # the pattern is meant as one
    [[ $machine/$engine/$runtime == $2 ]] || continue
    which=${seen[$engine/$runtime]:-all}
    seen[$engine/$runtime]=cgroups
    [ "$machine" != "$1" ] || echo "$which/$engine/$runtime"
  done < <(grep -v -e '^#' -e '^$' "$here/combinations.list")
}

# Found out before anything is done.
can_have() {
  case $1 in
    hybrid) findmnt -t cgroup >/dev/null ;;
    *) findmnt -t cgroup2 >/dev/null ;;
  esac
}

required() {
  local must=" ${SG_TEST_MUST_RUN:-} "
  [[ $must == *" $1 "* || ($must == *" all "* && $1 != hybrid) ]]
}

# run_machine MACHINE COMBINATION...
run_machine() {
  local machine=$1 driver=cgroupfs cgroups=$1 status
  shift
  if ! can_have "$machine"; then
    if required "$machine"; then
      echo "FAIL a machine of kind $machine: this host has no such cgroups"
    else
      echo "SKIP a machine of kind $machine (this host has no such cgroups)"
    fi
    return
  fi
  if [ "$machine" = systemd ]; then
    driver=systemd
    cgroups=v2
  fi
  status=0
  "$here/machine.sh" "$machine" test/engines/inside.sh "$driver" "$cgroups" "$@" 2>&1 |
    tee "$work_dir/machine" || status=$?
  # One that ends badly without saying which test has failed as a whole.
  if [ "$status" != 0 ] && ! grep -q '^FAIL ' "$work_dir/machine"; then
    echo "FAIL the machine $machine, with status $status"
  fi
}

nothing_left() {
  local left
  left=$(findmnt -n -o TARGET -t cgroup,cgroup2 | while read -r dir; do
    find "$dir" -type d -name "sg-machine-$SG_MACHINES"
  done)
  [ -z "$left" ] || echo "left: $left"
  [ -z "$left" ]
}

main() {
  local option pattern='*' machine rows
  while getopts e: option; do
    case $option in
      e) pattern=$OPTARG ;;
      *) die "usage: run.sh [-e PATTERN]" ;;
    esac
  done
  [ "$EUID" = 0 ] || die "run it as root"
  export SG_MACHINES=$$
  "$here/make_root.sh" >/dev/null
  for machine in v2 systemd hybrid; do
    mapfile -t rows < <(combinations "$machine" "$pattern")
    [ ${#rows[@]} -eq 0 ] || run_machine "$machine" "${rows[@]}"
  done | tee "$work_dir/log"
  if nothing_left; then
    echo "PASS no cgroup of a machine is left"
  else
    echo "FAIL no cgroup of a machine is left"
  fi | tee -a "$work_dir/log"
  grep -q '^PASS .*/' "$work_dir/log" || die "no combination matches $pattern, or none ran"
  echo "$(grep -c '^PASS ' "$work_dir/log") passed, $(grep -c '^FAIL ' "$work_dir/log" || true) failed"
  ! grep -q '^FAIL ' "$work_dir/log"
}

main "$@"
