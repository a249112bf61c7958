// SPDX-License-Identifier: Apache-2.0
// learned_values.cpp - values into numbers, texts, and what no value of a rule can say.
//
// What may stand in a rule the parser of rules decides: text is tried on it, and quoted where it
// refuses. So the tables of what is hexadecimal or has 64 bits are not repeated here.
#include "cli/learn/learned_values.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <variant>

#include "base/text.h"
#include "cli/learn/safe_values.h"
#include "policy/groups.h"
#include "policy/policy.h"
#include "policy/rule_list.h"
#include "policy/rule_parser.h"
#include "policy/value_rule.h"
#include "sysctl/kinds.h"
#include "sysctl/sysctl_name.h"

namespace sg::cli {
namespace {

using Row = std::vector<policy::Integer>;

// Whether the parser takes this one rule without a word.
bool is_rule(const std::string& text) {
  Diagnostics findings;
  policy::RuleBudget budget;
  const std::vector<policy::Rule> rules =
      policy::parse_rule_list(text, policy::RuleKind::kAllow, "learned",
                              policy::Groups(sysctl::NamespaceSet{}), budget, findings);
  return rules.size() == 1 && findings.findings().empty();
}

// Without the one that ends it.
std::string_view without_newline(std::string_view value) {
  return value.substr(0, value.size() - (value.ends_with('\n') ? 1 : 0));
}

std::string_view without_newlines(std::string_view value) {
  return value.substr(0, value.find_last_not_of('\n') + 1);  // npos + 1 is 0
}

// The numbers of a value that is nothing but numbers, as a rule may have them.
std::optional<Row> row_of(std::string_view value) {
  Row row;
  for (const std::string_view token : policy::split_tokens(without_newlines(value))) {
    const std::optional<policy::Integer> number = policy::parse_integer(token);
    if (!number) {
      return std::nullopt;
    }
    row.push_back(*number);
  }
  return row.empty() ? std::nullopt : std::optional(row);
}

std::string text_of(const Row& row) {
  std::string text;
  for (const policy::Integer& number : row) {
    text += (text.empty() ? "" : " ") + policy::to_text(number);
  }
  return text;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    out += c == '"' ? std::string(2, c) : std::string(1, c);
  }
  return out + "\"";
}

// Why a value needs a rule without values; empty where it does not.
std::string why_any(const SeenWrite& write) {
  if (!write.at_position_zero) {
    return "not at file position 0";
  }
  if (write.value_size == 0) {
    return "of an empty value";
  }
  const std::string_view text = without_newline(write.value);
  if (write.value_size > policy::kPairValueMax + 1 || write.value_size != write.value.size() ||
      text.size() > policy::kPairValueMax) {
    return "of more than " + std::to_string(policy::kPairValueMax) + " bytes";
  }
  if (write.value.find('\0') != std::string::npos) {
    return "with a zero byte in the value";
  }
  return text.empty() ? "of an empty line" : "";
}

struct Seen {
  std::map<std::size_t, std::set<Row>> rows;  // by the count of their numbers
  std::set<std::string> texts;
  std::map<std::string, std::uint64_t> any;  // why, how often
};

Seen sort_values(const std::string& pattern, std::span<const SeenWrite* const> writes) {
  Seen seen;
  for (const SeenWrite* write : writes) {
    if (const std::string why = why_any(*write); !why.empty()) {
      seen.any[why] += write->count;
      continue;
    }
    const std::optional<Row> row = row_of(write->value);
    if (row && is_rule(pattern + "=" + text_of(*row))) {
      seen.rows[row->size()].insert(*row);
      continue;
    }
    const std::string text(without_newline(write->value));
    if (has_shell_byte(text)) {
      seen.any["of bytes that a shell could act on"] += write->count;
      continue;
    }
    const std::string written = is_plain_word(text) ? text : quoted(text);
    if (is_rule(pattern + "=" + written)) {
      seen.texts.insert(written);
    } else {
      seen.any["of bytes that cannot stand in a rule"] += write->count;
    }
  }
  return seen;
}

// For each place in the rows the smallest and the largest number.
std::string range_of(const std::set<Row>& rows) {
  Row low = *rows.begin();
  Row high = low;
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      low[i] = std::min(low[i], row[i]);
      high[i] = std::max(high[i], row[i]);
    }
  }
  std::string text;
  for (std::size_t i = 0; i < low.size(); ++i) {
    text += (i == 0 ? "" : " ") + policy::to_text(low[i]) +
            (low[i] == high[i] ? "" : ".." + policy::to_text(high[i]));
  }
  return text;
}

