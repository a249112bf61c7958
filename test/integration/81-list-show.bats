#!/usr/bin/env bats
# shellcheck disable=SC2016
# SPDX-License-Identifier: Apache-2.0
# list, show and metrics on real containers: what they say is what was done.

load helpers

# The file of this test, as root's own, and the hook with it in the bundle.
add_hook_with_policy() {
  printf '%s\n' "$1" >"$BATS_TEST_TMPDIR/policy.json"
  chmod 644 "$BATS_TEST_TMPDIR/policy.json"
  update_config --arg path "$HOOK" --arg policy "$BATS_TEST_TMPDIR/policy.json" '
    .hooks.createRuntime += [{path: $path, args: ["sysctl-guard-hook", "--policy", $policy]}]'
}

cli() { in_cgroups "$SG_CHECK" "$@"; }

# listed JQ: of the container's element in `list --json`.
listed() { cli list --json | jq -c --arg id "$ID" ".guards[] | select(.id == \$id) | $1"; }

# shown JQ [CONTAINER]: of `show --json`.
shown() { cli show --json "${2:-$ID}" | jq -c "$1"; }

# follows_schema NAME: the document on standard input.
follows_schema() {
  python3 -c 'import json, jsonschema, sys
jsonschema.Draft202012Validator(json.load(open(sys.argv[1]))).validate(json.load(sys.stdin))' \
    "$SG_TOP/schema/$1-output.v1.schema.json"
}

# By sysctls whose writes take no lock that others hold: the kernel restarts a write that has to wait for one, and each
# turn counts.
@test "list and show: the numbers are what was done" {
  requires python3
  make_bundle
  annotate allow 'net.ipv4.ip_default_ttl=33..35,net.ipv4.conf.*.log_martians'
  annotate deny 'net.ipv4.conf.all.*'
  annotate deny-read 'net.ipv4.ip_local_port_range'
  add_hook createRuntime
  start_container
  expect_equal "$(listed '[.mode, .denied, .wouldDeny, .allowed, .rules, .name]')" '["enforce",0,0,0,4,null]'
  # attempts opens and writes once; access.sh reads each back.
  in_container attempts -f /proc/sys/net/ipv4/ip_default_ttl -v 33 write
  in_container attempts -f /proc/sys/net/ipv4/ip_default_ttl -v 34 write
  in_container attempts -f /proc/sys/net/ipv4/ip_default_ttl -v 99 write
  in_container attempts -f /proc/sys/net/ipv4/conf/lo/log_martians -v 1 write
  in_container attempts -f /proc/sys/net/ipv4/conf/all/log_martians -v 1 write
  in_container attempts -f /proc/sys/vm/swappiness -v 1 write
  in_container attempts -f /proc/sys/kernel/core_pattern -v x write
  in_container attempts -f /proc/sys/net/ipv4/ip_local_port_range -v - read
  expect_output "errno:EPERM"
  expect_equal "$(listed '[.denied, .wouldDeny, .allowed]')" '[5,0,3]'
  expect_equal "$(shown '[.rules[] | select(.source | startswith("annotation")) |
                          [.kind, .text, .denied, .wouldDeny, .allowed]]')" \
    '[["deny","net.ipv4.conf.all.*",1,0,0],["allow","net.ipv4.ip_default_ttl=33..35",0,0,2],["allow","net.ipv4.conf.*.log_martians",0,0,1],["deny-read","net.ipv4.ip_local_port_range",1,0,0]]'
  expect_equal "$(shown '.noRule')" '{"denied":3,"wouldDeny":0,"allowed":0}'
  expect_equal "$(shown '[.privateNamespaces, .nodePolicy != "", .otherPrograms, .canUndo, .processes]')" \
    '[["net","ipc","uts","pid"],true,0,null,1]'
  expect_equal "$(shown '.cgroup')" "\"/$ID\""
  expect_equal "$(shown '.program')" "$(guards_of "$ID")"
  cli list --json | follows_schema list
  cli show --json "$ID" | follows_schema show
  # The same for people.
  sg_run cli show "$ID"
  expect_line "mode         enforce: what the policy denies is refused"
  grep -qE "^ +[0-9]+ +0 +0 +2  allow net.ipv4.ip_default_ttl=33..35$" <<<"$output" || fail_with "no such rule"
  grep -qE "^ +- +3 +0 +0  deny$" <<<"$output" || fail_with "no such line for no rule"
  sg_run in_cgroups script -qec "stty cols 80; $SG_CHECK show $ID" /dev/null
  expect_equal "$(tr -d '\r' <<<"$output" | awk 'length > 80')" ""
  sg_run cli list
  grep -qE "^${ID:0:12} .* enforce +4 +5 +0 +3 +[0-9]+[smh]$" <<<"$output" || fail_with "no such row"
}

