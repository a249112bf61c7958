// SPDX-License-Identifier: Apache-2.0
// known_program_test.cpp - versions in what programs print, and what those lack.
#include "engines/known_program.h"

#include <optional>
#include <string>

#include "engines/engine.h"
#include "support/catch.h"

using sg::engines::check_version;
using sg::engines::CheckStatus;
using sg::engines::parse_version_number;
using sg::engines::Version;

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
  CHECK(cuts.remedy.starts_with("write the rules of a list on one line with \";\" between them"));
  const sg::engines::Check both = check_version(kPodman.program, "/p", Version{4, 3, 1});
  CHECK(both.status == CheckStatus::kWarning);
  CHECK(both.summary.starts_with("/p 4.3.1 lets an image set annotations, and cuts --annotation"));
  CHECK(both.remedy.starts_with("limit them by a node policy, or use 4.5.1; write the rules"));
  CHECK(
      check_version(kPodman.program, "/p", Version{4, 5, 1}).summary.starts_with("/p 4.5.1 cuts"));
}
