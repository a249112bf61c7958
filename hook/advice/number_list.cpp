// SPDX-License-Identifier: Apache-2.0
// number_list.cpp - the kernel's form of a list; other forms are read number by number, with what stands
// between two of them.
#include "advice/number_list.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "advice/refused_value.h"
#include "base/text.h"
#include "policy/rule_text.h"
#include "sysctl/kinds.h"

namespace sg::advice {
namespace {

constexpr std::size_t kNone = std::string_view::npos;
constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kQuotes = "\"'`";

struct Piece {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
};

// A range between its ends.
bool is_range_sign(std::string_view sign) {
  constexpr std::array<std::string_view, 7> kSigns = {"-", "..", "...", ":", "to", "~", "--"};
  return std::ranges::find(kSigns, sign) != kSigns.end();
}

// Nothing stands for a blank.
bool is_list_sign(std::string_view sign) {
  constexpr std::array<std::string_view, 10> kSigns = {"",  ",", ";",   "|",  ",,",
                                                       "/", "&", "and", "or", "||"};
  return std::ranges::find(kSigns, sign) != kSigns.end();
}

std::string text_of(const std::vector<Piece>& pieces) {
  std::vector<std::string> out;
  for (const Piece& piece : pieces) {
    const std::string low = std::to_string(piece.low);
    out.push_back(piece.low == piece.high ? low : low + "-" + std::to_string(piece.high));
  }
  return join(out, ",");
}

// The largest number that the kernel takes in the list.
std::optional<std::uint64_t> largest_in(std::string_view pattern) {
  const std::optional<sysctl::Taken> taken = sysctl::taken_numbers(pattern);
  return taken ? std::optional(taken->high) : std::nullopt;
}

// What stands in front of the first number is ".." or nothing, and so is what stands behind the last.
// `blanks` counts the pairs of numbers with nothing but a blank between them.
std::optional<std::vector<Piece>> pieces_of(std::string_view pattern, std::string_view text,
                                            std::size_t& blanks) {
  const std::optional<std::uint64_t> largest = largest_in(pattern);
  std::vector<Piece> pieces;
  bool is_high = false;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t digit = std::min(text.find_first_of(kDigits, start), text.size());
    const std::string_view sign = policy::trim_blanks(text.substr(start, digit - start));
    const bool is_last = digit == text.size();
    start = std::min(text.find_first_not_of(kDigits, digit), text.size());
    if (is_last) {
      if (is_range_sign(sign) && largest && !pieces.empty() && !is_high &&
          *largest >= pieces.back().low) {
        pieces.back().high = *largest;
        return pieces;
      }
      return is_list_sign(sign) ? std::optional(pieces) : std::nullopt;
    }
    const std::optional<std::uint64_t> number = parse_decimal(text.substr(digit, start - digit));
    if (!number) {
      return std::nullopt;
    }
    if (pieces.empty()) {
      if (!sign.empty() && sign != "..") {
        return std::nullopt;
      }
      pieces.push_back({sign.empty() ? *number : 0, *number});
      is_high = !sign.empty();
    } else if (is_range_sign(sign) && !is_high) {
      const auto [low, high] = std::minmax(pieces.back().low, *number);
      pieces.back() = {low, largest && low <= *largest ? std::min(high, *largest) : high};
      is_high = true;
    } else if (is_list_sign(sign)) {
      blanks += sign.empty() ? 1 : 0;
      pieces.push_back({*number, *number});
      is_high = false;
    } else {
      return std::nullopt;
    }
  }
  return pieces;
}

std::string without_quotes(std::string_view text) {
  std::string out(text);
  std::erase_if(out, [](char c) { return kQuotes.find(c) != kNone; });
  return std::string(policy::trim_blanks(out));
}

}  // namespace

std::string wrong_list(std::string_view pattern, std::string_view text) {
  const std::string shown = "\"" + escape_unprintable(text, 64) + "\"";
  if (text.find_first_not_of("0123456789,-") != kNone) {
    return shown + " is no list of numbers and ranges";
  }
  // One comma at the end is passed over.
  text.remove_suffix(text.size() > 1 && text.ends_with(',') ? 1 : 0);
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
      return "\"" + std::string(piece) + "\" is no number and no range of a list";
    }
    if (const auto refusal = refused_range(pattern, policy::Integer{false, *last},
                                           policy::Integer{false, *last}, std::string(piece))) {
      return refusal->message;
    }
  }
  return "";
}

std::string meant_list(std::string_view pattern, std::string_view text, std::string_view quotes) {
  std::size_t blanks = 0;
  const auto pieces = pieces_of(pattern, without_quotes(text), blanks);
  const std::string list = pieces ? text_of(*pieces) : "";
  if (list.empty() || !wrong_list(pattern, list).empty()) {
    return "";
  }
  const auto in_quotes = [quotes](const std::string& shown) {
    return std::string(quotes) + shown + std::string(quotes);
  };
  const std::uint64_t first = pieces->front().low;
  const std::uint64_t last = pieces->back().high;
  const bool is_either = pieces->size() == 2 && blanks == 1 && first == pieces->front().high &&
                         last == pieces->back().low && first < last;
  return is_either ? in_quotes(text_of({{first, last}})) + " for a range, or " + in_quotes(list) +
                         " for the two alone"
                   : in_quotes(list);
}

}  // namespace sg::advice
