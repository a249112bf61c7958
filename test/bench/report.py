# SPDX-License-Identifier: Apache-2.0
"""report.py - samples into the figures of one row, and rows into a table or a JSON document.

A figure is a ratio of two medians from one run. Its spread is that of the ratios of the single
rounds, where a round measured both, one right after the other: what slows the machine for a while
slows both.
Times are in nanoseconds.
"""

import json
import os
import platform
import statistics


class Unavailable(Exception):
    """What a row needs is not here; the text says what."""


def quartiles(samples):
    if len(samples) < 2:
        return samples[0], samples[0]
    low, _, high = statistics.quantiles(samples, n=4, method="inclusive")
    return low, high


def ratio(samples, base, paired=True):
    """How `samples` compares with `base`; paired: both were measured in the same rounds."""
    middle, middle_base = statistics.median(samples), statistics.median(base)
    each = [a / b for a, b in zip(samples, base)] if paired else [a / middle_base for a in samples]
    low, high = quartiles(each)
    return {"figure": middle / middle_base, "p25": low, "p75": high, "unit": "ratio",
            "runs": len(samples), "median_ns": middle, "base_ns": middle_base}


def duration(samples):
    """A time on its own; for rows without anything to compare with."""
    low, high = quartiles(samples)
    return {"figure": statistics.median(samples), "p25": low, "p75": high, "unit": "ns",
            "runs": len(samples)}


def amount(size, parts):
    return {"figure": size / 1024, "unit": "KiB", "runs": 1, "parts": parts}


def missing(reason, failed=False):
    return {"failed": reason} if failed else {"needs": reason}


def host():
    return {"kernel": platform.release(), "machine": platform.machine(), "cpus": os.cpu_count(),
            "load": os.getloadavg()}


def time_text(value):
    for unit, size in (("s", 1e9), ("ms", 1e6), ("us", 1e3)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value:.3g} ns"


def figure_text(row, key="figure"):
    if key not in row:
        return ""
    if row["unit"] == "ns":
        return time_text(row[key])
    return f"{row[key]:.1f} KiB" if row["unit"] == "KiB" else f"{row[key]:.2f}"


def target_text(row):
    if row.get("target") is None:
        return ""
    if row["target"] >= 1e6:  # no ratio, nor a size in KiB, is that large
        return time_text(row["target"])
    return f"{row['target']} KiB" if row.get("unit") == "KiB" else f"{row['target']:.2f}"


def line_of(row):
    """The cells of one row."""
    if "needs" in row or "failed" in row:
        why = f"needs {row['needs']}" if "needs" in row else f"FAILED: {row['failed']}"
        return [row["what"], "-", target_text(row), "", "", why]
    spread = f"{figure_text(row, 'p25')} - {figure_text(row, 'p75')}" if "p25" in row else ""
    note = row.get("note", "")
    if "median_ns" in row:
        medians = f"{time_text(row['median_ns'])} / {time_text(row['base_ns'])}"
        note = f"{medians}; {note}" if note else medians
    return [row["what"], figure_text(row), target_text(row), spread, str(row["runs"]), note]


def print_table(rows, before, after):
    title = ["what", "figure", "at most", "p25 - p75", "runs", "medians"]
    lines = [title] + [line_of(row) for row in rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(title) - 1)]
    for line in lines:
        cells = [line[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(line[1:-1], widths[1:])]
        print("  ".join(cells + [line[-1]]).rstrip())
    print(f"\nLinux {before['kernel']}, {before['cpus']} CPUs; load average "
          f"{before['load'][0]:.1f} before, {after['load'][0]:.1f} after")


def print_json(rows, before, after, quick):
    json.dump({"version": 1, "quick": quick, "host": before, "load_after": after["load"],
               "rows": rows}, fp=open(1, "w", closefd=False, encoding="utf-8"), indent=2)
    print()
