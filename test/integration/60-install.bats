#!/usr/bin/env bats
# shellcheck disable=SC2016
# SPDX-License-Identifier: Apache-2.0
# sysctl-guard install: what each engine gets, that it works, and that nothing is left of it.
#
# Most of it is done below a directory. Podman runs with its real directories, in a mount namespace
# where a copy stands in their place.

load helpers
load wrapper

kHooks=/usr/share/containers/oci/hooks.d/90-sysctl-guard.json
kImage=localhost/sg-test:1

# A root with the programs in it; beside it what runc calls a full specification.
make_root() {
  ROOT=$BATS_TEST_TMPDIR/root
  mkdir -p "$ROOT"/usr/{bin,share,libexec/oci/hooks.d} "$ROOT/etc"
  cp "$HOOK" "$ROOT/usr/libexec/oci/hooks.d/"
  cp "$SG_CHECK" "$ROOT/usr/bin/"
  cp /bin/true "$ROOT/usr/bin/sysctl-guard-runtime"
  runc spec -b "$BATS_TEST_TMPDIR"
}

# sg_install ENGINE OPTIONS...
sg_install() { sg_run "$ROOT/usr/bin/sysctl-guard" install --root "$ROOT" "$@"; }

# Every name, mode, owner and byte below the root.
tree() {
  (cd "$ROOT" && find . -printf '%p %M %U %l\n' && find . -type f -exec sha256sum {} +) | sort
}

# The same of files and links alone.
files() { tree | grep -v ' d[-rwxtsS]* [0-9]* $'; }

# An engine's own files, as somebody might have them.
make_configs() {
  mkdir -p "$ROOT"/etc/{docker,containerd}
  printf '{\n\t"debug": true,\n\t"runtimes": {}\n}' >"$ROOT/etc/docker/daemon.json"
  cp "$SG_TOP/examples/containerd/node-config.toml" "$ROOT/etc/containerd/config.toml"
}

@test "each engine: installed, installed again, uninstalled, and the tree is as before" {
  requires
  local engine before with
  make_root
  for engine in podman cri-o docker containerd; do
    printf 'version = 3\n' >"$BATS_TEST_TMPDIR/3.toml"
    mkdir -p "$ROOT/etc/containerd"
    cp "$BATS_TEST_TMPDIR/3.toml" "$ROOT/etc/containerd/config.toml"
    before=$(files)
    sg_install "$engine"
    expect_status 0
    with=$(tree)
    [[ $(files) != "$before" ]] || fail_with "nothing was written"
    sg_install "$engine"
    expect_line "$engine: already installed, nothing written"
    expect_equal "$(tree)" "$with" "the tree after a second run"
    sg_install "$engine" --uninstall
    expect_status 0
    expect_equal "$(files)" "$before" "the files without $engine"
    sg_install "$engine" --uninstall
    expect_line "$engine: already without sysctl-guard, nothing written"
  done
}

@test "all engines over files that are there: the same, in any order" {
  requires
  local before engine
  make_root
  make_configs
  chmod 0640 "$ROOT/etc/docker/daemon.json"
  before=$(files)
  for engine in podman docker containerd; do
    sg_install "$engine"
    expect_status 0
  done
  jq -e '.debug and .runtimes."sysctl-guard".path == "/usr/bin/sysctl-guard-runtime"' \
    "$ROOT/etc/docker/daemon.json"
  expect_equal "$(stat -c %a "$ROOT/etc/docker/daemon.json")" 640 "mode"
  for engine in docker podman containerd; do
    sg_install "$engine" --uninstall
    expect_status 0
  done
  expect_equal "$(files)" "$before"
}

have_kill_at() { [[ -x $SG_BUILD_DIR/bin/kill_at ]]; }

