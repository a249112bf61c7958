# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: Apache-2.0
# engine_containerd-wrapper.bash - containerd through ctr, with sysctl-guard-runtime as the binary of its runtime.

# shellcheck source=test/engines/engine_containerd.bash
. "$SG_ENGINES/engine_containerd.bash"
INSTALLED=
OPENS=1
ASKED=1

register_hook() {
  plain_spec
  BASE=$BATS_TEST_TMPDIR/plain.json
  BINARY=/usr/bin/sysctl-guard-runtime
}
