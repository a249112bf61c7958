#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# headers.sh - every header compiles alone.
#
# Each header of hook/ is the whole of a C++20 source. Those of bpf/ are shared between the kernel and
# user space, so each is also compiled as C11 and for the BPF target. Every header is included
# twice, which finds a missing include guard.
#
# Run at the repository root. BUILD names the build directory (default build), where the skeleton is.
# Prints the compiler's file:line for each breach and exits 1.
set -u

build=${BUILD:-build}
# -isystem for bpf/: its table ends in a flexible array, which C++ knows as an extension only.
cxx=("${CXX:-g++}" -x c++ -std=c++20 -Wall -Wextra -Wconversion -Wshadow -Wpedantic -Werror
	-fsyntax-only -I hook -isystem bpf)
c11=("${CC:-gcc}" -x c -std=c11 -Wall -Wextra -Werror -fsyntax-only -I bpf)
bpf=("${BPF_CLANG:-clang}" -x c -target bpf -mcpu=v3 -O2 -Wall -Wextra -Werror -fsyntax-only -I bpf)
# The BPF target has no multiarch directory of its own; <linux/types.h> needs <asm/types.h>.
bpf+=(-idirafter "/usr/include/$(uname -m)-linux-gnu")

failed=0
compile() { # compile HEADER COMMAND...
	local header=$1
	shift
	if ! printf '#include "%s"\n#include "%s"\n' "$header" "$header" | "$@" -; then
		echo "$header:1: does not compile alone with: $1 ${*: -1}"
		failed=1
	fi
}

[[ -d hook && -d bpf ]] || {
	echo "headers.sh: no hook/ and bpf/ here: run it at the repository root"
	exit 1
}

# What hook/kernel/record_image.cpp wrote, for the headers that name its constants.
cxx+=(-isystem "$build/hook/include/kernel")
skeleton=$(find "$build" -name 'sysctl_guard.skel.h' -print -quit 2>/dev/null)
while IFS= read -r header; do
	if [[ $header == hook/kernel/guard_skel.h ]]; then
		if [[ -z $skeleton ]]; then
			echo "$header:1: no skeleton below $build/: build first, or set BUILD"
			failed=1
			continue
		fi
		compile "${header#hook/}" "${cxx[@]}" -isystem "$(dirname "$skeleton")"
	else
		compile "${header#hook/}" "${cxx[@]}"
	fi
done < <(find hook -name '*.h' | sort)

while IFS= read -r header; do
	name=${header#bpf/}
	# Helpers of the BPF programs themselves need the kernel's helpers and are compiled with them.
	[[ $name == *_abi.h || $name == dfa_walk.h ]] || continue
	compile "$name" "${cxx[@]}"
	compile "$name" "${c11[@]}"
	compile "$name" "${bpf[@]}"
done < <(find bpf -name '*.h' | sort)
exit "$failed"
