// SPDX-License-Identifier: Apache-2.0
// units.cpp - a table of units, and what the last component of a name ends with.
#include "advice/units.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "policy/rule_text.h"

namespace sg::advice {
namespace {

using policy::trim_blanks;

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

}  // namespace sg::advice
