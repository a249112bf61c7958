// SPDX-License-Identifier: Apache-2.0
// json_cursor.h - where the JSON library stands in the text that it reads; part of json.cpp.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string_view>

#include "base/text.h"

namespace sg {

// Bytes that may stand anywhere in a JSON string and mean themselves.
constexpr bool is_plain_in_json(char c) { return is_printable(c) && c != '"' && c != '\\'; }

// Where the lexer stands. It outlives the iterators the library copies, so that an error found by
// the Collector has a byte offset too.
//
// While an unwanted value is read, the plain bytes at the beginning of each string are not handed
// to the lexer: without them the string is as valid as with them, and they are most of a
// config.json. (Measured: 7 ns a byte without this, see next().) Skipping starts and ends outside
// of strings only.
class Cursor {
 public:
  explicit Cursor(std::string_view text)
      : begin_(text.data()), at_(text.data()), end_(text.data() + text.size()) {}

  [[nodiscard]] const char& get() const noexcept { return *at_; }
  [[nodiscard]] bool more() noexcept {
    ended_ = at_ == end_;
    return !ended_;
  }
  void next() noexcept {
    const char c = *at_;
    ++at_;
    if (skipping_) {
      skip_plain(c);
    }
  }
  void set_skipping(bool skipping) noexcept {
    skipping_ = skipping;
    in_string_ = false;
  }

  // Whether the lexer asked for more than there was.
  [[nodiscard]] bool ended() const noexcept { return ended_; }
  // Of the byte that will be read next.
  [[nodiscard]] std::size_t position() const noexcept {
    return static_cast<std::size_t>(at_ - begin_);
  }
  // Of the byte that was read last.
  [[nodiscard]] std::size_t offset() const noexcept {
    const std::size_t used = position();
    return ended_ || used == 0 ? used : used - 1;
  }
  // Of the first byte from `from` on that stands neither between tokens nor separates them.
  [[nodiscard]] std::size_t token_from(std::size_t from) const noexcept {
    constexpr std::string_view kBetween = " \t\n\r,:";
    const std::string_view text(begin_, static_cast<std::size_t>(end_ - begin_));
    return std::min(text.find_first_not_of(kBetween, from), text.size());
  }

 private:
  // Follows where strings begin and end, as the lexer does for everything it does not refuse.
  void skip_plain(char c) noexcept {
    if (!in_string_) {
      if (c == '"') {
        in_string_ = true;
        escaped_ = false;
        at_ = std::find_if_not(at_, end_, is_plain_in_json);
      }
    } else if (escaped_) {
      escaped_ = false;
    } else {
      escaped_ = c == '\\';
      in_string_ = c != '"';
    }
  }

  const char* begin_;
  const char* at_;
  const char* end_;
  bool ended_ = false;
  bool skipping_ = false;
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
