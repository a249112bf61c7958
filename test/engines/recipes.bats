#!/usr/bin/env bats
# shellcheck disable=SC2030,SC2031,SC2034,SC2154
# SPDX-License-Identifier: Apache-2.0
# The recipes of docs/recipes.md: each file of examples/compose is started by Docker Compose as it stands, with Debian's
# program in it, and Podman's by Podman. Only what a test has no other way for is laid over it: the image, and an
# interface. Each program does its work with the recipe, and not under runc alone, and other values are refused.

load helpers
load tunnel

teardown() {
  [[ -z ${RECIPE:-} ]] || compose down --timeout 0 >&2 || true
  rm -f /etc/sysctl-guard/policy.json /etc/wireguard/wg0.conf
  engine_teardown
}

# recipe FILE SERVICE: the example, with an interface laid over its service.
recipe() {
  RECIPE=$1
  SERVICE=$2
  here "$SERVICE" <<'YAML'
    entrypoint:
      - sh
      - -c
      - |
        ip link add eth0 type veth peer name peer0
        ip addr add 192.0.2.1/24 dev eth0
        ip link set eth0 up
        ip link set peer0 up
        exec "$$@" >/out/said 2>&1
      - sh
YAML
}

# here SERVICE...: the image with the machine's /usr for each, and what standard input has for the last. What that prints
# goes to a file: Docker can lose the output of a process that ends soon.
here() {
  local service
  mkdir -p "$BATS_TEST_TMPDIR/out"
  {
    echo services:
    for service; do
      printf '  %s:\n    image: %s\n    network_mode: none\n    stop_grace_period: 0s\n' "$service" "$IMAGE"
      printf '    volumes: [/usr:/usr:ro, /etc:/etc:ro, "%s:/out"]\n    tmpfs: [/run, /tmp, /var/lib, /var/log, /var/tmp]\n' \
        "$BATS_TEST_TMPDIR/out"
    done
    cat
  } >"$BATS_TEST_TMPDIR/here.yaml"
}

compose() {
  docker compose --project-name "$NAME" --project-directory "$BATS_TEST_TMPDIR" \
    --file "$SG_TOP/$RECIPE" --file "$BATS_TEST_TMPDIR/here.yaml" "$@"
}

up() {
  rm -f "$BATS_TEST_TMPDIR/out/said"
  sg_run compose up --detach "$@"
}

# without_recipe: the same file, started by runc.
without_recipe() {
  compose down --timeout 0 >&2
  echo '    runtime: runc' >>"$BATS_TEST_TMPDIR/here.yaml"
}

inside() { docker exec "$NAME-$SERVICE-1" "$@"; }
inside_run() { sg_run inside "$@"; }
has_said() { grep -qsF -- "$1" "$BATS_TEST_TMPDIR/out/said"; }
has_ended() { [[ $(docker inspect --format '{{.State.Status}}' "$NAME-$SERVICE-1") == exited ]]; }

@test "wireguard.yaml: wg-quick brings the tunnel up; without the recipe it ends at its sysctl" {
  requires tun
  mkdir -p /etc/wireguard
  touch /etc/wireguard/wg0.conf
  make_tunnel >"$BATS_TEST_TMPDIR/wg0.conf"
  recipe examples/compose/wireguard.yaml wireguard
  up
  poll tunnel_is_up
  inside_run access net/ipv4/conf/all/src_valid_mark=0 net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/conf/all/src_valid_mark=0: EPERM, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: open:EROFS, now 64"
  without_recipe
  up
  poll has_ended
  has_said 'permission denied on key "net.ipv4.conf.all.src_valid_mark"'
}

@test "keepalived.yaml: its virtual interface has no IPv6; without the recipe it has" {
  requires
  mkdir -p /etc/keepalived
  printf '%s\n' 'vrrp_instance lan {' ' interface eth0' ' virtual_router_id 51' ' use_vmac' ' state MASTER' \
    ' priority 255' ' virtual_ipaddress {' '  192.0.2.100/24' ' }' '}' >"$BATS_TEST_TMPDIR/keepalived.conf"
  touch /etc/keepalived/keepalived.conf
  recipe examples/compose/keepalived.yaml keepalived
  up
  poll is_master
  inside_run access net/ipv6/conf/vrrp.51/disable_ipv6 net/ipv6/conf/vrrp.51/disable_ipv6=0 \
    net/ipv6/conf/eth0/disable_ipv6=1
  expect_line "net/ipv6/conf/vrrp.51/disable_ipv6: ok, now 1"
  expect_line "net/ipv6/conf/vrrp.51/disable_ipv6=0: EPERM, now 1"
  expect_output "net/ipv6/conf/eth0/disable_ipv6=1: "
  inside grep -q 0 /proc/sys/net/ipv6/conf/eth0/disable_ipv6
  without_recipe
  up
  poll is_master
  inside grep -q 0 /proc/sys/net/ipv6/conf/vrrp.51/disable_ipv6
}

