#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Boots a kernel with AppArmor on and runs guest.sh there: Podman, Docker and containerd, with the profiles of ours and
# their own.
#
#   SG_BUILD_DIR=build test/apparmor/run.sh
#
# The guest has the root of the engine tests as a disk, and beside it our programs as they are installed, and AppArmor's
# parser of this machine's Debian. Prints what the guest prints: `PASS NAME` or `FAIL NAME` for each test. Exit 1 if one
# failed. Disk and parser are made once into the cache. Needs no rights but those of make_root.sh, and no KVM.
set -euo pipefail
# shellcheck source=test/support/scripts.sh
. "$(dirname "$0")/../support/scripts.sh"

here=$repo_dir/test/apparmor
matrix=$repo_dir/test/kernel/matrix
build=$(realpath "${SG_BUILD_DIR:-$repo_dir/build}")
tests=20

# make_disk: prints the disk, of the root that make_root.sh prints. Disks of other roots go.
make_disk() {
  local root disk
  root=$("$repo_dir/test/engines/make_root.sh")
  disk=$cache_dir/apparmor/disk-${root##*/}
  if [[ ! -e $disk ]]; then
    rm -f "$cache_dir"/apparmor/disk-*
    truncate -s 2G "$disk.new"
    mkfs.ext4 -q -O ^has_journal -d "$root" "$disk.new"
    mv "$disk.new" "$disk"
  fi
  echo "$disk"
}

# make_payload DIRECTORY
make_payload() {
  local dir=$1 debs=("$cache_dir"/apparmor/apparmor_*.deb)
  if [[ ! -e ${debs[0]} ]]; then
    (cd "$cache_dir/apparmor" && apt-get -qq -o APT::Sandbox::User=root download apparmor)
    debs=("$cache_dir"/apparmor/apparmor_*.deb)
  fi
  dpkg-deb -x "${debs[0]}" "$work_dir/parser"
  DESTDIR=$dir cmake --install "$build" --prefix /usr >/dev/null
  mkdir -p "$dir/etc" "$dir/usr/sbin" "$dir/test"
  cp -a "$work_dir/parser/etc/apparmor.d" "$dir/etc"
  cp "$work_dir/parser/sbin/apparmor_parser" "$dir/usr/sbin/apparmor_parser.real"
  cp "$here/parser.sh" "$dir/usr/sbin/apparmor_parser"
  cp "$build/bin/attempts" "$here"/{guest.sh,differences.txt} "$dir/test"
  cp "$repo_dir/test/integration/access.sh" "$dir/test/access"
}

main() {
  local disk kernel status=0
  need mkfs.ext4 e2fsprogs
  mkdir -p "$cache_dir/apparmor"
  exec 8>"$cache_dir/apparmor/lock"
  flock 8
  disk=$(make_disk)
  make_payload "$work_dir/payload"
  read -r _ _ kernel < <("$matrix/fetch_kernels.sh" --disk 6.12)
  "$matrix/make_initramfs.sh" "$work_dir/initramfs" "$here/init.sh:/init" "$work_dir/payload:/payload"
  SG_DISK=$disk "$matrix/boot.sh" "$kernel" "$work_dir/initramfs" >"$work_dir/console" 2>&1 || status=$?
  cat "$work_dir/console"
  if [[ $status -gt 1 || $(grep -c '^PASS \|^FAIL ' "$work_dir/console") != "$tests" ]]; then
    echo "FAIL the guest, with status $status: it should have printed $tests tests"
    status=1
  fi
  return "$status"
}

main "$@"
