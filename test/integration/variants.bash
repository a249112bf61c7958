# shellcheck shell=bash disable=SC2016,SC2154
# SPDX-License-Identifier: Apache-2.0
# variants.bash - other spellings of containers that could leave their guard or undo it, and of harmless ones beside
# them. Loaded after ways.

# WHAT | WHY, as config.json then says it | the edit. $link is a directory with links of these names.
HOSTILE_VARIANTS=(
  'PID namespace of the runtime itself|no new PID namespace|(.linux.namespaces[] | select(.type == "pid")).path = "/proc/self/ns/pid"'
  'PID namespace of process 1|no new PID namespace|(.linux.namespaces[] | select(.type == "pid")).path = "/proc/1/ns/pid"'
  '/proc of the host, spelled otherwise|a bind mount|.mounts += [{destination: "/mnt", type: "bind", source: "//proc/./", options: ["bind"]}]'
  '/proc by its link|a bind mount|.mounts += [{destination: "/mnt", type: "bind", source: ($link + "/proc"), options: ["bind"]}]'
  '/proc through the root of process 1|a bind mount|.mounts += [{destination: "/mnt", type: "bind", source: "/proc/1/root/proc", options: ["bind"]}]'
  'one process of the host|a bind mount|.mounts += [{destination: "/mnt", type: "bind", source: "/proc/1", options: ["bind"]}]'
  'the own root of whoever looks|a bind mount|.mounts += [{destination: "/mnt", type: "bind", source: "/proc/self/root", options: ["rbind"]}]'
  'the root of the host|a bind mount|.mounts += [{destination: "/mnt", type: "bind", source: "/", options: ["rbind", "ro"]}]'
  'a way back up|a bind mount|.mounts += [{destination: "/mnt", type: "bind", source: "/tmp/../proc", options: ["bind"]}]'
  'a relative source|a bind mount|.mounts += [{destination: "/mnt", type: "bind", source: "../../../../../../../../proc", options: ["bind"]}]'
  'a type in place of the option|a bind mount|.mounts += [{destination: "/mnt", type: "bind", source: "/proc"}]'
  'an option in place of the type|a bind mount|.mounts += [{destination: "/mnt", type: "none", source: "/proc", options: ["rbind"]}]'
  'no type|a bind mount|.mounts += [{destination: "/mnt", source: "/proc", options: ["rbind"]}]'
  'a type of another case|a bind mount|.mounts += [{destination: "/mnt", type: "BIND", source: "/proc", options: ["bind"]}]'
  'a type that is overruled|a bind mount|.mounts += [{destination: "/mnt", type: "tmpfs", source: "/proc", options: ["rbind"]}]'
  'unbindable and bound|a bind mount|.mounts += [{destination: "/mnt", type: "bind", source: "/proc", options: ["rbind", "unbindable", "ro"]}]'
  'above the cgroups|cgroups are|.mounts += [{destination: "/mnt", type: "bind", source: "/sys", options: ["rbind", "ro"]}]'
  'above the cgroups, with a way back|a bind mount|.mounts += [{destination: "/mnt", type: "bind", source: "/sys/fs/cgroup/..", options: ["rbind", "ro"]}]'
  'the cgroups by their link|a bind mount|.mounts += [{destination: "/mnt", type: "bind", source: ($link + "/cgroup"), options: ["rbind"]}]'
  'cgroups, both ro and rw, in the namespace of the host|a mount of cgroups|(.mounts[] | select(.type == "cgroup")).options += ["rw"] | .linux.namespaces |= map(select(.type != "cgroup"))'
  'cgroups twice|several mounts of cgroups|.mounts += [{destination: "/mnt", type: "cgroup2", source: "cgroup2"}]'
  'a tmpfs on /proc/sys|a mount on|.mounts += [{destination: "/proc/sys", type: "tmpfs", source: "tmpfs"}]'
  'a mount below /proc/sys, spelled otherwise|a mount on|.mounts += [{destination: "/proc//./sys/net", type: "tmpfs", source: "tmpfs"}]'
  'a relative destination|a mount on|.mounts += [{destination: "proc/sys", type: "tmpfs", source: "tmpfs"}]'
  'a destination with a way back|could be anywhere|.mounts += [{destination: "/mnt/../proc/sys", type: "tmpfs", source: "tmpfs"}]'
  'a tmpfs on /proc|no procfs|.mounts += [{destination: "/proc", type: "tmpfs", source: "tmpfs"}]'
  'no /proc|no procfs|.mounts |= map(select(.destination != "/proc"))'
  'a capability in the inheritable set alone|CAP_SYS_PTRACE|.process.capabilities.inheritable = ["CAP_SYS_PTRACE"]'
  'a capability in the ambient set alone|CAP_SYS_ADMIN|.process.capabilities.ambient = ["CAP_SYS_ADMIN"]'
  'a capability in the permitted set alone|CAP_DAC_READ_SEARCH|.process.capabilities.permitted += ["CAP_DAC_READ_SEARCH"]'
  'a capability in lower case|CAP_SYS_BOOT|.process.capabilities.bounding += ["cap_sys_boot"]'
  'a capability as a number|unknown spelling|.process.capabilities.bounding += ["19"]'
  'a capability without its prefix|unknown spelling|.process.capabilities.bounding += ["SYS_PTRACE"]'
  'a capability with a blank|unknown spelling|.process.capabilities.bounding += [" CAP_SYS_PTRACE"]'
  'two that are one together|CAP_BPF with|.process.capabilities.bounding += ["CAP_BPF"] | .process.capabilities.permitted += ["CAP_PERFMON"]'
  'all capabilities|unknown spelling|.process.capabilities.bounding = ["ALL"]'
  'a root above the cgroups|the root|.root.path = "/sys"'
  'the root of the host as its own|the root|.root.path = "/"'
  'a root by a link|the root|.root.path = ($link + "/root")'
  'a root through a process|the root|.root.path = "/proc/1/root"'
  'a user namespace with the root of the host, of itself|CAP_SYS_PTRACE|.process.capabilities.bounding += ["CAP_SYS_PTRACE"] | .linux.namespaces += [{type: "user"}] | .linux |= . + {uidMappings: [{containerID: 0, hostID: 0, size: 65536}], gidMappings: [{containerID: 0, hostID: 0, size: 65536}]}'
  'a user namespace whose group is the root of the host|CAP_SYS_PTRACE|.process.capabilities.bounding += ["CAP_SYS_PTRACE"] | .linux.namespaces += [{type: "user"}] | .linux |= . + {uidMappings: [{containerID: 0, hostID: 100000, size: 65536}], gidMappings: [{containerID: 5, hostID: 0, size: 1}]}'
  'a user namespace by path|CAP_SYS_PTRACE|.process.capabilities.bounding += ["CAP_SYS_PTRACE"] | .linux.namespaces += [{type: "user", path: "/proc/1/ns/user"}] | .linux |= . + {uidMappings: [{containerID: 0, hostID: 100000, size: 65536}], gidMappings: [{containerID: 0, hostID: 100000, size: 65536}]}'
  "a mount namespace by its path|no new mount namespace|(.linux.namespaces[] | select(.type == \"mount\")).path = \"/proc/1/ns/mnt\""
  'a root that holds the hook|holds the hook|.root.path = ($hook | sub("/[^/]*$"; ""))'
  'a root far above the hook|holds the hook|.root.path = ($hook | sub("/[^/]*/[^/]*$"; ""))'
  'a read-only path below /proc/sys|is read-only besides|.linux.readonlyPaths += ["/proc/sys/net"]'
  'a read-only path above it|is read-only besides|.linux.readonlyPaths += ["/proc"]'
  'nothing masked|nothing else below /proc|.linux.maskedPaths = [] | .linux.readonlyPaths = ["/proc/sys"]'
  'what is masked only looks as if it were below /proc|nothing else below /proc|.linux.maskedPaths = ["/proc/../tmp"] | .linux.readonlyPaths = ["/proc/sys"]'
  'what is masked is reached by a link of /proc|nothing else below /proc|.linux.maskedPaths = ["/proc/self/root/tmp", "/proc/1/root/tmp"] | .linux.readonlyPaths = ["/proc/sys"]'
  'what is masked is a process of the host|nothing else below /proc|.linux.maskedPaths = ["/proc/2/maps"] | .linux.readonlyPaths = ["/proc/sys"]'
  'what is masked is not there|nothing else below /proc|.linux.maskedPaths = ["/proc/no-such"] | .linux.readonlyPaths = ["/proc/sys"]'
  'masked too|masked paths|.linux.maskedPaths += ["/proc/./sys/"]'
  'an old document|ociVersion|.ociVersion = "1.0.1"'
)

