#!/bin/busybox sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=dash
#
# The first process of the guest. Moves the initramfs to a tmpfs, since pivot_root(2), which
# container runtimes use, does not work on an initramfs; mounts what a pure cgroup v2 host has;
# loads the modules; runs /test/run; prints `SG-RESULT CODE` and powers the machine off.
set -euo pipefail
export PATH=/test/bin:/bin:/sbin:/usr/sbin:/usr/bin HOME=/root TERM=dumb

if [ "${1:-}" != moved ]; then
  busybox=/bin/busybox
  $busybox mkdir -p /new
  $busybox mount -t tmpfs -o size=80%,mode=755 tmpfs /new
  for entry in /*; do
    [ "$entry" = /new ] || $busybox cp -a "$entry" /new/
  done
  $busybox mkdir -p /new/proc /new/sys /new/dev /new/run /new/tmp
  exec $busybox switch_root /new /init moved
fi

/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev 2>/dev/null || true
exec </dev/console >/dev/console 2>&1
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
ln -sf /proc/self/fd /dev/fd
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs -o mode=1777 tmpfs /tmp
ip link set lo up
for module in /lib/modules/*.ko; do
  [ ! -e "$module" ] || insmod "$module"
done

code=0
/test/run || code=$?
[ "$code" -eq 0 ] || dmesg | tail -n 20
echo
echo "SG-RESULT $code"
sync
poweroff -f
sleep 60
