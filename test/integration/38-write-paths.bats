#!/usr/bin/env bats
# shellcheck disable=SC2016
# SPDX-License-Identifier: Apache-2.0
# Every way to write a sysctl is refused where the value is, and works where it is allowed.
#
# The container has more capabilities than one should have, and an unmasked /proc: some ways mount
# something or make namespaces.

load helpers

kFile=/proc/sys/net/ipv4/ip_forward
# What the kernels that are supported can all do; a method beyond these may be unsupported.
kSurely=(write write-rdwr pwrite lseek-write writev pwritev2 pwritev2-append o-append
  o-trunc o-creat bytes sendfile splice splice-bytes tee-splice vmsplice-splice aio bind bind-over
  symlink proc-mount self-root dots thread vfork)
# At a position other than 0, or empty: the kernel takes it and changes nothing; a rule with values
# lets nothing of it through.
kElsewhere=(pwrite-1 pwrite-5 lseek-5-write splice-1 zero)
kUring=(uring-{write,writev,fixed,splice}{,-async,-sqpoll,-sqpoll-async})
# These write the sysctl of a network namespace that is new.
kNamespaces=(netns userns)
kTests=("${kSurely[@]}" "${kElsewhere[@]}" "${kUring[@]}" "${kNamespaces[@]}" pwrite-4g)

have_userns() { unshare -U true; }
have_io_uring() { ! "$ATTEMPTS" -f /dev/null -v x uring-write | grep -q unsupported; }

# guarded NAME ALLOW: starts a container that may write what ALLOW says.
guarded() {
  make_bundle "$1"
  update_config '.linux.maskedPaths = [] | .linux.readonlyPaths = []
    | (.process.capabilities | .bounding, .effective, .permitted) +=
      ["CAP_DAC_OVERRIDE", "CAP_SETFCAP", "CAP_SETGID", "CAP_SETUID", "CAP_SYS_ADMIN"]'
  annotate allow "$2"
  add_hook createRuntime
  start_container
}

attempt() {
  in_container attempts -f "$kFile" -v 1 "$1"
}

reset_value() {
  in_container access net/ipv4/ip_forward=0
  expect_line "net/ipv4/ip_forward=0: ok, now 0"
}

value_is() {
  in_container cat "$kFile"
  expect_equal "$output" "$1" "${2:-}"
}

@test "a refused value is EPERM by every method, and nothing changes" {
  requires io_uring userns
  local method
  guarded a 'net.ipv4.ip_forward=0'
  reset_value
  for method in "${kTests[@]}"; do
    attempt "$method"
    expect_equal "$output" "$method errno:EPERM"
    value_is 0 "$method"
  done
}

@test "an allowed value is written by every method" {
  requires io_uring userns
  local method
  guarded a 'net.ipv4.ip_forward=0|1'
  for method in "${kSurely[@]}" "${kUring[@]}"; do
    reset_value
    attempt "$method"
    expect_equal "$output" "$method ok:1"
    value_is 1 "$method"
  done
  for method in "${kNamespaces[@]}"; do
    attempt "$method"
    expect_equal "$output" "$method ok:1"
  done
}

@test "a rule with values lets no write at another position through, one without does" {
  requires
  local method
  guarded values 'net.ipv4.ip_forward=0|1'
  for method in "${kElsewhere[@]}"; do
    attempt "$method"
    expect_equal "$output" "$method errno:EPERM"
  done
  guarded any 'net.ipv4.ip_forward'
  for method in "${kElsewhere[@]}"; do
    attempt "$method"
    expect_output "$method ok:"
  done
}

@test "a value that changes during the write is never a bad one, from two threads or two tasks" {
  requires
  local method
  guarded a 'net.ipv4.ip_forward=0'
  for method in flip race; do
    in_container attempts -f "$kFile" -v 0 -w 1 -n 20000 "$method"
    expect_output " other:0"
    value_is 0 "$method"
  done
}

@test "the race is one: without the guard the other value is applied" {
  requires
  make_bundle
  start_container
  in_container attempts -f "$kFile" -v 0 -w 1 -n 20000 race
  [[ $output == "race ok:"* && $output != *" other:0" ]] || fail_with "no other value was seen"
}

# What is written, in hexadecimal digits, and what comes of it under ip_forward=0|1.
kValues=(
  '31|ok:1|a digit'
  '310a|ok:2|a newline at the end'
  '310a0a|ok:3|newlines at the end'
  '2031|ok:2|a blank before'
  '0931|ok:2|a tab before'
  '3120|ok:2|a blank after'
  '32|errno:EPERM|another digit'
  '3031|errno:EPERM|octal'
  '307831|errno:EPERM|hexadecimal'
  '2b31|errno:EPERM|a plus sign'
  '2d30|errno:EPERM|minus zero'
  '312032|errno:EPERM|two numbers'
  '310a320a|errno:EPERM|two lines'
  '310032|errno:EPERM|a zero byte inside'
  '3100|errno:EPERM|a zero byte at the end'
  '31206a756e6b|errno:EPERM|text behind a number'
)

@test "of the forms of a number only the plain ones pass" {
  requires
  local row hex wanted why
  guarded a 'net.ipv4.ip_forward=0|1'
  for row in "${kValues[@]}"; do
    IFS='|' read -r hex wanted why <<<"$row"
    in_container attempts -f "$kFile" -x "$hex" write
    expect_equal "$output" "write $wanted" "$why"
  done
}

@test "a value that is longer than the guard's buffer is refused, unless any value is allowed" {
  requires
  local long
  long=$(printf '1%300s' '')
  guarded values 'net.ipv4.ip_forward=0|1'
  in_container attempts -f "$kFile" -v "$long" write
  expect_equal "$output" "write errno:EPERM"
  guarded any 'net.ipv4.ip_forward'
  in_container attempts -f "$kFile" -v "$long" write
  expect_output "write ok:"
}

@test "a mask behind blanks is not applied" {
  requires
  local mask=/proc/sys/net/core/rps_default_mask
  [[ -e $mask ]] || skip "this kernel has no rps_default_mask"
  guarded a 'net.core.rps_default_mask="0"'
  local value
  for value in '0 1' '0,1' "0$(printf '%5000s' '')1"; do
    in_container attempts -f "$mask" -v "$value" write
    expect_equal "$output" "write errno:EPERM"
    in_container cat "$mask"
    expect_equal "$output" 0 "the mask"
  done
}
