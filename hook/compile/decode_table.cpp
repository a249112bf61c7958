// SPDX-License-Identifier: Apache-2.0
// decode_table.cpp - one pass over the cells: each says of which class it is, and so whose row it
// belongs to.
//
// A cell of class c at index i belongs to the state i - c. Cells of class 0 are labels. So the
// states are the sinks, the owners of cells, and the places of labels; and since an encoder writes
// nothing else, each of them must be reached from a start.
#include "compile/decode_table.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "automaton/symbols.h"
#include "table_abi.h"

namespace sg::compile {
namespace {

using automaton::Class;
using automaton::Dfa;
using automaton::RuleNumber;
using automaton::Symbol;
using policy::Verdict;

// A state of the table: where it stands, and the edges of its row, by class.
struct Row {
  std::uint32_t number = 0;
  std::vector<Dfa::Edge> edges;  // `to` is a number of the table
};

// The head of a table, which has its cells behind it and so is no member of anything.
struct Head {
  std::uint32_t cell_count = 0;
  std::array<std::uint32_t, 2> start{};
  std::uint32_t sinks = 0;
  std::uint32_t unseen_class = 0;
  std::array<std::uint8_t, 256> class_of{};
};

std::optional<Label> label_of(std::uint32_t content) {
  Label label{.verdict = Verdict::kDeny, .rule = content >> SG_LABEL_RULE_SHIFT};
  const std::uint32_t verdict = content & (SG_LABEL_ALLOW | SG_LABEL_WOULD_DENY);
  if (verdict == SG_LABEL_WOULD_DENY || label.rule > SG_RULES_MAX) {
    return std::nullopt;
  }
  if (verdict != 0) {
    label.verdict = verdict == SG_LABEL_ALLOW ? Verdict::kAllow : Verdict::kWouldDeny;
  }
  return label;
}

class Decoder {
 public:
  explicit Decoder(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  Result<DecodedTable> decode() {
    const bool done =
        read_head() && read_classes() && read_rows() && find_reachable() && read_labels();
    if (!done) {
      return Error{is_other_version_ ? Errc::kUnsupported : Errc::kBadInput, "table: " + why_,
                   "use the version of sysctl-guard that attached the guard"};
    }
    build();
    return std::move(out_);
  }

 private:
  bool fail(std::string why) {
    why_ = std::move(why);
    return false;
  }

  bool read_head() {
    sg_table head;
    if (bytes_.size() < sizeof head) {
      return fail("it is shorter than its head");
    }
    std::memcpy(&head, bytes_.data(), sizeof head);
    if (head.version != SG_TABLE_VERSION) {
      is_other_version_ = true;
      return fail("it has version " + std::to_string(head.version) + ", this program reads " +
                  std::to_string(SG_TABLE_VERSION));
    }
    head_ = {head.cell_count, {head.start[0], head.start[1]}, head.sinks, head.unseen_class, {}};
    std::ranges::copy(head.class_of, head_.class_of.begin());
    return read_cells();
  }

  bool read_cells() {
    if (!std::has_single_bit(head_.cell_count) || head_.cell_count > SG_CELLS_MAX ||
        bytes_.size() != sizeof(sg_table) + std::size_t{head_.cell_count} * sizeof(std::uint32_t)) {
      return fail("its number of cells is wrong");
    }
    cells_.resize(head_.cell_count);
    std::memcpy(cells_.data(), bytes_.data() + sizeof(sg_table), bytes_.size() - sizeof(sg_table));
    const auto last =
        std::find_if(cells_.rbegin(), cells_.rend(), [](std::uint32_t cell) { return cell != 0; });
    const auto used =
        std::max<std::size_t>(static_cast<std::size_t>(cells_.rend() - last), head_.sinks);
    if (head_.sinks == 0 || head_.sinks > head_.cell_count || cells_[SG_STATE_DEAD] != 0) {
      return fail("its dead state is not dead");
    }
    return std::bit_ceil(used) == cells_.size() || fail("it has more cells than it needs");
  }

  // The classes of a table are those of the automaton plus one, numbered by their smallest symbol;
  // the two accesses, between the bytes and kUnseen, may have classes that no byte has.
  bool read_classes() {
    automaton::ByteClasses& classes = out_.dfa.classes;
    Class count = 0;
    for (Symbol byte = 0; byte < 256; ++byte) {
      if (head_.class_of[byte] == 0 || head_.class_of[byte] > count + 1) {
        return fail("its classes are not in order");
      }
      classes.of[byte] = static_cast<Class>(head_.class_of[byte] - 1);
      count = std::max(count, static_cast<Class>(head_.class_of[byte]));
    }
    constexpr Class kAccesses = 2;
    const std::uint32_t unseen = head_.unseen_class;
    if (unseen == 0 || unseen > SG_CLASSES_MAX || unseen > std::uint32_t{count} + kAccesses + 1) {
      return fail("its class of unseen values is out of range");
    }
    byte_classes_ = count;
    classes.of[automaton::kRead] = count;
    classes.of[automaton::kWrite] = static_cast<Class>(count + 1);
    const bool is_own = unseen > count;
    classes.of[automaton::kUnseen] =
        is_own ? static_cast<Class>(count + kAccesses) : static_cast<Class>(unseen - 1);
    classes.count = static_cast<Class>(count + kAccesses + (is_own ? 1 : 0));
    return true;
  }

  // The class of the automaton for one of a cell; nothing where no input has it.
  [[nodiscard]] std::optional<Class> class_of_cell(std::uint32_t cls) const {
    if (cls == head_.unseen_class) {
      return out_.dfa.classes.of[automaton::kUnseen];
    }
    return cls <= byte_classes_ ? std::optional(static_cast<Class>(cls - 1)) : std::nullopt;
  }

  bool read_rows() {
    std::map<std::uint32_t, Row> rows;  // by number
    const auto row = [&](std::uint32_t number) -> Row& {
      Row& found = rows[number];
      found.number = number;
      return found;
    };
    for (std::uint32_t index = 0; index < cells_.size(); ++index) {
      const std::uint32_t cls = cells_[index] & SG_CELL_CLASS_MASK;
      const std::uint32_t content = cells_[index] >> SG_CELL_CLASS_BITS;
      if (cls == 0) {
        if (index < head_.sinks || content != 0) {
          (void)row(index);
        }
        continue;
      }
      const std::optional<Class> on = class_of_cell(cls);
      if (!on || index < cls || index - cls < head_.sinks || content == SG_STATE_DEAD) {
        return fail("cell " + std::to_string(index) + " belongs to no row");
      }
      row(index - cls).edges.push_back({*on, content});
    }
    for (auto& [number, found] : rows) {
      if ((cells_[number] & SG_CELL_CLASS_MASK) != 0) {
        return fail("state " + std::to_string(number) + " has no label");
      }
      std::ranges::sort(found.edges, {}, &Dfa::Edge::on);
      state_of_.emplace(number, static_cast<Dfa::State>(rows_.size()));
      rows_.push_back(std::move(found));
    }
    return true;
  }

  // Every edge leads to a state, every state but the dead one is behind a start, and none that is a
  // sink has a row.
  bool find_reachable() {
    std::vector<bool> met(rows_.size());
    std::vector<std::uint32_t> todo = {head_.start[SG_ACCESS_READ], head_.start[SG_ACCESS_WRITE]};
    while (!todo.empty()) {
      const auto found = state_of_.find(todo.back());
      todo.pop_back();
      if (found == state_of_.end()) {
        return fail("a step leads to no state");
      }
      if (!met[found->second]) {
        met[found->second] = true;
        for (const Dfa::Edge& edge : rows_[found->second].edges) {
          todo.push_back(edge.to);
        }
      }
    }
    const std::size_t inputs = byte_classes_ + (head_.unseen_class > byte_classes_ ? 1u : 0u);
    for (std::size_t state = 0; state < rows_.size(); ++state) {
      const Row& row = rows_[state];
      const auto leads_back = [&](const Dfa::Edge& edge) { return edge.to == row.number; };
      if (!met[state] && row.number != SG_STATE_DEAD) {
        return fail("state " + std::to_string(row.number) + " is never reached");
      }
      if (row.edges.size() == inputs && std::ranges::all_of(row.edges, leads_back)) {
        return fail("state " + std::to_string(row.number) + " is a sink and not among them");
      }
    }
    return true;
  }

  bool read_labels() {
    std::map<std::pair<RuleNumber, Verdict>, RuleNumber> numbers = {
        {{automaton::kNoRule, Verdict::kDeny}, 0}};
    for (const Row& row : rows_) {
      const std::optional<Label> label = label_of(cells_[row.number] >> SG_CELL_CLASS_BITS);
      if (!label) {
        return fail("state " + std::to_string(row.number) + " has a label that means nothing");
      }
      numbers.emplace(std::pair(label->rule, label->verdict), 0);
    }
    for (auto& [label, number] : numbers) {
      number = static_cast<RuleNumber>(out_.labels.size());
      out_.labels.push_back({label.second, label.first});
    }
    for (const Row& row : rows_) {
      const Label label = *label_of(cells_[row.number] >> SG_CELL_CLASS_BITS);
      number_of_.push_back(numbers.at({label.rule, label.verdict}));
    }
    // 0 is "no rule, denied"; it sorts first, as rule 0 and the verdict with the lowest value.
    return out_.labels.front().rule == automaton::kNoRule || fail("it has no label for no rule");
  }

  // The states in the order of the table, then the start, whose edges are the accesses.
  void build() {
    Dfa& dfa = out_.dfa;
    for (std::size_t state = 1; state < rows_.size(); ++state) {
      std::vector<Dfa::Edge> edges = std::move(rows_[state].edges);
      for (Dfa::Edge& edge : edges) {
        edge.to = state_of_.at(edge.to);
      }
      if (rows_[state].number < head_.sinks) {
        edges = loop(static_cast<Dfa::State>(state));
      }
      (void)dfa.add_state(number_of_[state], edges);
    }
    std::vector<Dfa::Edge> accesses;
    for (const auto& [symbol, access] :
         {std::pair(automaton::kRead, SG_ACCESS_READ), {automaton::kWrite, SG_ACCESS_WRITE}}) {
      if (head_.start[access] != SG_STATE_DEAD) {
        accesses.push_back({dfa.classes.of[symbol], state_of_.at(head_.start[access])});
      }
    }
    dfa.start = dfa.add_state(automaton::kNoRule, accesses);
  }

  // What a sink's row would be: every input leads back.
  [[nodiscard]] std::vector<Dfa::Edge> loop(Dfa::State state) const {
    std::vector<Dfa::Edge> edges;
    for (Class cls = 0; cls < byte_classes_; ++cls) {
      edges.push_back({cls, state});
    }
    if (const Class unseen = out_.dfa.classes.of[automaton::kUnseen]; unseen >= byte_classes_) {
      edges.push_back({unseen, state});
    }
    return edges;
  }

  const std::span<const std::uint8_t> bytes_;
  Head head_;
  std::vector<std::uint32_t> cells_;
  Class byte_classes_ = 0;  // classes that bytes have
  std::vector<Row> rows_;   // in the order of their numbers: the dead state first
  std::map<std::uint32_t, Dfa::State> state_of_;  // by number
  std::vector<RuleNumber> number_of_;             // by state
  std::string why_;
  bool is_other_version_ = false;
  DecodedTable out_;
};

}  // namespace

Result<DecodedTable> decode_table(std::span<const std::uint8_t> table) {
  return Decoder(table).decode();
}

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
