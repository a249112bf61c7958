#!/usr/bin/env bats
# shellcheck disable=SC2154
# SPDX-License-Identifier: Apache-2.0
# What only Podman has: pods from Kubernetes' files, cgroups split within a unit, privileged containers.

load helpers
load ../integration/wireguard

# write_pod KEY=VALUE...: pod.yaml of a pod with the container `web` and these annotations.
write_pod() {
  local annotation
  {
    printf '%s\n' 'apiVersion: v1' 'kind: Pod' 'metadata:' "  name: $NAME" '  annotations:'
    for annotation; do
      printf '    %s: "%s"\n' "${annotation%%=*}" "${annotation#*=}"
    done
    printf '%s\n' 'spec:' '  terminationGracePeriodSeconds: 0' '  containers:' '  - name: web' \
      "    image: $IMAGE" '    command: ["sleep", "100000"]' '    securityContext:' \
      '      capabilities: {add: [NET_ADMIN]}'
  } >"$BATS_TEST_TMPDIR/pod.yaml"
  POD=$NAME
  NAME+=-web
}

play() { detached podman kube play --network none "$BATS_TEST_TMPDIR/pod.yaml"; }

teardown_pod() { podman pod rm --all --force --time 0; }

# Containers of a pod go with it.
engine_remove() {
  teardown_pod
  podman rm --all --force --time 0
}

@test "what the README shows: an annotation is all, and without it /proc/sys is read-only as before" {
  requires
  local write='echo 1 > /proc/sys/net/ipv4/ip_forward'
  unregister_hook
  follow_readme "sysctl-guard install podman"
  follow_readme "podman run"
  sg_run podman run --annotation 'io.sysctl-guard.allow=net.ipv4.ip_forward=0|1' --cap-add NET_ADMIN \
    "$IMAGE" sh -c "$write && cat /proc/sys/net/ipv4/ip_forward"
  expect_status 0
  expect_line 1
  sg_run podman run --cap-add NET_ADMIN "$IMAGE" sh -c "$write"
  expect_status 1
  expect_output "Read-only file system"
}

@test "install --all-containers: without annotations it reads everything and writes nothing" {
  requires
  mkdir -p /etc/sysctl-guard
  echo '{"version": 1, "default": {"mode": "enforce"}}' >/etc/sysctl-guard/policy.json
  register_hook --all-containers
  opened_by_engine
  engine_run access net/ipv4/ip_forward net/ipv4/ip_forward=1
  # Installing without the option leaves it so.
  unregister_hook
  rm -r /etc/sysctl-guard
  expect_status 0
  expect_line "net/ipv4/ip_forward: ok, now 0"
  expect_line "net/ipv4/ip_forward=1: EPERM, now 0"
}

@test "kube play: the pod's annotations are those of its container, the pod's own process has none" {
  requires
  local infra
  write_pod "$ALLOW"
  play
  engine_id
  engine_exec access net/ipv4/ip_forward=1 net/ipv4/ip_forward=2 net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_forward=2: EPERM, now 1"
  expect_ungranted net/ipv4/ip_default_ttl=33 64
  infra=$(podman pod inspect --format '{{.InfraContainerID}}' "$POD")
  expect_equal "$(guards_of "$infra" | wc -w)" 0 "guards of the pod's own"
  expect_equal "$(guards_of "$ID" | wc -w)" 1 "guards of the container"
}

# bats test_tags=cgroups
@test "kube play: the guard of a container is on its own cgroup, below the pod's" {
  requires
  local pod
  write_pod "$ALLOW"
  play
  engine_id
  pod=$(podman pod inspect --format '{{.ID}}' "$POD")
  if [[ $DRIVER == cgroupfs ]]; then
    guard_is_on "/libpod_parent/$pod/libpod-$ID"
  else
    guard_is_on "/machine.slice/machine-libpod_pod_$pod.slice/libpod-$ID.scope"
  fi
}

@test "kube play: a mistaken annotation of the pod: its container does not start, syslog has the reason" {
  requires
  write_pod "$MISTAKE"
  ! play || fail_with "it started"
  engine_id
  expect_equal "$(podman inspect --format '{{.State.Running}}' "$NAME")" false "running"
  poll syslog_has "container $ID: $COMPLAINT"
}

# bats test_tags=cgroups
@test "kube play: guarded again after the pod was restarted" {
  requires
  write_pod "$ALLOW"
  play
  engine_id
  detached podman pod restart "$POD"
  engine_exec access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_ungranted net/ipv4/ip_default_ttl=33 64
}

@test "podman run --privileged: guarded" {
  requires
  sg_run podman run --name "$NAME" --privileged --annotation "$ALLOW" "$IMAGE" \
    access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
  expect_status 0
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
}

@test "podman run with a user namespace of its own: guarded" {
  requires
  # Under nspawn a user namespace gets no /sys of its own. In one, /proc/sys is opened without the mount that locks it:
  # crun could not run the hook, and what is not the container's own belongs to a root that it does not map. A cgroup
  # namespace is asked for, since Podman gives none on a hybrid host.
  local options=(--uidmap 0:100000:65536 --cgroupns=private)
  [[ $DRIVER == cgroupfs ]] || options=()
  [[ -z ${options[*]} ]] || opened_by_engine
  sg_run podman run --name "$NAME" --cap-add NET_ADMIN "${options[@]}" --annotation "$ALLOW" "$IMAGE" \
    access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33 net/ipv4/ping_group_range \
    vm/swappiness="$(cat /proc/sys/vm/swappiness)" kernel/hostname=x
  expect_status 0
  [[ -z ${options[*]} ]] || expect_output "vm/swappiness=$(cat /proc/sys/vm/swappiness): open:EACCES"
  [[ -z ${options[*]} ]] || expect_output "kernel/hostname=x: open:EACCES"
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_ungranted net/ipv4/ip_default_ttl=33 64
  expect_line "net/ipv4/ping_group_range: ok, now 0	0"
}

