// SPDX-License-Identifier: Apache-2.0
// meant_value.cpp - one habit of writing values after the other; what it gives is a hint only where
// the rule with it stands.
#include "advice/unlikely_values.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "advice/meant_text.h"
#include "advice/refused_value.h"
#include "base/text.h"
#include "policy/groups.h"
#include "policy/rule_parser.h"
#include "policy/rule_text.h"
#include "policy/units.h"
#include "policy/value_rule.h"
#include "sysctl/catalogue.h"
#include "sysctl/sysctl_name.h"

namespace sg::advice {
namespace {

using policy::bounds_of;
using policy::bytes_of;
using policy::counts_pages;
using policy::Groups;
using policy::in_its_unit;
using policy::kSecond;
using policy::leaf_of;
using policy::nanoseconds_in;
using policy::nanoseconds_of;
using policy::Rule;
using policy::RuleBudget;
using policy::RuleKind;
using policy::RuleParser;
using policy::split_tokens;
using policy::trim_blanks;
using policy::Values;

constexpr std::size_t kNone = std::string_view::npos;
constexpr std::string_view kDigits = "0123456789";
constexpr std::size_t kShownMax = 64;

constexpr std::string_view kPagesCounted =
    ", if a page has 4096 bytes: the sysctl counts pages, no bytes";

// Makes hints about one sysctl.
class Meant {
 public:
  Meant(std::string_view pattern, std::size_t count) : pattern_(pattern), count_(count) {}

  [[nodiscard]] std::string hint(std::string_view text) const;
  // `front` is what stands before each proposed value: "NAME=", or nothing.
  [[nodiscard]] std::string of_sign(std::string_view sign, std::string_view number,
                                    const std::string& front) const;

 private:
  [[nodiscard]] std::string write(const std::string& values, std::string_view more = "") const;
  [[nodiscard]] std::string of_signs(std::string_view text) const;
  [[nodiscard]] std::string of_word(std::string_view text) const;
  [[nodiscard]] std::string of_vector(std::string_view text) const;
  [[nodiscard]] std::string of_two(std::string_view text) const;
  [[nodiscard]] std::string of_unit(std::string_view text) const;
  [[nodiscard]] std::string of_size(std::string_view text) const;

