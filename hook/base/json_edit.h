// SPDX-License-Identifier: Apache-2.0
// json_edit.h - small changes to a JSON document that leave every other byte of it as it was.
//
// Files of others are edited, so their layout, the order of their keys and the form of their numbers are
// kept. What is added looks like its neighbours: on a line of its own where they stand so. Removing what
// was added gives the document back, byte for byte.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sg {

// A place in a document: keys of objects and decimal indices of arrays, from the document down.
using JsonPath = std::span<const std::string_view>;

// The document with the member `path` set to `value`, which is JSON text: a member that is there gets the new
// value, one that is not stands last in its object, and objects missing (or null) on the way are made. `path` names
// members only and is not empty. Errors, kBadInput: `text` is no JSON (base/json.h), or something on
// the way is no object.
[[nodiscard]] Result<std::string> json_set(std::string_view text, const std::string& what,
                                           JsonPath path, std::string_view value);

// The document with `value` behind the last element of the array `path`, which is made where there is none.
// Errors as above, and where `path` is no array.
[[nodiscard]] Result<std::string> json_append(std::string_view text, const std::string& what,
                                              JsonPath path, std::string_view value);

// The document with the member `key` right behind the top-level member `neighbour`, which is there and is what
// alone is read: the quick way into a large document that has no `key`. Errors as above, and where
// `neighbour` is not there.
[[nodiscard]] Result<std::string> json_add_behind(std::string_view text, const std::string& what,
                                                  std::string_view neighbour, std::string_view key,
                                                  std::string_view value);

// The document with the value at `path`, which is there, replaced by `value`. Errors as of json_remove, and where there is
// none.
[[nodiscard]] Result<std::string> json_replace(std::string_view text, const std::string& what,
                                               JsonPath path, std::string_view value);

// The document without the elements of the array `path` at `indices`, which ascend: as json_remove() takes out one after
// the other from the last on, in one pass. Indices beyond the last element, and an array that is not there, are passed
// over. Errors: `text` is no JSON.
[[nodiscard]] Result<std::string> json_remove_elements(std::string_view text, const std::string& what,
                                                       JsonPath path, std::span<const std::size_t> indices);

// The document without the member or element `path`, and without the comma that parted it from its
// neighbour. Unchanged where there is none. Errors: `text` is no JSON.
[[nodiscard]] Result<std::string> json_remove(std::string_view text, const std::string& what,
                                              JsonPath path);

}  // namespace sg
