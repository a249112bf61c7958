#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""dashboard.py - a Grafana dashboard on standard input into an SVG on standard output, without Grafana.

dashboard.py PROMETHEUS SECONDS

Each panel stands where the dashboard has it and shows what Prometheus answers to its queries: `stat` the last numbers,
`timeseries` a line for each series of the last SECONDS, `table` the rows. Rates are of 10 seconds, in place of
$__rate_interval.
"""

import json
import re
import sys
import time
import urllib.parse
import urllib.request
from xml.sax.saxutils import escape

COLUMN, ROW, GAP = 46, 34, 6  # of the dashboard's grid of 24 columns
COLOURS = ["#73bf69", "#f2cc0c", "#5794f2", "#ff780a", "#b877d9", "#e02f44"]
STEP = 2


def ask(server, kind, **arguments):
    url = f"{server}/api/v1/{kind}?" + urllib.parse.urlencode(arguments)
    with urllib.request.urlopen(url, timeout=20) as answer:
        return json.load(answer)["data"]["result"]


def answers(server, target, kind, end, seconds):
    query = target["expr"].replace("$__rate_interval", "10s").replace("$instance", ".*")
    if kind == "query":
        return ask(server, kind, query=query, time=end)
    return ask(server, kind, query=query, start=end - seconds, end=end, step=STEP)


def legend(target, labels):
    said = target.get("legendFormat") or ""
    return re.sub(r"{{(\w+)}}", lambda found: labels.get(found[1], ""), said).strip()


def number(value):
    return f"{float(value):.3g}"


def text(x, y, said, colour="#c8d0d8", size=12, anchor="start"):
    print(f'<text x="{x:.0f}" y="{y:.0f}" fill="{colour}" font-size="{size}" text-anchor="{anchor}">{escape(said)}</text>')


def draw_stat(panel, x, y, width, height, found):
    values = [(legend(target, row["metric"]), row["value"][1]) for target, rows in found for row in rows]
    for i, (name, value) in enumerate(values or [("", "")]):
        middle = x + width * (2 * i + 1) / (2 * max(len(values), 1))
        text(middle, y + height - 34, number(value) + (" s" if panel["fieldConfig"]["defaults"].get("unit") == "s" else "")
             if value else "no data", COLOURS[i], 26 if value else 14, "middle")
        text(middle, y + height - 12, name, anchor="middle")


def draw_lines(_panel, x, y, width, height, found, end, seconds):
    series = [(legend(target, row["metric"]), row["values"]) for target, rows in found for row in rows]
    top = max([float(value) for _, values in series for _, value in values] or [0]) or 1
    left, right, above, below = x + 44, x + width - 12, y + 34, y + height - 22 - 16 * max(len(series), 1)
    for share in (0, 0.5, 1):
        level = below - share * (below - above)
        print(f'<path d="M{left} {level:.1f}H{right}" stroke="#3a424d"/>')
        text(left - 6, level + 4, number(top * share), size=10, anchor="end")
    text(left, below + 14, f"{seconds} s ago", size=10)
    text(right, below + 14, "now", size=10, anchor="end")
    if not series:
        text((left + right) / 2, (above + below) / 2, "no data", anchor="middle", size=14)
    for i, (name, values) in enumerate(series):
        gap = 2.5 * STEP  # a series that pauses is not drawn through the pause
        path, last = "", None
        for at, value in values:
            across = left + (right - left) * (1 - (end - float(at)) / seconds)
            up = below - (below - above) * float(value) / top
            path += f'{"L" if last is not None and at - last < gap else "M"}{across:.1f} {up:.1f}'
            last = at
        print(f'<path d="{path}" fill="none" stroke="{COLOURS[i % 6]}" stroke-width="1.5"/>')
        text(left, y + height - 8 - 16 * (len(series) - 1 - i), f"{name}, {number(values[-1][1])} a second",
             COLOURS[i % 6])


def draw_table(_panel, x, y, width, height, found):
    rows = [(row["metric"], row["value"][1]) for _, results in found for row in results]
    names = sorted({name for labels, _ in rows for name in labels}) + ["Value"]
    for column, name in enumerate(names):
        across = x + 12 + (width - 24) * column / len(names)
        text(across, y + 44, name, "#7f8c98")
        for line, (labels, value) in enumerate(rows[: (int(height) - 52) // 18]):
            text(across, y + 64 + 18 * line, number(value) if name == "Value" else labels.get(name, ""))


def main():
    server, seconds, end = sys.argv[1], int(sys.argv[2]), time.time()
    panels = json.load(sys.stdin)["panels"]
    width = 24 * COLUMN + GAP
    height = ROW * max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in panels) + GAP
    print("<!-- SPDX-License-Identifier: Apache-2.0. Made by dashboard.sh. -->")
    print(f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif">')
    print('<rect width="100%" height="100%" fill="#111419"/>')
    for panel in panels:
        place = panel["gridPos"]
        x, y = place["x"] * COLUMN + GAP, place["y"] * ROW + GAP
        box = (x, y, place["w"] * COLUMN - GAP, place["h"] * ROW - GAP)
        print(f'<rect x="{x}" y="{y}" width="{box[2]}" height="{box[3]}" rx="3" fill="#1c2128"/>')
        text(x + 10, y + 20, panel["title"], "#ffffff", 13)
        kind = "query_range" if panel["type"] == "timeseries" else "query"
        found = [(target, answers(server, target, kind, end, seconds)) for target in panel["targets"]]
        if panel["type"] == "timeseries":
            draw_lines(panel, *box, found, end, seconds)
        else:
            {"stat": draw_stat, "table": draw_table}[panel["type"]](panel, *box, found)
    print("</svg>")


main()
