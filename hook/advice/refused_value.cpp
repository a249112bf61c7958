// SPDX-License-Identifier: Apache-2.0
// refused_value.cpp - texts against what the sysctl is made of, numbers against its width and what
// the tested kernels take.
#include "advice/refused_value.h"

#include <algorithm>
#include <cstdint>
#include <vector>

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

std::string quoted(std::string_view text) { return "\"" + escape(text, kShownMax) + "\""; }

std::string first_to_last(const Bounds& bounds) {
  return to_text(bounds.low) + " to " + to_text(bounds.high);
}

Integer integer_of(std::int64_t number) {
  const auto magnitude = static_cast<std::uint64_t>(number);
  return number < 0 ? Integer{true, 0 - magnitude} : Integer{false, magnitude};
}

// A number's own hint proposes a rule: of that as much as is a value too.
std::string hint_for_write(const std::string& of_rule) {
  const bool is_of_rules = of_rule.find_first_of("|*") != kNone || of_rule.find("..") != kNone ||
                           of_rule.find('=') != kNone;
  const std::size_t counts = of_rule.find("the sysctl counts");
  return !is_of_rules ? of_rule
                      : "write a number" + (counts == kNone ? "" : ": " + of_rule.substr(counts));
}

// The numbers of a write: the kernel reads as many as the sysctl holds, and leaves the rest.
std::optional<Refusal> refused_number_write(std::string_view name, const sysctl::KindOf& kind,
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
    return Refusal{no_number(value), hint_for_write(number_hint(name, kind.count, value))};
  }
  if (std::optional<Refusal> refusal = refused_numbers(name, numbers)) {
    return refusal;
  }
  if (read == tokens.size()) {
    return std::nullopt;
  }
  const std::string held = std::to_string(kind.count) + (kind.count == 1 ? " number" : " numbers");
  return Refusal{"the sysctl holds " + held + ", and the kernel leaves out what is written behind",
                 "write " + std::string(numbers)};
}

}  // namespace

std::string no_number(std::string_view text) {
  return quoted(text) + " is no number, and the kernel takes nothing else here";
}

std::optional<Refusal> refused_numbers(std::string_view pattern, std::string_view text) {
  const Bounds held = policy::bounds_of(sysctl::width_of(pattern));
  for (const std::string_view token : policy::split_tokens(text)) {
    const std::optional<Integer> number = policy::kernel_number(token);
    if (!number || *number < held.low || *number > held.high) {
      return policy::wide_names_under(pattern).empty()
                 ? std::optional(Refusal{"the number is beyond what " +
                                             sysctl::to_dot_form(pattern) +
                                             " holds: the kernel refuses it, or stores another one",
                                         "it holds " + first_to_last(held)})
                 : std::nullopt;
    }
    if (std::optional<Refusal> refusal =
            refused_range(pattern, *number, *number, std::string(token))) {
      return refusal;
    }
  }
  return std::nullopt;
}

std::optional<Refusal> refused_range(std::string_view pattern, const Integer& low,
                                     const Integer& high, const std::string& shown) {
  const std::optional<sysctl::Taken> row = sysctl::taken_numbers(pattern);
  if (!row) {
    return std::nullopt;
  }
  const Bounds taken = {integer_of(row->low), Integer{false, row->high}};
  if (high >= taken.low && low <= taken.high) {
    return std::nullopt;
  }
  return Refusal{"the tested kernels take " + first_to_last(taken) + " here, and refuse " + shown,
                 "write a number from " + first_to_last(taken)};
}

std::string_view inside_quotes(std::string_view text) noexcept {
  const bool is_quoted = text.size() > 2 && text.front() == text.back() &&
                         std::string_view("'`\"").find(text.front()) != kNone;
  return is_quoted ? text.substr(1, text.size() - 2) : std::string_view();
}

std::string wrong_list(std::string_view pattern, std::string_view text) {
  if (text.find_first_not_of("0123456789,-") != kNone) {
    return quoted(text) + " is no list of numbers and ranges";
  }
  for (const std::string_view piece : split(text, ',')) {
    const std::size_t dash = piece.find('-');
    const std::string_view low = piece.substr(0, dash);
    const std::string_view high = dash == kNone ? low : piece.substr(dash + 1);
    const std::optional<std::uint64_t> first = parse_decimal(low);
    const std::optional<std::uint64_t> last = parse_decimal(high);
    if (low.empty() != high.empty()) {
      return "a range of a list has both its ends";
    }
    if (!first || !last || *first > *last) {
      return quoted(piece) + " is no number and no range of a list";
    }
    if (const auto refusal = refused_range(pattern, Integer{false, *last}, Integer{false, *last},
                                           std::string(piece))) {
      return refusal->message;
    }
  }
  return "";
}

std::string meant_list(std::string_view pattern, std::string_view text) {
  std::string list;
  for (const std::string_view token : policy::split_tokens(text)) {
    const bool is_joined = list.empty() || list.ends_with(',') || list.ends_with('-') ||
                           token.find_first_of("-:,") == 0 || token.starts_with("..");
    list += (is_joined ? "" : ",") + std::string(token);
    for (const std::string_view sign : {"..", ":"}) {
      for (std::size_t at = list.find(sign); at != kNone; at = list.find(sign)) {
        list.replace(at, sign.size(), "-");
      }
    }
  }
  return wrong_list(pattern, list).empty() ? list : "";
}

std::string wrong_mask(std::string_view text) {
  return text.find_first_not_of("0123456789abcdefABCDEF,") == kNone
             ? ""
             : quoted(text) + " is no hexadecimal mask";
}

std::optional<Refusal> refused_write(std::string_view name, std::string_view value) {
  const sysctl::KindOf kind = sysctl::kind_of(name);
  const std::string_view text =
      policy::trim_blanks(value.substr(0, value.find_last_not_of('\n') + 1));
  const std::string_view inside = inside_quotes(text);
  if (!inside.empty() && kind.kind != Kind::kNumbers && kind.kind != Kind::kUnknown) {
    return Refusal{std::string(kQuotesStay), "write " + escape(inside, kShownMax)};
  }
  std::string message;
  std::string hint;
  switch (kind.kind) {
    case Kind::kNumbers:
      return refused_number_write(name, kind, text);
    case Kind::kList:
      // A comma at the end is passed over.
      message = text.empty()
                    ? ""
                    : wrong_list(name, text.substr(0, text.size() - (text.ends_with(',') ? 1 : 0)));
      hint = message.empty() ? "" : meant_list(name, text);
      break;
    case Kind::kMask:
      message = wrong_mask(text);
      break;
    default:
      break;
  }
  return message.empty() ? std::nullopt
                         : std::optional(Refusal{message, hint.empty() ? "" : "write " + hint});
}

}  // namespace sg::advice
