#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""start_code.py - which code a start of the hook executes, as hook/programs/start_code.ld.

    sudo test/bench/run.sh hook-20 && sudo test/bench/start_code.py [BUILD]

Runs the hook of the build directory (build) twice, with a breakpoint at each of its functions: with a policy that is
new, and again, when the policy's program is there. The linker's map says in which section of which file each function
is. The linker puts what the second run executes first, and then what the first one executes beside it, each in the
order in which they are entered. The list is data: the build only reads it. A name that is gone places nothing, so
it is written anew where the hook has changed much; test/lint/start_code.py says when.
"""

import bisect
import os
import pathlib
import re
import subprocess
import sys

import lab

LIST = lab.TOP / "hook/programs/start_code.ld"
LARGE = 32 << 10  # bytes of a section
HEAD = """/* SPDX-License-Identifier: Apache-2.0 */
/*
 * start_code.ld - the code of a hook's start, side by side: then few pages of the file are mapped, which is most of
 * what a start costs. First what a start executes that finds its policy's program, then what one executes beside it
 * that compiles the policy and loads the program. Written by test/bench/start_code.py.
 */
SECTIONS
{
"""
SECTION = """  .text.{name} :
  {{
{patterns}  }}
"""
TAIL = """}
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


def names(executed):
    """What names these sections to the linker, in their order, and what other processors have in their place. Large
    ones, of which little is executed, come last."""
    large_last = sorted(executed, key=lambda section: section[1] - section[0] >= LARGE)
    found = dict.fromkeys(linker_pattern(name, file) for _, _, name, file in large_last)
    return list(found | dict.fromkeys(other for *_, file in executed for other in other_processors(file)))


def section(name, patterns):
    """What the linker makes of the code that these patterns name."""
    return SECTION.format(name=name, patterns="".join(f"    {pattern}\n" for pattern in patterns))


def functions(program):
    """Where the program's functions begin, a line each and each once."""
    listed = subprocess.run(["nm", program], check=True, capture_output=True, text=True).stdout
    return "\n".join(set(re.findall(r"^([0-9a-f]+) [tTwWi] ", listed, re.MULTILINE)))


def entered_functions(where):
    """The functions that two runs of the hook enter, in order: its policy is new, its policy's program is there."""
    listed = where.dir / "functions"
    listed.write_text(functions(where.hook), encoding="utf-8")
    cgroup, state = where.new_cgroup("start-code"), where.bundle("start-code", lab.RULES, lab.LONG_CONFIG)
    job = lab.job_line([cgroup, where.container, state, "/bin/true"])
    found = []
    for _ in range(2):
        where.run("spawn_times", 1, text=job)  # moves the container into the cgroup, which has no guard then
        printed = where.run("run_addresses", listed, where.hook, text=state.read_text(encoding="utf-8"))
        found.append([int(line, 16) for line in printed.split()])
    return found


def main():
    build = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else lab.TOP / "build")
    if os.geteuid() != 0:
        sys.exit("start_code.py: run it as root")
    sections = placed_sections((build / "hook/sysctl-guard-hook.map").read_text(encoding="utf-8"))
    with lab.Lab(build.resolve()) as where:
        new, known = (executed_sections(sections, addresses) for addresses in entered_functions(where))
    known_names = names(known)
    new_names = [name for name in names(new) if name not in known_names]
    LIST.write_text(HEAD + section("start", known_names) + section("compile", new_names) + TAIL, encoding="utf-8")
    for text, executed in (("with a known policy", known), ("with a new one", new)):
        size = sum(end - begin for begin, end, *_ in executed)
        print(f"a start {text} executes {size // 1024} KiB of code")


if __name__ == "__main__":
    main()
