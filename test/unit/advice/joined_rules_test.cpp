// SPDX-License-Identifier: Apache-2.0
// joined_rules_test.cpp - what stands between two rules of one value, and what is a value alone.
#include "advice/joined_rules.h"

#include "support/catch.h"

using sg::advice::Between;
using sg::advice::between_rules;

TEST_CASE("Joined rules: what stands between two, by what the sysctl takes") {
  struct Case {
    const char* text;
    bool only_numbers;
    Between between;
  };
  const Case cases[] = {
      {"1", true, Between::kNoRules},
      {"1 2", true, Between::kNoRules},
      {"a, b=c", false, Between::kNoRules},
      {"1, b=c", true, Between::kSeparator},
      {"1 net.ipv4.ip_forward=1", true, Between::kBlank},
      {"a vm.swappiness=1", false, Between::kBlank},
      {"1; vm.swappiness=1", true, Between::kSeparator},
      {"net.ipv4.ip_forward=1", true, Between::kBar},
      {"other.name=1", true, Between::kBar},
      {"other.name=1", false, Between::kNoRules},
      {"1 except vm.swappiness", true, Between::kLeftOut},
      {"1!vm.swappiness", true, Between::kLeftOut},
  };
  for (const Case& c : cases) {
    INFO(c.text);
    CHECK(between_rules(c.text, c.only_numbers) == c.between);
  }
}
