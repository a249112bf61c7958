// SPDX-License-Identifier: Apache-2.0
// dangers_test.cpp - each row of the table can be read as its readers read it.
#include "sysctl/dangers.h"

#include <algorithm>
#include <set>
#include <string>

#include "base/text.h"
#include "policy/rule_list.h"
#include "support/catch.h"
#include "sysctl/sysctl_name.h"

using namespace sg;
using namespace sg::policy;
using namespace sg::sysctl;

namespace {

// The one rule that the row's name with these values is; values as written.
std::vector<Rule> rule_of(const Danger& danger, std::string_view values) {
  Diagnostics findings;
  RuleBudget budget;
  const std::string text =
      to_dot_form(danger.name) + (values.empty() ? "" : "=") + std::string(values);
  std::vector<Rule> rules =
      parse_rule_list(text, RuleKind::kAllow, "here", Groups({}), budget, findings);
  CHECK(findings.findings().empty());
  return rules;
}

}  // namespace

TEST_CASE("Dangers: names and values are rules") {
  for (const Danger& danger : dangers()) {
    INFO(danger.name);
    CHECK((danger.harmful.empty() || danger.harmless.empty()));
    for (const std::string_view values : {danger.harmful, danger.harmless}) {
      const std::vector<Rule> rules = rule_of(danger, values);
      REQUIRE(rules.size() == 1);
      CHECK(rules[0].pattern == danger.name);
      CHECK(rules[0].values.empty() == values.empty());
    }
  }
}

TEST_CASE("Dangers: a name stands twice only with other values, and each reason is a clause") {
  std::set<std::string_view> names;
  for (const Danger& danger : dangers()) {
    INFO(danger.name);
    const bool is_new = names.insert(danger.name).second;
    CHECK(
        (is_new || !danger.harmful.empty()));  // several rows for one name are told apart by values
    CHECK(std::ranges::count_if(dangers(), [&](const Danger& other) {
            return other.name != danger.name && pattern_matches(other.name, danger.name);
          }) == 0);
    CHECK_FALSE(danger.reason.empty());
    CHECK(danger.reason.find_first_of(".\n") == std::string_view::npos);
    CHECK(danger.reason.size() < 160);  // with a name and a harm within what a line of the log has
    CHECK(std::ranges::all_of(danger.reason, is_printable));
  }
}

TEST_CASE("Dangers: what the kernel runs as root gives the host away") {
  for (const char* name :
       {"kernel/core_pattern", "kernel/modprobe", "kernel/hotplug", "kernel/poweroff_cmd"}) {
    INFO(name);
    const auto found = std::ranges::find(dangers(), std::string_view(name), &Danger::name);
    REQUIRE(found != dangers().end());
    CHECK(found->harm == Harm::kGivesAway);
    CHECK(harm_clause(found->harm) == "gives the host away");
  }
}