@test "podman run --sysctl: applied, and settable to that value only" {
  requires
  sg_run podman run --name "$NAME" --cap-add NET_ADMIN --annotation "$ALLOW" \
    --sysctl net.ipv4.ip_default_ttl=33 "$IMAGE" \
    access net/ipv4/ip_default_ttl net/ipv4/ip_default_ttl=34 net/ipv4/ip_default_ttl=33
  expect_status 0
  expect_line "net/ipv4/ip_default_ttl: ok, now 33"
  expect_line "net/ipv4/ip_default_ttl=34: EPERM, now 33"
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
}

@test "a WireGuard start script: --sysctl and an empty allow are enough, without the annotation it fails" {
  requires
  sg_run podman run --name "$NAME" --cap-add NET_ADMIN "${WIREGUARD_SYSCTLS[@]/#/--sysctl=}" \
    "$IMAGE" sh -c "$WIREGUARD_SCRIPT"
  expect_wireguard_down
  sg_run podman run --name "$NAME-b" --cap-add NET_ADMIN "${WIREGUARD_SYSCTLS[@]/#/--sysctl=}" \
    --annotation io.sysctl-guard.allow= "$IMAGE" sh -c "$WIREGUARD_SCRIPT"
  expect_wireguard_up
}

# bats test_tags=cgroups
@test "podman run --cgroups=no-conmon and =split: the guard is on the container's own cgroup" {
  requires
  local mode group
  for mode in no-conmon split; do
    # Podman splits the cgroup it is in, with everybody in it: a cgroup, or unit, of its own.
    name_another
    if [[ $DRIVER == systemd ]]; then
      group=/system.slice/$NAME.service
      detached systemd-run --quiet --unit "$NAME" --property Type=forking --property Delegate=yes \
        podman run --name "$NAME" --detach --cgroups "$mode" --cap-add NET_ADMIN --annotation "$ALLOW" \
        "$IMAGE" sleep 100000
    else
      group=/$NAME
      # shellcheck disable=SC2016  # the inner shell expands it
      detached in_new_cgroup "$group" podman run --name "$NAME" --detach --cgroups "$mode" \
        --cap-add NET_ADMIN --annotation "$ALLOW" "$IMAGE" sleep 100000
    fi
    engine_id
    [[ $mode == split ]] || group=
    engine_exec access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
    expect_line "net/ipv4/ip_forward=1: ok, now 1"
    expect_ungranted net/ipv4/ip_default_ttl=33 64
    guard_is_on "${group:-$(engine_cgroup)}${group:+/libpod-payload-$ID}"
  done
}

# in_new_cgroup CGROUP COMMAND...: in every hierarchy.
in_new_cgroup() {
  local group=$1 dir
  shift
  (
    while read -r dir; do
      mkdir -p "$dir$group"
      ! [[ -e $dir/cpuset.cpus ]] || cat "$dir/cpuset.cpus" >"$dir$group/cpuset.cpus"
      ! [[ -e $dir/cpuset.mems ]] || cat "$dir/cpuset.mems" >"$dir$group/cpuset.mems"
      echo "$BASHPID" >"$dir$group/cgroup.procs"
    done < <(findmnt -n -o TARGET -t cgroup,cgroup2)
    exec "$@"
  )
}

@test "annotations: a list with semicolons or commas is whole; one of our keys in quotes is refused" {
  requires
  local rules=(net.ipv4.ip_forward=1 net.ipv4.ip_default_ttl=33) list
  for list in "${rules[0]}; ${rules[1]}" "${rules[0]}, ${rules[1]}" "${rules[0]}"$'\n'"${rules[1]}"; do
    sg_run podman run --rm --annotation "io.sysctl-guard.allow=$list" --cap-add NET_ADMIN "$IMAGE" \
      access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
    expect_status 0
    expect_line "net/ipv4/ip_forward=1: ok, now 1"
    expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
  done
  # For Podman before 5.0: later ones keep the quote, and the pattern of the registration still matches.
  sg_run podman run --rm --annotation "\"io.sysctl-guard.deny=${rules[0]}, ${rules[1]}\"" "$IMAGE" echo started
  ((status != 0)) || fail_with "it started"
  [[ $output != *started* ]] || fail_with "it started"
  sg_run podman run --rm --annotation "com.example.list=${rules[0]}, ${rules[1]}" "$IMAGE" echo started
  expect_status 0
}

@test "what docs/adopting.md shows: a closed container and an open one, from audit to annotations" {
  requires
  local failed=0 maps
  maps=$(cat /proc/sys/vm/max_map_count)
  unregister_hook
  sysctl-guard events --clear >/dev/null || true
  cd "$SG_TOP"
  follow_page docs/adopting.md || failed=1
  podman rm --force --time 0 vpn router
  unregister_hook
  rm -r /etc/sysctl-guard
  # The machine's own /proc/sys is read-only.
  podman run --rm --privileged "$IMAGE" sh -c 'echo "$1" >/proc/sys/vm/max_map_count' sh "$maps"
  register_hook
  ((failed == 0))
}

@test "the name that the engine gave is known by the engine's own files" {
  requires
  expect_known_by_name
}
