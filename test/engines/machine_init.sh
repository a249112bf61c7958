#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The first process of a machine: turns its namespaces into a host, then runs COMMAND. machine.sh starts it.
#
#   machine_init.sh DIRECTORY BUILD v2|hybrid|systemd ROOT COMMAND...
#
# DIRECTORY is where the machine may mount things; ROOT is the file system it begins with, as directories with
# a colon between them, the upper ones first. The root is changed with pivot_root, not chroot: an `exec` of an
# engine enters the mount namespace of a container, whose root after a chroot is the real one.
set -euo pipefail
shopt -s inherit_errexit

repo=$(cd "$(dirname "$0")/../.." && pwd)

# mount_root LOWER TOP: the root on TOP, with the layer that is thrown away, in memory.
mount_root() {
  local lower=$1 top=$2
  mkdir "$dir/$3"{,/upper,/work}
  mount -t overlay -o "lowerdir=$lower,upperdir=$dir/$3/upper,workdir=$dir/$3/work" overlay "$top"
}

mount_repository() {
  mkdir -p "$1"/sg/{repo,build}
  mount --bind "$repo" "$1/sg/repo"
  mount --bind "$build" "$1/sg/build"
  mount -o remount,bind,ro "$1/sg/repo"
  mount -o remount,bind,ro "$1/sg/build"
}

# Engines and a booted systemd write sysctls that are this host's: they see them read-only. crun writes
# those of containers through the machine's /proc/sys, so those of a network can be written, and doctor tries its
# guard on the domain name; both are the machine's own. A container with a user namespace of its own gets a
# /proc only where the host has one that nothing covers.
mount_kernel() {
  local root=$1
  mount -t proc proc "$root/proc"
  mount --bind "$root/proc/sys" "$root/proc/sys"
  mount --bind "$root/proc/sys/net" "$root/proc/sys/net"
  mount --bind "$root/proc/sys/kernel/domainname" "$root/proc/sys/kernel/domainname"
  mount -o remount,bind,ro "$root/proc/sys"
  mkdir -p "$root/sg/proc"
  mount -t proc proc "$root/sg/proc"
  mount -t sysfs sysfs "$root/sys"
}

mount_dev() {
  local dev=$1/dev name minor
  mount -t tmpfs -o mode=755 tmpfs "$dev"
  while read -r name minor; do
    mknod -m 666 "$dev/$name" c 1 "$minor"
  done < <(printf '%s\n' 'null 3' 'zero 5' 'full 7' 'random 8' 'urandom 9')
  mknod -m 666 "$dev/tty" c 5 0
  mkdir "$dev/pts" "$dev/shm"
  mount -t devpts -o newinstance,ptmxmode=0666 devpts "$dev/pts"
  mount -t tmpfs tmpfs "$dev/shm"
  ln -s pts/ptmx "$dev/ptmx"
  ln -s /proc/self/fd "$dev/fd"
  ln -s fd/0 "$dev/stdin"
  ln -s fd/1 "$dev/stdout"
  ln -s fd/2 "$dev/stderr"
}

# Of version 1 every hierarchy this machine has, under the names a host gives them.
mount_cgroups() {
  local top=$1/sys/fs/cgroup number controllers
  if [ "$kind" != hybrid ]; then
    mount -t cgroup2 cgroup2 "$top"
    return
  fi
  mount -t tmpfs -o mode=755 tmpfs "$top"
  while IFS=: read -r number controllers _; do
    if [ "$number" = 0 ]; then
      controllers=unified
      mkdir "$top/unified"
      mount -t cgroup2 cgroup2 "$top/unified"
      continue
    fi
    mkdir "$top/${controllers#name=}"
    [ "$controllers" = "${controllers#name=}" ] || controllers=none,$controllers
    mount -t cgroup -o "$controllers" cgroup "$top/${controllers#none,name=}"
  done </proc/self/cgroup
}

# Leaves the real root behind.
enter() {
  cd "$1"
  pivot_root . mnt
  umount --lazy /mnt
  mount -t tmpfs tmpfs /tmp
}

main() {
  local dir=$1 build=$2 kind=$3 lower=$4 root name variables=()
  shift 4
  mount -t tmpfs -o mode=755 tmpfs "$dir"
  root=$dir/root
  mkdir "$root"
  mount_root "$lower" "$root" outer
  mount_kernel "$root"
  mount_cgroups "$root"
  mount_dev "$root"
  mount -t tmpfs -o mode=755 tmpfs "$root/run"
  mount_repository "$root"
  if [ "$kind" = systemd ]; then
    mkdir "$root/run/machine"
    mount_root "$lower" "$root/run/machine" inner
    set -- /sg/repo/test/engines/boot_systemd.sh "$@"
  fi
  for name in $(compgen -e SG_); do variables+=("$name=${!name}"); done
  # By the program of this host: a root need not have one.
  ip link set lo up
  enter "$root"
  cd /sg/repo
  exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "${variables[@]}" \
    SG_BUILD_DIR=/sg/build catatonit -- "$@"
}

main "$@"
