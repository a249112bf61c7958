# SPDX-License-Identifier: Apache-2.0
"""lab.py - what the measurements are made on: scratch cgroups, a process, bundles, and their end.

Everything is named after this process, below one cgroup at the top of the cgroup2 mount and one
temporary directory, and is gone when the `with` block of a Lab ends, whichever way it ends.
"""

import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

from report import Unavailable

TOP = pathlib.Path(__file__).resolve().parents[2]
DOCKER_CONFIG = TOP / "test/data/docker-26.1.config.json"
LONG_CONFIG = 60 * 1024
DEADLINE = 120  # seconds for one helper program
ALLOW = "io.sysctl-guard.allow"

# As people write them: a router with a VPN, some tuning.
RULES = """net.ipv4.ip_forward=0|1, net.ipv4.conf.*.forwarding=0|1, net.ipv4.conf.*.rp_filter=0..2,
net.ipv4.conf.wg*.src_valid_mark=0|1, net.ipv4.conf.*.arp_ignore=0..8,
net.ipv6.conf.*.forwarding=0|1, net.ipv6.conf.*.disable_ipv6=0|1, net.ipv6.conf.*.accept_ra=0..2,
net.ipv4.ip_local_port_range=1024..65535 1024..65535, net.ipv4.tcp_syncookies=0..2,
net.ipv4.tcp_keepalive_time=1..7200, net.ipv4.tcp_keepalive_intvl=1..75,
net.ipv4.tcp_keepalive_probes=1..9, net.ipv4.tcp_congestion_control=cubic|reno|bbr,
net.ipv4.tcp_rmem=4096 4096..131072 4096..6291456,
net.ipv4.tcp_wmem=4096 4096..65536 4096..4194304,
net.core.somaxconn=128..65535, net.netfilter.nf_conntrack_*, kernel.shmmax, kernel.sem"""
ONE_RULE = "net.ipv4.ip_forward=0|1"
CURRENT_RULE = "net.ipv4.ip_default_ttl=@current.."


def many_rules(count):
    """`count` rules, of the shape net.testI.kJ.*.vI=0..I but for one on a sysctl that exists."""
    shaped = [f"net.test{i}.k{i % 7}.*.v{i}=0..{i}" for i in range(count - 1)]
    return ",".join(shaped + [ONE_RULE])


def limit_policy(count):
    """A node policy whose limit has `count` rules and permits many_rules(1000), each of them by a
    rule with a range of its own or by one for all that begin alike."""
    allow = [f"net.test{i}{'*' if i >= 10 else '.*'}=0..1000" for i in range(90)]
    allow += ["net.test9*=0..1000", ONE_RULE]
    allow += [f"net.core.other{i}=0..{i}" for i in range(count - len(allow))]
    return json.dumps({"version": 1, "limit": {"allow": allow}})


def compact(document):
    """JSON without blanks, as engines and runtimes write it."""
    return json.dumps(document, separators=(",", ":"))


def kernel_memory():
    """Bytes that the kernel has in slabs, in vmalloc and for each processor."""
    found = {}
    for line in pathlib.Path("/proc/meminfo").read_text(encoding="utf-8").splitlines():
        name, size = line.split(":")
        if name in ("Slab", "VmallocUsed", "Percpu"):
            found[name.lower()] = int(size.split()[0]) * 1024
    return found


def pins():
    """The programs that hooks have pinned."""
    return set(pathlib.Path("/run/sysctl-guard/bpf").glob("p-*"))


def cgroup2_mount():
    for line in pathlib.Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
        fields, _, rest = line.partition(" - ")
        if rest.startswith("cgroup2 "):
            return pathlib.Path(fields.split()[4])
    raise Unavailable("a mounted cgroup2 filesystem")


