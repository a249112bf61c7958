#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# run.sh - builds the benchmark's programs and measures: `sudo test/bench/run.sh`.
#
#   run.sh [--json] [--quick] [ROW...]
#
# --json prints one JSON document instead of the table, --quick takes fewer samples and is for
# seeing that everything runs, ROW names what to measure (an unknown one lists them). A figure never
# makes it fail; a measurement that cannot be made does.
#
#   SG_BUILD_DIR   the build directory (build)
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
build=${SG_BUILD_DIR:-build}

configure_and_build() {
  # A build directory that is there keeps its generator.
  CMAKE_GENERATOR=Ninja cmake -B "$build" -DSG_BUILD_BENCH=ON &&
    cmake --build "$build" --target sg_bench
}

main() {
  local log status=0
  ((EUID == 0)) || {
    echo "run.sh: run it as root: sudo test/bench/run.sh" >&2
    exit 2
  }
  log=$(mktemp)
  configure_and_build >"$log" 2>&1 || {
    status=$?
    cat "$log" >&2
  }
  rm "$log"
  # With sudo the build belongs to the one who called it, who may go on with it.
  [[ -z ${SUDO_UID:-} || ! -d $build ]] || chown -R "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" "$build"
  ((status == 0)) || exit "$status"
  exec python3 test/bench/bench.py --build "$build" "$@"
}

main "$@"
