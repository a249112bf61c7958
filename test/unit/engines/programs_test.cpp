// SPDX-License-Identifier: Apache-2.0
// programs_test.cpp - where the programs are, and which of them an engine may run; versions in what
// programs print, and what those lack.
#include "engines/programs.h"

#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <string>

#include "base/file_write.h"
#include "engines/engine.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using sg::engines::check_version;
using sg::engines::CheckStatus;
using sg::engines::installed_programs;
using sg::engines::parse_version_number;
using sg::engines::require_program;
using sg::engines::Version;
using sg::host::RootDir;
using sg::test::TempDir;

namespace {

const sg::engines::Engine& kPodman = *sg::engines::find_engine("podman");
const sg::engines::Engine& kDocker = *sg::engines::find_engine("docker");
constexpr sg::engines::KnownProgram kPlain{"crun", "crun"};

}  // namespace

TEST_CASE("Known program: the version in what programs print") {
  struct Case {
    std::string text;
    std::optional<Version> version;
  };
  const Case cases[] = {
      {"podman version 4.3.1\n", Version{4, 3, 1}},
      {"runc version 1.1.5+ds1\ncommit: 1.1.5+ds1-1+deb12u1\nspec: 1.0.2-dev\n", Version{1, 1, 5}},
      {"crun version 1.21\ncommit: 10269840aa07fb7e6b7e1acff6198692d8ff5c88\n", Version{1, 21, 0}},
      {"Docker version 26.1.5+dfsg1, build a72d7cd\n", Version{26, 1, 5}},
      {"containerd github.com/containerd/containerd 1.6.20~ds1 1.6.20~ds1-1\n", Version{1, 6, 20}},
      {"crio version 1.30.0-dev\n", Version{1, 30, 0}},
      {"build 7 of v2.0.0", Version{2, 0, 0}},
      {"7", std::nullopt},
      {"no number", std::nullopt},
      {"", std::nullopt},
      {"99999999999999999999.1", std::nullopt},
  };
  for (const Case& c : cases) {
    INFO(c.text);
    CHECK((parse_version_number(c.text) == c.version));
  }
}

TEST_CASE("Known program: what a version lacks") {
  CHECK(check_version(kPodman.program, "/p", Version{4, 5, 0}).status == CheckStatus::kWarning);
  CHECK(check_version(kPodman.program, "/p", Version{5, 0, 0}).status == CheckStatus::kOk);
  CHECK(check_version(kDocker.program, "/d", Version{20, 10, 24}).status == CheckStatus::kWarning);
  CHECK(check_version(kPlain, "/c", Version{0, 1, 0}).summary == "/c 0.1.0");
  CHECK(check_version(kPodman.program, "/p", std::nullopt).status == CheckStatus::kOk);
}

TEST_CASE("Known program: everything that a version lacks, in one line") {
  const sg::engines::Check cuts = check_version(kPodman.program, "/p", Version{4, 9, 9});
  CHECK(cuts.status == CheckStatus::kWarning);
  CHECK(cuts.summary.starts_with("/p 4.9.9 cuts --annotation at commas and, "));
  CHECK(cuts.summary.find("loses every line but the first") != std::string::npos);
  CHECK(cuts.summary.find("refuses a pod of kube play with an annotation of more than 63 bytes") !=
        std::string::npos);
  CHECK(cuts.remedy.find("a profile of the node policy, and name it in the pod") !=
        std::string::npos);
  CHECK(cuts.remedy.starts_with("write the rules of a list on one line with \";\" between them"));
  const sg::engines::Check both = check_version(kPodman.program, "/p", Version{4, 3, 1});
  CHECK(both.status == CheckStatus::kWarning);
  CHECK(both.summary.starts_with("/p 4.3.1 lets an image set annotations, and cuts --annotation"));
  CHECK(both.remedy.starts_with("limit them by a node policy, or use 4.5.1; write the rules"));
  CHECK(
      check_version(kPodman.program, "/p", Version{4, 5, 1}).summary.starts_with("/p 4.5.1 cuts"));
}

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
