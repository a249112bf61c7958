// SPDX-License-Identifier: Apache-2.0
// graph.h - the automaton of a table as a graph for Graphviz.
#pragma once

#include <string>
#include <vector>

#include "automaton/symbols.h"
#include "compile/decode_table.h"

namespace sg::cli {

// The symbols as ranges of bytes: "'a'-'f' '_' 0x80-0xff unseen", printable ASCII whatever they
// are. The symbols must be in order; the zero byte behind a name is "end"; all writes together are
// "write", one of them says what its value is beside the current one: "write-below".
[[nodiscard]] std::string symbols_text(const std::vector<automaton::Symbol>& symbols);

// The text as a quoted string of the language of Graphviz.
[[nodiscard]] std::string dot_quote(const std::string& text);

// A digraph. States without a verdict of a rule deny; what leads to a denial by no rule is left
// out. A run of states with one way in and one way out each is drawn as one edge.
[[nodiscard]] std::string render_graph(const compile::DecodedTable& table,
                                       const std::string& title);

}  // namespace sg::cli
