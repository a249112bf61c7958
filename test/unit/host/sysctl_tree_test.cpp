// SPDX-License-Identifier: Apache-2.0
// sysctl_tree_test.cpp - directories of names, and nothing that is only mounted or linked there.
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

TEST_CASE("Sysctl tree: the running kernel's") {
  const Entries kernel = SysctlTree().list("kernel");
  CHECK(std::ranges::find(kernel, SysctlEntry{"ostype", false}) != kernel.end());
  CHECK(std::ranges::find(kernel, SysctlEntry{"random", true}) != kernel.end());
}
