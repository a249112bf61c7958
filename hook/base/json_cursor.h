// SPDX-License-Identifier: Apache-2.0
// json_cursor.h - where the JSON library stands in the text that it reads; part of json.cpp.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <string_view>

#include "base/text.h"

namespace sg {

// Bytes that may stand anywhere in a JSON string and mean themselves.
constexpr bool is_plain_in_json(char c) { return is_printable(c) && c != '"' && c != '\\'; }

// The first byte in [at, end) that is not plain; `end` where there is none. Sixteen bytes are one
// step, or this would be half of what reading a config.json costs.
inline const char* end_of_plain(const char* at, const char* end) noexcept {
  using Bytes = unsigned char __attribute__((vector_size(16)));
  for (Bytes bytes; end - at >= static_cast<std::ptrdiff_t>(sizeof bytes); at += sizeof bytes) {
    std::memcpy(&bytes, at, sizeof bytes);
    const auto other = (bytes < 0x20) | (bytes > 0x7e) | (bytes == '"') | (bytes == '\\');
    std::array<std::uint64_t, 2> halves;
    std::memcpy(halves.data(), &other, sizeof halves);
    if ((halves[0] | halves[1]) != 0) {
      break;
    }
  }
  return std::find_if_not(at, end, is_plain_in_json);
}

// Where the lexer stands. It outlives the iterators the library copies, so that an error found by
// the Collector has a byte offset too.
//
// The plain bytes at the beginning of each string are not handed to the lexer: without them the
// string is as valid as with them, they are most of a document, and the Collector puts them in front
// of what the lexer made of the rest. (Measured: 7 ns a byte by the lexer.)
class Cursor {
 public:
  explicit Cursor(std::string_view text)
      : begin_(text.data()), at_(text.data()), end_(text.data() + text.size()) {}

  [[nodiscard]] const char& get() const noexcept { return *at_; }
  [[nodiscard]] bool more() noexcept {
    if (at_ != end_) {
      return true;
    }
    ended_ = true;
    return false;
  }
  // Follows where strings begin and end, as the lexer does for everything it does not refuse.
  void next() noexcept {
    const char c = *at_;
    last_ = at_;
    ++at_;
    if (!in_string_) {
      if (c == '"') {
        begin_string();
      }
    } else if (escaped_) {
      escaped_ = false;
    } else {
      escaped_ = c == '\\';
      in_string_ = c != '"';
    }
  }

  // The plain bytes that the string which was read last begins with.
  [[nodiscard]] std::string_view plain() const noexcept { return plain_; }
  // Whether the lexer asked for more than there was.
  [[nodiscard]] bool ended() const noexcept { return ended_; }
  // Of the byte that will be read next.
  [[nodiscard]] std::size_t position() const noexcept {
    return static_cast<std::size_t>(at_ - begin_);
  }
  // Of the byte that was read last.
  [[nodiscard]] std::size_t offset() const noexcept {
    return ended_ ? position() : static_cast<std::size_t>(last_ - begin_);
  }
  // Of the first byte from `from` on that stands neither between tokens nor separates them.
  [[nodiscard]] std::size_t token_from(std::size_t from) const noexcept {
    constexpr std::string_view kBetween = " \t\n\r,:";
    const std::string_view text(begin_, static_cast<std::size_t>(end_ - begin_));
    return std::min(text.find_first_not_of(kBetween, from), text.size());
  }

 private:
  void begin_string() noexcept {
    in_string_ = true;
    escaped_ = false;
    const char* const first = at_;
    at_ = end_of_plain(at_, end_);
    plain_ = std::string_view(first, static_cast<std::size_t>(at_ - first));
  }

  const char* begin_;
  const char* last_ = begin_;  // what next() passed
  const char* at_;
  const char* end_;
  std::string_view plain_;
  bool ended_ = false;
  bool in_string_ = false;
  bool escaped_ = false;  // the byte at hand follows a backslash
};

// An input iterator over a Cursor; the end is an iterator without one.
class CursorIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CursorIterator() noexcept = default;
  explicit CursorIterator(Cursor& cursor) noexcept : cursor_(&cursor) {}

  reference operator*() const noexcept { return cursor_->get(); }
  CursorIterator& operator++() noexcept {
    cursor_->next();
    return *this;
  }
  // The library only ever compares with the end.
  bool operator!=(const CursorIterator&) const noexcept { return cursor_->more(); }
  bool operator==(const CursorIterator&) const noexcept { return !cursor_->more(); }

 private:
  Cursor* cursor_ = nullptr;
};

}  // namespace sg
