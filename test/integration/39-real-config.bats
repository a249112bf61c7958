#!/usr/bin/env bats
# shellcheck disable=SC2016
# SPDX-License-Identifier: Apache-2.0
# The state and config.json that engines really write go through the hook; large ones do too, up to
# the named limit of 16 MiB.

load helpers

# real_bundle ENGINE [NAME]: the engine's own documents, on a process of ours in a cgroup of ours. Only what
# cannot be as it was is changed: pid, bundle, the ID and the cgroup.
real_bundle() {
  local data=$SG_TOP/test/data/$1
  make_bundle "${1%%-*}${2:-}"
  if [[ ! -d $(cgroup2_dir)/sg-engine-$$ ]]; then
    mkdir "$(cgroup2_dir)/sg-engine-$$"
    remove_afterwards "$(cgroup2_dir)/sg-engine-$$"
  fi
  make_process "/sg-engine-$$/$ID"
  jq --arg path "/sg-engine-$$/$ID" '.linux.cgroupsPath = $path' "$data.config.json" >config.json
  jq -c --arg id "$ID" --argjson pid "$PID" --arg bundle "$BUNDLE" \
    '.id = $id | .pid = $pid | .bundle = $bundle' "$data.state.json" >state
}

# grow BYTES: variables in process.env until config.json is as long.
grow() {
  python3 - "$1" <<'PY'
import json, sys
size = int(sys.argv[1])
with open("config.json") as file:
    config = json.load(file)
config["process"]["env"].append("")
length = len(json.dumps(config))
count = max(1, (size - length) // 4000)
pad = size - length
config["process"]["env"] += ["SOME_VARIABLE=" + "x" * 3900 for _ in range(count - 1)]
config["process"]["env"][-1] += "y"
length = len(json.dumps(config))
config["process"]["env"][0] += "z" * (size - length)
text = json.dumps(config)
assert len(text) == size, (len(text), size)
with open("config.json", "w") as file:
    file.write(text)
PY
}

guarded_as_asked() {
  access_in "$PID" net/ipv4/ip_forward=1 net/ipv4/ip_forward=2 net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_forward=2: EPERM, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
}

@test "Docker's own documents: the annotation and the default sysctls hold" {
  requires
  real_bundle docker-26.1
  run_hook state
  expect_status 0
  guarded_as_asked
  access_in "$PID" "net/ipv4/ping_group_range=0 2147483647" "net/ipv4/ping_group_range=0 1" \
    net/ipv4/ip_unprivileged_port_start=0 net/ipv4/ip_unprivileged_port_start=1
  expect_line "net/ipv4/ping_group_range=0 2147483647: ok, now 0	2147483647"
  expect_line "net/ipv4/ping_group_range=0 1: EPERM, now 0	2147483647"
  expect_line "net/ipv4/ip_unprivileged_port_start=0: ok, now 0"
  expect_line "net/ipv4/ip_unprivileged_port_start=1: EPERM, now 0"
}

@test "Podman's own documents: the annotation and the default sysctl hold" {
  requires
  real_bundle podman-4.3
  run_hook state
  expect_status 0
  guarded_as_asked
  access_in "$PID" "net/ipv4/ping_group_range=0 0" "net/ipv4/ping_group_range=0 1"
  expect_line "net/ipv4/ping_group_range=0 0: ok, now 0	0"
  expect_line "net/ipv4/ping_group_range=0 1: EPERM, now 0	0"
}

@test "without a cgroupsPath that fits, Docker's layout is found by the ID" {
  requires
  real_bundle docker-26.1
  update_config '.linux.cgroupsPath = "/docker/somewhere-else"'
  run_hook state
  expect_status 0
  guarded_as_asked
}

@test "a config.json of 60 KB, of 10 MB and of exactly 16 MiB goes through" {
  requires python3
  local size
  for size in 61440 10485760 16777216; do
    real_bundle docker-26.1 "$size"
    grow "$size"
    expect_equal "$(stat -c %s config.json)" "$size"
    run_hook state
    expect_status 0
    guarded_as_asked
  done
}

@test "a config.json one byte over the limit is exit 65 with one line that names the limit" {
  requires python3
  real_bundle docker-26.1
  grow 16777217
  run_hook state
  expect_status 65
  expect_output "sysctl-guard: "
  expect_output "16777216"
  expect_equal "$(wc -l <<<"$output")" 1 "lines"
  no_guard_of "$ID" || fail_with "a guard was attached"
}

@test "a config.json that is cut short is exit 65" {
  requires
  real_bundle podman-4.3
  truncate -s 5000 config.json
  run_hook state
  expect_status 65
  expect_output "config.json"
  no_guard_of "$ID" || fail_with "a guard was attached"
}

@test "a config.json that is not there, or of another container, gives no pairs; the annotations hold" {
  requires
  real_bundle docker-26.1
  jq -c '.bundle = "/"' state >state.new && mv state.new state
  run_hook state
  expect_status 0
  guarded_as_asked
  access_in "$PID" net/ipv4/ip_unprivileged_port_start=0
  expect_output "net/ipv4/ip_unprivileged_port_start=0: EPERM"

  real_bundle podman-4.3
  update_config '.annotations["io.sysctl-guard.allow"] = "net.*"'
  run_hook state
  expect_status 0
  guarded_as_asked
  access_in "$PID" "net/ipv4/ping_group_range=0 0"
  expect_output "net/ipv4/ping_group_range=0 0: EPERM"
}

@test "a container that was opened needs its config.json, but where the runtime knows no bundle" {
  requires
  # opened BUNDLE CONFIG-FILTER: with the mark in the state, and in the config.json that the filter then changes.
  local number=0
  opened() {
    real_bundle docker-26.1 "$((++number))"
    local mark='.annotations["io.sysctl-guard.opened"] = "true"'
    jq -c --arg bundle "$1" "$mark | if \$bundle == \"\" then . else .bundle = \$bundle end" state >state.new
    mv state.new state
    update_config "$mark | $2"
    run_hook state
  }
  opened "" .
  expect_status 0
  guarded_as_asked
  opened "" '.annotations.other = "x"'
  expect_status 65
  expect_output "config.json: its annotations are not those of the container's state"
  no_guard_of "$ID" || fail_with "a guard was attached"
  opened /nonexistent .
  expect_status 71
  expect_output "/nonexistent/config.json"
  no_guard_of "$ID" || fail_with "a guard was attached"
  # As crun has it.
  opened / .
  expect_status 0
  guarded_as_asked
}

@test "a real runtime starts a container with a config.json of 10 MB" {
  requires python3
  make_bundle
  annotate allow 'net.ipv4.ip_forward=0|1'
  add_hook createRuntime
  set_args access net/ipv4/ip_forward=1 net/ipv4/ip_forward=2
  # In an object that the runtime reads past: the environment is limited by the kernel.
  jq -n '[range(2700) | {key: "org.example.\(.)", value: ("x" * 3900)}] | from_entries' >labels.json
  update_config --slurpfile labels labels.json '.process.apparmorProfile = "" | .x_labels = $labels[0]'
  (($(stat -c %s config.json) > 10000000)) || fail_with "config.json is too small"
  sg_run runtime run --bundle "$BUNDLE" "$ID"
  expect_status 0
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_forward=2: EPERM, now 1"
}
