#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# examples/kubernetes/node-agent.sh, in the root of its image: what it puts on a node, what it leaves alone, and that
# nothing of it is left. Then in the image itself, with the rights that its DaemonSet has.

load helpers
load podman

have_yaml() { /usr/bin/python3 -c 'import yaml' 2>/dev/null; }

teardown() {
  local left=0
  sg_teardown || left=1
  teardown_podman && return "$left"
}

kTasks=run/containerd/io.containerd.runtime.v2.task
kProgramsHook=opt/sysctl-guard/libexec/oci/hooks.d/sysctl-guard-hook
kProgramsRuntime=opt/sysctl-guard/bin/sysctl-guard-runtime

setup_file() {
  "$SG_TOP/examples/kubernetes/image-root.sh" "$SG_BUILD_DIR" "$BATS_FILE_TMPDIR/image/root"
}

# make_node: NODE, as it is before, with the directories that the kubelet makes; CONFIG, the ConfigMap's. The image is
# the test's own where the test changes it.
make_node() {
  IMAGE=$BATS_FILE_TMPDIR/image/root
  NODE=$BATS_TEST_TMPDIR/node
  CONFIG=$BATS_TEST_TMPDIR/config
  mkdir -p "$NODE"/etc/{containerd,sysctl-guard,cdi} "$NODE/opt/sysctl-guard" "$CONFIG" "$IMAGE"/{dev,proc}
  cp "$SG_TOP/examples/containerd/node-config.toml" "$NODE/etc/containerd/config.toml"
  # By links, as the kubelet does it.
  mkdir "$CONFIG/..v1"
  ln -s ..v1 "$CONFIG/..data"
  ln -s ..data/policy.json "$CONFIG/policy.json"
  cp "$SG_TOP/examples/kubernetes/base/policy.json" "$CONFIG/..data/"
}

# in_image COMMAND...: in the image's root, with the node at /host and the ConfigMap at /config.
in_image() {
  # shellcheck disable=SC2016
  unshare -m --propagation private sh -c '
    mount --bind "$1" "$0/host" && mount --bind "$2" "$0/config" && mount --bind /dev "$0/dev" &&
    mount --bind /proc "$0/proc" &&
    mount -t tmpfs tmpfs "$0/run" && shift 2 && exec env -i PATH=/usr/bin:/bin /usr/sbin/chroot "$0" "$@"' \
    "$IMAGE" "$NODE" "$CONFIG" "$@"
}

agent() { sg_run in_image node-agent "$@"; }

# node [TIME]: every name, mode, owner and byte of the node's files; and with %T@ when each was written.
node() { (cd "$NODE" && find . ! -type d -printf "%p %m %U:%G ${1:-} %l\n" -exec sha256sum {} +) | sort; }

has_handler() { grep -rqF 'containerd.runtimes.sysctl-guard]' "$NODE/etc/containerd"; }

