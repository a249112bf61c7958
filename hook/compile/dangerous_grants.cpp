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
#include <variant>
#include <vector>

#include "automaton/dfa.h"
#include "automaton/set_algebra.h"
#include "base/check.h"
#include "base/text.h"
#include "compile/build_nfa.h"
#include "compile/limits.h"
#include "compile/shortest_access.h"
#include "policy/dangers.h"
#include "policy/rule_list.h"
#include "policy/rule_text.h"
#include "policy/sysctl_name.h"

namespace sg::compile {
namespace {

using automaton::Dfa;
using automaton::RuleNumber;
using policy::Danger;
using policy::Harm;
using policy::Limit;
using policy::Rule;
using policy::RuleKind;

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

std::optional<Dfa> compile_rules(std::vector<Rule> rules) {
  std::variant<Dfa, automaton::OverBudget> made =
      automaton::determinize(build_nfa(policy::Policy{.rules = std::move(rules)}), kBudget);
  return std::holds_alternative<Dfa>(made) ? std::optional(std::get<Dfa>(std::move(made)))
                                           : std::nullopt;
}

// The row's name with these values; with none where they are "".
Rule row_rule(const Danger& danger, std::string_view values) {
  if (values.empty()) {
    return policy::unwritten_rule(RuleKind::kAllow, danger.name);
  }
  Diagnostics findings;
  policy::RuleBudget budget;
  const std::string text = policy::to_dot_form(danger.name) + "=" + std::string(values);
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
// one.
std::optional<Dfa> compile_host(const std::vector<Rule>& host, const std::vector<Rule>& deny) {
  std::vector<Rule> rules = deny;
  rules.insert(rules.end(), host.begin(), host.end());
  std::vector<RuleNumber> number_of(deny.size() + 1, automaton::kNoRule);
  for (RuleNumber number = 1; number <= host.size(); ++number) {
    number_of.push_back(number);
  }
  std::optional<Dfa> dfa = compile_rules(std::move(rules));
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

// A row that is permitted: by which rule, and a write that shows it.
struct Grant {
  const Danger* danger = nullptr;
  Rule rule;
  ShownAccess access;
};

RuleNumber rule_for(const Dfa& host, const ShownAccess& access) {
  std::vector<automaton::Symbol> word = {automaton::kWrite};
  for (const char byte : access.name) {
    word.push_back(static_cast<unsigned char>(byte));
  }
  word.push_back(automaton::kEnd);
  for (const char byte : access.value) {
    word.push_back(static_cast<unsigned char>(byte));
  }
  if (access.is_unseen) {
    word.push_back(automaton::kUnseen);
  }
  return host.run(word);
}

std::vector<Grant> find_grants(const Limit& limit) {
  std::vector<const Danger*> rows;
  for (const Danger& danger : policy::dangers()) {
    if (meets_any(limit.host, danger.name)) {
      rows.push_back(&danger);
    }
  }
  std::vector<Grant> grants;
  if (rows.empty()) {
    return grants;
  }
  const std::vector<Rule> host_rules = those_that_meet(limit.host, rows);
  const std::optional<Dfa> harm = compile_rows(rows);
  const std::optional<Dfa> host = compile_host(host_rules, those_that_meet(limit.deny, rows));
  std::optional<Dfa> both =
      harm && host ? automaton::intersection(*harm, *host, kProductBudget) : std::nullopt;
  if (!both) {
    return grants;  // the limit is too large, which whoever compiles it says
  }
  std::vector<RuleNumber> kept(rows.size() + 1);
  for (RuleNumber row = 1; row < kept.size(); ++row) {
    kept[row] = row;
  }
  while (std::optional<ShownAccess> access = shortest_access(*both)) {
    const RuleNumber row = access->rule;
    const RuleNumber rule = rule_for(*host, *access);
    SG_CHECK(rule != automaton::kNoRule);
    grants.push_back({rows[row - 1], host_rules[rule - 1], *std::move(access)});
    kept[row] = automaton::kNoRule;
    both = automaton::relabel(*std::move(both), kept);
  }
  std::ranges::sort(grants, {}, &Grant::danger);  // in the order of the table
  std::set<std::string_view> names;
  std::erase_if(grants, [&names](const Grant& grant) {
    return !names.insert(grant.danger->name).second;  // its worst was found
  });
  return grants;
}

void add_warning(const Rule& rule, std::string message, std::string hint, Diagnostics& findings) {
  policy::add_finding(findings, Finding{.severity = Severity::kWarning,
                                        .source = rule.source,
                                        .offset = rule.offset,
                                        .text = rule.text,
                                        .message = std::move(message),
                                        .hint = std::move(hint),
                                        .pointer = rule.pointer,
                                        .code = Errc::kNodePolicy});
}

void warn_single(const Grant& grant, Diagnostics& findings) {
  const std::string harmless(grant.danger->harmless);
  const std::string name = escape(policy::to_dot_form(grant.access.name), 128);
  std::string hint = "take it out of limit.host";
  if (!harmless.empty()) {
    hint += ", or permit no more than " + name + "=" + harmless;
  } else if (!grant.danger->harmful.empty()) {
    hint += ", or permit values that begin otherwise, as \"core\"";
  }
  add_warning(grant.rule,
              "permits " + describe(grant.access) + ", which " +
                  std::string(harm_clause(grant.danger->harm)) + ": " +
                  std::string(grant.danger->reason),
              std::move(hint), findings);
}

// A row's pattern where a pattern permits it, or else the one name that is permitted.
std::string name_in_group(const Grant& grant) {
  const bool is_wide = grant.rule.pattern.find('*') != std::string::npos;
  const std::string_view name = is_wide ? grant.danger->name : std::string_view(grant.access.name);
  return escape(policy::to_dot_form(name), 64);
}

void warn_group(const std::vector<const Grant*>& grants, Diagnostics& findings) {
  constexpr std::size_t kNamed = 6;  // names of 30 bytes each leave a line of the log readable
  std::string names;
  for (std::size_t i = 0; i < std::min(grants.size(), kNamed); ++i) {
    names += (i == 0 ? "" : ", ") + name_in_group(*grants[i]);
  }
  const std::string more =
      grants.size() > kNamed ? " and " + std::to_string(grants.size() - kNamed) + " more" : "";
  add_warning(grants.front()->rule,
              "permits " + names + more + ", each of which " +
                  std::string(harm_clause(grants.front()->danger->harm)) + " with some value",
              "name in limit.host what containers need, with its values", findings);
}

}  // namespace

void warn_dangerous_grants(const Limit& limit, Diagnostics& findings) {
  if (limit.host.empty()) {
    return;
  }
  const std::vector<Grant> grants = find_grants(limit);
  for (const Harm harm : policy::kHarms) {
    std::vector<const Grant*> some;
    for (const Grant& grant : grants) {
      if (grant.danger->harm == harm) {
        some.push_back(&grant);
      }
    }
    if (harm != Harm::kGivesAway && some.size() > kDangersShown) {
      warn_group(some, findings);
      continue;
    }
    for (const Grant* const grant : some) {
      warn_single(*grant, findings);
    }
  }
}

}  // namespace sg::compile
