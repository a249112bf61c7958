# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: Apache-2.0
# engine_podman.bash - Podman, as `sysctl-guard install podman` leaves it: the hook opens /proc/sys itself.

INSTALLED=podman
OPENS=1
ASKED=1

engine_sysctls() {
  printf '%s\n' 'net/ipv4/ping_group_range|0 0|0	0|0 1'
}
# Podman's warning on a host with cgroup v1.
export PODMAN_IGNORE_CGROUPSV1_WARNING=1

# What every container is given is in the configuration, so that a test can run the command that a user would.
engine_start() {
  mkdir -p /etc/containers/containers.conf.d
  # A network needs iptables, a limit of processes needs a controller of cgroup v2.
  printf '%s\n' '[containers]' 'netns = "none"' 'pids_limit = 0' '[engine]' \
    "cgroup_manager = \"$DRIVER\"" 'events_logger = "file"' "runtime = \"$RUNTIME\"" \
    >/etc/containers/containers.conf.d/sg-test.conf
  printf '%s\n' '[storage]' 'driver = "vfs"' 'runroot = "/run/containers/storage"' \
    'graphroot = "/var/lib/containers/storage"' >/etc/containers/storage.conf
  tar -C "$ENGINE_DIR/rootfs" -c . | podman import - "$IMAGE"
}

engine_stop() {
  sysctl-guard install podman --uninstall
  podman system reset --force
}

register_hook() { sysctl-guard install podman "$@" >&2; }
unregister_hook() { sysctl-guard install podman --uninstall >&2; }

# options: sets OPTIONS, those of the test's container.
options() {
  OPTIONS=(--name "$NAME" --cap-add NET_ADMIN "${ANNOTATIONS[@]/#/--annotation=}")
  [[ -z $OPEN ]] || OPTIONS+=(--security-opt unmask=/proc/sys)
}

engine_run() {
  options
  sg_run podman run "${OPTIONS[@]}" "$IMAGE" "$@"
}

engine_up() {
  options
  detached podman run "${OPTIONS[@]}" --detach "$IMAGE" "$@"
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
