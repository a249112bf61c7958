// SPDX-License-Identifier: Apache-2.0
// decode_table.cpp - a breadth-first walk over a table's rows, and one over pairs of states.
#include "support/decode_table.h"

#include <bit>
#include <cstring>
#include <set>
#include <utility>

#include "table_abi.h"

namespace sg::test {
namespace {

using automaton::Dfa;
using automaton::Symbol;

class Decoder {
 public:
  explicit Decoder(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  DecodedTable decode() {
    if (!read_head()) {
      return out_;
    }
    std::vector<std::uint32_t> todo = {SG_STATE_DEAD, out_.start[0], out_.start[1]};
    while (!todo.empty() && out_.error.empty()) {
      const std::uint32_t state = todo.back();
      todo.pop_back();
      if (out_.states.contains(state)) {
        continue;
      }
      read_state(state);
      for (const auto& [cls, to] : out_.states[state].next) {
        todo.push_back(to);
      }
    }
    return out_;
  }

 private:
  bool fail(const std::string& why) {
    if (out_.error.empty()) {
      out_.error = why;
    }
    return false;
  }

  bool read_head() {
    sg_table head;
    if (bytes_.size() < sizeof head) {
      return fail("shorter than its head");
    }
    std::memcpy(&head, bytes_.data(), sizeof head);
    if (head.version != SG_TABLE_VERSION) {
      return fail("another version");
    }
    if (bytes_.size() != sizeof head + std::size_t{head.cell_count} * sizeof(std::uint32_t)) {
      return fail("cell_count is not the number of cells");
    }
    cells_.resize(head.cell_count);
    std::memcpy(cells_.data(), bytes_.data() + sizeof head, bytes_.size() - sizeof head);
    if (!std::has_single_bit(head.cell_count) || head.cell_count > SG_CELLS_MAX) {
      return fail("cell_count is no power of two in range");
    }
    if (head.sinks == 0 || head.sinks > head.cell_count || cells_[0] != 0) {
      return fail("the dead state is no sink without a label");
    }
    sinks_ = head.sinks;
    out_.unseen_class = head.unseen_class;
    std::memcpy(out_.start, head.start, sizeof out_.start);
    std::memcpy(out_.relation_class, head.relation_class, sizeof out_.relation_class);
    for (const std::uint32_t cls : out_.relation_class) {
      if (cls != 0 && !classes_.insert(cls).second) {
        return fail("two relations of one class");
      }
    }
    classes_.insert(head.unseen_class);
    for (unsigned byte = 0; byte < 256; ++byte) {
      out_.class_of[byte] = head.class_of[byte];
      classes_.insert(head.class_of[byte]);
    }
    if (classes_.contains(0) || *classes_.rbegin() > SG_CLASSES_MAX) {
      return fail("a class out of range");
    }
    return true;
  }

  void read_state(std::uint32_t number) {
    DecodedTable::State& state = out_.states[number];
    if (number >= cells_.size()) {
      fail("state " + std::to_string(number) + " is behind the cells");
      return;
    }
    if ((cells_[number] & SG_CELL_CLASS_MASK) != 0) {
      fail("state " + std::to_string(number) + " has no label");
      return;
    }
    const std::uint32_t label = cells_[number] >> SG_CELL_CLASS_BITS;
    state.rule = label >> SG_LABEL_RULE_SHIFT;
    state.allows = (label & SG_LABEL_ALLOW) != 0;
    state.needs_current = (label & SG_LABEL_CURRENT) != 0;
    state.sink = number < sinks_;
    if (state.sink) {
      return;
    }
    for (const std::uint32_t cls : classes_) {
      const std::size_t index = std::size_t{number} + cls;
      if (index < cells_.size() && (cells_[index] & SG_CELL_CLASS_MASK) == cls) {
        if (const std::uint32_t to = cells_[index] >> SG_CELL_CLASS_BITS; to != SG_STATE_DEAD) {
          state.next[cls] = to;
        }
      }
    }
  }

  std::span<const std::uint8_t> bytes_;
  std::vector<std::uint32_t> cells_;
  std::set<std::uint32_t> classes_;  // that an input can have
  DecodedTable out_;
  std::uint32_t sinks_ = 0;
};

std::uint32_t next_of(const DecodedTable& table, std::uint32_t number, Symbol symbol) {
  const DecodedTable::State& state = table.states.at(number);
  if (state.sink) {
    return number;
  }
  const auto found =
      state.next.find(symbol == automaton::kUnseen ? table.unseen_class : table.class_of[symbol]);
  return found == state.next.end() ? SG_STATE_DEAD : found->second;
}

// A symbol for each pair of classes, in the table and in the automaton: all others behave as one of
// these.
std::vector<Symbol> distinct_inputs(const DecodedTable& table, const Dfa& dfa) {
  std::vector<Symbol> inputs;
  std::set<std::pair<std::uint32_t, std::uint32_t>> seen;
  for (Symbol symbol = 0; symbol < automaton::kSymbolCount; ++symbol) {
    if (symbol == automaton::kRead || automaton::is_write(symbol)) {
      continue;  // no row is read with these
    }
    const std::uint32_t cls =
        symbol == automaton::kUnseen ? table.unseen_class : table.class_of[symbol];
    if (seen.emplace(cls, dfa.classes.of[symbol]).second) {
      inputs.push_back(symbol);
    }
  }
  return inputs;
}

}  // namespace

DecodedTable decode_table(std::span<const std::uint8_t> bytes) { return Decoder(bytes).decode(); }

namespace {

// The state whose label decides, where `relation` is what the value is beside the current one.
const DecodedTable::State& decided_by(const DecodedTable& table, std::uint32_t number,
                                      std::size_t relation) {
  const DecodedTable::State& state = table.states.at(number);
  if (!state.needs_current) {
    return state;
  }
  const auto found = state.next.find(table.relation_class[relation]);
  return table.states.at(found == state.next.end() ? SG_STATE_DEAD : found->second);
}

}  // namespace

std::string compare_with(const DecodedTable& table, const Dfa& dfa,
                         const std::vector<bool>& allows) {
  struct Place {
    std::uint32_t number;
    Dfa::State state;
    std::size_t relation;

    auto operator<=>(const Place&) const = default;
  };
  if (!table.error.empty()) {
    return table.error;
  }
  const bool has_conditions = table.relation_class[0] != 0;
  const std::vector<Symbol> inputs = distinct_inputs(table, dfa);
  std::vector<Place> todo = {
      {table.start[SG_ACCESS_READ], dfa.next(dfa.start, automaton::kRead), 0}};
  for (std::size_t relation = 0; relation < automaton::kWrites.size(); ++relation) {
    todo.push_back({table.start[SG_ACCESS_WRITE], dfa.next(dfa.start, automaton::kWrites[relation]),
                    has_conditions ? relation : 0});
  }
  std::set<Place> seen;
  std::set<Dfa::State> met = {Dfa::kDead};
  while (!todo.empty()) {
    const Place place = todo.back();
    todo.pop_back();
    if (!seen.insert(place).second) {
      continue;
    }
    met.insert(place.state);
    const DecodedTable::State& row = decided_by(table, place.number, place.relation);
    const automaton::RuleNumber rule = dfa.rule_of[place.state];
    if (row.rule != rule || row.allows != allows[rule] || row.needs_current) {
      return "the label of state " + std::to_string(place.state) + " differs";
    }
    for (const Symbol symbol : inputs) {
      todo.push_back(
          {next_of(table, place.number, symbol), dfa.next(place.state, symbol), place.relation});
    }
  }
  if (!has_conditions && (seen.size() > met.size() || table.states.size() != met.size())) {
    return "the table has " + std::to_string(table.states.size()) + " states, the automaton " +
           std::to_string(met.size());
  }
  return "";
}

}  // namespace sg::test
