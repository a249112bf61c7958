// SPDX-License-Identifier: Apache-2.0
// text.h - small, strict functions on text: trimming, splitting, integers, escaping, near misses.
//
// None of them knows a sysctl or a locale. What takes a view keeps none, but for the pieces of
// split() and the candidate of nearest(), which are views into what the caller passed.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sg {

// Engines show so many characters of a container's ID, and so do we.
inline constexpr std::size_t kShortId = 12;

// A blank is a space or a tab.
[[nodiscard]] constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

// Printable ASCII: 0x20 to 0x7e.
[[nodiscard]] constexpr bool is_printable(char c) noexcept { return c >= 0x20 && c <= 0x7e; }

// ASCII alone: other bytes stay as they are.
[[nodiscard]] constexpr char to_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
[[nodiscard]] std::string to_lower(std::string_view text);

// The pieces between each `separator`; always at least one, "" gives one empty piece. The views
// live as long as the text.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);

// The pieces with `between` between them; "" for none.
[[nodiscard]] std::string join(std::span<const std::string> pieces, std::string_view between);

// Whether the plain path (no empty component, no "." or "..") is `above`, or lies below it.
[[nodiscard]] bool is_at_or_below(std::string_view path, std::string_view above) noexcept;

// Whether the text is one digit or more, and nothing else.
[[nodiscard]] bool is_digits(std::string_view text) noexcept;

// A decimal number without sign, blanks or leading zeros ("0" itself is one); nothing otherwise,
// and nothing where it does not fit in 64 bits.
[[nodiscard]] std::optional<std::uint64_t> parse_decimal(std::string_view text);

// The text with every byte outside printable ASCII, and every backslash, written as \xNN (or \n,
// \t, \\), so that it can stand on one line of a log or a terminal. The result has at most `max`
// bytes: a longer one is cut between two escapes, with "..." at the end.
[[nodiscard]] std::string escape(std::string_view text, std::size_t max = 256);

// The same for text of ours that may quote a user's, escaped there already: backslashes stay as
// they are.
[[nodiscard]] std::string escape_unprintable(std::string_view text, std::size_t max = SIZE_MAX);

// The text that escape() wrote whole; nothing where escape() would not have written that.
[[nodiscard]] std::optional<std::string> unescape(std::string_view text);

// "linux.namespaces.0.type" of the keys on the way to a value, for messages.
[[nodiscard]] std::string dotted(std::span<const std::string> path);

// Whether Go's encoding/json takes the key `written` for `name`, which is lower-case ASCII and
// perhaps upper-case letters: in any case, and with the two characters beyond ASCII that fold to s
// and k.
[[nodiscard]] bool is_folded_key(std::string_view written, std::string_view name);

// The first of `names` that `written` is not, but is taken for by Go's encoding/json; empty where
// there is none.
[[nodiscard]] std::string_view folded_name(std::string_view written,
                                           std::initializer_list<std::string_view> names);

// How many letters are wrong, missing, too many, or change places with their neighbour.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

// The candidate with the smallest edit distance to `text`, if that is at most a third of its length (but 1 for a short one) and something of the text is left; nothing otherwise. The first of
// equals.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view text,
                                                      std::span<const std::string_view> candidates);

}  // namespace sg
