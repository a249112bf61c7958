#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""never_more.py - whatever the configuration, sysctl-guard makes no write possible that the limit does not permit.

    never_more.py RUNTIME HOOK WRAPPER TRY_ALL CHECK DOCUMENT ID ROOTFS [WITHOUT]

Runs a container for each row of the table below in the current directory, which is its bundle. DOCUMENT is the
config.json of an engine. In each container try_all tries every file of /proc/sys, also from nested namespaces. What
succeeds there and not in the same container without sysctl-guard is handed to `sysctl-guard check`. Every line that
begins with VIOLATION names a row, a path and what check says. Exit 1 if there was one.

WITHOUT takes the locks out after the edit: mount, guard, or both. Then only the rows of OPEN_ROWS are run.

/etc must be this program's own: node policies are put there.
"""

import json
import os
import pathlib
import re
import subprocess
import sys

RUNTIME, HOOK, WRAPPER, TRY_ALL, CHECK, DOCUMENT, ID, ROOTFS = sys.argv[1:9]
WITHOUT = sys.argv[9] if len(sys.argv) > 9 else ""
TOP = pathlib.Path(__file__).resolve().parents[2]
POLICY = pathlib.Path("/etc/sysctl-guard/policy.json")
SETTINGS = pathlib.Path("/etc/sysctl-guard/runtime.json")
PREFIX = "io.sysctl-guard."

# Every shipped policy, none, and one that lets a container ask for a sysctl of the host and keeps another.
POLICIES = {"none": {"version": 1}} | {
    path.stem: json.loads(path.read_text()) for path in sorted(TOP.glob("examples/node-policy/*.json"))
}
POLICIES["host"] = {"version": 1, "limit": {"host": ["vm.max_map_count", "fs.inotify.max_user_watches"]}}
MODES = ["enforce", "audit"]

# NAME: annotations, way of the edit, what must succeed under the policy `host`.
ASKS = {
    "no annotation": ({}, "hook", None),
    "all containers": ({}, "wrapper", None),
    "net, a file": ({"allow": "net.ipv4.ip_forward=0|1"}, "hook", "net/ipv4/ip_forward"),
    "net, a tree": ({"allow": "net.*"}, "wrapper", "net/ipv4/ip_forward"),
    "ipc": ({"allow": "@ipc"}, "hook", "kernel/sem"),
    "host": ({"allow": "vm.max_map_count"}, "hook", "vm/max_map_count"),
    "asks for audit": ({"mode": "audit"}, "wrapper", "net/ipv4/ip_forward"),
}

# Rows that open something, with the hook's own way of the edit.
OPEN_ROWS = [("none", "enforce", "net, a file"), ("audit-first", "audit", "no annotation")]

# It is the host's inside net/, and is opened with a directory that it is in: docs/threat-model.md names it.
NAMED_EXCEPTIONS = {"net/netfilter/nf_hooks_lwtunnel"}

# What the runtime says of a container that the hook refused; crun throws the hook's own line away.
REFUSED = re.compile("sysctl-guard: |sysctl-guard-hook. [(]exit code: (65|77)[)]")

violations = 0


def say(*words):
    print(*words, flush=True)


def violation(row, text):
    global violations
    violations += 1
    say(f"VIOLATION: {row}: {text}")


def run(*command, **options):
    return subprocess.run(command, capture_output=True, encoding="utf-8", errors="backslashreplace", check=False,
                          **options)


def document():
    """The engine's own config.json. What cannot be as it was is changed; seccomp filters go, as they refuse the nested
    namespaces."""
    if DOCUMENT in ("runc", "host-network"):
        pathlib.Path("config.json").unlink(missing_ok=True)
        subprocess.run(["runc", "spec"], check=True)
        config = json.loads(pathlib.Path("config.json").read_text())
    else:
        config = json.loads((TOP / f"test/data/{DOCUMENT}.config.json").read_text())
    linux = config["linux"]
    if DOCUMENT == "host-network":
        linux["namespaces"] = [one for one in linux["namespaces"] if one["type"] != "network"]
    config["root"] = {"path": ROOTFS, "readonly": True}
    config["process"] |= {"args": ["/bin/try_all"], "terminal": False, "rlimits": []}
    config["process"].pop("oomScoreAdj", None)
    config["mounts"] = [one for one in config["mounts"] if one["type"] != "bind"]
    config["annotations"] = {}
    config.pop("hooks", None)
    linux["cgroupsPath"] = "/" + ID
    linux.pop("seccomp", None)
    linux.pop("resources", None)
    return config


def write_json(path, value):
    pathlib.Path(path).write_text(json.dumps(value))


def start(runtime):
    """What try_all printed as a set of (WAY, OPERATION, NAME) with values, or None and why not."""
    result = run(runtime, "--root", os.path.abspath("state"), "run", "--bundle", ".", ID)
    if result.returncode != 0:
        return None, result.stderr.strip() or result.stdout[-300:]
    seen, ways = {}, set()
    for line in result.stdout.splitlines():
        way, operation, *rest = line.split(" ", 2)
        if operation == "here":
            ways.add(way)
            continue
        name, _, value = rest[0].partition("=")
        seen[way, operation, name] = re.sub(r"\\x(..)", lambda code: chr(int(code[1], 16)), value)
    if len(ways) != 6:
        return None, f"try_all was not everywhere: {sorted(ways)}"
    return seen, ""


def take_out(what):
    """Takes a lock out of the edited config.json."""
    config = json.loads(pathlib.Path("config.json").read_text())
    for lock, stage in ("mount", "createContainer"), ("guard", "createRuntime"):
        if what in (lock, "both"):
            del config["hooks"][stage]
    write_json("config.json", config)


def start_with_guard(config, way, all_containers):
    """The same container through the precreate stage of the hook, or through the wrapper runtime."""
    if way == "wrapper":
        write_json("config.json", config)
        write_json(SETTINGS, {"version": 1, "runtime": RUNTIME, "allContainers": all_containers})
        return start(WRAPPER)
    config = config | {"hooks": {"createRuntime": [{"path": HOOK, "args": ["sysctl-guard-hook"]}]}}
    edited = run(HOOK, input=json.dumps(config))
    if edited.returncode != 0:
        return None, edited.stderr.strip()
    pathlib.Path("config.json").write_text(edited.stdout)
    if WITHOUT:
        take_out(WITHOUT)
    return start(RUNTIME)


def check(config, policy, annotations, accesses):
    """What `check` says to each access: (verdict, rule, source), or None where it refuses the policy."""
    os.makedirs("asked", exist_ok=True)
    write_json("asked/config.json", config | {"annotations": annotations})
    write_json("/etc/sysctl-guard/asked.json", policy)
    result = run(CHECK, "check", "--json", "--policy", "/etc/sysctl-guard/asked.json", "--bundle", "asked", "--",
                 *accesses)
    if result.returncode == 2:
        return None
    return [(one["verdict"], one["rule"], one["source"]) for one in json.loads(result.stdout)["accesses"]]


def by_the_limit(config, policy, accesses):
    """What an annotation that names each of them could have had."""
    said = []
    limit = policy.get("limit", {}) | {"onExcess": "clip"}
    policy = {"version": 1, "limit": limit, "groups": policy.get("groups", {})}
    for begin in range(0, len(accesses), 200):
        some = accesses[begin:begin + 200]
        names = sorted({one.partition("=")[0] for one in some})
        said += (check(config, policy, {PREFIX + "allow": ",".join(names)}, some) or
                 [("refused", None, None)] * len(some))
    return said


def open_policy(policy):
    """Lock one knows names, not values; inside the container's own namespaces it is as coarse as a directory."""
    host = [rule.partition("=")[0] for rule in policy.get("limit", {}).get("host", [])]
    return {"version": 1, "limit": {"host": host}}


