#!/usr/bin/env bats
# shellcheck disable=SC2034
# SPDX-License-Identifier: Apache-2.0
# sysctl-guard install and --uninstall with what Debian's engines bring, and with what users make of it: nothing
# of a machine differs afterwards, but for directories that were made.

load helpers

# Every name, mode, owner and byte of what engines read, and where the programs are; and what hooks would make.
listing() {
  find /etc /usr/share /usr/libexec /usr/bin /opt /srv -printf '%p %M %U:%G %l\n'
  ls -d "$RUN_DIR" 2>/dev/null || true
  find /etc /usr/share /usr/libexec /opt /srv -type f -exec sha256sum {} +
}

snapshot() { listing | sort >"$BATS_TEST_TMPDIR/$1"; }

# Directories that install makes stay, empty. Where the machine had none of them they may go.
kMade=(/usr/share/containers/oci/hooks.d /usr/share/containers/oci /srv/containers/hooks /srv/containers /etc/cdi
  /etc/docker /etc/containerd/conf.d /etc/sysctl-guard)

remove_made_since() {
  local dir
  for dir in "${kMade[@]}"; do
    [[ ! -d $dir ]] || grep -qF "$dir drwx" "$BATS_TEST_TMPDIR/$1" || [[ -n $(ls -A "$dir") ]] || rmdir "$dir"
  done
}

# same_as NAME: the machine is as it was then.
same_as() {
  remove_made_since "$1"
  snapshot now
  diff "$BATS_TEST_TMPDIR/$1" "$BATS_TEST_TMPDIR/now" >&2 || fail_with "the machine differs: $2"
}

# there_and_back WHY ENGINE...: installed, in this order and with OPTIONS, and uninstalled, first to last.
OPTIONS=()
there_and_back() {
  local why=$1 engine
  shift
  snapshot before
  for engine; do
    sg_run sysctl-guard install "$engine" "${OPTIONS[@]}"
    expect_status 0 || return
    expect_output "wrote /" || return
  done
  if same_as before "$why" 2>/dev/null; then fail_with "nothing was installed: $why" || return; fi
  snapshot installed
  for engine; do
    sg_run sysctl-guard install "$engine" "${OPTIONS[@]}"
    expect_output ": already installed, nothing written" || return
  done
  same_as installed "$why, installed again" || return
  for engine; do
    sg_run sysctl-guard install "$engine" --uninstall
    expect_status 0 || return
  done
  same_as before "$why"
}

# Whatever the test before has made of these.
setup() {
  SG_IDS=()
  [[ -d /run/etc ]] || cp -a /etc /run/etc
}

teardown() {
  rm -rf /etc/docker /etc/containerd /etc/containers /etc/crio /etc/cdi /etc/sysctl-guard \
    /usr/share/containers/oci
  cp -a /run/etc/docker /run/etc/containerd /run/etc/containers /etc/
}

# What people write: tabs, no blanks, no end of the last line, and our own name in places that mean nothing.
odd_daemon_json() {
  printf '{"debug":true,\n\t"runtimes":{"crun":{"path":"crun"}  , "x":{ "path":"/sysctl-guard" } },\r\n%s' \
    '  "labels" : [ "sysctl-guard", "a\u00e9" ] ,"max-concurrent-downloads":1e0}'
}

odd_config_toml() {
  printf '%s\n' '#sysctl-guard: begin' 'version=2' 'root = "/var/lib/containerd" # here' '' \
    "[plugins.'io.containerd.grpc.v1.cri'.containerd]" "	default_runtime_name = 'crun'" \
    '[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.crun]' \
    "  runtime_type='io.containerd.runc.v2'"
  printf '  # the last line has no end, sysctl-guard: end'
}

@test "Podman and CRI-O: no directory, an empty one, one with somebody's hooks" {
  requires
  local engine
  for engine in podman cri-o; do
    there_and_back "$engine, nothing there" "$engine"
    mkdir -p /usr/share/containers/oci
    there_and_back "$engine, the directory above" "$engine"
    mkdir -p /usr/share/containers/oci/hooks.d
    chmod 2775 /usr/share/containers/oci/hooks.d
    there_and_back "$engine, an empty directory" "$engine"
    echo '{"version": "1.0.0", "hook": {"path": "/bin/true"}, "when": {"always": true}, "stages": ["prestart"]}' \
      >/usr/share/containers/oci/hooks.d/50-theirs.json
    there_and_back "$engine, a file of somebody" "$engine"
    rm -r /usr/share/containers/oci
  done
  mkdir -p /etc/containers/containers.conf.d
  printf '[engine]\nhooks_dir = ["/srv/containers/hooks"]\n' >/etc/containers/containers.conf.d/hooks.conf
  there_and_back "a directory elsewhere" podman
  mkdir -p /etc/crio
  there_and_back "CRI-O beside it" podman cri-o
}

