#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Makes docs/picture/graph.svg: what `sysctl-guard show --graph` says of a container that runs, drawn by Graphviz.
#
#   sudo docs/picture/graph.sh
#
# Needs what `test/install_packages.sh build demo` installs, the package graphviz, and a build in ${SG_BUILD_DIR:-build}.
# The container is that of examples/bundle with one rule, and sleeps. Nothing of it is left.
set -euo pipefail
cd "$(dirname "$0")/../.."

bin=$(realpath "${SG_BUILD_DIR:-build}")/bin
rule='net.ipv4.ip_forward=0|1'
id=router
work=$(mktemp -d)

clean_up() {
  runc --root "$work/state" delete --force "$id" >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap clean_up EXIT

mkdir -p "$work"/bundle/rootfs/{bin,dev,proc}
cp "$(command -v busybox)" "$work/bundle/rootfs/bin/sleep"
jq --arg hook "$bin/sysctl-guard-hook" --arg group "/sysctl-guard-picture" --arg rule "$rule" \
  '.linux.cgroupsPath = $group | .hooks = {"createRuntime": [{"path": $hook}]} | del(.linux.sysctl) |
   .annotations = {"io.sysctl-guard.allow": $rule} | .process.args = ["sleep", "1000"]' \
  examples/bundle/config.json >"$work/bundle/config.json"
runc --root "$work/state" run --detach --bundle "$work/bundle" "$id" </dev/null >"$work/said" 2>&1 || {
  cat "$work/said" >&2
  exit 1
}
"$bin/sysctl-guard" show --graph "$id" >"$work/graph"
{
  echo "<!-- SPDX-License-Identifier: Apache-2.0. Made by graph.sh: $rule -->"
  dot -Tsvg "$work/graph" | sed -n '/^<svg/,$p' | sed '/^<!--.*-->$/d'
} >docs/picture/graph.svg.new
mv docs/picture/graph.svg.new docs/picture/graph.svg
