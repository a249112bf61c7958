#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Installs, upgrades, removes and purges the .deb in a minimal Debian 12 and Debian 13, beside containers of Podman's
# (inside.sh). Each runs in a machine of test/engines/machine.sh, on a root of make_root.sh.
#
#   SG_BUILD_DIR=build test/packages/lives.sh
#
# Prints `PASS NAME` or `FAIL NAME` for each test.
set -euo pipefail
# shellcheck source=test/support/scripts.sh
. "$(dirname "$0")/../support/scripts.sh"
build=$(realpath "${SG_BUILD_DIR:-$repo_dir/build}")
layer=$work_dir/layer

# The .deb of the build, and one of a lower version: with a file that this one has not, and a hook with other layouts.
make_both() {
  local tree=$work_dir/tree
  mkdir -p "$layer/packages"
  cpack --config "$build/CPackConfig.cmake" -G DEB -D CPACK_DEBIAN_COMPRESSION_TYPE=none -B "$work_dir/made"
  cp "$work_dir"/made/*.deb "$layer/packages/new.deb"
  dpkg-deb -R "$layer/packages/new.deb" "$tree"
  sed -i 's/^Version: .*/Version: 0.0.9/' "$tree/DEBIAN/control"
  touch "$tree/usr/share/doc/sysctl-guard/of-the-old-version"
  cp "$build/bin/older_hook" "$tree/usr/libexec/oci/hooks.d/sysctl-guard-hook"
  dpkg-deb --root-owner-group -Znone -b "$tree" "$layer/packages/old.deb"
}

# lives SUITE: prints its own verdicts.
lives() {
  local root status=0
  root=$("$repo_dir/test/packages/make_root.sh" "$1") &&
    "$repo_dir/test/engines/machine.sh" -r "$layer:$root" v2 test/packages/inside.sh "$1" 2>&1 |
    tee "$work_dir/said" || status=1
  ((status == 0)) || grep -q '^FAIL ' "$work_dir/said" || echo "FAIL $1: its machine"
  return "$status"
}

main() {
  local suite status=0
  verdict "the package, and one of a lower version" make_both
  ((failed == 0)) || return 1
  for suite in bookworm trixie; do
    lives "$suite" || status=1
  done
  return "$status"
}

main