class Lab:
    """Scratch cgroups and files; the helper programs with their deadline."""

    def __init__(self, build):
        self.bin = (TOP / build / "bin").resolve()
        self.hook = self.bin / "sysctl-guard-hook"
        self.wrapper = self.bin / "sysctl-guard-runtime"
        self.name = f"sysctl-guard-bench-{os.getpid()}"
        self.cgroup = cgroup2_mount() / self.name
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix=self.name + "."))
        self.cgroups = []
        self.undo = contextlib.ExitStack()

    def __enter__(self):
        self.undo.callback(shutil.rmtree, self.dir, ignore_errors=True)
        before = pins()
        self.undo.callback(lambda: [pin.unlink(missing_ok=True) for pin in pins() - before])
        self.undo.callback(self.remove_cgroups)
        try:
            self.cgroup.mkdir()
            self.cgroups.append(self.cgroup)
            # The first program of a host changes how the kernel runs; that is not part of any
            # figure.
            self.run("allow_all", self.new_cgroup("other-container"))
            self.container = self.start_container()
        except BaseException:
            self.undo.close()
            raise
        return self

    def __exit__(self, *_):
        self.undo.close()

    def start_container(self):
        """The process that stands for the container: asleep, with namespaces of its own."""
        sleeper = subprocess.Popen(["unshare", "--net", "--ipc", "--uts", "sleep", "100000"],
                                   stdin=subprocess.DEVNULL)
        self.undo.callback(sleeper.wait)
        self.undo.callback(sleeper.kill)
        end = time.monotonic() + DEADLINE
        while pathlib.Path(f"/proc/{sleeper.pid}/comm").read_text(encoding="utf-8") != "sleep\n":
            if time.monotonic() > end or sleeper.poll() is not None:
                raise RuntimeError("unshare did not start sleep")
            time.sleep(0.01)
        return sleeper.pid

    def new_cgroup(self, name):
        path = self.cgroup / name
        path.mkdir()
        self.cgroups.append(path)
        return path

    def remove_cgroups(self):
        # A cgroup is busy for a moment after its last process has ended.
        end = time.monotonic() + DEADLINE
        while self.cgroups:
            try:
                self.cgroups[-1].rmdir()
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.01)
                continue
            self.cgroups.pop()

    def run(self, program, *arguments, text="", around=()):
        """The output of a helper program; `around` is a command to run it under."""
        path = self.bin / f"bench_{program}"
        if not path.exists():
            raise Unavailable(f"{path.name}, which was not built")
        command = [*around, path, *map(str, arguments)]
        done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=DEADLINE)
        if done.returncode != 0:
            said = done.stderr.strip().replace("\n", "; ")
            raise RuntimeError(f"{program}: status {done.returncode}: {said}")
        return done.stdout

    def samples(self, program, *arguments, drop=0, **options):
        """The numbers a helper prints, by job; the first `drop` of each warm up."""
        found = {}
        for line in self.run(program, *arguments, **options).splitlines():
            job, value = line.split()
            found.setdefault(int(job), []).append(float(value))
        return [found[job][drop:] for job in sorted(found)]

    def bundle(self, container, rules, size=0):
        """The state file of a container whose config.json is Docker's with these rules."""
        bundle = self.dir / f"bundle-{container}"
        bundle.mkdir()
        config = json.loads(DOCKER_CONFIG.read_text(encoding="utf-8"))
        config["annotations"] = {ALLOW: rules}
        config["linux"]["cgroupsPath"] = f"/{self.name}/{container}"
        fill_config(config, size)
        (bundle / "config.json").write_text(compact(config), encoding="utf-8")
        state = bundle / "state.json"
        state.write_text(compact({
            "ociVersion": "1.2.0", "id": container, "status": "creating", "pid": self.container,
            "bundle": str(bundle), "annotations": {ALLOW: rules}}), encoding="utf-8")
        return state

    def guarded_cgroup(self, container, rules, *arguments):
        """A cgroup with a guard that the hook, with these arguments, attached."""
        cgroup = self.new_cgroup(container)
        job = [f"keep:{cgroup}", self.container, self.bundle(container, rules), self.hook, *arguments]
        self.run("spawn_times", 1, text=job_line(job))
        return cgroup

    def clear_events(self):
        """Makes room in the host's buffer of events; they are shown to nobody."""
        subprocess.run([self.bin / "sysctl-guard", "events", "--clear", "--json"], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=DEADLINE)

    def installed_wrapper(self):
        """The wrapper and its hook as root installs them: it takes no other."""
        where = self.dir / "installed"
        where.mkdir()
        for program in (self.wrapper, self.hook):
            shutil.copy(program, where)
            os.chown(where / program.name, 0, 0)
            (where / program.name).chmod(0o755)
        return where / self.wrapper.name

    def runtime_bundle(self, container, hook=None, opened=False):
        """A bundle for a real runtime: a static program, 20 rules and a read-only /proc/sys, as an engine
        writes it; with `hook` at createRuntime. Opened: as our precreate stage edits it, both hooks in it."""
        bundle = self.dir / f"runtime-{container}"
        (bundle / "rootfs").mkdir(parents=True)
        shutil.copy(self.bin / "bench_exit_zero", bundle / "rootfs/exit_zero")
        for name in ("dev", "proc", "sys"):
            (bundle / "rootfs" / name).mkdir()
        subprocess.run(["runc", "spec"], cwd=bundle, check=True, timeout=DEADLINE)
        config = json.loads((bundle / "config.json").read_text(encoding="utf-8"))
        config["process"].update(terminal=False, args=["/exit_zero"], rlimits=[])
        config["annotations"] = {ALLOW: RULES}
        if hook:
            config["hooks"] = {"createRuntime": [{"path": str(hook), "args": [hook.name]}]}
        # Not below the cgroup of this run: runtimes make a path in every hierarchy and remove its
        # end alone.
        config["linux"].update(cgroupsPath=f"/{container}", resources={})
        text = compact(config)
        if opened:
            text = subprocess.run([self.hook], input=text, stdout=subprocess.PIPE, check=True, text=True,
                                  timeout=DEADLINE).stdout
        (bundle / "config.json").write_text(text, encoding="utf-8")
        return bundle


def fill_config(config, size):
    """Variables and mounts, as a Kubernetes pod has them, until the text has `size` bytes."""
    length, number = len(compact(config)), 0
    while length < size:
        variable = f"SERVICE_{number}_PORT_8080_TCP_ADDR=10.96.{number // 256}.{number % 256}"
        mount = {"destination": f"/var/run/secrets/volume-{number}", "type": "bind",
                 "source": f"/var/lib/kubelet/pods/volumes/projected/volume-{number}",
                 "options": ["rbind", "ro", "rprivate"]}
        config["process"]["env"].append(variable)
        config["mounts"].append(mount)
        length += len(compact(variable)) + len(compact(mount)) + 2
        number += 1


def job_line(fields):
    return "\t".join(map(str, fields)) + "\n"
