# shellcheck shell=bash disable=SC2016,SC2119,SC2120,SC2153
# SPDX-License-Identifier: Apache-2.0
# ways.bash - containers that could leave their guard, and the ways by which they did and then wrote the host's sysctls.
#
# Each way is a function: the hostile container goes it, with what it needs for that and a grant of one sysctl of its
# network, and changes nothing; without what makes it hostile the same container is opened. Loaded after helpers. Opened
# is what Podman opens: the hook edits config.json, as at its precreate stage.

LEAVE=$SG_BUILD_DIR/bin/leave
have_leave() { [[ -x $LEAVE ]]; }
# What traces another process knows the registers of one machine.
have_tracer() { have_leave && [[ $(uname -m) == x86_64 ]]; }

# One of the host that does nothing where nobody holds a lease.
HOST_SYSCTL=fs/lease-break-time
HOST_VALUE=$(cat /proc/sys/$HOST_SYSCTL)
HOST_WRITE=$HOST_SYSCTL=$((HOST_VALUE + 1))

# crun says no more of a hook that refuses a container.
EXIT_CODE_ALONE='sysctl-guard-hook. \(exit code: 69\)'

# Docker's and Podman's, and what the grant is good for.
WAYS_CAPABILITIES='["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_KILL", "CAP_SETGID", "CAP_SETUID", "CAP_SETPCAP",
  "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_NET_ADMIN"]'

# What a test calls a bundle is this; an engine's test has another.
plain_bundle() { make_bundle "$@"; }

# asking_bundle [NAME]: its /proc/sys is read-only, and it asks for a sysctl.
asking_bundle() {
  plain_bundle "$@"
  mkdir -p "$BATS_FILE_TMPDIR/rootfs/mnt"
  [[ ! -x $LEAVE ]] || cp "$LEAVE" "$BATS_FILE_TMPDIR/rootfs/bin/leave"
  annotate allow 'net.ipv4.ip_forward=0|1'
  update_config --argjson all "$WAYS_CAPABILITIES" '.linux.readonlyPaths |= ["/proc/sys"] + .
    | (.process.capabilities | .bounding, .effective, .permitted) = $all'
}

# capable NAME: with one capability more.
capable() {
  update_config --arg name "$1" '(.process.capabilities | .bounding, .effective, .permitted) += [$name]'
}

# edited [HOOK-ARGUMENTS...]: config.json as the precreate stage leaves it.
edited() {
  "$HOOK" "$@" <config.json >edited.json || return
  mv edited.json config.json
}

why_closed() { jq -r '.annotations["io.sysctl-guard.closed"] // "it is not closed"' config.json; }

host_is_unchanged() { expect_equal "$(cat /proc/sys/$HOST_SYSCTL)" "$HOST_VALUE" "$HOST_SYSCTL of the host"; }

# Where a way was open after all, or the test came to no end. In a machine of the engine tests /proc/sys is read-only; it has another one.
restore_host() {
  local file
  [[ -z ${ROOT_ABOVE:-} ]] || ! mountpoint -q "$ROOT_ABOVE" || umount "$ROOT_ABOVE"
  for file in /proc/sys/$HOST_SYSCTL /sg/proc/sys/$HOST_SYSCTL; do
    [[ $(cat /proc/sys/$HOST_SYSCTL) == "$HOST_VALUE" ]] || echo "$HOST_VALUE" 2>/dev/null >"$file" || true
  done
}

# The grant stays read-only, and config.json says why.
expect_closed() {
  host_is_unchanged || return
  expect_line "net/ipv4/ip_forward=1: open:EROFS, now 0" || return
  [[ $(why_closed) == *"$1"* ]] || fail_with "it is closed because: $(why_closed)"
}

# opens [JQ-ARGUMENTS...]: the same container without what makes it hostile. Its guard is judged too.
opens() {
  asking_bundle "control${#SG_IDS[@]}"
  update_config "${@:-.}"
  edited
  run_container access net/ipv4/ip_forward=1 net/ipv4/ip_forward=2 "$HOST_WRITE"
  expect_line "net/ipv4/ip_forward=1: ok, now 1" || return
  expect_line "net/ipv4/ip_forward=2: EPERM, now 1" || return
  expect_line "$HOST_WRITE: open:EROFS, now $HOST_VALUE"
}