# Beside each kind of them, one that leads nowhere.
HARMLESS_VARIANTS=(
  'as it is|.'
  'a directory of the host|.mounts += [{destination: "/mnt", type: "bind", source: $link, options: ["rbind", "unbindable"]}]'
  'a link to a directory|.mounts += [{destination: "/mnt", type: "bind", source: ($link + "/self"), options: ["bind"]}]'
  'a tmpfs beside it|.mounts += [{destination: "/mnt", type: "tmpfs", source: "tmpfs"}]'
  'cgroups read-only|(.mounts[] | select(.type == "cgroup")).options |= . - ["rw"] + ["ro"] | .linux.namespaces |= map(select(.type != "cgroup"))'
  'other capabilities|.process.capabilities.bounding += ["CAP_SYS_NICE", "CAP_PERFMON", "CAP_NET_RAW"]'
  'one thing masked|.linux.maskedPaths = ["/proc/meminfo"] | .linux.readonlyPaths = ["/proc/sys"]'
)

make_links() {
  LINKS=$BATS_TEST_TMPDIR/links
  mkdir -p "$LINKS"
  ln -sfn /proc "$LINKS/proc"
  ln -sfn /sys/fs/cgroup "$LINKS/cgroup"
  ln -sfn / "$LINKS/root"
  ln -sfn . "$LINKS/self"
}

