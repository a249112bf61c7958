# shellcheck shell=bash disable=SC2016,SC2034,SC2154
# SPDX-License-Identifier: Apache-2.0
# engine_cri.bash - containerd by its CRI plugin, which cri.py calls as a kubelet does, with the runtime handler that
# `sysctl-guard install containerd` made. One daemon serves all tests of cri.bats.

# shellcheck source=test/engines/engine_containerd.bash
. "$SG_ENGINES/engine_containerd.bash"

kConfig=/etc/containerd/config.toml

engine_start() {
  write_config
  sysctl-guard install containerd
  start_daemon containerd containerd
  make_archive
  poll cri_answers
  ctr -n k8s.io image import --snapshotter native "$ENGINE_DIR/image.tar"
}

engine_stop() {
  cri_remove_all
  stop_daemon containerd
  sysctl-guard install containerd --uninstall
  mv "$kConfig.debian" "$kConfig"
  rm -r /etc/cni/net.d/10-sg-test.conflist /run/sg-cri
}

cri() { "$SG_ENGINES/cri.py" "$@"; }

cri_answers() { cri Version '{}' >/dev/null 2>&1; }

# What a test machine lacks: AppArmor, CAP_SYS_RESOURCE, and in cgroup v2 the controllers with which containerd limits a pod.
write_config() {
  local cri='plugins."io.containerd.grpc.v1.cri"' no_cgroups=false systemd=false
  [[ -e /sys/fs/cgroup/unified ]] || grep -qw cpu /sys/fs/cgroup/cgroup.controllers || no_cgroups=true
  [[ $DRIVER == cgroupfs ]] || systemd=true
  cp -a "$kConfig" "$kConfig.debian"
  cat >"$kConfig" <<TOML
version = 2
[$cri]
  sandbox_image = "$IMAGE"
  restrict_oom_score_adj = true
  disable_apparmor = true
  disable_cgroup = $no_cgroups
[$cri.cni]
  bin_dir = "/usr/lib/cni"
  conf_dir = "/etc/cni/net.d"
[$cri.containerd]
  snapshotter = "native"
[$cri.containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[$cri.containerd.runtimes.runc.options]
  SystemdCgroup = $systemd
TOML
  mkdir -p /etc/cni/net.d
  echo '{"cniVersion": "0.4.0", "name": "sg-test", "plugins": [{"type": "ptp",
    "ipam": {"type": "host-local", "subnet": "10.88.0.0/24"}}]}' >/etc/cni/net.d/10-sg-test.conflist
}

register_hook() {
  HANDLER=sysctl-guard
  NAMESPACES='{"pid": "CONTAINER"}'
  PRIVILEGED=false
  POD=
}

# From now on pods of runc's handler, whose containers may write everything in /proc/sys.
unregister_hook() { HANDLER=; }

# pod_config ATTEMPT: as a kubelet makes it. With the host's network a pod has no name of its own.
pod_config() {
  local parent=/sg-test
  [[ $DRIVER == cgroupfs ]] || parent=sgt-test.slice
  annotations_json | jq --arg name "$NAME" --argjson attempt "$1" --argjson namespaces "$NAMESPACES" \
    --argjson privileged "$PRIVILEGED" --arg parent "$parent" '{
      metadata: {name: $name, uid: $name, namespace: "default", attempt: $attempt}, annotations: .,
      hostname: (if $namespaces.network == "NODE" then "" else $name end), log_directory: "/run/sg-cri",
      linux: {cgroup_parent: $parent, security_context: {namespace_options: $namespaces, privileged: $privileged}}}'
}

annotations_json() {
  local annotation options=()
  for annotation in "${ANNOTATIONS[@]}"; do
    options+=(--arg "${annotation%%=*}" "${annotation#*=}")
  done
  jq -n "${options[@]}" '$ARGS.named'
}

# run_pod [ATTEMPT]: with ANNOTATIONS, in sg_run; sets POD where it runs.
run_pod() {
  POD_CONFIG=$(pod_config "${1:-0}")
  sg_run cri RunPodSandbox "$(jq -n --arg handler "$HANDLER" --argjson config "$POD_CONFIG" \
    '{runtime_handler: $handler, config: $config}')"
  POD=
  ((status != 0)) || {
    POD=$(jq -r .pod_sandbox_id <<<"$output")
    SG_IDS+=("$POD")
  }
}

# run_in_pod NAME ANNOTATION...: a container in the pod of the test, with annotations of its own, in sg_run; sets ID where
# it was made. A kubelet names
# the paths of procMount: Default, and none for a container that is privileged.
run_in_pod() {
  local name=$1 config
  local ANNOTATIONS=("${@:2}")
  config=$(annotations_json | jq --arg name "$name" --arg image "$IMAGE" --argjson namespaces "$NAMESPACES" \
    --argjson privileged "$PRIVILEGED" --arg handler "$HANDLER" '{
      metadata: {name: $name}, image: {image: $image}, command: ["/bin/sleep", "100000"], log_path: ($name + ".log"),
      annotations: ., linux: {resources: {}, security_context: ({namespace_options: $namespaces,
        privileged: $privileged, capabilities: {add_capabilities: ["NET_ADMIN"]}}
        + if $privileged or $handler == "" then {}
          else {masked_paths: ["/proc/kcore", "/proc/keys"],
            readonly_paths: ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]} end)}}')
  sg_run cri CreateContainer "$(jq -n --arg pod "$POD" --argjson pod_config "$POD_CONFIG" --argjson config "$config" \
    '{pod_sandbox_id: $pod, sandbox_config: $pod_config, config: $config}')" \
    StartContainer '{"container_id": "$container_id"}'
  ID=$(jq -r .container_id <<<"${output%%$'\n'*}") && SG_IDS+=("$ID")
}

engine_exec() { sg_run exec_in_container "$@"; }

exec_in_container() {
  local answer
  answer=$(cri ExecSync "$(jq -n --arg id "$ID" '{container_id: $id, cmd: $ARGS.positional, timeout: 20}' --args -- "$@")") ||
    return
  jq -rj '(.stdout, .stderr) // "" | @base64d' <<<"$answer"
  return "$(jq '.exit_code // 0' <<<"$answer")"
}

stop_pod() {
  local request
  request=$(jq -n --arg id "$1" '{pod_sandbox_id: $id}')
  cri StopPodSandbox "$request" RemovePodSandbox "$request" >/dev/null
}

pods() { cri ListPodSandbox '{}' | jq -r '.items[]?.id'; }

cri_remove_all() {
  local pod
  for pod in $(pods); do stop_pod "$pod"; done
}

engine_remove() { cri_remove_all; }
