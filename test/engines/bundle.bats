#!/usr/bin/env bats
# shellcheck disable=SC2016
# SPDX-License-Identifier: Apache-2.0
# Cgroups as a runtime alone can make them.

load helpers

# make_up [JQ]: the bundle, changed, in the background. Sets ID.
make_up() {
  annotated "$ALLOW"
  bundle
  update_config "${1:-.}"
  set_args sleep 100000
  detached runtime run --detach --bundle "$BUNDLE" "$ID"
}

first_leaf() { sed -n 's/^0:://p' "/proc/$(engine_pid)/cgroup"; }

guarded() {
  engine_exec access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
}

# bats test_tags=cgroups
@test "no cgroupsPath: the guard is on what the runtime chose, found by the ID" {
  requires
  make_up 'del(.linux.cgroupsPath)'
  [[ $(first_leaf) == *"$ID"* ]] || fail_with "the first process is in $(first_leaf)"
  guarded
  poll one_guard
}

# bats test_tags=cgroups
@test "a cgroup some levels down: the guard is on that one" {
  requires
  local group
  if [[ $DRIVER == cgroupfs ]]; then
    make_up '.linux.cgroupsPath |= "/sg-test/tier" + .'
    group=/sg-test/tier/$ID
  else
    make_up '.linux.cgroupsPath |= sub("sgt-test.slice"; "sgt-test-tier.slice")'
    group=/sgt.slice/sgt-test.slice/sgt-test-tier.slice/sg-$ID.scope
  fi
  guarded
  guard_is_on "$group"
}

# bats test_tags=cgroups
@test "a name for systemd with the other driver: the guard is on the cgroup that is called so" {
  requires
  # The configuration of an engine whose driver is not its runtime's.
  DRIVER=cgroupfs make_up \
    '.linux.cgroupsPath = "sgt-test.slice:sg:" + (.linux.cgroupsPath | split("[/:]"; "")[-1])'
  [[ $(DRIVER=cgroupfs first_leaf) == */sgt-test.slice:sg:$ID ]] ||
    fail_with "the first process is in $(DRIVER=cgroupfs first_leaf)"
  guard_is_on "$(DRIVER=cgroupfs first_leaf)"
  DRIVER=cgroupfs guarded
  DRIVER=cgroupfs runtime delete --force "$ID"
}

# bats test_tags=cgroups
@test "a roundabout cgroupsPath: the guard is where the runtime put the process" {
  requires
  [[ $DRIVER == cgroupfs ]] || skip "units of systemd have no paths"
  local form
  for form in '/%s/./mine' '/%s//mine' '/%s/x/../mine' '%s/mine' './%s//mine' '%s/x/../mine'; do
    echo "cgroupsPath $form" >&2
    # The ID is the name of the cgroup above.
    make_up ".linux.cgroupsPath |= (ltrimstr(\"/\") as \$id | \"$form\" | sub(\"%s\"; \$id))"
    [[ $(first_leaf) == */$ID/mine ]] || fail_with "the first process is in $(first_leaf)"
    guard_is_on "$(first_leaf)"
    guarded
    runtime delete --force "$ID"
    remove_cgroups_of "$ID"
    rm -r "$BUNDLE"
  done
}

# Documents that runc (1.1, 1.2) and crun (1.8, 1.21) read each in its way, or otherwise than RFC
# 8259 has it: what is put in front of the members of a config.json that names a hook, what behind
# them, whether runc and crun then run that hook, do not (`none`), or start no container (`no`). %b
# undoes one level of backslashes.
DOCUMENTS=(
  'a key that ends in a zero byte|"hooks\\u0000":{},||hook|none'
  'a key with a zero byte|"hooks\\u0000x":null,||hook|none'
  'a key with a zero byte, behind||,"hooks\\u0000":null|hook|hook'
  'a key twice, the other one in front|"hooks":{},||hook|none'
  'a key twice, the other one behind||,"hooks":null|none|hook'
  'a key in another case||,"Hooks":null|none|hook'
  'a key with a Kelvin sign||,"hoo\xe2\x84\xaas":null|none|hook'
  'half a surrogate pair in a key|"h\\ud800":1,||hook|hook'
  'invalid UTF-8 in a key|"h\xff":1,||hook|no'
  'a comment|/*x*/||no|hook'
  'a comment behind the document||} //x|hook|hook'
  'a second document||}{"hooks":{}|hook|no'
  'a zero byte, and more behind it||}\x00xyz|hook|hook'
  'a vertical tab|\v||no|hook'
  'a comma behind the last member||,|no|no'
  'a number beyond a double|"x":1e999,||hook|hook'
  'hooks of the wrong type||,"x":1,"hooks":[]|no|hook'
)

