// SPDX-License-Identifier: Apache-2.0
// new_annotations.h - a container's annotations with some of them replaced.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sg::request {

using Annotations = std::map<std::string, std::string>;

// The annotations in a JSON document: an object of strings, or its member "annotations", as in
// config.json and the state. `what` is the document, for messages. Errors: kBadInput.
[[nodiscard]] Result<Annotations> read_annotations(std::string_view text, const std::string& what);

// The key that holds for the container of these annotations: "io.sysctl-guard.<key>", or the one
// with its name behind a "/" where that is there.
[[nodiscard]] std::string key_in_effect(const Annotations& annotations, std::string_view key);

// `stored` with `all` in place of every annotation of ours, then with `lists` (by key, "allow") in
// place of those that hold. What names the container stays. Keys of `all` that were meant for us
// and are none come along, to be refused.
[[nodiscard]] Annotations replace_annotations(const Annotations& stored,
                                              const std::optional<Annotations>& all,
                                              const std::map<std::string, std::string>& lists);

}  // namespace sg::request
