// SPDX-License-Identifier: Apache-2.0
// dangerous_grants.cpp - for each name of the table one automaton of what does harm, one of what is
// permitted, and their intersection.
//
// What does harm is made of rules: first those of harmless writes, whose words are none, then two of
// what is left. Each name stands by itself, so all of it is small, however long the limit is.
#include "compile/dangerous_grants.h"

#include <algorithm>
#include <cstdint>
#include <optional>
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
#include "policy/kernel_number.h"
#include "policy/rule_list.h"
#include "policy/rule_text.h"
#include "policy/value_rule.h"
#include "sysctl/catalogue.h"
#include "sysctl/dangers.h"
#include "sysctl/sysctl_name.h"

namespace sg::compile {
namespace {

using automaton::Dfa;
using automaton::RuleNumber;
using policy::Current;
using policy::Integer;
using policy::Limit;
using policy::NumericValue;
using policy::Rule;
using policy::RuleKind;
using policy::Value;
using sysctl::Danger;
using sysctl::Harm;

// The row's name with these values; with none where they are "".
Rule row_rule(const Danger& danger, std::string_view values) {
  if (values.empty()) {
    return policy::unwritten_rule(RuleKind::kAllow, danger.name);
  }
  std::optional<Rule> rule =
      policy::parse_one_rule(sysctl::to_dot_form(danger.name) + "=" + std::string(values));
  SG_CHECK(rule.has_value());
  return *std::move(rule);
}

// The smallest number among these values, where they are numbers.
std::optional<Integer> smallest_of(const std::vector<Value>& values) {
  std::optional<Integer> smallest;
  for (const Value& value : values) {
    const auto* numeric = std::get_if<NumericValue>(&value);
    if (numeric != nullptr && (!smallest || numeric->tokens[0].low < *smallest)) {
      smallest = numeric->tokens[0].low;
    }
  }
  return smallest;
}

// Whether the kernel takes numbers alone there, one or several, for all that is known.
bool takes_numbers(std::string_view name) {
  return sysctl::width_of(name) != sysctl::Width::kInt32 || !sysctl::holds_no_one_number(name);
}

Value number_from(const Integer& low, const Integer& high) {
  return NumericValue{.tokens = {{.any = false, .low = low, .high = high}}};
}

// What a text begins with that is to be a number: what follows can make a number of another base
// of it. Nothing where none begins so.
std::optional<Value> begun_number(const policy::TextValue& text, std::string_view first) {
  first.remove_prefix(first.starts_with('-') ? 1 : 0);
  if (!policy::is_kernel_number(std::string(first) + "1")) {
    return std::nullopt;
  }
  return first.starts_with('0') ? number_from(policy::kIntegerMin, policy::kIntegerMax)
                                : Value(text);
}

// A text in a rule for a sysctl that takes one number: that which the kernel reads, whatever stands
// behind it and a blank; nothing where it refuses the text.
std::optional<Value> written_number(const policy::TextValue& text) {
  const std::vector<std::string_view> tokens = policy::split_tokens(text.text);
  const std::string_view first = tokens.empty() ? std::string_view() : tokens[0];
  const bool is_at_end = tokens.empty() || (tokens.size() == 1 && text.text.ends_with(first));
  if (text.prefix && is_at_end) {
    return begun_number(text, first);
  }
  const std::optional<Integer> number = policy::kernel_number(first);
  return number ? std::optional(number_from(*number, *number)) : std::nullopt;
}

// One value of a rule for such a sysctl, as the kernel reads what it permits: of several numbers it
// takes as many as the sysctl holds. Nothing where it refuses that.
std::optional<Value> effective_value(const Value& value, bool is_one_number) {
  const auto* numeric = std::get_if<NumericValue>(&value);
  const auto* text = std::get_if<policy::TextValue>(&value);
  if (is_one_number && text != nullptr) {
    return written_number(*text);
  }
  if (is_one_number && numeric->tokens.size() > 1) {
    return NumericValue{.tokens = {numeric->tokens[0]}};
  }
  return text != nullptr && !written_number(*text) ? std::nullopt : std::optional(value);
}

// The values of a rule that covers this name, without those that the kernel refuses; nothing where
// it refuses all of them.
std::optional<std::vector<Value>> effective_values(const Rule& rule, std::string_view name) {
  if (rule.values.empty() || !takes_numbers(name)) {
    return rule.values;
  }
  const bool is_one_number = !sysctl::holds_no_one_number(name);
  std::vector<Value> values;
  for (const Value& value : rule.values) {
    if (std::optional<Value> effective = effective_value(value, is_one_number)) {
      values.push_back(*std::move(effective));
    }
  }
  return values.empty() ? std::nullopt : std::optional(std::move(values));
}

// The numbers that the sysctl holds and some kernel takes.
policy::Bounds taken_of(const Danger& danger) {
  policy::Bounds bounds = policy::bounds_of(sysctl::width_of(danger.name));
  const Integer lowest = {danger.lowest < 0,
                          danger.lowest < 0
                              ? std::uint64_t{0} - static_cast<std::uint64_t>(danger.lowest)
                              : static_cast<std::uint64_t>(danger.lowest)};
  bounds.low = std::max(bounds.low, lowest);
  bounds.high = std::min(bounds.high, Integer{false, danger.highest});
  return bounds;
}

// Its words are those that do harm; of a sysctl that takes numbers, those that some kernel takes.
constexpr RuleNumber kHarm = 1;
std::optional<Dfa> compile_harm(const Danger& danger) {
  std::vector<Rule> rules;
  std::vector<RuleNumber> numbers = {automaton::kNoRule};
  const auto add = [&](Rule rule, RuleNumber number) {
    rules.push_back(std::move(rule));
    numbers.push_back(number);
  };
  const auto add_number = [&](const policy::Token& token, Current current, RuleNumber number) {
    Rule rule = policy::unwritten_rule(RuleKind::kAllow, danger.name);
    rule.values = {NumericValue{.tokens = {token}, .current = current}};
    add(std::move(rule), number);
  };
  const bool is_number = !sysctl::holds_no_one_number(danger.name);
  add_number({.any = true, .low = {}, .high = {}},
             is_number ? Current::kSame : Current::kSameOrAbove, automaton::kNoRule);
  if (!danger.harmless.empty()) {
    Rule rule = row_rule(danger, danger.harmless);
    // Below the smallest harmless number everything is harmful already: to raise it there does no
    // harm that was not done.
    if (const std::optional<Integer> last = smallest_of(rule.values)) {
      add_number({.any = false, .low = policy::kIntegerMin, .high = *last}, Current::kSameOrAbove,
                 automaton::kNoRule);
    }
    add(std::move(rule), automaton::kNoRule);
  }
  if (is_number && danger.harmful.empty()) {
    const policy::Bounds taken = taken_of(danger);
    add_number({.any = false, .low = taken.low, .high = taken.high}, Current::kAny, kHarm);
  } else {
    add(row_rule(danger, danger.harmful), kHarm);
  }
  std::optional<Dfa> dfa = compile_rules(std::move(rules));
  return dfa ? std::optional(automaton::relabel(*std::move(dfa), numbers)) : std::nullopt;
}

// What is permitted of a name.
struct Permitted {
  Dfa host;  // each word with the number of its rule
  Dfa harm;  // the words of it that do harm, numbered as compile_harm has it
};

// A row, and the rules that cover its name.
struct Grant {
  const Danger* danger = nullptr;
  std::vector<const Rule*> rules;
  std::optional<Permitted> permitted = {};  // where it was made to find out whether it does harm
};

// Nothing where nothing of it does harm.
std::optional<Permitted> compile_grant(const Grant& grant) {
  std::vector<Rule> of_name;
  for (const Rule* const rule : grant.rules) {
    of_name.push_back(*rule);
    of_name.back().pattern = grant.danger->name;
    of_name.back().values = effective_values(*rule, grant.danger->name).value_or(rule->values);
  }
  // Of rules that are too many some are judged, which makes every warning a true one.
  std::optional<Dfa> host = compile_rules(std::move(of_name), TooMany::kFirst);
  const std::optional<Dfa> harm = compile_harm(*grant.danger);
  std::optional<Dfa> both =
      harm && host ? automaton::intersection(*harm, *host, kProductBudget) : std::nullopt;
  if (!both || automaton::is_empty(*both)) {
    return std::nullopt;
  }
  return Permitted{.host = *std::move(host), .harm = *std::move(both)};
}

// A rule without values permits what does harm, and that is known without an automaton: the hook
// asks for each container.
std::optional<Grant> find_grant(const Limit& limit, const Danger& danger) {
  const auto covers_it = [&danger](const Rule& rule) { return policy::covers(rule, danger.name); };
  if (std::ranges::any_of(limit.deny, covers_it)) {
    return std::nullopt;
  }
  Grant grant{.danger = &danger, .rules = {}};
  for (const Rule& rule : limit.host) {
    if (covers_it(rule) && effective_values(rule, danger.name)) {
      grant.rules.push_back(&rule);
    }
  }
  const bool is_any =
      std::ranges::any_of(grant.rules, [](const Rule* rule) { return rule->values.empty(); });
  if (!is_any && !grant.rules.empty()) {
    grant.permitted = compile_grant(grant);
  }
  return is_any || grant.permitted ? std::optional(std::move(grant)) : std::nullopt;
}

// In the order of the table: of several with one name the first, which is the worst.
std::vector<Grant> find_grants(const Limit& limit) {
  std::vector<Grant> grants;
  for (const Danger& danger : sysctl::dangers()) {
    const bool is_found = std::ranges::any_of(
        grants, [&danger](const Grant& grant) { return grant.danger->name == danger.name; });
    if (std::optional<Grant> grant = is_found ? std::nullopt : find_grant(limit, danger)) {
      grants.push_back(*std::move(grant));
    }
  }
  return grants;
}

const Rule& rule_of(const Grant& grant, const Permitted& permitted, const ShownAccess& access) {
  const RuleNumber rule = rule_for(permitted.host, access);
  SG_CHECK(rule != automaton::kNoRule);
  return *grant.rules[rule - 1];
}

void add_warning(const Rule& rule, std::string message, std::string hint, Diagnostics& findings) {
  policy::add_finding(findings, policy::finding_about(rule, Severity::kWarning, std::move(message),
                                                      std::move(hint), Errc::kNodePolicy));
}

// Whether the limit asks for nothing of what is there: then the access is shown without that.
bool is_for_any_current(const Permitted& permitted, const ShownAccess& access) {
  return std::ranges::all_of(automaton::kWrites, [&](automaton::Symbol write) {
    ShownAccess other = access;
    other.symbol = write;
    return rule_for(permitted.host, other) != automaton::kNoRule;
  });
}

// What may be permitted without harm, in the language of rules: where numbers are harmless, not so
// that one container can lower what was raised for another.
std::string harmless_grant(const Danger& danger) {
  if (!danger.proposed.empty() || danger.harmless.empty()) {
    return std::string(danger.proposed);
  }
  const std::vector<Value> values = row_rule(danger, danger.harmless).values;
  const auto* numeric = std::get_if<NumericValue>(&values[0]);
  if (numeric == nullptr) {
    return std::string(danger.harmless);
  }
  const policy::Bounds held = policy::bounds_of(sysctl::width_of(danger.name));
  const policy::Token& token = numeric->tokens[0];
  if (values.size() == 1 && token.high == held.high) {
    return "@current..";
  }
  return values.size() == 1 && token.low == held.low ? "@current.." + policy::to_text(token.high)
                                                     : "@current";
}

std::optional<Permitted> permitted_of(const Grant& grant) {
  return grant.permitted ? grant.permitted : compile_grant(grant);
}

void warn_single(const Grant& grant, Diagnostics& findings) {
  const std::optional<Permitted> permitted = permitted_of(grant);
  std::optional<ShownAccess> access = permitted ? shortest_access(permitted->harm) : std::nullopt;
  if (!access) {
    return;  // no value that could be written
  }
  const Rule& rule = rule_of(grant, *permitted, *access);
  if (is_for_any_current(*permitted, *access)) {
    access->current.reset();
  }
  const Danger& danger = *grant.danger;
  const std::string values = harmless_grant(danger);
  const std::string less = values.empty() ? ""
                                          : ", or permit no more than " +
                                                sysctl::to_dot_form(danger.name) + "=" + values;
  add_warning(rule,
              "permits " + describe(*access) + ", which " + std::string(harm_clause(danger.harm)) +
                  ": " + std::string(danger.reason),
              "take it out of limit.host" + less, findings);
}

// One write is looked for, for the place: the hook does this for each container.
void warn_group(const std::vector<const Grant*>& grants, Diagnostics& findings) {
  constexpr std::size_t kNamed = 6;  // names of 30 bytes each leave a line of the log readable
  const std::optional<Permitted> permitted = permitted_of(*grants.front());
  const std::optional<ShownAccess> access =
      permitted ? shortest_access(permitted->harm) : std::nullopt;
  std::string names;
  for (std::size_t i = 0; i < std::min(grants.size(), kNamed); ++i) {
    names += (i == 0 ? "" : ", ") + sysctl::to_dot_form(grants[i]->danger->name);
  }
  const std::string more =
      grants.size() > kNamed ? " and " + std::to_string(grants.size() - kNamed) + " more" : "";
  add_warning(
      access ? rule_of(*grants.front(), *permitted, *access) : *grants.front()->rules.front(),
      "permits " + names + more + ", each of which " +
          std::string(harm_clause(grants.front()->danger->harm)) + " with some value",
      "name in limit.host what containers need, with its values", findings);
}

}  // namespace

void warn_dangerous_grants(const Limit& limit, Dangers dangers, Diagnostics& findings) {
  const std::vector<Grant> grants = find_grants(limit);
  for (const Harm harm : sysctl::kHarms) {
    std::vector<const Grant*> some;
    for (const Grant& grant : grants) {
      if (grant.danger->harm == harm) {
        some.push_back(&grant);
      }
    }
    if (dangers == Dangers::kGrouped && harm != Harm::kGivesAway && some.size() > kDangersShown) {
      warn_group(some, findings);
      continue;
    }
    for (const Grant* const grant : some) {
      warn_single(*grant, findings);
    }
  }
}

std::vector<Finding> dangers_of(const policy::Rule& rule) {
  policy::Limit limit;
  limit.host = {rule};
  Diagnostics dangers;
  warn_dangerous_grants(limit, Dangers::kGrouped, dangers);
  return dangers.findings();
}

}  // namespace sg::compile
