#!/bin/busybox sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=dash
#
# The first process of the guest. Lays a file system in memory over the disk, which has the root of the engine tests,
# copies /payload there, and goes on with the payload's /test/guest.sh.
set -euo pipefail
busybox=/bin/busybox
$busybox mount -t proc proc /proc
$busybox mount -t sysfs sysfs /sys
$busybox mount -t devtmpfs devtmpfs /dev
for module in /lib/modules/*.ko; do
  $busybox insmod "$module"
done
$busybox mkdir -p /disk /layer
$busybox mount -t ext4 -o ro /dev/vda /disk
$busybox mount -t tmpfs tmpfs /layer
$busybox mkdir /layer/upper /layer/work
$busybox mount -t overlay -o lowerdir=/disk,upperdir=/layer/upper,workdir=/layer/work overlay /new
$busybox cp -a /payload/. /new/
for dir in proc sys dev; do
  $busybox mount --move "/$dir" "/new/$dir"
done
exec $busybox switch_root /new /test/guest.sh
