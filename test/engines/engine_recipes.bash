# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: Apache-2.0
# engine_recipes.bash - Docker and Podman side by side, with an image that has every program of this machine.

# shellcheck source=test/engines/machine_image.bash
. "$SG_ENGINES/machine_image.bash"

INSTALLED=
OPENS=1
ASKED=1

# by ENGINE FUNCTION ARGUMENTS...: a function of another engine's file.
by() {
  (
    # shellcheck source=/dev/null
    . "$SG_ENGINES/engine_$1.bash"
    "${@:2}"
  )
}

engine_start() {
  make_machine_image "$ENGINE_DIR/rootfs"
  by docker engine_start
  by podman engine_start
  sysctl-guard install podman
}

engine_stop() {
  by docker engine_stop
  by podman engine_stop
}

register_hook() { :; }

engine_remove() {
  by docker engine_remove
  by podman engine_remove
}
