# SPDX-License-Identifier: Apache-2.0
#
# Never more than before, on this kernel: a container tries every file of /proc/sys, also from nested namespaces, with
# and without sysctl-guard. What succeeds with it alone is what `sysctl-guard check` permits by the limit.
# test/integration/never_more.py has all rows; here are one for each way that something is opened.
# shellcheck shell=dash
set -euo pipefail
# shellcheck source=test/kernel/matrix/guest/lib/guarded.sh
. "$(dirname "$0")/lib/guarded.sh"

bundle=/run/never
default='"CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_KILL"'
mkdir -p "$bundle/rootfs/bin" "$bundle/rootfs/proc" "$bundle/rootfs/dev" /run/asked /etc/sysctl-guard
cp /test/bin/try_all "$bundle/rootfs/bin"
# What a user namespace needs on the kernels that ask for it.
if [ -e /proc/sys/kernel/unprivileged_userns_clone ]; then echo 1 >/proc/sys/kernel/unprivileged_userns_clone; fi

# config ANNOTATIONS: config.json of the container, closed as engines close it.
config() {
  cat <<CONFIG
{
  "ociVersion": "1.0.2",
  "process": {
    "cwd": "/", "args": ["/bin/try_all"], "env": ["PATH=/bin"], "user": {"uid": 0, "gid": 0},
    "capabilities": {"bounding": [$default], "effective": [$default], "permitted": [$default]}
  },
  "root": {"path": "rootfs"},
  "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}],
  "annotations": {$1},
  "linux": {
    "cgroupsPath": "/never",
    "namespaces": [{"type": "pid"}, {"type": "network"}, {"type": "ipc"}, {"type": "uts"}, {"type": "mount"},
      {"type": "cgroup"}],
    "maskedPaths": ["/proc/kcore", "/proc/keys"],
    "readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]
  }
}
CONFIG
}

# try WHAT: the container of config.json; leaves what succeeded in /run/WHAT, one line each, without values.
try() {
  runc run --bundle "$bundle" never </dev/null >/run/tried 2>&1 || { cat /run/tried; exit 1; }
  expect "$1: everywhere" 6 "$(grep -c ' here$' /run/tried)"
  sed '/ here$/d' /run/tried | sort >"/run/$1"
}

# gained OPERATION: what succeeded with sysctl-guard and not without.
gained() {
  awk -v without=/run/without 'BEGIN { while ((getline line <without) > 0) old[line] } !($0 in old)' /run/with |
    sed -n "s/^[a-z]* $1 //p" | sort -u
}

# permitted FILE: its accesses are what an annotation that names them could have had.
permitted() {
  rm -f /run/part.*
  awk '{ print >("/run/part." int(NR / 100)) }' "$1"
  for part in /run/part.*; do
    [ -e "$part" ] || break
    config "\"io.sysctl-guard.allow\": \"$(sed 's/=.*//' "$part" | paste -s -d ,)\"" >/run/asked/config.json
    set --
    while IFS= read -r access; do set -- "$@" "$(printf '%b' "$access")"; done <"$part"
    code=0
    sysctl-guard check --policy /run/limit.json --bundle /run/asked -- "$@" >/run/said 2>&1 || code=$?
    [ "$code" -eq 0 ] || expect "$row: what check says" "all permitted" "$(grep -v '^allow' /run/said)"
  done
}

# check_row NAME POLICY ANNOTATIONS WRITTEN: WRITTEN is a sysctl that is writable now, or -.
check_row() {
  row=$1
  cp "$2" /etc/sysctl-guard/policy.json
  config "$3" | sed "s|\"linux\"|\"hooks\": {\"createRuntime\": [{\"path\": \"$hook\"}]}, \"linux\"|" |
    "$hook" >"$bundle/config.json"
  try with
  gained write >/run/written
  gained open | sed 's/$/=/' >/run/opened
  echo "$row: $(wc -l </run/written) written, $(wc -l </run/opened) opened"
  expect "$row: mounts" "" "$(gained mount)"
  permitted /run/written
  expect "$row: opened of the host" "" "$(grep -v -E "$own" /run/opened || true)"
  [ "$4" = - ] || expect "$row: $4" "$4" "$(sed -n "s|^\($4\)=.*|\1|p" /run/written)"
  [ "$4" != - ] || expect "$row: nothing" "0 0" "$(wc -l </run/written) $(wc -l </run/opened)"
}

config '' >"$bundle/config.json"
try without
try_all values >/run/before

# Both policies have the default limit. What is opened belongs to the container's own namespaces.
# since MAJOR MINOR: whether this kernel is that one or a later one.
since() { uname -r | awk -F. -v major="$1" -v minor="$2" '{ exit !($1 > major || ($1 == major && $2 + 0 >= minor)) }'; }
own='net/|kernel/(msg|sem|shm|auto_msgmni|hostname|domainname)|fs/mqueue/'
if since 6 3; then own="$own|vm/memfd_noexec"; fi
if since 6 14; then own="$own|kernel/pid_max"; fi
own="^($own)"
echo '{"version": 1}' >/run/none.json
cp /run/none.json /run/limit.json
check_row "no annotation" /run/none.json '' -
check_row "a file" /run/none.json '"io.sysctl-guard.allow": "net.ipv4.ip_forward=0|1"' net/ipv4/ip_forward
check_row "adopting" /test/node-policy/adopting.json '' -
check_row "audit first" /test/node-policy/audit-first.json '' net/ipv4/ip_forward

own='^(vm/max_map_count=|fs/inotify/max_user_watches=)'
echo '{"version": 1, "limit": {"host": ["vm.max_map_count", "fs.inotify.max_user_watches"]}}' >/run/host.json
cp /run/host.json /run/limit.json
check_row "one of the host" /run/host.json '"io.sysctl-guard.allow": "vm.max_map_count"' vm/max_map_count
rm -r /etc/sysctl-guard

try_all values >/run/after
expect "what the host has: a difference" "" "$(diff /run/before /run/after)"
expect_guards 0
exit "$failed"
