// SPDX-License-Identifier: Apache-2.0
// permitted_writes.cpp - the states from which some word is let through.
//
// Tested by test/unit/compile/decode_table_test.cpp.
#include "compile/permitted_writes.h"

#include <algorithm>
#include <utility>

#include "compile/decode_table.h"

namespace sg::compile {

using automaton::Dfa;
using automaton::RuleNumber;
using automaton::Symbol;
using policy::Verdict;

Result<PermittedWrites> PermittedWrites::of(std::span<const std::uint8_t> table) {
  Result<DecodedTable> decoded = decode_table(table);
  if (!decoded) {
    return std::move(decoded).error();
  }
  std::vector<bool> lets_through;
  for (const RuleNumber rule : decoded->dfa.rule_of) {
    lets_through.push_back(decoded->labels[rule].verdict != Verdict::kDeny);
  }
  PermittedWrites writes;
  writes.leads_ = automaton::states_before(decoded->dfa, std::move(lets_through));
  writes.dfa_ = std::move(decoded->dfa);
  return writes;
}

bool PermittedWrites::any_to(std::string_view name) const {
  return leads_behind(name, automaton::kEnd);
}

bool PermittedWrites::any_below(std::string_view beginning) const {
  return leads_behind(beginning, std::nullopt);
}

bool PermittedWrites::leads_behind(std::string_view beginning,
                                   std::optional<automaton::Symbol> then) const {
  return std::ranges::any_of(automaton::kWrites, [&](Symbol write) {
    const Dfa::State state = dfa_.next(dfa_.next(dfa_.start, write), beginning);
    return leads_[then ? dfa_.next(state, *then) : state];
  });
}

}  // namespace sg::compile
