# shellcheck shell=bash disable=SC2016,SC2034,SC2153
# SPDX-License-Identifier: Apache-2.0
# engine_docker.bash - Docker, as `sysctl-guard install docker` leaves it: containers that ask for the runtime
# `sysctl-guard` are guarded, and it opens /proc/sys for them.

INSTALLED=docker
OPENS=1
ASKED=1

engine_sysctls() {
  printf '%s\n' 'net/ipv4/ping_group_range|0 2147483647|0	2147483647|0 1' 'net/ipv4/ip_unprivileged_port_start|0|0|1'
}

# Of the programs that docker.bats has killed.
kKiller=$ENGINE_DIR/killer

engine_start() {
  mkdir -p /etc/docker
  # No networks: they need iptables.
  jq -n --arg driver "$DRIVER" --arg killer "$kKiller" '
    {iptables: false, "ip-forward": false, bridge: "none", "storage-driver": "vfs",
     features: {cdi: true}, "exec-opts": ["native.cgroupdriver=" + $driver],
     runtimes: {crun: {path: "crun"}, killer: {path: $killer}}}' >/etc/docker/daemon.json
  sysctl-guard install docker
  choose_runtime
  start_docker
  tar -C "$ENGINE_DIR/rootfs" -c . | docker import - "$IMAGE"
}

start_docker() {
  start_daemon dockerd dockerd
  poll docker_answers
}

docker_answers() { docker version >/dev/null 2>&1; }

engine_stop() {
  docker system prune --all --force
  stop_daemon dockerd
  sysctl-guard install docker --uninstall
  rm -rf /etc/docker/daemon.json /etc/sysctl-guard
}

register_hook() { HOW=(--runtime sysctl-guard); }
unregister_hook() { HOW=(--runtime "$RUNTIME"); }

# docker_run ARGUMENTS...
docker_run() {
  local open=()
  [[ -z $OPEN ]] || open=(--security-opt systempaths=unconfined)
  docker run "${HOW[@]}" --name "$NAME" --cap-add NET_ADMIN "${open[@]}" \
    "${ANNOTATIONS[@]/#/--annotation=}" "$@"
}

# docker_to_end OPTION... -- COMMAND...: in the foreground. What the container prints comes through a file: under
# load Docker loses the output of one that ends soon ("reading from a closed fifo" in its log).
docker_to_end() {
  local options=() status=0 out=$BATS_TEST_TMPDIR/out-$RANDOM
  while [[ $1 != -- ]]; do
    options+=("$1")
    shift
  done
  shift
  mkdir "$out"
  docker_run "${options[@]}" --volume "$out:/out" "$IMAGE" sh -c '"$@" >/out/text 2>&1' sh "$@" ||
    status=$?
  [[ ! -f $out/text ]] || cat "$out/text"
  # For what a runtime could not do Docker says 127, which bats takes for a mistake in the test.
  ((status != 127)) || status=125
  return "$status"
}

engine_run() { sg_run docker_to_end -- "$@"; }

engine_up() {
  detached docker_run --detach "$IMAGE" "$@"
  engine_id
}

engine_exec() { sg_run docker exec "$NAME" "$@"; }
engine_restart() { detached docker restart --time 0 "$NAME"; }

engine_remove() {
  local all
  all=$(docker ps --all --quiet)
  # shellcheck disable=SC2086  # a list
  [[ -z $all ]] || docker rm --force $all
}

engine_id() {
  ID=$(docker inspect --format '{{.Id}}' "$NAME")
  SG_IDS+=("$ID")
}

engine_pid() { docker inspect --format '{{.State.Pid}}' "$NAME"; }

engine_cgroup() {
  if [[ $DRIVER == cgroupfs ]]; then
    echo "/docker/$ID"
  else
    echo "/system.slice/docker-$ID.scope"
  fi
}
