# shellcheck shell=bash disable=SC2016
# SPDX-License-Identifier: Apache-2.0
# podman.bash - Podman for the integration tests, with everything of it in the test's directory.
#
# It runs on cgroup v2 alone, in a private mount namespace where the host has version 1 beside it; images
# are made from the tests' root file system. Loaded after helpers, whose teardown it replaces.

PODMAN_IMAGE=localhost/sg-test:1
# No limits: setting one needs CAP_SYS_RESOURCE or a controller that version 2 may lack here.
PODMAN_RUN=(--network none --pids-limit 0 --ulimit nofile=1024:1024 --ulimit nproc=1024:1024
  --cap-add NET_ADMIN)

podman_() {
  CGROUPS=v2 in_cgroups podman --root "$BATS_TEST_TMPDIR/root" --runroot "$BATS_TEST_TMPDIR/run" \
    --tmpdir "$BATS_TEST_TMPDIR/tmp" --storage-driver vfs --cgroup-manager cgroupfs \
    --events-backend file --runtime "$RUNTIME" --hooks-dir "$BATS_TEST_TMPDIR/hooks.d" "$@"
}

# make_podman [STAGE...]: an image, a name, and the hook registered at the stages (createRuntime).
make_podman() {
  mkdir -p "$BATS_TEST_TMPDIR/hooks.d"
  (($#)) || set -- createRuntime
  register_hook "$HOOK" "$@"
  [[ -d $BATS_FILE_TMPDIR/rootfs ]] || make_rootfs "$BATS_FILE_TMPDIR/rootfs"
  tar -C "$BATS_FILE_TMPDIR/rootfs" -c . | podman_ import - "$PODMAN_IMAGE" >&2
  NAME=sg-podman-$$-$BATS_TEST_NUMBER
}

# register_hook PROGRAM STAGE...: in the hooks directory.
register_hook() {
  local program=$1
  shift
  jq -n --arg path "$program" '
    {version: "1.0.0", hook: {path: $path, args: ["sysctl-guard-hook"]}, when: {always: true},
     stages: $ARGS.positional}' --args -- "$@" >"$BATS_TEST_TMPDIR/hooks.d/50-sysctl-guard.json"
}

# podman_run NAME ARGUMENTS...
podman_run() {
  local name=$1
  shift
  sg_run podman_ run --name "$name" "${PODMAN_RUN[@]}" "$@"
}

# podman_start ARGUMENTS...: a container that lives until it is deleted. Sets ID.
podman_start() {
  podman_ run --name "$NAME" --detach "${PODMAN_RUN[@]}" "$@" "$PODMAN_IMAGE" sleep 100000 \
    </dev/null >"$BATS_TEST_TMPDIR/id" 2>&1 3>&- || {
    cat "$BATS_TEST_TMPDIR/id" >&2
    return 1
  }
  ID=$(tail -n 1 "$BATS_TEST_TMPDIR/id")
  SG_IDS+=("$ID")
}

# podman_config NAME: the config.json that the runtime was given last.
podman_config() {
  cat "$(podman_ inspect --format '{{.OCIConfigPath}}' "$1")"
}

teardown() { teardown_podman; }

teardown_podman() {
  local left=0 id
  [[ -d $BATS_TEST_TMPDIR/root ]] || return 0
  podman_ rm --all --force --time 0 >&2 || left=1
  for id in "${SG_IDS[@]}"; do
    poll no_guard_of "$id" || left=1
  done
  # conmon ends a moment after its container.
  poll rm_cgroups || left=1
  return "$left"
}

# Podman leaves the parents it made. A cgroup that is somebody's stays.
rm_cgroups() {
  local dir
  dir=$(cgroup2_dir)/libpod_parent
  [[ ! -d $dir ]] || [[ -n $(find "$dir" -maxdepth 1 -name 'libpod-*' -print -quit) ]] ||
    find "$dir" -depth -type d -exec rmdir {} +
}
