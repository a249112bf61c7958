// SPDX-License-Identifier: Apache-2.0
// doctor_engines_test.cpp - versions, and which engine runs the hook.
#include "app/doctor/doctor_engines.h"

#include <sys/stat.h>

#include <optional>
#include <string>
#include <vector>

#include "app/install/hooks_d.h"
#include "base/file_write.h"
#include "support/catch.h"
#include "support/root_files.h"
#include "support/temp_dir.h"

using sg::app::Check;
using sg::app::CheckStatus;
using sg::host::RootDir;
using sg::app::Version;
using sg::app::check_engines;
using sg::app::parse_version_number;
using sg::test::TempDir;
using sg::test::make_program;

namespace {

const std::string kHook = "/usr/libexec/oci/hooks.d/sysctl-guard-hook";

// The status of one check, as a word with its summary.
std::string found(const std::vector<Check>& checks, const std::string& id) {
  for (const Check& check : checks) {
    if (check.id == id) {
      const char* const words[] = {"ok ", "warning ", "failed ", "unknown "};
      return words[static_cast<int>(check.status)] + check.summary;
    }
  }
  return "none";
}

}  // namespace

TEST_CASE("Doctor engines: the version in what programs print") {
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

TEST_CASE("Doctor engines: what a version lacks") {
  CHECK(sg::app::check_version("podman", {"/p", Version{4, 5, 0}}).status == CheckStatus::kWarning);
  CHECK(sg::app::check_version("podman", {"/p", Version{5, 0, 0}}).status == CheckStatus::kOk);
  CHECK(sg::app::check_version("docker", {"/d", Version{20, 10, 24}}).status ==
        CheckStatus::kWarning);
  CHECK(sg::app::check_version("runc", {"/r", Version{1, 0, 3}}).status == CheckStatus::kWarning);
  CHECK(sg::app::check_version("crun", {"/c", Version{0, 1, 0}}).summary == "/c 0.1.0");
  CHECK(sg::app::check_version("podman", {"/p", std::nullopt}).status == CheckStatus::kOk);
}

TEST_CASE("Doctor engines: everything that a version lacks, in one line") {
  const sg::app::Check cuts = sg::app::check_version("podman", {"/p", Version{4, 9, 9}});
  CHECK(cuts.status == CheckStatus::kWarning);
  CHECK(cuts.summary.starts_with("/p 4.9.9 cuts --annotation at commas and, "));
  CHECK(cuts.summary.find("loses every line but the first") != std::string::npos);
  CHECK(cuts.remedy.starts_with("write the rules of a list on one line with \";\" between them"));
  const sg::app::Check both = sg::app::check_version("podman", {"/p", Version{4, 3, 1}});
  CHECK(both.status == CheckStatus::kWarning);
  CHECK(both.summary.starts_with("/p 4.3.1 lets an image set annotations, and cuts --annotation"));
  CHECK(both.remedy.starts_with("limit them by a node policy, or use 4.5.1; write the rules"));
  CHECK(sg::app::check_version("podman", {"/p", Version{4, 5, 1}})
            .summary.starts_with("/p 4.5.1 cuts"));
}

TEST_CASE("Doctor engines: nothing there, a runtime alone, an engine without the hook") {
  const TempDir dir;
  const RootDir root(dir.path());
  CHECK(found(check_engines(root), "hook") == "failed neither an engine nor a runtime was found");
  make_program(dir, "/usr/sbin/runc");
  CHECK(found(check_engines(root), "hook").starts_with("warning a runtime alone"));
  make_program(dir, "/usr/bin/podman");
  CHECK(found(check_engines(root), "program:podman") == "ok /usr/bin/podman, of unknown version");
  CHECK(found(check_engines(root), "hook:podman") == "warning the hook is not registered");
  CHECK(found(check_engines(root), "hook") == "failed no engine runs the hook");
  make_program(dir, kHook);
  REQUIRE(sg::replace_file(dir.path() + "/usr/share/containers/oci/hooks.d/a.json",
                           sg::app::hooks_d_text({.hook = kHook})));
  CHECK(found(check_engines(root), "hook") == "ok an engine runs the hook");
  CHECK(found(check_engines(root), "hook:cri-o") == "none");
  make_program(dir, "/usr/bin/crio");
  CHECK(found(check_engines(root), "hook:cri-o").starts_with("ok registered by "));
}
