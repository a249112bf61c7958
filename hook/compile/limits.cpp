// SPDX-License-Identifier: Apache-2.0
// limits.cpp - the rules that cost most, in one finding.
#include "compile/limits.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/text.h"

namespace sg::compile {
namespace {

using policy::Rule;

constexpr std::size_t kRulesShown = 3;
constexpr std::size_t kTextShown = 60;

// Whether somebody wrote the rule, and can write less.
bool is_somebodys(const Rule& rule) {
  return !rule.text.empty() && rule.source != policy::kBuiltIn &&
         rule.kind != policy::RuleKind::kBeyondLimit;
}

}  // namespace

Costs costs_of(std::span<const Rule> rules, const automaton::OverBudget& over) {
  Costs costs;
  for (std::size_t i = 0; i < rules.size() && i + 1 < over.states_of_rule.size(); ++i) {
    costs.emplace_back(over.states_of_rule[i + 1], &rules[i]);
  }
  return costs;
}

Costs costs_of(std::span<const Rule> rules) {
  Costs costs;
  for (const Rule& rule : rules) {
    costs.emplace_back(rule.text.size(), &rule);
  }
  return costs;
}

Costs costs_with_limit(const policy::Policy& policy) {
  Costs costs = costs_of(policy.rules);
  if (policy.limit) {
    const policy::Limit& limit = *policy.limit;
    for (const std::vector<Rule>* rules : {&limit.allow, &limit.host, &limit.deny}) {
      const Costs more = costs_of(*rules);
      costs.insert(costs.end(), more.begin(), more.end());
    }
  }
  return costs;
}

void report_cut_too_large(const policy::Policy& policy, const Diagnostics& excess,
                          Diagnostics& findings) {
  const auto& all = excess.findings();
  const auto asked = std::ranges::find(all, Errc::kBeyondLimit, &Finding::code);
  SG_CHECK(policy.limit && asked != all.end());
  const policy::Limit& limit = *policy.limit;
  const std::size_t count = limit.allow.size() + limit.host.size() + limit.deny.size();
  Finding finding = *asked;
  finding.severity = Severity::kError;
  finding.code = asked->pointer.empty() ? Errc::kBeyondLimit : Errc::kNodePolicy;
  finding.message = asked->message.substr(0, asked->message.find(" and was cut")) +
                    ", and what is left of it within the " + std::to_string(count) +
                    " rules of the limit needs too large a table";
  finding.hint =
      "name what the container needs, or put \"*\" in place of many names in the limit of " +
      escape(limit.file);
  findings.add(std::move(finding));
}

void report_too_large(const std::string& what, Costs costs, Diagnostics& findings) {
  std::erase_if(costs, [](const auto& cost) { return !is_somebodys(*cost.second); });
  std::ranges::stable_sort(costs, std::ranges::greater{}, &Costs::value_type::first);
  Finding finding{
      .severity = Severity::kError,
      .source = "policy",
      .offset = 0,
      .text = "",
      .message = what,
      .hint =
          "use fewer '*' in one pattern, fewer alternatives, or one pattern for several "
          "names"};
  if (!costs.empty()) {
    const Rule& worst = *costs.front().second;
    finding.source = worst.source;
    finding.offset = worst.offset;
    finding.text = worst.text;
    finding.pointer = worst.pointer;
    finding.code = worst.pointer.empty() ? Errc::kBadInput : Errc::kNodePolicy;
  }
  for (std::size_t i = 0; i < std::min(costs.size(), kRulesShown); ++i) {
    finding.message += i == 0 ? "; most of it is due to " : ", ";
    finding.message += escape_unprintable(costs[i].second->text, kTextShown);
  }
  findings.add(std::move(finding));
}

}  // namespace sg::compile
