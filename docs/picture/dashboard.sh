#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Makes docs/picture/dashboard.svg: the panels of examples/metrics/grafana-dashboard.json, with real numbers. Not by Grafana,
# which Debian does not have: Prometheus answers the queries of the panels, and dashboard.py draws the answers.
#
#   sudo docs/picture/dashboard.sh
#
# Needs what `test/install_packages.sh build demo` installs, the programs of the packages prometheus and
# prometheus-node-exporter (not their services), and a build in ${SG_BUILD_DIR:-build}. Three containers write
# for two minutes: `router` what it may and now and then what it may not, `trial` in audit mode, `broken` does not start.
# Nothing of them is left but the counter of hooks that failed, as always.
set -euo pipefail
cd "$(dirname "$0")/../.."

bin=$(realpath "${SG_BUILD_DIR:-build}")/bin
seconds=120
prometheus=127.0.0.1:19090
exporter=127.0.0.1:19100
names=(router trial broken)
work=$(mktemp -d)
started=()

clean_up() {
  local name
  for name in "${names[@]}"; do runc --root "$work/state" delete --force "$name" >/dev/null 2>&1 || true; done
  kill "${started[@]}" 2>/dev/null || true
  wait
  rm -rf "$work"
}
trap clean_up EXIT

# run NAME ANNOTATIONS SCRIPT: a container that goes on with SCRIPT.
run() {
  local bundle=$work/$1 applet
  mkdir -p "$bundle"/rootfs/{bin,dev,proc}
  cp "$(command -v busybox)" "$bundle/rootfs/bin/busybox"
  for applet in sh sleep; do ln -s busybox "$bundle/rootfs/bin/$applet"; done
  jq --arg hook "$bin/sysctl-guard-hook" --arg group "/sysctl-guard-picture-$1" --arg policy "$work/policy.json" \
    --argjson annotations "$2" --arg script "$3" \
    '.linux.cgroupsPath = $group | del(.linux.sysctl) | .annotations = $annotations | .process.args = ["sh", "-c", $script] |
     .hooks = {"createRuntime": [{"path": $hook, "args": ["sysctl-guard-hook", "--policy", $policy]}]}' \
    examples/bundle/config.json >"$bundle/config.json"
  runc --root "$work/state" run --detach --bundle "$bundle" "$1" </dev/null >"$work/said" 2>&1
}

echo '{"version": 1, "annotationModes": ["enforce", "audit"]}' >"$work/policy.json"
mkdir "$work/text"
prometheus-node-exporter --collector.disable-defaults --collector.textfile --collector.textfile.directory="$work/text" \
  --web.listen-address="$exporter" >"$work/exporter.log" 2>&1 &
started+=($!)
cat >"$work/prometheus.yml" <<CONFIG
global: { scrape_interval: 2s }
scrape_configs: [ { job_name: node, static_configs: [ { targets: ["$exporter"] } ] } ]
CONFIG
prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/data" --web.listen-address="$prometheus" \
  >"$work/prometheus.log" 2>&1 &
started+=($!)

p=/proc/sys/net
run router '{"io.sysctl-guard.allow": "net.ipv4.ip_forward=0|1; net.ipv4.conf.*.rp_filter=0..2"}' \
  "n=0; while :; do n=\$((n + 1)); echo \$((n % 2)) >$p/ipv4/ip_forward; echo 1 >$p/ipv4/conf/all/rp_filter
   [ \$((n % 40)) -lt 30 ] || echo 1 >$p/ipv4/conf/all/forwarding; sleep 0.2; done 2>/dev/null"
run trial '{"io.sysctl-guard.mode": "audit", "io.sysctl-guard.allow": "net.ipv4.tcp_*"}' \
  "while :; do echo 300 >$p/ipv4/tcp_keepalive_time; echo 4096 >$p/core/somaxconn; sleep 0.5; done 2>/dev/null"
for ((second = 0; second < seconds; second += 2)); do
  "$bin/sysctl-guard" metrics --output "$work/text/sysctl-guard.prom"
  if ((second == seconds / 2)) && run broken '{"io.sysctl-guard.allow": "net..x"}' :; then
    echo "dashboard.sh: a container with a mistake in its annotation was started" >&2
    exit 1
  fi
  sleep 2
done
docs/picture/dashboard.py "http://$prometheus" "$seconds" <examples/metrics/grafana-dashboard.json \
  >docs/picture/dashboard.svg.new
mv docs/picture/dashboard.svg.new docs/picture/dashboard.svg
