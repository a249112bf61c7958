#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# `sysctl-guard check` as a user sees it: exit codes, streams, the table, the document, the help.
# Needs no container and no kernel feature; what needs root or a tool says so.

bats_require_minimum_version 1.5.0

load check

setup() {
  command_on_path
  SCHEMA=$SG_TOP/schema/check-output.v1.schema.json
  allow=io.sysctl-guard.allow
  unset NO_COLOR
}

# A JSON string of the last output, by a jq filter.
field() { jq -r "$1" <<<"$output"; }

write_config() { cat >config.json; }

@test "the exit code is the answer" {
  check 0 --annotation "$allow"='net.a=1' net.a=1
  check 1 --annotation "$allow"='net.a=1' net.a=2
  check 1 --annotation "$allow"='net.a=1' net.a=1 net.b=1
  check 0 --annotation "$allow"='net.a=1'
  check 0
  check 0 kernel.anything
  check 1 kernel.anything=1
  check 2 --annotation "$allow"='net..a'
  check 2 --annotation "$allow"='net..a' kernel.anything
  check 2 --bogus
  check 2 --private-ns nat
  check 2 ''
  check 2 --bundle ./nonexistent
}

@test "output that cannot be written is never a yes" {
  [[ -c /dev/full ]] || skip "needs /dev/full"
  run --separate-stderr -- bash -c "sysctl-guard check kernel.x >/dev/full"
  [[ $status -eq 2 ]]
  run --separate-stderr -- bash -c "sysctl-guard check kernel.x >&-"
  [[ $status -eq 2 ]]
}

@test "findings are on standard error, with the piece underlined and a hint" {
  check 2 --annotation "$allow"='net.ipv4.ip_forward=0|1, net..x'
  [[ -z $output ]]
  # shellcheck disable=SC2154  # set by bats' run
  [[ ${stderr_lines[0]} == "error: annotation io.sysctl-guard.allow: "* ]]
  [[ ${stderr_lines[1]} == "  net.ipv4.ip_forward=0|1, net..x" ]]
  [[ ${stderr_lines[2]} == "                           ^~~~~~" ]]
  [[ ${stderr_lines[3]} == "hint: "* ]]
}

@test "a warning is shown and changes nothing" {
  check 0 --annotation "$allow"='net.ipv4.*' --annotation io.sysctl-guard.deny=net.ipv4.ip_forward \
    net.ipv4.conf.all.forwarding=1
  [[ ${stderr_lines[0]} == "warning: "* ]]
  [[ $output == *allow* ]]
}