is_master() { inside ip address show dev vrrp.51 2>/dev/null | grep -q 192.0.2.100/24; }

@test "babeld.yaml: it forwards; without the recipe it ends" {
  requires
  recipe examples/compose/babeld.yaml babeld
  up
  poll inside grep -q 1 /proc/sys/net/ipv6/conf/all/forwarding
  poll inside grep -q 1 /proc/sys/net/ipv4/conf/all/forwarding
  poll inside grep -qx 0 /proc/sys/net/ipv6/conf/all/accept_redirects
  inside_run access net/ipv6/conf/all/accept_redirects net/ipv6/conf/all/accept_redirects=2 \
    net/ipv4/ip_default_ttl=33
  expect_line "net/ipv6/conf/all/accept_redirects: ok, now 0"
  expect_line "net/ipv6/conf/all/accept_redirects=2: EPERM, now 0"
  expect_line "net/ipv4/ip_default_ttl=33: open:EROFS, now 64"
  without_recipe
  up
  poll has_ended
  has_said "Read-only file system"
}

@test "radvd.yaml: the interface has what it announces; without the recipe it has not" {
  requires
  printf '%s\n' 'interface eth0 {' ' AdvSendAdvert on;' ' AdvCurHopLimit 61;' ' AdvReachableTime 30500;' \
    ' AdvRetransTimer 1500;' ' prefix 2001:db8::/64 { };' '};' >"$BATS_TEST_TMPDIR/radvd.conf"
  touch /etc/radvd.conf
  recipe examples/compose/radvd.yaml radvd
  up
  poll inside grep -qx 61 /proc/sys/net/ipv6/conf/eth0/hop_limit
  poll inside grep -qx 1500 /proc/sys/net/ipv6/neigh/eth0/retrans_time_ms
  inside grep -qx 30500 /proc/sys/net/ipv6/neigh/eth0/base_reachable_time_ms
  inside_run access net/ipv6/conf/eth0/hop_limit=0 net/ipv6/conf/all/forwarding=0
  expect_line "net/ipv6/conf/eth0/hop_limit=0: EPERM, now 61"
  expect_line "net/ipv6/conf/all/forwarding=0: EPERM, now 1"
  without_recipe
  up
  poll has_said "failed to set CurHopLimit (61) for eth0: Read-only file system"
  inside grep -qx 64 /proc/sys/net/ipv6/conf/eth0/hop_limit
}

@test "strongswan.yaml: charon's time for acquires is set; without the recipe it is the kernel's" {
  requires
  recipe examples/compose/strongswan.yaml strongswan
  up
  poll inside test -S /run/charon.ctl
  inside_run access net/core/xfrm_acq_expires net/core/xfrm_acq_expires=30 net/core/somaxconn=1
  expect_line "net/core/xfrm_acq_expires: ok, now 165"
  expect_line "net/core/xfrm_acq_expires=30: EPERM, now 165"
  expect_output "net/core/somaxconn=1: open:EROFS, now "
  without_recipe
  up
  poll inside test -S /run/charon.ctl
  inside grep -qx 30 /proc/sys/net/core/xfrm_acq_expires
}

# --- sysctls of the host -------------------------------------------------------------------------

# on_host NAME VALUE: the machine's own /proc/sys is read-only.
on_host() { docker run --rm --privileged --volume /usr:/usr:ro "$IMAGE" sh -c 'echo "$2" >"/proc/sys/$1"' sh "$@"; }

# with_host_value NAME VALUE TRIES: the function TRIES where the machine has that value; it has its own again behind.
with_host_value() {
  local before failed=0
  before=$(cat "/proc/sys/$1")
  on_host "$1" "$2"
  "$3" || failed=1
  on_host "$1" "$before"
  ((failed == 0))
}

