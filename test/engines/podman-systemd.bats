#!/usr/bin/env bats
# shellcheck disable=SC2154
# SPDX-License-Identifier: Apache-2.0
# What Podman has only on a host with systemd: the Quadlet units of examples/podman, started as services.

# bats file_tags=cgroups
load helpers
load machine_image
load tunnel

kUnits=/etc/containers/systemd
kDropIn=/etc/systemd/system/systemd-sysctl.service.d

teardown() {
  local unit
  for unit in wireguard system; do
    [[ ! -e $kUnits/$unit.container ]] || systemctl stop "$unit.service"
  done
  rm -rf "$kUnits" "$kDropIn" /etc/sysctl.d/10-recipe.conf /etc/wireguard/wg0.conf
  systemctl daemon-reload
  engine_teardown
}

# quadlet FILE UNIT [SED]: the example as UNIT.container, changed; a drop-in has the image and what standard input has.
quadlet() {
  mkdir -p "$kUnits/$2.container.d"
  sed "${3:-}" "$SG_TOP/$1" >"$kUnits/$2.container"
  {
    printf '%s\n' '[Container]' "ContainerName=$NAME" "Image=$IMAGE"
    cat
  } >"$kUnits/$2.container.d/here.conf"
  systemctl daemon-reload
  detached systemctl start "$2.service"
}

# machine_quadlet FILE UNIT [SED]: with this machine's programs and files in the container.
machine_quadlet() {
  local root=$BATS_TEST_TMPDIR/rootfs
  IMAGE=localhost/sg-machine:1
  if [[ ! -e $root ]]; then
    cp -a "$ENGINE_DIR/rootfs" "$root"
    make_machine_image "$root"
    tar -C "$root" -c . | podman import - "$IMAGE"
  fi
  quadlet "$@" <<<$'Volume=/usr:/usr:ro\nVolume=/etc:/etc:ro'
}

inside() { podman exec "$NAME" "$@"; }

@test "wireguard.container: wg-quick brings the tunnel up; without the annotation it ends at its sysctl" {
  requires tun
  mkdir -p /etc/wireguard
  make_tunnel >/etc/wireguard/wg0.conf
  machine_quadlet examples/podman/wireguard.container wireguard
  engine_id
  poll tunnel_is_up
  engine_exec access net/ipv4/conf/all/src_valid_mark=0
  expect_line "net/ipv4/conf/all/src_valid_mark=0: EPERM, now 1"
  systemctl stop wireguard.service
  machine_quadlet examples/podman/wireguard.container wireguard '/^Annotation=/d'
  poll has_failed wireguard.service
  poll unit_said wireguard.service 'permission denied on key "net.ipv4.conf.all.src_valid_mark"'
}

# The journal has a unit's last line a moment after the unit has ended.
unit_said() { journalctl --quiet --no-pager --unit "$1" | grep -F "$2"; }

has_failed() { [[ $(systemctl show "$1" --property ActiveState --value) == failed ]]; }

@test "wireguard.container: both rules of the list hold; without the quotes it does not start" {
  requires
  local sed='/^Exec=/s|=.*|=sleep infinity|; /^AddDevice=/d; /^Volume=/d'
  quadlet examples/podman/wireguard.container wireguard "$sed" </dev/null
  engine_id
  # Podman keeps the names of `run --rm`, which Quadlet uses, in another file.
  sg_run sysctl-guard show --json "$NAME"
  expect_output "\"engineName\": \"$NAME\""
  engine_exec access net/ipv4/conf/all/src_valid_mark=1 net/ipv4/ip_forward=1 net/ipv4/ip_forward=2
  expect_line "net/ipv4/conf/all/src_valid_mark=1: ok, now 1"
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_forward=2: EPERM, now 1"
  systemctl stop wireguard.service
  # The second rule becomes an annotation of its own, which the hook refuses.
  ! quadlet examples/podman/wireguard.container wireguard "$sed; /^Annotation=/s/\"//g" </dev/null || fail_with "it started"
  poll syslog_has "'net.ipv4.ip_forward' at offset 0: this key reads like a rule"
}

@test "a vector in a unit: without the quotes only its first number is in the rule" {
  requires
  local sed='/^Exec=/s|=.*|=sleep infinity|; /^AddDevice=/d; /^Volume=/d; /^Annotation=/s|=.*|=RULE|'
  local rule='io.sysctl-guard.allow=net.ipv4.ip_local_port_range=2000..3000 2000..3000'
  quadlet examples/podman/wireguard.container wireguard "${sed/RULE/\"$rule\"}" </dev/null
  engine_id
  engine_exec access "net/ipv4/ip_local_port_range=2001 2999"
  expect_line "net/ipv4/ip_local_port_range=2001 2999: ok, now 2001	2999"
  systemctl stop wireguard.service
  quadlet examples/podman/wireguard.container wireguard "${sed/RULE/$rule}" </dev/null
  engine_exec access "net/ipv4/ip_local_port_range=2001 2999"
  expect_output "net/ipv4/ip_local_port_range=2001 2999: EPERM, now "
}

@test "systemd.container: its systemd-sysctl applies what is granted, and nothing without the annotation" {
  requires
  mkdir -p "$kDropIn"
  printf '%s\n' '[Unit]' 'ConditionPathIsReadWrite=' >"$kDropIn/condition.conf"
  printf '%s\n' net.ipv4.ip_forward=1 net.ipv4.ip_default_ttl=33 >/etc/sysctl.d/10-recipe.conf
  machine_quadlet examples/podman/systemd.container system
  engine_id
  poll sysctls_applied
  engine_exec access net/ipv4/ip_forward net/ipv4/ip_default_ttl net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_forward: ok, now 1"
  expect_line "net/ipv4/ip_default_ttl: ok, now 64"
  expect_line "net/ipv4/ip_default_ttl=33: open:EROFS, now 64"
  systemctl stop system.service
  machine_quadlet examples/podman/systemd.container system '/^Annotation=/d'
  poll sysctls_applied
  engine_exec access net/ipv4/ip_forward
  expect_line "net/ipv4/ip_forward: ok, now 0"
}

sysctls_applied() {
  [[ $(podman exec "$NAME" systemctl show systemd-sysctl.service --property ActiveState --value 2>&1) == active ]]
}
