// SPDX-License-Identifier: Apache-2.0
// units.cpp - a table of units, and what the last component of a name ends with.
#include "policy/units.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"
#include "policy/kernel_number.h"
#include "policy/rule_text.h"
#include "policy/value_rule.h"
#include "sysctl/catalogue.h"

namespace sg::policy {
namespace {

constexpr std::size_t kNone = std::string_view::npos;
constexpr std::string_view kDigits = "0123456789";
constexpr std::uint64_t kPage = 4096;  // on most machines

// A unit as it is written behind a number, or as it ends the name of a sysctl.
struct Unit {
  std::string_view name;
  std::uint64_t nanoseconds;
};

constexpr std::array<Unit, 23> kUnits = {{
    {"s", kSecond},
    {"sec", kSecond},
    {"secs", kSecond},
    {"second", kSecond},
    {"seconds", kSecond},
    {"ms", kSecond / 1000},
    {"msec", kSecond / 1000},
    {"msecs", kSecond / 1000},
    {"us", 1000},
    {"usec", 1000},
    {"usecs", 1000},
    {"ns", 1},
    {"min", 60 * kSecond},
    {"mins", 60 * kSecond},
    {"minute", 60 * kSecond},
    {"minutes", 60 * kSecond},
    {"h", 3600 * kSecond},
    {"hour", 3600 * kSecond},
    {"hours", 3600 * kSecond},
    {"d", 86400 * kSecond},
    {"day", 86400 * kSecond},
    {"days", 86400 * kSecond},
    {"centisecs", kSecond / 100},
}};

}  // namespace

std::string_view leaf_of(std::string_view pattern) {
  return pattern.substr(pattern.rfind('/') + 1);  // npos + 1 is 0
}

std::optional<std::uint64_t> bytes_of(std::string_view text) {
  const std::size_t end = std::min(text.find_first_not_of(kDigits), text.size());
  const std::optional<std::uint64_t> number = parse_decimal(text.substr(0, end));
  const std::string unit = to_lower(trim_blanks(text.substr(end)));
  constexpr std::string_view kSizes = "kmgt";
  const std::size_t power = unit.empty() ? kNone : kSizes.find(unit.front());
  const std::string_view rest = std::string_view(unit).substr(unit.empty() ? 0 : 1);
  if (power == kNone || !number || (!rest.empty() && rest != "b" && rest != "ib" && rest != "i") ||
      *number > (UINT64_MAX >> (10 * (power + 1)))) {
    return std::nullopt;
  }
  return *number << (10 * (power + 1));
}

std::optional<std::uint64_t> nanoseconds_of(std::string_view unit) {
  const auto* const found = std::ranges::find(kUnits, unit, &Unit::name);
  return found == kUnits.end() ? std::nullopt : std::optional(found->nanoseconds);
}

std::optional<std::uint64_t> nanoseconds_in(std::string_view pattern) {
  const std::string_view leaf = leaf_of(pattern);
  const std::size_t underscore = leaf.rfind('_');
  return underscore == kNone ? std::nullopt : nanoseconds_of(leaf.substr(underscore + 1));
}

bool counts_pages(std::string_view pattern) {
  const std::string_view leaf = leaf_of(pattern);
  return leaf == "tcp_mem" || leaf == "udp_mem" || leaf == "sctp_mem" || leaf == "shmall" ||
         leaf.find("user-pages") != kNone;
}

std::string in_its_unit(std::uint64_t bytes, std::string_view pattern) {
  const std::string_view leaf = leaf_of(pattern);
  const bool is_kilobytes = leaf.ends_with("kbytes") || leaf.ends_with("_kb");
  return std::to_string(is_kilobytes ? bytes >> 10 : counts_pages(pattern) ? bytes / kPage : bytes);
}

namespace {

// A number, or one end of a range, which may be open; nothing where it is not known which number it is.
std::optional<std::string> end_without_unit(std::string_view text, std::string_view pattern) {
  const std::string_view number = text.substr(0, text.find_first_not_of(kDigits));
  const std::string unit = to_lower(trim_blanks(text.substr(number.size())));
  const std::optional<std::uint64_t> counted = nanoseconds_in(pattern);
  const std::optional<std::uint64_t> n = parse_decimal(number);
  if (text.empty() || (n && unit.empty())) {
    return std::string(text);
  }
  const std::optional<std::uint64_t> bytes = bytes_of(text);
  if (bytes && (unit != "m" || !counted)) {  // or minutes
    return in_its_unit(*bytes, pattern);
  }
  const std::optional<std::uint64_t> is = nanoseconds_of(unit);
  if (n && is == kSecond && !counted) {
    return std::string(number);
  }
  const bool is_whole = n && is && counted && *n <= UINT64_MAX / *is && *n * *is % *counted == 0;
  return is_whole ? std::optional(std::to_string(*n * *is / *counted)) : std::nullopt;
}

// The same of a token, where the sysctl holds that; "" otherwise.
std::string token_without_units(std::string_view token, std::string_view pattern) {
  const std::size_t dots = token.find("..");
  const bool is_range = dots != kNone;
  const auto low = end_without_unit(token.substr(0, dots), pattern);
  const auto high = is_range ? end_without_unit(token.substr(dots + 2), pattern) : low;
  const Bounds held = bounds_of(sysctl::width_of(pattern));
  const auto is_held = [&held](const std::optional<std::string>& end) {
    const std::optional<Integer> number = end ? parse_integer(*end) : std::nullopt;
    const bool is_open = end && end->empty();
    return is_open || (number && *number >= held.low && *number <= held.high);
  };
  if (token == "*") {
    return "*";
  }
  return !is_held(low) || !is_held(high) || token == ".." ? ""
         : is_range                                       ? *low + ".." + *high
                                                          : *low;
}

}  // namespace

std::string range_without_units(std::string_view text, std::string_view pattern) {
  const std::optional<std::string_view> held = sysctl::holds_no_one_number(pattern);
  const std::vector<std::string_view> tokens = split_tokens(text);
  const bool is_of_held =
      held ? held == "holds " + std::to_string(tokens.size()) + " numbers" : tokens.size() == 1;
  std::vector<std::string> out;
  for (const std::string_view token : tokens) {
    out.push_back(token_without_units(token, pattern));
  }
  const bool is_known = std::ranges::none_of(out, &std::string::empty);
  return is_of_held && is_known && text.find("..") != kNone ? join(out, " ") : "";
}

}  // namespace sg::policy
