#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""mirror.py - every source of hook/ has its unit test, path for path, or names the test that covers it.

hook/<folder>/<stem>.cpp is tested by test/unit/<folder>/<stem>_test.cpp. What is system calls alone, or does
nothing without a container, says in its head comment "Tested by test/...": that file must be there. The main
files are exempt, which only call what is tested. Who has both has one too many.

Run at the repository root. Prints file:line for each breach and exits 1.
"""

import pathlib
import re
import sys

NAMED = re.compile(r"^// Tested by (test/\S+)\.$", re.MULTILINE)


def main():
    found = []
    sources = sorted(pathlib.Path("hook").rglob("*.cpp"))
    if not sources:
        print("mirror.py: no sources in hook/: run it at the repository root")
        return 1
    for path in sources:
        if path.parts[1] == "programs" and path.name.endswith("_main.cpp"):
            continue
        test = pathlib.Path("test/unit", path.parent.relative_to("hook"), f"{path.stem}_test.cpp")
        named = NAMED.search(path.read_text(encoding="utf-8"))
        if named and test.is_file():
            found.append(f"{path}:1: has a unit test, and names {named[1]} besides")
        elif named and not pathlib.Path(named[1]).is_file():
            found.append(f"{path}:1: names {named[1]}, which does not exist")
        elif not named and not test.is_file():
            found.append(f"{path}:1: has no unit test {test}, and names no test that covers it")
        elif not named and "TEST_CASE" not in test.read_text(encoding="utf-8"):
            found.append(f"{test}:1: holds no TEST_CASE")
    for text in found:
        print(text)
    return 1 if found else 0


sys.exit(main())