@test "killed at each of its system calls that others can see: each file is whole, and the next run leaves nothing beside it" {
  requires kill_at
  local before step steps left=0
  make_root
  make_configs
  before=$(files)
  for ((step = 0; step <= ${steps:-0}; step++)); do
    sg_run "$SG_BUILD_DIR/bin/kill_at" "$BATS_TEST_TMPDIR/steps" "$step" \
      "$ROOT/usr/bin/sysctl-guard" install --root "$ROOT" containerd
    [[ $step != 0 ]] || read -r _ steps <"$BATS_TEST_TMPDIR/steps"
    ! compgen -G "$ROOT/etc/containerd/*.sysctl-guard-*" || left=$((left + 1))
    sg_install containerd --uninstall
    expect_status 0
    expect_equal "$(files)" "$before" "the files after a kill at step $step"
  done
  ((left > 0)) || fail_with "no kill left anything"
}

@test "--dry-run prints each byte that is written then, and writes nothing" {
  requires
  local before dry
  make_root
  make_configs
  before=$(tree)
  sg_install docker --dry-run
  expect_status 0
  dry=$output
  expect_equal "$(tree)" "$before" "the tree"
  sg_install docker
  expect_equal "$dry" "$(echo 'would write /etc/cdi/sysctl-guard.json'
    cat "$ROOT/etc/cdi/sysctl-guard.json"
    echo 'would write /etc/docker/daemon.json'
    cat "$ROOT/etc/docker/daemon.json"
    echo
    grep '^note: ' <<<"$dry")"
}

@test "examples: what install writes" {
  requires
  local examples=$SG_TOP/examples
  make_root
  mkdir -p "$ROOT/etc/sysctl-guard" "$ROOT/etc/containerd"
  cp "$examples/node-policy/policy.json" "$ROOT/etc/sysctl-guard/"
  cp "$examples/containerd/node-config.toml" "$ROOT/etc/containerd/config.toml"
  sg_install podman
  cmp "$ROOT$kHooks" "$examples/podman/90-sysctl-guard.json"
  sg_install podman --all-containers
  cmp "$ROOT$kHooks" "$examples/podman/all-containers.json"
  sg_install podman --uninstall
  sg_install cri-o
  cmp "$ROOT$kHooks" "$examples/cri-o/90-sysctl-guard.json"
  sg_install docker
  cmp "$ROOT/etc/docker/daemon.json" "$examples/docker/daemon.json"
  cmp "$ROOT/etc/cdi/sysctl-guard.json" "$examples/docker/cdi-sysctl-guard.json"
  sg_install containerd
  cmp "$ROOT/etc/containerd/config.toml" "$examples/containerd/version-2.toml"
  sg_install containerd --base-spec "$BATS_TEST_TMPDIR/config.json"
  cmp "$ROOT/etc/containerd/config.toml" "$examples/containerd/version-2-base-spec.toml"
  printf 'version = 3\n' >"$ROOT/etc/containerd/config.toml"
  sg_install containerd
  expect_output 'imports = ["/etc/containerd/conf.d/*.toml"]'
  # Said as long as it is so.
  sg_install containerd
  expect_line "containerd: already installed, nothing written"
  expect_output 'imports = ["/etc/containerd/conf.d/*.toml"]'
  cmp "$ROOT/etc/containerd/conf.d/99-sysctl-guard.toml" "$examples/containerd/99-sysctl-guard.toml"
}

@test "containerd's base spec is the whole specification, with the hook and without limits" {
  requires
  make_root
  make_configs
  sg_install containerd --base-spec "$BATS_TEST_TMPDIR/config.json"
  expect_status 0
  expect_equal "$(jq -S 'del(.hooks)' "$ROOT/etc/containerd/sysctl-guard-base-spec.json")" \
    "$(jq -S 'del(.process.rlimits)' "$BATS_TEST_TMPDIR/config.json")"
  jq -e '.hooks.createRuntime[0].path == "/usr/libexec/oci/hooks.d/sysctl-guard-hook"' \
    "$ROOT/etc/containerd/sysctl-guard-base-spec.json"
}

