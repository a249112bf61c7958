// SPDX-License-Identifier: Apache-2.0
// value_rule.cpp - the text after the '=' of a rule into the alternatives it permits.
//
// The text is cut at each '|' outside quotes; an alternative is then quoted text, "@current" by
// itself or as the lower end of a range, a row of integers, ranges and lone '*', or text. A number
// is accepted only in the one form the guard accepts when it is written to a sysctl. With any
// finding no alternative is returned, because a rule without values would permit every value.
#include "policy/value_rule.h"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "base/text.h"
#include "policy/kernel_number.h"
#include "policy/rule_text.h"
#include "policy/units.h"

namespace sg::policy {
namespace {

constexpr std::size_t kNone = std::string_view::npos;
constexpr std::size_t kDigitsShownMax = 40;  // twice the longest integer; longer is not repeated

// Whether somebody means "@current" by the token, in one of its forms or another: it stands in it,
// in any case, but not behind a letter or a digit, as in an address; or the word at its start is
// nearly that.
bool means_current(std::string_view token) {
  if (token.find('@') == kNone) {
    return false;
  }
  const std::string word = to_lower(token);
  const auto is_of_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  for (std::size_t at = word.find(kCurrentWord); at != kNone;
       at = word.find(kCurrentWord, at + 1)) {
    if (at == 0 || !is_of_word(word[at - 1])) {
      return true;
    }
  }
  const auto end = std::find_if_not(word.begin() + 1, word.end(), is_of_word);
  const std::string_view first(word.data(), static_cast<std::size_t>(end - word.begin()));
  return first.starts_with('@') && nearest(first, std::span(&kCurrentWord, 1)).has_value();
}

bool is_numeric(const std::vector<std::string_view>& tokens) {
  bool has_number = false;
  for (const std::string_view token : tokens) {
    if (token == "*") {
      continue;
    }
    if (!looks_like_integer(token) && !split_range(token)) {
      return false;
    }
    has_number = true;
  }
  return has_number;
}

// Parses the alternatives of one rule; all places are relative to the text after the '='.
class ValueParser {
 public:
  ValueParser(std::string_view written, const TextPlace& place, Diagnostics& findings,
              sysctl::Width width, std::string_view pattern)
      : written_(written),
        place_(place),
        findings_(findings),
        held_(bounds_of(width)),
        pattern_(pattern) {}

  std::vector<Value> parse();

 private:
  void parse_alternative(std::string_view alternative);
  void parse_quoted(std::string_view alternative);
  void parse_numeric(const std::vector<std::string_view>& tokens);
  void parse_current(std::string_view token);
  void parse_text(std::string_view alternative, const std::vector<std::string_view>& tokens);
  std::optional<Token> parse_token(std::string_view token);
  std::optional<Integer> parse_integer(std::string_view token, bool in_range);
  void add_text(std::string_view alternative, TextValue value);
  void error(std::string_view piece, std::string message, std::string hint);

