# SPDX-License-Identifier: Apache-2.0
#
# What the scripts of the kernel matrix share; they source it. Sets matrix_dir, repo_dir and
# cache_dir, and makes a private directory work_dir that is removed at the end.
# shellcheck shell=bash

matrix_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repo_dir=$(cd "$matrix_dir/../../.." && pwd)
cache_dir=${SG_CACHE_DIR:-/var/cache/sysctl-guard-test}
work_dir=$(mktemp -d "${TMPDIR:-/tmp}/sg-matrix.XXXXXX")
export matrix_dir repo_dir cache_dir work_dir
# shellcheck disable=SC2046  # process ids
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$work_dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# The Debian packages that the scripts use, beside what every Debian system has.
matrix_packages=(busybox-static cpio debian-archive-keyring gcc libc6-dev linux-libc-dev
  qemu-system-x86 xz-utils)
export matrix_packages

die() {
  echo "${0##*/}: $*" >&2
  exit 2
}

# need COMMAND PACKAGE: stops with the name of the missing package.
need() {
  command -v "$1" >/dev/null || die "$1 is missing: install the package $2"
}

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
