// SPDX-License-Identifier: Apache-2.0
// file_plan_test.cpp - a plan is shown, made, and undone where it cannot be made whole.
#include "engines/file_plan.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "base/file_io.h"
#include "base/file_write.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using sg::engines::apply_plan;
using sg::engines::FilePlan;
using sg::host::RootDir;
using sg::test::TempDir;

namespace {

std::string content_of(const std::string& path) {
  const sg::Result<std::string> text = sg::read_file(AT_FDCWD, path, 1000);
  return text ? *text : "none";
}

void plan_change(const RootDir& root, FilePlan& plan, const std::string& path,
                 const sg::engines::FileText& after) {
  const auto before = root.read(path);
  REQUIRE(before);
  plan.changes.push_back({path, *before, after});
}

// a is new, b is changed, c goes, d stays.
FilePlan example(const TempDir& dir) {
  const RootDir root(dir.path());
  FilePlan plan;
  for (const char* name : {"b", "c", "d"}) {
    REQUIRE(sg::replace_file(dir.path() + "/etc/" + name, std::string(name) + "\n"));
  }
  plan_change(root, plan, "/etc/x/a", "new");
  plan_change(root, plan, "/etc/b", "B\n");
  plan_change(root, plan, "/etc/c", std::nullopt);
  plan_change(root, plan, "/etc/d", "d\n");
  plan.notes.emplace_back("restart it");
  return plan;
}

}  // namespace

TEST_CASE("File plan: what it says") {
  const TempDir dir;
  const FilePlan plan = example(dir);
  CHECK(sg::engines::render_dry_run(plan) ==
        "would write /etc/x/a\nnew\nwould write /etc/b\nB\nwould remove /etc/c\nunchanged /etc/d\n"
        "note: restart it\n");
  CHECK(sg::engines::render_done(plan) ==
        "wrote /etc/x/a\nwrote /etc/b\nremoved /etc/c\nnote: restart it\n");
  CHECK(sg::engines::changes_anything(plan));
  CHECK(content_of(dir.path() + "/etc/c") == "c\n");
}

TEST_CASE("File plan: what it does, and that there is nothing to do then") {
  const TempDir dir;
  const RootDir root(dir.path());
  REQUIRE(apply_plan(root, example(dir)));
  CHECK(content_of(dir.path() + "/etc/x/a") == "new");
  CHECK(content_of(dir.path() + "/etc/b") == "B\n");
  CHECK(content_of(dir.path() + "/etc/c") == "none");
  FilePlan again;
  plan_change(root, again, "/etc/x/a", "new");
  plan_change(root, again, "/etc/c", std::nullopt);
  CHECK_FALSE(sg::engines::changes_anything(again));
}

TEST_CASE("File plan: a link is followed, not replaced") {
  const TempDir dir;
  const RootDir root(dir.path());
  REQUIRE(sg::replace_file(dir.path() + "/data/real", "old"));
  REQUIRE(::symlink("data/real", (dir.path() + "/link").c_str()) == 0);
  FilePlan plan;
  plan_change(root, plan, "/link", "new");
  CHECK(plan.changes[0].before == "old");
  REQUIRE(apply_plan(root, plan));
  CHECK(content_of(dir.path() + "/data/real") == "new");
  struct stat info {};
  REQUIRE(::lstat((dir.path() + "/link").c_str(), &info) == 0);
  CHECK(S_ISLNK(info.st_mode));
}

TEST_CASE("File plan: where one change fails, those before it are put back") {
  const TempDir dir;
  const RootDir root(dir.path());
  FilePlan plan = example(dir);
  plan_change(root, plan, "/etc/b/not-a-directory", "x");
  const sg::Status applied = apply_plan(root, plan);
  REQUIRE_FALSE(applied);
  CHECK(content_of(dir.path() + "/etc/x/a") == "none");
  CHECK(content_of(dir.path() + "/etc/b") == "b\n");
  CHECK(content_of(dir.path() + "/etc/c") == "c\n");
}

TEST_CASE("File plan: its inverse leaves everything as it was") {
  const TempDir dir;
  const RootDir root(dir.path());
  const FilePlan plan = example(dir);
  REQUIRE(apply_plan(root, plan));
  REQUIRE(apply_plan(root, sg::engines::inverse_of(plan)));
  CHECK(content_of(dir.path() + "/etc/x/a") == "none");
  CHECK(content_of(dir.path() + "/etc/b") == "b\n");
  CHECK(content_of(dir.path() + "/etc/c") == "c\n");
}

TEST_CASE("File plan: a file that is not ours is not written, and not removed") {
  const TempDir dir;
  const RootDir root(dir.path());
  const auto is_ours = [](std::string_view text) { return text.starts_with("ours"); };
  REQUIRE(sg::replace_file(dir.path() + "/theirs", "theirs"));
  REQUIRE(sg::replace_file(dir.path() + "/ours", "ours, old"));
  FilePlan plan;
  const sg::Status refused = sg::engines::plan_own_file(root, plan, "/theirs", "ours", is_ours);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message == "'/theirs': is there, and was not made by sysctl-guard");
  CHECK_FALSE(refused.error().hint.empty());
  REQUIRE(sg::engines::plan_own_file(root, plan, "/theirs", std::nullopt, is_ours));
  CHECK(plan.changes.empty());
  CHECK(sg::engines::render_remarks(plan) ==
        "note: /theirs was not made by sysctl-guard and stays\n");
  REQUIRE(sg::engines::plan_own_file(root, plan, "/ours", "ours, new", is_ours));
  REQUIRE(sg::engines::plan_own_file(root, plan, "/new", "ours", is_ours));
  CHECK(plan.changes.size() == 2);
}

TEST_CASE("File plan: what a killed run has left goes, beside a file that stays too") {
  const TempDir dir;
  const RootDir root(dir.path());
  REQUIRE(sg::replace_file(dir.path() + "/etc/a", "a"));
  const std::string left = dir.path() + "/etc/a.sysctl-guard-123abc";
  REQUIRE(sg::replace_file(left, ""));
  FilePlan plan;
  plan_change(root, plan, "/etc/a", "a");
  REQUIRE(apply_plan(root, plan));
  CHECK(content_of(left) == "none");
  CHECK(content_of(dir.path() + "/etc/a") == "a");
}
