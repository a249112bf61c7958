#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# shell.sh - shellcheck over every shell file: *.sh, *.bash, *.bats, and files that begin with #!.
#
# Run at the repository root. Prints file:line for each finding and exits 1.
set -u

command -v shellcheck >/dev/null || {
	echo "shell.sh: shellcheck is not installed"
	exit 1
}

files=()
while IFS= read -r -d '' file; do
	case ${file##*/} in
	*.sh | *.bash | *.bats) files+=("$file") ;;
	*.*) ;;
	*)
		head -c 64 "$file" | head -n 1 | tr -d '\0' | grep -qE '^#!.*[/ ](ba|da)?sh' &&
			files+=("$file")
		;;
	esac
done < <(find . -type d \( -name .git -o -name 'build*' \) -prune -o -type f -print0 | sort -z)

((${#files[@]})) || {
	echo "shell.sh: no shell files found: run it at the repository root"
	exit 1
}

# -x follows `source`; the directory of the script is where sourced files are looked for. SC2016 is left out:
# jq programs and what a container's shell runs stand in single quotes on purpose.
if ! shellcheck -x -e SC2016 -P SCRIPTDIR -f gcc -- "${files[@]}"; then
	exit 1
fi