@test "a daemon.json that is no JSON: named with the place, untouched" {
  requires
  local before
  make_root
  mkdir -p "$ROOT/etc/docker"
  printf '{"debug": true,}\n' >"$ROOT/etc/docker/daemon.json"
  before=$(tree)
  sg_install docker
  expect_status 1
  expect_output "'/etc/docker/daemon.json'"
  expect_output "at byte"
  expect_output "hint: "
  sg_install docker --uninstall
  expect_status 1
  expect_equal "$(tree)" "$before"
}

@test "a daemon.json elsewhere: the link stays, and what it names is changed, below the root" {
  requires
  make_root
  mkdir -p "$ROOT/data" "$ROOT/etc/docker"
  echo '{}' >"$ROOT/data/daemon.json"
  ln -s /data/daemon.json "$ROOT/etc/docker/daemon.json"
  sg_install docker
  expect_status 0
  expect_equal "$(readlink "$ROOT/etc/docker/daemon.json")" /data/daemon.json
  jq -e '.runtimes."sysctl-guard"' "$ROOT/data/daemon.json"
  sg_install docker --uninstall
  expect_equal "$(cat "$ROOT/data/daemon.json")" '{}'
}

@test "no hook, no registration; a hook that others can change, none either" {
  requires
  make_root
  rm "$ROOT/usr/libexec/oci/hooks.d/sysctl-guard-hook"
  sg_install podman
  expect_status 1
  expect_output "is not there"
  [[ ! -e $ROOT$kHooks ]] || fail_with "it was registered"
  cp "$HOOK" "$BATS_TEST_TMPDIR/hook"
  chmod 0777 "$BATS_TEST_TMPDIR/hook"
  sg_run "$SG_CHECK" install podman --dry-run --hook "$BATS_TEST_TMPDIR/hook"
  expect_status 1
  expect_output "others than root can write it"
}

@test "--all-containers: refused until the node policy has a mode for them" {
  requires
  make_root
  mkdir -p "$ROOT/etc/sysctl-guard"
  sg_install podman --all-containers
  expect_status 1
  expect_output "kube-proxy"
  echo '{"version": 1, "default": {"mode": "audit"}}' >"$ROOT/etc/sysctl-guard/policy.json"
  sg_install podman --all-containers
  expect_status 0
  jq -e .when.always "$ROOT$kHooks"
}

# refuses ENGINE WHAT OPTIONS...: refused with that reason and a hint, and nothing changes.
refuses() {
  local engine=$1 what=$2 before
  shift 2
  before=$(tree)
  sg_install "$engine" "$@"
  expect_status 1
  expect_output "$what"
  expect_output "hint: "
  expect_equal "$(tree)" "$before" "the tree"
}

@test "files and entries of somebody else with our names: refused, and left by --uninstall" {
  requires
  local before engine
  make_root
  make_configs
  mkdir -p "$ROOT${kHooks%/*}" "$ROOT/etc/cdi" "$ROOT/etc/containerd/conf.d"
  echo '{"version": "1.0.0", "hook": {"path": "/bin/true"}, "when": {}, "stages": []}' >"$ROOT$kHooks"
  echo '{"cdiVersion": "0.5.0", "kind": "a.b/c", "devices": []}' >"$ROOT/etc/cdi/sysctl-guard.json"
  echo 'version = 3' >"$ROOT/etc/containerd/config.toml"
  echo 'version = 3' >"$ROOT/etc/containerd/conf.d/99-sysctl-guard.toml"
  before=$(tree)
  for engine in podman docker containerd; do
    sg_install "$engine" --uninstall
    expect_status 0
    expect_output "was not made by sysctl-guard and stays"
    expect_equal "$(tree)" "$before" "the tree after $engine"
    refuses "$engine" "is there, and was not made by sysctl-guard"
  done
  rm "$ROOT/etc/cdi/sysctl-guard.json"
  refuses containerd "99-sysctl-guard.toml': is there"
  echo '{"runtimes": {"sysctl-guard": {"path": "/x", "runtimeArgs": ["-d"]}}}' \
    >"$ROOT/etc/docker/daemon.json"
  refuses docker "was not made by sysctl-guard install"
  before=$(tree)
  sg_install docker --uninstall
  expect_output 'the runtime "sysctl-guard" in /etc/docker/daemon.json was not made by sysctl-guard'
  expect_equal "$(tree)" "$before"
  echo '{"default-runtime":"sysctl-guard"}' >"$ROOT/etc/docker/daemon.json"
  before=$(tree)
  sg_install docker --uninstall
  expect_equal "$(tree)" "$before"
}

