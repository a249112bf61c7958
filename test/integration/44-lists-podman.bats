#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Lists on Podman's command line: before 5.0 it cuts them at commas and loses all lines but the first.

load helpers
load podman

kAllow='io.sysctl-guard.allow'

# podman_cuts: this Podman cuts --annotation at commas.
podman_cuts() { [[ $(podman --version | grep -o '[0-9]*' | head -n 1) -lt 5 ]]; }

# install_hook: as `sysctl-guard install podman` registers it, for containers with an annotation of ours.
install_hook() {
  local file=$BATS_TEST_TMPDIR/hooks.d/50-sysctl-guard.json
  make_podman
  jq --arg path "$HOOK" '.hook.path = $path' "$SG_TOP/examples/podman/90-sysctl-guard.json" >"$file"
}

# refused_by_podman: our line is what Podman shows.
refused_by_podman() {
  ((status != 0)) || fail_with "it started"
  [[ $output != *started* ]] || fail_with "it started"
  expect_output "sysctl-guard: annotations: "
}

# both_written: the container could write what both rules of the list permit.
both_written() {
  expect_status 0
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
}

kRules=(net.ipv4.ip_forward=1 net.ipv4.ip_default_ttl=33)
kWrites=(access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33)

@test "podman: rules with a semicolon between them are all there, in every version" {
  requires podman
  install_hook
  podman_run "$NAME" --annotation "$kAllow=${kRules[0]}; ${kRules[1]}" "$PODMAN_IMAGE" "${kWrites[@]}"
  both_written
}

@test "podman: rules with commas are all there, or the container is refused with what to write" {
  requires podman
  install_hook
  podman_run "$NAME" --annotation "$kAllow=${kRules[0]}, ${kRules[1]}" "$PODMAN_IMAGE" "${kWrites[@]}"
  if podman_cuts; then
    refused_by_podman
    expect_output "' net.ipv4.ip_default_ttl'"
    podman_run "$NAME-b" --annotation "$kAllow=${kRules[0]},${kRules[1]}" "$PODMAN_IMAGE" echo started
    refused_by_podman
  else
    both_written
  fi
}

@test "podman: a list in quotes of its own is for versions before 5.0; later ones are refused" {
  requires podman
  install_hook
  podman_run "$NAME" --annotation "\"$kAllow=${kRules[0]}, ${kRules[1]}\"" "$PODMAN_IMAGE" "${kWrites[@]}"
  if podman_cuts; then
    both_written
  else
    refused_by_podman
  fi
}

@test "podman: of a list with line breaks an old version hands on the first line alone, as doctor warns" {
  requires podman
  install_hook
  podman_run "$NAME" --annotation "$kAllow=${kRules[0]}"$'\n'"${kRules[1]}" "$PODMAN_IMAGE" true
  expect_status 0
  sg_run podman_ inspect --format "{{index .Config.Annotations \"$kAllow\"}}" "$NAME"
  expect_output "${kRules[0]}"
  # Doctor's status is about this host.
  sg_run "$SG_CHECK" doctor
  if podman_cuts; then
    [[ $(podman_ inspect --format "{{json .Config.Annotations}}" "$NAME") != *ip_default_ttl* ]] ||
      fail_with "the second line is there"
    expect_output "cuts --annotation at commas and, without a word, loses every line but the first"
  else
    [[ $(podman_ inspect --format "{{json .Config.Annotations}}" "$NAME") == *ip_default_ttl* ]] ||
      fail_with "the second line is lost"
    [[ $output != *"cuts --annotation"* ]] || fail_with "doctor warns of a version that does not"
  fi
}