@test "installed, again, changed, refused, removed: each pass puts what differs, and the node is as before, byte for byte" {
  requires
  local before with installed
  make_node
  IMAGE=$BATS_TEST_TMPDIR/image
  cp -a "$BATS_FILE_TMPDIR/image/root" "$IMAGE"
  echo '{ "version": 1, "limit": { "allow": [] } }' >"$NODE/etc/sysctl-guard/policy.json"
  chmod 640 "$NODE/etc/sysctl-guard/policy.json"
  before=$(node)

  agent install
  expect_status 0
  expect_line "put /etc/sysctl-guard/policy.json"
  cmp "$NODE/$kProgramsHook" "$HOOK"
  cmp "$NODE/$kProgramsRuntime" "$SG_BUILD_DIR/bin/sysctl-guard-runtime"
  cmp "$NODE/etc/sysctl-guard/policy.json" "$CONFIG/policy.json"
  expect_equal "$(stat -c '%a %u' "$NODE/etc/sysctl-guard/policy.json")" "600 0"
  expect_equal "$(stat -c '%a %u' "$NODE/$kProgramsHook" "$NODE/$kProgramsRuntime" | sort -u)" "755 0"
  has_handler
  # What it installed is what the command would write there.
  sg_run in_image sysctl-guard install containerd --root /host --hook "/$kProgramsHook"
  expect_output "containerd: already installed, nothing written"

  with=$(node %T@)
  agent install
  expect_status 0
  expect_equal "$(node %T@)" "$with"

  # Nobody else may change what the hook believes, or it.
  installed=$(node)
  chmod 666 "$NODE/etc/sysctl-guard/policy.json"
  chown 1000 "$NODE/$kProgramsHook"
  chmod 777 "$NODE/$kProgramsRuntime"
  chmod 777 "$NODE"/opt/sysctl-guard/{bin,libexec,libexec/oci,libexec/oci/hooks.d}
  agent install
  expect_status 0
  expect_line "put right the mode of /opt/sysctl-guard/libexec/oci/hooks.d"
  expect_equal "$(node)" "$installed"
  expect_equal "$(find "$NODE/opt/sysctl-guard" -mindepth 1 -type d -printf '%m\n' | sort -u)" 755

  # A new image. Who has the old file open keeps it: nothing is written in place.
  ln "$NODE/$kProgramsHook" "$BATS_TEST_TMPDIR/old-hook"
  echo >>"$IMAGE/usr/libexec/oci/hooks.d/sysctl-guard-hook"
  agent install
  expect_status 0
  cmp "$NODE/$kProgramsHook" "$IMAGE/usr/libexec/oci/hooks.d/sysctl-guard-hook"
  cmp "$BATS_TEST_TMPDIR/old-hook" "$HOOK"

  ln "$NODE/etc/sysctl-guard/policy.json" "$BATS_TEST_TMPDIR/old-policy"
  cp "$CONFIG/policy.json" "$BATS_TEST_TMPDIR/first.json"
  echo '{ "version": 1, "limit": { "allow": ["@ipc"] } }' >"$CONFIG/policy.json"
  agent install
  expect_status 0
  cmp "$NODE/etc/sysctl-guard/policy.json" "$CONFIG/policy.json"
  cmp "$BATS_TEST_TMPDIR/old-policy" "$BATS_TEST_TMPDIR/first.json"

  with=$(node %T@)
  # Nothing is put while the policy is refused, a new program neither.
  echo >>"$IMAGE/usr/libexec/oci/hooks.d/sysctl-guard-hook"
  echo '{ "version": 1, "limit": { "alow": ["@net"] } }' >"$CONFIG/policy.json"
  agent install
  expect_status 1
  expect_output "/limit/alow: there is no such key"
  expect_line "node-agent: the policy.json of the ConfigMap is refused: the node stays as it is"
  expect_equal "$(node %T@)" "$with"
  rm "$CONFIG/policy.json"
  agent install
  expect_status 1
  expect_output "the ConfigMap has no policy.json"
  expect_equal "$(node %T@)" "$with"
  # The same policy, which a new program no longer takes.
  cp "$NODE/etc/sysctl-guard/policy.json" "$CONFIG/policy.json"
  mv "$IMAGE/usr/bin/sysctl-guard" "$IMAGE/usr/bin/sysctl-guard.real"
  printf '#!/bin/sh\n[ "$1" != check ] || exit 2\nexec /usr/bin/sysctl-guard.real "$@"\n' >"$IMAGE/usr/bin/sysctl-guard"
  chmod 755 "$IMAGE/usr/bin/sysctl-guard"
  agent install
  expect_status 1
  expect_equal "$(node %T@)" "$with"

  # A container that our runtime started: it is stopped by it too.
  mkdir -p "$NODE/$kTasks/k8s.io/web"
  agent remove
  expect_status 0
  expect_line removed
  expect_equal "$(node)" "$before"
  expect_equal "$(ls -A "$NODE/opt/sysctl-guard")" ""
  agent remove
  expect_status 0
  expect_equal "$(node)" "$before"
}

@test "removed while containers run: no guard is attached any more, and the runtime stays until they are gone" {
  requires
  make_node
  agent install
  expect_status 0
  agent remove
  expect_status 1
  expect_output "/$kTasks is not mounted"
  [[ -x $NODE/$kProgramsRuntime ]] || fail_with "the runtime was removed"
  mkdir -p "$NODE/$kTasks/k8s.io/web"
  echo "{\"binary_name\":\"/$kProgramsRuntime\"}" >"$NODE/$kTasks/k8s.io/web/options.json"
  agent remove
  expect_status 1
  expect_line "node-agent: /$kProgramsRuntime stays until these containers are deleted: k8s.io/web"
  [[ -x $NODE/$kProgramsRuntime && ! -e $NODE/$kProgramsHook ]] || fail_with "the runtime or the hook"
  [[ ! -e $NODE/etc/sysctl-guard/policy.json ]] || fail_with "the node policy is still there"
  ! has_handler || fail_with "the handler is still there"
  rm -r "$NODE/$kTasks/k8s.io/web"
  agent remove
  expect_line removed
  cmp "$NODE/etc/containerd/config.toml" "$SG_TOP/examples/containerd/node-config.toml"
}

@test "a first ConfigMap with a mistake: no handler, and the node's own policy stays" {
  requires
  make_node
  echo '{ "version": 1, "limit": { "allow": [] } }' >"$NODE/etc/sysctl-guard/policy.json"
  echo '{ "version": 2 }' >"$CONFIG/policy.json"
  agent install
  expect_status 1
  expect_output "is refused"
  [[ ! -e $NODE/$kProgramsHook && ! -e $NODE/$kProgramsRuntime ]] || fail_with "a program was put"
  expect_equal "$(jq -c .limit "$NODE/etc/sysctl-guard/policy.json")" '{"allow":[]}'
  cmp "$NODE/etc/containerd/config.toml" "$SG_TOP/examples/containerd/node-config.toml"
  cp "$SG_TOP/examples/kubernetes/base/policy.json" "$CONFIG/"
  agent install
  expect_status 0
  has_handler
}