# node_policy FILE: the node's, from an example.
node_policy() {
  mkdir -p /etc/sysctl-guard
  cp "$SG_TOP/$1" /etc/sysctl-guard/policy.json
}

@test "redis.yaml: Redis starts without its warning; without the recipe it warns, and a mode of 2 stays" {
  requires
  RECIPE=examples/compose/redis.yaml
  SERVICE=redis
  node_policy examples/node-policy/redis.json
  here sysctls redis <<'YAML'
    entrypoint: [sh, -c, 'exec "$$@" >/out/said 2>&1', sh]
    command: [redis-server, --save, ""]
YAML
  with_host_value vm/overcommit_memory 0 redis_tries
}

redis_tries() {
  up --no-deps "$SERVICE"
  expect_status 0 || return
  poll has_said "Ready to accept connections" || return
  has_said "Memory overcommit must be enabled" || return
  compose down --timeout 0 >&2
  up
  expect_status 0 || return
  poll has_said "Ready to accept connections" || return
  ! has_said "Memory overcommit must be enabled" || fail_with "it warns" || return
  expect_equal "$(cat /proc/sys/vm/overcommit_memory)" 1 || return
  # Whoever has the profile can lower nothing.
  host_write redis vm/overcommit_memory=0 || return
  expect_line "vm/overcommit_memory=0: EPERM, now 1" || return
  compose down --timeout 0 >&2
  # A mode of 2, with room for all else that runs on this machine.
  with_host_value vm/overcommit_ratio 1000000 strict_tries
}

strict_tries() { with_host_value vm/overcommit_memory 2 strict_try; }

strict_try() {
  up
  ((status != 0)) || fail_with "it started" || return
  expect_equal "$(cat /proc/sys/vm/overcommit_memory)" 2
}

# guarded_docker OPTION... -- COMMAND...: in sg_run.
guarded_docker() {
  HOW=(--runtime sysctl-guard)
  sg_run by docker docker_to_end "$@"
}

# host_write PROFILE ACCESS
host_write() {
  annotated "io.sysctl-guard.profile=$1"
  guarded_docker --volume /usr:/usr:ro -- access "$2"
}

# Elasticsearch is no package of Debian's: what it looks at before it starts is looked at here.
@test "elasticsearch.yaml: vm.max_map_count is raised, and not lowered again" {
  requires
  RECIPE=examples/compose/elasticsearch.yaml
  SERVICE=elasticsearch
  node_policy examples/node-policy/databases.json
  here sysctls elasticsearch <<<'    command: [sleep, infinity]'
  with_host_value vm/max_map_count 65530 elasticsearch_tries
}

elasticsearch_tries() {
  up
  expect_status 0 || return
  expect_equal "$(inside cat /proc/sys/vm/max_map_count)" 262144 || return
  host_write elasticsearch vm/max_map_count=65530 || return
  expect_line "vm/max_map_count=65530: EPERM, now 262144" || return
  compose down --timeout 0 >&2
  on_host vm/max_map_count 500000
  up
  expect_status 0 || return
  expect_equal "$(cat /proc/sys/vm/max_map_count)" 500000 || return
  # The file without its node policy: the container that would write does not start.
  compose down --timeout 0 >&2
  on_host vm/max_map_count 65530
  rm /etc/sysctl-guard/policy.json
  up
  ((status != 0)) || fail_with "it started" || return
  expect_equal "$(cat /proc/sys/vm/max_map_count)" 65530
}

# --- CAP_SYS_ADMIN -------------------------------------------------------------------------------

@test "docker-in-docker.yaml: the daemon inside starts a container, and other sysctls are refused" {
  requires
  recipe examples/compose/docker-in-docker.yaml docker
  cat >>"$BATS_TEST_TMPDIR/here.yaml" <<'YAML'
    command: [dockerd, --config-file, /dev/null, --data-root, /docker, --storage-driver, vfs]
YAML
  up
  poll inside docker version
  poll inside grep -q 1 /proc/sys/net/ipv4/ip_forward
  inside_run access net/ipv4/ip_forward=0 net/ipv4/ip_default_ttl=33 vm/swappiness=61
  expect_line "net/ipv4/ip_forward=0: EPERM, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
  expect_output "vm/swappiness=61: EPERM, now "
  inside_run sh -c 'tar -C /usr/bin -c busybox | docker import - inner &&
    docker run --rm --network none --volume /tmp:/out inner /busybox sh -c "echo inner >/out/inner" && cat /tmp/inner'
  expect_line inner
  without_recipe
  up
  poll inside docker version
  inside_run access net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
}

