// SPDX-License-Identifier: Apache-2.0
// explain_excess.cpp - what the finding about the name or the value says takes the place of the
// limit's reason; what to permit is told so that it lowers no number and does no harm.
#include "cli/check/explain_excess.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "advice/unlikely_values.h"
#include "compile/apply_limit.h"
#include "compile/dangerous_grants.h"
#include "policy/value_rule.h"
#include "sysctl/catalogue.h"
#include "sysctl/meant_name.h"

namespace sg::cli {
namespace {

bool is_same_place(const Finding& a, const Finding& b) {
  return a.source == b.source && a.pointer == b.pointer && a.offset == b.offset;
}

// The values that lower no number, up to the largest that the rule asks for: "@current..262144".
// Nothing where they are not one number each, or none above 0.
std::optional<std::string> raising_values(const policy::Rule& rule) {
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
  const std::string end = highest == most ? "" : policy::to_text(highest);
  return highest.magnitude == 0 ? std::nullopt : std::optional("@current.." + end);
}

// The hint to permit in limit.host what the rule asks for, so that it does no harm, as far as that
// is known, and lets no container lower a number that another one needs.
std::string harmless_hint(const std::string& hint, const policy::Rule& rule) {
  constexpr std::string_view kPermitIt = "permit it in limit.host of ";
  const std::size_t permit = hint.find(kPermitIt);
  if (permit == std::string::npos) {
    return hint;
  }
  const std::string where = " in " + hint.substr(permit + std::string_view("permit it in ").size());
  policy::Limit limit;
  limit.host = {rule};
  Diagnostics dangers;
  compile::warn_dangerous_grants(limit, compile::Dangers::kGrouped, dangers);
  if (!dangers.findings().empty()) {
    constexpr std::string_view kNoMore = "permit no more than ";
    const Finding& danger = dangers.findings().front();
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
  const std::optional<std::string> raising = raising_values(rule);
  if (!raising || !advice::stands(rule.pattern, *raising)) {
    return hint;
  }
  return hint.substr(0, permit) + "ask for " + advice::proposed_rule(rule.pattern, *raising) +
         ", which lowers no number, and permit that" + where;
}

}  // namespace

Diagnostics explain_excess(const Diagnostics& findings, const std::vector<policy::Rule>& rules) {
  std::vector<Finding> all = findings.findings();
  for (Finding& excess : all) {
    const std::size_t end = excess.message.find(compile::kBeyondLimit);
    if (excess.code != Errc::kBeyondLimit || end == std::string::npos) {
      continue;
    }
    const auto rule = std::ranges::find_if(rules, [&](const policy::Rule& one) {
      return one.source == excess.source && one.pointer == excess.pointer &&
             one.offset == excess.offset;
    });
    if (rule == rules.end() || rule->kind == policy::RuleKind::kPair) {
      continue;  // a pair is what the runtime writes, and can ask for no other values
    }
    const bool is_mistaken =
        !sysctl::is_known_name(rule->pattern) || advice::has_unlikely_values(*rule);
    const auto mistake = std::ranges::find_if(all, [&](const Finding& other) {
      return other.code != Errc::kBeyondLimit && other.severity == Severity::kWarning &&
             is_same_place(other, excess);
    });
    if (mistake == all.end() || !is_mistaken) {
      excess.hint = harmless_hint(excess.hint, *rule);
    } else {
      excess.message =
          excess.message.substr(0, end + compile::kBeyondLimit.size()) + ": " + mistake->message;
      excess.hint = mistake->hint;
      mistake->message.clear();
    }
  }
  Diagnostics out;
  for (Finding& finding : all) {
    if (!finding.message.empty()) {
      out.add(std::move(finding));
    }
  }
  return out;
}

}  // namespace sg::cli
