// SPDX-License-Identifier: Apache-2.0
// text.cpp - small, strict functions on text; see text.h for what each promises.
//
// The edit distance is Levenshtein's (insert, delete, replace a byte, each costs 1), with one row
// of the table kept. Candidates whose length alone rules them out are not compared, so the cost is
// bounded by the candidates, not by the text.
#include "base/text.h"

#include <algorithm>
#include <cstddef>
#include <limits>

namespace sg {
namespace {

std::string escape_byte(char c) {
  switch (c) {
    case '\n':
      return "\\n";
    case '\t':
      return "\\t";
    case '\\':
      return "\\\\";
    default:
      break;
  }
  if (is_printable(c)) {
    return std::string(1, c);
  }
  constexpr std::string_view kHex = "0123456789abcdef";
  const unsigned byte = static_cast<unsigned char>(c);
  return {'\\', 'x', kHex[byte >> 4], kHex[byte & 0xf]};
}

std::string escape_bytes(std::string_view text, bool with_backslash, std::size_t max) {
  const auto stays = [with_backslash](char c) {
    return is_printable(c) && (c != '\\' || !with_backslash);
  };
  if (text.size() <= max && std::ranges::all_of(text, stays)) {
    return std::string(text);
  }
  constexpr std::string_view kMore = "...";
  const std::size_t room = max - std::min(max, kMore.size());
  std::string out;
  std::size_t cut = 0;  // the end of the last whole escape that leaves room for kMore
  for (const char c : text) {
    out += c == '\\' && !with_backslash ? std::string(1, c) : escape_byte(c);
    if (out.size() <= room) {
      cut = out.size();
    }
    if (out.size() > max) {
      out.resize(cut);
      return out.append(kMore.substr(0, max - cut));
    }
  }
  return out;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) {
    row[j] = j;
  }
  std::vector<std::size_t> above = row;   // the row before
  std::vector<std::size_t> higher = row;  // and the one before that
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::swap(higher, above);
    std::swap(above, row);
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = above[j] + (a[i] == b[j] ? 0 : 1);
      row[j + 1] = std::min({replaced, row[j] + 1, above[j + 1] + 1});
      if (i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j]) {
        row[j + 1] = std::min(row[j + 1], higher[j - 1] + 1);
      }
    }
  }
  return row[b.size()];
}

bool is_digits(std::string_view text) noexcept {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  for (;;) {
    const std::size_t at = text.find(separator);
    pieces.push_back(text.substr(0, at));
    if (at == std::string_view::npos) {
      return pieces;
    }
    text.remove_prefix(at + 1);
  }
}

std::string join(std::span<const std::string> pieces, std::string_view between) {
  std::string joined;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    joined.append(i == 0 ? "" : between).append(pieces[i]);
  }
  return joined;
}

bool is_at_or_below(std::string_view path, std::string_view above) noexcept {
  return path.starts_with(above) &&
         (above == "/" || path.size() == above.size() || path[above.size()] == '/');
}

std::optional<std::uint64_t> parse_decimal(std::string_view text) {
  if (text.empty() || (text.size() > 1 && text[0] == '0')) {
    return std::nullopt;
  }
  constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') {
      return std::nullopt;
    }
    const std::uint64_t digit = static_cast<std::uint64_t>(c - '0');
    if (value > (kMax - digit) / 10) {
      return std::nullopt;
    }
    value = value * 10 + digit;
  }
  return value;
}

std::string escape(std::string_view text, std::size_t max) {
  return escape_bytes(text, /* with_backslash= */ true, max);
}

std::string escape_unprintable(std::string_view text, std::size_t max) {
  return escape_bytes(text, /* with_backslash= */ false, max);
}

std::optional<std::string> unescape(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (text.front() != '\\') {
      out += text.front();
      text.remove_prefix(1);
      continue;
    }
    if (text.size() < 2) {
      return std::nullopt;
    }
    if (text[1] == 'n' || text[1] == 't' || text[1] == '\\') {
      out += text[1] == 'n' ? '\n' : text[1] == 't' ? '\t' : '\\';
      text.remove_prefix(2);
      continue;
    }
    constexpr std::string_view kHex = "0123456789abcdef";
    constexpr std::size_t kEscapeSize = 4;  // \xNN
    if (text[1] != 'x' || text.size() < kEscapeSize) {
      return std::nullopt;
    }
    const std::size_t high = kHex.find(text[2]);
    const std::size_t low = kHex.find(text[3]);
    if (high == kHex.npos || low == kHex.npos) {
      return std::nullopt;
    }
    out += static_cast<char>(high << 4 | low);
    text.remove_prefix(kEscapeSize);
  }
  return out;
}

std::string dotted(std::span<const std::string> path) {
  std::string name;
  for (const std::string& key : path) {
    name += (name.empty() ? "" : ".") + key;
  }
  return name;
}

std::string to_lower(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += to_lower(c);
  }
  return out;
}

bool is_folded_key(std::string_view written, std::string_view name) {
  constexpr std::string_view kLongS = "\xc5\xbf";       // U+017F
  constexpr std::string_view kKelvin = "\xe2\x84\xaa";  // U+212A
  for (const char wanted : name) {
    const char want = to_lower(wanted);
    if (want == 's' && written.starts_with(kLongS)) {
      written.remove_prefix(kLongS.size());
    } else if (want == 'k' && written.starts_with(kKelvin)) {
      written.remove_prefix(kKelvin.size());
    } else if (!written.empty() && to_lower(written.front()) == want) {
      written.remove_prefix(1);
    } else {
      return false;
    }
  }
  return written.empty();
}

std::string_view folded_name(std::string_view written,
                             std::initializer_list<std::string_view> names) {
  const auto* const found = std::ranges::find_if(names, [written](std::string_view name) {
    return written != name && is_folded_key(written, name);
  });
  return found == names.end() ? std::string_view() : *found;
}

std::optional<std::string_view> nearest(std::string_view text,
                                        std::span<const std::string_view> candidates) {
  const std::size_t most = std::max<std::size_t>(1, text.size() / 3);
  std::optional<std::string_view> found;
  std::size_t found_distance = most + 1;
  for (const std::string_view candidate : candidates) {
    const std::size_t longer = std::max(text.size(), candidate.size());
    const std::size_t shorter = std::min(text.size(), candidate.size());
    if (longer - shorter >= found_distance) {
      continue;
    }
    const std::size_t distance = edit_distance(text, candidate);
    // A distance of the whole length means that nothing is left in common.
    if (distance < found_distance && distance < std::max<std::size_t>(1, text.size())) {
      found = candidate;
      found_distance = distance;
    }
  }
  return found;
}

}  // namespace sg
