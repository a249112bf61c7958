#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# install_packages.sh - the Debian packages that building, the demo and the tests need.
#
#   install_packages.sh GROUP...     GROUP is build, demo, release, test or arm64
#
# Installs what is missing, as root; does nothing, and needs no root, where nothing is. For Debian 12
# and later. To see the packages of a group: install_packages.sh --list GROUP...
set -euo pipefail

# The hook is static: it needs the .a files of libbpf's dependencies. bpf/ is compiled by clang.
build=(bpftool clang cmake g++ go-md2man libbpf-dev libelf-dev libtomlplusplus-dev libzstd-dev linux-libc-dev
  llvm ninja-build pkg-config rapidjson-dev zlib1g-dev)
# A container from nothing.
demo=(busybox-static jq runc)
# What packaging/lint.sh and packaging/release.sh run.
release=(git lintian python3 rpm rpmlint)
# Beside those: Catch2, libFuzzer (libclang-rt-dev), what the integration tests, the matrix and the
# engine tests run.
test=(bats catch2 clang-format clang-tidy e2fsprogs iproute2 kmod libclang-rt-dev podman python3 python3-jsonschema
  python3-yaml mandoc shellcheck systemd xz-utils zstd)
# What builds for arm64 on another machine, and what runs its machines of the matrix.
arm64=(binutils debian-archive-keyring g++-aarch64-linux-gnu qemu-system-arm)

usage() {
  echo "usage: ${0##*/} [--list] build|demo|release|test|arm64..." >&2
  exit 2
}

wanted() {
  local group
  for group; do
    case $group in
      build) printf '%s\n' "${build[@]}" ;;
      demo) printf '%s\n' "${demo[@]}" ;;
      release) printf '%s\n' "${release[@]}" ;;
      arm64) printf '%s\n' "${arm64[@]}" ;;
      test)
        printf '%s\n' "${test[@]}" "${release[@]}"
        "$(dirname "$0")/kernel/matrix/fetch_kernels.sh" --packages
        "$(dirname "$0")/engines/make_root.sh" --packages
        ;;
      *) usage ;;
    esac
  done | sort -u
}

# Docker's packages bring a runc of their own, and conflict with Debian's.
is_there() {
  is_installed "$1" || { [[ $1 == runc ]] && command -v runc >/dev/null; }
}

is_installed() {
  # shellcheck disable=SC2016  # dpkg-query expands it
  [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

main() {
  local list='' names package missing=()
  if [[ ${1:-} == --list ]]; then
    list=1
    shift
  fi
  (($#)) || usage
  names=$(wanted "$@")
  if [[ -n $list ]]; then
    echo "$names"
    return
  fi
  command -v dpkg-query >/dev/null || {
    echo "${0##*/}: this is no Debian system; install what corresponds to:" >&2
    echo "$names" | fmt >&2
    return 1
  }
  for package in $names; do
    is_there "$package" || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  ((EUID == 0)) || {
    echo "${0##*/}: missing: ${missing[*]}; run as root to install" >&2
    return 1
  }
  echo "installing ${#missing[@]} packages: ${missing[*]}"
  install "${missing[@]}"
}

# Quiet unless it fails. The package lists of a fresh system are empty or old, so they come first.
install() {
  local log
  log=$(mktemp)
  if DEBIAN_FRONTEND=noninteractive apt-get -q update >"$log" 2>&1 &&
    removes_nothing "$@" >>"$log" 2>&1 &&
    DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install "$@" \
      >>"$log" 2>&1 </dev/null; then
    rm "$log"
    return
  fi
  cat "$log" >&2
  rm "$log"
  echo "${0##*/}: could not install: $*" >&2
  return 1
}

# Installing must not take away what the machine has. busybox-static replaces busybox.
removes_nothing() {
  local removed
  removed=$(apt-get -s -y --no-install-recommends install "$@" | awk '/^Remv / { print $2 }' |
    grep -vx busybox || true)
  [[ -z $removed ]] || {
    echo "this would remove:" "$removed"
    return 1
  }
}

main "$@"
