// SPDX-License-Identifier: Apache-2.0
// json_edit.h - small changes to a JSON document that leave every other byte of it as it was.
//
// Files of others are edited, so their layout, the order of their keys and the form of their
// numbers are kept. What is added looks like its neighbours: on a line of its own where they stand
// so. Removing what was added gives the document back, byte for byte.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace sg {

// A place in a document: keys of objects and decimal indices of arrays, from the document down.
using JsonPath = std::span<const std::string_view>;

// A document that is read once and changed in several places. Each change is told where it goes by
// the text as it was read, so none of them sees another: what is added to one object or array is
// added at once.
class JsonDocument {
 public:
  // Only what stands at or below one of `wanted` can be changed. `text` outlives the document.
  // Errors: as of read_json().
  [[nodiscard]] static Result<JsonDocument> read(
      std::string_view text, std::string what,
      std::span<const std::vector<std::string_view>> wanted);

  // The value at `path`; null where there is none.
  [[nodiscard]] const JsonItem* find(JsonPath path) const;

  // Behind the last child of an object or array: json_member()s, or values.
  void add_children(const JsonItem& parent, std::span<const std::string> children);
  // Right behind a member: more json_member()s.
  void add_behind(const JsonItem& neighbour, std::span<const std::string> members);
  void replace(const JsonItem& item, std::string_view value);
  // Without a member or element, and without the comma that parted it from its neighbour.
  void remove(const JsonItem& item);
  // Without the elements of the array at `indices`, which ascend: as remove() takes out one after
  // the other from the last on, in one pass. Indices beyond the last element are passed over.
  void remove_elements(const JsonItem& array, std::span<const std::size_t> indices);

  // The text with all changes.
  [[nodiscard]] std::string edited() const;

 private:
  struct Splice {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string put;
  };

  JsonDocument(std::string_view text, std::vector<JsonItem> items)
      : text_(text), items_(std::move(items)) {}

  std::string_view text_;
  std::vector<JsonItem> items_;
  std::vector<Splice> splices_;
};

// `"key": value`.
[[nodiscard]] std::string json_member(std::string_view key, std::string_view value);

// One change of a document, each with a reading of its own.

// The document with the member `path` set to `value`, which is JSON text: a member that is there
// gets the new value, one that is not stands last in its object, and objects missing (or null) on
// the way are made. `path` names members only and is not empty. Errors, kBadInput: `text` is no
// JSON (base/json.h), or something on the way is no object.
[[nodiscard]] Result<std::string> json_set(std::string_view text, const std::string& what,
                                           JsonPath path, std::string_view value);

// The document with `value` behind the last element of the array `path`, which is made where there
// is none. Errors as above, and where `path` is no array.
[[nodiscard]] Result<std::string> json_append(std::string_view text, const std::string& what,
                                              JsonPath path, std::string_view value);

// The document without the member or element `path`, and without the comma that parted it from its
// neighbour. Unchanged where there is none. Errors: `text` is no JSON.
[[nodiscard]] Result<std::string> json_remove(std::string_view text, const std::string& what,
                                              JsonPath path);

}  // namespace sg
