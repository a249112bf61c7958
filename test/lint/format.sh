#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# format.sh - every source of bpf/, hook/ and test/ is as clang-format 14 writes it, by the .clang-format above it.
#
# Run at the repository root. Prints file:line for each place that differs, and exits 1. `test/lint/format.sh --fix` writes them anew.
set -u

command -v clang-format >/dev/null || {
	echo "format.sh: clang-format is not installed"
	exit 1
}
action=(--dry-run --Werror)
[[ ${1:-} != --fix ]] || action=(-i)

find bpf hook test \( -name '*.h' -o -name '*.c' -o -name '*.cpp' \) -print0 |
	xargs -0 clang-format "${action[@]}" 2>&1 | grep -E ': (error|warning):' | head -100
exit "${PIPESTATUS[1]}"
