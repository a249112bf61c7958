// SPDX-License-Identifier: Apache-2.0
// add_rules.cpp - the list into its rules, each learned one to one of them or behind them.
#include "cli/learn/add_rules.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "policy/rule_list.h"
#include "policy/rule_text.h"
#include "sysctl/sysctl_name.h"

namespace sg::cli {
namespace {

constexpr std::string_view kLayout = " \t\r\n";

std::string_view strip(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kLayout);
  return begin == text.npos ? "" : text.substr(begin, text.find_last_not_of(kLayout) + 1 - begin);
}

// A rule in pieces; `values` with its "=", empty where it has none.
struct Written {
  std::string name;  // slash form
  std::string_view values;
};

Written in_pieces(std::string_view rule) {
  const std::size_t equals = std::min(rule.find('='), rule.size());
  return {sysctl::to_slash_form(strip(rule.substr(0, equals))), rule.substr(equals)};
}

// The alternatives behind "=", without blanks around them.
std::vector<std::string_view> alternatives_of(std::string_view values) {
  std::vector<std::string_view> found;
  for (std::size_t start = 1; start <= values.size();) {
    const std::size_t first = std::min(values.find_first_not_of(kLayout, start), values.size());
    const bool is_quoted = first < values.size() && values[first] == '"';
    const std::size_t from = is_quoted ? policy::end_of_quoted(values, first) : first;
    const std::size_t bar = from == values.npos ? from : values.find('|', from);
    const std::size_t end = std::min(bar, values.size());
    found.push_back(strip(values.substr(start, end - start)));
    start = end + 1;
  }
  return found;
}

// True where `rule` is for the same name as `mine`, which permits afterwards what it permits too.
bool add_to(std::string& mine, std::string_view rule) {
  const Written old = in_pieces(mine);
  const Written more = in_pieces(rule);
  if (old.name != more.name || old.name.starts_with('@')) {
    return false;
  }
  if (old.values.empty() || more.values.empty()) {
    mine = old.values.empty() ? mine : std::string(rule);
    return true;
  }
  const std::vector<std::string_view> there = alternatives_of(old.values);
  std::string added;
  for (const std::string_view value : alternatives_of(more.values)) {
    added += std::ranges::find(there, value) == there.end() ? "|" + std::string(value) : "";
  }
  mine += added;
  return true;
}

void add_all(std::vector<std::string>& pieces, std::span<const std::string> rules) {
  for (const std::string& rule : rules) {
    if (std::ranges::none_of(pieces, [&](std::string& mine) { return add_to(mine, rule); })) {
      pieces.push_back(rule);
    }
  }
}

}  // namespace

std::string append_rules(const std::string& list, std::span<const std::string> rules) {
  const std::size_t first = list.find_first_not_of(kLayout);
  std::vector<std::string> pieces;
  if (first != std::string::npos && list[first] == '[') {
    const std::variant<std::vector<policy::JsonElement>, JsonProblem> elements =
        policy::split_json_list(list);
    if (const auto* found = std::get_if<std::vector<policy::JsonElement>>(&elements)) {
      std::ranges::transform(*found, std::back_inserter(pieces), &policy::JsonElement::text);
    }
    add_all(pieces, rules);
    std::ranges::transform(pieces, pieces.begin(), json_quote);
    return "[" + join(pieces, ", ") + "]";
  }
  for (std::size_t start = 0; start < list.size();) {
    const std::size_t end = policy::end_of_rule(list, start);
    if (const std::string_view rule = strip(std::string_view(list).substr(start, end - start));
        !rule.empty()) {
      pieces.emplace_back(rule);
    }
    start = end + 1;
  }
  add_all(pieces, rules);
  return join(pieces, "; ");  // the one separator that every engine leaves alone
}

}  // namespace sg::cli
