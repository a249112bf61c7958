#!/usr/bin/env bats
# shellcheck disable=SC2016
# SPDX-License-Identifier: Apache-2.0
# The examples for Kubernetes: an API server and kustomize would take them, they fit each other and what install writes,
# and the agent has no more rights than it says.

load helpers
load wrapper

have_yaml() { /usr/bin/python3 -c 'import yaml' 2>/dev/null; }

# manifest NAME JQ: from examples/kubernetes/NAME.
manifest() {
  /usr/bin/python3 -c 'import json, sys, yaml
print(json.dumps(yaml.safe_load(open(sys.argv[1]))))' "$SG_TOP/examples/kubernetes/$1" | jq -r "$2"
}

@test "examples/kubernetes: each field is one of its kind, each file is named by a kustomization that may name it" {
  requires yaml
  expect_equal "$(cd "$SG_TOP" && find examples/kubernetes -name '*.yaml' | LC_ALL=C sort)" "$(
    cat <<'LIST'
examples/kubernetes/base/daemonset.yaml
examples/kubernetes/base/kustomization.yaml
examples/kubernetes/base/namespace.yaml
examples/kubernetes/base/runtime-class.yaml
examples/kubernetes/kustomization.yaml
examples/kubernetes/metrics/daemonset.yaml
examples/kubernetes/metrics/kustomization.yaml
examples/kubernetes/remove/daemonset.yaml
examples/kubernetes/remove/kustomization.yaml
examples/kubernetes/wireguard-pod.yaml
LIST
  )"
  sg_run "$SG_HERE/manifests.py" "$SG_TOP/examples/kubernetes"
  expect_status 0
  local copy=$BATS_TEST_TMPDIR/kubernetes
  cp -r "$SG_TOP/examples/kubernetes" "$copy"
  sed -i 's/automountServiceAccountToken/automountServiceAccountTokens/' "$copy/base/daemonset.yaml"
  sed -i 's/namespace.yaml/namespaces.yaml/' "$copy/base/kustomization.yaml"
  sed -i 's/readOnly: true/readOnly: yes please/' "$copy/remove/daemonset.yaml"
  sg_run "$SG_HERE/manifests.py" "$copy"
  expect_status 1
  expect_output "there is no field automountServiceAccountTokens"
  expect_output "namespaces.yaml is not there"
  expect_output "namespace.yaml: no kustomization names it"
  expect_output "'yes please' has another type"
}

@test "examples/kubernetes: namespace, ConfigMap, image and runtime class have one name each" {
  requires yaml
  local file
  expect_equal "$(manifest base/namespace.yaml .metadata.name)" "$(manifest base/kustomization.yaml .namespace)"
  for file in base/daemonset.yaml remove/daemonset.yaml metrics/daemonset.yaml; do
    expect_equal "$(manifest "$file" .metadata.namespace)" "$(manifest base/namespace.yaml .metadata.name)"
  done
  for file in base/daemonset.yaml metrics/daemonset.yaml; do
    expect_equal "$(manifest "$file" '.spec.template.spec.containers[].image')" \
      "$(manifest kustomization.yaml '.images[].name')"
  done
  expect_equal "$(manifest base/daemonset.yaml '.spec.template.spec.volumes[].configMap.name // empty')" \
    "$(manifest base/kustomization.yaml '.configMapGenerator[].name')"
  # What a component patches has the name of what it means.
  expect_equal "$(manifest remove/daemonset.yaml '.metadata.name, .spec.template.spec.containers[].name')" \
    "$(manifest base/daemonset.yaml '.metadata.name, .spec.template.spec.containers[].name')"
  expect_equal "$(manifest wireguard-pod.yaml .spec.runtimeClassName)" "$(manifest base/runtime-class.yaml .metadata.name)"
  sg_run "$SG_CHECK" version
  expect_line "sysctl-guard $(manifest kustomization.yaml '.images[].newTag')"
}

@test "examples/kubernetes/base/daemonset.yaml: no capability, no token, nothing of the node but four directories" {
  requires yaml
  local agent='.spec.template.spec'
  expect_equal "$(manifest base/daemonset.yaml "$agent | .automountServiceAccountToken, .hostPID, .hostNetwork, .hostIPC" |
    paste -sd ' ')" "false null null null"
  expect_equal "$(manifest base/daemonset.yaml "$agent.containers[].securityContext |
    .privileged, .allowPrivilegeEscalation, .readOnlyRootFilesystem, (.capabilities | tojson)" | paste -sd ' ')" \
    'false false true {"drop":["ALL"]}'
  expect_equal "$(manifest base/daemonset.yaml "$agent.volumes[].hostPath.path // empty" | paste -sd ' ')" \
    "/opt/sysctl-guard /etc/sysctl-guard /etc/containerd /etc/cdi"
  # While it takes everything back it sees one more, and writes nothing there.
  expect_equal "$(manifest remove/daemonset.yaml "$agent.containers[].volumeMounts[].readOnly")" true
  expect_equal "$(manifest remove/daemonset.yaml "$agent.containers[].securityContext")" null
}

