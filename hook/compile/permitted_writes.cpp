// SPDX-License-Identifier: Apache-2.0
// permitted_writes.cpp - the states from which an accepting one can be reached, found once from
// behind.
#include "compile/permitted_writes.h"

#include <cstddef>
#include <utility>

#include "automaton/symbols.h"

namespace sg::compile {
namespace {

using automaton::Dfa;

// For each state those with an edge to it, one behind the other; the first of each state in
// `first`.
struct Predecessors {
  std::vector<std::size_t> first;
  std::vector<Dfa::State> states;
};

Predecessors predecessors_of(const Dfa& dfa) {
  Predecessors result{.first = std::vector<std::size_t>(dfa.state_count() + 1), .states = {}};
  for (const Dfa::Edge& edge : dfa.edges) {
    ++result.first[edge.to + 1];
  }
  for (std::size_t state = 0; state < dfa.state_count(); ++state) {
    result.first[state + 1] += result.first[state];
  }
  std::vector<std::size_t> next = result.first;
  result.states.resize(dfa.edges.size());
  for (Dfa::State state = 0; state < dfa.state_count(); ++state) {
    for (const Dfa::Edge& edge : dfa.edges_of(state)) {
      result.states[next[edge.to]++] = state;
    }
  }
  return result;
}

std::vector<bool> leading_states(const DecodedTable& decoded) {
  const Dfa& dfa = decoded.dfa;
  const Predecessors before = predecessors_of(dfa);
  std::vector<bool> leads(dfa.state_count());
  std::vector<Dfa::State> todo;
  for (Dfa::State state = 0; state < dfa.state_count(); ++state) {
    if (decoded.labels[dfa.rule_of[state]].verdict != policy::Verdict::kDeny) {
      leads[state] = true;
      todo.push_back(state);
    }
  }
  while (!todo.empty()) {
    const Dfa::State state = todo.back();
    todo.pop_back();
    for (std::size_t i = before.first[state]; i < before.first[state + 1]; ++i) {
      if (!leads[before.states[i]]) {
        leads[before.states[i]] = true;
        todo.push_back(before.states[i]);
      }
    }
  }
  return leads;
}

}  // namespace

Result<PermittedWrites> PermittedWrites::of(std::span<const std::uint8_t> table) {
  Result<DecodedTable> decoded = decode_table(table);
  if (!decoded) {
    return std::move(decoded).error();
  }
  std::vector<bool> leads = leading_states(*decoded);
  PermittedWrites writes(std::move(decoded->dfa));
  writes.leads_ = std::move(leads);
  return writes;
}

bool PermittedWrites::any_to(std::string_view name) const {
  return leads_[dfa_.next(walk(name), automaton::kEnd)];
}

bool PermittedWrites::any_below(std::string_view beginning) const {
  return leads_[walk(beginning)];
}

Dfa::State PermittedWrites::walk(std::string_view bytes) const {
  Dfa::State state = dfa_.next(dfa_.start, automaton::kWrite);
  for (const char c : bytes) {
    state = dfa_.next(state, static_cast<unsigned char>(c));
  }
  return state;
}

}  // namespace sg::compile
