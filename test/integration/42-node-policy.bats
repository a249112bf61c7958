#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The node policy: what a container can be granted by a real runtime, and what refuses it.

load helpers

# The file of this test, as root's own.
node_policy() {
  printf '%s\n' "$1" >"$BATS_TEST_TMPDIR/policy.json"
  chmod 644 "$BATS_TEST_TMPDIR/policy.json"
}

# The hook with that file, in the bundle.
add_hook_with_policy() {
  update_config --arg path "$HOOK" --arg policy "$BATS_TEST_TMPDIR/policy.json" '
    .hooks.createRuntime += [{path: $path, args: (["sysctl-guard-hook", "--policy", $policy] + $ARGS.positional)}]' \
    --args -- "$@"
}

# expect_refused CODE TEXT: runc did not start the container, and the hook's line is in its message.
expect_refused() {
  ((status != 0)) || fail_with "the container started"
  expect_output "exit status $1"
  expect_output "$2"
  expect_equal "$(guards_of "$ID")" "" "guards"
}

# The host's value of vm.max_map_count comes back whatever happens.
teardown_max_map_count() {
  [[ -z ${MAX_MAP_COUNT:-} ]] || echo "$MAX_MAP_COUNT" >/proc/sys/vm/max_map_count
}

@test "without a node policy nothing of the host can be asked for" {
  requires
  make_bundle
  add_hook createRuntime
  annotate allow "kernel.*"
  run_container true
  expect_refused 77 "permits kernel.a=0, which is beyond the node's limit: it is host-wide"
  annotate allow "*"
  run_container true
  expect_refused 77 "permits a=0, which is beyond the node's limit: it is host-wide"
  annotate allow "kernel.shm*"
  run_container access kernel/shmmni=4096 kernel/core_pattern=core
  expect_line "kernel/shmmni=4096: ok, now 4096"
  expect_output "kernel/core_pattern=core: EPERM"
}

@test "with host networking net.* does not start the container, and the message names the namespace" {
  requires
  make_bundle
  add_hook createRuntime
  annotate allow "net.ipv4.ip_forward=0|1"
  update_config '.linux.namespaces |= map(select(.type != "network"))'
  run_container true
  expect_refused 77 "it belongs to the network namespace, which the container shares with the host"
  # config.json names a namespace; whose it is, its inode says.
  update_config '.linux.namespaces += [{type: "network", path: "/proc/1/ns/net"}]'
  run_container true
  ((status != 0)) || fail_with "the container started"
  update_config --arg path "/proc/$$/ns/net" '.linux.namespaces |= map(if .type == "network" then .path = $path else . end)'
  run_container true
  expect_refused 77 "it belongs to the network namespace, which the container shares with the host"
}

@test "a container in the network namespace of a pod has it to itself" {
  requires
  make_bundle pod
  start_container
  local pid
  pid=$(container_pid)
  make_bundle member
  add_hook createRuntime
  annotate allow "net.ipv4.ip_forward=0|1"
  update_config --arg path "/proc/$pid/ns/net" '
    .linux.namespaces |= map(if .type == "network" then .path = $path else . end)'
  run_container access net/ipv4/ip_forward=1
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
}

@test "limit.host grants a range of vm.max_map_count, and exactly that" {
  requires
  MAX_MAP_COUNT=$(cat /proc/sys/vm/max_map_count)
  node_policy '{"version": 1, "limit": {"host": ["vm.max_map_count=262144..1048576"]}}'
  make_bundle
  add_hook_with_policy
  annotate allow "vm.max_map_count=262144..1048576"
  local value before lowest=262144 highest=1048576 log=
  for value in 262143 "$lowest" 500000 "$highest" 1048577 0x50000 "$lowest 5"; do
    before=$(cat /proc/sys/vm/max_map_count)
    run_container access "vm/max_map_count=$value"
    log+="$output"$'\n'
    case $value in
      "$lowest" | 500000 | "$highest")
        [[ $output == "vm/max_map_count=$value: ok, now $value" ]] || break
        expect_equal "$(cat /proc/sys/vm/max_map_count)" "$value"
        ;;
      *) [[ $output == "vm/max_map_count=$value: EPERM, now $before" ]] || break ;;
    esac
    value=
  done
  teardown_max_map_count
  expect_equal "$value" "" "$log"
  expect_equal "$(cat /proc/sys/vm/max_map_count)" "$MAX_MAP_COUNT"
  # Beyond the range, and without the grant.
  annotate allow "vm.max_map_count=262144..1048577"
  run_container true
  expect_refused 77 "permits vm.max_map_count=1048577"
  node_policy '{"version": 1}'
  annotate allow "vm.max_map_count=262144..1048576"
  run_container true
  expect_refused 77 "permits vm.max_map_count=262144"
}

