# SPDX-License-Identifier: Apache-2.0
#
# What the scripts of the kernel matrix share; they source it. Sets matrix_dir, beside what
# test/support/scripts.sh sets, and SG_ARCH, the architecture of the machines: amd64 if the caller has
# not set it.
# shellcheck shell=bash

matrix_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export matrix_dir
# shellcheck source=test/support/scripts.sh
. "$matrix_dir/../../support/scripts.sh"

# The Debian packages that the scripts use, beside what every Debian system has.
matrix_packages=(busybox-static cpio debian-archive-keyring gcc libc6-dev linux-libc-dev
  binutils qemu-system-x86 xz-utils)
export matrix_packages

# choose_arch ARCH: sets SG_ARCH for the other scripts, and what differs.
choose_arch() {
  export SG_ARCH=$1
  # shellcheck disable=SC2034  # the scripts that source this read it
  case $SG_ARCH in
    amd64) triplet=x86_64-linux-gnu emulator=qemu-system-x86_64 emulator_package=qemu-system-x86 ;;
    arm64) triplet=aarch64-linux-gnu emulator=qemu-system-aarch64 emulator_package=qemu-system-arm ;;
    *) die "no machines of '$SG_ARCH', only of amd64 and arm64" ;;
  esac
}
choose_arch "${SG_ARCH:-amd64}"

# sysroot: where the libraries and programs for the guests are; nothing if they are this machine's.
sysroot() {
  [ "$SG_ARCH" = amd64 ] || "$repo_dir/packaging/arm64_sysroot.sh"
}

# kernel_rows [NAME]...: the rows of kernels.list for this architecture, all or the named ones, without it.
kernel_rows() {
  local rows name
  rows=$(sed -n "s/^$SG_ARCH  *//p" "$matrix_dir/kernels.list")
  if [ $# -eq 0 ]; then
    echo "$rows"
    return
  fi
  for name in "$@"; do
    awk -v "name=$name" '$1 == name { print; found = 1 } END { exit !found }' <<<"$rows" ||
      die "no kernel $name for $SG_ARCH in kernels.list"
  done
}
