#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs inside a machine: the .bats files of this directory with some engines, one after the other.
#
#   inside.sh DRIVER CGROUPS TESTS/ENGINE/RUNTIME...
#
# TESTS is `all`, or the tag of those that are run.
# systemd.bats is for machines with it. The tests of a file that has an engine's name are for that engine alone, of
# ENGINE-RUNTIME.bats and ENGINE-DRIVER.bats for it with that runtime or driver. Prints `PASS NAME` or `FAIL NAME` for each test, NAME with the combination before it, and what a failed
# test said.
set -euo pipefail
cd "$(dirname "$0")"

# Longest time for one combination, in seconds. The longest takes a tenth of it where nothing else runs.
limit=1800

# The files of all engines, and those of the one of the environment. Of `cri`, `host` and `recipes` there are only their own.
tests() {
  local file
  case $ENGINE in
    cri | host | recipes) ;;
    *)
      printf '%s\n' [0-9]*.bats
      [ "$DRIVER" != systemd ] || echo systemd.bats
      ;;
  esac
  for file in "$ENGINE.bats" "$ENGINE-$RUNTIME.bats" "$ENGINE-$DRIVER.bats"; do
    [ ! -f "$file" ] || echo "$file"
  done
}

versions() {
  local version
  case $ENGINE in
    podman) version=$(podman --version) ;;
    docker | docker-cdi) version=$(dockerd --version) ;;
    containerd | containerd-base-spec | cri) version=$(containerd --version) ;;
    *) version= ;;
  esac
  echo "# $label: ${version:+$version, }$("$RUNTIME" --version | head -n 1)"
}

# Where there is no journal: /dev/log is the only place where a runtime that hides a hook's output shows it.
start_syslog() {
  busybox syslogd -n -O "$ENGINE_DIR/syslog" &
  syslog=$!
}

# run_one: everything with the engine of the environment. Fails after it has said which.
run_one() {
  local files filter results=$ENGINE_DIR/results
  mapfile -t files < <(tests)
  rm -rf "$ENGINE_DIR"
  mkdir -p "$ENGINE_DIR"
  syslog=
  [ "$DRIVER" = systemd ] || start_syslog
  # shellcheck source=test/engines/helpers.bash
  . ./helpers.bash
  versions
  make_rootfs "$ENGINE_DIR/rootfs"
  mkdir "$ENGINE_DIR/rootfs/run"
  if ! engine_start >"$ENGINE_DIR/start" 2>&1; then
    cat "$ENGINE_DIR/start" "$ENGINE_DIR"/*.log || true
    echo "FAIL $label: the engine starts"
    return 1
  fi
  filter=()
  [ "$TESTS" = all ] || filter=(--filter-tags "$TESTS")
  timeout "$limit" bats --formatter tap "${filter[@]}" "${files[@]}" 2>&1 </dev/null |
    sed -uE -e "s|^ok [0-9]+ (.*) # skip ?(.*)|SKIP $label: \1 (\2)|" -e "s|^ok [0-9]+ |PASS $label: |" \
      -e "s|^not ok [0-9]+ |FAIL $label: |" | tee "$results" || true
  if [ "$(plan)" != "$(grep -cE '^(PASS|FAIL|SKIP) ' "$results")" ]; then
    echo "FAIL $label: all of its tests end within $limit s"
    return 1
  fi
  engine_stop >"$ENGINE_DIR/stop" 2>&1 || {
    cat "$ENGINE_DIR/stop"
    echo "FAIL $label: the engine stops"
    return 1
  }
  [ -z "$syslog" ] || kill "$syslog"
  ! grep -q '^FAIL ' "$results"
}

# The number of tests that bats began with.
plan() { sed -n 's/^1\.\.//p' "$ENGINE_DIR/results"; }

main() {
  local driver=$1 cgroups=$2 combination TESTS status=0
  shift 2
  export ENGINE RUNTIME DRIVER=$driver ENGINE_DIR=/run/sg-engine
  for combination; do
    IFS=/ read -r TESTS ENGINE RUNTIME <<<"$combination"
    label=$ENGINE/$RUNTIME/$driver/$cgroups
    (run_one) || status=1
  done
  return "$status"
}

main "$@"