# goes SCRIPT: what the hostile container does.
goes() {
  edited
  run_container sh -c "$1; access net/ipv4/ip_forward=1"
}

# start_harmless: a process of the host that nobody fears. teardown ends it.
start_harmless() {
  setpriv --reuid 65534 --regid 65534 --clear-groups sleep 100000 </dev/null >/dev/null 2>&1 3>&- &
  SG_PIDS+=("$!")
  poll is_sleeping "$!"
}

way_joined_pids() {
  local victim
  asking_bundle victim
  update_config 'del(.annotations) | .process.capabilities |= map_values([])'
  start_container
  victim=$(container_pid)
  asking_bundle
  update_config --arg path "/proc/$victim/ns/pid" \
    '.linux.namespaces |= map(if .type == "pid" then .path = $path else . end)'
  goes "leave trace 1 $HOST_WRITE"
  expect_closed "no new PID namespace"
  expect_line "$HOST_WRITE: open:EROFS"
  opens
}

way_host_pids() {
  start_harmless
  asking_bundle
  update_config '.linux.namespaces |= map(select(.type != "pid"))'
  goes "leave process /proc $(cgroup2_dir) access $HOST_WRITE"
  expect_closed "no new PID namespace"
  # It leaves, and that is all.
  expect_line "left: ok"
  expect_line "$HOST_WRITE: open:EROFS, now $HOST_VALUE"
  opens
}

way_bound_procfs() {
  local mount='.mounts += [{destination: "/mnt", type: "bind", source: $source, options: ["rbind", "ro"]}]'
  start_harmless
  asking_bundle
  update_config --arg source /proc "$mount"
  goes "leave process /mnt $(cgroup2_dir) access $HOST_WRITE"
  expect_closed "a bind mount of '/proc'"
  expect_line "left: ok"
  expect_line "$HOST_WRITE: open:EROFS, now $HOST_VALUE"
  opens --arg source "$BUNDLE" "$mount"
}

# has_ended ID, or the next exec gives it another process to trace.
has_ended_after_exec() {
  [[ $(runtime state "$ID" 2>/dev/null | jq -r .status) == running ]] || return 0
  runtime exec "$ID" true </dev/null >/dev/null 2>&1 || true
  return 1
}

way_exec_traced() {
  local tries=10
  asking_bundle
  capable CAP_SYS_PTRACE
  edited
  set_args sh -c "leave exec $tries $HOST_WRITE; access net/ipv4/ip_forward=1"
  sg_run start_detached
  expect_status 0
  poll has_ended_after_exec
  output=$(<"$BUNDLE/log")
  echo "$output" >&2
  expect_closed CAP_SYS_PTRACE
  # One that ended meanwhile, or was in the cgroup by then, is not asked.
  (($(grep -cxF "$HOST_WRITE: open:EROFS" <<<"$output") > 0)) || fail_with "no process outside was traced"
  if grep -q "^$HOST_WRITE: ok" <<<"$output"; then fail_with "written from outside"; fi
  opens '.process.capabilities.bounding += ["CAP_SYS_NICE"]'
}

# What a container mounts over the hook would run at createContainer, as the host's root.
fake_hook() {
  printf '#!/bin/sh\necho "$0" >>%q\n' "$BATS_TEST_TMPDIR/ran" >"$BATS_TEST_TMPDIR/fake"
  chmod 755 "$BATS_TEST_TMPDIR/fake"
}

# root_of_hook [JQ-ARGUMENTS...]: the root is where the hook is installed, and something is bound over it.
root_of_hook() {
  update_config --arg hook "$HOOK" --arg fake "$BATS_TEST_TMPDIR/fake" \
    '.root = {path: ($hook | sub("/libexec/.*"; "")), readonly: false} | .mounts += [{type: "bind", source: $fake,
      destination: ($hook | sub(".*/libexec/"; "/libexec/")), options: ["bind", "ro"]}]'
}

