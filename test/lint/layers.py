#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""layers.py - the layers of hook/ and bpf/, read from the source files themselves.

Compares every #include line with the table below, and every file with the limits on its shape:
licence on the first line, a head comment that begins with the file's own name, and a length. The
build enforces most of the table already (a layer links only what it may use); this finds the rest,
such as a header of the system in a layer that does no I/O.

Run at the repository root. Prints file:line for each breach and exits 1.
"""

import pathlib
import re
import sys

FOLDER_FILES_MAX = 36
FOLDER_SHARE_MAX = 0.26  # of the lines of hook/, with the folders below
HEADER_LINES_MAX = 150
SOURCE_LINES_MAX = 400

# Layer of hook/ -> the layers it may include besides itself. None of them includes itself by way of others.
MAY_USE = {
    "base": set(),
    "sysctl": {"base"},
    "policy": {"base", "sysctl"},
    "advice": {"base", "sysctl", "policy"},
    "automaton": {"base"},
    "compile": {"base", "sysctl", "policy", "automaton"},
    "oci": {"base"},
    "host": {"base"},
    "kernel": {"base", "host"},
    "request": {"base", "sysctl", "policy", "advice", "automaton", "compile", "oci", "host"},
    "guard": {"base", "sysctl", "policy", "automaton", "compile", "oci", "host", "kernel", "request"},
    "events": {"base", "policy", "kernel"},
    "engines": {"base", "sysctl", "policy", "oci", "host", "request"},
}
MAY_USE["cli"] = set(MAY_USE)
MAY_USE["programs"] = set(MAY_USE)

# Layer of hook/ -> the headers of bpf/ it may include, as a pattern.
MAY_USE_BPF = {
    "compile": r"(\w+_abi|dfa_walk|relation)\.h",
    "kernel": r"(\w+_abi|relation)\.h",
    "guard": r"\w+_abi\.h",
    "events": r"\w+_abi\.h",
    "cli": r"(\w+_abi|dfa_walk)\.h",
}

# Same input, same output: no system call, clock, thread or stream in these.
PURE = {"sysctl", "policy", "advice", "automaton", "compile"}
IMPURE_HEADER = re.compile(
    r"(sys|linux|bpf|net|netinet|arpa|asm)/.*|(unistd|fcntl|dirent|signal|sched|time|syslog|poll|"
    r"errno|pwd|grp|dlfcn|pthread|ftw|glob)\.h|iostream|fstream|filesystem|chrono|thread|mutex|"
    r"atomic|future|random|ctime|csignal|cerrno")
# Only cli/ and programs/ print or log; what both log with is in one place.
PRINTS = {"cli", "programs"}
SYSLOG_HEADER = "host/syslog_line.h"
SYSLOG_DOOR = "hook/host/syslog_line.cpp"
OUTPUT_HEADER = re.compile(r"iostream|ostream|print|syslog\.h")

JSON_LIBRARY = re.compile(r"rapidjson/.*")
JSON_DOOR = "hook/base/json.cpp"
TOML_LIBRARY = re.compile(r"toml\+\+/.*")
TOML_DOOR = "hook/engines/toml.cpp"
SKELETON = re.compile(r".*\.skel\.h")
SKELETON_DOOR = "hook/kernel/guard_skel.h"
LIBBPF = re.compile(r"bpf/.*")

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')

found = []


def complain(path, line, text):
    found.append((str(path), line, text))


def bpf_headers():
    return {p.name for p in pathlib.Path("bpf").glob("*.h")}


def layer_of(path):
    """hook/<layer>/<file>; cli/ has a folder for each command."""
    depth = len(path.parts)
    return path.parts[1] if depth == 3 or (depth == 4 and path.parts[1] == "cli") else None


def is_other_command(path, target):
    """Whether a file of cli/ includes what belongs to a command that is not its own."""
    command = path.parts[2] if len(path.parts) == 4 else None
    parts = target.split("/")
    return parts[0] == "cli" and len(parts) == 3 and parts[1] != command


def check_system_include(path, layer, line, target):
    """An include of a library: which libraries have one door, and which a layer may not know."""
    if JSON_LIBRARY.fullmatch(target):
        if str(path) != JSON_DOOR:
            complain(path, line, f"<{target}>: only {JSON_DOOR} includes the JSON library")
    elif TOML_LIBRARY.fullmatch(target):
        if str(path) != TOML_DOOR:
            complain(path, line, f"<{target}>: only {TOML_DOOR} includes the TOML library")
    elif SKELETON.fullmatch(target):
        if str(path) != SKELETON_DOOR:
            complain(path, line, f"<{target}>: only {SKELETON_DOOR} includes the skeleton")
    elif LIBBPF.fullmatch(target):
        if layer != "kernel":
            complain(path, line, f"<{target}>: only kernel/ uses libbpf")
    elif layer in PURE and IMPURE_HEADER.fullmatch(target):
        complain(path, line, f"<{target}>: {layer}/ does no I/O and asks nothing of the system")
    elif layer not in PRINTS and str(path) != SYSLOG_DOOR and OUTPUT_HEADER.fullmatch(target):
        complain(path, line, f"<{target}>: only cli/ and programs/ print or log")


def check_hook_include(path, layer, line, target, own_headers):
    """An include of this project by a file of hook/<layer>/."""
    if SKELETON.fullmatch(target):
        check_system_include(path, layer, line, target)
        return
    folder, _, name = target.partition("/")
    if folder == "bpf" and name in own_headers:
        name, folder = name, ""
    elif not name:
        name, folder = folder, ""
    if not folder:
        if name not in own_headers:
            complain(path, line, f'"{target}": written as "<layer>/<file>", or a header of bpf/')
        elif not re.fullmatch(MAY_USE_BPF.get(layer, r"(?!)"), name):
            complain(path, line, f'"{target}": {layer}/ may not include this header of bpf/')
    elif folder not in MAY_USE:
        complain(path, line, f'"{target}": there is no layer {folder}/')
    elif folder != layer and folder not in MAY_USE[layer]:
        complain(path, line, f'"{target}": {layer}/ may not include {folder}/')
    elif is_other_command(path, target):
        complain(path, line, f'"{target}": belongs to another command; what two share stands in cli/ or below it')
    elif target == SYSLOG_HEADER and layer not in PRINTS and str(path) != SYSLOG_DOOR:
        complain(path, line, f'"{target}": only cli/ and programs/ log')


def check_bpf_include(path, line, kind, target, own_headers):
    """An include by a file of bpf/: headers there stand on linux/types.h alone."""
    if path.suffix == ".h":
        if target != "linux/types.h" and not (kind == '"' and target in own_headers):
            complain(path, line, f"{target}: a header of bpf/ includes linux/types.h or its "
                                 "neighbours, nothing else")
    elif target not in {"linux/types.h", "linux/bpf.h", "bpf/bpf_helpers.h"} and not (
            kind == '"' and target in own_headers):
        complain(path, line, f"{target}: BPF sources include linux/types.h, linux/bpf.h, "
                             "bpf/bpf_helpers.h and the headers of bpf/")


def check_shape(path, lines, in_bpf):
    """Licence, head comment, length."""
    licence = ("/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */" if in_bpf
               else "// SPDX-License-Identifier: Apache-2.0")
    # The kernel's style has `//` on the first line of a .c file; both are accepted there.
    first = lines[0] if lines else ""
    if first != licence and first != licence.replace("/*", "//").replace(" */", ""):
        complain(path, 1, f"the first line must be: {licence}")

    head = []
    for text in lines[1:]:
        if not re.match(r"\s*(//|/\*|\*)", text):
            break
        head.append(text.strip(" \t/*"))
    prose = [text for text in head if text]
    if not prose or not prose[0].startswith(f"{path.name} - "):
        complain(path, 2, f'the head comment must begin with "{path.name} - "')

    limit = HEADER_LINES_MAX if path.suffix == ".h" else SOURCE_LINES_MAX
    if len(lines) > limit and not any("Longer than" in text for text in prose):
        complain(path, limit + 1, f"{len(lines)} lines, the limit is {limit}; split it, or say in "
                                  'the head comment "Longer than the limit: <reason>"')


def check_folders(paths):
    """No folder so full that nobody finds his way in it."""
    lines = {p: len(p.read_text(encoding="utf-8").splitlines()) for p in paths if p.parts[0] == "hook"}
    total = sum(lines.values())
    for folder in sorted({p.parent for p in lines}):
        direct = sum(p.parent == folder for p in lines)
        if direct > FOLDER_FILES_MAX:
            complain(folder, 1, f"{direct} files, the limit is {FOLDER_FILES_MAX}: split it by question")
    for layer in sorted({p.parts[1] for p in lines}):
        share = sum(n for p, n in lines.items() if p.parts[1] == layer)
        if share > FOLDER_SHARE_MAX * total:
            complain(pathlib.Path("hook", layer), 1, f"{share} of {total} lines of hook/, the limit is a quarter")


def main():
    own_headers = bpf_headers()
    paths = sorted(p for folder in ("hook", "bpf") for p in pathlib.Path(folder).rglob("*")
                   if p.suffix in {".h", ".c", ".cpp"})
    if not paths:
        print("layers.py: no sources in hook/ and bpf/: run it at the repository root")
        return 1
    for path in paths:
        in_bpf = path.parts[0] == "bpf"
        lines = path.read_text(encoding="utf-8").splitlines()
        check_shape(path, lines, in_bpf)
        layer = layer_of(path)
        if not in_bpf and layer not in MAY_USE:
            complain(path, 1, "stands in no layer: hook/<layer>/<file>, or hook/cli/<command>/<file>")
            continue
        for number, text in enumerate(lines, 1):
            match = INCLUDE.match(text)
            if not match:
                continue
            kind, target = match.groups()
            if in_bpf:
                check_bpf_include(path, number, kind, target, own_headers)
            elif kind == "<":
                check_system_include(path, layer, number, target)
            else:
                check_hook_include(path, layer, number, target, own_headers)
    check_folders(paths)
    for path, line, text in found:
        print(f"{path}:{line}: {text}")
    return 1 if found else 0


sys.exit(main())
