// SPDX-License-Identifier: Apache-2.0
// safe_values.cpp - the rows of sysctl/dangers.h for one name, against what was written.
#include "cli/learn/safe_values.h"

#include <algorithm>
#include <variant>

#include "base/text.h"
#include "policy/policy.h"
#include "policy/rule_text.h"
#include "policy/value_rule.h"
#include "sysctl/dangers.h"
#include "sysctl/sysctl_name.h"

namespace sg::cli {
namespace {

using sysctl::Danger;

// Whether one of these values, in the language of rules, is this text.
bool is_one_of(std::string_view values, const std::string& text) {
  Diagnostics findings;
  return std::ranges::any_of(
      policy::parse_values(values, policy::TextPlace{}, findings),
      [&text](const policy::Value& value) {
        const auto* permitted = std::get_if<policy::TextValue>(&value);
        return permitted != nullptr &&
               (permitted->prefix ? text.starts_with(permitted->text) : text == permitted->text);
      });
}

}  // namespace

bool is_plain_word(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  });
}

std::string with_safe_values(std::string_view name, std::string values,
                             const std::set<std::string>& texts, std::vector<std::string>& notes) {
  std::vector<const Danger*> rows;
  for (const Danger& danger : sysctl::dangers()) {
    if (sysctl::pattern_matches(danger.name, name)) {
      rows.push_back(&danger);
    }
  }
  if (rows.empty() ||
      (rows.front()->proposed.empty() && (!values.empty() || rows.front()->harmless.empty()))) {
    return values;
  }
  if (rows.front()->proposed.empty()) {
    notes.push_back("only values that do no harm: " + std::string(rows.front()->reason));
    return "=" + std::string(rows.front()->harmless);
  }
  const std::string proposed(rows.front()->proposed);
  std::string safe = "=" + proposed;
  for (const std::string& text : texts) {
    if (is_one_of(proposed, text)) {
      continue;
    }
    const auto harm = std::ranges::find_if(
        rows, [&text](const Danger* row) { return is_one_of(row->harmful, text); });
    if (harm == rows.end() && is_plain_word(text) && text.size() <= policy::kPairValueMax) {
      safe += "|" + text;
    } else {
      notes.push_back("\"" + escape(text, 64) + "\" is left out" +
                      (harm == rows.end() ? std::string() : ": " + std::string((*harm)->reason)));
    }
  }
  return safe;
}

}  // namespace sg::cli
