// SPDX-License-Identifier: Apache-2.0
// json.h - the only door to the JSON library: a document becomes a flat list of the values we want.
//
// No tree is built: a config.json can have megabytes, of which four members matter. What is not
// wanted is checked to be JSON and thrown away. The library's exceptions stay in json.cpp.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace sg {

enum class JsonType { kNull, kBool, kNumber, kString, kObject, kArray };

// One value: where it stands and what it is. An object or array is an item of its own, before its
// members, so that an empty one is seen too.
struct JsonItem {
  // Keys of members and decimal indices of elements, from the document down: {"linux", "sysctl",
  // "a.b"}.
  std::vector<std::string> path;
  JsonType type = JsonType::kNull;
  std::string text;  // a string's bytes, "true" or "false", a number as written; else empty
  // The bytes [start, end) of the document, quotes and brackets included, and for a member of an
  // object where its key starts (at the quote).
  std::size_t start = 0;
  std::size_t end = 0;
  std::size_t key_start = 0;
};

// Why a document is refused, and where.
struct JsonProblem {
  std::string why;                // a predicate: "is not valid JSON in UTF-8"
  std::size_t offset = 0;         // of what does not fit, or of the byte that was read last
  std::vector<std::string> path;  // of the value at hand, as in JsonItem
};

// The deepest nesting that is read; config.json needs 11 by the OCI schema.
inline constexpr std::size_t kJsonDepthMax = 64;

// The most keys and values that a document may have, wanted or not: it bounds the time, since each
// costs more than its bytes. A config.json of 10 MiB that is full of mounts has 600,000.
inline constexpr std::size_t kJsonCountMax = std::size_t{1} << 20;

// What is kept of one document: values and compared keys, and the bytes of their paths and texts,
// with a string object (32 bytes) for each component of a path. A long key or deep nesting counts
// once for each value below it, so a few megabytes could otherwise become gigabytes. A container's
// 256 KiB of annotations can be 65,536 pairs of one byte each; the largest document that is read at
// all has 16 MiB.
inline constexpr std::size_t kJsonItemMax = std::size_t{1} << 18;
inline constexpr std::size_t kJsonByteMax = std::size_t{64} << 20;

// Parses one JSON document and returns, in the order of the text, each value at or below one of the
// `wanted` paths (an empty path wants everything). An object above a wanted path is no item, but
// any other value that stands there is one, so that the caller can refuse it: {"linux": 5} where
// {"linux", "sysctl"} is wanted gives the item {"linux"}. Refused: what is not JSON, invalid UTF-8,
// a byte order mark, a number beyond a double, anything after the document, nesting beyond
// kJsonDepthMax, more than kJsonCountMax, kJsonItemMax or kJsonByteMax; a key with a zero byte, in
// any object: programs in C end it there, and what is `hooks\0` here is `hooks` to them. And a key
// that stands twice in one object (some take the first, some the last), if that object lies on the
// way to or below a wanted path; on the way to one also a key that differs from a wanted one in
// case alone: runtimes written in Go take it for that.
[[nodiscard]] std::variant<std::vector<JsonItem>, JsonProblem> scan_json(
    std::string_view text, std::span<const std::vector<std::string_view>> wanted);

// The same; a problem becomes an error, kBadInput, with `what` and the byte offset.
[[nodiscard]] Result<std::vector<JsonItem>> read_json(
    std::string_view text, const std::string& what,
    std::span<const std::vector<std::string_view>> wanted);

// The path as a JSON pointer (RFC 6901): "/limit/allow/0"; "" for the document.
[[nodiscard]] std::string json_pointer(std::span<const std::string> path);

// A JSON string literal with its quotes, all of it printable ASCII: the document may be shown on a
// terminal, which would act on other characters. Bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string json_quote(std::string_view text);

}  // namespace sg
