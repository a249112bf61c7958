#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# demo.sh - a real container under a real policy: what it tries, what happens, and why.
#
#   sudo examples/demo.sh [--no-build]
#
# Installs what it needs (Debian 12 or later), builds, and runs examples/bundle/ with runc twice, first
# without the hook and then with it. What happens is compared with what `sysctl-guard check` says.
# Everything that it made besides the build directory is gone afterwards. Exit 1: something did not happen
# as `check` says.
#
#   SG_BUILD_DIR   the build directory (build)
set -euo pipefail
cd "$(dirname "$0")/.."

build=$(realpath -m "${SG_BUILD_DIR:-build}")
hook=$build/bin/sysctl-guard-hook
id=sysctl-guard-demo-$$
work=

# What the container tries. All of it is the container's own but the last, which is the host's: that one
# is tried with the value it has, so nothing changes even where nobody guards it.
core_pattern=$(cat /proc/sys/kernel/core_pattern)
attempts=(
  net.ipv4.ip_forward=1
  net.ipv4.ip_forward=0
  net.ipv4.ip_forward=2
  net.ipv4.conf.lo.rp_filter=1
  net.ipv4.conf.lo.rp_filter=2
  net.ipv4.conf.all.forwarding=1
  kernel.domainname=lab7
  kernel.domainname=evil
  net.ipv4.ip_default_ttl=33
  net.ipv4.ip_default_ttl=64
  net.core.somaxconn=77
  net.core.somaxconn
  kernel.shmmax=4096
  "kernel.core_pattern=$core_pattern"
)

if [[ -t 1 && -z ${NO_COLOR:-} && ${TERM:-dumb} != dumb ]]; then
  bold=$'\e[1m' green=$'\e[32m' red=$'\e[31m' plain=$'\e[0m'
else
  bold='' green='' red='' plain=''
fi

die() {
  echo "demo.sh: $*" >&2
  exit 1
}

heading() { printf '\n%s%s%s\n\n' "$bold" "$1" "$plain"; }

clean_up() {
  local status=$?
  trap - EXIT INT TERM
  cd /
  if [[ -n $work ]]; then
    for name in free guarded mistake; do
      runc --root "$work/state" delete --force "$id-$name" >/dev/null 2>&1 || true
    done
    rm -rf "$work"
  fi
  # With sudo the build belongs to the one who called it, who may go on with it.
  [[ -z ${SUDO_UID:-} || ! -d $build ]] || chown -R "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" "$build"
  exit "$status"
}

# quietly LOG COMMAND...: its output only if it fails.
quietly() {
  local log=$work/log
  "$@" >"$log" 2>&1 </dev/null || {
    cat "$log" >&2
    die "failed: $*"
  }
}

prepare() {
  ((EUID == 0)) || die "run it as root: sudo examples/demo.sh"
  (($# == 0)) || [[ $# -eq 1 && $1 == --no-build ]] || {
    echo "usage: sudo examples/demo.sh [--no-build]" >&2
    exit 2
  }
  [[ ${1:-} == --no-build ]] || {
    test/install_packages.sh build demo
    echo "building into $build ..."
    CMAKE_GENERATOR=Ninja quietly cmake -B "$build"
    quietly cmake --build "$build" -j "$(nproc)" --target sysctl-guard --target sysctl-guard-hook
  }
  [[ -x $hook ]] || die "there is no $hook: run it without --no-build"
  findmnt -t cgroup2 >/dev/null ||
    die "no cgroup v2 hierarchy is mounted: mount -t cgroup2 cgroup2 /sys/fs/cgroup"
}

# make_bundle NAME JQ: examples/bundle with a root file system, changed by JQ.
make_bundle() {
  local bundle=$work/$1 applet
  mkdir -p "$bundle"/rootfs/{bin,dev,proc}
  cp "$(command -v busybox)" "$bundle/rootfs/bin/busybox"
  for applet in sh cat tr echo; do ln -s busybox "$bundle/rootfs/bin/$applet"; done
  cp examples/bundle/attempts.sh "$bundle/rootfs/attempts.sh"
  jq --arg hook "$hook" --arg group "/$id-$1" \
    ".linux.cgroupsPath = \$group | .hooks.createRuntime[0].path = \$hook | $2" \
    examples/bundle/config.json >"$bundle/config.json"
}

# run_bundle NAME: the container's output; its standard input is the list of attempts.
run_bundle() {
  printf '%s\n' "${attempts[@]}" |
    runc --root "$work/state" run --bundle "$work/$1" "$id-$1" 2>&1
}

show_policy() {
  heading "The policy, from the container's annotations (examples/bundle/config.json)"
  jq -r '(.annotations | to_entries[] | "  \(.key): \(.value)"),
    (.linux.sysctl | to_entries[] | "  linux.sysctl: \(.key)=\(.value)")' "$work/guarded/config.json"
}

# colour WORD WIDTH: WORD in its colour, in a column.
colour() {
  local tint=$red
  case $1 in done | allow) tint=$green ;; esac
  printf '%s%-*s%s ' "$tint" "$2" "$1" "$plain"
}