@test "a configuration of Podman's that is not understood: named, nothing written, and no by doctor" {
  requires
  local text
  make_root
  cp /bin/true "$ROOT/usr/bin/podman"
  mkdir -p "$ROOT/etc/containers" "$ROOT/usr/share/containers/oci/hooks.d"
  for text in garbage $'[engine]\nhooks_dir = "/x"' $'[engine]\n[engine]'; do
    echo "$text" >"$ROOT/etc/containers/containers.conf"
    refuses podman "'/etc/containers/containers.conf': "
    sg_run "$SG_CHECK" doctor --root "$ROOT"
    expect_status 1
    expect_output "failed   hook:podman: '/etc/containers/containers.conf': "
  done
  echo 'engine = { hooks_dir = ["/inline"] }' >"$ROOT/etc/containers/containers.conf"
  sg_install podman --dry-run
  expect_output "would write /inline/90-sysctl-guard.json"
  printf 'engine.hooks_dir = ["/elsewhere"]\n["a#b"]\nc = 1\n' >"$ROOT/etc/containers/containers.conf"
  sg_install podman
  expect_line "wrote /elsewhere/90-sysctl-guard.json"
  sg_run "$SG_CHECK" doctor --root "$ROOT"
  expect_status 0
}

@test "CRI-O's directory by another path: no precreate stage in it" {
  requires
  make_root
  mkdir -p "$ROOT"/etc/{crio/hooks,containers}
  printf '[crio.runtime]\nhooks_dir = ["/etc/crio/hooks/"]\n' >"$ROOT/etc/crio/crio.conf"
  ln -s crio/hooks "$ROOT/etc/hooks"
  printf '[engine]\nhooks_dir = ["/etc/hooks"]\n' >"$ROOT/etc/containers/containers.conf"
  sg_install podman
  expect_status 0
  jq -e '.stages == ["createRuntime"]' "$ROOT/etc/crio/hooks/90-sysctl-guard.json"
}

@test "containerd: forms that cannot be extended, and a default runtime that would be missing" {
  requires
  local config=$BATS_TEST_TMPDIR/root/etc/containerd/config.toml
  local table='[plugins."io.containerd.grpc.v1.cri".containerd'
  make_root
  mkdir -p "${config%/*}" "$ROOT/etc/sysctl-guard"
  printf 'version = 2\n%s.runtimes]\nrunc = { runtime_type = "x" }\n' "$table" >"$config"
  refuses containerd "in a form to which nothing can be added"
  printf 'version = 2\n%s.runtimes.sysctl-guard]\nruntime_type = "x"\n' "$table" >"$config"
  refuses containerd "has a runtime 'sysctl-guard' that was not made"

  printf 'version = 2' >"$config"
  sg_install containerd
  printf '[debug]\n' >>"$config"
  sg_install containerd --uninstall
  expect_equal "$(cat "$config")" $'version = 2\n[debug]'

  echo '{"version": 1, "default": {"mode": "audit"}}' >"$ROOT/etc/sysctl-guard/policy.json"
  printf 'version = 2\n%s]\n' "$table" >"$config"
  sg_install containerd --all-containers --base-spec "$BATS_TEST_TMPDIR/config.json"
  expect_output 'default_runtime_name = "sysctl-guard"'
  sed -i '2a default_runtime_name = "sysctl-guard"' "$config"
  refuses containerd "would not load its CRI plugin" --uninstall
  sed -i '/^default_runtime_name/d' "$config"
  sg_install containerd --uninstall
  expect_status 0
  expect_equal "$(cat "$config")" "$(printf 'version = 2\n%s]' "$table")"
}

