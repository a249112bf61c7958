#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# arm64_sysroot.sh - Debian 12's libraries for arm64, unpacked: what packaging/arm64.cmake builds with on another machine.
#
#   arm64_sysroot.sh [--refresh] [DIR]
#
# DIR is $SG_CACHE_DIR/arm64 if it is not given; it is printed at the end. Nothing is installed, and needs no root where
# DIR may be written. The packages are checked with Debian's archive keys. With busybox and runc, which the guests of the
# kernel matrix run. What is there is not fetched again without --refresh, and then needs no network.
set -euo pipefail
# shellcheck source=test/support/scripts.sh
. "$(dirname "$0")/../test/support/scripts.sh"

# No dependency is resolved: these are the libraries that are linked, what runs with them, and headers.
packages=(libc6 libc6-dev libcrypt-dev linux-libc-dev libgcc-s1 libgcc-12-dev libstdc++6 libstdc++-12-dev
  libbpf1 libbpf-dev libelf1 libelf-dev zlib1g zlib1g-dev libzstd1 libzstd-dev
  catch2 rapidjson-dev libtomlplusplus-dev
  busybox-static runc libseccomp2)

# fill DIR: unpacks the packages there.
fill() {
  local dir=$1 package link target
  select_suite arm64 libbpf-dev bookworm ||
    { cat "$work_dir/apt.log" >&2; die "Debian 12 for arm64 is on none of this machine's mirrors"; }
  mkdir -p "$work_dir/debs" "$dir/usr/lib" "$dir/usr/bin" "$dir/usr/sbin"
  for link in lib bin sbin; do ln -s "usr/$link" "$dir/$link"; done
  (cd "$work_dir/debs" && private_apt apt-get download "${packages[@]}") >"$work_dir/apt.log" 2>&1 ||
    { cat "$work_dir/apt.log" >&2; die "the download failed"; }
  # dpkg-deb -x would put a directory in place of the links.
  for package in "$work_dir/debs"/*.deb; do
    dpkg-deb --fsys-tarfile "$package" | tar -x --keep-directory-symlink --no-same-owner -C "$dir"
  done
  # A link that begins at the root would lead out of the directory.
  while IFS= read -r link; do
    target=$(readlink "$link")
    [[ $target != /* ]] || ln -sfn "$(realpath -m --relative-to="$(dirname "$link")" "$dir$target")" "$link"
  done < <(find "$dir/usr/lib" -type l)
}

main() {
  local refresh='' dir
  if [[ ${1:-} == --refresh ]]; then
    refresh=1
    shift
  fi
  [[ $# -le 1 && ${1:-} != -* ]] || die "usage: arm64_sysroot.sh [--refresh] [DIR]"
  dir=$(realpath -m "${1:-$cache_dir/arm64}")
  if [[ -n $refresh || $(cat "$dir/packages" 2>/dev/null) != "${packages[*]}" ]]; then
    [[ -z $(ls -A "$dir" 2>/dev/null) || -e $dir/packages ]] || die "$dir is not empty, and not of this script"
    fill "$work_dir/sysroot"
    echo "${packages[*]}" >"$work_dir/sysroot/packages"
    mkdir -p "$(dirname "$dir")"
    rm -rf "$dir"
    mv "$work_dir/sysroot" "$dir"
  fi
  echo "$dir"
}

main "$@"
