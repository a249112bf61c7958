#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Turns files into an initramfs that runs /test/run in a small guest.
#
#   make_initramfs.sh OUT FILE[:DEST]...
#
# FILE is a file or a directory; DEST is its absolute path in the guest, /test/bin/NAME if not
# given. The shared libraries of a dynamically linked program are added. The archive is busybox,
# guest_init.sh as /init, guest_run.sh as /test/run unless a FILE has that DEST, and the files.
# Libraries and busybox are this machine's, or for arm64 those that packaging/arm64_sysroot.sh unpacked.
# It is not compressed: unpacking in an emulated machine costs more than reading.
set -euo pipefail
# shellcheck source=test/kernel/matrix/common.sh
. "$(dirname "$0")/common.sh"

root=$work_dir/root

# put FILE DEST
put() {
  mkdir -p "$root$(dirname "$2")"
  if [ -d "$1" ]; then
    mkdir -p "$root$2"
    cp -R "$1/." "$root$2"
  else
    cp -L "$1" "$root$2"
  fi
}

# needed_by FILE: the libraries and the loader that a program or library names. A static program names none.
needed_by() {
  LC_ALL=C readelf -dlW "$1" 2>/dev/null |
    sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p; s/.*interpreter: \(.*\)\]/\1/p'
}

# put_libraries FILE: what it needs, and what that needs, where Debian has it.
put_libraries() {
  local library
  for library in $(needed_by "$1"); do
    [ "${library#/}" != "$library" ] || library=/usr/lib/$triplet/$library
    [ ! -e "$root$library" ] || continue
    [ -e "$sysroot$library" ] || die "$1 needs $sysroot$library, which is not there"
    put "$sysroot$library" "$library"
    put_libraries "$sysroot$library"
  done
}

main() {
  [ $# -ge 1 ] || die "usage: make_initramfs.sh OUT FILE[:DEST]..."
  local out=$1 sysroot busybox item file dest
  shift
  need cpio cpio
  need readelf binutils
  sysroot=$(sysroot)
  busybox=$sysroot/bin/busybox
  [ -x "$busybox" ] || need busybox busybox-static
  [ -z "$(needed_by "$busybox")" ] || die "$busybox is not static: install the package busybox-static"
  mkdir -p "$root"/{bin,proc,sys,dev,run,tmp,etc,root,new,test/bin,test/guest}
  put "$busybox" /bin/busybox
  put "$matrix_dir/guest_init.sh" /init
  put "$matrix_dir/guest_run.sh" /test/run
  for item in "$@"; do
    file=${item%%:*}
    dest=/test/bin/$(basename "$file")
    [ "$file" = "$item" ] || dest=${item#*:}
    [ -e "$file" ] || die "$file: not found"
    [ "${dest#/}" != "$dest" ] || die "$item: DEST is not absolute"
    put "$file" "$dest"
    [ -d "$file" ] || put_libraries "$file"
  done
  echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
  echo 'root:x:0:' >"$root/etc/group"
  chmod 755 "$root/init" "$root/test/run"
  (cd "$root" && find . | cpio --quiet -o -H newc -R 0:0) >"$work_dir/initramfs"
  mv "$work_dir/initramfs" "$out"
}

main "$@"
