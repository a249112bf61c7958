// SPDX-License-Identifier: Apache-2.0
// decode_table.cpp - one pass over the cells: each says of which class it is, and so whose row it
// belongs to.
//
// A cell of class c at index i belongs to the state i - c. Cells of class 0 are labels. So the
// states are the sinks, the owners of cells, and the places of labels; and since an encoder writes
// nothing else, each of them must be reached from a start.
//
// What a value is beside the current one comes last in a table and first in an automaton: where a
// table has such cells, each write gets a copy of all states in which that is known.
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

#include "automaton/minimize.h"
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
  // The state by what the value is beside the current one; the dead one where that has no cell.
  std::array<std::uint32_t, SG_RELATIONS> behind_relation{};
  bool needs_current = false;
};

// The head of a table, which has its cells behind it and so is no member of anything.
struct Head {
  std::uint32_t cell_count = 0;
  std::array<std::uint32_t, 2> start{};
  std::uint32_t sinks = 0;
  std::uint32_t unseen_class = 0;
  std::array<std::uint32_t, SG_RELATIONS> relation_class{};
  std::array<std::uint8_t, 256> class_of{};

  [[nodiscard]] bool has_conditions() const { return relation_class[0] != 0; }
};

std::optional<Label> label_of(std::uint32_t content) {
  Label label{.verdict = Verdict::kDeny, .rule = content >> SG_LABEL_RULE_SHIFT};
  const std::uint32_t verdict = content & (SG_LABEL_ALLOW | SG_LABEL_WOULD_DENY);
  if (verdict == SG_LABEL_WOULD_DENY || (content & SG_LABEL_CURRENT) != 0 ||
      label.rule > SG_RULES_MAX) {
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
    head_.cell_count = head.cell_count;
    head_.sinks = head.sinks;
    head_.unseen_class = head.unseen_class;
    std::ranges::copy(head.start, head_.start.begin());
    std::ranges::copy(head.relation_class, head_.relation_class.begin());
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
  // the accesses, between the bytes and kUnseen, may have classes that no byte has.
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
    byte_classes_ = count;
    classes.of[automaton::kRead] = count++;
    for (const Symbol write : automaton::kWrites) {
      classes.of[write] = write == automaton::kWriteBelow || head_.has_conditions()
                              ? count++
                              : static_cast<Class>(count - 1);
    }
    const bool is_own = head_.unseen_class > byte_classes_;
    classes.of[automaton::kUnseen] = is_own ? count++ : static_cast<Class>(head_.unseen_class - 1);
    classes.count = count;
    return check_classes_of_accesses();
  }

  bool check_classes_of_accesses() {
    const std::uint32_t most = byte_classes_ + 1u + SG_RELATIONS;  // of what is no byte, but one
    if (head_.unseen_class == 0 || head_.unseen_class > std::min(most + 1, SG_CLASSES_MAX)) {
      return fail("its class of unseen values is out of range");
    }
    for (std::size_t relation = 0; relation < SG_RELATIONS; ++relation) {
      const std::uint32_t cls = head_.relation_class[relation];
      const bool follows = relation == 0 || cls == head_.relation_class[relation - 1] + 1;
      if (head_.has_conditions()
              ? cls <= byte_classes_ || cls > most || !follows || cls == head_.unseen_class
              : cls != 0) {
        return fail("its classes of what is there are out of range");
      }
    }
    return true;
  }

  // The class of the automaton for one of a cell; nothing where no input has it.
  [[nodiscard]] std::optional<Class> class_of_cell(std::uint32_t cls) const {
    if (cls == head_.unseen_class) {
      return out_.dfa.classes.of[automaton::kUnseen];
    }
    return cls <= byte_classes_ ? std::optional(static_cast<Class>(cls - 1)) : std::nullopt;
  }

  // Which of SG_RELATION_* a class of a cell is; nothing where it is none.
  [[nodiscard]] std::optional<std::size_t> relation_of_cell(std::uint32_t cls) const {
    const auto found = std::ranges::find(head_.relation_class, cls);
    return found != head_.relation_class.end()
               ? std::optional(static_cast<std::size_t>(found - head_.relation_class.begin()))
               : std::nullopt;
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
      const std::optional<std::size_t> relation = relation_of_cell(cls);
      const std::optional<Class> on = relation ? Class{0} : class_of_cell(cls);
      if (!on || index < cls || index - cls < head_.sinks || content == SG_STATE_DEAD) {
        return fail("cell " + std::to_string(index) + " belongs to no row");
      }
      if (relation) {
        row(index - cls).behind_relation[*relation] = content;
        row(index - cls).needs_current = true;
      } else {
        row(index - cls).edges.push_back({*on, content});
      }
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
        const Row& row = rows_[found->second];
        for (const Dfa::Edge& edge : row.edges) {
          todo.push_back(edge.to);
        }
        if (row.needs_current) {
          todo.insert(todo.end(), row.behind_relation.begin(), row.behind_relation.end());
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
      if (!row.needs_current && row.edges.size() == inputs &&
          std::ranges::all_of(row.edges, leads_back)) {
        return fail("state " + std::to_string(row.number) + " is a sink and not among them");
      }
    }
    return true;
  }

  // Nothing where the content means nothing, or is not what the row's cells make it.
  [[nodiscard]] std::optional<Label> label_of_row(const Row& row) const {
    const std::uint32_t content = cells_[row.number] >> SG_CELL_CLASS_BITS;
    if (row.needs_current) {
      return content == SG_LABEL_CURRENT ? std::optional(Label{}) : std::nullopt;
    }
    return label_of(content);
  }

  bool read_labels() {
    std::map<std::pair<RuleNumber, Verdict>, RuleNumber> numbers = {
        {{automaton::kNoRule, Verdict::kDeny}, 0}};
    for (const Row& row : rows_) {
      const std::optional<Label> label = label_of_row(row);
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
      const Label label = *label_of_row(row);
      number_of_.push_back(numbers.at({label.rule, label.verdict}));
    }
    for (const Row& row : rows_) {
      for (const std::uint32_t behind : row.behind_relation) {
        if (row.needs_current && rows_[state_of_.at(behind)].needs_current) {
          return fail("state " + std::to_string(row.number) + " asks twice what is there");
        }
      }
    }
    // 0 is "no rule, denied"; it sorts first, as rule 0 and the verdict with the lowest value.
    return out_.labels.front().rule == automaton::kNoRule || fail("it has no label for no rule");
  }

  // The states in the order of the table, for each relation if one of them asks for it; then the
  // start, whose edges are the accesses.
  void build() {
    Dfa& dfa = out_.dfa;
    const std::size_t copies = head_.has_conditions() ? SG_RELATIONS : 1;
    for (std::size_t copy = 0; copy < copies; ++copy) {
      add_states(copy);
    }
    std::vector<Dfa::Edge> accesses;
    add_access(accesses, automaton::kRead, SG_ACCESS_READ, 0);
    for (std::size_t copy = 0; copy < copies; ++copy) {
      add_access(accesses, automaton::kWrites[copy], SG_ACCESS_WRITE, copy);
    }
    dfa.start = dfa.add_state(automaton::kNoRule, accesses);
    if (head_.has_conditions()) {
      dfa = automaton::minimize(dfa);
    }
  }

  // The state of the automaton; the dead one is in no copy.
  [[nodiscard]] Dfa::State state_in(std::uint32_t number, std::size_t copy) const {
    const Dfa::State state = state_of_.at(number);
    return state == Dfa::kDead ? Dfa::kDead
                               : state + static_cast<Dfa::State>(copy * (rows_.size() - 1));
  }

  void add_access(std::vector<Dfa::Edge>& accesses, Symbol symbol, std::size_t access,
                  std::size_t copy) const {
    if (head_.start[access] != SG_STATE_DEAD) {
      accesses.push_back({out_.dfa.classes.of[symbol], state_in(head_.start[access], copy)});
    }
  }

  void add_states(std::size_t copy) {
    for (std::size_t state = 1; state < rows_.size(); ++state) {
      const Row& row = rows_[state];
      std::vector<Dfa::Edge> edges = row.edges;
      for (Dfa::Edge& edge : edges) {
        edge.to = state_in(edge.to, copy);
      }
      if (row.number < head_.sinks) {
        edges = loop(state_in(row.number, copy));
      }
      const std::size_t decides =
          row.needs_current ? state_of_.at(row.behind_relation[copy]) : state;
      (void)out_.dfa.add_state(number_of_[decides], edges);
    }
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

}  // namespace sg::compile
