// SPDX-License-Identifier: Apache-2.0
// dangerous_grants.cpp - one automaton of what does harm, one of what is permitted, and their
// intersection.
//
// The rows of the table are rules: first each one's harmless values, which belong to no row, then
// its name with what is left. So the number of a word in the automaton is the row that it does harm
// by.
#include "compile/dangerous_grants.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "automaton/dfa.h"
#include "automaton/set_algebra.h"
#include "base/check.h"
#include "base/text.h"
#include "compile/build_nfa.h"
#include "compile/limits.h"
#include "compile/shortest_access.h"
#include "policy/rule_list.h"
#include "policy/rule_text.h"
#include "sysctl/dangers.h"
#include "sysctl/sysctl_name.h"

namespace sg::compile {
namespace {

using automaton::Dfa;
using automaton::RuleNumber;
using policy::Limit;
using policy::Rule;
using policy::RuleKind;
using sysctl::Danger;
using sysctl::Harm;

std::string_view literal_part(std::string_view pattern) {
  return pattern.substr(0, std::min(pattern.find('*'), pattern.size()));
}

// Whether there can be a name that both patterns match; true in doubt.
bool can_meet(std::string_view a, std::string_view b) {
  const std::string_view literal_a = literal_part(a);
  const std::string_view literal_b = literal_part(b);
  return literal_a.starts_with(literal_b) || literal_b.starts_with(literal_a);
}

bool meets_any(const std::vector<Rule>& rules, std::string_view pattern) {
  return std::ranges::any_of(
      rules, [pattern](const Rule& rule) { return can_meet(rule.pattern, pattern); });
}

// The row's name with these values; with none where they are "".
Rule row_rule(const Danger& danger, std::string_view values) {
  if (values.empty()) {
    return policy::unwritten_rule(RuleKind::kAllow, danger.name);
  }
  Diagnostics findings;
  policy::RuleBudget budget;
  const std::string text = sysctl::to_dot_form(danger.name) + "=" + std::string(values);
  std::vector<Rule> rules = policy::parse_rule_list(text, RuleKind::kAllow, "dangers",
                                                    policy::Groups({}), budget, findings);
  SG_CHECK(rules.size() == 1 && !findings.has_errors());
  return std::move(rules.front());
}

// What does harm, each word with the number of its row in `rows`, plus one.
std::optional<Dfa> compile_rows(const std::vector<const Danger*>& rows) {
  std::vector<Rule> rules;
  std::vector<RuleNumber> row_of = {automaton::kNoRule};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Danger& row = *rows[i];
    if (!row.harmless.empty()) {
      rules.push_back(row_rule(row, row.harmless));
      row_of.push_back(automaton::kNoRule);
    }
    rules.push_back(row_rule(row, row.harmful));
    row_of.push_back(static_cast<RuleNumber>(i + 1));
  }
  std::optional<Dfa> dfa = compile_rules(std::move(rules));
  return dfa ? std::optional(automaton::relabel(*std::move(dfa), row_of)) : std::nullopt;
}

// What `host` permits and `deny` does not, each word with the number of its rule in `host`, plus
// one. Where both together are too large, each by itself may still hold as a limit. So some of
// `host` is judged then: `deny` comes first, which makes every warning a true one.
std::optional<Dfa> compile_host(const std::vector<Rule>& host, const std::vector<Rule>& deny) {
  std::vector<Rule> rules = deny;
  rules.insert(rules.end(), host.begin(), host.end());
  std::vector<RuleNumber> number_of(deny.size() + 1, automaton::kNoRule);
  for (RuleNumber number = 1; number <= host.size(); ++number) {
    number_of.push_back(number);
  }
  std::optional<Dfa> dfa = compile_rules(std::move(rules), TooMany::kFirst);
  return dfa ? std::optional(automaton::relabel(*std::move(dfa), number_of)) : std::nullopt;
}

std::vector<Rule> those_that_meet(const std::vector<Rule>& rules,
                                  const std::vector<const Danger*>& rows) {
  std::vector<Rule> some;
  std::ranges::copy_if(rules, std::back_inserter(some), [&rows](const Rule& rule) {
    return std::ranges::any_of(
        rows, [&rule](const Danger* row) { return can_meet(rule.pattern, row->name); });
  });
  return some;
}

// What of the table is permitted.
struct Grants {
  std::vector<const Danger*> rows;  // those that were held against the limit
  std::vector<Rule> host_rules;
  Dfa host;
  Dfa both;  // what does harm and is permitted, each word with the number of its row in `rows`
};

std::optional<Grants> find_grants(const Limit& limit) {
  std::vector<const Danger*> rows;
  for (const Danger& danger : sysctl::dangers()) {
    if (meets_any(limit.host, danger.name)) {
      rows.push_back(&danger);
    }
  }
  if (rows.empty()) {
    return std::nullopt;
  }
  std::vector<Rule> host_rules = those_that_meet(limit.host, rows);
  const std::optional<Dfa> harm = compile_rows(rows);
  std::optional<Dfa> host = compile_host(host_rules, those_that_meet(limit.deny, rows));
  std::optional<Dfa> both =
      harm && host ? automaton::intersection(*harm, *host, kProductBudget) : std::nullopt;
  if (!both) {
    return std::nullopt;  // the limit is too large, which whoever compiles it says
  }
  return Grants{std::move(rows), std::move(host_rules), *std::move(host), *std::move(both)};
}

// The numbers of the rows that are permitted, in the order of the table: of several with one name
// the first, which is the worst. All states of a product can be reached, so a row that some state
// has is one of a word.
std::vector<RuleNumber> permitted_rows(const Grants& grants) {
  const std::set<RuleNumber> numbers(grants.both.rule_of.begin(), grants.both.rule_of.end());
  std::set<std::string_view> names;
  std::vector<RuleNumber> permitted;
  for (const RuleNumber number : numbers) {
    if (number != automaton::kNoRule && names.insert(grants.rows[number - 1]->name).second) {
      permitted.push_back(number);
    }
  }
  return permitted;
}

// The shortest write of one row.
std::optional<ShownAccess> shortest_of(const Grants& grants, RuleNumber row) {
  std::vector<RuleNumber> only(grants.rows.size() + 1, automaton::kNoRule);
  only[row] = row;
  return shortest_access(automaton::relabel(grants.both, only));
}

const Rule& rule_of(const Grants& grants, const ShownAccess& access) {
  const RuleNumber rule = rule_for(grants.host, access);
  SG_CHECK(rule != automaton::kNoRule);
  return grants.host_rules[rule - 1];
}

void add_warning(const Rule& rule, std::string message, std::string hint, Diagnostics& findings) {
  policy::add_finding(findings, policy::finding_about(rule, Severity::kWarning, std::move(message),
                                                      std::move(hint), Errc::kNodePolicy));
}

void warn_single(const Grants& grants, RuleNumber row, Diagnostics& findings) {
  const std::optional<ShownAccess> access = shortest_of(grants, row);
  if (!access) {
    return;  // no name that a sysctl could have
  }
  const Danger& danger = *grants.rows[row - 1];
  std::string hint = "take it out of limit.host";
  if (!danger.harmless.empty()) {
    hint += ", or permit no more than " + escape(sysctl::to_dot_form(access->name), 128) + "=" +
            std::string(danger.harmless);
  } else if (!danger.harmful.empty()) {
    hint += ", or permit values that begin otherwise, as " +
            (danger.proposed.empty() ? "\"core\""
                                     : escape(sysctl::to_dot_form(access->name), 128) + "=" +
                                           std::string(danger.proposed));
  }
  add_warning(rule_of(grants, *access),
              "permits " + describe(*access) + ", which " + std::string(harm_clause(danger.harm)) +
                  ": " + std::string(danger.reason),
              std::move(hint), findings);
}

// One write is looked for, for the place: the hook does this for each container.
void warn_group(const Grants& grants, const std::vector<RuleNumber>& rows, Diagnostics& findings) {
  constexpr std::size_t kNamed = 6;  // names of 30 bytes each leave a line of the log readable
  const std::optional<ShownAccess> access = shortest_of(grants, rows.front());
  std::string names;
  for (std::size_t i = 0; i < std::min(rows.size(), kNamed); ++i) {
    names += (i == 0 ? "" : ", ") + sysctl::to_dot_form(grants.rows[rows[i] - 1]->name);
  }
  const std::string more =
      rows.size() > kNamed ? " and " + std::to_string(rows.size() - kNamed) + " more" : "";
  const Harm harm = grants.rows[rows.front() - 1]->harm;
  add_warning(access ? rule_of(grants, *access) : grants.host_rules.front(),
              "permits " + names + more + ", each of which " + std::string(harm_clause(harm)) +
                  " with some value",
              "name in limit.host what containers need, with its values", findings);
}

}  // namespace

void warn_dangerous_grants(const Limit& limit, Dangers dangers, Diagnostics& findings) {
  if (limit.host.empty()) {
    return;
  }
  const std::optional<Grants> grants = find_grants(limit);
  if (!grants) {
    return;
  }
  const std::vector<RuleNumber> permitted = permitted_rows(*grants);
  for (const Harm harm : sysctl::kHarms) {
    std::vector<RuleNumber> some;
    std::ranges::copy_if(permitted, std::back_inserter(some),
                         [&](RuleNumber row) { return grants->rows[row - 1]->harm == harm; });
    if (dangers == Dangers::kGrouped && harm != Harm::kGivesAway && some.size() > kDangersShown) {
      warn_group(*grants, some, findings);
      continue;
    }
    for (const RuleNumber row : some) {
      warn_single(*grants, row, findings);
    }
  }
}

}  // namespace sg::compile
