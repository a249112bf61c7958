#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# First process of a guest whose kernel has AppArmor on: what our profiles and those of the engines let containers write.
# Prints `PASS NAME` or `FAIL NAME` for each test, `SG-RESULT CODE` at the end, and powers the machine off.
set -uo pipefail # a failed test does not end the run
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
exec </dev/console >/dev/console 2>&1

failed=0
image=localhost/sg-test:1
allow=io.sysctl-guard.allow=net.ipv4.ip_forward='0|1'
granted=net/ipv4/ip_forward
another=net/ipv4/ip_default_ttl
# What a container with the grant meets: the value it may write, one it may not, a sysctl that is not opened.
accesses=("$granted=1" "$granted=2" "$another=65")
written="$granted=1: ok, now 1
$granted=2: EPERM, now 1
$another=65: open:EROFS, now 64"
refused="$granted=1: open:EACCES, now 0
$granted=2: open:EACCES, now 0
$another=65: open:EROFS, now 64"
closed="$granted=1: open:EROFS, now 0
$granted=2: open:EROFS, now 0
$another=65: open:EROFS, now 64"

# expect NAME WANTED GOT
expect() {
  if [[ $3 == "$2" ]]; then
    printf 'PASS %s  (%s s)\n' "$1" "$(cut -d. -f1 /proc/uptime)"
  else
    printf 'FAIL %s\nwanted:\n%s\ngot:\n%s\n' "$1" "$2" "$3"
    failed=1
  fi
}

set_up() {
  mount -t tmpfs tmpfs /run
  mount -t tmpfs tmpfs /tmp
  mkdir -p /dev/pts /dev/shm /run/rootfs/bin /etc/containers/containers.conf.d /etc/docker
  mount -t devpts devpts /dev/pts
  mount -t tmpfs tmpfs /dev/shm
  mount -t cgroup2 cgroup2 /sys/fs/cgroup
  mount -t securityfs securityfs /sys/kernel/security
  ln -sf /proc/self/fd /dev/fd
  ip link set lo up
  mkdir /sys/fs/cgroup/init
  echo $$ >/sys/fs/cgroup/init/cgroup.procs
  # Docker's and Podman's limits.
  echo '+cpu +memory +pids' >/sys/fs/cgroup/cgroup.subtree_control
  cp /usr/bin/busybox /test/attempts /test/access /run/rootfs/bin
  for name in sh cat umount; do ln -s busybox "/run/rootfs/bin/$name"; done
  printf '%s\n' '[containers]' 'netns = "none"' '[engine]' 'cgroup_manager = "cgroupfs"' 'events_logger = "file"' \
    >/etc/containers/containers.conf.d/test.conf
  printf '%s\n' '[storage]' 'driver = "vfs"' 'runroot = "/run/podman"' 'graphroot = "/run/storage"' \
    >/etc/containers/storage.conf
  echo '{"iptables": false, "ip-forward": false, "bridge": "none", "storage-driver": "vfs", "data-root": "/run/docker-data"}' \
    >/etc/docker/daemon.json
  mkdir -p /etc/containerd
  echo 'version = 2' >/etc/containerd/config.toml
}

# rules PROFILE: one on a line, sorted, without comments, its own name as NAME. Docker and containerd break a line behind
# the name of their own profile.
rules() {
  sed -z 's/\n,/,/g' "/run/profiles/$1" |
    sed -E -e '/^ *#include/!s/#.*//' -e 's/[[:space:]]+/ /g; s/^ //; s/ $//' -e "s/(peer=|^profile )$1\b/\1NAME/" |
    grep . | sort -u
}

# same_but ENGINE DEFAULT: our profile against that of the engine, which the engine itself has loaded.
same_but() {
  local ours=sysctl-guard-$1
  expect "$ours differs from $2 by the lines that are meant" "$(grep "^$1 " /test/differences.txt | sort)" \
    "$(diff <(rules "$2") <(rules "$ours") | sed -n "s/^>/$1 +/p; s/^</$1 -/p" | sort)"
}

# pod OPTION... -- COMMAND...
pod() {
  local options=()
  while [[ $1 != -- ]]; do
    options+=("$1")
    shift
  done
  shift
  timeout 120 podman run --rm --cap-add NET_ADMIN "${options[@]}" --rootfs /run/rootfs "$@" 2>&1
}

