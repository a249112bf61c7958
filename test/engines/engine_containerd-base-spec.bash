# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: Apache-2.0
# engine_containerd-base-spec.bash - containerd through ctr, with the base specification that `sysctl-guard install
# containerd --base-spec` made: every container of it is guarded.

# shellcheck source=test/engines/engine_containerd.bash
. "$SG_ENGINES/engine_containerd.bash"
OPENS=
ASKED=

install_handler() {
  ctr oci spec >"$ENGINE_DIR/spec.json"
  sysctl-guard install containerd --base-spec "$ENGINE_DIR/spec.json"
}

register_hook() {
  BASE=$(value_of base_runtime_spec)
  BINARY=$RUNTIME
}