@test "show: size and memory are the kernel's, and the graph is of the same table" {
  requires
  local prog
  make_bundle
  annotate allow 'net.ipv4.ip_default_ttl=33'
  add_hook createRuntime
  start_container
  prog=$(guards_of "$ID")
  expect_equal "$(shown .tag)" "$(bpftool -j prog show id "$prog" | jq .tag)"
  expect_equal "$(shown '.maps | sort')" "$(bpftool -j prog show id "$prog" | jq -c '.map_ids | sort')"
  expect_equal "$(shown .tableBytes)" "$(bpftool -j map show name sg_table | jq --argjson maps \
    "$(shown .maps)" '[.] | flatten[] | select(.id as $id | $maps | index($id)) | .bytes_value')"
  (($(shown .memoryBytes) > $(shown .tableBytes))) || fail_with "memory"
  # The buffer of events, which all guards share, has 4 MiB.
  (($(shown .memoryBytes) < 1048576)) || fail_with "memory of the buffer"
  (($(shown .tableStates) > 10)) || fail_with "states"
  sg_run cli show --graph "$ID"
  expect_status 0
  expect_line "digraph policy {"
  expect_output "'net/ipv4/ip_default_ttl' end"
}

@test "audit: what would be denied has a column of its own" {
  requires
  make_bundle
  annotate allow 'net.ipv4.ip_default_ttl=33'
  annotate mode audit
  add_hook_with_policy '{"version": 1, "annotationModes": ["audit"]}'
  start_container
  in_container attempts -f /proc/sys/net/ipv4/conf/lo/log_martians -v 1 write
  in_container attempts -f /proc/sys/net/ipv4/conf/lo/log_martians -v 0 write
  in_container attempts -f /proc/sys/kernel/core_pattern -v x write
  expect_equal "$(listed '[.mode, .denied, .wouldDeny, .allowed]')" '["audit",1,2,0]'
  expect_equal "$(shown '[.mode, .auditWithinLimit]')" '["audit",true]'
}

@test "an ID, the beginning of one, and a name; and what names no container or several" {
  requires
  local first
  make_bundle one
  annotate allow 'net.ipv4.*'
  update_config '.annotations["io.kubernetes.container.name"] = "sg-name-\(now)"'
  add_hook createRuntime
  start_container
  first=$ID
  expect_equal "$(shown .id "${first%e}")" "\"$first\""
  expect_equal "$(shown .id "$(jq -r '.annotations["io.kubernetes.container.name"]' config.json)")" "\"$first\""
  make_bundle onf
  add_hook createRuntime
  start_container
  sg_run cli show "${first%e}"
  expect_status 1
  expect_output "several IDs begin like this: $first (sg-name-"
  expect_output ", $ID"
  delete_container
  expect_equal "$(shown .id "${first%e}")" "\"$first\""
  expect_equal "$(listed .id)" "" "after it was deleted"
  sg_run cli show "$ID"
  expect_status 1
  expect_output "no guarded container has this ID or name"
  expect_output "hint: see sysctl-guard list"
}

@test "a name with escape sequences disturbs neither a terminal nor JSON nor metrics" {
  requires python3
  make_bundle
  annotate allow 'net.ipv4.*'
  update_config '.annotations["io.kubernetes.container.name"] = "\u001b]0;x\u0007\n\u009b2J\"} 1\\é"'
  add_hook createRuntime
  start_container
  for form in list "list --json" "show $ID" "show --json $ID" "show --graph $ID" metrics; do
    # shellcheck disable=SC2086
    sg_run cli $form
    expect_status 0
    expect_equal "$(LC_ALL=C tr -d '\n -~' <<<"$output")" "" "bytes that are not printable in $form"
  done
  expect_equal "$(listed '.name == "\u001b]0;x\u0007\n\u009b2J\"} 1\\é"')" true
  cli list --json | follows_schema list
  cli show --json "$ID" | follows_schema show
  cli metrics | "$SG_TOP/test/integration/check_metrics.py"
}

