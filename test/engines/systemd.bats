#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What only a host with systemd has: its journal, into which the example service forwards events, and a timer's service
# that writes metrics.

# bats file_tags=cgroups
load helpers

kUnit=sysctl-guard-events.service
kMetrics=sysctl-guard-metrics.service
kCollected=/var/lib/prometheus/node-exporter

teardown() {
  local unit
  for unit in "$kUnit" "$kMetrics"; do
    [[ -e /etc/systemd/system/$unit ]] || continue
    systemctl stop "$unit"
    rm -f "/etc/systemd/system/$unit"
  done
  rm -rf "${kCollected%/*}"
  engine_teardown
}

# in_journal VALUE: exactly one entry of the container has it, from the unit, with fields.
in_journal() {
  journalctl --quiet --output json SYSCTL_GUARD_CONTAINER="$ID" SYSCTL_GUARD_VALUE="$1" |
    jq -e --slurp --arg unit "$kUnit" 'length == 1 and (.[0] | .SYSCTL_GUARD_NAME == "net/ipv4/ip_forward"
      and .SYSCTL_GUARD_VERDICT == "deny" and .PRIORITY == "4" and .SYSLOG_IDENTIFIER == "sysctl-guard"
      and ._SYSTEMD_UNIT == $unit)' >/dev/null
}

@test "events: the example service forwards each to the journal once, with fields" {
  requires
  cp "$SG_TOP/examples/systemd/$kUnit" /etc/systemd/system/
  systemctl daemon-reload
  systemctl start "$kUnit"
  annotated "$ALLOW"
  engine_up sleep 100000
  engine_exec access net/ipv4/ip_forward=2
  expect_line "net/ipv4/ip_forward=2: EPERM, now 0"
  poll in_journal 2
  # Stopped in good order. What comes meanwhile is sent later, and nothing again.
  systemctl stop "$kUnit"
  expect_equal "$(systemctl show --property Result --value "$kUnit")" success
  engine_exec access net/ipv4/ip_forward=3
  systemctl start "$kUnit"
  poll in_journal 3
  in_journal 2
}

# counted VERDICT: what the file has for the container.
counted() {
  awk -v id="{container=\"$ID\"," -v verdict=",verdict=\"$1\"}" \
    'index($0, id) && index($0, verdict) { sum += $NF } END { print sum + 0 }' "$kCollected/sysctl-guard.prom"
}

@test "metrics: the example service writes what the guard has counted where node_exporter reads, and nothing without that" {
  requires
  cp "$SG_TOP/examples/metrics/$kMetrics" /etc/systemd/system/
  systemctl daemon-reload
  annotated "$ALLOW"
  engine_up sleep 100000
  systemctl start "$kMetrics"
  expect_equal "$(systemctl show --property ConditionResult --value "$kMetrics")" no
  mkdir -p "$kCollected"
  engine_exec access net/ipv4/ip_forward=2 net/ipv4/ip_forward=1
  systemctl start "$kMetrics"
  expect_equal "$(systemctl show --property Result --value "$kMetrics")" success
  expect_equal "$(counted deny)" 1 "refused"
  # An engine's own sysctls may be among them.
  (($(counted allow) >= 1)) || fail_with "nothing was allowed: $(cat "$kCollected/sysctl-guard.prom")"
}
