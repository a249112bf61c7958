// SPDX-License-Identifier: Apache-2.0
// reference_match.cpp - rules, patterns and values, each in the plainest way.
#include "support/reference_match.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>

namespace sg::test {
namespace {

using policy::Integer;
using policy::NumericValue;
using policy::Rule;
using policy::RuleKind;
using policy::TextValue;
using policy::Token;
using policy::Value;

// The guard's buffers hold a name of 127 bytes and a value of 255.
constexpr std::size_t kLongestName = 127;
constexpr std::size_t kLongestValue = 255;

bool is_for_reads(RuleKind kind) {
  return kind == RuleKind::kReadable || kind == RuleKind::kDenyRead || kind == RuleKind::kAllowRead;
}

bool is_allowing(RuleKind kind) { return kind != RuleKind::kDeny && kind != RuleKind::kDenyRead; }

bool is_blank_byte(char byte) { return byte == ' ' || byte == '\t'; }

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

// Printable ASCII, blank included.
bool is_plain(char byte) { return byte >= ' ' && byte <= '~'; }

bool all_plain(std::string_view text) {
  for (const char byte : text) {
    if (!is_plain(byte)) {
      return false;
    }
  }
  return true;
}

policy::Verdict verdict_of(RuleKind kind) {
  return is_allowing(kind) ? policy::Verdict::kAllow : policy::Verdict::kDeny;
}

// "0", or digits of which the first is not 0, behind a '-' or not; never "-0".
bool is_canonical(std::string_view number) {
  const bool negative = !number.empty() && number.front() == '-';
  const std::string_view digits = negative ? number.substr(1) : number;
  if (digits.empty() || (digits.front() == '0' && (negative || digits.size() > 1))) {
    return false;
  }
  for (const char byte : digits) {
    if (!is_digit(byte)) {
      return false;
    }
  }
  return true;
}

std::string decimal(const Integer& number) {
  return (number.negative ? "-" : "") + std::to_string(number.magnitude);
}

// a <= b for canonical decimal numbers of any length.
bool at_most(std::string_view a, std::string_view b) {
  const bool a_negative = a.front() == '-';
  const bool b_negative = b.front() == '-';
  if (a_negative != b_negative) {
    return a_negative;
  }
  if (a_negative) {
    return at_most(b.substr(1), a.substr(1));
  }
  return a.size() != b.size() ? a.size() < b.size() : a <= b;
}

bool token_matches(const Token& permitted, std::string_view written) {
  if (permitted.any) {
    return all_plain(written);
  }
  return is_canonical(written) && at_most(decimal(permitted.low), written) &&
         at_most(written, decimal(permitted.high));
}

// Final newlines and blanks at both ends off, then cut at blanks.
std::vector<std::string_view> tokens_of(std::string_view value) {
  while (!value.empty() && value.back() == '\n') {
    value.remove_suffix(1);
  }
  std::vector<std::string_view> tokens;
  std::size_t at = 0;
  while (at < value.size()) {
    const std::size_t begin = at;
    while (at < value.size() && is_blank_byte(value[at]) == is_blank_byte(value[begin])) {
      ++at;
    }
    if (!is_blank_byte(value[begin])) {
      tokens.push_back(value.substr(begin, at - begin));
    }
  }
  return tokens;
}

// What is compared is short, and one canonical number of 64 bits.
constexpr std::size_t kLongestNumber = 31;

std::optional<std::string_view> one_number(std::string_view text) {
  const std::vector<std::string_view> tokens = tokens_of(text);
  const bool is_one = text.size() <= kLongestNumber && tokens.size() == 1 &&
                      is_canonical(tokens[0]) && at_most(tokens[0], "18446744073709551615") &&
                      at_most("-18446744073709551615", tokens[0]);
  return is_one ? std::optional(tokens[0]) : std::nullopt;
}

bool current_fits(policy::Current wanted, std::string_view value,
                  std::optional<std::string_view> current) {
  if (wanted == policy::Current::kAny) {
    return true;
  }
  const std::optional<std::string_view> written = one_number(value);
  const std::optional<std::string_view> held = current ? one_number(*current) : std::nullopt;
  if (!written || !held) {
    return false;
  }
  return wanted == policy::Current::kSame ? *written == *held : at_most(*held, *written);
}

bool numeric_matches(const NumericValue& permitted, std::string_view value,
                     std::optional<std::string_view> current) {
  if (!current_fits(permitted.current, value, current)) {
    return false;
  }
  const std::vector<std::string_view> tokens = tokens_of(value);
  if (tokens.size() != permitted.tokens.size()) {
    return false;
  }
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!token_matches(permitted.tokens[i], tokens[i])) {
      return false;
    }
  }
  return true;
}

bool text_matches(const TextValue& permitted, std::string_view value) {
  if (value == permitted.text || value == permitted.text + "\n") {
    return true;
  }
  if (!permitted.prefix || !value.starts_with(permitted.text)) {
    return false;
  }
  value.remove_prefix(permitted.text.size());
  if (!value.empty() && value.back() == '\n') {
    value.remove_suffix(1);
  }
  return all_plain(value);
}

bool is_unseen(const compile::Access& access) {
  return !access.at_position_zero || access.value.empty() || access.value.size() > kLongestValue;
}

automaton::Symbol kind_of_write(const compile::Access& access) {
  const std::optional<std::string_view> written =
      is_unseen(access) ? std::nullopt : one_number(access.value);
  const std::optional<std::string_view> held =
      access.current ? one_number(*access.current) : std::nullopt;
  if (!written || !held) {
    return automaton::kWriteUnknown;
  }
  if (*written == *held) {
    return automaton::kWriteSame;
  }
  return at_most(*written, *held) ? automaton::kWriteBelow : automaton::kWriteAbove;
}