@test "containerd: SystemdCgroup of a drop-in" {
  requires
  make_root
  mkdir -p "$ROOT/etc/containerd/conf.d"
  printf 'version = 3\nimports = ["conf.d/*.toml"]\n' >"$ROOT/etc/containerd/config.toml"
  printf '%s\nSystemdCgroup = true\n' \
    "[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]" \
    >"$ROOT/etc/containerd/conf.d/10-cgroups.toml"
  sg_install containerd
  expect_status 0
  grep -q 'SystemdCgroup = true' "$ROOT/etc/containerd/conf.d/99-sysctl-guard.toml"
}

@test "installed again without --all-containers: it stays for all, and says so" {
  requires
  local engine before
  make_root
  mkdir -p "$ROOT/etc/sysctl-guard" "$ROOT/etc/containerd"
  printf 'version = 3\nimports = ["conf.d/*.toml"]\n' >"$ROOT/etc/containerd/config.toml"
  echo '{"version": 1, "default": {"mode": "audit"}}' >"$ROOT/etc/sysctl-guard/policy.json"
  for engine in podman docker; do
    sg_install "$engine" --all-containers
    expect_status 0
    before=$(tree)
    sg_install "$engine"
    expect_line "$engine: already installed, nothing written"
    expect_output "note: it guards all containers, as it did before"
    expect_equal "$(tree)" "$before"
  done
}

@test "containerd for all containers: only by a base specification, which stays" {
  requires
  local before
  make_root
  mkdir -p "$ROOT/etc/sysctl-guard" "$ROOT/etc/containerd"
  printf 'version = 3\nimports = ["conf.d/*.toml"]\n' >"$ROOT/etc/containerd/config.toml"
  echo '{"version": 1, "default": {"mode": "audit"}}' >"$ROOT/etc/sysctl-guard/policy.json"
  before=$(tree)
  sg_install containerd --all-containers
  expect_status 1
  expect_output "give the output of ctr oci spec with --base-spec"
  expect_equal "$(tree)" "$before"
  sg_install containerd --all-containers --base-spec "$BATS_TEST_TMPDIR/config.json"
  expect_status 0
  before=$(tree)
  sg_install containerd
  expect_status 1
  expect_equal "$(tree)" "$before"
}

@test "directories are everybody's to read, whatever the umask" {
  requires
  make_root
  rm -r "${ROOT:?}/usr/share"
  (umask 077 && sg_install podman && expect_status 0)
  expect_equal "$(stat -c %a "$ROOT/usr/share" "$ROOT/usr/share/containers/oci/hooks.d" | sort -u)" 755
}

@test "docker --all-containers: the wrapper guards a container without annotations, and nothing is left of it" {
  requires wrapper
  local before settings
  make_root
  make_configs
  mkdir -p "$ROOT/etc/sysctl-guard"
  echo '{"version": 1, "default": {"mode": "audit"}}' >"$ROOT/etc/sysctl-guard/policy.json"
  before=$(files)
  sg_install docker --all-containers
  expect_status 0
  expect_line "wrote /etc/sysctl-guard/runtime.json"
  jq -e '."default-runtime" == "sysctl-guard"' "$ROOT/etc/docker/daemon.json"
  settings=$(cat "$ROOT/etc/sysctl-guard/runtime.json")
  install_wrapper
  make_bundle
  set_args access net/ipv4/ip_forward=1
  sg_run with_settings "$settings" \
    "$WRAPPER" --root "$BATS_TEST_TMPDIR/state" run --bundle "$BUNDLE" "$ID"
  expect_line "net/ipv4/ip_forward=1: EPERM, now 0"
  sg_install docker --all-containers
  expect_line "docker: already installed, nothing written"
  sg_install docker --uninstall
  expect_status 0
  expect_equal "$(files)" "$before"
}

