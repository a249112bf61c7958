#!/usr/bin/env bats
# shellcheck disable=SC2030,SC2031
# SPDX-License-Identifier: Apache-2.0
# Containers of pods are called NAMESPACE/POD/CONTAINER, by the annotations that containerd's CRI
# plugin and CRI-O set, wherever a container is shown or named.

load helpers
load schema

# start_with DIRECTORY JSON: a running container with these annotations. Sets ID.
start_with() {
  make_bundle "$1"
  annotate allow 'net.ipv4.ip_forward=0|1'
  update_config --argjson more "$2" '.annotations += $more'
  add_hook createRuntime
  start_container
}

# containerd DIRECTORY POD [CONTAINER]: of a pod of the namespace sg$$; without a name its sandbox.
containerd() {
  start_with "$1" "$(jq -n --arg ns "$NS" --arg pod "$2" --arg name "${3:-}" '
    {"sandbox-namespace": $ns, "sandbox-name": $pod, "container-type": "sandbox"}
    + if $name == "" then {} else {"container-type": "container", "container-name": $name} end
    | with_entries(.key |= "io.kubernetes.cri." + .)')"
}

crio() {
  start_with "$1" "$(jq -n --arg ns "$NS" --arg pod "$2" --arg name "$3" '
    {"io.kubernetes.pod.namespace": $ns, "io.kubernetes.pod.name": $pod,
     "io.kubernetes.container.name": $name, "io.kubernetes.cri-o.ContainerType": "container"}')"
}

row() { sg_run "$SG_CHECK" list && grep "^${1:0:12} " <<<"$output"; }

@test "pods: list, show, events and metrics name them, and all commands take the names" {
  requires
  NS=sg$$
  make_room_for_events
  containerd sandbox vpn && SANDBOX=$ID
  containerd wg vpn wg && WG=$ID
  containerd next next wg && NEXT=$ID
  crio a two a && A=$ID
  crio b two b && B=$ID
  local id line word

  sg_run "$SG_CHECK" list --json
  expect_status 0
  follows_schema list-output "$output"
  expect_equal "$(jq -c --arg id "$WG" '.guards[] | select(.id == $id) | [.name, .namespace, .pod, .sandbox]' <<<"$output")" \
    "[\"wg\",\"$NS\",\"vpn\",false]"
  expect_equal "$(jq -c --arg id "$SANDBOX" '.guards[] | select(.id == $id) | [.name, .namespace, .pod, .sandbox]' <<<"$output")" \
    "[null,\"$NS\",\"vpn\",true]"
  # One policy is one program, whatever the pod (before Linux 5.17 none is shared).
  [[ $(uname -r) == 5.* ]] ||
    expect_equal "$(jq --arg a "$WG" --arg b "$NEXT" \
      '[.guards[] | select(.id == $a or .id == $b).program] | unique | length' <<<"$output")" 1
  row "$WG"
  expect_output " $NS/vpn/wg "
  row "$SANDBOX"
  expect_output " sandbox of $NS/vpn "
  row "$A"
  expect_output " $NS/two/a "

  for id in "$WG" "$NEXT" "$A" "$B"; do
    in_container -i "$id" access net/ipv4/ip_default_ttl=33
    expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
  done

  # By the name of one, and by a pod that has one beside its sandbox.
  for word in "$NS/vpn/wg" "$NS/vpn" "$WG"; do
    sg_run "$SG_CHECK" show "$word" --json
    expect_status 0
    follows_schema show-output "$output"
    expect_equal "$(jq -r '[.id, .name, .namespace, .pod] | join(" ")' <<<"$output")" "$WG wg $NS vpn"
    sg_run "$SG_CHECK" learn "$word"
    expect_status 0
    expect_output "ip_default_ttl"
  done
  sg_run "$SG_CHECK" show "sandbox of $NS/vpn" --json
  expect_equal "$(jq -r .id <<<"$output")" "$SANDBOX"
  sg_run "$SG_CHECK" show "$NS/two/b"
  expect_output "$NS/two/b"

  # A pod of several: refused with their names, and nothing is done.
  for word in "show" "learn" "detach" "update --allow net.ipv4.*"; do
    # shellcheck disable=SC2086  # words
    sg_run "$SG_CHECK" $word "$NS/two"
    expect_status 1
    expect_output "the pod has several containers: "
    expect_output "$A ($NS/two/a)"
    expect_output "$B ($NS/two/b)"
    expect_output "write NAMESPACE/POD/CONTAINER, or an ID"
    expect_equal "$(guards_of "$A" | wc -w) $(guards_of "$B" | wc -w)" "1 1" "guards"
  done

  # Events: of the pod, of one of it, and each line says whose it is.
  sg_run sh -c '"$1" events --json --container "$2" 2>/dev/null' sh "$SG_CHECK" "$NS/two"
  expect_status 0
  while read -r line; do follows_schema event "$line"; done <<<"$output"
  expect_equal "$(jq -r '[.container, .namespace, .pod, .containerName] | join(" ")' <<<"$output" | sort -u)" \
    "$(printf '%s\n' "$A $NS two a" "$B $NS two b" | sort)"
  sg_run sh -c '"$1" events --container "$2" 2>/dev/null' sh "$SG_CHECK" "$NS/two/b"
  expect_line "-- ${B:0:12} is $NS/two/b --"
  expect_equal "$(grep -c "${A:0:12}" <<<"$output")" 0 "lines of the other one"

  sg_run "$SG_CHECK" metrics
  expect_output "container=\"$WG\",name=\"wg\",namespace=\"$NS\",pod=\"vpn\",family=\"unmatched\",verdict=\"deny\"} 1"
  expect_output "container=\"$SANDBOX\",name=\"\",namespace=\"$NS\",pod=\"vpn\",family="

  # The one that is named is changed, and no other one.
  sg_run "$SG_CHECK" update "$NS/two/a" --allow 'net.ipv4.ip_default_ttl=33' --json
  expect_status 0
  follows_schema update-output "$output"
  expect_equal "$(jq -r '[.container, .name, .namespace, .pod] | join(" ")' <<<"$output")" "$A a $NS two"
  in_container -i "$A" access net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
  in_container -i "$B" access net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
  # It is still called so.
  row "$A"
  expect_output " $NS/two/a "
  sg_run "$SG_CHECK" detach "$NS/vpn"
  expect_status 0
  expect_output "detached the guard of $WG"
  expect_equal "$(guards_of "$SANDBOX" | wc -w)" 1 "the sandbox's guard"
  sg_run "$SG_CHECK" detach "$NS/vpn"
  expect_output "detached the guard of $SANDBOX"
}

@test "pods: the longest names of Kubernetes are kept whole" {
  requires
  local pod container
  NS=$(printf 'n%.0s' {1..63})
  pod=$(printf 'p%.0s' {1..253})
  container=$(printf 'c%.0s' {1..63})
  containerd long "$pod" "$container"
  sg_run "$SG_CHECK" show --json "$NS/$pod/$container"
  expect_status 0
  expect_equal "$(jq -r '[.id, .name, .namespace, .pod] | join(" ")' <<<"$output")" "$ID $container $NS $pod"
  row "$ID"
  expect_output " $NS/$pod/$container "
}
