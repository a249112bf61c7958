# shellcheck shell=bash disable=SC2016
# SPDX-License-Identifier: Apache-2.0
# wrapper.bash - sysctl-guard-runtime for the integration tests, installed as root would install it.
#
# The build directory may belong to somebody else, and the wrapper takes no hook that does not belong to
# root. Loaded after helpers.

WRAPPER=$SG_BUILD_DIR/bin/sysctl-guard-runtime
have_wrapper() { [[ -x $WRAPPER ]]; }

# install_wrapper: sets PREFIX, and WRAPPER and HOOK to what is installed there. REAL is the real runtime.
install_wrapper() {
  PREFIX=$BATS_TEST_TMPDIR/prefix
  # shellcheck disable=SC2034  # for tests
  REAL=$RUNTIME
  install -D -m 755 -o root -g root "$WRAPPER" "$PREFIX/bin/sysctl-guard-runtime"
  install -D -m 755 -o root -g root "$HOOK" "$PREFIX/libexec/oci/hooks.d/sysctl-guard-hook"
  WRAPPER=$PREFIX/bin/sysctl-guard-runtime
  HOOK=$PREFIX/libexec/oci/hooks.d/sysctl-guard-hook
  RUNTIME=$WRAPPER
}

# closed_bundle [NAME]: make_bundle with a read-only /proc/sys, as engines have it.
closed_bundle() {
  make_bundle "$@"
  update_config '.linux.readonlyPaths |= ["/proc/sys"] + .'
}

is_open() { jq -e '.linux.readonlyPaths | index("/proc/sys") | not' config.json >/dev/null; }

# has_hook [COUNT]: config.json names our hook so often (once).
has_hook() {
  [[ $(jq --arg hook "$HOOK" '[.hooks.createRuntime[]? | select(.path == $hook)] | length' \
    config.json) == "${1:-1}" ]]
}

# Nothing but what make_bundle and the tests put there.
no_temporary() { [[ -z $(find "$BUNDLE" -maxdepth 1 -name '.*' -type f) ]]; }

# with_node_policy TEXT COMMAND...: the same with TEXT as /etc/sysctl-guard/policy.json.
with_node_policy() {
  in_cgroups unshare -m --propagation private sh -c 'mount -t tmpfs none /etc && mkdir /etc/sysctl-guard &&
    printf %s "$1" >/etc/sysctl-guard/policy.json && shift && exec "$@"' sh "$@"
}

# with_settings TEXT COMMAND...: with TEXT as /etc/sysctl-guard/runtime.json, in an /etc of its own.
# SETTINGS_MODE is that of the directory.
with_settings() {
  unshare -m --propagation private sh -c 'mount -t tmpfs none /etc && mkdir /etc/sysctl-guard &&
    printf %s "$1" >/etc/sysctl-guard/runtime.json && chmod "${SETTINGS_MODE:-755}" /etc/sysctl-guard && shift && exec "$@"' sh "$@"
}
