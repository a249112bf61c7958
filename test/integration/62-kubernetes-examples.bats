#!/usr/bin/env bats
# shellcheck disable=SC2016
# SPDX-License-Identifier: Apache-2.0
# The examples for Kubernetes: the manifests fit each other and what install writes, and the DaemonSet's script
# installs the hook on a node.

load helpers

have_yaml() { /usr/bin/python3 -c 'import yaml' 2>/dev/null; }
have_shellcheck() { command -v shellcheck >/dev/null; }

# manifest NAME JQ: from examples/kubernetes/NAME.
manifest() {
  /usr/bin/python3 -c 'import json, sys, yaml
print(json.dumps(yaml.safe_load(open(sys.argv[1]))))' "$SG_TOP/examples/kubernetes/$1" | jq -r "$2"
}

@test "examples/kubernetes/wireguard-pod.yaml: its annotations are valid, and each container gets its own" {
  requires yaml
  local key value arguments=()
  while IFS=$'\t' read -r key value; do
    arguments+=(--annotation "$key=$value")
  done < <(manifest wireguard-pod.yaml '.metadata.annotations | to_entries[] | [.key, .value] | @tsv')
  ((${#arguments[@]} == 4)) || fail_with "annotations: ${arguments[*]}"
  sg_run "$SG_CHECK" check "${arguments[@]}" \
    --annotation io.kubernetes.cri.container-name=wireguard \
    net.ipv4.conf.wg0.src_valid_mark=1 net.ipv4.ip_forward=1
  expect_status 0
  sg_run "$SG_CHECK" check "${arguments[@]}" \
    --annotation io.kubernetes.cri.container-name=exporter net.ipv4.ip_forward=1
  expect_status 1
  # The name in the key is one of a container that is there.
  expect_equal "$(manifest wireguard-pod.yaml '.spec.containers[0].name')" wireguard
}

@test "examples/kubernetes/runtime-class.yaml: the pod names it, and it the handler of containerd's configuration" {
  requires yaml
  local handler
  handler=$(manifest runtime-class.yaml .handler)
  expect_equal "$(manifest wireguard-pod.yaml .spec.runtimeClassName)" \
    "$(manifest runtime-class.yaml .metadata.name)"
  grep -qF ".containerd.runtimes.$handler]" "$SG_TOP/examples/containerd/99-sysctl-guard.toml"
  grep -qF ".containerd.runtimes.$handler]" "$SG_TOP/examples/containerd/version-2.toml"
}

@test "examples/kubernetes/10-crio.conf: the file goes where it says" {
  requires
  mkdir -p "$BATS_TEST_TMPDIR/root/etc/crio/crio.conf.d" "$BATS_TEST_TMPDIR/root/usr/bin"
  printf '[crio.runtime]\nhooks_dir = ["/elsewhere"]\n' >"$BATS_TEST_TMPDIR/root/etc/crio/crio.conf"
  cp "$HOOK" "$BATS_TEST_TMPDIR/root/usr/bin/hook"
  sg_run "$SG_CHECK" install cri-o --root "$BATS_TEST_TMPDIR/root" --hook /usr/bin/hook --dry-run
  expect_output "would write /elsewhere/90-sysctl-guard.json"
  cp "$SG_TOP/examples/kubernetes/10-crio.conf" "$BATS_TEST_TMPDIR/root/etc/crio/crio.conf.d/"
  sg_run "$SG_CHECK" install cri-o --root "$BATS_TEST_TMPDIR/root" --hook /usr/bin/hook --dry-run
  expect_output "would write /usr/share/containers/oci/hooks.d/90-sysctl-guard.json"
}

@test "examples/kubernetes/daemonset.yaml: its script installs the hook on a node" {
  requires yaml shellcheck
  local script node=$BATS_TEST_TMPDIR/node image=$BATS_TEST_TMPDIR/image
  make_rootfs "$node"
  mkdir -p "$node/usr/bin" "$node/etc/containerd" "$image/hooks.d" "$image/bin"
  runc spec -b "$node"
  printf '#!/bin/sh\n[ "$*" = "oci spec" ] && exec cat /config.json\n' >"$node/bin/ctr"
  chmod 755 "$node/bin/ctr"
  cp "$SG_TOP/examples/containerd/node-config.toml" "$node/etc/containerd/config.toml"
  cp "$SG_CHECK" "$image/bin/"
  script=$(manifest daemonset.yaml '.spec.template.spec.initContainers[0].args[0]')
  shellcheck -s sh - <<<"$script"
  expect_equal "$(manifest daemonset.yaml '.spec.template.spec.initContainers[0].env[0].name')" HOST
  # The image has the hook in /usr/libexec; here it is in the build.
  script=${script//\/usr\/libexec\/oci\/hooks.d\/sysctl-guard-hook/$HOOK}
  script=${script//\/tmp\/spec.json/$BATS_TEST_TMPDIR/spec.json}
  sg_run env HOST="$node" PATH="$image/bin:$PATH" /bin/sh -euc "$script"
  expect_status 0
  cmp "$node/opt/sysctl-guard/libexec/oci/hooks.d/sysctl-guard-hook" "$HOOK"
  cmp "$node/etc/containerd/config.toml" "$SG_TOP/examples/containerd/version-2.toml"
  expect_equal "$(jq -r '.hooks.createRuntime[0].path' "$node/etc/containerd/sysctl-guard-base-spec.json")" \
    /opt/sysctl-guard/libexec/oci/hooks.d/sysctl-guard-hook
  sg_run env HOST="$node" PATH="$image/bin:$PATH" /bin/sh -euc "$script"
  expect_output "containerd: already installed, nothing written"
}
