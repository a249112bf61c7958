# shellcheck shell=bash disable=SC2016
# SPDX-License-Identifier: Apache-2.0
# engine_podman.bash - Podman, with the hook in the directory where it looks for hooks.

engine_sysctls() {
  printf '%s\n' 'net/ipv4/ping_group_range|0 0|0	0|0 1'
}
# Podman's warning on a host with cgroup v1.
export PODMAN_IGNORE_CGROUPSV1_WARNING=1

kHooks=/usr/share/containers/oci/hooks.d
kRun=(--network none --cap-add NET_ADMIN --security-opt unmask=/proc/sys)

engine_start() {
  mkdir -p /etc/containers/containers.conf.d "$kHooks"
  # A limit of processes needs a controller of cgroup v2.
  printf '%s\n' '[containers]' 'pids_limit = 0' '[engine]' "cgroup_manager = \"$DRIVER\"" \
    'events_logger = "file"' "runtime = \"$RUNTIME\"" >/etc/containers/containers.conf.d/sg-test.conf
  printf '%s\n' '[storage]' 'driver = "vfs"' 'runroot = "/run/containers/storage"' \
    'graphroot = "/var/lib/containers/storage"' >/etc/containers/storage.conf
  tar -C "$ENGINE_DIR/rootfs" -c . | podman import - "$IMAGE"
}

engine_stop() { podman system reset --force; }

register_hook() {
  jq -n --arg path "${1:-$HOOK}" '
    {version: "1.0.0", hook: {path: $path, args: ["sysctl-guard-hook"]}, when: {always: true},
     stages: ["createRuntime"]}' >"$kHooks/50-sysctl-guard.json"
}

unregister_hook() { rm "$kHooks/50-sysctl-guard.json"; }

engine_run() {
  sg_run podman run --name "$NAME" "${kRun[@]}" "${ANNOTATIONS[@]/#/--annotation=}" "$IMAGE" "$@"
}

engine_up() {
  detached podman run --name "$NAME" --detach "${kRun[@]}" "${ANNOTATIONS[@]/#/--annotation=}" \
    "$IMAGE" "$@"
  engine_id
}

engine_exec() { sg_run podman exec "$NAME" "$@"; }
engine_restart() { detached podman restart --time 0 "$NAME"; }
engine_remove() { podman rm --all --force --time 0; }

engine_id() {
  ID=$(podman inspect --format '{{.Id}}' "$NAME")
  SG_IDS+=("$ID")
}

engine_pid() { podman inspect --format '{{.State.Pid}}' "$NAME"; }

engine_cgroup() {
  if [[ $DRIVER == cgroupfs ]]; then
    echo "/libpod_parent/libpod-$ID"
  else
    echo "/machine.slice/libpod-$ID.scope"
  fi
}
