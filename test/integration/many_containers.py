#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""many_containers.py - a thousand containers of twenty policies, started eight at a time.

many_containers.py BUILD ROOTFS DIR COUNT [calm | trouble]

Each container writes a value that only its own policy permits and one that only the next policy
permits, and then sleeps. Calm: afterwards each must have its own ID, policy and counters, and
when all are gone nothing is left but at most 64 pins. Trouble: meanwhile policies are updated,
guards detached, hooks killed, pins removed and our bpffs unmounted; whatever container runs then
must have the guard that its own story says. Prints what it saw; exits 1 with what was wrong.
"""

import concurrent.futures
import contextlib
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import threading
import time

POLICIES = 20
PARALLEL = 8
PINS = pathlib.Path("/run/sysctl-guard/bpf")
TTL = "net.ipv4.ip_default_ttl"
DEADLINE = 120


class Wrong(Exception):
    """What is not as it must be."""


def check(condition, text):
    if not condition:
        raise Wrong(text)


def wait_until(condition):
    """Until it holds, or it has had its time: what follows says what is wrong."""
    end = time.monotonic() + DEADLINE
    while not condition() and time.monotonic() < end:
        time.sleep(0.1)


class Containers:
    def __init__(self, build, rootfs, folder, count):
        self.hook = f"{build}/bin/sysctl-guard-hook"
        self.command = f"{build}/bin/sysctl-guard"
        self.folder = pathlib.Path(folder)
        self.rootfs = rootfs
        self.name = f"sg-many-{os.getpid()}"
        self.ids = [f"{self.name}-{number}" for number in range(count)]
        self.lock = threading.Lock()
        self.expected = {}  # ID -> number of the policy; None: detached
        self.failed = set()  # their numbers
        self.spec = self.make_spec()

    def make_spec(self):
        where = self.folder / "spec"
        where.mkdir(parents=True)
        subprocess.run(["runc", "spec"], cwd=where, check=True)
        spec = json.loads((where / "config.json").read_text(encoding="utf-8"))
        spec["root"] = {"path": self.rootfs, "readonly": True}
        spec["process"].update(terminal=False, rlimits=[], env=["PATH=/bin"])
        for name in ("bounding", "effective", "permitted"):
            spec["process"]["capabilities"][name] = ["CAP_NET_ADMIN"]
        spec["process"]["capabilities"]["ambient"] = []
        spec["linux"]["readonlyPaths"].remove("/proc/sys")
        spec["hooks"] = {"createRuntime": [{"path": self.hook, "args": ["sysctl-guard-hook"]}]}
        return spec

    @staticmethod
    def rule(policy):
        return f"{TTL}={100 + policy}"

    def run(self, *command):
        return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=DEADLINE, check=False)

    def runc(self, *arguments):
        return self.run("runc", "--root", str(self.folder / "state"), *arguments)

    def start(self, number, hook_lives=None):
        """Starts a container, whose hook is killed after so many seconds if it has not ended then."""
        identity = self.ids[number]
        policy = number % POLICIES
        bundle = self.folder / identity
        bundle.mkdir()
        spec = json.loads(json.dumps(self.spec))
        own, other = 100 + policy, 100 + (policy + 1) % POLICIES
        file = "/proc/sys/" + TTL.replace(".", "/")
        spec["process"]["args"] = ["sh", "-c", f"echo {own} >{file}; echo {other} >{file}; exec sleep 100000"]
        spec["annotations"] = {"io.sysctl-guard.allow": self.rule(policy)}
        spec["linux"]["cgroupsPath"] = f"/{identity}"
        if hook_lives is not None:
            kill = ["timeout", "--foreground", "--signal=KILL", f"{hook_lives:.6f}"]
            spec["hooks"]["createRuntime"] = [{"path": shutil.which(kill[0]), "args": [*kill, self.hook]}]
        (bundle / "config.json").write_text(json.dumps(spec), encoding="utf-8")
        # Its output goes nowhere: the container would keep a pipe open.
        done = subprocess.run(["runc", "--root", self.folder / "state", "run", "--detach", "--bundle", bundle,
                               identity], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, timeout=DEADLINE, check=False)
        with self.lock:
            if done.returncode == 0:
                self.expected[identity] = policy
            else:
                self.failed.add(number)

    def start_all(self, hook_lives=lambda _: None):
        with concurrent.futures.ThreadPoolExecutor(PARALLEL) as pool:
            list(pool.map(lambda number: self.start(number, hook_lives(number)), range(len(self.ids))))

    def delete(self, identity):
        self.runc("delete", "--force", identity)
        shutil.rmtree(self.folder / identity, ignore_errors=True)

    def delete_all(self):
        with concurrent.futures.ThreadPoolExecutor(PARALLEL) as pool:
            list(pool.map(self.delete, self.ids))

    def guards(self):
        done = subprocess.run([self.command, "list", "--json"], stdout=subprocess.PIPE, check=True, timeout=DEADLINE)
        all_guards = json.loads(done.stdout)["guards"]
        return {guard["id"]: guard for guard in all_guards if (guard["id"] or "").startswith(self.name)}

    def wait_for_writes(self):
        """Until each container has made both of its writes."""
        end = time.monotonic() + DEADLINE
        while True:
            guards = self.guards()
            late = [identity for identity in self.expected
                    if identity not in guards or guards[identity]["allowed"] + guards[identity]["denied"] < 2]
            if not late:
                return guards
            check(time.monotonic() < end, f"no writes of {late[:3]}: {[guards.get(one) for one in late[:3]]}")
            time.sleep(0.2)

    def value_in(self, identity):
        pid = json.loads(self.runc("state", identity).stdout)["pid"]
        return self.run("nsenter", "-t", str(pid), "-n", "cat", "/proc/sys/" + TTL.replace(".", "/")).stdout.strip()

    def allowed_of(self, identity):
        """The rule that the guard of a container has, as `show` reads it from the kernel."""
        done = self.run(self.command, "show", "--json", identity)
        check(done.returncode == 0, f"show {identity}: {done.stdout}")
        document = json.loads(done.stdout)
        check(document["id"] == identity, f"show {identity} shows {document['id']}")
        return [rule["text"] for rule in document["rules"] if rule["kind"] == "allow"]


def pins():
    return list(PINS.glob("p-*"))


def calm(containers):
    most_pins = 0
    stop = threading.Event()

    def watch():
        nonlocal most_pins
        while not stop.wait(0.02):
            most_pins = max(most_pins, len(pins()))

    watcher = threading.Thread(target=watch)
    watcher.start()
    containers.start_all()
    stop.set()
    watcher.join()
    check(not containers.failed, f"not started: {sorted(containers.failed)[:3]}")
    guards = containers.wait_for_writes()
    check(set(guards) == set(containers.ids), "a container has no guard, or one that is nobody's")
    programs = {}
    for number, identity in enumerate(containers.ids):
        guard = guards[identity]
        check((guard["allowed"], guard["denied"]) == (1, 1), f"{identity} counts {guard}")
        programs.setdefault(number % POLICIES, set()).add(guard["program"])
    # Hooks that run at once may each load one; from then on there is one.
    check(all(len(each) <= PARALLEL for each in programs.values()), f"programs: {programs}")
    all_programs = [program for each in programs.values() for program in each]
    check(len(all_programs) == len(set(all_programs)), "two policies have one program")
    check(most_pins <= 64, f"{most_pins} pins")
    for number in random.Random(1).sample(range(len(containers.ids)), 40):
        identity = containers.ids[number]
        policy = number % POLICIES
        check(containers.allowed_of(identity) == [containers.rule(policy)], f"{identity} has another policy")
        value = containers.value_in(identity)
        check(value == str(100 + policy), f"{identity} has the value {value}")
    print(f"{len(guards)} containers of {POLICIES} policies, {len(all_programs)} programs, at most {most_pins} pins")


class Trouble:
    """What else happens meanwhile, each in a thread of its own."""

    def __init__(self, containers):
        self.containers = containers
        self.stop = threading.Event()
        self.random = random.Random(7)
        self.counts = {"update": 0, "detach": 0, "unmounted": 0}
        self.busy = set()
        self.threads = [threading.Thread(target=self.repeat, args=(work, pause)) for work, pause in
                        ((self.update, 0.05), (self.detach, 0.5), (self.unmount, 1.0))]

    def repeat(self, work, pause):
        while not self.stop.wait(pause):
            work()

    @contextlib.contextmanager
    def one(self):
        """A guarded container that no other thread changes meanwhile, or None: which of two changes came last could
        not be told."""
        with self.containers.lock:
            free = [one for one, policy in self.containers.expected.items() if policy is not None and one not in self.busy]
            identity = self.random.choice(free) if free else None
            self.busy.add(identity)
        yield identity
        with self.containers.lock:
            self.busy.discard(identity)

    def change(self, what, policy, *arguments):
        with self.one() as identity:
            if identity is not None:
                done = self.containers.run(self.containers.command, what, identity, *arguments)
                check(done.returncode == 0, f"{what} {identity}: {done.stdout}")
                with self.containers.lock:
                    self.containers.expected[identity] = policy
                    self.counts[what] += 1

    def update(self):
        policy = self.random.randrange(POLICIES)
        self.change("update", policy, "--allow", self.containers.rule(policy))

    def detach(self):
        if self.counts["detach"] < len(self.containers.ids) // 10:
            self.change("detach", None)

    def unmount(self):
        if self.random.random() < 0.5:
            for pin in pins():
                pin.unlink(missing_ok=True)
        else:
            self.containers.run("umount", "--lazy", str(PINS))
        self.counts["unmounted"] += 1


def hook_lives(number):
    """For each third container a time within which a hook has begun, attached or ended, on a fast machine and on a slow
    one: from half a millisecond to a tenth of a second."""
    return 0.0005 * 200 ** (number % 50 / 50) if number % 3 == 0 else None


def trouble(containers):
    problems = []
    threading.excepthook = lambda args: problems.append(str(args.exc_value))
    meanwhile = Trouble(containers)
    for thread in meanwhile.threads:
        thread.start()
    containers.start_all(hook_lives)
    wait_until(lambda: problems or all(meanwhile.counts.values()))
    meanwhile.stop.set()
    for thread in meanwhile.threads:
        thread.join()
    check(not problems, "; ".join(problems[:3]))
    not_killed = [number for number in containers.failed if hook_lives(number) is None]
    check(not not_killed, f"not started, though no hook was killed: {not_killed[:3]}")
    for number in containers.failed:
        containers.delete(containers.ids[number])
    guarded = {one for one, policy in containers.expected.items() if policy is not None}
    # The kernel lets go of a cgroup, and its guard, a moment after the container.
    wait_until(lambda: set(containers.guards()) == guarded)
    guards = containers.guards()
    check(set(guards) == guarded, f"guards of {sorted(set(guards) ^ guarded)[:5]} are wrong")
    for identity in sorted(guarded):
        rule = containers.rule(containers.expected[identity])
        found = containers.allowed_of(identity)
        check(found == [rule], f"{identity} has {found}, not {rule}")
        check(guards[identity]["layout"] == 5, f"{identity} has another layout")
    counts = {**meanwhile.counts, "killed": len(containers.failed)}
    check(all(count > 0 for count in counts.values()), f"something never happened: {counts}")
    check(len(guarded) > len(containers.ids) // 3, f"only {len(guarded)} run")
    print(f"{len(guarded)} guarded, {len(containers.failed)} not started, {counts}")


def main():
    build, rootfs, folder, count, kind = sys.argv[1:6]
    containers = Containers(build, rootfs, folder, int(count))
    try:
        {"calm": calm, "trouble": trouble}[kind](containers)
    except Wrong as wrong:
        print(f"WRONG: {wrong}")
        return 1
    finally:
        containers.delete_all()
    wait_until(lambda: not containers.guards())
    if containers.guards():
        print("WRONG: guards are left")
        return 1
    if len(pins()) > 64:
        print(f"WRONG: {len(pins())} pins are left")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
