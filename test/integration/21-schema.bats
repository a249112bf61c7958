#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The schemas in schema/: made of the pieces they are said to be made of, and of one mind with
# sysctl-guard. Needs no container; the validator is that of Debian's package python3-jsonschema.

setup() {
  cd "$BATS_TEST_DIRNAME/../.." || return 1
  SG_BUILD_DIR=$(realpath -m "${SG_BUILD_DIR:-build}")
}

@test "the patterns of the schemas are those that test/schema/patterns.py makes" {
  run test/schema/patterns.py
  echo "$output" >&2
  [[ $status -eq 0 ]]
}

@test "the schemas and sysctl-guard agree on every file of the corpora and on mutations of them" {
  BUILD=$SG_BUILD_DIR run test/schema/agree.py
  echo "$output" >&2
  [[ $status -eq 0 ]]
}
