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

bool has_current(const std::vector<Value>& values) {
  return std::ranges::any_of(values, [](const Value& value) {
    const auto* numeric = std::get_if<NumericValue>(&value);
    return numeric != nullptr && numeric->current != Current::kAny;
  });
}

// Below the directory of a namespace, and the host's alone.
bool is_not_own(std::string_view name) {
  return std::ranges::find(sysctl::names_not_own(), name, &sysctl::NotOwn::name) !=
         sysctl::names_not_own().end();
}

// A number for a sysctl that is written in hexadecimal would permit another value than it says.
// False where the rule is for such a sysctl alone; a pattern that covers others too gets a warning, but
// not for "@current", which names none, nor for a mask that a namespace of its own has not.
bool check_masks(std::string_view pattern, const std::vector<Value>& parsed,
                 std::string_view values, const TextPlace& place, Diagnostics& findings) {
  for (const std::string_view name : sysctl::mask_names()) {
    const bool exact = pattern == name;
    if (!sysctl::pattern_matches(pattern, name) ||
        (!exact && (has_current(parsed) || is_not_own(name)))) {
      continue;
    }
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

// "@current" is a number that the sysctl holds, so only what is written behind it can be beyond.
bool is_beyond(const Value& value, const Bounds& held) {
  const auto* numeric = std::get_if<NumericValue>(&value);
  if (numeric == nullptr || numeric->current == Current::kSame) {
    return false;
  }
  const bool is_from_current = numeric->current == Current::kSameOrAbove;
  return std::ranges::any_of(numeric->tokens, [&](const Token& token) {
    const Integer& first = is_from_current ? token.high : token.low;
    return !token.any && (first < held.low || token.high > held.high);
  });
}

// The names that hold numbers of more than an int and that the pattern covers.
std::string names_of(const std::vector<std::string_view>& wide) {
  constexpr std::size_t kNamed = 6;
  std::string names;
  for (std::size_t i = 0; i < std::min(wide.size(), kNamed); ++i) {
    names += (i == 0 ? "" : ", ") + sysctl::to_dot_form(wide[i]);
  }
  return wide.size() > kNamed ? names + " and " + std::to_string(wide.size() - kNamed) + " more"
                              : names;
}

bool any_beyond(const std::vector<Value>& values, const Bounds& held) {
  return std::ranges::any_of(values, [&](const Value& value) { return is_beyond(value, held); });
}

// The bounds beyond which a number is stored as another one. A negative number is none of an
// unsigned sysctl's: the kernel refuses it, and stores no other.
Bounds stored_as_written(sysctl::Width width) {
  Bounds bounds = bounds_of(width);
  if (width == sysctl::Width::kUint32 || width == sysctl::Width::kUint64) {
    bounds.low = kIntegerMin;
  }
  return bounds;
}

// A pattern that covers a sysctl of narrower bounds among others gets a warning.
void check_narrow(std::string_view pattern, const std::vector<Value>& values,
                  std::string_view shown, const TextPlace& place, Diagnostics& findings) {
  const auto narrow = sysctl::narrow_names();
  const auto found = std::ranges::find_if(narrow, [&](const sysctl::NumbersOf& row) {
    return any_beyond(values, bounds_of(row.width)) && sysctl::can_be(pattern, row.name);
  });
  if (found != narrow.end()) {
    const Bounds held = bounds_of(found->width);
    add_finding(findings, {.severity = Severity::kWarning,
                           .source = place.source,
                           .offset = place.offset,
                           .text = std::string(shown),
                           .message = "the kernel stores another number than is written to " +
                                      sysctl::to_dot_form(found->name) + " beyond " +
                                      to_text(held.low) + " to " + to_text(held.high),
                           .hint = "end the range at " + to_text(held.high) +
                                   ", or give it a rule of its own"});
  }
}

// What to write in place of a number beyond `held`, and how the end of the range is written where
// the values have one.
std::string hint_for(const std::vector<Value>& values, const Bounds& held) {
  const auto beyond =
      std::ranges::find_if(values, [&](const Value& value) { return is_beyond(value, held); });
  const NumericValue& first = std::get<NumericValue>(*beyond);
  const bool is_range = std::ranges::any_of(
      first.tokens, [](const Token& token) { return !token.any && token.low != token.high; });
  return "it holds " + to_text(held.low) + " to " + to_text(held.high) +
         (is_range ? "; an open range, as 1.., ends there" : "");
}

// Whether the one thing that is wrong may be that the catalogue lacks a sysctl of 64 bits: then the
// number as text is the way to have it written.
bool may_be_quoted(std::string_view pattern, const std::vector<Value>& values) {
  return pattern.find('*') == std::string_view::npos && !sysctl::is_known_number(pattern) &&
         std::ranges::all_of(values, [](const Value& value) {
           const auto* numeric = std::get_if<NumericValue>(&value);
           return numeric == nullptr ||
                  (numeric->current == Current::kAny && numeric->tokens.size() == 1 &&
                   numeric->tokens[0].low == numeric->tokens[0].high);
         });
}

// Handlers of ints cut some numbers down to 32 bits, and so to one the rule does not permit. False
// where a number is more than the sysctl is known to hold.
bool check_width(std::string_view pattern, sysctl::Width width, const std::vector<Value>& values,
                 std::string_view shown, const TextPlace& place, Diagnostics& findings) {
  if (!any_beyond(values, stored_as_written(width))) {
    if (width == sysctl::Width::kInt32 && pattern.find('*') != std::string_view::npos) {
      check_narrow(pattern, values, shown, place, findings);
    }
    return true;
  }
  const Bounds held = bounds_of(width);
  if (width != sysctl::Width::kInt32 || sysctl::is_known_number(pattern)) {
    add_error(findings, place, 0, shown,
              "a number is beyond what " + sysctl::to_dot_form(pattern) + " holds",
              hint_for(values, held));
    return false;
  }
  const std::vector<std::string_view> wide = wide_names_under(pattern);
  add_error(findings, place, 0, shown,
            "a number is beyond the 32 bits of most sysctls, which may store another one instead",
            !wide.empty() ? "give a rule of its own to each that holds more: " + names_of(wide)
            : may_be_quoted(pattern, values)
                ? "write a number from -2147483648 to 2147483647; where the sysctl is known to "
                  "hold more, put the number in quotes"
                : "numbers go from -2147483648 to 2147483647");
  return false;
}

}  // namespace

std::vector<std::string_view> wide_names_under(std::string_view pattern) {
  std::vector<std::string_view> names;
  for (const sysctl::NumbersOf& row : sysctl::wide_names()) {
    if (pattern.find('*') != std::string_view::npos && sysctl::can_be(pattern, row.name)) {
      names.push_back(row.name);
    }
  }
  return names;
}

bool values_fit(std::string_view pattern, sysctl::Width width, const std::vector<Value>& values,
                std::string_view shown, const TextPlace& place, Diagnostics& findings) {
  return !has_numeric(values) || (check_current(pattern, values, shown, place, findings) &&
                                  check_masks(pattern, values, shown, place, findings) &&
                                  check_width(pattern, width, values, shown, place, findings));
}

}  // namespace sg::policy
