// SPDX-License-Identifier: Apache-2.0
// random_policy.cpp - patterns from a few components, values around a few numbers and texts.
#include "support/random_policy.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace sg::test {
namespace {

using policy::Integer;
using policy::Limit;
using policy::NumericValue;
using policy::Policy;
using policy::Rule;
using policy::RuleKind;
using policy::TextValue;
using policy::Token;
using policy::Value;

const std::vector<std::string_view> kComponents = {"net", "ipv4", "conf", "a",   "ab", "wg*",
                                                   "*",   "*a",   "a*b",  "e.0", "x"};
const std::vector<std::string_view> kTexts = {"", "cubic", "bbr", "a b", "0x10", "|usr/bin", "1,2"};
constexpr std::array<std::uint64_t, 13> kMagnitudes = {
    0, 1, 2, 9, 10, 11, 99, 100, 1024, 65535, 2147483647, std::uint64_t{1} << 63, UINT64_MAX};

std::string random_pattern(Random& random) {
  std::string pattern(random.pick(kComponents));
  for (std::size_t more = random.below(4); more > 0; --more) {
    pattern += '/';
    pattern += random.pick(kComponents);
  }
  if (random.one_in(4) && pattern.back() != '*') {
    pattern += '*';
  }
  return pattern;
}

Integer random_integer(Random& random) {
  Integer number{random.one_in(4), kMagnitudes[random.below(kMagnitudes.size())]};
  if (number.magnitude == 0) {
    number.negative = false;
  } else if (number.negative) {
    number.magnitude = std::min(number.magnitude, policy::kIntegerMin.magnitude);
  }
  return number;
}

Token random_token(Random& random) {
  if (random.one_in(6)) {
    return Token{true, {}, {}};
  }
  Integer low = random.one_in(8) ? policy::kIntegerMin : random_integer(random);
  Integer high = random.one_in(8) ? policy::kIntegerMax : random_integer(random);
  if (random.one_in(3)) {
    high = low;
  }
  if (high < low) {
    std::swap(low, high);
  }
  return Token{false, low, high};
}

Value random_value(Random& random) {
  if (random.one_in(3)) {
    return TextValue{std::string(random.pick(kTexts)), random.one_in(2)};
  }
  NumericValue value;
  if (random.one_in(4)) {
    value.current = random.one_in(2) ? policy::Current::kSame : policy::Current::kSameOrAbove;
    value.tokens.push_back(random_token(random));
    value.tokens.back().any = false;
    return value;
  }
  for (std::size_t count = random.one_in(2) ? 1 : 1 + random.below(3); count > 0; --count) {
    value.tokens.push_back(random_token(random));
  }
  return value;
}

Rule random_rule(Random& random, RuleKind kind) {
  Rule rule;
  rule.kind = kind;
  rule.pattern = random_pattern(random);
  if (kind == RuleKind::kPair) {
    rule.literal = true;
    rule.values.push_back(TextValue{std::string(random.pick(kTexts)), false});
  } else if (kind == RuleKind::kAllow && random.one_in(2)) {
    for (std::size_t count = 1 + random.below(3); count > 0; --count) {
      rule.values.push_back(random_value(random));
    }
  }
  rule.text = rule.pattern;
  rule.source = "test";
  return rule;
}

std::string random_bytes(Random& random, std::string_view alphabet, std::size_t max_length) {
  std::string bytes;
  for (std::size_t count = random.below(max_length + 1); count > 0; --count) {
    bytes += alphabet[random.below(alphabet.size())];
  }
  return bytes;
}

std::string name_for(Random& random, const Rule& rule) {
  std::string name;
  for (std::size_t i = 0; i < rule.pattern.size(); ++i) {
    if (rule.pattern[i] != '*' || rule.literal) {
      name += rule.pattern[i];
    } else {
      const bool is_last = i + 1 == rule.pattern.size();
      name += random_bytes(random, is_last ? "ab0./*\xff" : "ab0.*\xff", 4);
    }
  }
  return name;
}

// A number in the range, often one of its bounds.
std::string number_for(Random& random, const Token& token) {
  Integer number = random.one_in(2) ? token.low : token.high;
  if (random.one_in(3)) {
    const std::uint64_t step = random.below(20);
    const bool grows = number.negative == random.one_in(2);
    if (grows && number.magnitude <= UINT64_MAX - step) {
      number.magnitude += step;
    } else if (!grows && number.magnitude >= step) {
      number.magnitude -= step;
    }
  }
  return (number.negative ? "-" : "") + std::to_string(number.magnitude);
}

std::string value_for(Random& random, const Value& permitted) {
  if (const auto* text = std::get_if<TextValue>(&permitted)) {
    return text->text + (text->prefix ? random_bytes(random, "a0 ~", 6) : "") +
           (random.one_in(2) ? "\n" : "");
  }
  std::string value = random_bytes(random, " \t", 2);
  bool first = true;
  for (const Token& token : std::get<NumericValue>(permitted).tokens) {
    if (!first) {
      value += random.one_in(3) ? "\t " : " ";
    }
    first = false;
    value += token.any ? "x" + random_bytes(random, "a0,~", 3) : number_for(random, token);
  }
  return value + random_bytes(random, " \t", 2) + random_bytes(random, "\n", 2);
}

// What the sysctl holds: often the value, or a number beside it.
std::optional<std::string> current_for(Random& random, const std::string& value) {
  switch (random.below(5)) {
    case 0:
      return std::nullopt;
    case 1:
      return value;
    case 2:
      return value + random_bytes(random, "0 1-\n\t", 2);
    case 3:
      return number_for(random, Token{false, policy::kIntegerMin, policy::kIntegerMax}) + "\n";
    default:
      return std::to_string(random.below(120)) + "\n";
  }
}

void change_a_little(Random& random, std::string& text, std::string_view alphabet) {
  const std::size_t at = random.below(text.size() + 1);
  const char byte = alphabet[random.below(alphabet.size())];
  switch (random.below(3)) {
    case 0:
      text.insert(at, 1, byte);
      break;
    case 1:
      text.erase(at, 1);
      break;
    default:
      if (at < text.size()) {
        text[at] = byte;
      }
  }
}

}  // namespace