def judge(row, config, policy, annotations, gained, mode):
    """Each success that the container without sysctl-guard did not have."""
    names = {name: value for (_, operation, name), value in sorted(gained.items()) if operation == "open"}
    names |= {name: value for (_, operation, name), value in gained.items() if operation == "write"}
    accesses = [f"{name}={value}" for name, value in names.items()]
    if not accesses:
        return
    limit = dict(zip(names, by_the_limit(config, policy, accesses)))
    to_open = dict(zip(names, by_the_limit(config, open_policy(policy), accesses)))
    asked = dict(zip(names, check(config, policy, annotations, accesses)))
    for (way, operation, name), value in sorted(gained.items()):
        said = f"{way}: {operation} {name}={value}: check says"
        if operation == "mount":
            violation(row, f"{way}: {operation} {name}")
        elif operation == "open":
            if to_open[name][0] != "allow" and name not in NAMED_EXCEPTIONS:
                violation(row, f"{said} {to_open[name]} by the limit, values aside")
        elif limit[name][0] != "allow":
            violation(row, f"{said} {limit[name]} by the limit")
        elif mode == "enforce" and asked[name][0] != "allow":
            violation(row, f"{said} {asked[name]} as asked")


def mode_of(policy, annotations):
    return annotations.get(PREFIX + "mode", policy.get("default", {}).get("mode", "enforce"))


