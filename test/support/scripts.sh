# SPDX-License-Identifier: Apache-2.0
#
# What the scripts of the kernel matrix and of the engines share; they source it. Sets repo_dir and
# cache_dir, and makes a private directory work_dir that is removed at the end.
# shellcheck shell=bash

repo_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache_dir=${SG_CACHE_DIR:-/var/cache/sysctl-guard-test}
work_dir=$(mktemp -d "${TMPDIR:-/tmp}/sg-work.XXXXXX")
export repo_dir cache_dir work_dir
# shellcheck disable=SC2046  # process ids
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$work_dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Where Debian's archive keys are, of suites that are newer than this machine's too.
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
export keyring

die() {
  echo "${0##*/}: $*" >&2
  exit 2
}

# verdict NAME COMMAND...: prints `PASS NAME`, or what the command said and `FAIL NAME`; then `failed` is 1. The command runs
# in a shell of its own, in which any failure ends it. So the status is always 0: in a condition bash ignores `set -e`.
failed=0
verdict() {
  local name=$1 log=$work_dir/log.verdict code=0
  shift
  set +e
  (set -e; "$@") >"$log" 2>&1
  code=$?
  set -e
  if ((code == 0)); then
    echo "PASS $name"
  else
    cat "$log"
    echo "FAIL $name"
    # shellcheck disable=SC2034  # the scripts that source this read it
    failed=1
  fi
}

# need COMMAND PACKAGE: stops with the name of the missing package.
need() {
  command -v "$1" >/dev/null || die "$1 is missing: install the package $2"
}

# The places of Debian suites this machine knows, then where a mirror keeps suites that ended.
mirrors() {
  local uri
  # shellcheck disable=SC2016  # apt-get expands it
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' |
    sort -u >"$work_dir/mirrors"
  while IFS= read -r uri; do echo "${uri%/}"; done <"$work_dir/mirrors"
  while IFS= read -r uri; do
    uri=${uri%/}
    case $uri in
      */debian) echo "${uri%/debian}/debian-archive/debian" ;;
      */debian-security) echo "${uri%/debian-security}/debian-archive/debian-security" ;;
    esac
  done <"$work_dir/mirrors"
}

# private_apt COMMAND...: apt-get or apt-cache that knows only the one source that select_suite chose.
# An ended suite's index is past its date, hence no Check-Valid-Until.
private_apt() {
  local command=$1 state=$work_dir/apt
  shift
  "$command" -q \
    -o Dir::State="$state" -o Dir::State::status="$state/status" \
    -o Dir::Cache="$state/cache" -o Dir::Log="$state" \
    -o Dir::Etc::sourcelist="$state/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
    -o APT::Architecture="$apt_arch" -o APT::Architectures="$apt_arch" -o APT::Sandbox::User=root \
    -o APT::Update::Error-Mode=any -o Acquire::Languages=none -o Acquire::Retries=2 \
    -o Acquire::Check-Valid-Until=false -o APT::Get::AllowUnauthenticated=false \
    "$@"
}

# select_suite ARCH PACKAGE SUITE [PREFIX]: has private_apt know SUITE, from the first mirror where it has PACKAGE in a version
# that begins with PREFIX; leaves that in `version`. Messages are appended to $work_dir/apt.log.
select_suite() {
  local package=$2 suite=$3 prefix=${4:-} state=$work_dir/apt mirror
  apt_arch=$1
  [ -r "$keyring" ] || die "$keyring is missing: install the package debian-archive-keyring"
  while IFS= read -r mirror; do
    rm -rf "$state"
    mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
    : >"$state/status"
    echo "deb [signed-by=$keyring] $mirror $suite main" >"$state/sources.list"
    private_apt apt-get update >>"$work_dir/apt.log" 2>&1 || continue
    version=$(private_apt apt-cache show --no-all-versions "$package" 2>/dev/null |
      sed -n 's/^Version: //p' | head -n 1)
    [[ -z $version || $version != "$prefix"* ]] || return 0
  done < <(mirrors)
  return 1
}
