#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# tidy.sh - clang-tidy 14 over the sources of hook/, by .clang-tidy.
#
#   test/lint/tidy.sh          the layers that the last commit and the working tree change, as many as go within TIDY_SECONDS (100)
#   test/lint/tidy.sh --all    all of them, however long it takes: about four minutes on two cores
#
# BUILD is a build directory, whose compile_commands.json is read (build). Run at the repository root. Prints
# file:line for each finding, and how many sources there was no time for; exits 1 for a finding.
set -u

command -v clang-tidy >/dev/null || {
	echo "tidy.sh: clang-tidy is not installed"
	exit 1
}
build=${BUILD:-build}
[[ -r $build/compile_commands.json ]] || {
	echo "tidy.sh: there is no $build/compile_commands.json: build first, and name the directory in BUILD"
	exit 1
}

# Layers of hook/ in which something differs from the commit before the last one.
changed_layers() {
	{
		git diff --name-only HEAD~1 -- hook || git ls-files hook
		git ls-files --others --exclude-standard hook
	} 2>/dev/null | sed -nE 's|^(hook/[^/]+)/.*|\1|p' | sort -u
}

limit=${TIDY_SECONDS:-100}
layers=()
if [[ ${1:-} == --all ]]; then
	layers=(hook)
	limit=100000
else
	mapfile -t layers < <(changed_layers)
fi
((${#layers[@]})) || exit 0

export build end=$((EPOCHSECONDS + limit))
out=$(mktemp)
trap 'rm -f "$out"' EXIT
# shellcheck disable=SC2016  # the inner shell expands it
find "${layers[@]}" -name '*.cpp' | sort | xargs -P "$(nproc)" -n 1 bash -c '
	((EPOCHSECONDS < end)) || { echo "late $1"; exit 0; }
	clang-tidy --quiet -p "$build" "$1" 2>/dev/null
	(($? < 2)) || echo "$1:1: error: clang-tidy itself failed"' tidy >"$out"
# Not what clang 14 cannot read in the headers of g++ 12.
found=$(sed "s|^$PWD/||" "$out" | grep -E '^hook/.*: (error|warning): ' | sort -u)
late=$(grep -c '^late ' "$out")
((late == 0)) || echo "tidy.sh: no time for $late sources; test/lint/tidy.sh --all looks at all of them"
[[ -z $found ]] || {
	echo "$found"
	exit 1
}
