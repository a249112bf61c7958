# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154
# check.bash - for tests of `sysctl-guard check`, which need no container.

# command_on_path: the built command comes first, and the test works in a directory of its own. Sets SG_TOP and SG_BIN.
command_on_path() {
  SG_TOP=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
  SG_BIN=$(cd "$SG_TOP" && realpath -m "${SG_BIN:-${SG_BUILD_DIR:-build}/bin}")
  PATH=$SG_BIN:$PATH
  cd "$BATS_TEST_TMPDIR" || return 1
}

# check WANTED-STATUS ARGUMENT...: both streams are in the log of a failed test.
check() {
  local wanted=$1
  shift
  run --separate-stderr -- sysctl-guard check "$@"
  printf '$ check %q\nstatus %s\n%s\n--- stderr\n%s\n' "$*" "$status" "$output" "$stderr" >&2
  [[ $status -eq $wanted ]]
}