@test "examples/kubernetes/base/policy.json: it is valid, and lets the pod have what it asks for" {
  requires yaml
  local policy=$SG_TOP/examples/kubernetes/base/policy.json key value arguments=()
  sg_run "$SG_CHECK" check --policy "$policy"
  expect_status 0
  while IFS=$'\t' read -r key value; do
    arguments+=(--annotation "$key=$value")
  done < <(manifest wireguard-pod.yaml '.metadata.annotations | to_entries[] | [.key, .value] | @tsv')
  ((${#arguments[@]} == 4)) || fail_with "annotations: ${arguments[*]}"
  sg_run "$SG_CHECK" check --policy "$policy" "${arguments[@]}" \
    --annotation io.kubernetes.cri.container-name=wireguard \
    net.ipv4.conf.wg0.src_valid_mark=1 net.ipv4.conf.all.src_valid_mark=1
  expect_status 0
  sg_run "$SG_CHECK" check --policy "$policy" "${arguments[@]}" \
    --annotation io.kubernetes.cri.container-name=exporter net.ipv4.conf.wg0.src_valid_mark=1
  expect_status 1
  # The name in the key is one of a container that is there.
  expect_equal "$(manifest wireguard-pod.yaml '.spec.containers[0].name')" wireguard
}

# as_pod CONTAINER: the pod's annotations, and the name that containerd gives.
as_pod() {
  update_config --argjson annotations "$(manifest wireguard-pod.yaml '.metadata.annotations | tojson')" --arg name "$1" \
    '.annotations = $annotations + {"io.kubernetes.cri.container-name": $name}'
}

@test "the pod, started by the handler's runtime under that node policy: what docs/kubernetes.md says of its writes" {
  requires yaml wrapper
  local policy
  policy=$(<"$SG_TOP/examples/kubernetes/base/policy.json")
  install_wrapper
  closed_bundle
  as_pod wireguard
  set_args access net/ipv4/conf/lo/src_valid_mark=1 net/ipv4/conf/lo/src_valid_mark=2 net/ipv4/ip_forward=1
  sg_run with_node_policy "$policy" "$RUNTIME" --root "$BATS_TEST_TMPDIR/state" run --bundle "$BUNDLE" "$ID"
  expect_status 0
  expect_line "net/ipv4/conf/lo/src_valid_mark=1: ok, now 1"
  expect_line "net/ipv4/conf/lo/src_valid_mark=2: EPERM, now 1"
  expect_line "net/ipv4/ip_forward=1: open:EROFS, now 0"
  closed_bundle b
  as_pod exporter
  set_args access net/ipv4/conf/lo/src_valid_mark=1
  sg_run with_node_policy "$policy" "$RUNTIME" --root "$BATS_TEST_TMPDIR/state" run --bundle "$BUNDLE" "$ID"
  expect_line "net/ipv4/conf/lo/src_valid_mark=1: open:EROFS, now 0"
  # A request beyond the node policy.
  closed_bundle c
  annotate allow net.ipv4.ip_forward=1
  sg_run with_node_policy "$policy" "$RUNTIME" --root "$BATS_TEST_TMPDIR/state" run --bundle "$BUNDLE" "$ID"
  ((status != 0)) || fail_with "it was started"
  expect_output "permits net.ipv4.ip_forward=1, which is beyond the node's limit"
}

@test "examples/kubernetes/base/runtime-class.yaml: its handler is the one that install adds" {
  requires yaml
  local root=$BATS_TEST_TMPDIR/root
  mkdir -p "$root"/usr/{bin,libexec/oci/hooks.d} "$root/etc/containerd"
  cp "$HOOK" "$root/usr/libexec/oci/hooks.d/"
  cp "$SG_BUILD_DIR/bin/sysctl-guard-runtime" "$root/usr/bin/"
  cp "$SG_TOP/examples/containerd/node-config.toml" "$root/etc/containerd/config.toml"
  sg_run "$SG_CHECK" install containerd --root "$root" --dry-run
  expect_status 0
  expect_output ".containerd.runtimes.$(manifest base/runtime-class.yaml .handler)]"
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
