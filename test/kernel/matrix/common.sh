# SPDX-License-Identifier: Apache-2.0
#
# What the scripts of the kernel matrix share; they source it. Sets matrix_dir, beside what
# test/support/scripts.sh sets.
# shellcheck shell=bash

matrix_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export matrix_dir
# shellcheck source=test/support/scripts.sh
. "$matrix_dir/../../support/scripts.sh"

# The Debian packages that the scripts use, beside what every Debian system has.
matrix_packages=(busybox-static cpio debian-archive-keyring gcc libc6-dev linux-libc-dev
  qemu-system-x86 xz-utils)
export matrix_packages

# kernel_rows [NAME]...: the rows of kernels.list, all or the named ones.
kernel_rows() {
  local name
  if [ $# -eq 0 ]; then
    grep -v -e '^#' -e '^$' "$matrix_dir/kernels.list"
    return
  fi
  for name in "$@"; do
    awk -v "name=$name" '$1 == name { print; found = 1 } END { exit !found }' \
      "$matrix_dir/kernels.list" || die "no kernel $name in kernels.list"
  done
}
