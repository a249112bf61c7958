#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Who could leave or undo the guard, in other spellings: variants.bash has them. bundle-crun.bats tries them with crun.

load helpers
load ways
load variants

@test "each of them stays read-only, for the reason that config.json then has" {
  requires
  way_variants
}

@test "the harmless ones beside them are opened, and guarded" {
  requires
  way_harmless
}
