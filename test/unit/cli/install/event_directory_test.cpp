// SPDX-License-Identifier: Apache-2.0
// event_directory_test.cpp - without a bpffs nothing is done about the directory, and what is said.
//
// With one: test/kernel/event_dir_test.cpp and test/integration/60-install.bats.
#include "cli/install/event_directory.h"

#include <sys/stat.h>

#include <string>

#include "support/catch.h"
#include "support/temp_dir.h"

using sg::cli::DirectoryChange;
using sg::cli::EventDirectoryPlan;
using sg::cli::render_event_directory;
using sg::host::RootDir;
using sg::test::TempDir;

TEST_CASE("event directory: without a bpffs below the root nothing is made or removed") {
  const TempDir dir;
  const RootDir root(dir.path());
  for (const char* const path : {"/sys", "/sys/fs", "/sys/fs/bpf"}) {
    REQUIRE(mkdir((dir.path() + path).c_str(), 0755) == 0);
    EventDirectoryPlan plan = sg::cli::plan_event_directory(root);
    CHECK(plan.change == DirectoryChange::kNone);
    CHECK(plan.remarks.empty());
    sg::cli::apply_event_directory(plan);
    sg::cli::take_back(plan);
    CHECK_FALSE(root.has("/sys/fs/bpf/sysctl-guard"));
  }
  // An empty directory of that name on another filesystem is not ours.
  REQUIRE(mkdir((dir.path() + "/sys/fs/bpf/sysctl-guard").c_str(), 0700) == 0);
  const sg::engines::FilePlan files{
      .changes = {{"/etc/x", "old", "new"}}, .notes = {}, .remarks = {}};
  EventDirectoryPlan plan =
      sg::cli::unplan_event_directory(root, *sg::engines::find_engine("podman"), files);
  CHECK(plan.change == DirectoryChange::kNone);
  sg::cli::apply_event_directory(plan);
  CHECK(root.has("/sys/fs/bpf/sysctl-guard"));
}

TEST_CASE("event directory: what is said") {
  EventDirectoryPlan plan{.change = DirectoryChange::kMake, .bpffs = "/x", .remarks = {}};
  CHECK(render_event_directory(plan, false) == "made /sys/fs/bpf/sysctl-guard\n");
  CHECK(render_event_directory(plan, true) == "would make /sys/fs/bpf/sysctl-guard\n");
  plan.change = DirectoryChange::kRemove;
  plan.remarks = {"why"};
  CHECK(render_event_directory(plan, false) == "removed /sys/fs/bpf/sysctl-guard\nnote: why\n");
  CHECK(render_event_directory(plan, true) == "would remove /sys/fs/bpf/sysctl-guard\nnote: why\n");
  plan = {};
  CHECK(render_event_directory(plan, false).empty());
}
