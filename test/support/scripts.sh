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
