// SPDX-License-Identifier: Apache-2.0
// explain_excess.cpp - what the finding about the name or the value says takes the place of the limit's
// reason, and of what else is said; what to permit is told so that it lowers no number and does no harm.
#include "cli/check/explain_excess.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "advice/unlikely_values.h"
#include "cli/check/held_number.h"
#include "compile/apply_limit.h"
#include "compile/dangerous_grants.h"
#include "policy/rule_list.h"
#include "policy/rule_text.h"
#include "policy/value_rule.h"
#include "sysctl/catalogue.h"
#include "sysctl/meant_name.h"

namespace sg::cli {
namespace {

// Of a finding or a rule.
template <typename A, typename B>
bool is_same_place(const A& a, const B& b) {
  return a.source == b.source && a.pointer == b.pointer && a.offset == b.offset;
}

const policy::Rule* rule_of(const Finding& finding, const std::vector<policy::Rule>& rules) {
  const auto found = std::ranges::find_if(
      rules, [&finding](const policy::Rule& rule) { return is_same_place(rule, finding); });
  return found == rules.end() ? nullptr : &*found;
}

// The finding about the name of the rule that `finding` is about, where no kernel has that name.
const Finding* about_unknown(const Finding& finding, const Diagnostics& mistakes,
                             const policy::Rule* rule) {
  if (rule == nullptr || sysctl::is_known_name(rule->pattern)) {
    return nullptr;
  }
  const auto& all = mistakes.findings();
  const auto found = std::ranges::find_if(
      all, [&finding](const Finding& mistake) { return is_same_place(mistake, finding); });
  return found == all.end() ? nullptr : &*found;
}

// The same about its value, where the sysctl takes none such: then the value is the reason. Names were
// looked at first.
const Finding* about_value(const Finding& finding, const Diagnostics& mistakes,
                           const policy::Rule* rule) {
  if (rule == nullptr || !advice::has_useless_values(*rule)) {
    return nullptr;
  }
  const auto& all = mistakes.findings();
  const auto found = std::find_if(all.rbegin(), all.rend(), [&finding](const Finding& mistake) {
    return is_same_place(mistake, finding);
  });
  return found == all.rend() ? nullptr : &*found;
}

// The same rule, with the numbers from the one that is there up to the largest that it asks for:
// "@current..262144". Nothing where its values are not one number each, or none above 0, or where
// that does harm.
std::optional<policy::Rule> raising_rule(const policy::Rule& rule) {
  if (!sysctl::is_known_number(rule.pattern) || sysctl::holds_no_one_number(rule.pattern)) {
    return std::nullopt;
  }
  const policy::Integer most = policy::bounds_of(sysctl::width_of(rule.pattern)).high;
  policy::Integer highest = rule.values.empty() ? most : policy::Integer{};
  for (const policy::Value& value : rule.values) {
    const auto* numeric = std::get_if<policy::NumericValue>(&value);
    if (numeric == nullptr || numeric->tokens.size() != 1 || numeric->tokens[0].any ||
        numeric->current != policy::Current::kAny) {
      return std::nullopt;
    }
    highest = std::max(highest, numeric->tokens[0].high);
  }
  const std::string values =
      "@current.." + (highest == most ? std::string() : policy::to_text(highest));
  if (highest.magnitude == 0 || !advice::stands(rule.pattern, values)) {
    return std::nullopt;
  }
  std::optional<policy::Rule> raising =
      policy::parse_one_rule(advice::proposed_rule(rule.pattern, values));
  return raising && compile::dangers_of(*raising).empty() ? std::move(raising) : std::nullopt;
}

// The hint where limit.host would do harm with the rule as it stands, as `danger` says.
std::string less_hint(const policy::Rule& rule, const Finding& danger, const std::string& where) {
  constexpr std::string_view kNoMore = "permit no more than ";
  const std::size_t safe = danger.hint.find(kNoMore);
  const std::string what = "as it stands, it " + danger.message;
  if (rule.pattern.find('*') != std::string::npos) {
    return "name what is needed, with its values: " + what;
  }
  return safe == std::string::npos
             ? "leave the rule out: " + what
             : "ask for no more than " + danger.hint.substr(safe + kNoMore.size()) +
                   ", and permit that" + where + ": " + what;
}

// The hint to permit in limit.host what the rule asks for, so that it does no harm, as far as that
// is known, and lets no container lower a number that another one needs.
std::string harmless_hint(const std::string& hint, const policy::Rule& rule,
                          const CheckInput& input) {
  constexpr std::string_view kPermitIt = "permit it in limit.host of ";
  const std::size_t permit = hint.find(kPermitIt);
  if (permit == std::string::npos) {
    return hint;
  }
  const std::string where = " in " + hint.substr(permit + std::string_view("permit it in ").size());
  if (const std::vector<Finding> dangers = compile::dangers_of(rule); !dangers.empty()) {
    return less_hint(rule, dangers.front(), where);
  }
  const std::optional<policy::Rule> raising = raising_rule(rule);
  if (!raising) {
    return hint;
  }
  const std::optional<std::string> above = number_above(input, *raising);
  return hint.substr(0, permit) + "ask for " + raising->text +
         ", which lowers no number, and permit that" + where +
         (above ? "; it grants nothing here, where the sysctl holds " + *above : "");
}

}  // namespace

Diagnostics explain_excess(const Diagnostics& findings, const Diagnostics& mistakes,
                           const std::vector<policy::Rule>& rules, const CheckInput& input) {
  Diagnostics out;
  std::vector<const Finding*> said;
  for (Finding finding : findings.findings()) {
    const std::size_t end = finding.message.find(compile::kBeyondLimit);
    const policy::Rule* const rule = finding.code == Errc::kBeyondLimit && end != std::string::npos
                                         ? rule_of(finding, rules)
                                         : nullptr;
    const bool is_of_value = finding.message.find(compile::kOtherValues) != std::string::npos;
    const Finding* mistake = is_of_value ? nullptr : about_unknown(finding, mistakes, rule);
    mistake = mistake == nullptr ? about_value(finding, mistakes, rule) : mistake;
    if (mistake != nullptr) {
      finding.message =
          finding.message.substr(0, end + compile::kBeyondLimit.size()) + ": " + mistake->message;
      finding.hint = mistake->hint;
      said.push_back(mistake);
    } else if (rule != nullptr) {
      finding.hint = harmless_hint(finding.hint, *rule, input);
    }
    out.add(std::move(finding));
  }
  for (const Finding& mistake : mistakes.findings()) {
    if (std::ranges::find(said, &mistake) == said.end()) {
      policy::add_finding(out, mistake);
    }
  }
  return out;
}

Diagnostics without_unknown(const Diagnostics& findings, const Diagnostics& mistakes,
                            const std::vector<policy::Rule>& rules) {
  Diagnostics out;
  for (const Finding& finding : findings.findings()) {
    if (finding.severity == Severity::kError ||
        about_unknown(finding, mistakes, rule_of(finding, rules)) == nullptr) {
      out.add(finding);
    }
  }
  return out;
}

}  // namespace sg::cli
