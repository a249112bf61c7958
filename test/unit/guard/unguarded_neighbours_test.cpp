// SPDX-License-Identifier: Apache-2.0
// unguarded_neighbours_test.cpp - who shares a PID namespace with a guarded container, in a made-up
// /proc.
#include "guard/unguarded_neighbours.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/some_guards.h"
#include "support/temp_dir.h"

using namespace sg;
using guard::Neighbour;

namespace {

void write_file(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

struct Host {
  test::TempDir dir;
  std::string proc = dir.path() + "/proc";

  Host() { add_process("self", "host", "/"); }

  // Namespaces are told apart by the file that stands for them.
  void add_process(const std::string& pid, const std::string& pid_namespace,
                   const std::string& cgroup) const {
    const std::string inode = dir.path() + "/" + pid_namespace;
    if (!std::filesystem::exists(inode)) {
      write_file(inode, "");
    }
    std::filesystem::create_directories(proc + "/" + pid + "/ns");
    std::filesystem::create_symlink(inode, proc + "/" + pid + "/ns/pid");
    write_file(proc + "/" + pid + "/cgroup", "0::" + cgroup + "\n");
  }

  // A container with these processes.
  [[nodiscard]] guard::GuardView guarded(const std::string& id,
                                         const std::string& processes) const {
    guard::GuardView view = test::view_of({.id = id}, {}, {}, "/" + id);
    view.guard.cgroup_dir = dir.path() + "/cgroup/" + id;
    std::filesystem::create_directories(view.guard.cgroup_dir);
    write_file(view.guard.cgroup_dir + "/cgroup.procs", processes);
    return view;
  }
};

}  // namespace

TEST_CASE(
    "unguarded neighbours: who is in the PID namespace of a guarded container, and in no guarded "
    "cgroup") {
  const Host host;
  host.add_process("1", "host", "/init.scope");
  host.add_process("10", "a", "/a");
  host.add_process("11", "a", "/a/below");
  host.add_process("12", "a", "/aside");
  host.add_process("13", "a", "/aside");
  host.add_process("14", "a", "/b");
  host.add_process("20", "b", "/b");
  host.add_process("30", "c", "/c");
  const std::vector<guard::GuardView> views = {host.guarded("a", "10\n"),
                                               host.guarded("b", "20\n")};
  CHECK(guard::unguarded_neighbours(views, host.proc) ==
        std::vector<Neighbour>{{"a", "/aside", 12}});
  CHECK(guard::unguarded_neighbours({}, host.proc).empty());
}

TEST_CASE(
    "unguarded neighbours: one without a PID namespace of its own has none, and who ended is "
    "none") {
  const Host host;
  host.add_process("1", "host", "/init.scope");
  host.add_process("10", "host", "/a");
  const std::vector<guard::GuardView> views = {host.guarded("a", "10\n"),
                                               host.guarded("gone", "4242\n")};
  CHECK(guard::unguarded_neighbours(views, host.proc).empty());
}
