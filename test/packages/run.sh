#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Makes the packages, twice; lints them; installs the .rpm below an empty directory; reads the man pages, runs the
# completions. What the .deb lives through is lives.sh's.
#
#   SG_BUILD_DIR=build test/packages/run.sh
#
# Prints `PASS NAME` or `FAIL NAME` for each test. No container is run here.
set -euo pipefail
# shellcheck source=test/support/scripts.sh
. "$(dirname "$0")/../support/scripts.sh"
build=$(realpath "${SG_BUILD_DIR:-$repo_dir/build}")

# make DIRECTORY GENERATOR: a package of the build.
make() {
  mkdir -p "$1"
  cpack --config "$build/CPackConfig.cmake" -G "$2" -B "$1" >"$1.log" 2>&1 || {
    cat "$1.log"
    return 1
  }
}

same_bytes() {
  make "$work_dir/one" "$1"
  touch "$build"/bin/sysctl-guard*
  make "$work_dir/two" "$1"
  cmp "$work_dir"/one/*."${1,,}" "$work_dir"/two/*."${1,,}"
}

# So they are the same wherever they are built; packaging/release.sh builds them at two places.
no_paths() {
  dpkg-deb -x "$work_dir"/one/*.deb "$work_dir/content"
  ! grep -raF -e "$repo_dir" -e "$build" "$work_dir/content"
}

rpm_below() {
  mkdir -p "$work_dir/rpm.root"
  rpm --root "$work_dir/rpm.root" --initdb
  rpm --root "$work_dir/rpm.root" -i --nodeps --noscripts "$work_dir"/one/*.rpm
  "$work_dir/rpm.root/usr/libexec/oci/hooks.d/sysctl-guard-hook" --version
  rpm --root "$work_dir/rpm.root" -e --noscripts sysctl-guard
  [[ ! -e $work_dir/rpm.root/usr/bin/sysctl-guard ]]
}

# What the links and the compilations really took, by Debian's packages.
what_is_inside() {
  local name
  "$repo_dir/packaging/spdx.py" "$build" >"$work_dir/spdx.json"
  for name in libbpf-dev libelf-dev zlib1g-dev libc6-dev rapidjson-dev 'libstdc\+\+-[0-9]+-dev'; do
    grep -qE "\"name\": \"$name\"" "$work_dir/spdx.json" || { echo "not named: $name" && return 1; }
  done
  # The completed command alone uses it.
  ! grep -q '"name": "libtomlplusplus-dev"' "$work_dir/spdx.json"
}

# The widths of lines are those of the sources, which are no errors.
man_pages() {
  local said
  said=$(mandoc -T lint -W warning "$build"/packaging/man/*.8 2>&1) || true
  [[ -z $said ]] || { echo "$said"; return 1; }
}

# completed WORD...: what bash offers for the last word.
completed() {
  # shellcheck disable=SC2016  # the inner shell expands it
  PATH=$work_dir/with_guards:$build/bin:$PATH bash --norc -c 'source "$0"; COMP_WORDS=(sysctl-guard "$@"); COMP_CWORD=$#
    _sysctl_guard; printf "%s\n" "${COMPREPLY[@]}"' "$build/packaging/completions/sysctl-guard.bash" "$@"
}

completions() {
  [[ $(completed insta) == install ]]
  [[ $(completed install p) == podman ]]
  [[ $(completed check --pos) == --position ]]
  [[ $(completed check --annotation io.sysctl-guard.deny-) == io.sysctl-guard.deny-read= ]]
  [[ -z $(completed check --position x) ]]
  touch "$work_dir/with a blank"
  [[ $(completed check --file "$work_dir/with") == "$work_dir/with a blank" ]]
  [[ $(completed doctor --policy = "$work_dir/with") == "$work_dir/with a blank" ]]
  # Of those below /usr, the directory that Debian's zsh reads.
  [[ -f $work_dir/content/usr/share/zsh/vendor-completions/_sysctl-guard ]]
}

# What `list` would say: the ID that crun takes, and the names that pods have.
completed_containers() {
  mkdir "$work_dir/with_guards"
  cat >"$work_dir/with_guards/sysctl-guard" <<EOF
#!/bin/sh
cat <<'END'
{
  "guards": [
    {"id": "7b1f", "name": null, "namespace": null, "pod": null, "sandbox": false, "engineName": "router"},
    {"id": "8c2a", "name": "wg", "namespace": "default", "pod": "vpn", "sandbox": false, "engineName": null},
    {"id": "\$(touch $work_dir/run)", "name": "*", "namespace": null, "pod": null, "sandbox": false, "engineName": "~"}
  ]
}
END
EOF
  chmod +x "$work_dir/with_guards/sysctl-guard"
  [[ $(completed show '' | xargs) == '7b1f router 8c2a default/vpn/wg' ]]
  [[ $(completed events --container r) == router ]]
  [[ ! -e $work_dir/run ]]
}

main() {
  # CPack gives this to the packages of its own accord; a caller's would hide whether it does.
  unset SOURCE_DATE_EPOCH
  # So that lintian and rpmlint see that no mode depends on it.
  umask 0077
  verdict "two .deb of one build have the same bytes" same_bytes DEB
  verdict "two .rpm of one build have the same bytes" same_bytes RPM
  verdict "no path of the build is in the packages" no_paths
  verdict "lintian and rpmlint find nothing that has no reason" "$repo_dir/packaging/lint.sh" "$work_dir"/one/*.{deb,rpm}
  verdict "the .rpm installs below a directory and goes" rpm_below
  verdict "the list of what is in the static programs" what_is_inside
  verdict "mandoc finds no fault with the man pages" man_pages
  verdict "completions in bash, and where zsh finds them" completions
  verdict "completions of containers run nothing of what these are called" completed_containers
  return "$failed"
}

main
