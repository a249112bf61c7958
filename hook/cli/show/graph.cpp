// SPDX-License-Identifier: Apache-2.0
// graph.cpp - edges by where they lead, straight runs joined, nodes with the verdict of their rule.
//
// What is printed is made of bytes that a policy names, which can be any: those that are not plain
// stand as hexadecimal numbers, so that neither Graphviz nor a terminal takes them for something
// else.
#include "cli/show/graph.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <span>

#include "automaton/dfa.h"
#include "base/text.h"
#include "policy/verdict.h"

namespace sg::cli {
namespace {

using automaton::Dfa;
using automaton::Symbol;

// All symbols that lead from one state to one other.
struct Arrow {
  Dfa::State to = Dfa::kDead;
  std::vector<Symbol> on;
};
using Arrows = std::vector<Arrow>;

bool is_plain(Symbol symbol) {
  return symbol < 256 && is_printable(static_cast<char>(symbol)) && symbol != '\'' &&
         symbol != '\\';
}

std::string symbol_text(Symbol symbol) {
  switch (symbol) {
    case automaton::kEnd:
      return "end";
    case automaton::kRead:
      return "read";
    case automaton::kWriteBelow:
      return "write-below";
    case automaton::kWriteSame:
      return "write-same";
    case automaton::kWriteAbove:
      return "write-above";
    case automaton::kWriteUnknown:
      return "write-unknown";
    case automaton::kUnseen:
      return "unseen";
    default:
      break;
  }
  if (is_plain(symbol)) {
    return std::string("'") + static_cast<char>(symbol) + "'";
  }
  std::array<char, 8> hex{};
  (void)std::snprintf(hex.data(), hex.size(), "0x%02x", static_cast<unsigned>(symbol));
  return hex.data();
}

// The arrows of a state but those to the dead one, in the order of their first symbols. Only the
// start reads which access it is, and it reads nothing else.
Arrows arrows_of(const Dfa& dfa, Dfa::State state) {
  Arrows arrows;
  for (Symbol symbol = 0; symbol < automaton::kSymbolCount; ++symbol) {
    const bool is_access = symbol == automaton::kRead || automaton::is_write(symbol);
    const Dfa::State to = dfa.next(state, symbol);
    if (is_access != (state == dfa.start) || to == Dfa::kDead) {
      continue;
    }
    auto arrow = std::ranges::find(arrows, to, &Arrow::to);
    if (arrow == arrows.end()) {
      arrow = arrows.insert(arrow, {to, {}});
    }
    arrow->on.push_back(symbol);
  }
  return arrows;
}

std::string arrow_text(const Arrow& arrow) {
  const std::string text = symbols_text(arrow.on);
  const bool is_one = arrow.on.size() == 1 || text == "write";
  return is_one ? text : "[" + text + "]";
}

// One after the other: 'a' and 'b' become 'ab'.
void append_step(std::string& steps, const std::string& step) {
  if (steps.ends_with('\'') && step.starts_with('\'')) {
    steps.pop_back();
    steps += step.substr(1);
  } else {
    steps += (steps.empty() ? "" : " ") + step;
  }
}

class Graph {
 public:
  explicit Graph(const compile::DecodedTable& table)
      : table_(table), ways_in_(table.dfa.state_count()) {
    for (Dfa::State state = 0; state < table.dfa.state_count(); ++state) {
      arrows_.push_back(arrows_of(table.dfa, state));
      for (const Arrow& arrow : arrows_.back()) {
        ++ways_in_[arrow.to];
      }
    }
  }

  [[nodiscard]] std::string nodes() const {
    std::string out;
    for (Dfa::State state = 1; state < arrows_.size(); ++state) {
      if (is_passed_through(state)) {
        continue;
      }
      const std::string name = "  s" + std::to_string(state);
      const compile::Label& label = table_.labels[table_.dfa.rule_of[state]];
      if (state == table_.dfa.start) {
        out += name + " [shape=circle, label=\"access\"];\n";
      } else if (label.rule == automaton::kNoRule) {
        out += name + " [shape=point];\n";
      } else {
        out += name + " [shape=box, label=" +
               dot_quote(std::string(policy::verdict_name(label.verdict)) + " " +
                         std::to_string(label.rule)) +
               "];\n";
      }
    }
    return out;
  }

  [[nodiscard]] std::string edges() const {
    std::string out;
    for (Dfa::State state = 1; state < arrows_.size(); ++state) {
      if (is_passed_through(state) || is_final(state)) {
        continue;
      }
      for (const Arrow& first : arrows_[state]) {
        std::string steps = arrow_text(first);
        Dfa::State to = first.to;
        while (is_passed_through(to)) {
          append_step(steps, arrow_text(arrows_[to].front()));
          to = arrows_[to].front().to;
        }
        out += "  s" + std::to_string(state) + " -> s" + std::to_string(to) +
               " [label=" + dot_quote(steps) + "];\n";
      }
    }
    return out;
  }

 private:
  // One way in, one way out, and no verdict of its own.
  [[nodiscard]] bool is_passed_through(Dfa::State state) const {
    return state != table_.dfa.start && table_.dfa.rule_of[state] == automaton::kNoRule &&
           ways_in_[state] == 1 && arrows_[state].size() == 1 && arrows_[state].front().to != state;
  }

  // Whatever follows, the verdict stays: the arrow to itself says nothing.
  [[nodiscard]] bool is_final(Dfa::State state) const {
    constexpr std::size_t kAll =
        automaton::kSymbolCount - 1 - automaton::kWrites.size();  // but for the accesses
    return arrows_[state].size() == 1 && arrows_[state].front().to == state &&
           arrows_[state].front().on.size() == kAll;
  }

  const compile::DecodedTable& table_;
  std::vector<Arrows> arrows_;
  std::vector<std::size_t> ways_in_;
};

}  // namespace

std::string symbols_text(const std::vector<Symbol>& symbols) {
  std::string out;
  for (std::size_t i = 0; i < symbols.size();) {
    std::size_t last = i;
    const std::size_t left = symbols.size() - i;
    if (symbols[i] == automaton::kWriteBelow && left >= automaton::kWrites.size() &&
        std::ranges::equal(automaton::kWrites,
                           std::span(symbols).subspan(i, automaton::kWrites.size()))) {
      out += std::string(out.empty() ? "" : " ") + "write";
      i += automaton::kWrites.size();
      continue;
    }
    // A range is of bytes of one kind: plain ones as characters, others as numbers.
    while (last + 1 < symbols.size() && symbols[last + 1] == symbols[last] + 1 && symbols[i] != 0 &&
           symbols[last + 1] < 256 && is_plain(symbols[last + 1]) == is_plain(symbols[i])) {
      ++last;
    }
    out += (out.empty() ? "" : " ") + symbol_text(symbols[i]);
    if (last > i) {
      out += "-" + symbol_text(symbols[last]);
    }
    i = last + 1;
  }
  return out;
}

std::string dot_quote(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
    }
    out += c;
  }
  return out + "\"";
}

std::string render_graph(const compile::DecodedTable& table, const std::string& title) {
  const Graph graph(table);
  return "digraph policy {\n  rankdir=LR;\n  label=" + dot_quote(escape(title, SIZE_MAX)) +
         ";\n  node [fontname=\"monospace\"];\n  edge [fontname=\"monospace\"];\n" + graph.nodes() +
         graph.edges() + "}\n";
}

}  // namespace sg::cli