@test "a node with sysctl-guard from elsewhere is left alone" {
  requires
  local before
  make_node
  mkdir -p "$NODE"/usr/{bin,libexec/oci/hooks.d}
  cp "$HOOK" "$NODE/usr/libexec/oci/hooks.d/"
  cp "$SG_BUILD_DIR/bin/sysctl-guard-runtime" "$NODE/usr/bin/"
  sg_run in_image sysctl-guard install containerd --root /host
  expect_status 0
  before=$(node)
  agent install
  expect_status 1
  expect_output "has sysctl-guard from elsewhere"
  expect_equal "$(node)" "$before"
}

make_image() {
  NAME=sg-agent-$$-$BATS_TEST_NUMBER
  AGENT_IMAGE=$(grep -o 'registry.example/[^ ]*' "$SG_TOP/examples/kubernetes/Containerfile" | head -n 1)
  podman_ build --tag "$AGENT_IMAGE" --file "$SG_TOP/examples/kubernetes/Containerfile" "$BATS_FILE_TMPDIR/image" >&2
}

# agent_container PASS MANIFEST [PATCH]: the image in the background, with the mounts and rights that the DaemonSet gives it.
agent_container() {
  local -a options
  mapfile -t options < <(cd "$SG_TOP/examples/kubernetes" && /usr/bin/python3 "$SG_HERE/pod_options.py" \
    "$NODE" "$CONFIG" "${@:2}")
  ((${#options[@]})) || fail_with "no options"
  podman_ run --name "$NAME" --detach --network none --pids-limit 0 --ulimit nofile=1024:1024 --ulimit nproc=1024:1024 \
    "${options[@]}" --env PAUSE=0.2 "$AGENT_IMAGE" loop "$1" </dev/null >&2 3>&-
}

said() { podman_ logs "$NAME" 2>&1 | grep -qF -- "$1"; }
answers() { podman_ exec "$NAME" /usr/bin/node-agent status; }
fails() { ! answers; }

@test "the image, with the rights of its DaemonSets: follows the ConfigMap, says what it refuses, undoes nothing by SIGTERM" {
  requires podman yaml
  local before
  make_node
  make_image
  agent_container install base/daemonset.yaml
  poll answers
  cmp "$NODE/$kProgramsHook" "$HOOK"
  cmp "$NODE/etc/sysctl-guard/policy.json" "$CONFIG/policy.json"
  has_handler

  echo '{ "version": 1, "limit": { "alow": ["@net"] } }' >"$CONFIG/policy.json"
  poll fails
  sg_run answers
  expect_output "/limit/alow: there is no such key"
  poll said "is refused: the node stays as it is"
  cmp "$NODE/etc/sysctl-guard/policy.json" "$SG_TOP/examples/kubernetes/base/policy.json"
  echo '{ "version": 1, "limit": { "allow": ["@ipc"] } }' >"$CONFIG/policy.json"
  poll answers
  cmp "$NODE/etc/sysctl-guard/policy.json" "$CONFIG/policy.json"

  # An update, a drain and the end of the node send it: what is installed stays.
  before=$(node)
  end_agent
  expect_equal "$(node)" "$before"

  mkdir -p "$NODE/$kTasks"
  agent_container remove base/daemonset.yaml remove/daemonset.yaml
  poll answers
  cmp "$NODE/etc/containerd/config.toml" "$SG_TOP/examples/containerd/node-config.toml"
  expect_equal "$(find "$NODE/opt/sysctl-guard" "$NODE/etc/sysctl-guard" "$NODE/etc/cdi" ! -type d)" ""
  end_agent

  # The other DaemonSet, with a container that was refused something.
  mkdir -p "$NODE/var/lib/prometheus/node-exporter" "$NODE/sys/fs"
  ln -s /sys/fs/cgroup "$NODE/sys/fs/cgroup" # which is version 2 alone for podman_
  make_bundle
  annotate allow net.ipv4.ip_forward=1
  add_hook createRuntime
  start_container
  in_container access net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
  agent_container metrics metrics/daemonset.yaml
  poll answers
  sg_run grep -F "container=\"$ID\"" "$NODE/var/lib/prometheus/node-exporter/sysctl-guard.prom"
  expect_output 'family="unmatched",verdict="deny"} 1'
  sg_run podman_ exec "$NAME" /usr/bin/sysctl-guard list
  expect_output "$ID"
}

end_agent() {
  podman_ kill --signal TERM "$NAME" >&2
  poll ended
  expect_equal "$(podman_ inspect --format '{{.State.ExitCode}}' "$NAME")" 0
  podman_ rm "$NAME" >&2
}

ended() { [[ $(podman_ inspect --format '{{.State.Running}}' "$NAME") == false ]]; }
