# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: Apache-2.0
# engine_host.bash - no engine is started: host.bats alone.

INSTALLED=
OPENS=
ASKED=

engine_start() { :; }
engine_stop() { :; }
register_hook() { :; }
engine_remove() { :; }