@test "docker --all-containers beside another default runtime: chained, and byte for byte as before afterwards" {
  requires
  local before
  make_root
  mkdir -p "$ROOT"/etc/{sysctl-guard,docker} "$ROOT/usr/local/bin"
  echo '{"version": 1, "default": {"mode": "audit"}}' >"$ROOT/etc/sysctl-guard/policy.json"
  # As NVIDIA's tool writes it.
  printf '{\n    "default-runtime": "nvidia",\n    "runtimes": {\n        "nvidia": {\n            "args": [],\n            "path": "nvidia-container-runtime"\n        }\n    }\n}' \
    >"$ROOT/etc/docker/daemon.json"
  refuses docker "which is in no directory of programs" --all-containers
  cp /bin/true "$ROOT/usr/local/bin/nvidia-container-runtime"
  before=$(files)
  sg_install docker --all-containers
  expect_status 0
  expect_line "note: the default runtime \"nvidia\" is now started by ours: '/usr/local/bin/nvidia-container-runtime'"
  jq -e '."default-runtime" == "sysctl-guard" and .runtimes.nvidia' "$ROOT/etc/docker/daemon.json"
  jq -e '.allContainers and .runtime == "/usr/local/bin/nvidia-container-runtime"' "$ROOT/etc/sysctl-guard/runtime.json"
  sg_run "$SG_CHECK" doctor --root "$ROOT"
  sg_install docker --all-containers
  expect_line "docker: already installed, nothing written"
  sg_install docker --uninstall
  expect_status 0
  expect_equal "$(files)" "$before"
  echo '{"version": 1, "runtime": "/usr/bin/crun"}' >"$ROOT/etc/sysctl-guard/runtime.json"
  refuses docker "the runtime is '/usr/bin/crun', and Docker's default runtime is 'nvidia'" --all-containers
  rm "$ROOT/etc/sysctl-guard/runtime.json"
  sed -i 's/"args": \[\]/"runtimeArgs": ["--debug"]/' "$ROOT/etc/docker/daemon.json"
  refuses docker "is not a path alone" --all-containers
}

# --- real Podman ---------------------------------------------------------------------------------

# A prefix that is root's, as an installation has it.
make_prefix() {
  PREFIX=$BATS_TEST_TMPDIR/prefix
  mkdir -p "$PREFIX"/{bin,libexec/oci/hooks.d}
  cp "$SG_CHECK" "$PREFIX/bin/"
  cp "$HOOK" "$PREFIX/libexec/oci/hooks.d/"
  SHARE=$BATS_TEST_TMPDIR/share
  mkdir -p "$SHARE"
  cp -a /usr/share/containers/. "$SHARE/"
  rm -rf "$SHARE/oci"
}

# With a copy of /usr/share/containers in its place.
with_share() {
  unshare -m --propagation private sh -c \
    'mount --bind "$1" /usr/share/containers && shift && exec "$@"' sh "$SHARE" "$@"
}

# What is in the test's directory cdi stands in the place of /run/cdi.
podman_() {
  mkdir -p "$BATS_TEST_TMPDIR/cdi" /run/cdi
  CGROUPS=v2 in_cgroups "$(command -v unshare)" -m --propagation private sh -c '
    mount --bind "$1" /usr/share/containers && mount --bind "$2" /run/cdi && shift 2 &&
      exec "$@"' sh "$SHARE" "$BATS_TEST_TMPDIR/cdi" \
    podman --root "$BATS_TEST_TMPDIR/storage" --runroot "$BATS_TEST_TMPDIR/run" \
    --tmpdir "$BATS_TEST_TMPDIR/tmp" --storage-driver vfs --cgroup-manager cgroupfs \
    --events-backend file --runtime "$RUNTIME" "$@"
}

# podman_run ARGUMENTS...
podman_run() {
  sg_run podman_ run --rm --network none --pids-limit 0 --ulimit nofile=1024:1024 \
    --ulimit nproc=1024:1024 --cap-add NET_ADMIN "$@"
}

import_image() {
  [[ -d $BATS_FILE_TMPDIR/rootfs ]] || make_rootfs "$BATS_FILE_TMPDIR/rootfs"
  tar -C "$BATS_FILE_TMPDIR/rootfs" -c . | podman_ import - "$kImage" >&2
}