FRR='mkdir -p /run/frr /var/tmp/frr && chown frr /run/frr && printf "ip forwarding\nipv6 forwarding\n" >/tmp/zebra.conf &&
  chmod 644 /tmp/zebra.conf && exec /usr/lib/frr/zebra --config_file /tmp/zebra.conf --pid_file /run/frr/zebra.pid \
  --socket /run/frr/zserv.api --vty_socket /run/frr --log stdout'
FRR_OPTIONS=("${MACHINE_VOLUMES[@]}" --tmpfs /run --tmpfs /tmp --tmpfs /var/tmp)

frr_forwards() { podman exec frr grep -q 1 /proc/sys/net/ipv4/ip_forward; }

@test "frr.sh: zebra forwards in a user namespace; in the host's nothing is opened, and without the capability it ends" {
  requires
  detached "$SG_TOP/examples/podman/frr.sh" --detach "${FRR_OPTIONS[@]}" "$IMAGE" sh -c "$FRR"
  poll frr_forwards
  sg_run podman exec frr access net/ipv4/ip_forward=0 net/ipv4/ip_default_ttl=33 vm/swappiness=61
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
  expect_output "vm/swappiness=61: open:EACCES, now "
  podman rm --force --time 0 frr
  sg_run docker run --name "$NAME" --runtime sysctl-guard --cap-add NET_ADMIN --cap-add SYS_ADMIN \
    --annotation "$ALLOW" "${FRR_OPTIONS[@]}" --detach "$IMAGE" sh -c "$FRR"
  poll syslog_has "/proc/sys is not opened: the container has CAP_SYS_ADMIN, which can undo the guard"
  sg_run docker exec "$NAME" access net/ipv4/ip_forward=1
  expect_line "net/ipv4/ip_forward=1: open:EROFS, now 0"
  name_another
  annotated "$ALLOW"
  guarded_docker "${FRR_OPTIONS[@]}" -- sh -c "$FRR"
  ((status != 0)) || fail_with "it goes on"
  expect_output "cap_set_proc failed"
}

# --- kube play -----------------------------------------------------------------------------------

# play_pod [SED]: the example, changed, with this machine's programs and files in the container.
play_pod() {
  sed -e "s|image: .*|image: $IMAGE|" -e "${1:-}" \
    -e '/volumeMounts:/a\        - { name: usr, mountPath: /usr, readOnly: true }\n        - { name: etc, mountPath: /etc, readOnly: true }' \
    -e '/volumes:/a\    - { name: usr, hostPath: { path: /usr } }\n    - { name: etc, hostPath: { path: /etc } }' \
    "$SG_TOP/examples/podman/wireguard-pod.yaml" >"$BATS_TEST_TMPDIR/pod.yaml"
  detached podman kube play --network none "$BATS_TEST_TMPDIR/pod.yaml"
}

pod_was_refused() {
  podman logs wireguard-wireguard 2>&1 | grep -qF 'permission denied on key "net.ipv4.conf.all.src_valid_mark"'
}

@test "wireguard-pod.yaml: wg-quick brings the tunnel up; without the profile it ends at its sysctl" {
  requires tun
  inside() { podman exec wireguard-wireguard "$@"; }
  # Podman before 5 refuses a longer annotation.
  expect_equal "$(awk '/annotations:/ { on = 1; next } /^spec:/ { on = 0 } on { sub(/^ +/, ""); if (length > 63) print }' \
    "$SG_TOP/examples/podman/wireguard-pod.yaml")" ""
  node_policy examples/node-policy/vpn.json
  mkdir -p /etc/wireguard
  make_tunnel >/etc/wireguard/wg0.conf
  play_pod
  poll tunnel_is_up
  inside_run access net/ipv4/conf/all/src_valid_mark=0 net/ipv4/ip_forward=1 net/ipv4/ip_forward=2
  expect_line "net/ipv4/conf/all/src_valid_mark=0: ok, now 0"
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_forward=2: EPERM, now 1"
  podman pod rm --all --force --time 0
  play_pod '/io.sysctl-guard.profile/d; s/  annotations:/  annotations: {}/'
  poll pod_was_refused
  podman pod rm --all --force --time 0
}
