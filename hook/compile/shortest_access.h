// SPDX-License-Identifier: Apache-2.0
// shortest_access.h - a set of words into the shortest access in it that a container could really
// make.
#pragma once

#include <optional>
#include <string>

#include "automaton/dfa.h"

namespace sg::compile {

// One access, as people can read it.
struct ShownAccess {
  bool write = true;
  automaton::Symbol symbol = automaton::kWriteUnknown;  // the first one of its word
  std::string name;                                     // slash form
  std::string value;                                    // of a write; empty where `is_unseen`
  bool is_unseen = false;  // a value that cannot be judged whole: too long, or not at position 0
  // Where it is in the set only for some of what the sysctl may hold: a number that it holds then;
  // empty: something that is no single number.
  std::optional<std::string> current = {};
  automaton::RuleNumber rule = automaton::kNoRule;  // that the automaton names for it
};

// The shortest write that is a word of `dfa` (automaton/symbols.h), counted in bytes of name and
// value: the name without empty components and of at most kNameMax bytes, the value of 1 to
// SG_VALUE_SIZE - 1. One that is printable is preferred to a shorter one that is not, and a value
// that can be seen to one that cannot. Nothing where there is none.
[[nodiscard]] std::optional<ShownAccess> shortest_access(const automaton::Dfa& dfa);

// The shortest read, by the same rules for its name.
[[nodiscard]] std::optional<ShownAccess> shortest_read(const automaton::Dfa& dfa);

// The rule that an automaton has for the access.
[[nodiscard]] automaton::RuleNumber rule_for(const automaton::Dfa& dfa, const ShownAccess& access);

// " where the sysctl holds 4"; empty where it does not matter.
[[nodiscard]] std::string where_it_holds(const ShownAccess& access);

// "net.ipv4.ip_forward=1", of a read the name alone, for findings, escaped and with dots; says what
// the value is where it is unseen, and what the sysctl holds where that matters.
[[nodiscard]] std::string describe(const ShownAccess& access);

}  // namespace sg::compile
