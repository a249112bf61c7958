// SPDX-License-Identifier: Apache-2.0
// installed_programs_test.cpp - where the programs are, and which of them an engine may run.
#include "engines/installed_programs.h"

#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <string>

#include "base/file_write.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using sg::engines::installed_programs;
using sg::engines::require_program;
using sg::host::RootDir;
using sg::test::TempDir;

TEST_CASE("Programs: they have the prefix of the command, or of the hook that is named") {
  struct Case {
    const char* why;
    std::string root;
    std::optional<std::string> hook;
    std::string program;
    std::string expected_hook, expected_runtime;
  };
  const std::string below = "/libexec/oci/hooks.d/sysctl-guard-hook";
  const Case cases[] = {
      {"installed",
       "/",
       {},
       "/usr/local/bin/sysctl-guard",
       "/usr/local" + below,
       "/usr/local/bin/sysctl-guard-runtime"},
      {"below another root",
       "/pkg",
       {},
       "/pkg/opt/sg/bin/sysctl-guard",
       "/opt/sg" + below,
       "/opt/sg/bin/sysctl-guard-runtime"},
      {"outside of the root",
       "/pkg",
       {},
       "/home/me/build/bin/sysctl-guard",
       "/usr" + below,
       "/usr/bin/sysctl-guard-runtime"},
      {"not in bin", "/", {}, "/x/sysctl-guard", "/usr" + below, "/usr/bin/sysctl-guard-runtime"},
      {"named, with a prefix", "/", "/opt" + below, "/usr/bin/sysctl-guard", "/opt" + below,
       "/opt/bin/sysctl-guard-runtime"},
      {"named, anywhere", "/", "/x/hook", "/usr/bin/sysctl-guard", "/x/hook",
       "/usr/bin/sysctl-guard-runtime"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const auto programs = installed_programs(RootDir(c.root), c.hook, c.program);
    REQUIRE(programs);
    CHECK(programs->hook == c.expected_hook);
    CHECK(programs->runtime == c.expected_runtime);
  }
  const auto relative = installed_programs(RootDir("/"), "hook", "/usr/bin/sysctl-guard");
  REQUIRE_FALSE(relative);
  CHECK(relative.error().code == sg::Errc::kUsage);
}

TEST_CASE("Programs: below another root a file that can be run is enough") {
  const TempDir dir;
  const RootDir root(dir.path());
  const auto why = [&root](const std::string& path) {
    const sg::Status status = require_program(root, path, "hook");
    return status ? std::string("fine") : status.error().message;
  };
  CHECK(why("/usr/hook") == "hook '/usr/hook': is not there");
  REQUIRE(sg::replace_file(dir.path() + "/usr/hook", "x"));
  CHECK(why("/usr/hook") == "hook '/usr/hook': is not an executable file");
  REQUIRE(::chmod((dir.path() + "/usr/hook").c_str(), 0777) == 0);
  CHECK(why("/usr/hook") == "fine");
  CHECK(why("/usr") == "hook '/usr': is not an executable file");
  CHECK(why("/usr/hook/x") == "hook '/usr/hook/x': is not there");
}

TEST_CASE("Programs: on this system nobody but root may be able to change it") {
  if (::geteuid() != 0) {
    return;  // nothing of root's can be made
  }
  const TempDir dir;
  const std::string path = dir.path() + "/hook";
  REQUIRE(sg::replace_file(path, "x"));
  REQUIRE(::chmod(path.c_str(), 0755) == 0);
  CHECK(require_program(RootDir("/"), path, "hook"));
  REQUIRE(::chmod(path.c_str(), 0775) == 0);
  const sg::Status refused = require_program(RootDir("/"), path, "hook");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message == "hook '" + path + "': others than root can write it");
  REQUIRE(::chmod(path.c_str(), 0755) == 0);
  // Whoever owns a link on the way chooses the program.
  const std::string link = dir.path() + "/link";
  REQUIRE(::symlink(path.c_str(), link.c_str()) == 0);
  CHECK(require_program(RootDir("/"), link, "hook"));
  REQUIRE(::lchown(link.c_str(), 1000, 0) == 0);
  CHECK_FALSE(require_program(RootDir("/"), link, "hook"));
}
