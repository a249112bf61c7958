#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# node-agent.sh - a DaemonSet's program: brings one node of a cluster to what the image and the ConfigMap say.
#
#   node-agent install   one pass: programs, node policy and handler are put where they differ, unless the policy is refused
#   node-agent remove    one pass: all of that is taken back; what containers still run stays
#   node-agent metrics   one pass: what guards have counted, for the node exporter's textfile collector
#   node-agent loop PASS one pass after the other, with PAUSE seconds between; prints what a pass says
#                        where it differs from what the pass before said. SIGTERM ends it and changes nothing
#   node-agent status    the readiness probe: what the last pass failed at, and 1; or nothing, and 0
#
# The node's directories are mounted below /host, the ConfigMap at /config. Each file is written beside its place and
# renamed over it, after it was checked: whoever reads it, at whatever moment, reads the old or the new one.
set -eu
umask 022

host=/host
prefix=/opt/sysctl-guard # on the node
hook=$prefix/libexec/oci/hooks.d/sysctl-guard-hook
runtime=$prefix/bin/sysctl-guard-runtime
policy=$host/etc/sysctl-guard/policy.json
# Made by the first pass: a hard link to the policy that the node had, or an empty file that says it had none.
policy_before=$policy.before
policy_none=$policy.none-before
textfile=/textfile/sysctl-guard.prom
# What each container was started by, as containerd's shim writes it down; mounted for `remove` alone.
tasks=$host/run/containerd/io.containerd.runtime.v2.task
state=/run/node-agent

fail() {
  echo "node-agent: $1" >&2
  exit 1
}

engine() { sysctl-guard install containerd --root "$host" "$@"; }

# --- install -------------------------------------------------------------------------------------

# What is there before the first pass is somebody else's. The node policy is kept; a handler of another installation could
# not be put back.
keep_what_was_there() {
  [ ! -e "$policy_before" ] && [ ! -e "$policy_none" ] || return 0
  plan=$(engine --uninstall --dry-run)
  case $plan in
    *"would "*) fail "the node has sysctl-guard from elsewhere: run \`sysctl-guard install containerd --uninstall\` there first" ;;
  esac
  if [ -e "$policy" ]; then
    ln "$policy" "$policy_before"
    echo "the node's own policy is kept as ${policy_before#"$host"}"
  else
    : >"$policy_none"
  fi
}

# put FILE PLACE: FILE, which stands beside PLACE, becomes PLACE.
put() {
  sync "$1"
  mv -f "$1" "$2"
  echo "put ${2#"$host"}"
}

# differs FILE PLACE MODE: whether PLACE has other bytes than FILE, another mode or another owner than root. The hook believes
# no policy that others can write.
differs() { ! cmp -s "$1" "$2" || [ "$(stat -c '%a %u' "$2")" != "$3 0" ]; }

# Who may write a directory of the programs may put another program there.
put_directories() {
  for dir in bin libexec libexec/oci libexec/oci/hooks.d; do
    dir=$host$prefix/$dir
    mkdir -p "$dir"
    if [ "$(stat -c %a "$dir")" != 755 ]; then
      chmod 755 "$dir"
      echo "put right the mode of ${dir#"$host"}"
    fi
  done
}

put_program() {
  if differs "$1" "$host$2" 755; then
    cp "$1" "$host$2.new"
    chmod 755 "$host$2.new"
    put "$host$2.new" "$host$2"
  fi
}

# The hook refuses every container while the node policy has a mistake. So nothing is put, programs neither, before the
# policy that will hold was checked: the one in place, or a copy of the ConfigMap's beside it, which then takes its place.
check_policy() {
  rm -f "$policy.new"
  [ -f /config/policy.json ] || fail "the ConfigMap has no policy.json: the node stays as it is"
  checked=$policy
  if differs /config/policy.json "$policy" 600; then
    checked=$policy.new
    (umask 077 && cp /config/policy.json "$checked")
    chmod 600 "$checked"
  fi
  if ! sysctl-guard check --policy "$checked"; then
    rm -f "$policy.new"
    fail "the policy.json of the ConfigMap is refused: the node stays as it is"
  fi
}

# The handler last: it names the programs, and what it starts is limited by the policy.
install() {
  keep_what_was_there
  check_policy
  put_directories
  put_program /usr/libexec/oci/hooks.d/sysctl-guard-hook "$hook"
  put_program /usr/bin/sysctl-guard-runtime "$runtime"
  [ "$checked" = "$policy" ] || put "$checked" "$policy"
  engine --hook "$hook"
}

# --- remove --------------------------------------------------------------------------------------

# The handler first. containerd knows it until it is restarted; without the hook it starts no container that would be
# guarded, so that the node policy can go. The runtime stays as long as a container runs that is stopped by it.
remove() {
  engine --uninstall
  rm -f "$host$hook" "$host$hook.new" "$host$runtime.new" "$policy.new"
  if [ -e "$policy_before" ]; then
    mv -f "$policy_before" "$policy"
    rm -f "$policy_before" # mv leaves it where both are one file
  elif [ -e "$policy_none" ]; then
    rm -f "$policy"
    rm -f "$policy_none"
  fi
  [ -e "$host$runtime" ] || return 0
  [ -d "$tasks" ] || fail "${tasks#"$host"} is not mounted: $runtime stays, since containers may need it"
  users=$(grep -lsF "$runtime" "$tasks"/*/*/options.json | cut -d / -f 6-7)
  [ -z "$users" ] || fail "$runtime stays until these containers are deleted: $users"
  rm -f "$host$runtime"
  (cd "$host$prefix" && rmdir -p bin libexec/oci/hooks.d)
  echo "removed"
}

# -------------------------------------------------------------------------------------------------

metrics() { sysctl-guard metrics --output "$textfile"; }

# A pass is a process of its own: the first command in it that fails ends it, and not the loop.
loop() {
  mkdir -p "$state"
  said=
  sleeper=
  trap 'kill $sleeper 2>/dev/null || true; exit 0' TERM INT
  while true; do
    if now=$("$0" "$1" 2>&1); then
      : >"$state/ready"
    else
      rm -f "$state/ready"
    fi
    echo "$now" >"$state/said"
    [ "$now" = "$said" ] || echo "$now"
    said=$now
    sleep "${PAUSE:-15}" &
    sleeper=$!
    wait "$sleeper"
  done
}

status() {
  [ ! -e "$state/ready" ] || return 0
  cat "$state/said" 2>/dev/null || echo "no pass has ended yet"
  return 1
}

case $#:${1:-} in
  1:install | 1:remove | 1:metrics | 1:status) "$1" ;;
  2:loop) loop "$2" ;;
  *) fail "install, remove, metrics, status, or loop with one of the first three" ;;
esac
