// SPDX-License-Identifier: Apache-2.0
// decode_table.h - the bytes of a table back into an automaton: what a running guard permits.
//
// Strict where the guard is safe: a table that encode() would not write is an error, not an
// automaton that denies.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "automaton/dfa.h"
#include "base/result.h"
#include "compile/encode.h"

namespace sg::compile {

struct DecodedTable {
  automaton::Dfa dfa;  // over the words of automaton/symbols.h; minimal where the encoded one was
  std::vector<Label> labels;  // what its rule numbers mean, each pair once; that of 0 is Label{}
};

// Errors: kUnsupported for a table of another version, kBadInput for anything else that encode()
// does not write, with what it is.
[[nodiscard]] Result<DecodedTable> decode_table(std::span<const std::uint8_t> table);

}  // namespace sg::compile
