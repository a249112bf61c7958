#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds the file system in which the engine tests run, a small Debian 13 with every engine, and
# prints its directory. machine.sh starts it.
#
#   make_root.sh
#   make_root.sh --packages
#
# It is built once into the cache, from the mirror of the machine's own apt sources, and again when
# the list below changes: the name of the directory says which list it is of. What is in the cache needs
# no network and is never written to. Roots of other lists are removed unless one is running (machine.sh
# holds their lock). --packages prints the Debian packages that building it needs.
set -euo pipefail
# shellcheck source=test/support/scripts.sh
. "$(dirname "$0")/../support/scripts.sh"

suite=trixie
# Engines and runtimes; what Podman's pods and a booted systemd need; what the tests run in there.
packages=(
  containerd crun docker-cli docker.io podman runc
  catatonit conmon dbus systemd systemd-container systemd-sysv
  bats bpftool busybox-static iproute2 jq python3-jsonschema
  # What recipes.bats runs in containers, and Docker Compose.
  babeld docker-compose frr keepalived nftables procps radvd redis-server strongswan-charon strongswan-starter
  wireguard-go wireguard-tools
  # What cri.bats needs: networks of pods, and a client of the CRI.
  containernetworking-plugins libre2-11 protobuf-compiler python3-grpcio python3-protobuf
)
# That has the CRI's api.proto, which is all that is taken of it: it depends on much of Go.
cri_package=golang-github-kubernetes-cri-api-dev
cri_proto=usr/share/gocode/src/k8s.io/cri-api/pkg/apis/runtime/v1/api.proto
# What the root is without, a third of its size.
unneeded=(usr/share/doc usr/share/info usr/share/locale usr/share/man)

# build DIRECTORY: from the first mirror that has the suite. debootstrap mounts things in there; they go
# with its mount namespace.
build() {
  local dir=$1 mirror built=
  while IFS= read -r mirror; do
    rm -rf "$dir"
    if unshare --mount debootstrap --variant=minbase --keyring="$keyring" \
      --include="$(IFS=, && echo "${packages[*]}")" "$suite" "$dir" "$mirror" \
      >"$work_dir/log" 2>&1; then
      built=1
      break
    fi
  done < <(mirrors)
  if [ -z "$built" ]; then
    tail -n 20 "$work_dir/log" >&2
    rm -rf "$dir"
    die "no root: none of this machine's mirrors has $suite with ${packages[*]}"
  fi
  add_cri_proto "$dir"
  rm -rf "$dir"/var/cache/apt/* "$dir"/var/lib/apt/lists/* "${unneeded[@]/#/$dir/}"
}

# add_cri_proto DIRECTORY: by this machine's apt, with the sources and the keys of that root.
add_cri_proto() {
  local dir=$1 apt
  apt=(apt-get -q -o Dir="$dir" -o APT::Sandbox::User=root -o Acquire::Languages=none)
  mkdir -p "$dir"/var/lib/apt/lists/partial "$dir"/var/cache/apt/archives/partial "$work_dir/debs"
  if ! { "${apt[@]}" update && (cd "$work_dir/debs" && "${apt[@]}" download "$cri_package"); } >"$work_dir/log" 2>&1; then
    cat "$work_dir/log" >&2
    rm -rf "$dir"
    die "no root: $cri_package cannot be had"
  fi
  dpkg --fsys-tarfile "$work_dir/debs/$cri_package"_*.deb | tar -C "$dir" -x "./$cri_proto"
}

# remove_others KEY: the roots of other lists that nobody runs.
remove_others() {
  local lock
  for lock in "$cache_dir"/engines/*.lock; do
    [ "$lock" != "$cache_dir/engines/$1.lock" ] || continue
    flock --nonblock "$lock" rm -rf "${lock%.lock}" || true
  done
}

main() {
  local key root
  case ${1:-} in
    '') ;;
    --packages)
      printf '%s\n' debian-archive-keyring debootstrap
      return
      ;;
    *) die "usage: make_root.sh [--packages]" ;;
  esac
  key=$suite-$(sha256sum <<<"${packages[*]} ${unneeded[*]} $cri_proto" | cut -c 1-12)
  root=$cache_dir/engines/$key
  mkdir -p "$cache_dir/engines"
  exec 9>"$root.lock"
  flock --shared 9
  if [ ! -d "$root" ]; then
    flock 9
    need debootstrap debootstrap
    [ -r "$keyring" ] || die "$keyring is missing: install the package debian-archive-keyring"
    if [ ! -d "$root" ]; then
      build "$root.new" </dev/null
      mv "$root.new" "$root"
    fi
    remove_others "$key"
  fi
  echo "$root"
}

main "$@"
