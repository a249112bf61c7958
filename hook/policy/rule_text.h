// SPDX-License-Identifier: Apache-2.0
// rule_text.h - what the parsers of rule text share: blanks, quotes, legal bytes, bounded findings,
// and strings of a JSON document.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/diagnostic.h"
#include "base/json.h"

namespace sg::policy {

// Where a piece of text stands, for findings about it.
struct TextPlace {
  std::string source;      // "annotation io.sysctl-guard.allow"
  std::size_t offset = 0;  // of the first byte of the piece
};

// The most findings that are kept, and the most bytes of text that one shows. Whoever made more
// than a hundred mistakes starts with those; a list of 256 KiB must not become megabytes of
// findings.
inline constexpr std::size_t kFindingsMax = 100;
inline constexpr std::size_t kFindingTextMax = 256;

// Whether another finding would not be kept: what goes into it need not be found out.
[[nodiscard]] bool is_full(const Diagnostics& findings) noexcept;

// Adds `finding`, its text cut to kFindingTextMax bytes. Beyond kFindingsMax a warning is dropped,
// and the first error becomes one last finding which says that there are more; it is an error, so
// that dropping findings never makes a policy acceptable.
void add_finding(Diagnostics& findings, Finding finding);

// Adds an error about `text`, which starts `at` bytes after `place`.
void add_error(Diagnostics& findings, const TextPlace& place, std::size_t at, std::string_view text,
               std::string message, std::string hint);

// `text` without blanks at its ends; a view into `text`, also where nothing is left.
[[nodiscard]] std::string_view trim_blanks(std::string_view text) noexcept;

// Where `piece` starts in `text`; it must be a view into it.
[[nodiscard]] std::size_t offset_in(std::string_view text, std::string_view piece) noexcept;

// The index after the quote that closes the one at `open`; a doubled quote is a byte of the quoted
// text. npos where nothing closes it.
[[nodiscard]] std::size_t end_of_quoted(std::string_view text, std::size_t open) noexcept;

// A finding for each run of bytes that are neither printable ASCII nor blanks. False where there is
// one.
[[nodiscard]] bool check_bytes(std::string_view text, const TextPlace& place,
                               Diagnostics& findings);

// One element of a JSON array, with the way back from a decoded byte to the document: the bytes
// [start, end) of the list.
struct JsonElement {
  std::size_t start = 0;
  std::size_t end = 0;
  bool is_string = false;
  std::string text;  // a string's decoded bytes; else empty
  // For each byte of `text`, and for its end, the offset in the list of what wrote it; only for
  // strings.
  std::vector<std::size_t> map;
};

// The string that `item` is, in the document `text` it was read from. `item` must be a string.
[[nodiscard]] JsonElement string_element(std::string_view text, JsonItem item);

// The elements of `list`, whose first byte that is not white space is '['; or why it is no
// document.
[[nodiscard]] std::variant<std::vector<JsonElement>, JsonProblem> split_json_list(
    std::string_view list);

}  // namespace sg::policy
