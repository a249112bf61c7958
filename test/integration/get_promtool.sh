#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# get_promtool.sh - prints where promtool is: on the machine, or from Debian's package into the cache, once.
#
# The package is that of the whole Prometheus server, so it is unpacked and not installed.
set -euo pipefail
# shellcheck source=test/support/scripts.sh
. "$(dirname "$0")/../support/scripts.sh"

if command -v promtool; then exit; fi
program=$cache_dir/promtool
if [ ! -x "$program" ]; then
  mkdir -p "$cache_dir" "$work_dir/deb"
  cd "$work_dir/deb"
  # Lists that were never fetched, or are too old for what the mirror has.
  apt-get -q -o APT::Sandbox::User=root download prometheus >"$work_dir/log" 2>&1 ||
    { apt-get -q update && apt-get -q -o APT::Sandbox::User=root download prometheus; } >>"$work_dir/log" 2>&1 ||
    { cat "$work_dir/log" >&2; die "the package prometheus cannot be fetched"; }
  dpkg-deb --fsys-tarfile ./*.deb | tar -xO ./usr/bin/promtool >"$work_dir/promtool"
  chmod 755 "$work_dir/promtool"
  "$work_dir/promtool" --version >/dev/null 2>&1 || die "the promtool that was fetched does not run"
  mv "$work_dir/promtool" "$program"
fi
echo "$program"