def run_row(config, without, policy_name, mode, ask):
    policy = json.loads(json.dumps(POLICIES[policy_name]))
    policy.setdefault("default", {})["mode"] = mode
    asked, way, must = ASKS[ask]
    annotations = {PREFIX + key: value for key, value in asked.items()}
    row = f"{DOCUMENT}, {policy_name}, {mode}, {ask}"
    if (policy_name, mode) == ("none", "enforce"):
        POLICY.unlink(missing_ok=True)
    else:
        write_json(POLICY, policy)
    said = check(config, policy, annotations, ["net/ipv4/ip_forward=0"])
    seen, why = start_with_guard(config | {"annotations": annotations}, way, ask == "all containers")
    if said is None or seen is None:
        if (said is None) != (seen is None) or not REFUSED.search(why):
            violation(row, f"check {'refuses' if said is None else 'permits'} it, and the container: {why or 'ran'}")
        return "refused"
    gained = {key: value for key, value in seen.items() if key not in without}
    judge(row, config, policy, annotations, gained, mode_of(policy, annotations))
    # The controls: what is asked for and permitted does become writable, by who has the capability.
    if policy_name == "host" and must and not (DOCUMENT == "host-network" and must.startswith("net")):
        has_net_admin = "CAP_NET_ADMIN" in config["process"]["capabilities"]["effective"]
        operation = "write" if has_net_admin or not must.startswith("net") else "open"
        if ("container", operation, must) not in gained:
            violation(row, f"no {operation} of {must} succeeded, of {len(gained)} gained")
    return f"{len(gained)} gained"


def main():
    os.makedirs(POLICY.parent, exist_ok=True)
    config = document()
    write_json("config.json", config)
    without, why = start(RUNTIME)
    if without is None:
        sys.exit(f"without sysctl-guard: {why}")
    before = run(TRY_ALL, "values").stdout
    count = 0
    for policy_name in POLICIES:
        for mode in MODES:
            for ask in ASKS:
                if WITHOUT and (policy_name, mode, ask) not in OPEN_ROWS:
                    continue
                said = run_row(config, without, policy_name, mode, ask)
                say(f"{policy_name}, {mode}, {ask}: {said}")
                count += 1
    changed = set(before.splitlines()) ^ set(run(TRY_ALL, "values").stdout.splitlines())
    for line in sorted(changed):
        violation("the host", f"before or after: {line}")
    say(f"{count} rows, {len(without)} successes without, {violations} violations")
    sys.exit(1 if violations else 0)


main()
