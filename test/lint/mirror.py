#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""mirror.py - every source of hook/ has its unit test, path for path.

hook/<folder>/<stem>.cpp is tested by test/unit/<folder>/<stem>_test.cpp. Exempt are the main files,
which only call what is tested, the files of kernel/ and host/ whose work is system calls, which are tested on a
real kernel in test/kernel/, and the hook's pipeline, tested in test/integration/. An exempt file that
is gone is a breach too, so that this list cannot grow old.

Run at the repository root. Prints file:line for each breach and exits 1.
"""

import pathlib
import sys

TESTED_ON_A_KERNEL = {
    f"hook/kernel/{stem}.cpp"
    for stem in ("attachment", "blocking_program", "event_dir", "event_maps", "guard", "guards", "libbpf_log",
                 "our_program", "probe")
} | {"hook/host/cgroup.cpp", "hook/host/cgroup_walk.cpp", "hook/host/lock_proc_sys.cpp",
     "hook/request/own_namespaces.cpp"}
# The list of guards, their events, what attaches one, the pipeline of the hook and its line to the system log
# do nothing without a container.
TESTED_WITH_A_RUNTIME = {
    f"hook/{stem}.cpp"
    for stem in ("guard/attach_policy", "guard/read_guards", "events/event_source", "events/host_events",
                 "cli/guard_to_change", "cli/detach/cmd_detach", "cli/events/cmd_events",
                 "cli/events/event_printer", "cli/events/follow_events", "cli/update/cmd_update",
                 "host/syslog_line", "programs/run_hook")
}


def is_exempt(path):
    if str(path) in TESTED_ON_A_KERNEL | TESTED_WITH_A_RUNTIME:
        return True
    return path.parts[1] == "programs" and path.name.endswith("_main.cpp")


def main():
    found = []
    sources = sorted(pathlib.Path("hook").rglob("*.cpp"))
    if not sources:
        print("mirror.py: no sources in hook/: run it at the repository root")
        return 1
    for path in sources:
        test = pathlib.Path("test/unit", path.parent.relative_to("hook"), f"{path.stem}_test.cpp")
        if is_exempt(path):
            continue
        if not test.is_file():
            found.append(f"{path}:1: has no unit test {test}")
        elif "TEST_CASE" not in test.read_text(encoding="utf-8"):
            found.append(f"{test}:1: holds no TEST_CASE")
    for name in sorted(TESTED_ON_A_KERNEL | TESTED_WITH_A_RUNTIME):
        if not pathlib.Path(name).is_file():
            found.append(f"test/lint/mirror.py:1: {name} is exempt and does not exist")
    for text in found:
        print(text)
    return 1 if found else 0


sys.exit(main())
