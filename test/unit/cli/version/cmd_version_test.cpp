// SPDX-License-Identifier: Apache-2.0
// cmd_version_test.cpp - `sysctl-guard version`: the same facts in both forms.
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "support/catch.h"
#include "support/command_words.h"
#include "table_abi.h"

namespace {

using sg::cli::Outcome;
using sg::test::run_words;

}  // namespace

TEST_CASE("Version: the text begins with the name and the version") {
  const Outcome outcome = run_words({"version"});
  CHECK(outcome.exit_code == sg::cli::kExitDone);
  CHECK(outcome.errors.empty());
  CHECK(outcome.output ==
        "sysctl-guard " SG_VERSION "\ntable layout " + std::to_string(SG_TABLE_VERSION) + "\n");
}

TEST_CASE("Version: the document says the same") {
  const Outcome outcome = run_words({"version", "--json"});
  CHECK(outcome.exit_code == sg::cli::kExitDone);
  const std::vector<std::vector<std::string_view>> members{{"name"}, {"version"}, {"tableLayout"}};
  const auto items = sg::read_json(outcome.output, "version", members);
  REQUIRE(items);
  REQUIRE(items->size() == 3);
  CHECK((*items)[0].text == "sysctl-guard");
  CHECK((*items)[1].text == SG_VERSION);
  CHECK((*items)[2].text == std::to_string(SG_TABLE_VERSION));
}
