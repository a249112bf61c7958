// SPDX-License-Identifier: Apache-2.0
// explain_excess_test.cpp - which findings become one, and which stay as they are.
#include "cli/check/explain_excess.h"

#include <map>
#include <string>
#include <vector>

#include "compile/dangerous_grants.h"
#include "policy/rule_list.h"
#include "support/catch.h"
#include "sysctl/dangers.h"
#include "sysctl/sysctl_name.h"

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
  return cli::explain_excess(findings, names_of(c), rules_of(c), {}).findings();
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
  const std::vector<Finding> found = cli::explain_excess(findings, mistakes, {rule}, {}).findings();
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
    const std::vector<Finding> found =
        cli::explain_excess(findings, mistakes, rules, {}).findings();
    REQUIRE(found.size() == 2);
    CHECK(found[0].message == "permits x, which is beyond the node's limit: b");
    CHECK(found[1].message == "the range ends early");
  }
}

namespace {

// The hint for a rule that the limit does not permit, where the sysctls hold these numbers.
std::string hint_for(const std::string& rule, const std::map<std::string, std::string>& held = {},
                     const std::string& hint = "narrow it, or permit it in limit.host of /p") {
  Diagnostics findings;
  policy::RuleBudget budget;
  const std::vector<Rule> rules = policy::parse_rule_list(rule, policy::RuleKind::kAllow, "here",
                                                          policy::Groups({}), budget, findings);
  REQUIRE(rules.size() == 1);
  Finding excess = finding(Severity::kError, 0, "permits x, which is beyond the node's limit: b",
                           Errc::kBeyondLimit);
  excess.hint = hint;
  findings.add(excess);
  const std::vector<Finding> found =
      cli::explain_excess(findings, {}, rules, {.current = held}).findings();
  REQUIRE(found.size() == 1);
  return found[0].hint;
}

// The rule that a hint says to ask for; empty where it says none.
std::string proposed_in(const std::string& hint) {
  for (const std::string before : {"ask for no more than ", "ask for "}) {
    if (const std::size_t at = hint.find(before); at != std::string::npos) {
      const std::size_t start = at + before.size();
      return hint.substr(start, hint.find_first_of(", ", start) - start);
    }
  }
  return "";
}

// What a limit.host of this rule is warned of.
std::vector<Finding> dangers_of(const std::string& rule) {
  Diagnostics findings;
  policy::RuleBudget budget;
  policy::Limit limit;
  limit.host = policy::parse_rule_list(rule, policy::RuleKind::kAllow, "here", policy::Groups({}),
                                       budget, findings);
  compile::warn_dangerous_grants(limit, compile::Dangers::kEach, findings);
  return findings.findings();
}

}  // namespace

TEST_CASE("Explain excess: to permit it is proposed so that it lowers nothing and does no harm") {
  struct Case {
    const char* rule;
    const char* hint;  // its beginning
  };
  const Case cases[] = {
      {"vm.max_map_count=262144",
       "narrow it, or ask for vm.max_map_count=@current..262144, which lowers no number, and "
       "permit that in limit.host of /p"},
      {"fs.inotify.max_queued_events=65530|1000..262144",
       "narrow it, or ask for fs.inotify.max_queued_events=@current..262"},
      {"fs.inotify.max_queued_events",
       "narrow it, or ask for fs.inotify.max_queued_events=@current.., which"},
      {"fs.inotify.max_queued_events=0", "narrow it, or permit it in limit.host of /p"},
      {"fs.inotify.max_queued_events=@current..7", "narrow it, or permit it in limit.host of /p"},
      {"vm.lowmem_reserve_ratio=256 256 32 0 0", "narrow it, or permit it in limit.host of /p"},
      {"kernel.domainname=a", "narrow it, or permit it in limit.host of /p"},
      {"fs.inotify.max_queued*=1", "narrow it, or permit it in limit.host of /p"},
      {"fs.suid_dumpable=2", "narrow it, or permit it in limit.host of /p"},
      {"kernel.warn_limit=1000000", "narrow it, or permit it in limit.host of /p"},
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
    CHECK_THAT(hint_for(c.rule), Catch::StartsWith(c.hint));
  }
}

TEST_CASE("Explain excess: no number of a dangerous sysctl makes it propose what does harm") {
  std::size_t proposed = 0;
  for (const sysctl::Danger& danger : sysctl::dangers()) {
    const std::string name = sysctl::to_dot_form(danger.name);
    for (const char* const values : {"", "=1", "=2", "=16", "=100", "=1000000", "=0|1000000"}) {
      INFO(name << values);
      const std::string hint = hint_for(name + values);
      const std::string rule = proposed_in(hint);
      if (rule.empty()) {
        continue;
      }
      ++proposed;
      CHECK_THAT(rule, Catch::StartsWith(name + "="));
      CHECK(dangers_of(rule).empty());
    }
  }
  CHECK(proposed > 100);
}

TEST_CASE(
    "Explain excess: of a proposal that grants nothing, since there is a larger number, it is "
    "said") {
  const std::map<std::string, std::string> held = {{"vm/swappiness", "60"},
                                                   {"vm/max_map_count", "262144"}};
  CHECK(hint_for("vm.swappiness=1|10", held) ==
        "narrow it, or ask for vm.swappiness=@current..10, which lowers no number, and permit that "
        "in limit.host of /p; it grants nothing here, where the sysctl holds 60");
  for (const char* const rule : {"vm.max_map_count=262144", "vm.max_map_count=1048576"}) {
    CHECK(hint_for(rule, held) ==
          "narrow it, or ask for vm.max_map_count=@current.." + std::string(rule).substr(17) +
              ", which lowers no number, and permit that in limit.host of /p");
  }
}
