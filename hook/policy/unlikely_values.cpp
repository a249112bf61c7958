// SPDX-License-Identifier: Apache-2.0
// unlikely_values.cpp - the parsed values of a rule against what the sysctl takes.
#include "policy/unlikely_values.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "base/text.h"
#include "policy/rule_text.h"
#include "policy/value_rule.h"
#include "sysctl/kinds.h"
#include "sysctl/sysctl_name.h"

namespace sg::policy {
namespace {

constexpr std::size_t kNone = std::string_view::npos;
constexpr std::string_view kDigits = "0123456789";

using sysctl::Kind;
using sysctl::KindOf;

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of(kDigits) == kNone;
}

// What the kernel reads as a number: decimal, octal and hexadecimal.
bool is_number(std::string_view token) {
  token.remove_prefix(token.starts_with('-') ? 1 : 0);
  if (token.starts_with("0x") || token.starts_with("0X")) {
    token.remove_prefix(2);
    return !token.empty() && token.find_first_not_of("0123456789abcdefABCDEF") == kNone;
  }
  return is_digits(token);
}

// "0|1" of what stands between brackets: "01", "0,1", "0-2".
std::string of_brackets(std::string_view inside) {
  const std::size_t dash = inside.find('-');
  if (dash != kNone && is_digits(inside.substr(0, dash)) && is_digits(inside.substr(dash + 1))) {
    return std::string(inside.substr(0, dash)) + ".." + std::string(inside.substr(dash + 1));
  }
  const bool has_separators = inside.find_first_not_of(kDigits) != kNone;
  std::string out;
  for (const char c : inside) {
    const bool is_digit = kDigits.find(c) != kNone;
    const bool begins = is_digit && (out.empty() || !has_separators || out.back() == '|');
    out += is_digit ? (begins && !out.empty() && out.back() != '|' ? "|" : "") + std::string(1, c)
                    : std::string(out.empty() || out.back() == '|' ? "" : "|");
  }
  while (out.ends_with('|')) {
    out.pop_back();
  }
  return out;
}

std::optional<std::string> hint_for_unit(std::string_view text) {
  const std::size_t end = text.find_first_not_of(kDigits);
  if (end == 0 || end == kNone) {
    return std::nullopt;
  }
  const std::string unit = to_lower(trim_blanks(text.substr(end)));
  constexpr std::array<std::string_view, 17> kUnits = {
      "s", "sec",   "secs", "second", "seconds", "ms", "msec", "min", "minutes",
      "h", "hours", "d",    "day",    "days",    "us", "%",    "hz"};
  const std::string number(text.substr(0, end));
  if (std::ranges::find(kUnits, unit) != kUnits.end()) {
    return "write " + number + ": a sysctl has a unit of its own, which is not written";
  }
  if (text.find_first_not_of("0123456789_") == kNone) {
    std::string digits(text);
    std::erase(digits, '_');
    return "write " + digits;
  }
  if (text.substr(end) == "m") {
    return "write the number out, without a unit";  // minutes, or millions
  }
  constexpr std::string_view kSizes = "kmgt";
  const std::size_t power = unit.empty() ? kNone : kSizes.find(unit.front());
  const std::string_view rest = std::string_view(unit).substr(1);
  const std::optional<std::uint64_t> value = parse_decimal(number);
  if (power == kNone || !value || (!rest.empty() && rest != "b" && rest != "ib") ||
      *value > (UINT64_MAX >> (10 * (power + 1)))) {
    return std::nullopt;
  }
  return "write the number out: " + std::to_string(*value << (10 * (power + 1)));
}

// "a.b.c=1" or "/proc/sys/a": the beginning of another rule.
bool begins_rule(std::string_view token) {
  const std::string name = sysctl::to_slash_form(token.substr(0, token.find('=')));
  constexpr std::array<std::string_view, 11> kTop = {
      "abi", "crypto", "debug", "dev", "fs", "kernel", "net", "sunrpc", "user", "vm", "xen"};
  const std::size_t slash = name.find('/');
  return slash != kNone && slash + 1 < name.size() &&
         std::ranges::find(kTop, std::string_view(name).substr(0, slash)) != kTop.end();
}

// What was meant by a text that begins with a digit: two numbers with something between them, or a
// number with something behind it.
std::optional<std::string> hint_for_digits(std::string_view text) {
  const std::size_t middle = text.find_first_not_of(kDigits);
  if (middle == kNone || middle == 0) {
    return std::nullopt;
  }
  const std::string_view low = text.substr(0, middle);
  const std::size_t next = text.find_first_of(kDigits, middle);
  const std::string_view high = next == kNone ? "" : text.substr(next);
  const std::string_view between = trim_blanks(text.substr(middle, next - middle));
  if (is_digits(high) &&
      (between == "-" || between == ":" || between == "to" || between == "...")) {
    return "write " + std::string(low) + ".." + std::string(high) + " for a range";
  }
  if (is_digits(high) && (between == "/" || between == "or" || between == "||" || between == ",")) {
    return "write " + std::string(low) + "|" + std::string(high) + " for either";
  }
  if (next == kNone && (between == "-" || between == "+")) {
    return "write " + std::string(low) + ".. for that and more";
  }
  return hint_for_unit(text);
}

// What to write in place of a text that is to be a number: "write 0..2 for a range".
std::string number_hint(std::string_view text) {
  text = trim_blanks(text);
  if (text.starts_with('=')) {
    const std::string_view rest = trim_blanks(text.substr(
        text.find_first_not_of('=') == kNone ? text.size() : text.find_first_not_of('=')));
    return "write one \"=\": =" + escape(rest, 64);
  }
  if (text.size() > 2 && text.front() == text.back() &&
      (text.front() == '\'' || text.front() == '`')) {
    return "write " + escape(text.substr(1, text.size() - 2), 64) + ", without quotes";
  }
  const std::string word = to_lower(text);
  for (const std::string_view yes : {"true", "yes", "on", "enable", "enabled", "y", "t"}) {
    if (word == yes) {
      return "write 1";
    }
  }
  for (const std::string_view no : {"false", "no", "off", "disable", "disabled", "n", "f"}) {
    if (word == no) {
      return "write 0";
    }
  }
  if (text.size() > 2 && text.find_first_of("[({") == 0 &&
      text.find_last_of("])}") + 1 == text.size()) {
    const std::string either = of_brackets(text.substr(1, text.size() - 2));
    if (!either.empty()) {
      return "write " + either;
    }
  }
  for (const std::string_view sign : {">=", "<=", ">", "<", "+", "~", "!"}) {
    const std::string number(trim_blanks(text.substr(std::min(sign.size(), text.size()))));
    if (text.starts_with(sign) && is_digits(number)) {
      return sign.front() == '>'   ? "write " + number + ".. for that and more"
             : sign.front() == '<' ? "write .." + number + " for that and less"
                                   : "write " + number;
    }
  }
  if (const std::optional<std::string> hint = hint_for_digits(text)) {
    return *hint;
  }
  return "write a number, 0..2 for a range, or 0|1 for either";
}

class RuleCheck {
 public:
  RuleCheck(const Rule& rule, Diagnostics& findings)
      : rule_(rule), kind_(sysctl::kind_of(rule.pattern)), findings_(findings) {}

