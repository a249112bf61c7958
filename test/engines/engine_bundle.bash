# shellcheck shell=bash disable=SC2016,SC2034,SC2153,SC2154
# SPDX-License-Identifier: Apache-2.0
# engine_bundle.bash - the runtime alone, with bundles from ../integration/helpers.bash, which name the hook and
# have a writable /proc/sys.

INSTALLED=
OPENS=
ASKED=

engine_sysctls() {
  printf '%s\n' 'net/ipv4/ping_group_range|0 0|0	0|0 1'
}

engine_start() { :; }
engine_stop() { :; }

register_hook() { NAMED=1; }
unregister_hook() { NAMED=; }

runtime() {
  local options=()
  [[ $DRIVER == cgroupfs ]] || options=(--systemd-cgroup)
  "$RUNTIME" "${options[@]}" --root "$BATS_TEST_TMPDIR/state" "$@"
}

bundle() {
  local annotation
  make_bundle "${NAME#sg-"$$"-}"
  for annotation in "${ANNOTATIONS[@]}"; do
    update_config --arg key "${annotation%%=*}" --arg value "${annotation#*=}" \
      '.annotations[$key] = $value'
  done
  update_config '.linux.sysctl["net.ipv4.ping_group_range"] = "0 0"'
  [[ $DRIVER == cgroupfs ]] ||
    update_config --arg id "$ID" '.linux.cgroupsPath = "sgt-test.slice:sg:" + $id'
  [[ -z $NAMED ]] || add_hook createRuntime
}

engine_run() {
  bundle
  run_container "$@"
}

engine_up() {
  bundle
  set_args "$@"
  detached runtime run --detach --bundle "$BUNDLE" "$ID"
}

engine_exec() { sg_run runtime exec "$ID" "$@"; }

engine_restart() {
  runtime delete --force "$ID"
  detached runtime run --detach --bundle "$BUNDLE" "$ID"
}

engine_remove() {
  local id
  for id in "${SG_IDS[@]}"; do
    runtime delete --force "$id" || true
  done
}

engine_id() { :; }
engine_pid() { container_pid; }

engine_cgroup() {
  if [[ $DRIVER == cgroupfs ]]; then
    echo "/$ID"
  else
    echo "/sgt.slice/sgt-test.slice/sg-$ID.scope"
  fi
}
