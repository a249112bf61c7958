#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Makes the picture of the README from real runs: a routing daemon three times, in a machine of the engine tests.
#
#   sudo docs/picture/make.sh
#
# Needs what `test/install_packages.sh build test` installs, and a build in ${SG_BUILD_DIR:-build}. Writes
# docs/picture/babeld.svg. The second run writes a sysctl of this host, vm.swappiness: that is what it shows. The value
# that was there is written back.
set -euo pipefail
cd "$(dirname "$0")/../.."

before=$(cat /proc/sys/vm/swappiness)
transcript=$(mktemp)

clean_up() {
  echo "$before" >/proc/sys/vm/swappiness
  rm -f "$transcript"
}
trap clean_up EXIT

test/engines/machine.sh v2 docs/picture/runs.sh >"$transcript"
docs/picture/draw.py <"$transcript" >docs/picture/babeld.svg.new
mv docs/picture/babeld.svg.new docs/picture/babeld.svg
