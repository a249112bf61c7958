// SPDX-License-Identifier: Apache-2.0
// explain_excess_test.cpp - which findings become one, and which stay as they are.
#include "cli/check/explain_excess.h"

#include <string>
#include <vector>

#include "support/catch.h"

using namespace sg;
using policy::Rule;

namespace {

Finding finding(Severity severity, std::size_t offset, std::string message, Errc code) {
  return {.severity = severity,
          .source = "here",
          .offset = offset,
          .message = std::move(message),
          .hint = severity == Severity::kError ? "widen it" : "write another",
          .code = code};
}

std::vector<Finding> explained(const std::string& pattern, std::size_t offset_of_warning) {
  Diagnostics findings;
  findings.add(finding(Severity::kError, 3,
                       "permits x=0, which is beyond the node's limit: it is host-wide",
                       Errc::kBeyondLimit));
  findings.add(finding(Severity::kWarning, offset_of_warning, "no such name", Errc::kBadInput));
  Rule rule;
  rule.pattern = pattern;
  rule.source = "here";
  rule.offset = 3;
  return cli::explain_excess(findings, {rule}).findings();
}

}  // namespace

TEST_CASE("Explain excess: a name that no kernel has is the reason") {
  const std::vector<Finding> found = explained("kernel/hostnam", 3);
  REQUIRE(found.size() == 1);
  CHECK(found[0].severity == Severity::kError);
  CHECK(found[0].message == "permits x=0, which is beyond the node's limit: no such name");
  CHECK(found[0].hint == "write another");
}

TEST_CASE("Explain excess: a name that is one keeps both, and so does another rule's") {
  for (const auto& found : {explained("kernel/panic", 3), explained("kernel/hostnam", 4)}) {
    REQUIRE(found.size() == 2);
    CHECK(found[0].hint == "widen it");
  }
}