@test "clip: what is within the limit is granted, the rest is denied and said in the log" {
  requires
  node_policy '{"version": 1, "limit": {"allow": ["net.ipv4.ip_forward=0|1"], "onExcess": "clip"}}'
  make_bundle
  add_hook_with_policy
  annotate allow "net.ipv4.ip_forward, net.ipv4.ip_default_ttl=33"
  run_container access net/ipv4/ip_forward=1 net/ipv4/ip_forward=2 net/ipv4/ip_default_ttl=33
  expect_status 0
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_output "net/ipv4/ip_forward=2: EPERM, now 1"
  expect_output "net/ipv4/ip_default_ttl=33: EPERM, now 64"
}

@test "a request for everything, against a limit of 1,000 rules: the message shows what is beyond it" {
  requires
  local rules
  rules=$(jq -nc '[range(1000) | "net.ipv4.conf.e\(.).leaf_\(.)=0..\(977 * . + 13)", "net.ipv4.ip_forward=0|1"]')
  for on_excess in refuse clip; do
    node_policy "{\"version\": 1, \"limit\": {\"allow\": $rules, \"onExcess\": \"$on_excess\"}}"
    make_bundle "$on_excess"
    add_hook_with_policy
    annotate allow 'net.*'
    run_container true
    expect_refused 77 "permits net.a=0, which is beyond the node's limit"
    [[ $output != *"built in"* && $output != *"(the host's)"* ]] || fail_with "blames what nobody wrote"
    make_bundle "$on_excess-within"
    add_hook_with_policy
    annotate allow 'net.ipv4.ip_forward=0|1'
    run_container access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
    expect_status 0
    expect_line "net/ipv4/ip_forward=1: ok, now 1"
    expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
  done
}

@test "profiles: by annotation, by the hook's argument, and not two different ones" {
  requires
  node_policy '{"version": 1, "profiles": {"vpn": {"allow": ["net.ipv4.ip_forward=0|1"],
    "deny": ["net.ipv4.conf.*"]}, "other": {}}}'
  make_bundle
  add_hook_with_policy
  annotate profile vpn
  annotate allow "net.ipv4.conf.lo.rp_filter, net.ipv4.ip_default_ttl"
  run_container access net/ipv4/ip_forward=1 net/ipv4/conf/lo/rp_filter=2 net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_output "net/ipv4/conf/lo/rp_filter=2: EPERM"
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
  node_policy '{"version": 1, "profiles": {"vpn": {"allow": ["vm.swappiness=1"]}, "other": {}}}'
  run_container true
  expect_refused 77 "/profiles/vpn/allow/0: "
  node_policy '{"version": 1, "profiles": {"vpn": {"allow": ["net.ipv4.ip_forward=0|1"]}, "other": {}}}'
  annotate profile vnp
  run_container true
  expect_refused 65 "the node policy has no profile of this name"
  update_config 'del(.hooks) | .annotations = {}'
  add_hook_with_policy --profile vpn
  run_container access net/ipv4/ip_forward=1 net/ipv4/ip_forward=2
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_output "net/ipv4/ip_forward=2: EPERM, now 1"
  annotate profile other
  run_container true
  expect_refused 65 "was given the profile 'vpn', by the hook's --profile"
  update_config 'del(.hooks) | .annotations = {}'
  add_hook_with_policy --profile gone
  run_container true
  expect_refused 64 "the node policy has no profile 'gone'"
}

@test "the floor holds for every container, the default allow for those that ask for nothing" {
  requires
  node_policy '{"version": 1, "default": {"allow": ["net.ipv4.ip_forward=0|1", "vm.swappiness"],
    "deny": ["net.ipv4.ip_default_ttl"], "denyRead": ["kernel.ostype"]}}'
  make_bundle
  add_hook_with_policy
  run_container access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33 vm/swappiness=60 kernel/ostype
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_output "net/ipv4/ip_default_ttl=33: EPERM, now 64"
  expect_output "vm/swappiness=60: EPERM"
  expect_output "kernel/ostype: EPERM"
  annotate allow "net.ipv4.*"
  run_container access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33 kernel/ostype
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_output "net/ipv4/ip_default_ttl=33: EPERM, now 64"
  expect_output "kernel/ostype: EPERM"
  annotate allow ""
  run_container access net/ipv4/ip_forward=1
  expect_output "net/ipv4/ip_forward=1: EPERM, now 0"
}

