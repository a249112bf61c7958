#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs inside a machine whose root is a minimal Debian with Podman: all that our .deb lives through, beside a container.
#
#   inside.sh SUITE
#
# /packages has new.deb, and old.deb of a lower version whose hook writes other layouts of table and metadata. Prints
# `PASS NAME` or `FAIL NAME` for each step; a step that fails ends it.
set -euo pipefail
# shellcheck source=test/support/scripts.sh
. "$(dirname "$0")/../support/scripts.sh"

image=localhost/sg-test:1
allow='io.sysctl-guard.allow=net.ipv4.ip_forward=0|1'
registration=/usr/share/containers/oci/hooks.d/90-sysctl-guard.json
# Two values that are granted, one that is not.
# shellcheck disable=SC2016  # the shell in the container expands it
attempts='for v in 1 0 2; do (echo $v >/proc/sys/net/ipv4/ip_forward) 2>&1 && echo "wrote $v"
  echo "it is $(cat /proc/sys/net/ipv4/ip_forward)"; done'
judged='wrote 1
it is 1
wrote 0
it is 0
sh: write error: Operation not permitted
it is 0'

# said COMMAND...: what it prints, in `output` and in the log.
said() {
  output=$("$@" 2>&1) || {
    echo "$output"
    return 1
  }
  echo "$output"
}

has() { [[ $output == *"$1"* ]] || { echo "it did not say: $1" && return 1; }; }
has_not() { [[ $output != *"$1"* ]] || { echo "it said: $1" && return 1; }; }

apt() { DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends "$@"; }

podman_ready() {
  local root=$work_dir/rootfs name
  mkdir -p "$root"/{bin,dev,etc,proc,run,sys,tmp} /etc/containers/containers.conf.d
  cp /bin/busybox "$root/bin/"
  for name in sh cat echo sleep; do ln -s busybox "$root/bin/$name"; done
  printf '%s\n' '[containers]' 'netns = "none"' 'pids_limit = 0' 'cgroups = "no-conmon"' '[engine]' 'cgroup_manager = "cgroupfs"' \
    'events_logger = "file"' 'runtime = "runc"' >/etc/containers/containers.conf.d/sg-test.conf
  printf '%s\n' '[storage]' 'driver = "vfs"' 'runroot = "/run/containers/storage"' \
    'graphroot = "/var/lib/containers/storage"' >/etc/containers/storage.conf
  tar -C "$root" -c . | podman import - "$image"
}

# A fresh system has none of what the package needs.
installs() {
  if dpkg-query -W libbpf1; then return 1; fi
  apt install /packages/new.deb
  sysctl-guard version | grep -q '^sysctl-guard '
  [[ ! -e $registration ]]
  [[ -z $(find /etc -name '*sysctl-guard*') ]]
}

annotation_is_all() {
  said podman run --rm --cap-add NET_ADMIN "$image" sh -c "$attempts"
  has 'Read-only file system'
  has_not wrote
  sysctl-guard install podman
  said podman run --rm --cap-add NET_ADMIN --annotation "$allow" "$image" sh -c "$attempts"
  [[ $output == "$judged" ]]
}

# Nothing to warn of without an engine.
purges() {
  sysctl-guard install podman --uninstall
  said apt remove sysctl-guard
  has_not 'still names the hook'
  mkdir -p /etc/sysctl-guard /run/sysctl-guard
  touch /etc/sysctl-guard/policy.json
  apt purge sysctl-guard
  nothing_left
}

nothing_left() {
  local left
  left=$(find /usr /etc /run /var/lib/dpkg/info -name '*sysctl-guard*')
  [[ -z $left ]] || { echo "left: $left" && return 1; }
}

lower_version() {
  apt install /packages/old.deb
  sysctl-guard install podman
  podman run --detach --name before --cap-add NET_ADMIN --annotation "$allow" "$image" sleep 100000
  said podman exec before sh -c "$attempts"
  [[ $output == "$judged" ]]
  programs >"$work_dir/before"
  [[ $(wc -l <"$work_dir/before") == 1 ]]
}

# The numbers of the guards' programs, which are the kernel's and never given again.
programs() { sysctl-guard list --json | grep -oE '"program": *[0-9]+'; }

upgrades() {
  apt install /packages/new.deb
  [[ ! -e /usr/share/doc/sysctl-guard/of-the-old-version ]]
  [[ -e $registration ]]
  said podman exec before sh -c "$attempts"
  [[ $output == "$judged" ]]
  said sysctl-guard list
  has "$(podman inspect --format '{{.Id}}' before)"
  has 'another version'
  [[ $(programs) == "$(<"$work_dir/before")" ]]
}

# The one from before has the same policy: what its hook pinned is not taken for ours.
after_upgrade() {
  podman run --detach --name after --cap-add NET_ADMIN --annotation "$allow" "$image" sleep 100000
  said podman exec after sh -c "$attempts"
  [[ $output == "$judged" ]]
  said sysctl-guard show "$(podman inspect --format '{{.Id}}' after)"
  has 'net.ipv4.ip_forward=0|1'
  said programs
  has "$(<"$work_dir/before")"
  [[ $(wc -l <<<"$output") == 2 ]]
}

# With an engine that names the hook, and guarded containers.
removes() {
  said apt remove sysctl-guard
  has 'podman still names the hook'
  has_not 'docker still names the hook'
  [[ ! -e /usr/bin/sysctl-guard ]]
  said podman exec after sh -c "$attempts"
  [[ $output == "$judged" ]]
  podman rm --all --force --time 0
  apt purge sysctl-guard
  rm "$registration"
  nothing_left
}

step() {
  verdict "$@"
  ((failed == 0)) || exit 1
}

main() {
  step "$1: Podman has an image" podman_ready
  step "$1: apt installs the package in a fresh system, with what it needs" installs
  step "$1: an annotation is all that a container needs" annotation_is_all
  step "$1: removed without a warning, purged without a trace" purges
  step "$1: a container is guarded by a lower version with other layouts" lower_version
  step "$1: an upgrade keeps its guard, the same, and list shows it" upgrades
  step "$1: a container after the upgrade is guarded by the new version" after_upgrade
  step "$1: a removal warns of the engine, goes on, and keeps the guards" removes
}

main "$@"
