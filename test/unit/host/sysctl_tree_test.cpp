// SPDX-License-Identifier: Apache-2.0
// sysctl_tree_test.cpp - directories of names and what is in a file, and nothing that is only mounted
// or linked there.
#include "host/sysctl_tree.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "support/catch.h"
#include "support/temp_dir.h"

using sg::host::SysctlEntry;
using sg::host::SysctlTree;
using Entries = std::vector<SysctlEntry>;

TEST_CASE("Sysctl tree: files and directories, sorted; no links, and nothing outside") {
  const sg::test::TempDir dir;
  std::filesystem::create_directories(dir.path() + "/net/ipv4");
  std::filesystem::create_directories(dir.path() + "/kernel");
  std::ofstream(dir.path() + "/net/ipv4/ip_forward") << "1";
  std::filesystem::create_symlink("/etc", dir.path() + "/link");
  const SysctlTree tree(dir.path());
  CHECK(tree.list("") == Entries{{"kernel", true}, {"net", true}});
  CHECK(tree.list("net/ipv4") == Entries{{"ip_forward", false}});
  CHECK(tree.list("kernel").empty());
  CHECK(tree.list("nothing").empty());
  CHECK(tree.list("net/ipv4/ip_forward").empty());
  CHECK(tree.list("link").empty());
  CHECK(tree.list("..").empty());
  CHECK(SysctlTree("/nonexistent").list("").empty());
}

TEST_CASE("Sysctl tree: what a sysctl shows") {
  const sg::test::TempDir dir;
  std::filesystem::create_directories(dir.path() + "/vm");
  std::ofstream(dir.path() + "/vm/max_map_count") << "65530\n";
  std::ofstream(dir.path() + "/vm/full") << std::string(sg::host::kSysctlMax, '1');
  std::ofstream(dir.path() + "/vm/long") << std::string(sg::host::kSysctlMax + 1, '1');
  std::filesystem::create_symlink("max_map_count", dir.path() + "/vm/link");
  const SysctlTree tree(dir.path() + "/");
  CHECK(tree.read("vm/max_map_count") == "65530\n");
  CHECK(tree.read("vm/full") == std::string(sg::host::kSysctlMax, '1'));
  for (const char* name : {"vm/long", "vm/link", "vm/nothing", "vm", "", "..",
                           "../../../../../../etc/hostname", "/etc/hostname"}) {
    INFO(name);
    CHECK_FALSE(tree.read(name));
  }
  CHECK_FALSE(SysctlTree("/nonexistent").read("vm/max_map_count"));
}

TEST_CASE("Sysctl tree: the running kernel's") {
  const Entries kernel = SysctlTree().list("kernel");
  CHECK(std::ranges::find(kernel, SysctlEntry{"ostype", false}) != kernel.end());
  CHECK(std::ranges::find(kernel, SysctlEntry{"random", true}) != kernel.end());
  CHECK(SysctlTree().read("kernel/ostype") == "Linux\n");
}
