#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What people really write, and what `check` says of it: by the catalogue of sysctls, as warnings.
# Needs no container and no kernel feature.

bats_require_minimum_version 1.5.0

load check

setup() {
  command_on_path
}

# allow WANTED-STATUS RULES ACCESS...: with no node policy.
allow() {
  local wanted=$1 rules=$2
  shift 2
  check "$wanted" --policy none --annotation "io.sysctl-guard.allow=$rules" "$@"
}

# says TEXT...: each in the findings, which are warnings alone.
says() {
  local text
  for text in "$@"; do
    [[ $stderr == *"$text"* ]] || return 1
  done
  [[ $stderr == *"warning: "* && $stderr != *"error: "* ]]
}

@test "a value that no number is: valid, with a warning of what to write" {
  allow 0 net.ipv4.ip_forward=true
  says 'write 1'
  allow 0 net.ipv4.conf.all.rp_filter=0-2
  says 'write 0..2'
  allow 0 net.core.somaxconn=1k
  says 1024
  allow 0 net.ipv4.tcp_keepalive_time=30s
  says 'write 30'
  allow 0 net.ipv4.ip_forward==1
  says 'write 1, with one "="'
  allow 0 'net.ipv4.ip_forward=[01]'
  says 'write 0|1'
  allow 0 'net.ipv4.ip_forward=0|1'
  [[ -z $stderr ]]
}

@test "two rules with a blank between them: denied, with a warning" {
  allow 1 'net.ipv4.ip_forward=1 net.ipv4.conf.all.src_valid_mark=1' net.ipv4.ip_forward=1
  says 'a comma or a semicolon between two rules'
  allow 0 'net.ipv4.ip_forward=1, net.ipv4.conf.all.src_valid_mark=1' net.ipv4.ip_forward=1
  [[ -z $stderr ]]
}

@test "the dots of a VLAN: denied, with a warning that has the slash form" {
  allow 1 net.ipv6.conf.eth0.103.disable_ipv6=1 net/ipv6/conf/eth0.103/disable_ipv6=1
  says 'write net.ipv6.conf.eth0/103.disable_ipv6'
  allow 0 net.ipv6.conf.eth0/103.disable_ipv6=1 net/ipv6/conf/eth0.103/disable_ipv6=1
  [[ -z $stderr ]]
}

@test "a name that no kernel has, and a placeholder" {
  allow 0 net.ipv4.ip_foward=1
  says 'write net.ipv4.ip_forward'
  allow 0 net.ipv4.conf.IFNAME.rp_filter=1
  says 'reads like a placeholder'
  allow 2 -net.ipv4.ip_forward=1
  [[ $stderr == *'leave out the "-" of sysctl.d: write net.ipv4.ip_forward'* ]]
  allow 0 net.ipv4.conf.wg0.rp_filter=1
  [[ -z $stderr ]]
}

@test "what a namespace of its own has not: allowed, with a warning" {
  allow 0 net.netfilter.nf_conntrack_max=131072.. net.netfilter.nf_conntrack_max=524288
  says 'is read-only in a net namespace'
  allow 0 net.core.default_qdisc
  says 'does not exist in a net namespace'
}

@test "a list of ports is no range" {
  allow 0 'net.ipv4.ip_local_reserved_ports=1024 15999'
  says '"1024-15999"'
  allow 0 net.ipv4.ip_local_reserved_ports=1024..15999
  says '"1024-15999"'
  allow 0 'net.ipv4.ip_local_reserved_ports="1024-15999"' net.ipv4.ip_local_reserved_ports=1024-15999
  [[ -z $stderr ]]
}

@test "numbers are as wide as the sysctl" {
  echo '{"version": 1, "limit": {"host": ["vm.dirty_bytes=1..4294967296"]}}' >policy.json
  check 0 --policy policy.json --annotation 'io.sysctl-guard.allow=vm.dirty_bytes=1..4294967296' \
    vm.dirty_bytes=134217728 vm.dirty_bytes=4294967296
  check 1 --policy policy.json --annotation 'io.sysctl-guard.allow=vm.dirty_bytes=1..4294967296' \
    vm.dirty_bytes=4294967297
  allow 0 'kernel.shmmax=1.., net.ipv4.ping_group_range=0 4294967294' \
    kernel.shmmax=18446744073709551615 'net.ipv4.ping_group_range=0 4294967294'
  allow 1 kernel.shmmax=1.. kernel.shmmax=18446744073709551616
  allow 2 net.ipv4.ip_forward=4294967296
  [[ $stderr == *'it holds -2147483648 to 2147483647'* ]]
  allow 2 'kernel.shm*=4294967296'
  [[ $stderr == *'a rule of its own'*'kernel.shmall, kernel.shmmax'* ]]
}

@test "a node policy that gives the host away: a warning for each dangerous name" {
  local name
  echo '{"version": 1, "limit": {"host": ["kernel.*", "fs.*"]}}' >policy.json
  check 0 --policy policy.json
  for name in kernel.core_pattern kernel.modprobe kernel.hotplug kernel.poweroff_cmd \
    kernel.usermodehelper. kernel.sysctl_writes_strict kernel.kexec_load_ kernel.modules_disabled \
    kernel.yama.ptrace_scope fs.suid_dumpable fs.protected_hardlinks; do
    says "permits $name"
  done
  echo '{"version": 1, "limit": {"host": ["kernel.core_pattern"]}}' >policy.json
  check 0 --policy policy.json
  says 'kernel.core_pattern=/*'
  echo '{"version": 1, "limit": {"host": ["kernel.core_pattern=/*"]}}' >policy.json
  check 0 --policy policy.json
  [[ -z $stderr ]]
}
