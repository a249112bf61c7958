#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""start_code.py - most of what the linker is told to put side by side is still there.

hook/programs/start_code.ld names sections of code. A name that is gone, as its function has another name or is
inlined, places nothing and breaks nothing: the hook only becomes slower bit by bit. Here at least three quarters
of the names have to place something, by the map that the linker wrote.

Run at the repository root, after a build. BUILD names the build directory (default build). Prints file:line for
a breach and exits 1.
"""

import os
import pathlib
import re
import sys

LIST = pathlib.Path("hook/programs/start_code.ld")
MAP = pathlib.Path(os.environ.get("BUILD", "build"), "hook/sysctl-guard-hook.map")
PATTERN = re.compile(r"^ +(\*\S*\([^()]+\))$", re.MULTILINE)
# A name, and what the linker placed for it: a section, maybe behind a gap.
PLACES = re.compile(r"^ (\*\S*\([^()]+\))\n(?: \*fill\* .*\n)* \.text", re.MULTILINE)


def main():
    if not MAP.is_file():
        print(f"{MAP}:1: is not there: build first, or set BUILD")
        return 1
    names = set(PATTERN.findall(LIST.read_text(encoding="utf-8")))
    used = names & set(PLACES.findall(MAP.read_text(encoding="utf-8")))
    if not names or len(used) < 0.75 * len(names):
        print(f"{LIST}:1: only {len(used)} of {len(names)} names are in the program: "
              "write it anew, sudo test/bench/start_code.py")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
