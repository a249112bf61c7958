// SPDX-License-Identifier: Apache-2.0
// too_large.cpp - the rules that cost most, in one finding.
#include "compile/too_large.h"

#include <algorithm>

#include "base/text.h"

namespace sg::compile {
namespace {

using policy::Rule;

constexpr std::size_t kRulesShown = 3;
constexpr std::size_t kTextShown = 60;

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

void report_too_large(const std::string& what, Costs costs, Diagnostics& findings) {
  std::erase_if(costs, [](const auto& cost) { return cost.second->text.empty(); });
  std::ranges::stable_sort(costs, std::ranges::greater{}, &Costs::value_type::first);
  Finding finding{.severity = Severity::kError,
                  .source = "policy",
                  .offset = 0,
                  .text = "",
                  .message = what,
                  .hint = "use fewer '*' in one pattern, fewer alternatives, or one pattern for several "
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
    finding.message += escape(costs[i].second->text, kTextShown);
  }
  findings.add(std::move(finding));
}

}  // namespace sg::compile