  std::string_view written_;
  const TextPlace& place_;
  Diagnostics& findings_;
  Bounds held_;               // what the sysctl holds
  std::string_view pattern_;  // for hints
  std::vector<Value> values_;
  bool good_ = true;
};

void ValueParser::error(std::string_view piece, std::string message, std::string hint) {
  good_ = false;
  add_error(findings_, place_, offset_in(written_, piece), piece, std::move(message),
            std::move(hint));
}

std::vector<Value> ValueParser::parse() {
  std::size_t start = 0;
  bool at_start = true;  // only blanks since the start of the alternative: a quote opens here
  std::size_t i = 0;
  while (i <= written_.size()) {
    if (i == written_.size() || written_[i] == '|') {
      parse_alternative(trim_blanks(written_.substr(start, i - start)));
      start = i + 1;
      at_start = true;
      i += 1;
    } else if (written_[i] == '"' && at_start) {
      const std::size_t end = end_of_quoted(written_, i);
      at_start = false;
      i = end == kNone ? written_.size() : end;
    } else {
      at_start = at_start && is_blank(written_[i]);
      i += 1;
    }
  }
  good_ = check_bytes(written_, place_, findings_) && good_;
  return good_ ? std::move(values_) : std::vector<Value>();
}

void ValueParser::parse_alternative(std::string_view alternative) {
  if (alternative.empty()) {
    const bool is_between = written_.find('|') != kNone;
    error(alternative, "a value is missing",
          is_between ? "one \"|\" stands between two values: put a text that contains it in quotes"
                     : "write a value, or leave out the \"=\" to permit any value");
    return;
  }
  if (alternative.front() == '"') {
    parse_quoted(alternative);
    return;
  }
  const std::vector<std::string_view> tokens = split_tokens(alternative);
  if (const auto current = std::ranges::find_if(tokens, means_current); current != tokens.end()) {
    const bool is_nearly = to_lower(*current).find(kCurrentWord) == kNone;
    if (tokens.size() == 1 || is_nearly) {
      parse_current(*current);
    } else {
      error(*current, "\"@current\" is one number, and here it stands beside others",
            "write @current, @current..N or @current.. by itself, without blanks, or put the whole "
            "text in quotes");
    }
  } else if (is_numeric(tokens)) {
    parse_numeric(tokens);
  } else {
    parse_text(alternative, tokens);
  }
}

void ValueParser::parse_quoted(std::string_view alternative) {
  const std::size_t end = end_of_quoted(alternative, 0);
  if (end == kNone) {
    error(alternative, "a quote is not closed",
          "close it, and double each quote that belongs to the text");
    return;
  }
  const std::string_view after = alternative.substr(end);
  if (!after.empty() && after != "*") {
    error(after, "only one \"*\" may follow a closing quote",
          "put the whole text in one pair of quotes, and double each quote inside");
    return;
  }
  TextValue value{.text = "", .prefix = !after.empty()};
  for (std::size_t i = 1; i + 1 < end; i++) {
    value.text += alternative[i];
    if (alternative[i] == '"') {
      i += 1;
    }
  }
  if (value.text.empty() && !value.prefix) {
    error(alternative, "the value is empty",
          "leave it out: an empty write stores nothing and is always refused");
    return;
  }
  add_text(alternative, std::move(value));
}

void ValueParser::parse_numeric(const std::vector<std::string_view>& tokens) {
  NumericValue value;
  for (const std::string_view token : tokens) {
    const std::optional<Token> parsed = parse_token(token);
    if (parsed) {
      value.tokens.push_back(*parsed);
    }
  }
  values_.emplace_back(std::move(value));
}

void ValueParser::parse_current(std::string_view token) {
  const NumericValue same{.tokens = {{.any = false, .low = kIntegerMin, .high = kIntegerMax}},
                          .current = Current::kSame};
  if (token == kCurrentWord) {
    values_.emplace_back(same);
    return;
  }
  const std::size_t dots = token.find("..");
  const std::string_view high = dots == kNone ? "" : token.substr(dots + 2);
  if (token.substr(0, dots) != kCurrentWord || dots == kNone ||
      (!high.empty() && !looks_like_integer(high))) {
    const bool is_upper = means_current(high);
    error(token,
          is_upper ? "\"@current\" stands at the upper end of a range"
                   : "this is none of the forms of \"@current\"",
          std::string(is_upper ? "a container may keep what is there or raise it: " : "") +
              "write @current, @current..N or @current.., or put the whole text in quotes");
    return;
  }
  const std::optional<Integer> last =
      high.empty() ? held_.high : parse_integer(high, /* in_range= */ true);
  if (last && *last < held_.low && !held_.low.negative) {
    error(token, "the range is empty: this sysctl holds no negative number",
          "write a larger upper end, or leave it out");
  } else if (last) {
    // Nothing below the bounds is held.
    values_.emplace_back(
        NumericValue{.tokens = {{.any = false, .low = std::min(held_.low, *last), .high = *last}},
                     .current = Current::kSameOrAbove});
    if (high.empty()) {
      values_.emplace_back(same);
    }
  }
}

std::optional<Token> ValueParser::parse_token(std::string_view token) {
  if (token == "*") {
    return Token{.any = true, .low = kIntegerMin, .high = kIntegerMax};
  }
  const std::optional<Sides> sides = split_range(token);
  if (!sides) {
    const std::optional<Integer> number = parse_integer(token, /* in_range= */ false);
    return number ? std::optional(Token{.any = false, .low = *number, .high = *number})
                  : std::nullopt;
  }
  std::optional<Integer> low =
      sides->low.empty() ? held_.low : parse_integer(sides->low, /* in_range= */ true);
  std::optional<Integer> high =
      sides->high.empty() ? held_.high : parse_integer(sides->high, /* in_range= */ true);
  if (!low || !high) {
    return std::nullopt;
  }
  // An open end lies beyond the written one, also where that is beyond what the sysctl holds.
  low = sides->low.empty() && *high < held_.low ? kIntegerMin : *low;
  high = sides->high.empty() && *low > held_.high ? kIntegerMax : *high;
  if (*low > *high) {
    error(token, "the range is empty: its first number is above its last",
          "write the smaller number first");
    return std::nullopt;
  }
  return Token{.any = false, .low = *low, .high = *high};
}

std::optional<Integer> ValueParser::parse_integer(std::string_view token, bool in_range) {
  const std::optional<Integer> number = policy::parse_integer(token);
  if (number) {
    return number;
  }
  const std::string canonical = canonical_form(token);
  if (canonical == token) {
    error(token, "the number is out of range",
          "integers go from -9223372036854775808 to 18446744073709551615");
    return std::nullopt;
  }
  std::string hint = "write it without \"+\", leading zeros and \"-0\"";
  if (token.size() <= kDigitsShownMax) {
    hint = "write " + canonical;
    const std::optional<Integer> read = kernel_number(token);
    if (read && to_text(*read) != canonical) {
      hint += ", or " + to_text(*read) + ", which is what the kernel reads";
    }
    if (!in_range) {
      hint += ", or \"" + std::string(token) + "\" in quotes for the text";
    }
  }
  error(token, "the number is not in its canonical form", std::move(hint));
  return std::nullopt;
}

void ValueParser::parse_text(std::string_view alternative,
                             const std::vector<std::string_view>& tokens) {
  for (const std::string_view token : tokens) {
    if (token.find("..") == kNone) {
      continue;
    }
    // A range by itself is no value of a sysctl that holds several numbers.
    std::string meant = sysctl::holds_no_one_number(pattern_) ? "" : meant_range(alternative);
    if (meant.empty()) {
      meant = range_without_units(alternative, pattern_);
    }
    const bool is_bare = token == "..";
    error(token,
          is_bare && meant.empty() ? "a range needs at least one bound"
                                   : "\"..\" stands outside a range of two integers",
          !meant.empty() ? "write " + meant + " for a range, or put the whole text in quotes"
          : is_bare      ? "write 5.., ..5 or 1..5; put text with \"..\" in it in quotes"
                         : "put the whole text in quotes, or write a range such as 1..5");
    return;
  }
  const std::size_t quote = alternative.find('"');
  if (quote != kNone) {
    error(alternative.substr(quote, 1), "a quote stands inside a text that is not quoted",
          "put the whole text in quotes, and double each quote inside");
    return;
  }
  const auto is_star = [](std::string_view token) { return token == "*"; };
  if (tokens.size() > 1 && std::ranges::all_of(tokens, is_star)) {
    error(alternative, "a value of \"*\" alone names no number",
          "leave out the \"=\" to permit any value, or write one \"*\" behind it");
    return;
  }
  const std::size_t star = alternative.find('*');
  if (star != kNone && star + 1 != alternative.size()) {
    error(alternative.substr(star, 1), "\"*\" stands before the end of a text",
          "only what a text begins with can be promised: keep \"*\" for its end, or put the text "
          "in quotes if the \"*\" belongs to it");
    return;
  }
  const bool prefix = star != kNone;
  add_text(alternative,
           TextValue{.text = std::string(prefix ? alternative.substr(0, star) : alternative),
                     .prefix = prefix});
}

void ValueParser::add_text(std::string_view alternative, TextValue value) {
  if (value.text.size() > kPairValueMax) {
    error(alternative,
          "the text has " + std::to_string(value.text.size()) + " bytes, the guard sees " +
              std::to_string(kPairValueMax) + " at most",
          "end a shorter text with \"*\" to permit what begins with it");
    return;
  }
  values_.emplace_back(std::move(value));
}

}  // namespace

std::optional<Integer> parse_integer(std::string_view token) {
  const bool negative = token.starts_with('-');
  const std::optional<std::uint64_t> magnitude = parse_decimal(token.substr(negative ? 1 : 0));
  if (!magnitude || (negative && (*magnitude == 0 || *magnitude > kIntegerMin.magnitude))) {
    return std::nullopt;
  }
  return Integer{negative, *magnitude};
}

std::string to_text(const Integer& number) {
  return (number.negative ? "-" : "") + std::to_string(number.magnitude);
}

Bounds bounds_of(sysctl::Width width) noexcept {
  switch (width) {
    case sysctl::Width::kInt32:
      break;
    case sysctl::Width::kUint32:
      return {Integer{}, Integer{false, UINT32_MAX}};
    case sysctl::Width::kInt64:
      return {kIntegerMin, Integer{false, INT64_MAX}};
    case sysctl::Width::kUint64:
      return {Integer{}, kIntegerMax};
    case sysctl::Width::kFlag:
      return {Integer{}, Integer{false, 1}};
    case sysctl::Width::kHundredths: {
      constexpr std::uint64_t kTicksMax = 10;  // in a hundredth of a second, at HZ=1000
      return {Integer{}, Integer{false, kIntMax.magnitude / kTicksMax}};
    }
  }
  return {kIntMin, kIntMax};
}

std::vector<std::string_view> split_tokens(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  std::vector<std::string_view> tokens;
  for (std::size_t start = text.find_first_not_of(kBlanks); start != kNone;) {
    const std::size_t end = std::min(text.find_first_of(kBlanks, start), text.size());
    tokens.push_back(text.substr(start, end - start));
    start = text.find_first_not_of(kBlanks, end);
  }
  return tokens;
}

std::vector<Value> parse_values(std::string_view written, const TextPlace& place,
                                Diagnostics& findings, sysctl::Width width,
                                std::string_view pattern) {
  return ValueParser(written, place, findings, width, pattern).parse();
}

}  // namespace sg::policy
