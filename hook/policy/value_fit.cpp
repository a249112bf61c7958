// SPDX-License-Identifier: Apache-2.0
// value_fit.cpp - values against the catalogue's masks and widths, and what holds no one number.
#include "policy/value_fit.h"

#include <algorithm>
#include <optional>
#include <string>

#include "policy/value_rule.h"
#include "sysctl/catalogue.h"
#include "sysctl/sysctl_name.h"

namespace sg::policy {
namespace {

bool has_numeric(const std::vector<Value>& values) {
  return std::ranges::any_of(
      values, [](const Value& value) { return std::holds_alternative<NumericValue>(value); });
}

// A number for a sysctl that is written in hexadecimal would permit another value than it says.
// False where the rule is for such a sysctl alone; a pattern that covers others too gets a warning.
bool check_masks(std::string_view pattern, std::string_view values, const TextPlace& place,
                 Diagnostics& findings) {
  for (const std::string_view name : sysctl::mask_names()) {
    if (!sysctl::pattern_matches(pattern, name)) {
      continue;
    }
    const bool exact = pattern == name;
    add_finding(findings, {.severity = exact ? Severity::kError : Severity::kWarning,
                           .source = place.source,
                           .offset = place.offset,
                           .text = std::string(values),
                           .message = "the kernel reads values of " + std::string(name) +
                                      " as hexadecimal masks, this is a decimal number",
                           .hint = exact ? "put the hexadecimal text in quotes"
                                         : "give " + std::string(name) + " a rule of its own"});
    if (exact) {
      return false;
    }
  }
  return true;
}

bool has_current(const std::vector<Value>& values) {
  return std::ranges::any_of(values, [](const Value& value) {
    const auto* numeric = std::get_if<NumericValue>(&value);
    return numeric != nullptr && numeric->current != Current::kAny;
  });
}

// A value that is the number which is there fits nothing where there is not one number, and the
// rule would never permit anything. False where that is known of the one sysctl that the rule is
// for.
bool check_current(std::string_view pattern, const std::vector<Value>& values,
                   std::string_view shown, const TextPlace& place, Diagnostics& findings) {
  const std::optional<std::string_view> held =
      has_current(values) ? sysctl::holds_no_one_number(pattern) : std::nullopt;
  if (held) {
    add_error(findings, place, 0, shown,
              "\"@current\" stands for one number, and " + sysctl::to_dot_form(pattern) + " " +
                  std::string(*held),
              "name the values that you want to permit, or put the whole text in quotes");
  }
  return !held;
}

// A negative number is none of an unsigned sysctl's: the kernel refuses it, and stores no other.
// "@current" is a number that the sysctl holds, so only what is written behind it can be beyond.
bool is_beyond(const Value& value, const Bounds& held) {
  const Integer lowest = held.low.negative ? held.low : kIntegerMin;
  const auto* numeric = std::get_if<NumericValue>(&value);
  if (numeric == nullptr || numeric->current == Current::kSame) {
    return false;
  }
  const bool is_from_current = numeric->current == Current::kSameOrAbove;
  return std::ranges::any_of(numeric->tokens, [&](const Token& token) {
    const Integer& first = is_from_current ? token.high : token.low;
    return !token.any && (first < lowest || token.high > held.high);
  });
}

// The names that hold numbers of more than 32 bits and that the pattern covers.
std::string wide_names_under(std::string_view pattern) {
  constexpr std::size_t kNamed = 6;
  std::string names;
  std::size_t count = 0;
  for (const sysctl::WideName& wide : sysctl::wide_names()) {
    if (sysctl::pattern_matches(pattern, wide.name) && ++count <= kNamed) {
      names += (count == 1 ? "" : ", ") + sysctl::to_dot_form(wide.name);
    }
  }
  return count > kNamed ? names + " and " + std::to_string(count - kNamed) + " more" : names;
}

// Handlers of ints cut some numbers down to 32 bits, and so to one the rule does not permit. False
// where a number is more than the sysctl is known to hold.
bool check_width(std::string_view pattern, const std::vector<Value>& values, std::string_view shown,
                 const TextPlace& place, Diagnostics& findings) {
  const sysctl::Width width = sysctl::width_of(pattern);
  const Bounds held = bounds_of(width);
  if (std::ranges::none_of(values, [&](const Value& value) { return is_beyond(value, held); })) {
    return true;
  }
  if (width != sysctl::Width::kInt32) {
    add_error(findings, place, 0, shown,
              "a number is beyond what " + sysctl::to_dot_form(pattern) + " holds",
              "it holds " + to_text(held.low) + " to " + to_text(held.high) +
                  "; an open range, as 1.., ends there");
    return false;
  }
  const std::string wide =
      pattern.find('*') == std::string_view::npos ? "" : wide_names_under(pattern);
  add_error(findings, place, 0, shown,
            "a number is beyond the 32 bits of most sysctls, which may store another one instead",
            wide.empty() ? "end the range at 2147483647, or put the one number in quotes"
                         : "give a rule of its own to each that holds more: " + wide);
  return false;
}

}  // namespace

bool values_fit(std::string_view pattern, const std::vector<Value>& values, std::string_view shown,
                const TextPlace& place, Diagnostics& findings) {
  return !has_numeric(values) || (check_current(pattern, values, shown, place, findings) &&
                                  check_masks(pattern, shown, place, findings) &&
                                  check_width(pattern, values, shown, place, findings));
}

}  // namespace sg::policy