@test "audit: the node's lets everything through, an annotation's stays within the limit and the floor" {
  requires
  node_policy '{"version": 1, "default": {"mode": "audit", "deny": ["net.ipv4.ip_default_ttl"]},
    "annotationModes": ["enforce"]}'
  make_bundle
  add_hook_with_policy
  annotate deny "net.ipv4.ip_forward"
  run_container access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
  annotate mode enforce
  run_container access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
  expect_output "net/ipv4/ip_forward=1: EPERM, now 0"
  expect_output "net/ipv4/ip_default_ttl=33: EPERM, now 64"
  annotate mode audit
  run_container true
  expect_refused 65 "does not let annotations choose this mode"
  node_policy '{"version": 1, "annotationModes": ["audit"],
    "default": {"deny": ["net.ipv4.ip_default_ttl"], "denyRead": ["kernel.ostype"]}}'
  annotate deny-read kernel.osrelease
  run_container access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33 vm/swappiness=60 \
    kernel/ostype kernel/osrelease
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_output "net/ipv4/ip_default_ttl=33: EPERM, now 64"
  expect_output "vm/swappiness=60: EPERM"
  expect_output "kernel/ostype: EPERM"
  expect_output "kernel/osrelease: ok"
}

@test "a node policy with a mistake, or that others can write, refuses every container" {
  requires
  make_bundle
  add_hook_with_policy
  node_policy '{"version": 1, "limits": {}}'
  run_container true
  expect_refused 78 "policy.json:1:16: /limits: '\\\"limits\\\"': there is no such key; write \\\"limit\\\""
  node_policy '{"version": 1}'
  run_container true
  expect_status 0
  chmod 664 "$BATS_TEST_TMPDIR/policy.json"
  run_container true
  expect_refused 78 "others than root can write it"
  rm "$BATS_TEST_TMPDIR/policy.json"
  run_container true
  expect_refused 78 "cannot be opened"
}

# with_etc COMMAND...: with an /etc of its own that has the node policy of the file `etc`, if there is one.
with_etc() {
  # shellcheck disable=SC2016  # the inner shell expands it
  sg_run unshare -m sh -c '[ ! -f etc ] || cp etc "$0"; mount -t tmpfs -o mode=755 none /etc &&
    mkdir /etc/sysctl-guard && { [ ! -f etc ] || cp "$0" /etc/sysctl-guard/policy.json; } &&
    exec "$@" <state' "$BATS_TEST_TMPDIR/etc-copy" "$@"
}

@test "the installed file is used by hook and check, unless another one is named" {
  requires
  make_bundle
  make_process "/$ID"
  update_config '.annotations = {"io.sysctl-guard.allow": "vm.swappiness=60"}'
  make_state "$ID" "$PID" "$BUNDLE" '.annotations = {"io.sysctl-guard.allow": "vm.swappiness=60"}' >state
  local check=(check --bundle . --private-ns "net,ipc,uts" vm.swappiness=60)
  with_etc "$HOOK"
  expect_status 77
  expect_equal "$(wc -l <<<"$output")" 1 "lines"
  with_etc "$SG_CHECK" "${check[@]}"
  expect_status 2
  echo '{"version": 1, "limit": {"host": ["vm.swappiness=0..100"]}}' >etc
  with_etc "$SG_CHECK" "${check[@]}"
  expect_status 0
  with_etc "$HOOK"
  expect_status 0
  expect_equal "$(guards_of "$ID" | wc -w)" 1 "guards"
  with_etc "$SG_CHECK" check --policy none "${check[@]:1}"
  expect_status 2
}

