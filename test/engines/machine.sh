#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs a command in a throwaway machine: a root of its own, and every namespace that a host has.
#
#   machine.sh [-r ROOT] v2|hybrid|systemd COMMAND...
#
#   -r        the root, a directory that is only read, without our programs
#   v2        cgroup v2 alone, without an init system
#   hybrid    cgroup v1 as this machine has it, with v2 beside it
#   systemd   cgroup v2 alone, with systemd as the init system; COMMAND is a service
#
# Without -r the root is make_root.sh's, with our programs installed below /usr as `cmake --install` does, and a layer over
# it that is thrown away. COMMAND is run as root from /sg/repo, which is this repository; /sg/build is
# ${SG_BUILD_DIR:-build}; both can only be read. It gets the environment's SG_* variables and no others. Exits as COMMAND does. Nothing survives: its processes
# end with their PID namespace, its mounts with them, and its cgroups are below one that is removed here.
set -euo pipefail
# shellcheck source=test/support/scripts.sh
. "$(dirname "$0")/../support/scripts.sh"

# The cgroup of the machine. Who runs several can tell them from those of others.
name=sg-machine-${SG_MACHINES:-$$}

# The cgroups that are made for the machine, and those that its first process joins.
made=()
joined=()
trap clean_up EXIT

# Longest wait for the kernel to take back the cgroups of processes that have ended.
deadline=20

# cgroup_dirs KIND: this process' own directory in each hierarchy the machine is to have.
cgroup_dirs() {
  local kind=$1 number controllers path mount
  while IFS=: read -r number controllers path; do
    if [ "$number" = 0 ]; then
      mount=$(findmnt -n -o TARGET -t cgroup2 | tail -n 1)
    elif [ "$kind" = hybrid ]; then
      mount=$(findmnt -n -o TARGET -t cgroup -O "$controllers" | tail -n 1)
    else
      continue
    fi
    [[ -n $mount && -d $mount$path ]] || die "no mount shows the cgroup $path of $controllers"
    realpath "$mount$path"
  done </proc/self/cgroup
}

# make_cgroup PARENT: for the processes of the machine. That of version 2 has none of the controllers that
# this host has, whatever those are: crun refuses a hybrid host that has some. A cpuset of version 1
# takes no process before it has CPUs.
make_cgroup() {
  local dir=$1/$name file
  made+=("$dir")
  mkdir "$dir"
  if [ -e "$dir/cgroup.controllers" ]; then
    dir+=/root
    mkdir "$dir"
  else
    for file in cpuset.cpus cpuset.mems; do
      [ ! -e "$1/$file" ] || cat "$1/$file" >"$dir/$file"
    done
  fi
  joined+=("$dir")
}

# remove_cgroup DIRECTORY: with what engines have left in it.
remove_cgroup() {
  local end=$((SECONDS + deadline))
  until find "$1" -depth -type d -exec rmdir {} + 2>/dev/null || [ ! -d "$1" ]; do
    [ $SECONDS -lt $end ] || {
      echo "${0##*/}: the cgroup $1 is in use" >&2
      return 1
    }
    read -r -t 0.1 <> <(:) || true
  done
}

# run KIND ROOT COMMAND...: in the cgroups of `joined`, which the cgroup namespace then has as its roots.
run() {
  local dir
  for dir in "${joined[@]}"; do
    echo "$BASHPID" >"$dir/cgroup.procs"
  done
  exec unshare --mount --propagation private --pid --fork --kill-child --net --ipc --uts --cgroup \
    "$repo_dir/test/engines/machine_init.sh" "$work_dir/machine" "$build" "$@"
}

# install_programs BUILD: what a package would put below /usr, root's and readable for everybody.
install_programs() {
  umask 022
  DESTDIR=$work_dir/installed cmake --install "$1" --prefix /usr >"$work_dir/log" || {
    cat "$work_dir/log" >&2
    die "the build $1 cannot be installed"
  }
}

# However it ends. The processes of a machine end with the first of them.
clean_up() {
  local status=$? dir
  trap - EXIT INT TERM
  # shellcheck disable=SC2046  # process ids
  kill $(jobs -p) 2>/dev/null || true
  wait
  for dir in "${made[@]}"; do
    remove_cgroup "$dir" || status=1
  done
  rm -rf "$work_dir"
  exit "$status"
}

main() {
  local root='' kind dir build
  if [ "${1:-}" = -r ]; then
    root=${2:-}
    shift 2
  fi
  kind=${1:-}
  [[ $kind =~ ^(v2|hybrid|systemd)$ && $# -gt 1 ]] ||
    die "usage: machine.sh [-r ROOT] v2|hybrid|systemd COMMAND..."
  [ "$EUID" = 0 ] || die "run it as root"
  build=$(cd "$repo_dir" && realpath "${SG_BUILD_DIR:-build}")
  mkdir "$work_dir/machine"
  if [ -z "$root" ]; then
    root=$("$repo_dir/test/engines/make_root.sh")
    exec 9<"$root.lock"
    flock --shared 9
    install_programs "$build"
    root=$work_dir/installed:$root
  fi
  cgroup_dirs "$kind" >"$work_dir/cgroups"
  while IFS= read -r dir; do
    make_cgroup "$dir"
  done <"$work_dir/cgroups"
  run "$kind" "$root" "${@:2}" &
  wait $!
}

main "$@"