@test "podman with the file that CRI-O gets: guards what has annotations, and nothing else" {
  requires podman
  make_prefix
  import_image
  sg_run with_share "$PREFIX/bin/sysctl-guard" install cri-o
  expect_status 0
  expect_line "wrote $kHooks"
  podman_run --security-opt unmask=/proc/sys \
    --annotation 'io.sysctl-guard.allow=net.ipv4.ip_forward=0|1' "$kImage" \
    access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
  # A list with a line break in it, and a key for another container: the hook is asked all the same.
  podman_run --security-opt unmask=/proc/sys \
    --annotation $'io.sysctl-guard.allow=net.ipv4.ip_forward\nnet.core.*' "$kImage" \
    access net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
  podman_run --security-opt unmask=/proc/sys \
    --annotation 'io.sysctl-guard.alow=net.ipv4.ip_forward' "$kImage" access net/ipv4/ip_forward
  expect_output "io.sysctl-guard.allow"
  podman_run --security-opt unmask=/proc/sys "$kImage" access net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"

  sg_run with_share "$PREFIX/bin/sysctl-guard" install cri-o --uninstall
  expect_line "removed $kHooks"
  [[ -z $(find "$SHARE/oci" -type f) ]] || fail_with "something is left"
  podman_run --security-opt unmask=/proc/sys \
    --annotation 'io.sysctl-guard.allow=net.ipv4.ip_forward=0|1' "$kImage" \
    access net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
}

@test "the CDI device default guards a container of Podman's" {
  requires podman
  make_root
  make_prefix
  import_image
  # Podman looks for specifications in /etc/cdi and /run/cdi.
  mkdir -p "$ROOT$PREFIX/libexec/oci/hooks.d"
  cp "$HOOK" "$ROOT$PREFIX/libexec/oci/hooks.d/"
  sg_install docker --hook "$PREFIX/libexec/oci/hooks.d/sysctl-guard-hook"
  expect_output "is not there"
  mkdir -p "$ROOT$PREFIX/bin"
  cp /bin/true "$ROOT$PREFIX/bin/sysctl-guard-runtime"
  sg_install docker --hook "$PREFIX/libexec/oci/hooks.d/sysctl-guard-hook"
  expect_status 0
  cp "$ROOT/etc/cdi/sysctl-guard.json" "$BATS_TEST_TMPDIR/cdi/"
  podman_run --security-opt unmask=/proc/sys --device sysctl-guard.io/policy=default \
    --annotation 'io.sysctl-guard.allow=net.ipv4.ip_forward=0|1' "$kImage" \
    access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: EPERM, now 64"
  podman_run --security-opt unmask=/proc/sys "$kImage" access net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_default_ttl=33: ok, now 33"
}

@test "podman: an annotation is all that a container needs" {
  requires podman
  make_prefix
  import_image
  sg_run with_share "$PREFIX/bin/sysctl-guard" install podman
  expect_status 0
  podman_run --annotation 'io.sysctl-guard.allow=net.ipv4.ip_forward=0|1' "$kImage" \
    access net/ipv4/ip_forward=1 net/ipv4/ip_default_ttl=33
  expect_line "net/ipv4/ip_forward=1: ok, now 1"
  expect_line "net/ipv4/ip_default_ttl=33: open:EROFS, now 64"
  podman_run "$kImage" access net/ipv4/ip_forward=1
  expect_line "net/ipv4/ip_forward=1: open:EROFS, now 0"
}

teardown() {
  local dir
  [[ -d $BATS_TEST_TMPDIR/run ]] || return 0
  podman_ rm --all --force --time 0 >&2
  rmdir --ignore-fail-on-non-empty /run/cdi
  dir=$(cgroup2_dir)/libpod_parent
  poll rm_cgroups "$dir"
}

# Podman leaves the parent it made. A cgroup that is somebody's stays.
rm_cgroups() {
  [[ ! -d $1 ]] || [[ -n $(find "$1" -maxdepth 1 -name 'libpod-*' -print -quit) ]] ||
    find "$1" -depth -type d -exec rmdir {} +
}