bool rule_matches(const Rule& rule, const compile::Access& access) {
  if (is_for_reads(rule.kind) == access.write || !reference_name_matches(rule, access.name)) {
    return false;
  }
  if (rule.values.empty()) {
    return true;
  }
  if (is_unseen(access)) {
    return false;
  }
  for (const Value& permitted : rule.values) {
    if (reference_value_matches(permitted, access.value, access.current)) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool reference_name_matches(const Rule& rule, std::string_view name) {
  if (rule.literal) {
    return name == rule.pattern;
  }
  // reached[i]: what was read of the pattern so far matches the first i bytes of the name.
  std::vector<bool> reached(name.size() + 1);
  reached[0] = true;
  for (std::size_t p = 0; p < rule.pattern.size(); ++p) {
    const char byte = rule.pattern[p];
    const bool is_last = p + 1 == rule.pattern.size();
    std::vector<bool> next(name.size() + 1);
    for (std::size_t i = 0; i <= name.size(); ++i) {
      if (byte != '*') {
        next[i] = i > 0 && reached[i - 1] && name[i - 1] == byte;
      } else {
        next[i] = reached[i] || (i > 0 && next[i - 1] && (is_last || name[i - 1] != '/'));
      }
    }
    reached = next;
  }
  return reached[name.size()];
}

bool reference_value_matches(const Value& permitted, std::string_view value,
                             std::optional<std::string_view> current) {
  if (const auto* numeric = std::get_if<NumericValue>(&permitted)) {
    return numeric_matches(*numeric, value, current);
  }
  return text_matches(std::get<TextValue>(permitted), value);
}

compile::Decision reference_decide(const policy::Policy& policy, const compile::Access& access) {
  for (std::size_t i = 0; i < policy.rules.size(); ++i) {
    const Rule& rule = policy.rules[i];
    if (rule.kind == RuleKind::kBeyondLimit) {
      continue;  // matches nothing by itself
    }
    const compile::Decision hit{verdict_of(rule.kind), static_cast<automaton::RuleNumber>(i + 1)};
    if (access.name.size() > kLongestName) {
      // Only a rule for every name and value, with no other before it, can decide on a name that
      // does not fit.
      if (is_for_reads(rule.kind) == access.write) {
        continue;
      }
      const bool everything = !rule.literal && rule.pattern == "*" && rule.values.empty();
      return everything ? hit : compile::Decision{};
    }
    if (rule_matches(rule, access)) {
      return hit;
    }
  }
  return {};
}

bool reference_permits(const policy::Limit& limit, const compile::Access& access) {
  const auto matches = [&access](const Rule& rule) { return rule_matches(rule, access); };
  if (std::any_of(limit.deny.begin(), limit.deny.end(), matches)) {
    return false;
  }
  if (std::any_of(limit.host.begin(), limit.host.end(), matches)) {
    return true;
  }
  const std::optional<sysctl::Namespace> ns =
      sysctl::namespace_of(access.name, limit.private_namespaces.in_pid);
  return ns && limit.private_namespaces.has(*ns) &&
         std::any_of(limit.allow.begin(), limit.allow.end(), matches);
}

compile::Decision reference_decide_within(const policy::Policy& policy,
                                          const compile::Access& access) {
  compile::Decision found = reference_decide(policy, access);
  const Rule* rule = found.rule == automaton::kNoRule ? nullptr : &policy.rules[found.rule - 1];
  const bool is_within = reference_permits(*policy.limit, access);
  if (rule != nullptr && rule->kind == RuleKind::kAllow && !is_within) {
    for (std::size_t i = 0; i < policy.rules.size(); ++i) {
      if (policy.rules[i].kind == RuleKind::kBeyondLimit) {
        found.rule = static_cast<automaton::RuleNumber>(i + 1);
        rule = &policy.rules[i];
      }
    }
  }
  if (rule == nullptr) {
    return found;
  }
  const bool is_full = policy.audit == policy::Audit::kFull;
  const bool is_partly = policy.audit == policy::Audit::kWithinLimit && !rule->floor;
  switch (rule->kind) {
    case RuleKind::kBeyondLimit:
      found.verdict = is_full ? policy::Verdict::kWouldDeny : policy::Verdict::kDeny;
      break;
    case RuleKind::kUnmatched:
      found.verdict = is_full || (is_partly && is_within) ? policy::Verdict::kWouldDeny
                                                          : policy::Verdict::kDeny;
      // Beyond the limit no rule is named: it is as if there were no audit.
      found.rule = found.verdict == policy::Verdict::kDeny ? automaton::kNoRule : found.rule;
      break;
    case RuleKind::kDeny:
      found.verdict = is_full || (is_partly && is_within) ? policy::Verdict::kWouldDeny
                                                          : policy::Verdict::kDeny;
      break;
    case RuleKind::kDenyRead:
      found.verdict = is_full || is_partly ? policy::Verdict::kWouldDeny : policy::Verdict::kDeny;
      break;
    default:
      break;
  }
  return found;
}

std::vector<automaton::Symbol> to_word(const compile::Access& access) {
  std::vector<automaton::Symbol> word = {access.write ? kind_of_write(access) : automaton::kRead};
  for (const char byte : access.name) {
    word.push_back(static_cast<unsigned char>(byte));
  }
  word.push_back(automaton::kEnd);
  if (!access.write) {
    return word;
  }
  if (is_unseen(access)) {
    word.push_back(automaton::kUnseen);
    return word;
  }
  for (const char byte : access.value) {
    word.push_back(static_cast<unsigned char>(byte));
  }
  return word;
}

}  // namespace sg::test
