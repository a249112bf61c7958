// SPDX-License-Identifier: Apache-2.0
// alias_walk_test.cpp - rows of two names, followed through the automaton of a few patterns.
#include "compile/alias_walk.h"

#include <string>
#include <variant>
#include <vector>

#include "automaton/dfa.h"
#include "compile/build_nfa.h"
#include "compile/limits.h"
#include "support/catch.h"

using namespace sg;
using compile::AliasWalk;
using compile::WayRound;

namespace {

// The pairs that are found, "RULE written changed" each.
std::vector<std::string> follow(const std::vector<std::string>& denies,
                                const std::vector<std::string>& allows, const std::string& written,
                                const std::string& changed) {
  policy::Policy policy;
  for (const std::string& pattern : denies) {
    policy.rules.push_back(policy::unwritten_rule(policy::RuleKind::kDeny, pattern));
  }
  for (const std::string& pattern : allows) {
    policy.rules.push_back(policy::unwritten_rule(policy::RuleKind::kAllow, pattern));
  }
  const auto made = automaton::determinize(compile::build_nfa(policy), compile::kBudget);
  REQUIRE(std::holds_alternative<automaton::Dfa>(made));
  std::vector<std::string> found;
  for (const WayRound& way :
       AliasWalk(std::get<automaton::Dfa>(made), denies.size()).follow(written, changed)) {
    found.push_back(std::to_string(way.rule) + " " + way.written + " " + way.changed);
  }
  return found;
}

using Found = std::vector<std::string>;

}  // namespace

TEST_CASE("Alias walk: names without gaps") {
  CHECK(follow({"a/b"}, {"c"}, "c", "a/b") == Found{"1 c a/b"});
  CHECK(follow({"a/b"}, {"c"}, "a/b", "c").empty());
  CHECK(follow({"a/b", "c"}, {"c"}, "c", "a/b").empty());
  CHECK(follow({"a/*"}, {"*"}, "c", "a/b") == Found{"1 c a/b"});
  CHECK(follow({"a/b"}, {"d"}, "c", "a/b").empty());
  CHECK(follow({"x", "a/b", "a/*"}, {"c"}, "c", "a/b") == Found{"2 c a/b"});
}

TEST_CASE("Alias walk: a gap in both is the same component") {
  CHECK(follow({"n/e1/s"}, {"n/e1/ms"}, "n/%/ms", "n/%/s") == Found{"1 n/e1/ms n/e1/s"});
  CHECK(follow({"n/e1/s"}, {"n/e2/ms"}, "n/%/ms", "n/%/s").empty());
  CHECK(follow({"n/*b/s"}, {"n/a*/ms"}, "n/%/ms", "n/%/s") == Found{"1 n/ab/ms n/ab/s"});
  CHECK(follow({"n/all/s"}, {"n/all/ms"}, "n/%/ms", "n/%/s") == Found{"1 n/all/ms n/all/s"});
  CHECK(follow({"n/e1/s", "n/e2/*"}, {"n/*/ms"}, "n/%/ms", "n/%/s") == Found{"1 n/e1/ms n/e1/s"});
}

TEST_CASE("Alias walk: a gap in the changed name alone is any interface, and no template") {
  CHECK(follow({"n/e1/a"}, {"n/all/a"}, "n/all/@", "n/%/@") == Found{"1 n/all/a n/e1/a"});
  CHECK(follow({"n/all/a"}, {"n/default/a"}, "n/default/@", "n/%/@").empty());
  CHECK(follow({"n/default/a"}, {"n/all/a"}, "n/all/@", "n/%/@").empty());
  CHECK(follow({"n/def*/a"}, {"n/all/a"}, "n/all/@", "n/%/@") == Found{"1 n/all/a n/def/a"});
  CHECK(follow({"n/alll/a"}, {"n/all/a"}, "n/all/@", "n/%/@") == Found{"1 n/all/a n/alll/a"});
  CHECK(follow({"n/e1/a"}, {"n/all/b"}, "n/all/@", "n/%/@").empty());
  CHECK(follow({"n/e1/f", "n/e2/f"}, {"f"}, "f", "n/%/f") == Found{"1 f n/e1/f", "2 f n/e2/f"});
  CHECK(follow({"n/e1/a/b"}, {"n/all/*"}, "n/all/@", "n/%/@").empty());  // one component
}
