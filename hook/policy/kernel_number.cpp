// SPDX-License-Identifier: Apache-2.0
// kernel_number.cpp - a sign, a prefix and digits, as proc_get_long of kernel/sysctl.c reads them.
#include "policy/kernel_number.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>

#include "base/text.h"

namespace sg::policy {
namespace {

struct Parts {
  bool is_negative = false;
  int base = 10;
  std::string_view digits;  // empty: no number
};

Parts parts_of(std::string_view token) noexcept {
  constexpr int kOctal = 8;
  constexpr int kHexadecimal = 16;
  Parts parts;
  parts.is_negative = token.starts_with('-');
  token.remove_prefix(parts.is_negative ? 1 : 0);
  std::string_view of_base = "0123456789";
  if (token.starts_with("0x") || token.starts_with("0X")) {
    token.remove_prefix(2);
    parts.base = kHexadecimal;
    of_base = "0123456789abcdefABCDEF";
  } else if (token.size() > 1 && token.starts_with('0')) {
    parts.base = kOctal;
    of_base = "01234567";
  }
  if (token.find_first_not_of(of_base) == std::string_view::npos) {
    parts.digits = token;
  }
  return parts;
}

}  // namespace

bool is_kernel_number(std::string_view token) noexcept { return !parts_of(token).digits.empty(); }

std::optional<Integer> kernel_number(std::string_view token) noexcept {
  const Parts parts = parts_of(token);
  const char* const end = parts.digits.data() + parts.digits.size();
  std::uint64_t magnitude = 0;
  const auto [stop, error] = std::from_chars(parts.digits.data(), end, magnitude, parts.base);
  if (parts.digits.empty() || error != std::errc{} || stop != end) {
    return std::nullopt;
  }
  return Integer{parts.is_negative && magnitude != 0, magnitude};
}

bool looks_like_integer(std::string_view token) noexcept {
  if (token.starts_with('-') || token.starts_with('+')) {
    token.remove_prefix(1);
  }
  return !token.empty() && token.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string canonical_form(std::string_view token) {
  const std::size_t first = token.find_first_not_of("+-0");
  return first == std::string_view::npos
             ? "0"
             : (token.starts_with('-') ? "-" : "") + std::string(token.substr(first));
}

std::optional<Sides> split_range(std::string_view token) noexcept {
  const std::size_t dots = token.find("..");
  if (dots == std::string_view::npos || token.size() == 2) {
    return std::nullopt;
  }
  const Sides sides{token.substr(0, dots), token.substr(dots + 2)};
  if ((!sides.low.empty() && !looks_like_integer(sides.low)) ||
      (!sides.high.empty() && !looks_like_integer(sides.high))) {
    return std::nullopt;
  }
  return sides;
}

std::string meant_range(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789";
  if (text.find("..") == std::string_view::npos ||
      text.find_first_not_of("0123456789 \t.{}[]()=<") != std::string_view::npos) {
    return "";
  }
  const std::size_t low = text.find_first_of(kDigits);
  const std::size_t low_end = text.find_first_not_of(kDigits, low);
  const std::size_t high = text.find_first_of(kDigits, low_end);
  if (high == std::string_view::npos) {
    return "";
  }
  const std::size_t high_end = std::min(text.find_first_not_of(kDigits, high), text.size());
  const std::optional<std::uint64_t> first = parse_decimal(text.substr(low, low_end - low));
  std::optional<std::uint64_t> last = parse_decimal(text.substr(high, high_end - high));
  const bool is_below = text.find('<') != std::string_view::npos;
  if (!first || !last || (is_below && *last == 0) ||
      text.find_first_of(kDigits, high_end) != std::string_view::npos) {
    return "";
  }
  *last -= is_below ? 1 : 0;
  return *first <= *last ? std::to_string(*first) + ".." + std::to_string(*last) : "";
}

}  // namespace sg::policy