# Whatever the runtime makes of it: it does not start, or it is read-only. A root of the host is only judged, and so is its
# mount namespace: crun would pivot it; and a read-only /proc, upon which crun binds one with an open sys, with us as
# without. Standard input is a pipe, since runtimes give it to the container's root.
variant_is_closed() {
  local what=$1 why=$2 edit=$3
  asking_bundle "${#SG_IDS[@]}"
  update_config --arg link "$LINKS" --arg hook "$HOOK" "$edit"
  edited || fail_with "no edit: $what" || return
  jq -e '.linux.readonlyPaths | index("/proc/sys")' config.json >/dev/null || fail_with "open: $what" || return
  [[ $(why_closed) == *"$why"* ]] || fail_with "$what: it is closed because: $(why_closed)" || return
  [[ $edit != .root.path* && $edit != *ns/mnt* && $edit != *'["/proc"]' ]] || return 0
  run_container access net/ipv4/ip_forward=1 < <(:)
  # crun leaves some that did not start.
  runtime delete --force "$ID" >/dev/null 2>&1 || true
  remove_cgroups_of "$ID"
  if grep -q '^net/ipv4/ip_forward=1: ok' <<<"$output"; then fail_with "written: $what"; fi
}

way_variants() {
  local row what why edit failed=0
  make_links
  for row in "${HOSTILE_VARIANTS[@]}"; do
    IFS='|' read -r what why edit <<<"$row"
    variant_is_closed "$what" "$why" "$edit" || failed=$((failed + 1))
  done
  expect_equal "$failed" 0 "variants that were not closed"
}

way_harmless() {
  local row failed=0
  make_links
  for row in "${HARMLESS_VARIANTS[@]}"; do
    echo "${row%%|*}" >&2
    opens --arg link "$LINKS" "${row#*|}" || failed=$((failed + 1))
  done
  expect_equal "$failed" 0 "harmless ones that were not opened"
}

# A hook that is named with arguments by which it would not guard: config.json is refused. One that guards is kept.
way_arguments() {
  local argument
  for argument in --help --version; do
    asking_bundle "${#SG_IDS[@]}"
    update_config --arg hook "$HOOK" --arg argument "$argument" \
      '.hooks.createRuntime = [{path: $hook, args: ["sysctl-guard-hook", $argument]}]'
    cp config.json before.json
    if edited; then
      run_container access net/ipv4/ip_default_ttl=33
      fail_with "edited, with $argument" || return
    fi
    cmp before.json config.json || fail_with "changed, with $argument" || return
    # Without our edit there is nothing open.
    run_container access net/ipv4/ip_forward=1
    expect_line "net/ipv4/ip_forward=1: open:EROFS, now 0" || return
    delete_container >/dev/null 2>&1 || true
  done
  echo '{"version": 1}' >"$BATS_TEST_TMPDIR/node.json"
  chmod 644 "$BATS_TEST_TMPDIR/node.json"
  opens --arg hook "$HOOK" --arg node "$BATS_TEST_TMPDIR/node.json" \
    '.hooks.createRuntime = [{path: $hook, args: ["sysctl-guard-hook", "--policy", $node]}]'
}