way_mount_over_hook() {
  local HOOK=$BATS_TEST_TMPDIR/prefix/libexec/oci/hooks.d/sysctl-guard-hook
  install -D "$SG_BUILD_DIR/bin/sysctl-guard-hook" "$HOOK"
  fake_hook
  asking_bundle
  root_of_hook
  edited
  [[ $(why_closed) == *"holds the hook"* ]] || fail_with "it is closed because: $(why_closed)" || return
  runtime run "$ID" </dev/null >log 2>&1 || true
  [[ ! -e $BATS_TEST_TMPDIR/ran ]] || fail_with "it ran" || return
  # Had the edit not seen it: the stage that guards looks again, and the container is not created.
  asking_bundle again
  edited
  root_of_hook
  sg_run runtime create "$ID" </dev/null >log 2>&1
  grep -qE "is not this program|$EXIT_CODE_ALONE" log || fail_with "$(cat log)" || return
  [[ ! -e $BATS_TEST_TMPDIR/ran ]] || fail_with "it ran" || return
  opens
}

# What was to be opened for a network of its own is not opened for the host's.
way_other_network() {
  local policy=$BATS_TEST_TMPDIR/clip.json keys number=0
  echo '{"version": 1, "limit": {"onExcess": "clip"}}' >"$policy"
  chmod 644 "$policy"
  # runc takes the last two for other annotations: its state has not what config.json has.
  for keys in '{}' '{"bundle=x": "y"}' '{"a": "1", "a=b": "2"}'; do
    asking_bundle "$((++number))"
    update_config --argjson keys "$keys" '.annotations += $keys'
    edited --policy "$policy"
    update_config '.linux.namespaces |= map(select(.type != "network")) | del(.linux.sysctl)'
    runtime run "$ID" </dev/null >log 2>&1 && fail_with "it ran: $keys"
    grep -qE "for a namespace that the container does not have to itself|$EXIT_CODE_ALONE" log || fail_with "$(cat log)" || return
  done
  # The same without a grant of the network starts, and is closed.
  asking_bundle control
  update_config '.linux.namespaces |= map(select(.type != "network")) | del(.linux.sysctl)'
  edited --policy "$policy"
  run_container access net/ipv4/ip_forward=1
  expect_line "net/ipv4/ip_forward=1: open:EROFS, now $(cat /proc/sys/net/ipv4/ip_forward)"
}

way_root_by_handle() {
  local mount='.mounts += [{destination: "/mnt", type: "cgroup2", source: "cgroup2", options: ["rw"]}]
    | .mounts |= map(select(.type != "cgroup"))
    | .linux.namespaces |= map(select(.type != "cgroup")) + [{type: "cgroup"}]'
  asking_bundle
  capable CAP_DAC_READ_SEARCH
  update_config "$mount"
  goes "leave handle /mnt access $HOST_WRITE"
  expect_closed CAP_DAC_READ_SEARCH
  expect_line "left: ok"
  expect_line "$HOST_WRITE: open:EROFS, now $HOST_VALUE"
  opens "$mount"
}

# A root with the host's cgroups in it: the runtime binds it with all that is mounted there.
way_root_above_cgroups() {
  local root=$BATS_TEST_TMPDIR/root-above
  asking_bundle
  mkdir -p "$root"
  cp -a "$BATS_FILE_TMPDIR/rootfs/." "$root"
  ROOT_ABOVE=$root/mnt
  mount -t cgroup2 cgroup2 "$ROOT_ABOVE"
  update_config --arg root "$root" '.root.path = $root'
  goes "echo 0 >/mnt/cgroup.procs && echo left: ok; access $HOST_WRITE"
  umount "$ROOT_ABOVE"
  expect_closed "the root '$root'"
  expect_line "left: ok"
  expect_line "$HOST_WRITE: open:EROFS, now $HOST_VALUE"
  # The same root without them.
  opens --arg root "$root" '.root.path = $root'
}

# What config.json says of a mount was harmless when it was edited, and what is mounted then is not: the stage that makes
# /proc/sys read-only looks at the mounts that there are, and no container is created.
refused_by_its_mounts() {
  runtime run "$ID" </dev/null >log 2>&1 && fail_with "it ran: $1"
  grep -qE "could leave its guard: '$1|$EXIT_CODE_ALONE" log || fail_with "$(cat log)" || return
  runtime delete --force "$ID" >/dev/null 2>&1 || true
  remove_cgroups_of "$ID"
  host_is_unchanged
}

