// SPDX-License-Identifier: Apache-2.0
// encode.cpp - packs the rows of a sparse automaton over each other (row displacement).
//
// A row is a state's label cell and one cell for each edge, at the distance of the edge's class.
// Most states have one edge, so rows slide into each other's gaps: each row takes the first place
// where none of its cells collides, full rows first, since they are the hard ones to place. Cells
// carry the class they were written for, which is how a reader tells a foreign cell from its own.
//
// Sinks come first, one label cell each, so that `state < sinks` is the test for "decided".
//
// What a value is beside the current one comes last in a table: a state with cells for that has
// SG_LABEL_CURRENT as its label.
#include "compile/encode.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <tuple>

#include "automaton/relation_last.h"
#include "base/check.h"
#include "compile/limits.h"
#include "table_abi.h"

namespace sg::compile {
namespace {

using automaton::Class;
using automaton::Dfa;
using automaton::Symbol;
using policy::Verdict;

// The cells of one row as bits: bit 0 for the label, bit c for class c; SG_CLASSES_MAX + 1 bits.
constexpr std::size_t kRowWords = 4;
using RowBits = std::array<std::uint64_t, kRowWords>;

// A row is appended at the end once this many places were tried: packing stays linear in the number
// of states. Measured, 256 tries made no table smaller.
constexpr int kTriesMax = 32;

class Packer {
 public:
  explicit Packer(std::size_t taken) { reserve_cells(taken); }

  // The first place where the row fits; for a row like the last one, behind that one.
  std::uint32_t place(const RowBits& row) {
    std::uint32_t base = row == last_row_ ? next_free(last_base_ + 1) : first_free();
    for (int tries = 0; !fits(row, base); ++tries) {
      base = tries < kTriesMax ? next_free(base + 1) : std::max(base + 1, end_);
    }
    put(row, base);
    last_row_ = row;
    last_base_ = base;
    return base;
  }

  [[nodiscard]] std::uint32_t end() const { return end_; }

 private:
  void reserve_cells(std::size_t taken) {
    used_.assign(taken / 64 + 2 + kRowWords, 0);
    for (std::size_t cell = 0; cell < taken; ++cell) {
      used_[cell / 64] |= std::uint64_t{1} << (cell % 64);
    }
    end_ = static_cast<std::uint32_t>(taken);
  }

  std::uint32_t first_free() {
    while (used_[first_word_] == ~std::uint64_t{0}) {
      ++first_word_;
      grow(first_word_);
    }
    return static_cast<std::uint32_t>(first_word_ * 64) +
           static_cast<std::uint32_t>(std::countr_one(used_[first_word_]));
  }

  std::uint32_t next_free(std::uint32_t cell) {
    std::size_t word = cell / 64;
    grow(word);
    std::uint64_t free = ~used_[word] & (~std::uint64_t{0} << (cell % 64));
    while (free == 0) {
      grow(++word);
      free = ~used_[word];
    }
    return static_cast<std::uint32_t>(word * 64) +
           static_cast<std::uint32_t>(std::countr_zero(free));
  }

  void grow(std::size_t word) {
    if (word + kRowWords + 1 >= used_.size()) {
      used_.resize(std::max(used_.size() * 2, word + kRowWords + 2));
    }
  }

  bool fits(const RowBits& row, std::uint32_t base) {
    const std::size_t word = base / 64;
    const unsigned shift = base % 64;
    grow(word);
    for (std::size_t i = 0; i < kRowWords; ++i) {
      std::uint64_t window = used_[word + i] >> shift;
      if (shift != 0) {
        window |= used_[word + i + 1] << (64 - shift);
      }
      if ((window & row[i]) != 0) {
        return false;
      }
    }
    return true;
  }

  void put(const RowBits& row, std::uint32_t base) {
    const std::size_t word = base / 64;
    const unsigned shift = base % 64;
    for (std::size_t i = 0; i < kRowWords; ++i) {
      used_[word + i] |= row[i] << shift;
      if (shift != 0) {
        used_[word + i + 1] |= row[i] >> (64 - shift);
      }
      if (row[i] != 0) {
        const auto last = static_cast<std::uint32_t>(
            i * 64 + 63u - static_cast<unsigned>(std::countl_zero(row[i])));
        end_ = std::max(end_, base + last + 1);
      }
    }
  }