# table FREE GUARDED CHECK: files with one line for each attempt. Prints how many disagree at the end.
table() {
  local access free guarded verdict rule source why expected number=0 wrong=0
  heading "What the container tried: with an open /proc/sys, guarded, and by check"
  printf '%s%-30s %-7s %-7s %-5s %s%s\n' "$bold" attempt open guarded check because "$plain"
  while IFS=$'\t' read -r free guarded verdict rule source; do
    access=${attempts[number++]}
    case $source in
      - | '') [[ $access == *=* ]] && why="no rule allows it" || why="no rule denies the read" ;;
      *.allow) why=$rule ;;
      *.deny*) why="deny $rule" ;;
      *) why=$source ;;
    esac
    printf '%-30.30s ' "$access"
    colour "$free" 7
    colour "$guarded" 7
    colour "$verdict" 5
    echo "$why"
    expected=refused
    [[ $verdict != allow ]] || expected="done"
    [[ $guarded == "$expected" ]] || wrong=$((wrong + 1))
  done < <(paste "$1" "$2" "$3")
  echo
  ((wrong == 0)) || die "$wrong attempts did not end as check says"
  echo "All ${#attempts[@]} ended as check says. check needs no container: it walks the same table."
}

show_table() {
  run_bundle free >"$work/free.out" || die "the container did not run: $(cat "$work/free.out")"
  run_bundle guarded >"$work/guarded.out" || die "the container did not run: $(cat "$work/guarded.out")"
  "$build/bin/sysctl-guard" check --json --bundle "$work/guarded" "${attempts[@]}" \
    >"$work/check.json" || (($? == 1)) || die "check failed: $(cat "$work/check.json")"
  jq -r '.accesses[] | [.verdict, .rule // "-", .source // "-"] | @tsv' "$work/check.json" \
    >"$work/check.out"
  table "$work/free.out" "$work/guarded.out" "$work/check.out"
}

show_mistake() {
  heading "A mistake in an annotation: the container does not start"
  echo "  io.sysctl-guard.alow: net.ipv4.ip_forward=0|1"
  echo
  if run_bundle mistake >"$work/mistake.out"; then die "the container with a mistake started"; fi
  sed -n 's/.*stderr: \(sysctl-guard: .*\)\\n.*/\1/p' "$work/mistake.out" | fold -s -w 78 |
    sed 's/^/  /' | grep . || die "no message: $(cat "$work/mistake.out")"
}

main() {
  work=$(mktemp -d "${TMPDIR:-/tmp}/sg-demo.XXXXXX")
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  prepare "$@"
  make_bundle free 'del(.hooks)'
  make_bundle guarded .
  make_bundle mistake '.annotations = {"io.sysctl-guard.alow": "net.ipv4.ip_forward=0|1"}'
  show_policy
  show_table
  show_mistake
  heading "Next"
  echo "  docs/policy.md         how to write a policy"
  echo "  docs/threat-model.md   what this does not protect from"
  echo "  README.md              how to install the hook"
}

main "$@"
