# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: Apache-2.0
# engine_docker-cdi.bash - Docker with its own runtime, and the hook by a CDI device. Nothing opens /proc/sys
# there but the engine's own flag.

# shellcheck source=test/engines/engine_docker.bash
. "$SG_ENGINES/engine_docker.bash"
OPENS=
ASKED=

register_hook() { HOW=(--runtime "$RUNTIME" --device sysctl-guard.io/policy=default); }