  std::string_view pattern_;
  std::size_t count_;
};

// "write VALUES, and `more`", or nothing where the sysctl does not take them.
std::string Meant::write(const std::string& values, std::string_view more) const {
  return !values.empty() && stands(pattern_, values)
             ? "write " + escape_unprintable(values, kShownMax) + std::string(more)
             : "";
}

std::string Meant::of_sign(std::string_view sign, std::string_view number,
                           const std::string& front) const {
  const std::optional<std::uint64_t> n = parse_decimal(number);
  const bool compares = sign.find_first_of("<>!^") != kNone || sign == "not";
  if (!n && !compares) {
    const std::string values = with_dots(number);
    return stands(pattern_, values) ? "write " + front + values : "";
  }
  if (!n || *n == UINT64_MAX) {
    return "";
  }
  const std::string same(number);
  const std::string above = std::to_string(*n + 1);
  const std::string below = *n == 0 ? "-1" : std::to_string(*n - 1);
  std::vector<std::pair<std::string, std::string>> proposed;  // values, and what they say
  // "a=>1" is written for both.
  const bool is_behind_equals = front.empty();
  if (sign == ">") {
    proposed.emplace_back(above + "..", "for more than " + same);
  } else if (sign == "<" && (*n > 0 || bounds_of(sysctl::width_of(pattern_)).low.negative)) {
    proposed.emplace_back(".." + below, "for less than " + same);
  } else if (sign == "!" || sign == "!=" || sign == "<>" || sign == "^" || sign == "not") {
    proposed.emplace_back(*n == 0 ? "1.." : ".." + below + "|" + above + "..",
                          *n == 0 ? "for more than 0" : "for all but " + same);
  } else if (sign != "<" && sign != ">=" && sign != "=>" && sign != "<=" && sign != "=<") {
    proposed.emplace_back(same, "");
  }
  if (sign == ">=" || sign == "=>" || (sign == ">" && is_behind_equals)) {
    proposed.emplace_back(same + "..", "for " + same + " and more");
  }
  if (sign == "<=" || sign == "=<" || (sign == "<" && is_behind_equals)) {
    proposed.emplace_back(".." + same, "for " + same + " and less");
  }
  std::string out;
  for (const auto& [values, meaning] : proposed) {
    if (stands(pattern_, values)) {
      out += (out.empty() ? "write " : ", or ") + front + values + (meaning.empty() ? "" : " ") +
             meaning;
    }
  }
  return out;
}

// A sign in front of a number, or words for one.
std::string Meant::of_signs(std::string_view text) const {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kWords = {{
      {"at least ", ">="},
      {"min ", ">="},
      {"at most ", "<="},
      {"max ", "<="},
      {"up to ", "<="},
      {"more than ", ">"},
  }};
  for (const auto& [words, sign] : kWords) {
    if (text.starts_with(words)) {
      return of_sign(sign, trim_blanks(text.substr(words.size())), "");
    }
  }
  constexpr std::string_view kNot = "not ";
  constexpr std::string_view kSigns = "<>=!~^+";
  const std::size_t length =
      text.starts_with(kNot) ? kNot.size() : std::min(text.find_first_not_of(kSigns), text.size());
  const std::string_view sign = trim_blanks(text.substr(0, length));
  const std::string_view rest = trim_blanks(text.substr(length));
  if (sign.empty()) {
    return "";
  }
  if (sign.find_first_not_of('=') == kNone) {
    return write(std::string(rest), ", with one \"=\" in front");
  }
  return is_digits(rest) ? of_sign(sign, rest, "") : "";
}

std::string Meant::of_word(std::string_view text) const {
  const std::string word = to_lower(text);
  const auto is_one_of = [&word](const auto& words) {
    return std::ranges::find(words, std::string_view(word)) != words.end();
  };
  constexpr std::array<std::string_view, 5> kAny = {"any", "all", ".*", "*", "anything"};
  constexpr std::array<std::string_view, 5> kYes = {"true", "yes", "on", "enable", "enabled"};
  constexpr std::array<std::string_view, 5> kNo = {"false", "no", "off", "disable", "disabled"};
  // A letter can stand for a number too.
  const bool is_switch = sysctl::width_of(pattern_) == sysctl::Width::kFlag;
  if (is_one_of(kAny)) {
    return "leave out the \"=\" to permit any value";
  }
  if (is_one_of(kYes) || (is_switch && (word == "y" || word == "t"))) {
    return write("1");
  }
  return is_one_of(kNo) || (is_switch && (word == "n" || word == "f")) ? write("0") : "";
}

// The numbers of a vector, with something else than blanks between them, or with units.
std::string Meant::of_vector(std::string_view text) const {
  const std::vector<std::string_view> tokens = split_tokens(text);
  std::vector<std::string> numbers = numbers_in(text);
  if (numbers.size() != count_ && tokens.size() == count_) {
    numbers.clear();
    for (const std::string_view token : tokens) {
      const std::string_view one = token.substr(0, token.find_last_not_of(",;") + 1);
      const std::optional<std::uint64_t> bytes = bytes_of(one);
      numbers.push_back(bytes ? in_its_unit(*bytes, pattern_) : with_dots(one));
    }
  }
  const bool is_of_pages = counts_pages(pattern_) && std::ranges::any_of(tokens, [](auto token) {
                             return bytes_of(token).has_value();
                           });
  const std::string hint =
      numbers.size() == count_
          ? write(join(numbers, " "),
                  is_of_pages ? kPagesCounted : ", with blanks between the numbers")
          : "";
  return hint.empty() ? "write " + std::to_string(count_) +
                            " numbers with blanks between them, \"*\" for any" +
                            (is_of_pages ? "; the sysctl counts pages, no bytes" : "")
                      : hint;
}

// Two numbers with something between them, or one with something behind it.
std::string Meant::of_two(std::string_view text) const {
  const std::size_t middle = text.find_first_not_of(kDigits);
  if (middle == kNone || middle == 0) {
    return "";
  }
  const std::string low(text.substr(0, middle));
  const std::size_t next = text.find_first_of(kDigits, middle);
  const std::string high(next == kNone ? "" : text.substr(next));
  const std::string_view between = trim_blanks(text.substr(middle, next - middle));
  if (is_digits(high) && (between == "-" || between == ":" || between == "to" || between == "~")) {
    return write(low + ".." + high, " for a range");
  }
  constexpr std::array<std::string_view, 8> kEither = {"/", "or", "||", "|", ",", "&", "&&", "and"};
  if (is_digits(high) && std::ranges::find(kEither, between) != kEither.end()) {
    return write(low + "|" + high, " for either");
  }
  return next == kNone && (between == "-" || between == "+")
             ? write(low + "..", " for that and more")
             : "";
}

std::string Meant::of_size(std::string_view text) const {
  const std::optional<std::uint64_t> bytes = bytes_of(text);
  const std::string_view leaf = leaf_of(pattern_);
  if (!bytes) {
    return "";
  }
  if (leaf.starts_with("nr_") || (leaf.find("pages") != kNone && !counts_pages(pattern_))) {
    return "write a plain number: the sysctl does not count bytes";
  }
  const std::string number = in_its_unit(*bytes, pattern_);
  if (!stands(pattern_, number)) {
    return "write a smaller number: " + number + " is more than the sysctl holds";
  }
  return counts_pages(pattern_) ? write(number, kPagesCounted) : "write the number out: " + number;
}

std::string Meant::of_unit(std::string_view text) const {
  const std::size_t end = text.find_first_not_of(kDigits);
  if (end == 0 || end == kNone) {
    return "";
  }
  const std::string number(text.substr(0, end));
  const std::string unit = to_lower(trim_blanks(text.substr(end)));
  if (text.find_first_not_of("0123456789_") == kNone) {
    std::string digits(text);
    std::erase(digits, '_');
    return write(digits);
  }
  if (unit.size() > 1 && unit.front() == 'e' && is_digits(std::string_view(unit).substr(1))) {
    constexpr std::uint64_t kZerosMax = 19;
    const std::uint64_t zeros = parse_decimal(std::string_view(unit).substr(1)).value_or(kZerosMax);
    return zeros < kZerosMax ? write(number + std::string(zeros, '0')) : "";
  }
  constexpr std::string_view kPlain =
      "write a plain number, without a unit: a sysctl has one of its own";
  if (unit == "%") {
    const std::string_view leaf = leaf_of(pattern_);
    const bool is_percent = leaf.ends_with("ratio") || leaf == "swappiness";
    return is_percent ? write(number) : std::string(kPlain);
  }
  const std::optional<std::uint64_t> is = nanoseconds_of(unit);
  if (!is || unit == "centisecs") {
    // Of "m" nobody knows whether it is minutes or millions.
    return text.substr(end) == "m" || unit == "hz" ? std::string(kPlain) : of_size(text);
  }
  const std::optional<std::uint64_t> counted = nanoseconds_in(pattern_);
  const std::optional<std::uint64_t> n = parse_decimal(number);
  if (counted && n && *n <= UINT64_MAX / *is && *n * *is % *counted == 0) {
    const std::string hint = write(std::to_string(*n * *is / *counted));
    return hint.empty() ? std::string(kPlain) : hint;
  }
  return *is == kSecond && !counted
             ? write(number, ", if the sysctl counts seconds: a value has no unit")
             : std::string(kPlain);
}

std::string Meant::hint(std::string_view text) const {
  text = trim_blanks(text);
  if (text.ends_with('\r')) {
    const std::string found = write(std::string(text.substr(0, text.size() - 1)),
                                    ", without the carriage return of a file from elsewhere");
    return found.empty() ? "end lines without a carriage return" : found;
  }
  if (const std::string_view inside = inside_quotes(text); !inside.empty()) {
    const std::string found = write(std::string(inside), ", without quotes");
    return found.empty() ? "write it without quotes" : found;
  }
  // Otherwise what stands would have been read so.
  if (const std::string found = write(std::string(text), ", without quotes"); !found.empty()) {
    return found;
  }
  if (const std::string plain = without_escapes(text); plain != text) {
    const std::string found = write(plain, ": a rule has no escapes");
    return found.empty() ? hint(plain) : found;
  }
  if (is_placeholder(text)) {
    return "write a number in place of the placeholder";
  }
  if (const std::size_t comment = std::min(text.find('#'), text.find("//")); comment != kNone) {
    const std::string found =
        write(std::string(trim_blanks(text.substr(0, comment))), ": a rule has no comment");
    return found.empty() ? "leave out the comment: a rule has none" : found;
  }
  std::string found = of_signs(text);
  if (found.empty()) {
    found = of_word(text);
  }
  if (found.empty() && count_ > 1) {
    return of_vector(text);
  }
  if (found.empty() && text.size() > 2 && text.find_first_of("[({") == 0 &&
      text.find_last_of("])}") + 1 == text.size()) {
    found = write(of_brackets(text.substr(1, text.size() - 2)));
  }
  if (found.empty()) {
    found = of_two(text);
  }
  if (found.empty()) {
    found = of_unit(text);
  }
  return found.empty() ? "write a number, 0..2 for a range, or 0|1 for either" : found;
}

}  // namespace

std::string proposed_rule(std::string_view pattern, std::string_view values) {
  return sysctl::to_dot_form(pattern) + (values.empty() ? "" : "=") + std::string(values);
}

bool stands(std::string_view pattern, std::string_view values) {
  const std::string text = proposed_rule(pattern, values);
  const std::string source;
  const Groups groups({});
  RuleBudget budget;
  Diagnostics findings;
  RuleParser parser(RuleKind::kAllow, Values::kPermitted, source, groups, budget);
  parser.parse(text, 0, findings);
  const std::vector<Rule> rules = parser.take_rules();
  // With a separator in it, it would be two rules.
  return findings.findings().empty() && rules.size() == 1 &&
         (values.find('"') != kNone || values.find_first_of(",;\n") == kNone) &&
         !values.empty() == !rules.front().values.empty() && !has_unlikely_values(rules.front());
}

std::string number_hint(std::string_view pattern, std::size_t count, std::string_view text) {
  return Meant(pattern, count).hint(text);
}

std::string sign_hint(std::string_view pattern, std::string_view sign, std::string_view number) {
  return Meant(pattern, 1).of_sign(sign, trim_blanks(number), proposed_rule(pattern, "") + "=");
}

}  // namespace sg::advice
