// SPDX-License-Identifier: Apache-2.0
// kernel_number.cpp - a sign, a prefix and digits, as proc_get_long of kernel/sysctl.c reads them.
#include "policy/kernel_number.h"

#include <charconv>
#include <cstdint>
#include <system_error>

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

}  // namespace sg::policy