std::uint64_t Random::next() {
  state_ += 0x9e3779b97f4a7c15ull;
  std::uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9ull;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebull;
  return mixed ^ (mixed >> 31);
}

std::string show(const OwnedAccess& access) {
  std::string text = access.write ? "write " : "read ";
  text += "'" + escape(access.name, 600) + "'";
  if (access.write) {
    text += " = '" + escape(access.value, 600) + "'";
    text += access.at_position_zero ? "" : " elsewhere than at position 0";
    text += access.current ? " where '" + escape(*access.current, 600) + "' is" : "";
  }
  return text;
}

std::string show(const Policy& policy) {
  constexpr std::array<const char*, 8> kKinds = {
      "pair", "deny", "allow", "unmatched", "beyond-limit", "readable", "deny-read", "allow-read"};
  std::string text;
  for (const Rule& rule : policy.rules) {
    text += std::string(kKinds[static_cast<std::size_t>(rule.kind)]) + " " + escape(rule.pattern);
    for (const Value& value : rule.values) {
      if (const auto* plain = std::get_if<TextValue>(&value)) {
        text += " {" + escape(plain->text) + (plain->prefix ? "}*" : "}");
        continue;
      }
      constexpr std::array<const char*, 3> kCurrents = {" <", " <same ", " <same or above "};
      text += kCurrents[static_cast<std::size_t>(std::get<NumericValue>(value).current)];
      for (const Token& token : std::get<NumericValue>(value).tokens) {
        const auto number = [](const Integer& n) {
          return (n.negative ? "-" : "") + std::to_string(n.magnitude);
        };
        text += token.any ? "* " : number(token.low) + ".." + number(token.high) + " ";
      }
      text += ">";
    }
    text += "\n";
  }
  return text;
}

Policy random_policy(Random& random) {
  constexpr std::array<RuleKind, 6> kOrder = {RuleKind::kPair,     RuleKind::kDeny,
                                              RuleKind::kAllow,    RuleKind::kReadable,
                                              RuleKind::kDenyRead, RuleKind::kAllowRead};
  constexpr std::array<std::size_t, 6> kMost = {1, 2, 5, 1, 2, 1};
  Policy policy;
  for (std::size_t i = 0; i < kOrder.size(); ++i) {
    for (std::size_t count = random.below(kMost[i] + 1); count > 0; --count) {
      policy.rules.push_back(random_rule(random, kOrder[i]));
    }
  }
  if (policy.rules.empty()) {
    policy.rules.push_back(random_rule(random, RuleKind::kAllow));
  }
  return policy;
}

Limit random_limit(Random& random) {
  Limit limit;
  limit.private_namespaces = {.net = !random.one_in(3), .ipc = false, .uts = false, .user = false};
  limit.file = "policy.json";
  for (std::size_t count = random.below(4); count > 0; --count) {
    limit.allow.push_back(random_rule(random, RuleKind::kAllow));
    if (random.one_in(2)) {
      limit.allow.back().pattern.insert(0, "net/");
    }
  }
  for (std::size_t count = random.below(3); count > 0; --count) {
    limit.host.push_back(random_rule(random, RuleKind::kAllow));
  }
  for (std::size_t count = random.below(2); count > 0; --count) {
    limit.deny.push_back(random_rule(random, RuleKind::kDeny));
  }
  return limit;
}

OwnedAccess random_access(Random& random, const Policy& policy) {
  const Rule& rule = policy.rules[random.below(policy.rules.size())];
  OwnedAccess access;
  access.write =
      rule.kind == RuleKind::kPair || rule.kind == RuleKind::kDeny || rule.kind == RuleKind::kAllow;
  access.name = name_for(random, rule);
  access.value = rule.values.empty()
                     ? number_for(random, random_token(random))
                     : value_for(random, rule.values[random.below(rule.values.size())]);
  access.at_position_zero = !random.one_in(10);
  access.current = current_for(random, access.value);
  if (random.one_in(3)) {
    change_a_little(random, access.name, "ab/0.*");
  } else if (random.one_in(2)) {
    change_a_little(random, access.value, std::string_view("01-9 \n\tx\0", 9));
  }
  if (random.one_in(20)) {
    access.write = !access.write;
  }
  if (random.one_in(50)) {
    const std::size_t length = 253 + random.below(5);
    access.value.resize(std::max(access.value.size(), length), ' ');
  } else if (random.one_in(50)) {
    access.name.resize(126 + random.below(3), 'a');
  }
  return access;
}

}  // namespace sg::test
