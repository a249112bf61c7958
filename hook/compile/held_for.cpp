// SPDX-License-Identifier: Apache-2.0
// held_for.cpp - the number itself, or the one next to it.
//
// Tested by test/unit/compile/shortest_access_test.cpp.
#include "compile/held_for.h"

#include <cstdint>

#include "policy/value_rule.h"

namespace sg::compile {
namespace {

// The next larger or smaller number; nothing above the largest.
std::optional<policy::Integer> next_to(policy::Integer number, bool is_larger) {
  if (!is_larger && number.magnitude == 0) {
    return policy::Integer{true, 1};
  }
  const bool grows = number.negative != is_larger;  // away from zero
  if (grows && number == policy::kIntegerMax) {
    return std::nullopt;
  }
  number.magnitude = grows ? number.magnitude + 1 : number.magnitude - 1;
  number.negative = number.negative && number.magnitude != 0;
  return number;
}

}  // namespace

std::optional<std::string> held_for(automaton::Symbol write, std::string_view value) {
  if (write == automaton::kWriteUnknown) {
    return std::string();
  }
  const auto tokens = policy::split_tokens(value.substr(0, value.find('\n')));
  std::optional<policy::Integer> number =
      tokens.size() == 1 ? policy::parse_integer(tokens[0]) : std::nullopt;
  if (number && write != automaton::kWriteSame) {
    number = next_to(*number, /*is_larger=*/write == automaton::kWriteBelow);
  }
  return number ? std::optional(policy::to_text(*number)) : std::nullopt;
}

}  // namespace sg::compile
