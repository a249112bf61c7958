#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# image-root.sh - what is in the image of the node agent: a build and some files of this Debian become a root directory.
#
#   image-root.sh BUILD DIR      BUILD has bin/ with the programs, DIR is made
#
# Nothing is downloaded: busybox-static is the shell, the libraries are those that BUILD was linked with.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
applets=(cat chmod cmp cp cut echo grep kill ln mkdir mv rm rmdir sh sleep stat sync)

main() {
  local build=$1 dir=$2 applet library
  [[ ! -e $dir ]] || fail "$dir is there already: remove it"
  # A busybox with libraries would need them in the image too.
  [[ $(ldd "$(command -v busybox)" 2>&1) == *"not a dynamic"* ]] || fail "no static busybox: apt install busybox-static"
  mkdir -p "$dir"/{bin,config,host,run,textfile,tmp}
  install -D -m 755 -t "$dir/usr/bin" "$build"/bin/sysctl-guard{,-runtime}
  install -D -m 755 -t "$dir/usr/libexec/oci/hooks.d" "$build/bin/sysctl-guard-hook"
  install -m 755 "$here/node-agent.sh" "$dir/usr/bin/node-agent"
  install -m 755 "$(command -v busybox)" "$dir/bin/busybox"
  for applet in "${applets[@]}"; do ln -s busybox "$dir/bin/$applet"; done
  while read -r library; do
    install -D -m 755 "$library" "$dir$library"
  done < <(ldd "$build/bin/sysctl-guard" | grep -o '/[^ ]*')
}

fail() {
  echo "image-root.sh: $1" >&2
  exit 1
}

(($# == 2)) || fail "usage: image-root.sh BUILD DIR"
main "$@"
