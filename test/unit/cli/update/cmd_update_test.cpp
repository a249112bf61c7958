// SPDX-License-Identifier: Apache-2.0
// cmd_update_test.cpp - the command lines of update.
#include "cli/update/cmd_update.h"

#include <string>

#include "support/catch.h"
#include "support/command_words.h"

using namespace sg;
using cli::UpdateOptions;
using test::Words;

namespace {

Result<UpdateOptions> read(const Words& words) {
  return test::read_words(cli::update_command(), cli::read_update_options, words);
}

UpdateOptions must(const Words& words) {
  const Result<UpdateOptions> options = read(words);
  INFO((options ? "" : options.error().message));
  REQUIRE(options);
  return *options;
}

std::string why(const Words& words) {
  const Result<UpdateOptions> options = read(words);
  REQUIRE_FALSE(options);
  CHECK(options.error().code == Errc::kUsage);
  return options.error().message;
}

}  // namespace

TEST_CASE("Options of update") {
  const UpdateOptions none = must({"c"});
  CHECK(none.lists.empty());
  CHECK_FALSE(none.dry_run);
  const UpdateOptions full =
      must({"c", "--allow", "", "--deny", "a", "--deny-read", "b", "--mode", "audit", "--dry-run",
            "--from-annotations", "f", "--policy", "/p", "--json"});
  CHECK(full.lists == std::map<std::string, std::string>{
                          {"allow", ""}, {"deny", "a"}, {"deny-read", "b"}, {"mode", "audit"}});
  CHECK(full.from_annotations == "f");
  CHECK(full.node_policy == "/p");
  CHECK((full.dry_run && full.json));
  CHECK(why({"--allow", "x"}) == "no container given: an ID, the beginning of one, or a name");
  CHECK(why({"c", "--policy", "p"}) == "--policy: 'p' is not an absolute path");
  CHECK(why({"c", "--alow", "p"}) == "unknown option '--alow'; did you mean '--allow'?");
}