# A link to the host's cgroups, with a cgroup behind it that the runtime is yet to make.
way_cgroup_to_come() {
  local volume=$BATS_TEST_TMPDIR/volume mount='.mounts += [{destination: "/mnt", type: "bind", source: $source, options: ["rbind"]}]'
  mkdir -p "$volume"
  ln -s "$(cgroup2_dir)" "$volume/c"
  asking_bundle
  update_config --arg source "$volume/c/$ID" --arg group "/$ID/inner" "$mount | .linux.cgroupsPath = \$group"
  edited
  jq -e '.linux.readonlyPaths | index("/proc/sys") | not' config.json >/dev/null || fail_with "the edit sees it" || return
  refused_by_its_mounts /mnt
  mkdir "$volume/d"
  opens --arg source "$volume/d" "$mount"
}

# A source within the container's own root, where an earlier mount puts a link to the host's cgroups or processes.
way_source_in_root() {
  local what root volume=$BATS_TEST_TMPDIR/volume
  local mounts='.root.path as $root | .mounts += [{destination: "/mnt", type: "bind", source: $volume, options: ["bind"]},
    {destination: "/tmp", type: "bind", source: ($root + "/mnt/c"), options: ["rbind", "ro"]}]'
  mkdir -p "$volume/d/c"
  for what in "$(cgroup2_dir)" /proc; do
    asking_bundle "${#SG_IDS[@]}"
    root=$(jq -r .root.path config.json)
    mkdir -p "$root/mnt/c" "$root/tmp"
    ln -sfn "$what" "$volume/c"
    update_config --arg volume "$volume" "$mounts"
    # A read-only mount of cgroups leads nowhere out.
    [[ $what == /proc ]] || update_config '.mounts[-1].options = ["rbind"]'
    edited
    jq -e '.linux.readonlyPaths | index("/proc/sys") | not' config.json >/dev/null || fail_with "the edit sees it" || return
    refused_by_its_mounts /tmp || return
  done
  opens --arg volume "$volume/d" "$mounts"
}

# Another container with the same volume puts a link there between the edit and the mount.
way_swapped_source() {
  local place=$BATS_TEST_TMPDIR/place mount='.mounts += [{destination: "/mnt", type: "bind", source: $source, options: ["rbind"]}]'
  mkdir -p "$place"
  asking_bundle
  update_config --arg source "$place" "$mount"
  edited
  rmdir "$place"
  ln -s "$(cgroup2_dir)" "$place"
  refused_by_its_mounts /mnt
  rm "$place"
  mkdir "$place"
  opens --arg source "$place" "$mount"
}

# What is masked below /proc/sys stays so, whether the runtime masks before the lock (crun) or after it (runc); by its own
# name, and by that of a link in the container's root.
way_masked_below() {
  local root count='set -- /proc/sys/kernel/* /proc/sys/net/core/*; echo "$#"; access net/ipv4/ip_forward=1'
  asking_bundle
  root=$(jq -r .root.path config.json)
  ln -sfn /proc/sys/net/core "$root/core"
  update_config '.linux.maskedPaths += ["/proc/sys/kernel", "/core"]'
  goes "$count"
  # The patterns themselves: nothing fits them.
  expect_line 2
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  asking_bundle control
  goes "$count"
  (($(sed -n '/^[0-9]*$/p' <<<"$output") > 50)) || fail_with "there is nothing to be masked: $output"
}

# A user namespace in which the runtime maps what config.json leaves out, the host's root: the mount is lock one there too.
way_half_a_mapping() {
  local list
  for list in uidMappings gidMappings; do
    asking_bundle "${#SG_IDS[@]}"
    update_config --arg list "$list" '.linux.namespaces |= map(select(.type != "cgroup")) + [{type: "user"}, {type: "cgroup"}]
      | .linux[$list] = [{containerID: 0, hostID: 1, size: 1000}] | .mounts |= map(select(.type | IN("sysfs", "cgroup") | not))'
    edited
    jq -e '.hooks.createContainer or (.linux.readonlyPaths | index("/proc/sys"))' config.json >/dev/null ||
      fail_with "opened without the mount: $(jq -c .hooks config.json)" || return
    run_container access "$HOST_WRITE" < <(:)
    runtime delete --force "$ID" >/dev/null 2>&1 || true
    remove_cgroups_of "$ID"
    if grep -qE "^$HOST_WRITE: (ok|EPERM)" <<<"$output"; then fail_with "it could be opened for writing: $output" || return; fi
    host_is_unchanged || return
  done
}
