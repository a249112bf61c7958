#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds a minimal Debian of a suite with Podman into the cache, and prints its directory. What our package depends on
# is not installed there: it is in apt's cache, so that apt needs no network. The root is never written to: a test works
# in a machine whose upper layer is thrown away.
#
#   make_root.sh SUITE
set -euo pipefail
# shellcheck source=test/support/scripts.sh
. "$(dirname "$0")/../support/scripts.sh"

# catatonit is the first process of a machine; a container has busybox. debootstrap does not choose for Podman between
# packages for networks.
packages=(podman netavark runc catatonit busybox-static)
dependency=libbpf1

# build SUITE DIRECTORY: from the first mirror that has the suite.
build() {
  local mirror dir=$2
  while IFS= read -r mirror; do
    rm -rf "$dir"
    if unshare --mount debootstrap --variant=minbase --keyring="$keyring" \
      --include="$(IFS=, && echo "${packages[*]}"),$dependency" "$1" "$dir" "$mirror" >"$work_dir/log" 2>&1; then
      chroot "$dir" dpkg --purge "$dependency" >"$work_dir/log"
      find "$dir/var/cache/apt/archives" -name '*.deb' ! -name "${dependency}_*" -delete
      rm -rf "$dir"/usr/share/{doc,info,locale,man}
      return
    fi
  done < <(mirrors)
  tail -n 20 "$work_dir/log" >&2
  die "no root: none of this machine's mirrors has $1"
}

main() {
  local suite=$1 root
  root=$cache_dir/packages/$suite-$(sha256sum <<<"${packages[*]} $dependency" | cut -c 1-12)
  mkdir -p "$cache_dir/packages"
  exec 9>"$root.lock"
  flock 9
  if [ ! -d "$root" ]; then
    need debootstrap debootstrap
    build "$suite" "$root.new" </dev/null
    mv "$root.new" "$root"
  fi
  echo "$root"
}

main "$@"
