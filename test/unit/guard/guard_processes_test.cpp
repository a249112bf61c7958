// SPDX-License-Identifier: Apache-2.0
// guard_processes_test.cpp - who could undo a guard, in a made-up /proc and a made-up cgroup.
#include "guard/guard_processes.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "support/catch.h"
#include "support/temp_dir.h"

using namespace sg;
using guard::look_at_processes;

namespace {

void write_file(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

// A process with this bounding set, in the user namespace whose file this is.
void make_process(const std::string& proc, const std::string& pid, const std::string& bounding,
                  const std::string& user) {
  const std::string dir = proc + "/" + pid;
  REQUIRE(mkdir(dir.c_str(), 0755) == 0);
  REQUIRE(mkdir((dir + "/ns").c_str(), 0755) == 0);
  REQUIRE(symlink(user.c_str(), (dir + "/ns/user").c_str()) == 0);
  write_file(dir + "/status", "Name:\tx\nCapEff:\t0\nCapBnd:\t" + bounding + "\nCapAmb:\t0\n");
}

struct Host {
  test::TempDir dir;
  std::string proc = dir.path() + "/proc";
  std::string cgroup = dir.path() + "/cgroup";
  std::string own = dir.path() + "/own";
  std::string other = dir.path() + "/other";

  Host() {
    for (const std::string& path : {proc, cgroup, cgroup + "/below"}) {
      REQUIRE(mkdir(path.c_str(), 0755) == 0);
    }
    write_file(own, "");
    write_file(other, "");
    make_process(proc, "self", "0", own);
  }
};

}  // namespace

TEST_CASE(
    "guard processes: those of the cgroup and of cgroups below it, in the host's user namespace") {
  Host host;
  make_process(host.proc, "10", "0000000000001000", host.own);
  make_process(host.proc, "11", "000001ffffffffff", host.other);
  make_process(host.proc, "12", "0000000000200000", host.own);
  make_process(host.proc, "13", "000001ffffffffff", host.own);
  write_file(host.cgroup + "/cgroup.procs", "10\n11\n");
  write_file(host.cgroup + "/below/cgroup.procs", "");
  guard::GuardedProcesses found = look_at_processes(host.cgroup, host.proc);
  CHECK(found.count == 2);
  CHECK_FALSE(found.undoer);
  write_file(host.cgroup + "/below/cgroup.procs", "13\n12\n");
  found = look_at_processes(host.cgroup, host.proc);
  CHECK(found.count == 4);
  REQUIRE(found.undoer);
  CHECK(*found.undoer == guard::Undoer{12, {"CAP_SYS_ADMIN"}});
}

TEST_CASE("guard processes: the mounts are those of the first process that can be looked at") {
  Host host;
  for (const char* const pid : {"10", "11", "12"}) {
    make_process(host.proc, pid, "0", host.own);
  }
  CHECK_FALSE(guard::proc_sys_of(host.cgroup, host.proc));
  write_file(host.cgroup + "/cgroup.procs", "10\n11\n12\n");
  CHECK_FALSE(guard::proc_sys_of(host.cgroup, host.proc));
  write_file(host.proc + "/10/mountinfo", "");  // has ended
  write_file(host.proc + "/11/mountinfo", "92 91 0:42 / /proc ro - proc proc rw\n");
  write_file(host.proc + "/12/mountinfo", "92 91 0:42 / /proc rw - proc proc rw\n");
  const auto seen = guard::proc_sys_of(host.cgroup, host.proc);
  REQUIRE(seen);
  CHECK_FALSE(seen->is_writable());
}

TEST_CASE("guard processes: what has ended or cannot be read is none") {
  Host host;
  make_process(host.proc, "10", "not hexadecimal", host.own);
  write_file(host.cgroup + "/cgroup.procs", "0\n10\n4242\nword\n");
  const guard::GuardedProcesses found = look_at_processes(host.cgroup, host.proc);
  CHECK(found.count == 0);
  CHECK_FALSE(found.undoer);
  CHECK(look_at_processes(host.dir.path() + "/none", host.proc).count == 0);
}
