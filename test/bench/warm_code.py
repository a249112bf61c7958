#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""warm_code.py - which code a hook executes that finds its policy's program, as hook/programs/warm_code.ld.

    sudo test/bench/run.sh hook-20 && sudo test/bench/warm_code.py [BUILD]

Runs the hook of the build directory (build) once, one instruction at a time, and asks the linker's map to which
section of which file each instruction belongs. The linker puts these sections first, in the order of their first
instruction. The list is data: the build only reads it. A name that is gone places nothing, so it is written
anew where the hook has changed much; test/lint/warm_code.py says when.
"""

import bisect
import os
import pathlib
import re
import sys

import lab

LIST = lab.TOP / "hook/programs/warm_code.ld"
HEAD = """/* SPDX-License-Identifier: Apache-2.0 */
/*
 * warm_code.ld - the code of a hook that finds its policy's program, side by side: then few pages of the file are
 * mapped, which is most of what such a start costs. Written by test/bench/warm_code.py.
 */
SECTIONS
{
  .text.warm :
  {
"""
TAIL = """  }
}
INSERT BEFORE .text;
"""
# " .text.NAME 0xADDRESS 0xSIZE FILE"; a long name has a line for itself.
PLACED = re.compile(r"^ (\.text\S*)\s+0x([0-9a-f]+)\s+0x([0-9a-f]+) (\S.*)$", re.MULTILINE)
MEMBER = re.compile(r"([^/]+\.a)\((.+)\)$")
# glibc has functions of this kind once for each kind of processor, in files of their own.
FOR_PROCESSOR = re.compile(r"((?:mem|str|wcs|wmem)\w*)-(?:sse|avx|evex|erms)")


def placed_sections(text):
    """(address, end, name, file) of each section of code in the linker's map."""
    _, _, text = text.partition("\nLinker script and memory map\n")
    found = [(int(address, 16), int(address, 16) + int(size, 16), name, file)
             for name, address, size, file in PLACED.findall(text)]
    return sorted(section for section in found if section[0] < section[1])


def executed_sections(sections, addresses):
    """Those that hold one of the addresses, each once, in the order of the addresses."""
    found = {}
    starts = [section[0] for section in sections]
    for address in addresses:
        section = sections[bisect.bisect_right(starts, address) - 1]
        if section[0] <= address < section[1]:
            found.setdefault(section)
    return list(found)


def linker_pattern(name, file):
    """What names the section to the linker, wherever it stands: its own name, or that of its file as well."""
    member = MEMBER.search(file)
    if name.startswith(".text.") and not (member and member[1] == "libc.a"):
        return f"*({name})"
    return f"*{member[1]}:{member[2]}({name})" if member else f"*{pathlib.Path(file).name}({name})"


def other_processors(file):
    """The same functions of glibc as other processors take them; none for any other file."""
    member = MEMBER.search(file)
    found = FOR_PROCESSOR.match(member[2]) if member and member[1] == "libc.a" else None
    return [f"*libc.a:{found[1]}-*.o(.text .text.*)"] if found else []


def run_addresses(where):
    """The addresses of a run of the hook whose policy's program is there, in order."""
    cgroup, state = where.new_cgroup("warm-code"), where.bundle("warm-code", lab.RULES, lab.LONG_CONFIG)
    job = lab.job_line([cgroup, where.container, state, where.hook])
    where.run("spawn_times", 1, text=job)  # from here on the program is pinned
    printed = where.run("run_addresses", where.hook, text=state.read_text(encoding="utf-8"))
    return [int(line, 16) for line in printed.split()]


def main():
    build = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else lab.TOP / "build")
    if os.geteuid() != 0:
        sys.exit("warm_code.py: run it as root")
    sections = placed_sections((build / "hook/sysctl-guard-hook.map").read_text(encoding="utf-8"))
    with lab.Lab(build.resolve()) as where:
        addresses = run_addresses(where)
    executed = executed_sections(sections, addresses)
    patterns = dict.fromkeys(linker_pattern(name, file) for _, _, name, file in executed)
    patterns |= dict.fromkeys(other for *_, file in executed for other in other_processors(file))
    LIST.write_text(HEAD + "".join(f"    {pattern}\n" for pattern in patterns) + TAIL, encoding="utf-8")
    size = sum(end - begin for begin, end, *_ in executed)
    print(f"{LIST.relative_to(lab.TOP)}: {len(patterns)} names, {size // 1024} KiB of code are executed")


if __name__ == "__main__":
    main()
