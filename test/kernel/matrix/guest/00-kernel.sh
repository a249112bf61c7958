# SPDX-License-Identifier: Apache-2.0
#
# The guest is what the other tests rely on: a pure cgroup v2 host without a bpffs, network interfaces
# that can be made, and, if the command line asks for it, a fully preemptible kernel.
# shellcheck shell=dash
set -euo pipefail

fail() {
  echo "failed: $*"
  exit 1
}

# has_mount TYPE DIRECTORY
has_mount() {
  awk -v "type=$1" -v "dir=$2" '$2 == dir && $3 == type { found = 1 } END { exit !found }' \
    /proc/mounts
}

uname -a
cat /proc/cmdline
has_mount cgroup2 /sys/fs/cgroup || fail "no cgroup2 on /sys/fs/cgroup"
! grep -q " bpf " /proc/mounts || fail "a bpffs is mounted before any hook"
has_mount tmpfs / || fail "the root is not a tmpfs"
! has_mount cgroup /sys/fs/cgroup || fail "cgroup v1 is mounted"
[ "$(cat /proc/self/cgroup)" = "0::/" ] || fail "not only cgroup v2: $(cat /proc/self/cgroup)"

mkdir /sys/fs/cgroup/probe
[ -e /sys/fs/cgroup/probe/cgroup.procs ] || fail "cannot make a cgroup"
rmdir /sys/fs/cgroup/probe

ip link add wg0 type dummy || fail "no dummy interfaces"
ip link add link wg0 name wg0.100 type vlan id 100 || fail "no vlan interfaces"
[ -e /proc/sys/net/ipv4/conf/wg0.100/forwarding ] || fail "no sysctls of wg0.100"
ip link del wg0.100
ip link del wg0
[ -d /proc/sys/net/netfilter ] || fail "no nf_conntrack"

# A kernel that cannot choose its preemption model has no such file.
mount -t debugfs debugfs /sys/kernel/debug
model=/sys/kernel/debug/sched/preempt
if [ -e "$model" ]; then
  cat "$model"
  ! grep -q preempt=full /proc/cmdline || grep -q '(full)' "$model" || fail "not fully preemptible"
fi
umount /sys/kernel/debug