// Whether one of `values`, in the language of rules, is or covers the number, whatever the sysctl
// holds.
bool is_among(const policy::Integer& number, std::string_view values) {
  Diagnostics findings;
  return std::ranges::any_of(policy::parse_values(values, policy::TextPlace{}, findings),
                             [&number](const policy::Value& value) {
                               const auto* numeric = std::get_if<policy::NumericValue>(&value);
                               return numeric != nullptr && numeric->tokens.size() == 1 &&
                                      numeric->current == policy::Current::kAny &&
                                      numeric->tokens[0].low <= number &&
                                      number <= numeric->tokens[0].high;
                             });
}

// The rows of one number that are in the range become it.
void widen_to_sane(const std::string& pattern, const SeenWrite& write, Seen& seen,
                   std::vector<std::string>& alternatives, std::vector<std::string>& notes) {
  const std::optional<sysctl::Sane> sane = sysctl::sane_values(write.name);
  const auto rows = seen.rows.find(1);
  if (!sane || rows == seen.rows.end() || !is_rule(pattern + "=" + std::string(sane->values))) {
    return;
  }
  std::vector<std::string> numbers;
  std::erase_if(rows->second, [&](const Row& row) {
    const bool is_in = is_among(row[0], sane->values);
    if (is_in) {
      numbers.push_back(text_of(row));
    }
    return is_in;
  });
  if (numbers.empty()) {
    return;
  }
  alternatives.emplace_back(sane->values);
  constexpr std::size_t kShown = 3;
  const std::string more = numbers.size() > kShown ? ", ..." : "";
  numbers.resize(std::min(numbers.size(), kShown));
  notes.push_back("a range of what is sane, seen " + join(numbers, ", ") + more + ": " +
                  std::string(sane->reason));
}

// The values as they were seen, dangerous or not.
std::string values_of(const std::string& pattern, std::span<const SeenWrite* const> writes,
                      bool generalise, std::vector<std::string>& notes) {
  Seen seen = sort_values(pattern, writes);
  for (const auto& [why, count] : seen.any) {
    notes.push_back("any value: " + std::to_string(count) + (count == 1 ? " write " : " writes ") +
                    why);
  }
  if (!seen.any.empty()) {
    return "";
  }
  if (generalise && seen.texts.size() > kTextsMax) {
    notes.push_back("any value: " + std::to_string(seen.texts.size()) + " different texts");
    return "";
  }
  std::vector<std::string> alternatives;
  if (generalise) {
    widen_to_sane(pattern, *writes.front(), seen, alternatives, notes);
  }
  for (const auto& [count, rows] : seen.rows) {
    if (generalise && rows.size() > kNumbersMax) {
      alternatives.push_back(range_of(rows));
      notes.push_back("a range of " + std::to_string(rows.size()) + " different values");
      continue;
    }
    for (const Row& row : rows) {
      alternatives.push_back(text_of(row));
    }
  }
  alternatives.insert(alternatives.end(), seen.texts.begin(), seen.texts.end());
  std::string text;
  for (const std::string& alternative : alternatives) {
    text += (text.empty() ? "=" : "|") + alternative;
  }
  return text;
}

}  // namespace

std::string learn_values(const std::string& pattern, std::span<const SeenWrite* const> writes,
                         bool generalise, std::vector<std::string>& notes) {
  std::vector<std::string> seen_notes;
  const std::string seen = values_of(pattern, writes, generalise, seen_notes);
  std::set<std::string> texts;
  for (const SeenWrite* write : writes) {
    texts.emplace(without_newline(write->value));
  }
  const std::string safe = with_safe_values(sysctl::to_slash_form(pattern), seen, texts, notes);
  if (safe == seen) {
    notes.insert(notes.end(), seen_notes.begin(), seen_notes.end());
  }
  return safe;
}

}  // namespace sg::cli
