// SPDX-License-Identifier: Apache-2.0
// ways_out_test.cpp - mounts of a container by which it could leave its guard, and others beside
// them.
#include "host/ways_out.h"

#include <string>

#include "support/catch.h"

using sg::host::OwnPlaces;

namespace {

constexpr const char* kProc = "90 80 0:50 / /r/proc rw,nosuid - proc proc rw\n";

OwnPlaces own(const std::string& cgroups) {
  OwnPlaces places{.root = "/r", .proc_device = "0:50", .cgroup = "", .cgroups_v1 = {}};
  sg::host::take_cgroups(cgroups, places);
  return places;
}

// With the container's own procfs, and mounts of the host that are no matter.
std::string way_out(const std::string& mount, const std::string& cgroups = "1:cpu:/\n0::/\n") {
  const std::string text =
      "20 1 0:5 / /proc rw - proc proc rw\n21 1 0:27 /.. /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n" +
      std::string(kProc) + mount + "\n";
  const auto mounts = sg::parse_mountinfo(text);
  return sg::host::way_out(mounts, own(cgroups));
}

}  // namespace

TEST_CASE("Ways out: the cgroups of a process") {
  const OwnPlaces places = own("12:pids:/a\n1:name=systemd:/b:c\n0::/d\n");
  CHECK(places.cgroup == "/d");
  CHECK(places.cgroups_v1 == std::vector<std::string>{"/a", "/b:c"});
  CHECK(own("1:cpu:/x\nnonsense\n").cgroup.empty());
}

TEST_CASE("Ways out: what shows others, at or below the container's root") {
  struct Case {
    const char* why;
    const char* mount;
    std::string out;
  };
  const std::string processes = " shows processes that are not its own";
  const std::string cgroups = " has cgroups that are not its own, and is writable";
  const Case cases[] = {
      {"a tmpfs", "91 80 0:51 / /r/tmp rw - tmpfs tmpfs rw", ""},
      {"its own procfs elsewhere", "91 80 0:50 / /r/p2 rw - proc proc rw", ""},
      {"a part of its own procfs", "91 80 0:50 /sys /r/proc/sys ro - proc proc rw", ""},
      {"the host's procfs", "91 80 0:5 / /r/hp rw - proc proc rw", "'/hp'" + processes},
      {"the same, read-only", "91 80 0:5 / /r/hp ro - proc proc rw", "'/hp'" + processes},
      {"one process of it", "91 80 0:5 /1 /r/hp rw - proc proc rw", "'/hp'" + processes},
      {"as the root itself", "91 80 0:5 / /r rw - proc proc rw", "''" + processes},
      {"beside the root", "91 80 0:5 / /rr/hp rw - proc proc rw", ""},
      {"its own cgroup", "91 80 0:27 / /r/cg rw - cgroup2 cgroup2 rw", ""},
      {"a cgroup of its own below", "91 80 0:27 /x /r/cg rw - cgroup2 cgroup2 rw", ""},
      {"the cgroup above", "91 80 0:27 /.. /r/cg rw - cgroup2 cgroup2 rw", "'/cg'" + cgroups},
      {"the host's, read-only", "91 80 0:27 /../.. /r/cg ro - cgroup2 cgroup2 rw", ""},
      {"a read-only filesystem", "91 80 0:27 /.. /r/cg rw - cgroup2 cgroup2 ro", ""},
      {"its own cgroup v1", "91 80 0:28 / /r/cg rw - cgroup cgroup rw,cpu", ""},
      {"another's cgroup v1", "91 80 0:28 /../b /r/cg rw - cgroup cgroup rw,cpu",
       "'/cg'" + cgroups},
      {"a name to be escaped", "91 80 0:5 / /r/a\\012b rw - proc proc rw", "'/a\\nb'" + processes},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(way_out(c.mount) == c.out);
  }
}

TEST_CASE("Ways out: without a cgroup namespace the own cgroup is told by its path") {
  const std::string cgroups = "1:cpu:/\n0::/box/c1\n";
  CHECK(way_out("91 80 0:27 /box/c1 /r/cg rw - cgroup2 cgroup2 rw", cgroups).empty());
  CHECK_FALSE(way_out("91 80 0:27 / /r/cg rw - cgroup2 cgroup2 rw", cgroups).empty());
  CHECK_FALSE(way_out("91 80 0:27 /box/c12 /r/cg rw - cgroup2 cgroup2 rw", cgroups).empty());
  CHECK_FALSE(
      way_out("91 80 0:27 / /r/cg rw - cgroup2 cgroup2 rw", "1:cpu:/\n").empty());  // in none
}
