// SPDX-License-Identifier: Apache-2.0
// go_pattern_test.cpp - patterns as hooks.d files have them, and those that are not judged.
#include "app/install/go_pattern.h"

#include <string>

#include "support/catch.h"

using sg::app::match_go_pattern;
using sg::app::PatternMatch;

TEST_CASE("Go pattern: found anywhere, unless it is anchored") {
  struct Case {
    std::string pattern, text;
    PatternMatch match;
  };
  const Case cases[] = {
      {R"(^io\.sysctl-guard\.)", "io.sysctl-guard.allow", PatternMatch::kYes},
      {R"(^io\.sysctl-guard\.)", "x.io.sysctl-guard.allow", PatternMatch::kNo},
      {R"(io\.sysctl-guard\.)", "x.io.sysctl-guard.allow", PatternMatch::kYes},
      {R"(^io\.sysctl-guard\.allow$)", "io.sysctl-guard.allow/web", PatternMatch::kNo},
      {R"(^io\.sysctl-guard\.(allow|deny(-read)?)(\/.*)?$)", "io.sysctl-guard.deny-read/web",
       PatternMatch::kYes},
      {R"(^com\.example\.)", "io.sysctl-guard.allow", PatternMatch::kNo},
      {"^io[.]sysctl", "io.sysctl", PatternMatch::kYes},
      {"[^]x]", "x]", PatternMatch::kNo},
      {"", "a", PatternMatch::kYes},
      {".*", "", PatternMatch::kYes},
  };
  for (const Case& c : cases) {
    INFO(c.pattern + " on " + c.text);
    CHECK((match_go_pattern(c.pattern, c.text) == c.match));
  }
}

TEST_CASE("Go pattern: what POSIX reads in another way is not judged") {
  for (const char* pattern : {"(?i)a", "(?:a)", R"(\d)", R"(\w)", R"(\<a)", R"([\.])",
                              "[[:alpha:]]", "(", "[a", R"(a\)"}) {
    INFO(pattern);
    CHECK((match_go_pattern(pattern, "a") == PatternMatch::kUnknown));
  }
}