  std::vector<std::uint64_t> used_;
  std::size_t first_word_ = 0;
  std::uint32_t end_ = 0;
  RowBits last_row_{};
  std::uint32_t last_base_ = 0;
};

std::uint32_t label_of(const Label& label) {
  const std::uint32_t rule = label.rule << SG_LABEL_RULE_SHIFT;
  switch (label.verdict) {
    case Verdict::kAllow:
      return rule | SG_LABEL_ALLOW;
    case Verdict::kWouldDeny:
      return rule | SG_LABEL_ALLOW | SG_LABEL_WOULD_DENY;
    case Verdict::kDeny:
      break;
  }
  return rule;
}

// Which part of a word the symbols of a class stand in.
enum class Part : std::uint8_t {
  kAccess,    // the first symbol of a word alone: no row is read for it
  kInput,     // of names or values
  kRelation,  // what a value is beside the current one
};

std::vector<Part> parts_of_classes(const Dfa& dfa, bool has_conditions) {
  std::vector<Part> parts(dfa.classes.count);
  for (std::size_t i = 0; has_conditions && i < automaton::kWrites.size(); ++i) {
    parts[dfa.classes.of[automaton::kWrites[i]]] = Part::kRelation;
  }
  for (Symbol byte = 0; byte < 256; ++byte) {
    parts[dfa.classes.of[byte]] = Part::kInput;
  }
  parts[dfa.classes.of[automaton::kUnseen]] = Part::kInput;
  return parts;
}

class Encoder {
 public:
  Encoder(const automaton::RelationLast& last, const std::vector<Label>& labels)
      : dfa_(last.dfa),
        has_conditions_(last.has_conditions),
        labels_(labels),
        part_of_(parts_of_classes(last.dfa, last.has_conditions)),
        input_count_(static_cast<std::size_t>(std::ranges::count(part_of_, Part::kInput))),
        base_(last.dfa.state_count()) {}

  std::optional<std::vector<std::uint8_t>> encode() {
    if (std::size_t{dfa_.classes.count} > SG_CLASSES_MAX) {
      return std::nullopt;
    }
    place_states();
    if (cell_count_ > SG_CELLS_MAX) {
      return std::nullopt;
    }
    write_cells();
    return to_bytes();
  }

 private:
  [[nodiscard]] bool needs_current(Dfa::State state) const {
    return has_conditions_ && state != dfa_.start &&
           std::ranges::any_of(dfa_.edges_of(state), [this](const Dfa::Edge& edge) {
             return part_of_[edge.on] == Part::kRelation;
           });
  }

  // Whether the row has a cell for the edge.
  [[nodiscard]] bool is_in_row(const Dfa::Edge& edge) const {
    return part_of_[edge.on] != Part::kAccess;
  }

  // No way out: every input leads back to it.
  [[nodiscard]] bool is_sink(Dfa::State state) const {
    std::size_t back = 0;
    for (const Dfa::Edge& edge : dfa_.edges_of(state)) {
      if (is_in_row(edge)) {
        if (edge.to != state) {
          return false;
        }
        ++back;
      }
    }
    return back == input_count_ || state == Dfa::kDead;
  }

  [[nodiscard]] RowBits row_bits(Dfa::State state) const {
    RowBits bits{};
    bits[0] = 1;
    for (const Dfa::Edge& edge : dfa_.edges_of(state)) {
      if (is_in_row(edge)) {
        const unsigned cls = edge.on + 1u;
        bits[cls / 64] |= std::uint64_t{1} << (cls % 64);
      }
    }
    return bits;
  }

  // A state that is no sink, with its row.
  struct Row {
    std::size_t width = 0;
    RowBits bits{};
    Dfa::State state = 0;
  };

