#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What the picture shows, on standard output: each command behind a `$`, and what it prints. make.sh runs it in a machine,
# where Podman has an image `router`: babeld on an interface of its own.
set -euo pipefail
shopt -s inherit_errexit

export ENGINE=podman RUNTIME=runc DRIVER=cgroupfs ENGINE_DIR=/run/sg-engine
# shellcheck source=test/engines/helpers.bash
. test/engines/helpers.bash

# make_router DIR: a root with babeld, the programs that its start script needs, and their libraries.
make_router() {
  local dir=$1 program file
  make_rootfs "$dir"
  ln -s busybox "$dir/bin/sysctl"
  for program in babeld ip; do
    cp "$(command -v "$program")" "$dir/bin/"
    while read -r file; do
      mkdir -p "$dir${file%/*}"
      cp "$file" "$dir$file"
    done < <(ldd "$(command -v "$program")" | grep -o '/[^ ]*')
  done
  cat >"$dir/bin/router" <<'SH'
#!/bin/sh
/bin/ip link add eth0 type veth peer name peer0
/bin/ip link set eth0 up
/bin/ip link set peer0 up
exec babeld -I /tmp/pid -S /tmp/state eth0
SH
  chmod 755 "$dir/bin/router"
}

# show COMMAND: as a user types it, and what comes of it.
show() {
  printf '$ %s\n' "$1"
  bash -c "${1//podman run/podman run --quiet --tmpfs /tmp}" 2>&1 | sed '/^[0-9a-f]\{64\}$/d' || true
}

forwards() { podman exec "$1" grep -q 1 /proc/sys/net/ipv6/conf/all/forwarding; }

mkdir -p "$ENGINE_DIR"
{
  make_router "$ENGINE_DIR/rootfs"
  engine_start
  tar -C "$ENGINE_DIR/rootfs" -c . | podman import --change 'CMD ["/bin/router"]' - router
  register_hook
} >&2

echo '# As an engine starts it: /proc/sys is read-only.'
show 'podman run --name router1 --cap-add NET_ADMIN router'
echo
echo '# With --privileged it works. So does this, for the whole host:'
show 'podman run --name router2 --privileged --detach router'
poll forwards router2
show 'podman exec router2 sysctl net.ipv6.conf.all.forwarding'
show 'podman exec router2 sysctl vm.swappiness=10'
echo
echo '# With sysctl-guard it is granted what it needs, and nothing else.'
show "podman run --name router3 --cap-add NET_ADMIN --detach --annotation \\
    io.sysctl-guard.allow='net.ipv4.conf.*; net.ipv6.conf.*' router"
poll forwards router3
show 'podman exec router3 sysctl net.ipv6.conf.all.forwarding'
show 'podman exec router3 sysctl vm.swappiness=10'
show 'podman exec router3 sysctl net.ipv4.ip_default_ttl=33'
podman rm --all --force --time 0 >&2
