# shellcheck shell=bash disable=SC2016
# SPDX-License-Identifier: Apache-2.0
# own_run.bash - a mount namespace with a /run of its own, where our bpffs is another one than this machine's.
#
# A test calls own_run, and runtime_there for its containers. Loaded after helpers.

# own_run: no guard has run there. Sets SPACE, whose end is the end of what is mounted there. This machine's goes first: what
# lies below another mount would be counted too.
own_run() {
  unshare -m --propagation private sh -c \
    'if mountpoint -q "$0"; then umount "$0"; fi && mount -t tmpfs -o mode=755 tmpfs /run && echo ready && exec sleep 100000' \
    "$BPF_DIR" >"$BATS_TEST_TMPDIR/ready" 2>&1 3>&- </dev/null &
  SPACE=$!
  SG_PIDS+=("$SPACE")
  poll grep -q ready "$BATS_TEST_TMPDIR/ready"
}

# there COMMAND...: in that namespace.
there() {
  nsenter -t "$SPACE" -m sh -c 'cd "$1" && shift && exec "$@"' sh "$PWD" "$@"
}

mounts_there() { there grep -cF " $BPF_DIR " /proc/self/mountinfo || true; }

# As a hook does it.
mount_there() {
  there install -d -m 700 "$RUN_DIR" "$BPF_DIR"
  there mount -t bpf -o mode=700 bpf "$BPF_DIR"
}

pins_there() { there find "$BPF_DIR" -name 'p-*' | wc -l; }

# From here on the runtime, and the hook that it runs, are there.
runtime_there() {
  cat >"$BATS_TEST_TMPDIR/runtime" <<SH
#!/bin/sh
exec nsenter -t $SPACE -m sh -c 'cd "\$1" && shift && exec $RUNTIME "\$@"' sh "\$PWD" "\$@"
SH
  chmod 755 "$BATS_TEST_TMPDIR/runtime"
  RUNTIME=$BATS_TEST_TMPDIR/runtime
}
