// SPDX-License-Identifier: Apache-2.0
// joined_rules.cpp - a piece of the value that begins as the name of a sysctl does.
#include "advice/joined_rules.h"

#include <algorithm>
#include <string>
#include <vector>

#include "policy/foreign_rule.h"
#include "policy/rule_text.h"
#include "policy/value_rule.h"
#include "sysctl/sysctl_name.h"

namespace sg::advice {
namespace {

using policy::split_tokens;
using policy::trim_blanks;

constexpr std::size_t kNone = std::string_view::npos;

// "a.b.c=1" or "/proc/sys/a": the beginning of another rule.
bool begins_rule(std::string_view token) {
  const std::string name = sysctl::to_slash_form(token.substr(0, token.find('=')));
  const std::size_t slash = name.find('/');
  return slash != kNone && slash + 1 < name.size() &&
         sysctl::is_top_directory(std::string_view(name).substr(0, slash));
}

// "other.name=1": a name that nobody knows, and a value.
bool is_assignment(std::string_view token) {
  const std::string_view name = token.substr(0, token.find('='));
  return name.size() < token.size() && name.find_first_of("./") != kNone &&
         name.find_first_not_of("0123456789./") != kNone;
}

}  // namespace

Between between_rules(std::string_view text, bool only_numbers) {
  const auto is_rule = [only_numbers](std::string_view piece) {
    return begins_rule(piece) || (only_numbers && is_assignment(piece));
  };
  if (const std::size_t sign = text.find('!'); sign != kNone && is_rule(text.substr(sign + 1))) {
    return Between::kLeftOut;
  }
  for (std::size_t at = text.find_first_of(",;"); at != kNone;
       at = text.find_first_of(",;", at + 1)) {
    const std::string_view rest = trim_blanks(text.substr(at + 1));
    if (is_rule(rest) || (only_numbers && rest.find('=') != kNone)) {
      return Between::kSeparator;
    }
  }
  const std::vector<std::string_view> tokens = split_tokens(text);
  const auto other = std::find_if(tokens.begin() + (tokens.empty() ? 0 : 1), tokens.end(), is_rule);
  if (other != tokens.end()) {
    return std::any_of(tokens.begin(), other, policy::is_negation) ? Between::kLeftOut
                                                                   : Between::kBlank;
  }
  // Of several alternatives: a "|" stands in front.
  const bool is_whole_rule = !tokens.empty() && tokens[0].find('=') != kNone && is_rule(tokens[0]);
  return is_whole_rule ? Between::kBar : Between::kNoRules;
}

}  // namespace sg::advice