@test "policies of hostile bytes give a finding within two seconds of the processor and 64 MiB" {
  requires
  local dir=$BATS_TEST_TMPDIR file
  head -c 200000 /dev/urandom >"$dir/random.json"
  { printf '%0.s[' {1..100000}; } >"$dir/deep.json"
  { printf '{"version":1,"groups":{"g":['; printf '{"a":%.0s' {1..60}; } >"$dir/deep-groups.json"
  { printf '{"version":1,"limit":{"allow":["'; head -c 10000000 /dev/zero | tr '\0' a; printf '"]}}'; } >"$dir/long.json"
  { printf '{"version":1,"limit":{"allow":["'; head -c 250000 /dev/zero | tr '\0' a; printf '"]}}'; } >"$dir/name.json"
  printf '{"version":1,"limit":{"allow":["net.\0"]}}' >"$dir/nul.json"
  printf '{"version":1,"limit":{"allow":["net.\xff"]}}' >"$dir/utf8.json"
  printf '{"version":1,"limit":{"allow":[]},"limit":{}}' >"$dir/twice.json"
  { printf '{"version":1,"limit":{"allow":[""'; printf ',""%.0s' {1..80000}; printf ']}}'; } >"$dir/tiny.json"
  { printf '{"version":1,"limit":{"allow":["@x"'; printf ',"@x"%.0s' {1..50000}; printf ']}}'; } >"$dir/groups.json"
  {
    printf '{"version":1,"groups":{"g0":["net.a"]'
    for i in {1..200}; do printf ',"g%d":["@g%d","@g%d"]' "$i" $((i - 1)) $((i - 1)); done
    printf '}}'
  } >"$dir/doubling.json"
  # A group of many values, named many times.
  {
    printf '{"version":1,"groups":{"g":["net.a=0'
    printf '|%d' {1..10000}
    printf '"]},"limit":{"allow":["@g"'
    printf ',"@g"%.0s' {1..4000}
    printf ']}}'
  } >"$dir/values.json"
  {
    printf '{"version":1,"groups":{"g":["net.a=0"'
    printf ',"net.a=%d"' {1..1000}
    printf ']},"limit":{"deny":["@g"'
    printf ',"@g"%.0s' {1..30000}
    printf ']}}'
  } >"$dir/denied-values.json"
  # Names that nearly are one of many groups.
  {
    printf '{"version":1,"groups":{"%058d":[]' 0
    printf ',"%058d":[]' {1..255}
    printf '},"limit":{"allow":["@x"'
    printf ',"@%058dx"' {1..2500}
    printf ']}}'
  } >"$dir/near.json"
  for file in "$dir"/*.json; do
    # shellcheck disable=SC2016
    sg_run timeout 60 bash -c 'ulimit -S -t 2 && ulimit -v 65536 && exec "$@"' bash "$SG_CHECK" check --json --policy "$file"
    expect_status 2
    expect_output '"severity": "error"'
  done
}

@test "annotations of hostile bytes give a finding within two seconds of the processor and 64 MiB" {
  requires
  local name stars
  cd "$BATS_TEST_TMPDIR"
  printf -v stars '*%s' a b c d e f g h
  {
    printf '{"version":1,"groups":{"g":["net.a=0'
    printf '|%d' {1..300}
    printf '"]},"limit":{"allow":["net.%s.x","net.%s.y"]}}' "$stars" "$stars"
  } >policy.json
  mkdir -p random long nul twice group stars deep
  annotated() {
    printf '%s' "$2" >list
    jq -n --rawfile list list '{annotations: {"io.sysctl-guard.allow": $list}}' >"$1/config.json"
  }
  annotated random "$(head -c 100000 /dev/urandom | base64)"
  printf '{"annotations":{"io.sysctl-guard.allow":"%s"}}' "$(head -c 10000000 /dev/zero | tr '\0' a)" >long/config.json
  printf '{"annotations":{"io.sysctl-guard.allow":"net.a\\u0000"}}' >nul/config.json
  printf '{"annotations":{"io.sysctl-guard.allow":"a.b","io.sysctl-guard.allow":"a.c"}}' >twice/config.json
  { printf '{"annotations":'; printf '{"a":%.0s' {1..5000}; } >deep/config.json
  annotated group "$(printf '@g%.0s,' {1..4000})net..a"
  annotated stars "$(printf 'net.*%s*%s*%s*%s*%s.z,' {a..z} {A..Z} {0..9} a b c)net.x"
  for name in random long nul twice group stars deep; do
    # shellcheck disable=SC2016
    sg_run timeout 60 bash -c 'ulimit -S -t 2 && ulimit -v 65536 && exec "$@"' bash "$SG_CHECK" check --json \
      --policy policy.json --bundle "$name" --private-ns "net,ipc,uts"
    expect_status 2
    expect_output '"severity": "error"'
  done
}
