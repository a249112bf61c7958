// SPDX-License-Identifier: Apache-2.0
// update_options_test.cpp - the command lines of learn, update and detach.
#include "app/update/update_options.h"

#include <string>
#include <vector>

#include "base/text.h"
#include "support/catch.h"

using namespace sg;
using app::DetachOptions;
using app::LearnOptions;
using app::UpdateOptions;
using Words = std::vector<std::string>;

namespace {

template <typename Options>
Options must(Result<std::optional<Options>> parsed) {
  INFO((parsed ? "" : parsed.error().message));
  REQUIRE(parsed);
  REQUIRE(parsed->has_value());
  return **std::move(parsed);
}

template <typename Options>
std::string why(const Result<std::optional<Options>>& parsed) {
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().code == Errc::kUsage);
  return parsed.error().message;
}

}  // namespace

TEST_CASE("Options of learn") {
  const LearnOptions plain = must(app::parse_learn(Words{"4f5b"}));
  CHECK(plain.container == "4f5b");
  CHECK_FALSE(plain.from);
  CHECK(plain.min == 1);
  CHECK(plain.generalise == policy::Generalise::kAll);
  CHECK_FALSE(plain.private_namespaces);
  const LearnOptions full = must(app::parse_learn(Words{"--from", "-", "--min=3", "--generalise", "interfaces", "--policy",
                                                   "none", "--private-ns", "net,user", "--json"}));
  CHECK(full.container.empty());
  CHECK(full.from == "-");
  CHECK(full.min == 3);
  CHECK(full.generalise == policy::Generalise::kInterfaces);
  CHECK(full.node_policy == "none");
  CHECK(full.private_namespaces == policy::NamespaceSet{.net = true, .user = true});
  CHECK(full.json);
  CHECK(must(app::parse_learn(Words{"--private-ns=", "c"})).private_namespaces == policy::NamespaceSet{});
  CHECK(must(app::parse_learn(Words{"--from", "x", "c"})).container == "c");
  CHECK(must(app::parse_learn(Words{"c", "--generalise", "none"})).generalise == policy::Generalise::kNone);
  CHECK(must(app::parse_learn(Words{"c", "--generalise", "values"})).generalise == policy::Generalise::kValues);
}

TEST_CASE("Options of learn: mistakes") {
  CHECK(why(app::parse_learn(Words{})) == "no container given: an ID, the beginning of one, or a name");
  CHECK(why(app::parse_learn(Words{""})) == "no container given: an ID, the beginning of one, or a name");
  CHECK(why(app::parse_learn(Words{"a", "b"})) == "one container at a time: 'b'");
  for (const std::string min : {"0", "-1", "x", ""}) {
    CHECK(why(app::parse_learn(Words{"a", "--min", min})) == "--min: '" + min + "' is no number of times, 1 or more");
  }
  CHECK(why(app::parse_learn(Words{"a", "--generalise", "value"})) ==
        "--generalise: 'value' is not one of none, interfaces, values, all; did you mean 'values'?");
  CHECK(why(app::parse_learn(Words{"a", "--private-ns", "net,pid"})) ==
        "--private-ns: unknown namespace 'pid'; known are net, ipc, uts, user");
}

TEST_CASE("Options of update") {
  const UpdateOptions none = must(app::parse_update(Words{"c"}));
  CHECK(none.lists.empty());
  CHECK_FALSE(none.dry_run);
  const UpdateOptions full =
      must(app::parse_update(Words{"c", "--allow", "", "--deny", "a", "--deny-read", "b", "--mode", "audit", "--dry-run",
                              "--from-annotations", "f", "--policy", "/p", "--json"}));
  CHECK(full.lists ==
        std::map<std::string, std::string>{{"allow", ""}, {"deny", "a"}, {"deny-read", "b"}, {"mode", "audit"}});
  CHECK(full.from_annotations == "f");
  CHECK(full.node_policy == "/p");
  CHECK((full.dry_run && full.json));
  CHECK(why(app::parse_update(Words{"--allow", "x"})) == "no container given: an ID, the beginning of one, or a name");
  CHECK(why(app::parse_update(Words{"c", "--policy", "p"})) == "--policy: 'p' is not an absolute path");
  CHECK(why(app::parse_update(Words{"c", "--alow", "p"})) == "unknown option '--alow'; did you mean '--allow'?");
}

TEST_CASE("Options of detach, and help") {
  CHECK(must(app::parse_detach(Words{"c"})).container == "c");
  CHECK(why(app::parse_detach(Words{})) == "no container given: an ID, the beginning of one, or a name");
  CHECK_FALSE(app::parse_learn(Words{"--help"})->has_value());
  CHECK_FALSE(app::parse_update(Words{"-h"})->has_value());
  CHECK_FALSE(app::parse_detach(Words{"--help"})->has_value());
  for (const char* const help : {app::kLearnHelp, app::kUpdateHelp, app::kDetachHelp}) {
    for (const std::string_view line : split(help, '\n')) {
      INFO(line);
      CHECK(line.size() <= 80);
    }
  }
}
