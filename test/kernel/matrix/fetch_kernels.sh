#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Puts the kernels of kernels.list into the cache and prints one line for each: NAME VERSION FILE.
#
#   fetch_kernels.sh [--refresh] [--disk] [NAME]...
#   fetch_kernels.sh --packages
#
# They are Debian's signed kernels, of the architecture SG_ARCH (amd64). The mirror is the one of the
# machine's own apt sources; apt runs with a state of its own, so the machine's package lists do not
# change. The signature is checked with Debian's archive keys. A kernel that is in the cache is not
# fetched again without --refresh, and then needs no network. Beside each vmlinuz is modules.cpio, an archive with the
# modules the guest loads; with --disk also those by which it reads a disk and runs engines, in a
# directory of its own, NAME-disk. --packages prints the Debian packages the matrix needs.
set -euo pipefail
# shellcheck source=test/kernel/matrix/common.sh
. "$(dirname "$0")/common.sh"

# In the order in which they are loaded; one that a kernel has built in is left out.
modules=(dummy veth llc stp garp mrp 8021q crc32c_generic libcrc32c nf_defrag_ipv4 nf_defrag_ipv6 nf_conntrack)
disk_modules=(virtio_blk overlay)

# dependencies PACKAGE=VERSION: the names of the packages it depends on.
dependencies() {
  private_apt apt-cache show --no-all-versions "$1" | sed -n 's/^Depends: //p' |
    tr ',' '\n' | tr '|' '\n' | sed 's/^ *//; s/ .*//'
}

# pack_modules TREE OUT: the wanted modules of an unpacked kernel package as a cpio archive.
pack_modules() {
  local tree=$1 out=$2 pack=$work_dir/pack number=10 name file
  rm -rf "$pack"
  mkdir -p "$pack/lib/modules"
  for name in "${modules[@]}"; do
    file=$(find "$tree" -name "$name.ko" -o -name "$name.ko.xz")
    case $file in
      '') continue ;;
      *.xz) xz -dc "$file" >"$pack/lib/modules/$number-$name.ko" ;;
      *) cp "$file" "$pack/lib/modules/$number-$name.ko" ;;
    esac
    number=$((number + 1))
  done
  (cd "$pack" && find . | cpio --quiet -o -H newc -R 0:0) >"$out"
}

# fetch NAME SUITES PREFIX PACKAGE RECIPE: fetches one kernel into the cache, at $kernels/NAME.
fetch() {
  local name=$1 suites=$2 prefix=${3#-} package=$4 recipe=$5
  local suite image part new=$work_dir/new tree=$work_dir/tree version=''
  : >"$work_dir/apt.log"
  for suite in ${suites//,/ }; do
    select_suite "$SG_ARCH" "$package" "$suite" "$prefix" && break
    version=
  done
  if [ -z "$version" ]; then
    cat "$work_dir/apt.log" >&2
    die "no kernel $name: none of $suites is on this machine's mirrors"
  fi
  image=$(dependencies "$package=$version" | grep -m 1 '^linux-image-[0-9]')
  local packages=("$image")
  while IFS= read -r part; do packages+=("$part"); done \
    < <(dependencies "$image" | grep -E '^linux-(binary|modules)-[0-9]')
  rm -rf "$new" "$tree"
  mkdir -p "$new" "$tree" "$work_dir/debs"
  if ! (cd "$work_dir/debs" && private_apt apt-get download "${packages[@]}") \
    >"$work_dir/apt.log" 2>&1; then
    cat "$work_dir/apt.log" >&2
    die "no kernel $name: the download of ${packages[*]} failed"
  fi
  for part in "$work_dir/debs"/*.deb; do
    dpkg-deb -x "$part" "$tree"
    rm "$part"
  done
  find "$tree" -type f -name 'vmlinuz*' -exec cp {} "$new/vmlinuz" \;
  [ -s "$new/vmlinuz" ] || die "no kernel $name: ${packages[*]} hold no vmlinuz"
  pack_modules "$tree" "$new/modules.cpio"
  echo "${image#linux-image-}" >"$new/version"
  echo "$recipe" >"$new/recipe"
  rm -rf "$tree" "${kernels:?}/$name"
  mv "$new" "$kernels/$name"
}

main() {
  local refresh='' suffix='' name suites prefix package recipe dir kernels=$cache_dir/kernels
  [ "$SG_ARCH" = amd64 ] || kernels+=/$SG_ARCH
  while [[ ${1:-} == --refresh || ${1:-} == --disk ]]; do
    if [ "$1" = --refresh ]; then
      refresh=1
    else
      suffix=-disk
      modules+=("${disk_modules[@]}")
    fi
    shift
  done
  case ${1:-} in
    --packages)
      printf '%s\n' "${matrix_packages[@]}"
      return
      ;;
    -*) die "usage: fetch_kernels.sh [--refresh] [--disk] [NAME]... | --packages" ;;
  esac
  need cpio cpio
  need xz xz-utils
  kernel_rows "$@" >"$work_dir/rows"
  mkdir -p "$kernels"
  exec 9>"$kernels/lock"
  flock 9
  while read -r name suites prefix package _; do
    name+=$suffix
    dir=$kernels/$name
    recipe="$suites $prefix $package ${modules[*]}"
    if [ -n "$refresh" ] || [ "$(cat "$dir/recipe" 2>/dev/null)" != "$recipe" ]; then
      fetch "$name" "$suites" "$prefix" "$package" "$recipe" </dev/null
    fi
    echo "$name $(cat "$dir/version") $dir/vmlinuz"
  done <"$work_dir/rows"
}

main "$@"
