#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# release.sh - the last commit into what is published: .deb, .rpm, the list of what is in the static programs, SHA256SUMS.
#
#   release.sh DIR     DIR is made; it must not be there
#
# Builds twice, in clean copies at places of different length, and compares the packages byte for byte; runs lintian and
# rpmlint about them. Dates are those of the commit. Needs what `test/install_packages.sh build release` installs, and
# Debian 12: what is linked statically is that of the machine. SG_JOBS: processes at a time (as many as processors).
# SG_PACKAGE_CONTACT: who answers for the packages, NAME <ADDRESS>.
set -euo pipefail
# A .deb holds it, in the modes of its members.
umask 022
repo=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/sg-release.XXXXXX")
trap 'rm -rf "$work"' EXIT

# git of a tree that may be somebody else's, as with sudo.
in_git() { git -c safe.directory='*' -C "$repo" "$@"; }

# run LOG COMMAND...: says the end of what it said if it fails.
run() {
  local log=$1
  shift
  "$@" >>"$log" 2>&1 </dev/null || {
    tail -n 40 "$log" >&2
    echo "release.sh: failed: $*" >&2
    exit 1
  }
}

# build_in DIRECTORY: the packages, in DIRECTORY/build.
build_in() {
  local log=$work/log generator
  run "$log" mkdir -p "$1"
  run "$log" git -c safe.directory='*' clone --no-hardlinks "$repo" "$1"
  run "$log" git -C "$1" checkout --detach "$commit"
  run "$log" cmake -S "$1" -B "$1/build" -DCMAKE_BUILD_TYPE=Release \
    ${SG_PACKAGE_CONTACT:+"-DSG_PACKAGE_CONTACT=$SG_PACKAGE_CONTACT"}
  run "$log" cmake --build "$1/build" -j "${SG_JOBS:-$(nproc)}"
  for generator in DEB RPM; do
    run "$log" cpack --config "$1/build/CPackConfig.cmake" -G "$generator" -B "$1/build"
  done
}

main() {
  local out=${1:-} one=$work/one two=$work/another/of-another-length file
  if [[ $# != 1 || $out == -* || -e $out ]]; then
    echo "usage: release.sh DIR, where nothing is yet" >&2
    exit 2
  fi
  "$repo/test/install_packages.sh" build release
  commit=$(in_git rev-parse HEAD)
  SOURCE_DATE_EPOCH=$(in_git log -1 --format=%ct "$commit")
  export SOURCE_DATE_EPOCH
  [[ -z $(in_git status --porcelain) ]] || echo "release.sh: what is not committed is not in the packages" >&2
  build_in "$one"
  build_in "$two"
  for file in "$one"/build/*.{deb,rpm}; do
    cmp "$file" "$two/build/${file##*/}" || {
      echo "release.sh: ${file##*/} is not the same in two builds: look at both with diffoscope" >&2
      exit 1
    }
  done
  "$repo/packaging/lint.sh" "$one"/build/*.{deb,rpm}
  mkdir -p "$out"
  cp "$one"/build/*.{deb,rpm} "$out/"
  "$repo/packaging/spdx.py" "$one/build" >"$out/sysctl-guard.spdx.json"
  (cd "$out" && sha256sum -- * >"$work/sums" && mv "$work/sums" SHA256SUMS)
  echo "of commit $commit, twice the same:"
  cat "$out/SHA256SUMS"
}

main "$@"
