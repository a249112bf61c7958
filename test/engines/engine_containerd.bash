# shellcheck shell=bash disable=SC2016,SC2034,SC2153
# SPDX-License-Identifier: Apache-2.0
# engine_containerd.bash - containerd through ctr, with the binary of the runtime handler that `sysctl-guard install
# containerd` made. ctr asks for no runtime handler: those are for pods, see cri.bats.
#
# ctr makes a container of the whole specification: what `ctr run IMAGE` adds by itself needs
# controllers of cgroup v2. The root is the image, mounted.

INSTALLED=containerd
OPENS=1
ASKED=1

engine_sysctls() {
  printf '%s\n' 'net/ipv4/ping_group_range|0 0|0	0|0 1'
}

install_handler() { sysctl-guard install containerd; }

engine_start() {
  install_handler
  choose_runtime
  start_daemon containerd containerd
  poll containerd_answers
  make_archive
  ctr image import --snapshotter native "$ENGINE_DIR/image.tar"
  mkdir -p "$ENGINE_DIR/root"
  ctr image mount --rw --snapshotter native "$IMAGE" "$ENGINE_DIR/root"
}

containerd_answers() { ctr version >/dev/null 2>&1; }

# What `docker save` would write.
make_archive() {
  local dir=$ENGINE_DIR/image digest
  mkdir -p "$dir"
  tar -C "$ENGINE_DIR/rootfs" -cf "$dir/layer.tar" .
  digest=$(sha256sum "$dir/layer.tar" | cut -d' ' -f1)
  jq -n --arg digest "sha256:$digest" '{architecture: "amd64", os: "linux", config: {Cmd: ["/bin/sleep", "100000"]},
    rootfs: {type: "layers", diff_ids: [$digest]}}' >"$dir/config.json"
  jq -n --arg image "$IMAGE" \
    '[{Config: "config.json", RepoTags: [$image], Layers: ["layer.tar"]}]' >"$dir/manifest.json"
  tar -C "$dir" -cf "$ENGINE_DIR/image.tar" .
}

engine_stop() {
  umount "$ENGINE_DIR/root"
  stop_daemon containerd
  sysctl-guard install containerd --uninstall
  rm -rf /etc/sysctl-guard
}

# What `ctr run IMAGE` begins with.
plain_spec() {
  BASE=$BATS_TEST_TMPDIR/plain.json
  ctr oci spec >"$BASE"
}

# value_of SETTING: of the handler.
value_of() { sed -n "s|^ *$1 = \"\(.*\)\"\$|\1|p" /etc/containerd/config.toml; }

register_hook() {
  plain_spec
  BINARY=$(value_of BinaryName)
}

unregister_hook() {
  plain_spec
  BINARY=$RUNTIME
}

# make_spec COMMAND...: of the base. Sets ID.
make_spec() {
  local annotation group options=()
  ID=$NAME
  group=/sg-test/$ID
  [[ $DRIVER == cgroupfs ]] || group=sgt-test.slice:sg:$ID
  for annotation in "${ANNOTATIONS[@]}"; do
    options+=(--arg "${annotation%%=*}" "${annotation#*=}")
  done
  jq -n "${options[@]}" '$ARGS.named' >"$BATS_TEST_TMPDIR/annotations"
  # No rlimits: setting one needs CAP_SYS_RESOURCE.
  jq --arg root "$ENGINE_DIR/root" --arg group "$group" --arg open "$OPEN" \
    --slurpfile annotations "$BATS_TEST_TMPDIR/annotations" '
    .root = {path: $root} | .annotations = $annotations[0]
    | .process.args = $ARGS.positional | .process.env = ["PATH=/bin"] | .process.rlimits = []
    | (.process.capabilities | .bounding, .effective, .permitted) += ["CAP_NET_ADMIN"]
    | .linux.cgroupsPath = $group
    | if $open == "" then . else .linux.readonlyPaths -= ["/proc/sys"] end
    | .linux.sysctl = {"net.ipv4.ping_group_range": "0 0"}' \
    "$BASE" --args -- "$@" >"$BATS_TEST_TMPDIR/spec.json"
  # ctr wants to hear of systemd's cgroup beside the specification.
  OPTIONS=(--runc-binary "$BINARY")
  [[ $DRIVER == cgroupfs ]] || OPTIONS+=(--runc-systemd-cgroup --cgroup "$group")
  SG_IDS+=("$ID")
}

# said_by COMMAND...: what the container printed comes through /said of its root: ctr, like Docker, can lose the output of
# a process that ends soon.
said_by() {
  local file=$ENGINE_DIR/root/said status=0
  rm -f "$file"
  "$@" || status=$?
  [[ ! -f $file ]] || cat "$file"
  return "$status"
}

engine_run() {
  make_spec sh -c '"$@" >/said 2>&1' sh "$@"
  sg_run said_by ctr run --rm "${OPTIONS[@]}" --config "$BATS_TEST_TMPDIR/spec.json" "$ID"
}

engine_up() {
  make_spec "$@"
  detached ctr run --detach "${OPTIONS[@]}" --config "$BATS_TEST_TMPDIR/spec.json" "$ID"
}

engine_exec() {
  sg_run said_by ctr task exec --exec-id "sg-$RANDOM" "$ID" sh -c '"$@" >/said 2>&1' sh "$@"
}

engine_restart() {
  ctr task rm --force "$ID" || true
  detached ctr task start --detach "$ID"
}

engine_remove() {
  local id
  for id in $(ctr task ls --quiet); do
    ctr task rm --force "$id" || true
  done
  for id in $(ctr container ls --quiet); do
    ctr container rm "$id"
  done
}

engine_id() { :; }
engine_pid() { ctr task ls | awk -v "id=$ID" '$1 == id { print $2 }'; }

engine_cgroup() {
  if [[ $DRIVER == cgroupfs ]]; then
    echo "/sg-test/$ID"
  else
    echo "/sgt.slice/sgt-test.slice/sg-$ID.scope"
  fi
}
