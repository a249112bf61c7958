#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""table.py - what differs between the kernels of walked.tsv, as the table of docs/sysctls.md.

table.py >FILE. Names with one beginning and one history are one row.
"""

import pathlib
import sys

WORD = {"w": "writable", "r": "read-only", "a": "absent", "-": "not there"}


def history(letters, kernels):
    """"5.10 absent, 6.12 read-only": from which kernel on it is so."""
    parts, last = [], None
    for letter, kernel in zip(letters, kernels):
        if letter != last:
            parts.append(f"{kernel} {WORD[letter]}")
        last = letter
    return ", ".join(parts)


def main():
    lines = pathlib.Path(__file__).with_name("walked.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    kernels, rows = rows[0][1:], rows[1:]
    groups = {}
    for name, initial, private, _, _ in rows:
        if len(set(initial)) > 1 or len(set(private)) > 1:
            groups.setdefault((name.rsplit("/", 1)[0], initial, private), []).append(name.rsplit("/", 1)[1])
    print("| sysctl | on the host | in a namespace of its own |\n|---|---|---|")
    for (folder, initial, private), leaves in sorted(groups.items()):
        print(f"| `{folder}/`: {', '.join(f'`{leaf}`' for leaf in leaves)} | {history(initial, kernels)} | "
              f"{history(private, kernels)} |")
    return 0


sys.exit(main())