  // The states that are no sinks, like rows in a row, full ones first. Most have one edge: by its
  // class is their order, and behind the others they come.
  std::vector<Row> rows_to_place() {
    std::vector<Row> rows;
    std::vector<std::vector<Dfa::State>> with_one(dfa_.classes.count);
    for (Dfa::State state = 0; state < dfa_.state_count(); ++state) {
      const std::span<const Dfa::Edge> edges = dfa_.edges_of(state);
      if (is_sink(state)) {
        base_[state] = sinks_++;
      } else if (state != dfa_.start && edges.size() == 1 && is_in_row(edges[0])) {
        with_one[edges[0].on].push_back(state);
      } else if (state != dfa_.start) {
        rows.push_back({edges.size(), row_bits(state), state});
      }
    }
    std::ranges::sort(rows, [](const Row& a, const Row& b) {
      return std::tie(b.width, b.bits, a.state) < std::tie(a.width, a.bits, b.state);
    });
    for (const std::vector<Dfa::State>& states : with_one) {
      for (const Dfa::State state : states) {
        rows.push_back({1, row_bits(state), state});
      }
    }
    return rows;
  }

  void place_states() {
    const std::vector<Row> rows = rows_to_place();
    Packer packer(sinks_);
    for (const Row& row : rows) {
      base_[row.state] = packer.place(row.bits);
      if (packer.end() > SG_CELLS_MAX) {
        break;
      }
    }
    cell_count_ = std::bit_ceil(packer.end());
  }

  void write_cells() {
    cells_.assign(cell_count_, 0);
    for (Dfa::State state = 0; state < dfa_.state_count(); ++state) {
      const std::uint32_t label =
          needs_current(state) ? SG_LABEL_CURRENT : label_of(labels_[dfa_.rule_of[state]]);
      if (state == dfa_.start && state != Dfa::kDead) {
        continue;  // its edges are start[]
      }
      cells_[base_[state]] = label << SG_CELL_CLASS_BITS;
      if (base_[state] < sinks_) {
        continue;
      }
      for (const Dfa::Edge& edge : dfa_.edges_of(state)) {
        if (is_in_row(edge)) {
          const std::uint32_t cls = edge.on + 1u;
          cells_[base_[state] + cls] = (base_[edge.to] << SG_CELL_CLASS_BITS) | cls;
        }
      }
    }
  }

  [[nodiscard]] std::vector<std::uint8_t> to_bytes() const {
    sg_table head{};
    head.version = SG_TABLE_VERSION;
    head.cell_count = cell_count_;
    head.start[SG_ACCESS_READ] = base_[dfa_.next(dfa_.start, automaton::kRead)];
    head.start[SG_ACCESS_WRITE] = base_[dfa_.next(dfa_.start, automaton::kWriteUnknown)];
    for (std::size_t relation = 0; has_conditions_ && relation < SG_RELATIONS; ++relation) {
      head.relation_class[relation] = dfa_.classes.of[automaton::kWrites[relation]] + 1u;
    }
    head.sinks = sinks_;
    head.unseen_class = dfa_.classes.of[automaton::kUnseen] + 1u;
    for (Symbol byte = 0; byte < 256; ++byte) {
      head.class_of[byte] = static_cast<std::uint8_t>(dfa_.classes.of[byte] + 1u);
    }
    std::vector<std::uint8_t> bytes(sizeof head + cells_.size() * sizeof cells_[0]);
    std::memcpy(bytes.data(), &head, sizeof head);
    std::memcpy(bytes.data() + sizeof head, cells_.data(), cells_.size() * sizeof cells_[0]);
    return bytes;
  }

  const Dfa& dfa_;
  const bool has_conditions_;
  const std::vector<Label>& labels_;
  const std::vector<Part> part_of_;  // by class
  const std::size_t input_count_;
  std::vector<std::uint32_t> base_;  // by state: its number in the table
  std::uint32_t sinks_ = 0;
  std::uint32_t cell_count_ = 0;
  std::vector<std::uint32_t> cells_;
};

}  // namespace

std::optional<std::vector<std::uint8_t>> encode(const Dfa& dfa, const std::vector<Label>& labels) {
  SG_CHECK(!labels.empty() && labels[0].verdict == Verdict::kDeny &&
           labels[0].rule == automaton::kNoRule);
  const std::optional<automaton::RelationLast> last =
      automaton::relation_last(dfa, kProductBudget.states);
  return last ? Encoder(*last, labels).encode() : std::nullopt;
}

}  // namespace sg::compile