@test "a container that could undo its guard is flagged" {
  requires
  make_bundle
  add_hook createRuntime
  start_container
  expect_equal "$(shown .canUndo)" null
  delete_container
  update_config '(.process.capabilities | .bounding, .permitted) += ["CAP_SYS_ADMIN"]'
  start_container
  expect_equal "$(shown '[.canUndo.pid, .canUndo.capabilities]')" "[$(container_pid),[\"CAP_SYS_ADMIN\"]]"
  sg_run cli show "$ID"
  expect_output "may have CAP_SYS_ADMIN"
  delete_container
  # In a user namespace of its own it can have all of them.
  update_config '.linux.namespaces += [{type: "user"}] |
    .linux.uidMappings = [{containerID: 0, hostID: 0, size: 1000}] | .linux.gidMappings = .linux.uidMappings'
  start_container
  expect_equal "$(shown '[.canUndo, .processes]')" "[null,1]"
}

@test "metrics: by container and family, into a file, and gone with the container" {
  requires python3
  local file=$BATS_TEST_TMPDIR/sysctl-guard.prom
  make_bundle
  annotate allow 'net.ipv4.ip_default_ttl=33,net.core.*'
  add_hook createRuntime
  start_container
  in_container attempts -f /proc/sys/net/ipv4/ip_default_ttl -v 33 write
  in_container attempts -f /proc/sys/vm/swappiness -v 1 write
  in_container attempts -f /proc/sys/vm/swappiness -v 1 write
  sg_run cli metrics --output "$BATS_TEST_TMPDIR/none/sysctl-guard.prom"
  expect_status 1
  expect_output "--output: '$BATS_TEST_TMPDIR/none/' is not a directory"
  [[ ! -e $BATS_TEST_TMPDIR/none ]] || fail_with "it was made"
  sg_run cli metrics --output "$file"
  expect_status 0
  expect_equal "$output" ""
  expect_equal "$(stat -c %a "$file")" 644
  expect_equal "$(grep "container=\"$ID\"" "$file")" \
    "sysctl_guard_accesses_total{container=\"$ID\",name=\"\",family=\"net.core\",verdict=\"allow\"} 0
sysctl_guard_accesses_total{container=\"$ID\",name=\"\",family=\"net.ipv4\",verdict=\"allow\"} 1
sysctl_guard_accesses_total{container=\"$ID\",name=\"\",family=\"unmatched\",verdict=\"deny\"} 2"
  "$SG_TOP/test/integration/check_metrics.py" <"$file"
  delete_container
  cli metrics --output "$file"
  expect_equal "$(grep -c "container=\"$ID\"" "$file")" 0
  expect_equal "$(ls "$BATS_TEST_TMPDIR"/sysctl-guard.prom*)" "$file"
}

@test "metrics: promtool finds nothing to say, and does of what is wrong" {
  requires promtool
  make_bundle
  annotate allow 'net.ipv4.ip_forward=0|1'
  add_hook createRuntime
  start_container
  in_container attempts -f /proc/sys/net/ipv4/ip_forward -v 1 write
  cli metrics >printed
  grep -q "container=\"$ID\"" printed
  sg_run "$SG_PROMTOOL" check metrics <printed
  expect_status 0
  expect_equal "$output" ""
  sed 's/_total{/{/' printed >wrong
  sg_run "$SG_PROMTOOL" check metrics <wrong
  ((status != 0)) || fail_with "it takes anything"
}

@test "examples/metrics: the timer's command line, and a dashboard of metrics that exist" {
  requires python3
  local service=$SG_TOP/examples/metrics/sysctl-guard-metrics.service
  local timer=$SG_TOP/examples/metrics/sysctl-guard-metrics.timer
  local dashboard=$SG_TOP/examples/metrics/grafana-dashboard.json
  # Every option of the unit's command is one that there is: it only lacks the directory.
  sg_run sed -n 's/^ExecStart=[^ ]*sysctl-guard \(.*\)$/\1/p' "$service"
  expect_equal "$output" "metrics --output /var/lib/prometheus/node-exporter/sysctl-guard.prom"
  grep -qx 'OnUnitActiveSec=.*' "$timer"
  if command -v systemd-analyze >/dev/null; then
    sed "s|^ExecStart=[^ ]*|ExecStart=$SG_CHECK|" "$service" \
      >"$BATS_TEST_TMPDIR/sysctl-guard-metrics.service"
    cp "$timer" "$BATS_TEST_TMPDIR"
    sg_run systemd-analyze verify --man=no "$BATS_TEST_TMPDIR/sysctl-guard-metrics.timer"
    expect_status 0
  fi
  make_bundle
  annotate allow 'net.ipv4.*'
  add_hook createRuntime
  start_container
  cli metrics >"$BATS_TEST_TMPDIR/metrics"
  sg_run "$SG_TOP/test/integration/check_metrics.py" --dashboard "$dashboard" \
    <"$BATS_TEST_TMPDIR/metrics"
  expect_status 0
}
