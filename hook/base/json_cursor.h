// SPDX-License-Identifier: Apache-2.0
// json_cursor.h - where the JSON library stands in the text that it reads; part of json.cpp.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/text.h"

namespace sg {

// Bytes that may stand anywhere in a JSON string and mean themselves.
constexpr bool is_plain_in_json(char c) { return is_printable(c) && c != '"' && c != '\\'; }

// The index of the first byte that is not zero, in the order of memory; there is one.
constexpr int first_byte_of(std::uint64_t bytes) noexcept {
  return (std::endian::native == std::endian::little ? std::countr_zero(bytes)
                                                     : std::countl_zero(bytes)) /
         8;
}

// The first byte in [at, end) that is not plain; `end` where there is none. Sixteen bytes are one
// step, or this would be half of what reading a config.json costs.
inline const char* end_of_plain(const char* at, const char* end) noexcept {
  using Bytes = unsigned char __attribute__((vector_size(16)));
  for (Bytes bytes; end - at >= static_cast<std::ptrdiff_t>(sizeof bytes); at += sizeof bytes) {
    std::memcpy(&bytes, at, sizeof bytes);
    const auto other = (bytes < 0x20) | (bytes > 0x7e) | (bytes == '"') | (bytes == '\\');
    std::array<std::uint64_t, 2> halves;
    std::memcpy(halves.data(), &other, sizeof halves);
    if (halves[0] != 0) {
      return at + first_byte_of(halves[0]);
    }
    if (halves[1] != 0) {
      return at + sizeof halves[0] + first_byte_of(halves[1]);
    }
  }
  return std::find_if_not(at, end, is_plain_in_json);
}

// The text as a stream of the library, which also says where in it the library stands.
//
// The plain bytes at the beginning of each string are not handed to the library: without them the
// string is as valid as with them, they are most of a document, and the Collector puts them in front
// of what the library made of the rest.
class Cursor {
 public:
  using Ch = char;  // as the library's streams call it

  explicit Cursor(std::string_view text)
      : begin_(text.data()), at_(text.data()), end_(text.data() + text.size()) {}

  // The next byte; zero at the end, as there is none in the text.
  [[nodiscard]] char Peek() const noexcept { return at_ == end_ ? '\0' : *at_; }
  // The same, and goes on. Follows where strings begin and end, as the library does for everything
  // it does not refuse.
  char Take() noexcept {
    const char c = Peek();
    if (at_ == end_) {
      return c;
    }
    const bool is_escaped = at_ == escaped_;
    ++at_;
    if (c == '"' && !is_escaped) {
      in_string_ = !in_string_;
      if (in_string_) {
        pass_plain();
      }
    } else if (c == '\\' && !is_escaped) {
      escaped_ = at_;
    }
    return c;
  }
  // How many bytes have been taken.
  [[nodiscard]] std::size_t Tell() const noexcept { return static_cast<std::size_t>(at_ - begin_); }

  // What streams for writing have, which the library never calls here.
  char* PutBegin() noexcept { return nullptr; }
  void Put(char) noexcept {}
  std::size_t PutEnd(char*) noexcept { return 0; }

  // The plain bytes that the string which was read last begins with.
  [[nodiscard]] std::string_view plain() const noexcept { return plain_; }
  [[nodiscard]] bool at_end() const noexcept { return at_ == end_; }
  // Of the first byte from `from` on that stands neither between tokens nor separates them.
  [[nodiscard]] std::size_t token_from(std::size_t from) const noexcept {
    constexpr std::string_view kBetween = " \t\n\r,:";
    const std::string_view text(begin_, static_cast<std::size_t>(end_ - begin_));
    return std::min(text.find_first_not_of(kBetween, from), text.size());
  }

 private:
  void pass_plain() noexcept {
    const char* const first = at_;
    at_ = end_of_plain(at_, end_);
    plain_ = std::string_view(first, static_cast<std::size_t>(at_ - first));
  }

  const char* begin_;
  const char* at_;
  const char* end_;
  const char* escaped_ = nullptr;  // the byte that follows the last backslash of an escape
  std::string_view plain_;
  bool in_string_ = false;
};

}  // namespace sg
