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

struct Case {
  const char* pattern = "";
  std::size_t offset_of_name = 3;
  const char* reason = "it is host-wide";
};

std::vector<Rule> rules_of(const Case& c) {
  Rule rule;
  rule.pattern = c.pattern;
  rule.source = "here";
  rule.offset = 3;
  return {rule};
}

Diagnostics names_of(const Case& c) {
  Diagnostics names;
  names.add(finding(Severity::kWarning, c.offset_of_name, "no such name", Errc::kBadInput));
  return names;
}

std::vector<Finding> explained(const Case& c) {
  Diagnostics findings;
  findings.add(finding(Severity::kError, 3,
                       std::string("permits x=0, which is beyond the node's limit: ") + c.reason,
                       Errc::kBeyondLimit));
  return cli::explain_excess(findings, names_of(c), rules_of(c)).findings();
}

// Of a warning and an error about the rule.
std::size_t left_of(const Case& c) {
  Diagnostics findings;
  findings.add(finding(Severity::kWarning, 3, "this has no effect", Errc::kNodePolicy));
  findings.add(finding(Severity::kError, 3, "too large", Errc::kNodePolicy));
  return cli::without_unknown(findings, names_of(c), rules_of(c)).findings().size();
}

}  // namespace

TEST_CASE("Explain excess: a name that no kernel has is the reason") {
  const std::vector<Finding> found = explained({.pattern = "kernel/hostnam"});
  REQUIRE(found.size() == 1);
  CHECK(found[0].severity == Severity::kError);
  CHECK(found[0].message == "permits x=0, which is beyond the node's limit: no such name");
  CHECK(found[0].hint == "write another");
}

TEST_CASE("Explain excess: a name that is one keeps both, and so does another rule's, or a value") {
  const Case cases[] = {{.pattern = "kernel/panic"},
                        {.pattern = "kernel/hostnam", .offset_of_name = 4},
                        {.pattern = "kernel/hostnam",
                         .reason = "the value is out of range, the limit permits 'kernel.*=1'"}};
  for (const Case& c : cases) {
    const std::vector<Finding> found = explained(c);
    REQUIRE(found.size() == 2);
    CHECK(found[0].hint == "widen it");
    CHECK(found[1].message == "no such name");
  }
}

TEST_CASE("Explain excess: of a name that no kernel has, nothing else is warned of") {
  CHECK(left_of({.pattern = "kernel/hostnam"}) == 1);
  CHECK(left_of({.pattern = "kernel/panic"}) == 2);
  CHECK(left_of({.pattern = "kernel/hostnam", .offset_of_name = 4}) == 2);
}
