// SPDX-License-Identifier: Apache-2.0
// refused_value.cpp - texts against what the sysctl is made of, numbers against its width and what
// the tested kernels take.
#include "advice/refused_value.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "advice/number_list.h"
#include "advice/unlikely_values.h"
#include "base/text.h"
#include "policy/kernel_number.h"
#include "policy/value_fit.h"
#include "policy/value_rule.h"
#include "sysctl/catalogue.h"
#include "sysctl/sysctl_name.h"

namespace sg::advice {
namespace {

using policy::Bounds;
using policy::Integer;
using policy::to_text;
using sysctl::Kind;

constexpr std::size_t kNone = std::string_view::npos;
constexpr std::size_t kShownMax = 64;

std::string quoted(std::string_view text) {
  return "\"" + escape_unprintable(text, kShownMax) + "\"";
}

std::string first_to_last(const Bounds& bounds) {
  return to_text(bounds.low) + " to " + to_text(bounds.high);
}

Integer integer_of(std::int64_t number) {
  const auto magnitude = static_cast<std::uint64_t>(number);
  return number < 0 ? Integer{true, 0 - magnitude} : Integer{false, magnitude};
}

// The values of a rule as a write has one of them: "0 or 1" of "0|1", "a number from 0 to 5" of "0..5".
std::string one_of(std::string_view values) {
  std::vector<std::string> pieces;
  for (const std::string_view value : split(values, '|')) {
    const std::optional<policy::Sides> sides = policy::split_range(value);
    const std::optional<std::uint64_t> low = parse_decimal(sides ? sides->low : value);
    const std::optional<std::uint64_t> high = parse_decimal(sides ? sides->high : value);
    if (!low || !high) {
      return "a number";
    }
    const std::string first = std::to_string(*low);
    const std::string last = std::to_string(*high);
    pieces.push_back(*low == *high       ? first
                     : *low + 1 == *high ? first + " or " + last
                                         : "a number from " + first + " to " + last);
  }
  return join(pieces, " or ");
}

// A number's own hint proposes a rule: of that as much as is a value too.
std::string hint_for_write(const std::string& of_rule) {
  constexpr std::string_view kWrite = "write ";
  if (of_rule.find('@') != kNone) {
    return "write a number; @current stands only in rules";
  }
  const std::size_t counts = of_rule.find("the sysctl counts");
  if (const std::size_t any = of_rule.find(", \"*\" for any"); any != kNone) {
    return counts == kNone ? of_rule.substr(0, any) : "write numbers: " + of_rule.substr(counts);
  }
  const bool is_of_rules = of_rule.find_first_of("|*") != kNone || of_rule.find("..") != kNone ||
                           of_rule.find('=') != kNone;
  if (!is_of_rules) {
    return of_rule;
  }
  if (counts != kNone) {
    return "write a number: " + of_rule.substr(counts);
  }
  const std::string_view values = std::string_view(of_rule).substr(kWrite.size());
  return "write " + one_of(values.substr(0, values.find_first_of(" ,:;")));
}

// The numbers of a write: the kernel reads as many as the sysctl holds, and leaves the rest.
std::optional<Advice> refused_number_write(std::string_view name, const sysctl::KindOf& kind,
                                           std::string_view value) {
  const std::vector<std::string_view> tokens = policy::split_tokens(value);
  const std::size_t read = kind.count == 0 ? tokens.size() : std::min(kind.count, tokens.size());
  const std::size_t end = tokens.empty()
                              ? 0
                              : static_cast<std::size_t>(tokens[read - 1].data() - value.data()) +
                                    tokens[read - 1].size();
  const std::string_view numbers = value.substr(0, end);
  if (tokens.empty() ||
      !std::all_of(tokens.begin(), tokens.begin() + static_cast<std::ptrdiff_t>(read),
                   policy::is_kernel_number)) {
    return Advice{no_number(value), hint_for_write(number_hint(name, kind.count, value))};
  }
  if (std::optional<Advice> refusal = refused_numbers(name, numbers)) {
    return refusal;
  }
  if (read == tokens.size()) {
    return std::nullopt;
  }
  const std::string held = std::to_string(kind.count) + (kind.count == 1 ? " number" : " numbers");
  return Advice{"the sysctl holds " + held + ", and the kernel leaves out what is written behind",
                "write " + std::string(numbers)};
}

}  // namespace

std::string no_number(std::string_view text) {
  return quoted(text) + " is no number, and the kernel takes nothing else here";
}

std::optional<Advice> refused_numbers(std::string_view pattern, std::string_view text) {
  const Bounds held = policy::bounds_of(sysctl::width_of(pattern));
  std::vector<Bounds> numbers;
  for (const std::string_view token : policy::split_tokens(text)) {
    const std::optional<Integer> number = policy::kernel_number(token);
    if (!number || *number < held.low || *number > held.high) {
      return policy::wide_names_under(pattern).empty()
                 ? std::optional(Advice{"the number is beyond what " +
                                            sysctl::to_dot_form(pattern) +
                                            " holds: the kernel refuses it, or stores another one",
                                        "it holds " + first_to_last(held)})
                 : std::nullopt;
    }
    if (std::optional<Advice> refusal =
            refused_range(pattern, *number, *number, std::string(token))) {
      return refusal;
    }
    numbers.push_back({*number, *number});
  }
  return refused_row(pattern, numbers);
}

std::optional<Advice> refused_range(std::string_view pattern, const Integer& low,
                                    const Integer& high, const std::string& shown) {
  const std::optional<sysctl::Taken> row = sysctl::taken_numbers(pattern);
  if (!row) {
    return std::nullopt;
  }
  const Bounds taken = {integer_of(row->low), Integer{false, row->high}};
  if (high >= taken.low && low <= taken.high) {
    return std::nullopt;
  }
  return Advice{"the tested kernels take " + first_to_last(taken) + " here, and refuse " + shown,
                "write a number from " + first_to_last(taken)};
}

std::string_view inside_quotes(std::string_view text) noexcept {
  const bool is_quoted = text.size() > 2 && text.front() == text.back() &&
                         std::string_view("'`\"").find(text.front()) != kNone;
  return is_quoted ? text.substr(1, text.size() - 2) : std::string_view();
}

std::optional<Advice> refused_row(std::string_view pattern, std::span<const Bounds> numbers) {
  if (pattern == "net/ipv4/ip_local_port_range" && numbers.size() > 1 &&
      numbers[0].low > numbers[1].high) {
    return Advice{"the first port is above the last, and the kernel refuses that",
                  "write the smaller number first"};
  }
  // A row of what is taken is for each number of a sysctl alike, and this is for one of four.
  constexpr std::size_t kSets = 3;
  const Bounds sets = {Integer{}, Integer{false, 32768}};
  if (pattern == "kernel/sem" && numbers.size() > kSets &&
      (numbers[kSets].low > sets.high || numbers[kSets].high < sets.low)) {
    return Advice{"the tested kernels take " + first_to_last(sets) + " as the fourth number",
                  "write a number from " + first_to_last(sets) + " as the fourth"};
  }
  return std::nullopt;
}

std::optional<Advice> refused_name(std::string_view pattern, std::string_view text) {
  const bool has_one =
      pattern == "net/ipv4/tcp_congestion_control" || pattern == "net/core/default_qdisc";
  const std::vector<std::string_view> names = policy::split_tokens(text);
  if (!has_one || names.empty()) {
    return std::nullopt;
  }
  if (std::ranges::all_of(names, [](std::string_view name) { return is_digits(name); })) {
    return Advice{"the kernel looks for a name here, and a number is none",
                  "write a name in place of the number"};
  }
  return names.size() == 1 ? std::nullopt
                           : std::optional(Advice{"the kernel looks for one name here, and finds "
                                                  "none with a blank in it",
                                                  "write one name"});
}

std::string wrong_mask(std::string_view text) {
  return text.find_first_not_of("0123456789abcdefABCDEF,") == kNone
             ? ""
             : quoted(text) + " is no hexadecimal mask";
}

std::optional<Advice> refused_write(std::string_view name, std::string_view value) {
  const sysctl::KindOf kind = sysctl::kind_of(name);
  const std::string_view text =
      policy::trim_blanks(value.substr(0, value.find_last_not_of('\n') + 1));
  const std::string_view inside = inside_quotes(text);
  if (!inside.empty() && kind.kind != Kind::kNumbers && kind.kind != Kind::kUnknown) {
    return Advice{std::string(kQuotesStay), "write " + escape_unprintable(inside, kShownMax)};
  }
  std::string message;
  std::string hint;
  switch (kind.kind) {
    case Kind::kNumbers:
      return refused_number_write(name, kind, text);
    case Kind::kList:
      message = text.empty() ? "" : wrong_list(name, text);
      hint = message.empty() ? "" : meant_list(name, text, "");
      break;
    case Kind::kMask:
      message = wrong_mask(text);
      break;
    case Kind::kText:
      return refused_name(name, text);
    default:
      break;
  }
  return message.empty() ? std::nullopt
                         : std::optional(Advice{message, hint.empty() ? "" : "write " + hint});
}

}  // namespace sg::advice
