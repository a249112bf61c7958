// SPDX-License-Identifier: Apache-2.0
// explain_excess_test.cpp - which findings become one, and which stay as they are.
#include "cli/check/explain_excess.h"

#include <string>
#include <vector>

#include "policy/rule_list.h"
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

TEST_CASE("Explain excess: a value that the sysctl cannot take is the reason") {
  Diagnostics findings;
  findings.add(finding(Severity::kError, 3, "permits x=a, which is beyond the node's limit: b",
                       Errc::kBeyondLimit));
  Diagnostics mistakes;
  mistakes.add(finding(Severity::kWarning, 3, "of its interface", Errc::kBadInput));
  mistakes.add(finding(Severity::kWarning, 3, "no number", Errc::kBadInput));
  Rule rule;
  rule.pattern = "vm/max_map_count";
  rule.values = {policy::TextValue{.text = "256k"}};
  rule.source = "here";
  rule.offset = 3;
  const std::vector<Finding> found = cli::explain_excess(findings, mistakes, {rule}).findings();
  REQUIRE(found.size() == 2);
  CHECK(found[0].message == "permits x=a, which is beyond the node's limit: no number");
  CHECK(found[0].hint == "write another");
}

TEST_CASE("Explain excess: a value that the sysctl takes, and that reads otherwise, is no reason") {
  for (const char* rule : {"kernel.sh*=1..", "vm.max_map_count=1*"}) {
    INFO(rule);
    policy::RuleBudget budget;
    Diagnostics findings;
    const std::vector<Rule> rules = policy::parse_rule_list(rule, policy::RuleKind::kAllow, "here",
                                                            policy::Groups({}), budget, findings);
    REQUIRE(rules.size() == 1);
    findings.add(finding(Severity::kError, 0, "permits x, which is beyond the node's limit: b",
                         Errc::kBeyondLimit));
    Diagnostics mistakes;
    mistakes.add(finding(Severity::kWarning, 0, "the range ends early", Errc::kBadInput));
    const std::vector<Finding> found = cli::explain_excess(findings, mistakes, rules).findings();
    REQUIRE(found.size() == 2);
    CHECK(found[0].message == "permits x, which is beyond the node's limit: b");
    CHECK(found[1].message == "the range ends early");
  }
}

TEST_CASE("Explain excess: to permit it is proposed so that it lowers nothing and does no harm") {
  struct Case {
    const char* rule;
    const char* hint;  // its beginning
  };
  const Case cases[] = {
      {"vm.max_map_count=262144",
       "narrow it, or ask for vm.max_map_count=@current..262144, which lowers no number, and "
       "permit "
       "that in limit.host of /p"},
      {"fs.inotify.max_queued_events=65530|1000..262144",
       "narrow it, or ask for fs.inotify.max_queued_events=@current..262"},
      {"fs.inotify.max_queued_events",
       "narrow it, or ask for fs.inotify.max_queued_events=@current.., which"},
      {"fs.inotify.max_queued_events=0", "narrow it, or permit it in limit.host of /p"},
      {"fs.inotify.max_queued_events=@current..7", "narrow it, or permit it in limit.host of /p"},
      {"vm.lowmem_reserve_ratio=256 256 32 0 0", "narrow it, or permit it in limit.host of /p"},
      {"kernel.domainname=a", "narrow it, or permit it in limit.host of /p"},
      {"fs.inotify.max_queued*=1", "narrow it, or permit it in limit.host of /p"},
      {"fs.file-max=2000000", "narrow it, or ask for fs.file-max=@current..2000000, which"},
      {"fs.file-max=1",
       "ask for no more than fs.file-max=@current.., and permit that in limit.host of /p: as it "
       "stands, it permits fs.file-max=1, which can bring the host down"},
      {"kernel.core_pattern", "ask for no more than kernel.core_pattern=/*, and permit that in"},
      {"kernel.hotplug=/x",
       "leave the rule out: as it stands, it permits kernel.hotplug=/x, which"},
      {"kernel.*", "name what is needed, with its values: as it stands, it permits kernel.core_"},
  };
  for (const Case& c : cases) {
    INFO(c.rule);
    Diagnostics findings;
    policy::RuleBudget budget;
    const std::vector<Rule> rules = policy::parse_rule_list(
        c.rule, policy::RuleKind::kAllow, "here", policy::Groups({}), budget, findings);
    REQUIRE(rules.size() == 1);
    Finding excess = finding(Severity::kError, 0, "permits x, which is beyond the node's limit: b",
                             Errc::kBeyondLimit);
    excess.hint = "narrow it, or permit it in limit.host of /p";
    findings.add(excess);
    const std::vector<Finding> found = cli::explain_excess(findings, {}, rules).findings();
    REQUIRE(found.size() == 1);
    CHECK_THAT(found[0].hint, Catch::StartsWith(c.hint));
  }
}
