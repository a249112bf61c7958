#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""draw.py - a transcript on standard input into an SVG of a terminal on standard output.

A line that begins with `#` is a remark, one with `$` and what continues it a command, any other what a command printed.
"""

import sys
from xml.sax.saxutils import escape

WIDTH, HEIGHT, MARGIN = 8.4, 20, 16  # of a character, of a line, round the text
COLOURS = {"remark": "#7f8c98", "command": "#ffffff", "output": "#c8d0d8", "refusal": "#ff8170"}
REFUSALS = ("Read-only file system", "not permitted", "denied")


def kind_of(line, before):
    if line.startswith("#"):
        return "remark"
    if line.startswith("$") or (before[0] == "command" and before[1].endswith("\\")):
        return "command"
    return "refusal" if any(text in line for text in REFUSALS) else "output"


def main():
    lines = sys.stdin.read().rstrip("\n").expandtabs().split("\n")
    width = 2 * MARGIN + WIDTH * max(map(len, lines))
    height = 2 * MARGIN + HEIGHT * len(lines)
    print("<!-- SPDX-License-Identifier: Apache-2.0. Made by make.sh. -->")
    print(f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}" '
          'font-family="monospace" font-size="14">')
    print('<rect width="100%" height="100%" rx="8" fill="#1c2128"/>')
    before = ("", "")
    for number, line in enumerate(lines):
        before = (kind_of(line, before), line)
        weight = ' font-weight="bold"' if before[0] == "command" else ""
        y = MARGIN + HEIGHT * number + 14
        print(f'<text x="{MARGIN}" y="{y}" xml:space="preserve" fill="{COLOURS[before[0]]}"{weight}>'
              f"{escape(line)}</text>")
    print("</svg>")


main()