# document FRONT BEHIND: config.json with the members of base.json between them.
document() {
  {
    printf '{%b' "$1"
    jq -c . base.json | sed 's/^{//; s/}$//' | tr -d '\n'
    # A text that closes the object itself needs no bracket.
    if [[ $2 == '}'* ]]; then printf '%b' "$2"; else printf '%b}' "$2"; fi
  } >config.json
}

# shellcheck disable=SC2034  # runc and crun are read by the name in RUNTIME
@test "documents that runtimes read each in their way are refused before there is a container" {
  requires
  local row why front behind runc crun reading
  annotated "$ALLOW"
  bundle
  printf '#!/bin/sh\necho ran >"%s/ran"\n' "$BUNDLE" >mark
  chmod 755 mark
  set_args true
  jq --arg mark "$BUNDLE/mark" '.hooks = {createRuntime: [{path: $mark}]}' config.json >base.json
  for row in 'nothing odd|||hook|hook' "${DOCUMENTS[@]}"; do
    IFS='|' read -r why front behind runc crun <<<"${row//\\\\/\\\\}"
    document "$front" "$behind"
    rm -f ran
    sg_run runtime run --bundle "$BUNDLE" "$ID"
    reading=none
    [[ $status -eq 0 ]] || reading=no
    [[ ! -e ran ]] || reading=hook
    expect_equal "$reading" "${!RUNTIME}" "$why"
    runtime delete --force "$ID" >/dev/null 2>&1 || true
    sg_run "$HOOK" <config.json
    if [[ $why == 'nothing odd' ]]; then
      expect_status 0
      jq -e --arg hook "$HOOK" '.hooks.createRuntime[-1].path == $hook' <<<"$output" >/dev/null
    else
      expect_status 65
      expect_equal "$(wc -l <<<"$output")" 1 "lines: $why"
    fi
  done
}

# bats test_tags=cgroups
@test "exec into a cgroup below, or beside the first process: guarded" {
  requires
  local options=()
  if [[ $(stat -f -c %T /sys/fs/cgroup) != cgroup2fs ]]; then
    # With version 1 beside it neither runtime can do that.
    make_up
  elif [[ $RUNTIME == runc ]]; then
    make_up
    mkdir "$(cgroup2_dir)$(engine_cgroup)/sub"
    options=(--cgroup /sub)
  else
    # The first process one level further down, and no other.
    make_up '.annotations["run.oci.delegate-cgroup"] = "first"'
    [[ $(first_leaf) == */first ]] || fail_with "the first process is in $(first_leaf)"
  fi
  sg_run runtime exec "${options[@]}" "$ID" access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
  guard_is_on "$(engine_cgroup)"
}

one_guard() { [[ $(guards_of "$ID" | wc -l) -eq 1 ]]; }

# test/integration/75-never-more.bats says it of runc on the machine that runs the tests.
@test "never more than before: no configuration makes a write succeed that the node policy's limit does not permit" {
  requires
  [[ $DRIVER == cgroupfs ]] || skip "the other driver makes no other mounts"
  local document
  for document in docker-26.1 podman-4.3; do
    make_bundle "$document"
    sg_run unshare -m --propagation private sh -c 'mount -t tmpfs none /etc && exec "$@"' sh \
      python3 "$SG_HERE/never_more.py" "$(command -v "$RUNTIME")" "$HOOK" /usr/bin/sysctl-guard-runtime \
      "$BATS_FILE_TMPDIR/rootfs/bin/try_all" /usr/bin/sysctl-guard "$document" "$ID" "$BATS_FILE_TMPDIR/rootfs"
    expect_status 0
    expect_output " 0 violations"
  done
}
