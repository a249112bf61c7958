#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""check_metrics.py - a strict reader of Prometheus' text format, version 0.0.4.

    check_metrics.py [--dashboard FILE] <METRICS

Each metric has one HELP and one TYPE before its samples, all of which stand together; counters end in
_total; labels are quoted with the three escapes there are; no series stands twice; every value is a
number. As strict as `promtool check metrics`, which is not everywhere. With --dashboard: the queries of
the Grafana dashboard use metrics, labels and values of `verdict` and `mode` that there are. Prints each breach
and exits 1.
"""

import json
import re
import sys

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)')
SAMPLE = re.compile(rf"({NAME})(?:\{{(.*)\}})? (-?[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?|[+-]Inf|NaN)")
VERDICTS = {"verdict": {"deny", "allow", "would-deny"}, "mode": {"enforce", "audit", "unknown"}}
# Written by node_exporter's textfile collector.
OTHERS = {"node_textfile_mtime_seconds": {"file"}}

found = []


def read_labels(text, line):
    labels = {}
    while text:
        match = LABEL.match(text)
        if not match or match.group(1) in labels:
            found.append(f"{line}: labels at '{text}'")
            return labels
        labels[match.group(1)] = match.group(2)
        text = text[match.end():]
    return labels


def read_metrics(text):
    """Metric -> the names of its labels."""
    if not text.endswith("\n"):
        found.append("no newline at the end")
    metrics, series, current = {}, set(), None
    helped, typed = set(), {}
    for number, line in enumerate(text.splitlines(), 1):
        if comment := re.fullmatch(rf"# (HELP|TYPE) ({NAME}) (.+)", line):
            word, name, rest = comment.groups()
            if word == "HELP" and name in helped or word == "TYPE" and (name in typed or name not in helped):
                found.append(f"{number}: {word} of {name} stands twice or in the wrong place")
            if word == "HELP":
                helped.add(name)
                current = name
                metrics[name] = set()
            else:
                typed[name] = rest
            if (typed.get(name) == "counter") != name.endswith("_total") and name in typed:
                found.append(f"{number}: counters and only they end in _total: {name}")
            continue
        sample = SAMPLE.fullmatch(line)
        if not sample:
            found.append(f"{number}: no sample: {line}")
            continue
        name, labels = sample.group(1), read_labels(sample.group(2) or "", number)
        if name != current or name not in typed:
            found.append(f"{number}: {name} is not below its own HELP and TYPE")
        key = (name, tuple(sorted(labels.items())))
        if key in series:
            found.append(f"{number}: twice: {line}")
        series.add(key)
        metrics.setdefault(name, set()).update(labels)
        for label, values in VERDICTS.items():
            if label in labels and labels[label] not in values:
                found.append(f"{number}: {label} is {labels[label]}")
    return metrics


def expressions(node):
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("expr", "query") and isinstance(value, str):
                yield value
            else:
                yield from expressions(value)
    elif isinstance(node, list):
        for value in node:
            yield from expressions(value)


def check_dashboard(path, metrics):
    with open(path, encoding="utf-8") as file:
        queries = list(expressions(json.load(file)))
    used = set()
    for query in queries:
        for name in re.findall(r"\b(?:sysctl_guard|node)_\w+", query):
            used.add(name)
            if name not in metrics and name not in OTHERS:
                found.append(f"{path}: no metric {name}: {query}")
        known = set().union(*(metrics.get(n, OTHERS.get(n, set()))
                              for n in re.findall(r"\b(?:sysctl_guard|node)_\w+", query)))
        matched = re.findall(r'(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"', query)
        grouped = [label for group in re.findall(r"\b(?:by|without) \(([^)]*)\)", query)
                   for label in re.split(r",\s*", group)]
        for label in [name for name, _ in matched] + grouped:
            if label not in known | {"instance"}:
                found.append(f"{path}: no label {label}: {query}")
        for label, value in matched:
            values = VERDICTS.get(label)
            if values and not value.startswith("$") and not set(value.split("|")) <= values:
                found.append(f"{path}: {label} is never {value}: {query}")
    for name in sorted(n for n in metrics if n not in used):
        found.append(f"{path}: shows nothing of {name}")


def main():
    metrics = read_metrics(sys.stdin.read())
    if not metrics:
        found.append("no metrics")
    if sys.argv[1:2] == ["--dashboard"]:
        check_dashboard(sys.argv[2], metrics)
    for text in found:
        print(text)
    return 1 if found else 0


sys.exit(main())
