# SPDX-License-Identifier: Apache-2.0
#
# Containers of a real runtime, with the hook at either stage: what they may write, what they may
# not, what the runtime itself writes for them, and what is left afterwards. The control is the same
# container without the hook.
# shellcheck shell=dash
set -euo pipefail
# shellcheck source=test/kernel/matrix/guest/lib/guarded.sh
. "$(dirname "$0")/lib/guarded.sh"

bundle=/run/bundle
allow='net.ipv4.ip_forward=0|1,net.ipv4.conf.*.rp_filter=1'
admin='"CAP_NET_ADMIN"'
policy="\"io.sysctl-guard.allow\": \"$allow\", \"io.sysctl-guard.deny\": \"net.core.*\""

# Each access, with what is expected of it in a guarded container, whose ttl runc has set to 33.
cat >/run/guarded <<'ACCESSES'
net/ipv4/ip_forward=1: ok, now 1
net/ipv4/ip_forward=0: ok, now 0
net/ipv4/ip_forward=2: EPERM, now 0
net/ipv4/conf/lo/rp_filter=1: ok, now 1
net/ipv4/conf/lo/rp_filter=0: EPERM, now 1
net/ipv4/conf/all/forwarding=1: EPERM, now 0
net/core/somaxconn=77: EPERM, now 4096
net/ipv4/ip_default_ttl: ok, now 33
net/ipv4/ip_default_ttl=34: EPERM, now 33
net/ipv4/ip_default_ttl=33: ok, now 33
kernel/shmmni=77: EPERM, now 4096
kernel/shmmni: ok, now 4096
kernel/cap_last_cap=1: open:EACCES, now 40
ACCESSES
sed 's/: .*//' /run/guarded >/run/accesses

# make_bundle ANNOTATIONS [STAGE]: a container that carries out the accesses, then sleeps.
make_bundle() {
  hooks=
  [ $# -lt 2 ] || hooks="\"$2\": [{\"path\": \"$hook\"}]"
  rm -f "$bundle/rootfs/first"
  cat >"$bundle/config.json" <<CONFIG
{
  "ociVersion": "1.0.2",
  "process": {
    "cwd": "/", "args": ["sh", "-c", "access \$(cat /accesses) >/first; exec sleep 100000"],
    "env": ["PATH=/bin"], "user": {"uid": 0, "gid": 0},
    "capabilities": {
      "bounding": [$admin], "effective": [$admin], "permitted": [$admin], "inheritable": []
    }
  },
  "root": {"path": "rootfs"},
  "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}],
  "annotations": {$1},
  "hooks": {$hooks},
  "linux": {
    "cgroupsPath": "/box", "sysctl": {"net.ipv4.ip_default_ttl": "33"},
    "namespaces": [{"type": "pid"}, {"type": "network"}, {"type": "ipc"}, {"type": "uts"},
      {"type": "mount"}]
  }
}
CONFIG
}

# shellcheck disable=SC2317  # poll calls it
has_run() { grep -q "^kernel/cap_last_cap=" "$bundle/rootfs/first" 2>/dev/null; }

start() { runc run --detach --bundle "$bundle" box </dev/null >/run/said 2>&1; }

# The accesses, first by the container's own process, then by one that is exec'd.
run_accesses() {
  start || { cat /run/said; exit 1; }
  poll has_run
  # shellcheck disable=SC2016  # the container's shell expands
  runc exec box sh -c 'access $(cat /accesses)' >/run/second
}

finish() {
  runc delete --force box
  expect "the container's cgroup is gone" "" "$(ls -d "$cgroups/box" 2>/dev/null)"
  expect_guards 0
}

# refused WHAT PART EXIT: runc does not start the container of the bundle and says why.
refused() {
  begun=0
  start || begun=$?
  expect "$1: runc run" 1 "$begun"
  grep -o 'sysctl-guard: .*' /run/said || true
  expect "$1: our lines" 1 "$(grep -c 'sysctl-guard: ' /run/said)"
  expect_part "$1" "$2" "$(cat /run/said)"
  expect_part "$1" "exit status $3" "$(cat /run/said)"
  expect "$1: containers" "" "$(ls /run/runc)"
  [ ! -e "$bundle/rootfs/first" ] || expect "$1: the process" "never ran" "ran"
  expect_guards 0
}

mkdir -p "$bundle/rootfs/bin" "$bundle/rootfs/proc" "$bundle/rootfs/dev"
cp /bin/busybox /test/bin/attempts /test/bin/access "$bundle/rootfs/bin"
for applet in sh cat sleep; do ln -s busybox "$bundle/rootfs/bin/$applet"; done
cp /run/accesses "$bundle/rootfs/accesses"

# Without the hook whatever is refused below is applied.
make_bundle ''
run_accesses
while IFS= read -r line; do
  case $line in
    *EPERM*) access=${line%%:*} && echo "$access: ok, now ${access#*=}" ;;
  esac
done </run/guarded >/run/wanted
while IFS= read -r line; do
  grep -q -x "$line" /run/second || expect "without a guard" "$line" "$(cat /run/second)"
done </run/wanted
finish

for stage in prestart createRuntime; do
  make_bundle "$policy" "$stage"
  run_accesses
  expect_guards 1
  expect "$stage: the first process" "$(cat /run/guarded)" "$(cat "$bundle/rootfs/first")"
  expect "$stage: an exec'd process" "$(cat /run/guarded)" "$(cat /run/second)"
  finish
done

make_bundle '"io.sysctl-guard.allow": "net..x"' createRuntime
refused "a mistake" "annotation io.sysctl-guard.allow: 'net..x'" 65
make_bundle "$policy" createContainer
refused "a wrong stage" "pid 1" 69

echo "$(wc -l </run/guarded) accesses, at $(program_name)"
exit "$failed"
