// SPDX-License-Identifier: Apache-2.0
// learn_report.h - a suggestion into text for people and into its JSON document.
//
// Pure. Whatever bytes names hold, the text is printable ASCII and the document is JSON.
#pragma once

#include <string>

#include "cli/learn/suggest.h"

namespace sg::cli {

// The document of `learn --json`, as schema/learn-output.v1.schema.json describes it.
[[nodiscard]] std::string render_learn_json(const Suggestion& suggestion);

// Each rule that the node permits with how often it was seen, the annotation on a line of its own,
// which a container can be started with, and what it does not cover: what the node would have to
// permit stands apart. Rules are not cut: they are there to be copied.
[[nodiscard]] std::string render_learn(const Suggestion& suggestion);

}  // namespace sg::cli