test_podman() {
  local ours=(--security-opt apparmor=sysctl-guard-podman) default
  expect "Podman, the engine's profile: a granted write is refused by AppArmor" "$refused" \
    "$(pod --annotation "$allow" -- access "${accesses[@]}")"
  expect "Podman, our profile: the granted write alone" "$written" \
    "$(pod --annotation "$allow" "${ours[@]}" -- access "${accesses[@]}")"
  default=$(cd /run/profiles && echo containers-default-*)
  same_but podman "$default"
  # Without a guard.
  expect "Podman, our profile and no guard: the mount is read-only, and stays" "$closed
umount: can't unmount /proc/sys: Permission denied" \
    "$(pod --cap-add SYS_ADMIN "${ours[@]}" -- sh -c 'access "$@"; umount /proc/sys' sh "${accesses[@]}")"
  expect "Podman, the engine's profile and no guard: the mount goes, AppArmor refuses" "gone
$granted=1: open:EACCES, now 0" \
    "$(pod --cap-add SYS_ADMIN -- sh -c 'umount /proc/sys && echo gone; access "$@"' sh "$granted=1")"
  expect "Podman, our profile, no guard, /proc/sys opened by hand: all but what takes the host" \
    "$granted=1: ok, now 1
kernel/core_pattern=core: open:EACCES, now core
kernel/modprobe=/bin/true: open:EACCES, now $(cat /proc/sys/kernel/modprobe)
kernel/usermodehelper/bset=0 0: open:EACCES, now $(cat /proc/sys/kernel/usermodehelper/bset)" \
    "$(pod --security-opt unmask=/proc/sys "${ours[@]}" -- access "$granted=1" kernel/core_pattern=core \
      kernel/modprobe=/bin/true 'kernel/usermodehelper/bset=0 0')"
}

# wait_for COMMAND...
wait_for() {
  local end=$((SECONDS + 120))
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < end)) || return 1
    read -r -t 0.5 <> <(:) || true
  done
}

# dock OPTION... -- COMMAND...: what it prints comes through a file, since Docker loses output under load.
dock() {
  local options=()
  while [[ $1 != -- ]]; do
    options+=("$1")
    shift
  done
  shift
  rm -rf /run/out
  mkdir /run/out
  timeout 120 docker run --rm --network none --cap-add NET_ADMIN --runtime sysctl-guard --annotation "$allow" \
    "${options[@]}" --volume /run/out:/out "$image" sh -c '"$@" >/out/text 2>&1' sh "$@" 2>&1
  cat /run/out/text
}

test_docker() {
  containerd >/run/containerd.log 2>&1 &
  dockerd >/run/dockerd.log 2>&1 --containerd /run/containerd/containerd.sock &
  wait_for docker version || tail -n 20 /run/dockerd.log
  tar -C /run/rootfs -c . | docker import - "$image" >/dev/null
  expect "Docker, the engine's profile: a granted write is refused by AppArmor" "$refused" \
    "$(dock -- access "${accesses[@]}")"
  expect "Docker, our profile: the granted write alone" "$written" \
    "$(dock --security-opt apparmor=sysctl-guard-docker -- access "${accesses[@]}")"
  same_but docker docker-default
  mkdir -p /etc/sysctl-guard
  echo '{"version": 1, "apparmor": true}' >/etc/sysctl-guard/runtime.json
  expect "Docker, the wrapper sets the profile: the granted write alone, and no flag" "$written
sysctl-guard-docker (enforce)" "$(dock -- sh -c 'access "$@"; cat /proc/self/attr/current' sh "${accesses[@]}")"
}

test_containerd() {
  tar -C /run/rootfs -c . >/run/rootfs.tar
  # What it prints comes through its root: ctr can lose the output of a process that ends soon.
  ctr run --rm --rootfs --apparmor-default-profile cri-containerd.apparmor.d /run/rootfs sg-1 \
    /bin/sh -c 'cat /proc/self/attr/current >/said' >/run/ctr 2>&1
  expect "containerd gives its profile" "cri-containerd.apparmor.d (enforce)" "$(cat /run/rootfs/said /run/ctr)"
  same_but containerd cri-containerd.apparmor.d
}

doctor() { sysctl-guard doctor --json | jq -r '.checks[] | select(.id == "apparmor") | .status, .remedy'; }

main() {
  local engine
  set_up
  expect "AppArmor is on" Y "$(cat /sys/module/apparmor/parameters/enabled)"
  expect "doctor says which profiles are missing" "warning
sysctl-guard install podman; sysctl-guard install docker; sysctl-guard install containerd" "$(doctor)"
  for engine in podman docker containerd; do
    expect "install $engine loads its profile" "loaded AppArmor's profile sysctl-guard-$engine" \
      "$(sysctl-guard install $engine 2>&1 | tee /run/said | grep '^loaded')"
    cat /run/said
  done
  expect "the kernel has them" "sysctl-guard-containerd (enforce)
sysctl-guard-docker (enforce)
sysctl-guard-podman (enforce)" "$(grep '^sysctl-guard-' /sys/kernel/security/apparmor/profiles | sort)"
  expect "doctor misses none then" "ok
null" "$(doctor)"
  test_podman
  test_docker
  test_containerd
  sysctl-guard install podman --uninstall >/run/said 2>&1
  expect "uninstall removes the file, and the kernel keeps the profile" "sysctl-guard-podman (enforce)" \
    "$(cat /etc/apparmor.d/sysctl-guard-podman 2>/dev/null; grep podman /sys/kernel/security/apparmor/profiles |
      grep '^sysctl-guard')"
  [[ $failed == 0 ]] || dmesg | grep -i 'apparmor="DENIED"' | tail -n 20
}

main
echo
echo "SG-RESULT $failed"
echo o >/proc/sysrq-trigger
sleep 60