  void run() {
    for (const Value& value : rule_.values) {
      const auto* text = std::get_if<TextValue>(&value);
      const bool done =
          text != nullptr ? check_text(*text) : check_numbers(std::get<NumericValue>(value));
      if (done) {
        return;  // one warning for each rule
      }
    }
  }

 private:
  bool warn(std::string message, std::string hint) {
    add_finding(findings_,
                finding_about(rule_, Severity::kWarning, std::move(message), std::move(hint)));
    return true;
  }

  bool check_text(const TextValue& value) {
    const std::string_view text = value.text;
    const std::vector<std::string_view> tokens = split_tokens(text);
    const bool is_quoted = rule_.text.find('"') != std::string::npos;
    if (!is_quoted && tokens.size() > 1 &&
        std::any_of(tokens.begin() + 1, tokens.end(), begins_rule)) {
      return warn("a blank stands between two rules, so the second is taken for a piece of a value",
                  "put a comma or a semicolon between two rules");
    }
    if (!is_quoted && text.starts_with('=')) {
      return warn("a second \"=\" is taken for a piece of the value", number_hint(text));
    }
    switch (kind_.kind) {
      case Kind::kNumbers:
        return check_number_text(value, tokens);
      case Kind::kList:
        return text.find_first_not_of("0123456789,-") != kNone && !value.prefix &&
               warn("\"" + escape(text, 64) + "\" is no list of numbers and ranges", list_hint());
      case Kind::kMask:
        return text.find_first_not_of("0123456789abcdefABCDEF,") != kNone &&
               warn("\"" + escape(text, 64) + "\" is no hexadecimal mask",
                    "write the mask in quotes, such as \"3\" for the first two processors");
      default:
        return false;
    }
  }

  bool check_number_text(const TextValue& value, const std::vector<std::string_view>& tokens) {
    if (std::ranges::all_of(tokens, is_number)) {
      return false;
    }
    return warn(
        "\"" + escape(value.text, 64) + "\" is no number, and the kernel takes nothing else here",
        number_hint(value.text));
  }

  bool check_numbers(const NumericValue& value) {
    const std::size_t count = value.tokens.size();
    if (value.current != Current::kAny) {
      const bool is_one = kind_.kind == Kind::kUnknown ||
                          (kind_.kind == Kind::kNumbers && kind_.count <= 1);  // 0: not known
      return !is_one && warn("\"@current\" stands for one number, and this does not hold one",
                             "name the values that you want to permit");
    }
    if (kind_.kind == Kind::kList) {
      const bool is_plain = count == 1 && value.tokens[0].low == value.tokens[0].high;
      return !is_plain &&
             warn("the kernel takes a list here, which ranges and blanks are no part of",
                  list_hint());
    }
    if (kind_.kind != Kind::kNumbers || kind_.count == 0 || kind_.count == count) {
      return false;
    }
    const std::string held = std::to_string(kind_.count);
    return warn("the sysctl holds " + held + (kind_.count == 1 ? " number" : " numbers") +
                    ", and this permits only writes of " + std::to_string(count),
                kind_.count == 1 ? "write one; put \"|\" between numbers of which each is permitted"
                                 : "write " + held + " with blanks between them, \"*\" for any");
  }

  // The list that two numbers of the rule would be.
  [[nodiscard]] std::string list_hint() const {
    std::string list = "1024-15999";
    for (const Value& value : rule_.values) {
      const auto* numeric = std::get_if<NumericValue>(&value);
      if (numeric != nullptr && numeric->current == Current::kAny && !numeric->tokens.empty() &&
          !numeric->tokens[0].any) {
        list = std::to_string(numeric->tokens.front().low.magnitude) + "-" +
               std::to_string(numeric->tokens.back().high.magnitude);
        break;
      }
    }
    return "write the list in quotes, such as \"" + list + "\"";
  }

  const Rule& rule_;
  KindOf kind_;
  Diagnostics& findings_;
};

}  // namespace

void warn_unlikely_values(std::span<const Rule> rules, Diagnostics& findings) {
  for (const Rule& rule : rules) {
    if (!rule.values.empty() && !rule.text.empty() && !rule.literal) {
      RuleCheck(rule, findings).run();
    }
  }
}

}  // namespace sg::policy