@test "the table is as wide as the terminal, whatever is asked, and nothing is cut where it fits" {
  local long columns line command
  long=$(printf 'x%.0s' {1..300})
  local accesses=(--annotation
    "$allow=net.ipv4.conf.*.rp_filter=0|1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16|17"
    net.ipv4.conf.averylongname01.rp_filter=17 "net.$long=1" "net.x=$long" "$(printf 'net.\x1b[31m%s' "$long")=1")
  printf -v command '%q ' sysctl-guard check "${accesses[@]}"
  for columns in 80 200 500; do
    SHELL=/bin/bash NO_COLOR=1 run script -qec "stty cols $columns; $command" /dev/null
    printf '%s\n' "$output" >&2
    [[ ${#lines[@]} -eq 5 ]]
    for line in "${lines[@]}"; do
      line=${line%$'\r'}
      [[ ${#line} -le $columns ]]
    done
    [[ $columns -eq 500 || $output == *...* ]]
  done
  [[ $output != *...* ]]
  check 1 "${accesses[@]}"
  [[ ${#lines[@]} -eq 5 && $output != *...* ]]
}

@test "an access that fits on the terminal is whole, however long its rule is" {
  command -v script >/dev/null || skip "needs script"
  local value command
  value=$(printf '7%.0s' {1..55})
  printf -v command '%q ' sysctl-guard check --policy none --annotation "$allow=kernel.domainname=\"$value\"|0" \
    "kernel.domainname=$value"
  SHELL=/bin/bash NO_COLOR=1 run script -qec "stty cols 84; $command" /dev/null
  printf '%s\n' "$output" >&2
  [[ ${lines[1]} == "allow    kernel/domainname=$value"* ]]
  value=$(printf '7%.0s' {1..180})
  check 2 --annotation "$allow=kernel.domainname=$value;net..x"
  [[ $stderr == *"kernel.domainname=$value;net..x"* && $stderr != *...* ]]
}

@test "blanks round = mean nothing, and a position elsewhere needs a rule without values" {
  check 0 --annotation "$allow"='net.a=1' 'net.a = 1' 'net.a= 1' 'net.a =1' ' net.a'
  check 1 --annotation "$allow"='net.a=1' --position 2 net.a=1
  check 0 --annotation "$allow"='net.a' --position 2 net.a=1
  check 0 --annotation "$allow"='net.a=1' --position 0 net.a=1
  check 2 --position x net.a=1
}

@test "--file: each line of a sysctl.conf is a write" {
  printf '%s\n' '# comment' '; another' '' 'net.ipv4.ip_forward = 1' '-kernel.domainname=x' >sysctl.conf
  check 0 --policy none --file sysctl.conf --annotation "$allow"='net.ipv4.ip_forward=1;kernel.domainname=x'
  [[ ${#lines[@]} -eq 3 ]]
  check 1 --policy none --file sysctl.conf --annotation "$allow"='net.ipv4.ip_forward=1' --json net.ipv4.ip_forward=1
  [[ $(field '.accesses | map(.verdict) | join(" ")') == "allow deny allow" ]]
  run --separate-stderr -- bash -c "sysctl-guard check --policy none --file - --json <sysctl.conf"
  [[ $status -eq 1 && $(field '.accesses | length') -eq 2 ]]
  check 2 --file ./nonexistent
  [[ ${stderr_lines[0]} == "error: option --file: "* ]]
  echo 'net.ipv4.ip_forward 1' >sysctl.conf
  check 0 --file sysctl.conf
  [[ ${stderr_lines[0]} == "warning: file sysctl.conf:1:1: "*"sysctl leaves the line out" ]]
}

@test "--file: a glob is allowed only if every name is, exclusions apply" {
  local deny='io.sysctl-guard.deny=net.ipv4.conf.mgmt0.*;net.ipv4.conf.all.*;net.ipv4.conf.default.*'
  local rules="$allow=net.ipv4.conf.*.rp_filter=0..2"
  echo 'net.ipv4.conf.*.rp_filter = 2' >sysctl.conf
  check 0 --policy none --file sysctl.conf --annotation "$rules"
  check 1 --policy none --file sysctl.conf --annotation "$rules" --annotation "$deny"
  [[ $stderr == *"file sysctl.conf:1:1: it covers net.ipv4.conf."*", which is denied"* ]]
  printf '%s\n' -net.ipv4.conf.mgmt0.rp_filter -net.ipv4.conf.all.rp_filter >>sysctl.conf
  check 1 --policy none --file sysctl.conf --annotation "$rules" --annotation "$deny"
  echo -net.ipv4.conf.default.rp_filter >>sysctl.conf
  check 0 --policy none --file sysctl.conf --annotation "$rules" --annotation "$deny" --json
  [[ $(field '.accesses[0].name') == 'net/ipv4/conf/*/rp_filter' && $(field '.accesses | length') -eq 1 ]]
  echo 'net.ipv4.*.rp_filter = 3' >>sysctl.conf
  check 1 --policy none --file sysctl.conf --annotation "$rules"
}

@test "a key that is nearly ours is an error in --annotation, a warning in a bundle" {
  local key
  for key in sysctl-guard.io/allow io.sysctl-guard/allow sysctlguard.allow IO.SYSCTL_GUARD.ALLOW; do
    check 2 --annotation "$key"='net.ipv4.ip_forward=1' net.ipv4.ip_forward
    [[ $stderr == *"nothing reads it"*"hint: write io.sysctl-guard.allow"* ]]
    write_config <<<'{"annotations": {"'"$key"'": "net.ipv4.ip_forward=1"}}'
    check 0 --bundle . net.ipv4.ip_forward
    [[ $stderr == "warning: annotations: "*"hint: write io.sysctl-guard.allow"* ]]
  done
  check 0 --annotation io.sysctl-guard.allow='net.a' --annotation org.example.guard=x
}

@test "several values are written with |, and no limit is to be widened for a comma" {
  local rules
  for rules in 'net.ipv4.conf.all.rp_filter=0,1' 'net.core.somaxconn=128, 4096' 'net.ipv4.tcp_congestion_control=reno,cubic'; do
    check 2 --annotation "$allow=$rules"
    [[ $stderr == *'write "|" between several values'* && $stderr != *limit.host* ]]
  done
  check 0 --annotation "$allow"='net.ipv4.conf.all.rp_filter=0|1' net.ipv4.conf.all.rp_filter=1
}

@test "no colour and no control byte reaches a pipe" {
  check 1 "$(printf 'net.\x1b]0;title\x07\x9b\xff')=$(printf '1\r\n\x1b[31m')" kernel.x
  [[ -n $output && $(LC_ALL=C tr -d '\n -~' <<<"$output$stderr" | wc -c) -eq 0 ]]
}

@test "colours are on a terminal, unless NO_COLOR is set" {
  command -v script >/dev/null || skip "needs script"
  export TERM=xterm
  run script -qec "sysctl-guard check kernel.x kernel.x=1" /dev/null
  [[ $output == *$'\e[32mallow\e[0m'* && $output == *$'\e[31mdeny\e[0m'* ]]
  NO_COLOR=1 run script -qec "sysctl-guard check kernel.x kernel.x=1" /dev/null
  [[ $output != *$'\e'* ]]
  TERM=dumb run script -qec "sysctl-guard check kernel.x kernel.x=1" /dev/null
  [[ $output != *$'\e'* ]]
}

@test "--json prints one document and nothing else" {
  check 1 --json --annotation "$allow"='net.a=1' --annotation io.sysctl-guard.deny-read='net.b' \
    net.a=1 net.a=2 net.b kernel.x
  [[ -z $stderr ]]
  [[ $(jq -s length <<<"$output") -eq 1 ]]
  [[ $(field '.accesses | map(.verdict) | join(" ")') == "allow deny deny allow" ]]
  [[ $(field '.accesses[0] | [.access, .name, .value, .rule, .source] | join(" ")') == \
    "write net/a 1 net.a=1 annotation io.sysctl-guard.allow" ]]
  [[ $(field '.accesses[1] | [.rule, .source] | tostring') == '[null,null]' ]]
  [[ $(field '.accesses[2] | [.access, .value, .rule] | tostring') == '["read",null,"net.b"]' ]]
  [[ $(field '.accesses[3] | [.rule, .source] | tostring') == '[null,null]' ]]
}

@test "--json holds the findings of an invalid policy, and no verdicts" {
  check 2 --json --annotation "$allow"='net.a, net..x' net.a=1
  [[ -z $stderr ]]
  [[ $(field '.accesses | length') -eq 0 ]]
  [[ $(field '.findings[0] | [.severity, .source, .offset, .text] | tostring') == \
    '["error","annotation io.sysctl-guard.allow",7,"net..x"]' ]]
  check 2 --json --bundle ./nonexistent net.a=1
  [[ -z $stderr ]]
  [[ $(field '.findings | length') -eq 1 ]]
}

@test "--json stays one document for hostile names, values and annotations" {
  local hostile
  for hostile in $'\e[31m' $'a\nb' $'a"b\\' $'\xff\xfe' $'\xc2\x9b' $'\x7f\x01' '"}]}' $'\xed\xa0\x80'; do
    check 1 --json "net.$hostile=$hostile" "net.$hostile"
    [[ $(jq -s length <<<"$output") -eq 1 && $(field '.accesses | length') -eq 2 ]]
    check 2 --json --annotation "$allow"="net.$hostile" --annotation "io.sysctl-guard.$hostile=x"
    [[ $(jq -s length <<<"$output") -eq 1 && $(field '.findings | length') -ge 1 ]]
  done
}

@test "the document follows its schema" {
  # Debian's own: another python3 in PATH does not see the package python3-jsonschema.
  validate() {
    /usr/bin/python3 -c 'import json, sys, jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
jsonschema.Draft202012Validator(schema).validate(json.load(sys.stdin))' "$SCHEMA" <<<"$1"
  }
  check 0 --json
  validate "$output"
  check 1 --json --annotation "$allow"='net.a=1' net.a=1 net.a=2 net.a net.a=
  validate "$output"
  check 2 --json --annotation "$allow"='net..a' net.a=1
  validate "$output"
  check 0 --json --annotation "$allow"='net.ipv4.*' \
    --annotation io.sysctl-guard.deny=net.ipv4.ip_forward net.ipv4.conf.all.forwarding=1
  validate "$output"
  # The schema refuses what is not true: a verdict beside an error, a read with a value.
  local document=$output
  validate "$(jq '.accesses[0].verdict = "would-deny"' <<<"$document")"
  run ! validate "$(jq '.accesses[0].access = "read"' <<<"$document")"
  run ! validate "$(jq '.findings[0].severity = "error"' <<<"$document")"
}

@test "--bundle takes annotations, linux.sysctl and namespaces; --annotation and --private-ns win" {
  write_config <<<'{"ociVersion": "1.0.2", "annotations": {"io.sysctl-guard.allow": "@namespaced"},
    "linux": {"sysctl": {"kernel.domainname": "a=b"}, "namespaces": [{"type": "network"},
    {"type": "ipc", "path": "/proc/self/ns/ipc"}, {"type": "uts", "path": "/nonexistent"}]}}'
  check 0 --bundle . net.x=1 kernel.domainname=a=b
  [[ $output == *linux.sysctl* ]]
  check 1 --bundle . kernel.shmmax=1
  check 1 --bundle . kernel.hostname=x
  check 1 --bundle . kernel.domainname=b
  check 0 --bundle . --private-ns ipc kernel.shmmax=1
  check 1 --bundle . --private-ns= net.x=1
  check 1 --bundle . --annotation "$allow"= net.x=1
}

@test "a namespace with a path is private if it is another one" {
  ((EUID == 0)) || skip "needs root"
  unshare --net sleep 60 &
  local pid=$!
  local end=$((SECONDS + 30))
  while [[ $(readlink "/proc/$pid/ns/net") == "$(readlink /proc/self/ns/net)" ]] && ((SECONDS < end)); do :; done
  write_config <<<'{"annotations": {"io.sysctl-guard.allow": "@namespaced"},
    "linux": {"namespaces": [{"type": "network", "path": "/proc/'$pid'/ns/net"}]}}'
  run -- sysctl-guard check --bundle . net.x=1
  kill "$pid"
  [[ $status -eq 0 ]]
}

@test "usage errors are one line and a hint on standard error" {
  check 2 --json --private-ns nett net.a
  [[ -z $output ]]
  [[ ${stderr_lines[0]} == "sysctl-guard: "*"did you mean 'net'?" ]]
  [[ ${stderr_lines[1]} == "hint: "*"--help" ]]
  [[ ${#stderr_lines[@]} -eq 2 ]]
  run --separate-stderr -- sysctl-guard
  [[ $status -eq 2 && -z $output ]]
}

@test "every example of every --help runs" {
  write_config <<<'{"annotations": {}}'
  echo '{"version": 1, "limit": {"host": ["vm.max_map_count=@current..1048576"]}}' >policy.json
  local command examples example count=0
  for command in '' check version; do
    run -- sysctl-guard $command --help
    [[ $status -eq 0 ]]
    # The lines between "Examples:" and "Exit codes:" that are commands, continued lines joined.
    examples=$(awk '/^Examples:/ {on = 1; next} /^Exit codes:/ {on = 0} on' <<<"$output" |
      sed -e ':a' -e '/\\$/ {N; s/\\\n//; ba' -e '}' | grep '^ *sysctl-guard ')
    while IFS= read -r example; do
      run -- bash -c "$example"
      echo "\$ $example (status $status)" >&2
      [[ $status -le 1 ]]
      count=$((count + 1))
    done <<<"$examples"
  done
  [[ $count -eq 9 ]]
}

@test "the version is there in three forms" {
  run -- sysctl-guard --version
  [[ $status -eq 0 && ${lines[0]} =~ ^sysctl-guard\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
  local version=${lines[0]#sysctl-guard }
  run -- sysctl-guard version
  [[ $status -eq 0 && ${lines[0]} == "sysctl-guard $version" && ${lines[1]} == "table layout "* ]]
  run -- sysctl-guard version --json
  [[ $status -eq 0 && $(field .version) == "$version" && $(field .name) == sysctl-guard ]]
  [[ $(field .tableLayout) =~ ^[0-9]+$ ]]
}

@test "check: a node policy that gives the host away is a warning with its place, and valid" {
  local file
  printf '%s\n' '{ "version": 1,' '  "limit": { "host": ["kernel.*"], "deny": ["kernel.hotplug"] } }' >policy.json
  check 0 --policy policy.json --annotation "$allow=kernel.core_pattern=core" kernel.core_pattern=core
  [[ $stderr == *"warning: node policy policy.json:2:"*": /limit/host/0: permits kernel.core_pattern=|, which gives the host away"* ]]
  [[ $stderr == *"permits kernel.modprobe=0, which gives the host away"* ]]
  [[ $stderr == *"permits kernel.sysctl_writes_strict=0, which weakens the host"* ]]
  [[ $stderr != *"permits kernel.hotplug"* ]] # limit.deny takes it back
  printf '%s\n' '{ "version": 1, "limit": { "host": ["kernel.core_pattern=core"] } }' >policy.json
  check 0 --policy policy.json --annotation "$allow=kernel.core_pattern=core" kernel.core_pattern=core
  [[ -z $stderr ]]
  for file in "$BATS_TEST_DIRNAME"/../../examples/node-policy/*.json; do
    check 0 --policy "$file"
    [[ -z $stderr ]] # what is shipped has no warning
  done
}

@test "check: the number that is there decides where a rule asks for it" {
  echo '{"version": 1, "limit": {"host": ["vm.max_map_count=@current..1048576"]}}' >policy.json
  local -a ask=(--policy policy.json --annotation "$allow=vm.max_map_count=@current..1048576; net.core.somaxconn=@current..")
  check 1 "${ask[@]}" --current vm.max_map_count=1048576 vm.max_map_count=262144 vm.max_map_count=1048576
  [[ -z $stderr && ${lines[0]} == *ACCESS*CURRENT*RULE* ]]
  [[ ${lines[1]} == "deny "*"vm/max_map_count=262144 "*" 1048576 "*"(no rule)"* ]]
  [[ ${lines[2]} == "allow "*"vm/max_map_count=1048576 "*" 1048576 "*"vm.max_map_count=@current..1048576"* ]]
  check 0 "${ask[@]}" --current vm/max_map_count=65530 vm.max_map_count=262144 --json
  [[ $(field '.accesses[0].current') == 65530 ]]
  # The running kernel, of a sysctl of the host; not where another node is meant.
  local there
  there=$(cat /proc/sys/vm/max_map_count)
  check 1 "${ask[@]}" --json "vm.max_map_count=$((there - 1))"
  # A host that holds more has a warning that the rule grants nothing.
  [[ $(field '.accesses[0].current') == "$there" && $(field '.findings | length') -eq $((there > 1048576)) ]]
  check 1 "${ask[@]}" --json --kernel 6.12 "vm.max_map_count=$there"
  [[ $(field '.accesses[0].current') == null && $(field '.findings[0].message') == *"--kernel is about another node"* ]]
  # A namespace of the container's own holds another number than the host's.
  check 1 "${ask[@]}" --json "net.core.somaxconn=$(cat /proc/sys/net/core/somaxconn)"
  [[ $(field '.accesses[0].current') == null && $(field '.findings[0].severity') == warning ]]
  [[ $(field '.findings[0].hint') == *"--current net.core.somaxconn=VALUE"* ]]
  check 0 "${ask[@]}" --current net.core.somaxconn=4096 net.core.somaxconn=8192
  check 0 "${ask[@]}" --current vm.max_mpa_count=1
  [[ $stderr == *"warning: option --current: no access names a write of this sysctl"* ]]
  check 2 "${ask[@]}" --current vm.max_map_count=many
}

@test "check: of a rule that would only raise a number it says where that grants nothing, and proposes no harm" {
  local there
  there=$(cat /proc/sys/vm/swappiness)
  ((there > 1)) || skip "needs a vm.swappiness that can be lowered"
  check 2 --policy none --annotation "$allow=vm.swappiness=1"
  [[ $stderr == *"ask for vm.swappiness=@current..1, which lowers no number, "*"; it grants nothing here, where the sysctl holds $there"* ]]
  echo '{"version": 1, "limit": {"host": ["vm.swappiness=@current..1"]}}' >policy.json
  check 1 --policy policy.json --annotation "$allow=vm.swappiness=@current..1" vm.swappiness=1
  [[ $stderr == *"warning: annotation $allow: grants nothing here: the sysctl holds $there,"* ]]
  check 0 --policy policy.json --annotation "$allow=vm.swappiness=@current..1" --current vm.swappiness=0
  [[ -z $stderr ]]
  check 2 --policy none --annotation "$allow=fs.suid_dumpable=2"
  [[ $stderr == *"permit it in limit.host of"* && $stderr != *@current* ]]
}

@test "check: a deny that others go round is a warning, and none where what reaches it is denied too" {
  local deny=io.sysctl-guard.deny
  check 0 --policy none --annotation "$allow=net.ipv4.conf.*.rp_filter" \
    --annotation "$deny=net.ipv4.conf.mgmt0.*" net.ipv4.conf.all.rp_filter=1
  [[ $stderr == *"this denies net.ipv4.conf.mgmt0.rp_filter, but allow permits net.ipv4.conf.all.rp_filter and net.ipv4.conf.default.rp_filter"* ]]
  check 1 --policy none --annotation "$allow=net.ipv4.conf.*.rp_filter" \
    --annotation "$deny=net.ipv4.conf.mgmt0.*; net.ipv4.conf.all.*; net.ipv4.conf.default.*" \
    net.ipv4.conf.all.rp_filter=1
  [[ -z $stderr ]]
  check 0 --policy none --annotation "$allow=net.ipv4.neigh.*" --annotation "$deny=net.ipv4.neigh.eth0.retrans_time"
  [[ $stderr == *"net.ipv4.neigh.eth0.retrans_time_ms, another name of the same sysctl"* ]]
}

@test "check: the examples of policy.md and the README that deny an interface leave no way round" {
  local top=$BATS_TEST_DIRNAME/../.. file allowed denied count=0
  for file in README.md docs/policy.md; do
    # Each pair of lines that denies an interface, with the allow above it.
    while IFS=$'\t' read -r allowed denied; do
      check 0 --policy none --annotation "$allow=$allowed" --annotation "io.sysctl-guard.deny=$denied"
      [[ -z $stderr ]]
      count=$((count + 1))
    done < <(awk '/^io.sysctl-guard.allow:/ { a = $0; sub(/^[^:]*: */, "", a) }
      /^io.sysctl-guard.deny:.*conf\.mgmt/ { d = $0; sub(/^[^:]*: */, "", d); print a "\t" d }' "$top/$file")
  done
  ((count >= 3))
}