@test "Docker: no file, no directory, somebody's file, a link" {
  requires
  [[ -d /etc/docker && ! -e /etc/docker/daemon.json ]] || fail_with "not what Debian brings"
  there_and_back "Debian's empty directory" docker
  rmdir /etc/docker
  there_and_back "no directory" docker
  mkdir -m 700 /etc/docker
  mkdir /etc/cdi
  there_and_back "an empty directory for CDI" docker
  odd_daemon_json >/etc/docker/daemon.json
  chmod 600 /etc/docker/daemon.json
  chown 12:34 /etc/docker/daemon.json
  there_and_back "somebody's file" docker
  for text in '{}' '{ }' '{"runtimes":{}}' $'{\n  "runtimes": {\n    "a": {"path": "a"}\n  }\n}\n'; do
    printf '%s' "$text" >/etc/docker/daemon.json
    there_and_back "the file $text" docker
  done
  mv /etc/docker/daemon.json /srv/daemon.json
  ln -s ../../srv/daemon.json /etc/docker/daemon.json
  there_and_back "a link" docker
  rm /srv/daemon.json
}

@test "containerd: Debian's file, somebody's, one of version 3; none: refused" {
  requires
  there_and_back "Debian's file" containerd
  odd_config_toml >/etc/containerd/config.toml
  chmod 640 /etc/containerd/config.toml
  there_and_back "somebody's file" containerd
  containerd config default >/etc/containerd/config.toml
  there_and_back "what containerd prints" containerd
  printf 'version = 3\nimports = ["/etc/containerd/conf.d/*.toml"]' >/etc/containerd/config.toml
  there_and_back "version 3" containerd
  mkdir /etc/containerd/conf.d
  there_and_back "version 3, a directory for drop-ins" containerd
  rm -r /etc/containerd
  snapshot before
  sg_run sysctl-guard install containerd
  expect_status 1
  expect_output "hint: make one first: containerd config default"
  same_as before "refused"
}

@test "containerd --base-spec: Debian's file, one of version 3" {
  requires
  ctr oci spec >"$BATS_TEST_TMPDIR/spec.json"
  OPTIONS=(--base-spec "$BATS_TEST_TMPDIR/spec.json")
  there_and_back "Debian's file" containerd
  printf 'version = 3\nimports = ["/etc/containerd/conf.d/*.toml"]' >/etc/containerd/config.toml
  there_and_back "version 3" containerd
}

# handler_has LINE...: as containerd reads its files.
handler_has() {
  local line
  sg_run containerd config dump
  expect_status 0
  expect_output '[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.sysctl-guard]'
  expect_output '[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]'
  for line; do expect_output "$line"; done
}

@test "all of them together, and what containerd then makes of its file" {
  requires
  there_and_back "first in, first out" podman docker containerd
  there_and_back "another order" containerd podman docker
  mkdir /etc/sysctl-guard
  cp "$SG_TOP/examples/node-policy/policy.json" /etc/sysctl-guard/
  there_and_back "with profiles" docker containerd
  sysctl-guard install containerd
  handler_has 'BinaryName = "/usr/bin/sysctl-guard-runtime"' 'pod_annotations = ["io.sysctl-guard.*", "io.sysctl-guard.*/*"]'
  ctr oci spec >"$BATS_TEST_TMPDIR/spec.json"
  sysctl-guard install containerd --base-spec "$BATS_TEST_TMPDIR/spec.json"
  handler_has 'base_runtime_spec = "/etc/containerd/sysctl-guard-base-spec.json"'
}

@test "--all-containers is undone by --uninstall too, settings of the runtime included" {
  requires
  mkdir /etc/sysctl-guard
  echo '{"version": 1, "default": {"mode": "audit"}}' >/etc/sysctl-guard/policy.json
  echo '{"runtime": "/usr/bin/crun", "version": 1}' >/etc/sysctl-guard/runtime.json
  odd_daemon_json >/etc/docker/daemon.json
  snapshot before
  sysctl-guard install docker --all-containers
  jq -e '."default-runtime" == "sysctl-guard"' /etc/docker/daemon.json
  jq -e '.allContainers and .runtime == "/usr/bin/crun"' /etc/sysctl-guard/runtime.json
  sysctl-guard install docker --uninstall
  same_as before "Docker"
  sysctl-guard install podman --all-containers
  jq -e .when.always /usr/share/containers/oci/hooks.d/90-sysctl-guard.json
  sysctl-guard install podman --uninstall
  same_as before "Podman"
}

@test "which libraries the command needs: those the documentation names" {
  requires
  local library
  for library in $(ldd /usr/bin/sysctl-guard | awk '{ print $1 }'); do
    case ${library##*/} in
      linux-vdso.so.* | ld-linux-*) ;;
      libbpf.so.* | libelf.so.* | libz.so.* | libzstd.so.*) ;;
      libstdc++.so.* | libgcc_s.so.* | libc.so.* | libm.so.*) ;;
      *) fail_with "it needs $library" ;;
    esac
  done
}
