// SPDX-License-Identifier: Apache-2.0
// time_text.cpp - times to text and back; see time_text.h for the forms.
#include "base/time_text.h"

#include <time.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <limits>

#include "base/text.h"

namespace sg {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::size_t kFractionDigits = 9;  // nanoseconds
constexpr int kLastYear = 2261;

// The number that `digits` digits at the front make, which are taken off; nothing where they are no
// digits.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) {
    return std::nullopt;
  }
  int number = 0;
  for (const char c : text.substr(0, digits)) {
    if (c < '0' || c > '9') {
      return std::nullopt;
    }
    number = number * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return number;
}

bool take(std::string_view& text, char wanted) {
  if (!text.starts_with(wanted)) {
    return false;
  }
  text.remove_prefix(1);
  return true;
}

// A number of `digits` digits and what follows it, if that is `behind` ('\0': nothing is taken); -1
// otherwise.
int take_field(std::string_view& text, std::size_t digits, char behind) {
  const std::optional<int> number = take_number(text, digits);
  return number && (behind == '\0' || take(text, behind)) ? *number : -1;
}

// ".5" at the front as nanoseconds, 0 where there is none.
std::optional<std::int64_t> take_fraction(std::string_view& text) {
  if (!take(text, '.')) {
    return 0;
  }
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits == 0 || digits > kFractionDigits) {
    return std::nullopt;
  }
  std::int64_t fraction = *take_number(text, digits);
  for (std::size_t i = digits; i < kFractionDigits; ++i) {
    fraction *= 10;
  }
  return fraction;
}

// "Z" or "+02:00" at the front, as nanoseconds east of UTC.
std::optional<std::int64_t> take_offset(std::string_view& text) {
  if (take(text, 'Z') || take(text, 'z')) {
    return 0;
  }
  const bool west = text.starts_with('-');
  if (!take(text, west ? '-' : '+')) {
    return std::nullopt;
  }
  const int hours = take_field(text, 2, ':');
  const int minutes = take_field(text, 2, '\0');
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) {
    return std::nullopt;
  }
  const std::int64_t offset = hours * kHour + minutes * kMinute;
  return west ? -offset : offset;
}

tm local_time(std::int64_t time_ns) {
  const time_t seconds = time_ns / kSecond;
  tm parts{};
  (void)::localtime_r(&seconds, &parts);
  return parts;
}

std::string format_time(const tm& parts, const char* form) {
  std::array<char, 64> text{};
  return std::string(text.data(), ::strftime(text.data(), text.size(), form, &parts));
}

}  // namespace

std::string rfc3339_text(std::int64_t time_ns) {
  time_ns = std::max<std::int64_t>(time_ns, 0);
  const time_t seconds = time_ns / kSecond;
  tm parts{};
  (void)::gmtime_r(&seconds, &parts);
  std::string fraction = std::to_string(time_ns % kSecond);
  fraction.insert(0, kFractionDigits - fraction.size(), '0');
  return format_time(parts, "%Y-%m-%dT%H:%M:%S.") + fraction + "Z";
}

std::optional<std::int64_t> parse_rfc3339(std::string_view text) {
  tm parts{};
  parts.tm_year = take_field(text, 4, '-') - 1900;
  parts.tm_mon = take_field(text, 2, '-') - 1;
  parts.tm_mday = take_field(text, 2, '\0');
  if (!take(text, 'T') && !take(text, 't')) {
    return std::nullopt;
  }
  parts.tm_hour = take_field(text, 2, ':');
  parts.tm_min = take_field(text, 2, ':');
  parts.tm_sec = take_field(text, 2, '\0');
  const std::optional<std::int64_t> fraction = take_fraction(text);
  const std::optional<std::int64_t> offset = take_offset(text);
  if (!fraction || !offset || !text.empty()) {
    return std::nullopt;
  }
  const tm wanted = parts;
  const time_t seconds = ::timegm(&parts);
  // What timegm had to put right was no date: the 31st of February, a field that was no number.
  if (wanted.tm_year < 70 || wanted.tm_year > kLastYear - 1900 || wanted.tm_mon != parts.tm_mon ||
      wanted.tm_mday != parts.tm_mday || wanted.tm_hour != parts.tm_hour ||
      wanted.tm_min != parts.tm_min || wanted.tm_sec != parts.tm_sec) {
    return std::nullopt;
  }
  const std::int64_t time_ns = seconds * kSecond + *fraction - *offset;
  return time_ns < 0 || time_ns > kTimeMax ? std::nullopt : std::optional<std::int64_t>(time_ns);
}

std::optional<std::int64_t> parse_duration(std::string_view text) {
  struct Unit {
    char name;
    std::int64_t size;
  };
  constexpr std::array<Unit, 4> kUnits{{{'d', kDay}, {'h', kHour}, {'m', kMinute}, {'s', kSecond}}};
  constexpr std::int64_t kMax = std::int64_t{100} * 366 * kDay;
  std::int64_t total = 0;
  bool any = false;
  for (const Unit& unit : kUnits) {
    const std::size_t digits = text.find_first_not_of("0123456789");
    if (digits == std::string_view::npos || text[digits] != unit.name) {
      continue;
    }
    const std::optional<std::uint64_t> number = parse_decimal(text.substr(0, digits));
    if (!number || *number > static_cast<std::uint64_t>(kMax / unit.size)) {
      return std::nullopt;
    }
    total += static_cast<std::int64_t>(*number) * unit.size;
    if (total > kMax) {
      return std::nullopt;  // two units fit into 64 bits, three do not
    }
    text.remove_prefix(digits + 1);
    any = true;
  }
  return any && text.empty() ? std::optional<std::int64_t>(total) : std::nullopt;
}

std::string clock_text(std::int64_t time_ns) {
  return format_time(local_time(time_ns), "%H:%M:%S");
}

std::string day_text(std::int64_t time_ns) { return format_time(local_time(time_ns), "%Y-%m-%d"); }

std::string age_text(std::int64_t now_ns, std::int64_t then_ns) {
  const std::int64_t age = std::max<std::int64_t>(now_ns - then_ns, 0);
  if (age < kMinute) {
    return std::to_string(age / kSecond) + "s";
  }
  if (age < kHour) {
    return std::to_string(age / kMinute) + "m";
  }
  return age < kDay ? std::to_string(age / kHour) + "h" : std::to_string(age / kDay) + "d";
}

}  // namespace sg
