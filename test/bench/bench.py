#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bench.py - what a guard costs, as ratios measured in one run.

run.sh builds what is needed and calls this. Each method below measures one or more rows;
docs/benchmarks.md says what they mean. Nothing here judges: the figure to reach stands
beside each figure.
"""

import argparse
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys

import lab
import report
from lab import job_line
from report import Unavailable

TRUE = pathlib.Path("/bin/true")
CAT = pathlib.Path("/bin/cat")
WARM_UP = 3  # rounds
LIST_ROUNDS = 9
LIST_POLICIES = 10
# More than are pinned: 64, and of large ones 16 MiB.
COLD_POLICIES = 80
COLD_LARGE_POLICIES = 20

# Samples: (full, quick).
ROUNDS = {"hook": (400, 40), "hook-many": (60, 8), "start": (60, 8), "access": (60, 8),
          "batch": (20000, 4000), "load": (200, 20), "containers": (2000, 200), "repeat": (9, 3),
          "list": (1000, 100), "memory": (300, 60)}
MEMORY_ROUNDS = 3
MEMORY_POLICIES = 60  # fewer than are pinned


# With the 200 warm-up writes of each, half of what the default buffer of 4 MiB holds.
EVENT_ROUNDS, EVENT_BATCH = 15, 100


class Bench:
    def __init__(self, where, quick):
        self.lab = where
        self.quick = quick

    def count(self, what):
        return ROUNDS[what][self.quick]

    # --- the hook
    # ----------------------------------------------------------------------------------

    def hook_against_true(self, container, rules, rounds, size=0, policies=1):
        """Samples of the hook and of /bin/true in turn, run alike; each attaches a first guard. One policy: its
        program is there already. More policies than pins, in turn: each has to be made and loaded."""
        jobs = []
        for number in range(policies):
            name = f"{container}-{number}"
            cgroup = self.lab.new_cgroup(name)
            state = self.lab.bundle(name, f"{rules}, net.ipv4.ip_default_ttl={number}", size)
            jobs += [[cgroup, self.lab.container, state, program] for program in (TRUE, self.lab.hook)]
        warm_up = WARM_UP if policies == 1 else 1
        samples = self.lab.samples("spawn_times", -(-rounds // policies) + warm_up, drop=warm_up,
                                   text="".join(map(job_line, jobs)))
        return report.ratio(sum(samples[1::2], []), sum(samples[::2], []))

    def hook_20(self):
        return self.hook_against_true("hook-20", lab.RULES, self.count("hook"))

    def hook_60k(self):
        return self.hook_against_true("hook-60k", lab.RULES, self.count("hook"), lab.LONG_CONFIG)

    def hook_1000(self):
        return self.hook_against_true("hook-1000", lab.many_rules(1000), self.count("hook-many"))

    def hook_20_cold(self):
        return self.hook_against_true("cold-20", lab.RULES, self.count("hook"), policies=COLD_POLICIES)

    def hook_1000_cold(self):
        return self.hook_against_true("cold-1000", lab.many_rules(1000), self.count("hook-many"),
                                      policies=COLD_LARGE_POLICIES)

    def page_fault(self):
        """A time on its own: that of a page fault, which decides what memory costs a short process."""
        return report.duration(self.lab.samples("page_faults", self.count("hook"))[0])

    def containers(self):
        return [self.many_containers(1), self.many_containers(200)]

    def many_containers(self, policies):
        """One process moves from cgroup to cgroup and is guarded in each; the guards stay. true
        runs in between, to show whether the machine itself became slower meanwhile."""
        total = self.count("containers")
        edge = total // 20
        jobs = []
        for number in range(total):
            name = f"many-{policies}-{number}"
            cgroup = self.lab.new_cgroup(name)
            # Policies of this row alone: those of other rows may be pinned still.
            rules = f"{lab.RULES}, net.ipv4.tcp_retries2={number % policies}"
            jobs.append(["-", "-", "/dev/null", TRUE])
            jobs.append([f"keep:{cgroup}", self.lab.container, self.lab.bundle(name, rules),
                         self.lab.hook])
        times = [sample[0] for sample in
                 self.lab.samples("spawn_times", 1, text="".join(map(job_line, jobs)))]
        base, hook = times[::2], times[1::2]
        row = report.ratio(hook[-edge:], hook[:edge], paired=False)
        drift = report.ratio(base[-edge:], base[:edge], paired=False)["figure"]
        row["note"] = f"last {edge} / first {edge} of {total}; /bin/true alike {drift:.2f}"
        return row

    def list_guards(self):
        """A time on its own: nothing else answers the same question."""
        total = self.count("list")
        [times] = self.lab.samples("many_guards", self.lab.new_cgroup("list"), total, LIST_POLICIES,
                                   LIST_ROUNDS, self.lab.bin / "sysctl-guard", "list", text=lab.RULES)
        return {**report.duration(times), "note": f"{total} guards of {LIST_POLICIES} policies"}

    # --- a container's start
    # -----------------------------------------------------------------------

    def start(self, runtime, plain, around=()):
        """`runtime run` of a program that ends at once: hooked by `plain`, and by our hook."""
        if not shutil.which(runtime) or not shutil.which("runc"):
            raise Unavailable(f"{runtime}" + ("" if runtime == "runc" else " and runc"))
        jobs = []
        state = self.lab.dir / f"{runtime}-state"
        for hook in (plain, self.lab.hook):
            name = f"{self.lab.name}-{runtime}-{hook.name}"
            jobs.append(["-", "-", "/dev/null", shutil.which(runtime), "--root", state, "run",
                         "--bundle", self.lab.runtime_bundle(name, hook), name])
        base, hook = self.lab.samples("spawn_times", self.count("start") + WARM_UP, drop=WARM_UP,
                                      text="".join(map(job_line, jobs)), around=around)
        return report.ratio(hook, base)

    def start_runc(self):
        return self.start("runc", TRUE)

    def start_crun(self):
        """cat: before 1.17 crun fails where a hook leaves its input unread, as true does. It does
        not support hybrid hosts; there it gets a mount namespace with cgroup2 alone."""
        around = ()
        if lab.cgroup2_mount() != pathlib.Path("/sys/fs/cgroup"):
            around = ("unshare", "-m", "--propagation", "private", "sh", "-c",
                      'mount -t cgroup2 cgroup2 /sys/fs/cgroup && exec "$@"', "sh")
        try:
            return self.start("crun", CAT, around)
        except RuntimeError as error:
            raise Unavailable(f"crun, which does not run here: {error}") from None

    # --- the wrapper runtime
    # -----------------------------------------------------------------------

    def wrapper_pass_on(self):
        """A command that starts nothing: of runc, and of runc behind the wrapper."""
        runc = shutil.which("runc")
        if not runc:
            raise Unavailable("runc")
        jobs = [["-", "-", "/dev/null", program, "--version"] for program in (runc, self.lab.wrapper)]
        base, ours = self.lab.samples("spawn_times", self.count("hook") + WARM_UP, drop=WARM_UP,
                                      text="".join(map(job_line, jobs)))
        return report.ratio(ours, base)

    def wrapper_run(self):
        """`run` of one bundle, whose config.json is put there anew each time: for runc edited already, for the
        wrapper as an engine writes it."""
        runc = shutil.which("runc")
        if not runc:
            raise Unavailable("runc")
        jobs = []
        for number, program in enumerate((runc, self.lab.installed_wrapper())):
            name = f"{self.lab.name}-wrapper-{number}"
            bundle = self.lab.runtime_bundle(name, opened=number == 0)
            shutil.copy(bundle / "config.json", bundle / "saved.json")
            command = 'cp "$1/saved.json" "$1/config.json" && exec "$2" --root "$3" run -b "$1" "$4"'
            jobs.append(["-", "-", "/dev/null", "/bin/sh", "-c", command, "sh", bundle, program,
                         self.lab.dir / "wrapper-state", name])
        base, ours = self.lab.samples("spawn_times", self.count("start") + WARM_UP, drop=WARM_UP,
                                      text="".join(map(job_line, jobs)))
        return report.ratio(ours, base)

    def opening(self):
        """`runc run` of a container that has the guard alone, and of one that is opened as well."""
        runc = shutil.which("runc")
        if not runc:
            raise Unavailable("runc")
        jobs = []
        for number, opened in enumerate((False, True)):
            name = f"{self.lab.name}-opening-{number}"
            bundle = self.lab.runtime_bundle(name, self.lab.hook, opened)
            jobs.append(["-", "-", "/dev/null", runc, "--root", self.lab.dir / "opening-state", "run",
                         "--bundle", bundle, name])
        paths = json.loads((bundle / "config.json").read_text(encoding="utf-8"))["hooks"]["createContainer"][0]["args"][2:]
        base, ours = self.lab.samples("spawn_times", self.count("start") + WARM_UP, drop=WARM_UP,
                                      text="".join(map(job_line, jobs)))
        return {**report.ratio(ours, base), "note": f"{len(paths)} paths opened"}

    # --- an access
    # ---------------------------------------------------------------------------------

    def access_cgroups(self):
        """`return 1`, the guard with 20 rules, the guard with plain loops; made once."""
        if not hasattr(self, "plain"):
            self.plain = self.lab.new_cgroup("return-1")
            self.lab.run("allow_all", self.plain)
            self.guard = self.lab.guarded_cgroup("access-20", lab.RULES)
            self.bounded = self.lab.new_cgroup("plain-loops")
            self.lab.run("guard_times", "attach", self.bounded, text=lab.RULES)
        return self.plain, self.guard, self.bounded

    def access(self, name, value, verdict):
        plain, guard, bounded = self.access_cgroups()
        base, ours, loops = self.lab.samples(
            "access_times", self.count("access"), self.count("batch"), name, value,
            f"{plain}:allow", f"{guard}:{verdict}", f"{bounded}:{verdict}")
        return [report.ratio(ours, base), report.ratio(loops, base)]

    def access_read(self):
        return self.access("net/ipv4/ip_forward", "-", "allow")

    def access_denied(self):
        # What it holds in a fresh ipc namespace, so the write that is let through changes nothing.
        return self.access("fs/mqueue/msg_max", "10", "deny")

    def access_allowed(self):
        return self.access("net/ipv4/ip_forward", "1", "allow")

    def access_current(self):
        """A write of the number that is there, which a rule permits because it is there."""
        plain = self.access_cgroups()[0]
        guard = self.lab.guarded_cgroup("access-current", lab.CURRENT_RULE)
        base, ours = self.lab.samples(
            "access_times", self.count("access"), self.count("batch"), "net/ipv4/ip_default_ttl",
            "64", f"{plain}:allow", f"{guard}:allow")
        return report.ratio(ours, base)

    def access_1000(self):
        one = self.lab.guarded_cgroup("access-1", lab.ONE_RULE)
        many = self.lab.guarded_cgroup("access-1000", lab.many_rules(1000))
        base, ours = self.lab.samples(
            "access_times", self.count("access"), self.count("batch"), "net/ipv4/ip_forward", "1",
            f"{one}:allow", f"{many}:allow")
        return report.ratio(ours, base)

    # --- memory, load, compile
    # ---------------------------------------------------------------------

    def memory(self):
        return [self.added_memory(1), self.added_memory(MEMORY_POLICIES), self.memlock()]

    def added_memory(self, policies):
        """What the kernel has more of after that many containers, each of one of the policies, got a guard: in
        slabs, in vmalloc and for each processor. Their cgroups are there before. The median of some rounds,
        as everything else on the host counts too."""
        total = self.count("memory")
        found = []
        for attempt in range(MEMORY_ROUNDS):
            jobs = []
            for number in range(total):
                name = f"memory-{policies}-{attempt}-{number}"
                cgroup = self.lab.new_cgroup(name)
                rules = f"{lab.RULES}, net.ipv4.ip_default_ttl={number % policies}"
                jobs.append([f"keep:{cgroup}", self.lab.container, self.lab.bundle(name, rules), self.lab.hook])
            text = "".join(map(job_line, jobs))
            if policies == 1:
                self.lab.run("spawn_times", 1, text=job_line(jobs[0]))
            before = lab.kernel_memory()
            self.lab.run("spawn_times", 1, text=text)
            after = lab.kernel_memory()
            found.append({name: (after[name] - before[name]) / total for name in before})
        found.sort(key=lambda parts: sum(parts.values()))
        parts = found[len(found) // 2]
        row = report.amount(sum(parts.values()), parts)
        row["runs"] = MEMORY_ROUNDS
        row["note"] = f"{total} containers: " + ", ".join(f"{name} {size:.0f}" for name, size in parts.items())
        return row

    def memlock(self):
        cgroup = self.lab.guarded_cgroup("memory-20", lab.RULES)
        lines = (line.split() for line in self.lab.run("guard_memory", cgroup).splitlines())
        parts = {name: int(size) for name, size in lines}
        row = report.amount(sum(parts.values()), parts)
        row["note"] = ", ".join(f"{name} {size}" for name, size in parts.items())
        return row

    def load(self):
        def times(rules):
            return self.lab.samples("guard_times", "load", self.count("load") + WARM_UP, drop=WARM_UP, text=rules)

        def as_the_hook(samples):
            return report.ratio(samples[0], samples[-1]) if len(samples) == 3 else report.missing("Linux 5.17")

        plain, current = times(lab.RULES), times(f"{lab.RULES}, {lab.CURRENT_RULE}")
        return [as_the_hook(plain), as_the_hook(current), report.ratio(plain[-2], plain[-1])]

    def compile(self):
        files = []
        for name, rules in (("20", lab.RULES), ("1000", lab.many_rules(1000))):
            files.append(self.lab.dir / f"rules-{name}")
            files[-1].write_text(rules, encoding="utf-8")
        try:
            output = self.lab.run(
                "compile_stages", "--benchmark_format=json", "--benchmark_min_time=0.02",
                f"--benchmark_repetitions={self.count('repeat')}", *files)
        except Unavailable:
            raise Unavailable("libbenchmark-dev when it is built") from None
        samples = {}
        for entry in json.loads(output)["benchmarks"]:
            if entry["run_type"] == "iteration":
                samples.setdefault(entry["run_name"], []).append(entry["real_time"] * 1e3)
        return [dict(report.duration(times), what=f"compile {name}")
                for name, times in samples.items()]


    def limit(self):
        """To decide that 1,000 rules are within a limit of 100, against /bin/true, which the hook's
        budget is a multiple of; and the whole hook with that limit against its default."""
        rules, limit = self.lab.dir / "rules-limit", self.lab.dir / "limit-100.json"
        rules.write_text(lab.many_rules(1000), encoding="utf-8")
        limit.write_text(lab.limit_policy(100), encoding="utf-8")
        output = self.lab.run("compile_stages", "--benchmark_format=json",
                              "--benchmark_min_time=0.02",
                              f"--benchmark_repetitions={self.count('repeat')}", f"{rules}:{limit}")
        decide = [entry["real_time"] * 1e3 for entry in json.loads(output)["benchmarks"]
                  if entry["run_type"] == "iteration"]
        cgroup = self.lab.new_cgroup("limit-100")
        state = self.lab.bundle("limit-100", lab.many_rules(1000))
        run = [cgroup, self.lab.container, state]
        jobs = [run + [TRUE], run + [self.lab.hook],
                run + [self.lab.hook, "--policy", limit]]
        true, plain, limited = self.lab.samples(
            "spawn_times", self.count("hook-many") + WARM_UP, drop=WARM_UP,
            text="".join(map(job_line, jobs)))
        return [report.ratio(decide, true, paired=False), report.ratio(limited, plain)]

    # --- events
    # -----------------------------------------------------------------------------

    def event_cgroups(self):
        """Cgroups with 20 rules and the events off, of denied accesses, and of writes too."""
        found = []
        for words in ("off", "denied", "writes"):
            node = self.lab.dir / f"events-{words}.json"
            node.write_text(json.dumps({"version": 1, "events": words}), encoding="utf-8")
            found.append(self.lab.guarded_cgroup(f"events-{words}", lab.RULES, "--policy", node))
        return found

    def events(self):
        """Few writes for each median, as all their events must fit in the host's buffer; then it
        is full."""
        off, denied, writes = self.event_cgroups()
        allowed = ("net/ipv4/ip_forward", "1")
        refused = ("fs/mqueue/msg_max", "10")

        def times(batch, access, cgroups, verdict):
            return self.lab.samples("access_times", EVENT_ROUNDS, batch, *access,
                                    *(f"{cgroup}:{verdict}" for cgroup in cgroups))

        def cleared(*arguments):
            self.lab.clear_events()
            return times(EVENT_BATCH, *arguments)

        none, quiet = times(self.count("batch"), allowed, (off, denied), "allow")
        base, told = cleared(allowed, (off, writes), "allow")
        base_refused, told_refused = cleared(refused, (off, denied), "deny")
        # What that left and this adds fill the largest buffer there can be.
        base_full, full = times(self.count("batch"), refused, (off, denied), "deny")
        self.lab.clear_events()
        return [report.ratio(quiet, none), report.ratio(told, base),
                report.ratio(told_refused, base_refused), report.ratio(full[WARM_UP:], base_full[WARM_UP:])]


# Row -> how it is measured, and for each figure it gives its text and what it should be at most.
ROWS = {
    "hook-20": (Bench.hook_20, [("the hook, 20 rules, 10 KB config.json / true", 1.4)]),
    "hook-60k": (Bench.hook_60k, [("the hook, 20 rules, 60 KB config.json / true", 1.6)]),
    "hook-1000": (Bench.hook_1000, [("the hook, 1,000 rules / true", 2)]),
    "hook-20-cold": (Bench.hook_20_cold, [("the hook, 20 rules, a policy that is new / true", 2.5)]),
    "hook-1000-cold": (Bench.hook_1000_cold, [("the hook, 1,000 rules, a policy that is new / true", 10)]),
    "page-fault": (Bench.page_fault, [("a page fault of this machine", None)]),
    "start-runc": (Bench.start_runc, [("runc run, the hook / true as the hook", 1.03)]),
    "start-crun": (Bench.start_crun, [("crun run, the hook / cat as the hook", 1.10)]),
    "wrapper": (Bench.wrapper_pass_on, [("runc --version behind the wrapper / by itself", None)]),
    "wrapper-run": (Bench.wrapper_run, [("run by the wrapper, which edits / runc, edited already", 1.05)]),
    "opening": (Bench.opening, [("runc run, guarded and opened / guarded alone", 1.05)]),
    "read": (Bench.access_read, [("a read / the same under `return 1`", 1.05),
                                 ("  with plain loops, for Linux before 5.17", None)]),
    "denied": (Bench.access_denied, [("a write denied in the first component / allowed", 1.25),
                                     ("  with plain loops", None)]),
    "allowed": (Bench.access_allowed, [("net/ipv4/ip_forward=1, allowed / under `return 1`", 1.5),
                                       ("  with plain loops", None)]),
    "current": (Bench.access_current,
                [("net/ipv4/ip_default_ttl=64, allowed by `@current..` / under `return 1`", 2)]),
    "rules": (Bench.access_1000, [("the same write, 1,000 rules / 1 rule", 1.10)]),
    # Before what leaves guards until the end.
    "list": (Bench.list_guards, [("sysctl-guard list, 1,000 guards", 100_000_000)]),
    "memory": (Bench.memory, [("kernel memory of one more container, 20 rules", 5),
                              ("  whose policy every fifth one has", None),
                              ("  by memlock: the program with its maps", None)]),
    "containers": (Bench.containers, [("the hook on a host full of guards / an empty one", 1.1),
                                      ("  of 200 policies", 1.1)]),
    "load": (Bench.load, [("load with bpf_loop, as the hook does / load of `return 1`", None),
                          ("  a policy with `@current..` / the same", None),
                          ("load by libbpf, with plain loops / the same", None)]),
    "compile": (Bench.compile, [("compile", None)]),
    "limit": (Bench.limit, [("1,000 rules: are they within a limit of 100 / true", 10),
                            ("  the hook with that limit / with the default one", None)]),
    "events": (Bench.events, [("an allowed write, events of what is denied / events off", None),
                              ("  the same, with an event for it / events off", None),
                              ("a denied write, with an event for it / events off", None),
                              ("  the same, the buffer full / events off", None)]),
}


def measure(bench, name):
    """The rows of one name, with text and target."""
    how, figures = ROWS[name]
    try:
        found = how(bench)
    except Unavailable as error:
        found = [report.missing(str(error)) for _ in figures]
    except (RuntimeError, OSError, subprocess.SubprocessError) as error:
        found = [report.missing(str(error), failed=True) for _ in figures]
    found = found if isinstance(found, list) else [found]
    rows = []
    for number, row in enumerate(found):
        what, target = figures[min(number, len(figures) - 1)]
        rows.append({"row": name, "what": what, "target": target, **row})
    return rows


def parse_arguments():
    parser = argparse.ArgumentParser(prog="test/bench/run.sh")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--quick", action="store_true", help="fewer samples: see that it runs")
    parser.add_argument("--build", default="build", help=argparse.SUPPRESS)
    parser.add_argument("rows", nargs="*", metavar="ROW",
                        help="rows to measure: " + ", ".join(ROWS))
    arguments = parser.parse_args()
    for name in arguments.rows:
        if name not in ROWS:
            parser.error(f"no row '{name}'; there are: {', '.join(ROWS)}")
    return arguments


def main():
    arguments = parse_arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    before = report.host()
    rows = []
    try:
        with lab.Lab(arguments.build) as where:
            bench = Bench(where, arguments.quick)
            for name in arguments.rows or ROWS:
                if os.isatty(2):
                    print(f"\r{name} ...\033[K", end="", file=sys.stderr, flush=True)
                rows += measure(bench, name)
    except Unavailable as error:
        sys.exit(f"bench.py: needs {error}")
    if os.isatty(2):
        print("\r\033[K", end="", file=sys.stderr, flush=True)
    after = report.host()
    if arguments.json:
        report.print_json(rows, before, after, arguments.quick)
    else:
        report.print_table(rows, before, after)
    return 1 if any("failed" in row for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
