# shellcheck shell=bash disable=SC2016
# SPDX-License-Identifier: Apache-2.0
# engine_docker.bash - Docker, with the hook in a CDI device: it has no directory of hooks.

engine_sysctls() {
  printf '%s\n' 'net/ipv4/ping_group_range|0 2147483647|0	2147483647|0 1' 'net/ipv4/ip_unprivileged_port_start|0|0|1'
}

kSpec=/etc/cdi/sysctl-guard.json
kRun=(--network none --cap-add NET_ADMIN --security-opt systempaths=unconfined)

engine_start() {
  mkdir -p /etc/docker /etc/cdi
  # No networks: they need iptables.
  jq -n --arg driver "$DRIVER" '
    {iptables: false, "ip-forward": false, bridge: "none", "storage-driver": "vfs",
     features: {cdi: true}, "exec-opts": ["native.cgroupdriver=" + $driver],
     runtimes: {crun: {path: "crun"}}}' >/etc/docker/daemon.json
  start_daemon dockerd dockerd
  poll docker_answers
  tar -C "$ENGINE_DIR/rootfs" -c . | docker import - "$IMAGE"
}

docker_answers() { docker version >/dev/null 2>&1; }

engine_stop() {
  docker system prune --all --force
  stop_daemon dockerd
}

register_hook() {
  jq -n --arg path "${1:-$HOOK}" '
    {cdiVersion: "0.6.0", kind: "sysctl-guard.io/policy", devices: [{name: "default",
     containerEdits: {hooks: [{hookName: "createRuntime", path: $path,
                               args: ["sysctl-guard-hook"]}]}}]}' >"$kSpec"
}

unregister_hook() { rm "$kSpec"; }

# docker_run ARGUMENTS...
docker_run() {
  local device=()
  [[ ! -f $kSpec ]] || device=(--device sysctl-guard.io/policy=default)
  docker run --runtime "$RUNTIME" --name "$NAME" "${kRun[@]}" "${device[@]}" \
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
