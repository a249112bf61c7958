// SPDX-License-Identifier: Apache-2.0
// shortest_access.cpp - breadth first through the names, and backwards from the end through the
// values.
//
// Names and values have limits of their own, so the shortest word as a whole is not the answer.
// From the start, the length of the shortest name that leads to each state behind kEnd is found;
// from the states where a word may end, backwards, the length of the shortest value that leads
// there. The best sum of both wins. Inputs of one class are alike, so one byte stands for each
// class: the one people read best.
#include "compile/shortest_access.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <span>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "compile/held_for.h"
#include "compile/limits.h"
#include "sysctl/sysctl_name.h"

namespace sg::compile {
namespace {

using automaton::Class;
using automaton::Dfa;
using automaton::Symbol;

constexpr std::size_t kValueMax = SG_VALUE_SIZE - 1;
constexpr std::uint32_t kFar = UINT32_MAX;

enum class Bytes { kPrintable, kAny };
enum class Unseen { kNo, kYes };

// For each class the byte that stands for it; kNone where it has none that may.
using Representatives = std::vector<int>;
constexpr int kNone = -1;

// What people read best: letters in names, digits in values.
constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuvwxyz";

// Where a byte stands in `preferred`, all others behind.
std::size_t rank(int byte, std::string_view preferred) {
  const std::size_t place = preferred.find(static_cast<char>(byte));
  return place == std::string_view::npos ? preferred.size() + static_cast<std::size_t>(byte)
                                         : place;
}

// The first of `preferred` and then of all bytes that are permitted.
Representatives representatives(const Dfa& dfa, std::string_view preferred, Bytes bytes,
                                char first_printable) {
  Representatives result(dfa.classes.count, kNone);
  const auto offer = [&](int byte) {
    int& mine = result[dfa.classes.of[static_cast<std::size_t>(byte)]];
    mine = mine == kNone ? byte : mine;
  };
  for (const char c : preferred) {
    offer(static_cast<unsigned char>(c));
  }
  for (int byte = first_printable; byte <= 0x7e; ++byte) {
    if (byte != '/') {
      offer(byte);
    }
  }
  if (bytes == Bytes::kAny) {
    for (int byte = 1; byte <= 0xff; ++byte) {
      if (byte != '/') {
        offer(byte);
      }
    }
  }
  return result;
}

// The shortest names: states are those of the automaton, twice, as a component may end behind its
// first byte only.
class Names {
 public:
  Names(const Dfa& dfa, Bytes bytes)
      : dfa_(dfa),
        byte_of_(representatives(dfa, kLetters, bytes, '!')),
        came_from_(2 * dfa.state_count()),
        length_(2 * dfa.state_count(), kFar) {}

  // The state behind kEnd for each whole name, shortest names first.
  struct Whole {
    Dfa::State value_start;
    std::uint32_t node;
  };

  // `access` is kRead or one of kWrites.
  const std::vector<Whole>& find(Symbol access) {
    visit(node(dfa_.next(dfa_.start, access), /*begins=*/true), {0, 0}, 0);
    for (std::size_t i = 0; i < queue_.size(); ++i) {
      const std::uint32_t from = queue_[i];
      const Dfa::State state = from / 2;
      const bool begins = from % 2 != 0;
      if (!begins) {
        const Dfa::State behind = dfa_.next(state, automaton::kEnd);
        if (behind != Dfa::kDead) {
          whole_.push_back({behind, from});
        }
      }
      if (length_[from] == sysctl::kNameMax) {
        continue;
      }
      for (const Dfa::Edge& edge : by_rank(dfa_.edges_of(state))) {
        visit(node(edge.to, false), {from, static_cast<char>(byte_of_[edge.on])},
              length_[from] + 1);
      }
      const Dfa::State below = begins ? Dfa::kDead : dfa_.next(state, '/');
      if (below != Dfa::kDead) {
        visit(node(below, true), {from, '/'}, length_[from] + 1);
      }
    }
    return whole_;
  }

  [[nodiscard]] std::uint32_t length(std::uint32_t node) const { return length_[node]; }

  [[nodiscard]] std::string name(std::uint32_t node) const {
    std::string name;
    for (std::uint32_t at = node; length_[at] != 0; at = came_from_[at].node) {
      name += came_from_[at].byte;
    }
    std::ranges::reverse(name);
    return name;
  }

 private:
  struct Step {
    std::uint32_t node;
    char byte;
  };

  // The edges that a byte takes, those that are read best first.
  std::vector<Dfa::Edge> by_rank(std::span<const Dfa::Edge> edges) const {
    std::vector<Dfa::Edge> sorted;
    std::ranges::copy_if(edges, std::back_inserter(sorted),
                         [this](const Dfa::Edge& edge) { return byte_of_[edge.on] != kNone; });
    std::ranges::stable_sort(
        sorted, {}, [this](const Dfa::Edge& edge) { return rank(byte_of_[edge.on], kLetters); });
    return sorted;
  }

  static std::uint32_t node(Dfa::State state, bool begins) { return 2 * state + (begins ? 1 : 0); }

  void visit(std::uint32_t node, Step step, std::uint32_t length) {
    if (length_[node] == kFar && node / 2 != Dfa::kDead) {
      length_[node] = length;
      came_from_[node] = step;
      queue_.push_back(node);
    }
  }

  const Dfa& dfa_;
  const Representatives byte_of_;
  std::vector<Step> came_from_;
  std::vector<std::uint32_t> length_;
  std::vector<std::uint32_t> queue_;
  std::vector<Whole> whole_;
};

// For each state the length of the shortest value from there to the end of a word.
class ValueLengths {
 public:
  ValueLengths(const Dfa& dfa, Bytes bytes, Unseen unseen)
      : dfa_(dfa),
        byte_of_(representatives(dfa, kDigits, bytes, ' ')),
        unseen_(unseen),
        to_end_(dfa.state_count(), kFar) {
    if (byte_of_[dfa.classes.of['/']] == kNone) {
      byte_of_[dfa.classes.of['/']] = '/';  // a byte like any other here
    }
    find();
  }

  // Of a whole value, which has at least one byte, or cannot be seen. kFar: there is none.
  [[nodiscard]] std::uint32_t of_whole(Dfa::State start) const {
    std::uint32_t best = is_end_unseen(start) ? 1 : kFar;
    for (const Dfa::Edge& edge : dfa_.edges_of(start)) {
      if (byte_of_[edge.on] != kNone && to_end_[edge.to] < kValueMax) {
        best = std::min(best, to_end_[edge.to] + 1);
      }
    }
    return best;
  }

  // The value of that length.
  void take(Dfa::State start, ShownAccess& access) const {
    if (is_end_unseen(start)) {
      access.is_unseen = true;
      access.rule = dfa_.rule_of[dfa_.next(start, automaton::kUnseen)];
      return;
    }
    Dfa::State state = start;
    for (std::uint32_t left = of_whole(start); left-- > 0;) {
      int best = kNone;
      Dfa::State to = Dfa::kDead;
      for (const Dfa::Edge& edge : dfa_.edges_of(state)) {
        const bool is_way = byte_of_[edge.on] != kNone && to_end_[edge.to] == left;
        if (is_way && (best == kNone || rank(byte_of_[edge.on], kDigits) < rank(best, kDigits))) {
          best = byte_of_[edge.on];
          to = edge.to;
        }
      }
      access.value += static_cast<char>(best);
      state = to;
    }
    access.rule = dfa_.rule_of[state];
  }

 private:
  [[nodiscard]] bool is_end_unseen(Dfa::State start) const {
    return unseen_ == Unseen::kYes &&
           dfa_.rule_of[dfa_.next(start, automaton::kUnseen)] != automaton::kNoRule;
  }

  void find() {
    const automaton::ReverseEdges into(dfa_);
    std::vector<Dfa::State> queue;
    for (Dfa::State state = 1; state < dfa_.state_count(); ++state) {
      if (dfa_.rule_of[state] != automaton::kNoRule) {
        to_end_[state] = 0;
        queue.push_back(state);
      }
    }
    for (std::size_t i = 0; i < queue.size(); ++i) {
      for (const Dfa::Edge& edge : into.of(queue[i])) {
        // An edge that no byte takes is no way: kEnd in a name, the access.
        if (byte_of_[edge.on] != kNone && to_end_[edge.to] == kFar) {
          to_end_[edge.to] = to_end_[queue[i]] + 1;
          queue.push_back(edge.to);
        }
      }
    }
  }

  const Dfa& dfa_;
  Representatives byte_of_;
  const Unseen unseen_;
  std::vector<std::uint32_t> to_end_;
};

std::size_t size_of(const ShownAccess& access) { return access.name.size() + access.value.size(); }

// Kinds of writes that begin in one state.
using Kinds = std::vector<Symbol>;

// The shortest write of these kinds.
std::optional<ShownAccess> search_writes(const Dfa& dfa, Bytes bytes, Unseen unseen,
                                         const Kinds& kinds) {
  // The last kind of all, and the only one that a value which cannot be seen is.
  const bool has_unknown = kinds.back() == automaton::kWriteUnknown;
  Names names(dfa, bytes);
  const ValueLengths values(dfa, bytes, has_unknown ? unseen : Unseen::kNo);
  std::uint32_t best = kFar;
  Names::Whole chosen{};
  for (const Names::Whole& whole : names.find(kinds.front())) {
    const std::uint32_t value_length = values.of_whole(whole.value_start);
    if (value_length != kFar && names.length(whole.node) + value_length < best) {
      best = names.length(whole.node) + value_length;
      chosen = whole;
    }
  }
  if (best == kFar) {
    return std::nullopt;
  }
  ShownAccess access;
  access.name = names.name(chosen.node);
  values.take(chosen.value_start, access);
  return access;
}

// Whether every kind of write to that name with that value is in the set.
bool is_for_any_current(const Dfa& dfa, const ShownAccess& access) {
  return access.is_unseen || std::ranges::all_of(automaton::kWrites, [&](Symbol write) {
           ShownAccess other = access;
           other.symbol = write;
           return rule_for(dfa, other) != automaton::kNoRule;
         });
}

// Says for which of the kinds the access is shown, where it is not for all there are. False where
// it can be of none of them.
bool choose_kind(const Dfa& dfa, const Kinds& kinds, ShownAccess& access) {
  if (is_for_any_current(dfa, access)) {
    return true;
  }
  for (const Symbol kind : kinds) {
    access.symbol = kind;
    access.current = held_for(kind, access.value);
    if (access.current) {
      return true;
    }
  }
  return false;
}

// The kinds of writes by the state that they begin in, in the order of kWrites.
std::vector<Kinds> kinds_of_writes(const Dfa& dfa) {
  std::vector<Kinds> all;
  for (const Symbol write : automaton::kWrites) {
    const auto found = std::ranges::find_if(all, [&](const Kinds& kinds) {
      return dfa.next(dfa.start, kinds.front()) == dfa.next(dfa.start, write);
    });
    if (found == all.end()) {
      all.push_back({write});
    } else {
      found->push_back(write);
    }
  }
  return all;
}

// The shortest of all kinds of writes. A value that is no number can only be of the last kind, which
// has every such value that another one has.
std::optional<ShownAccess> search(const Dfa& dfa, Bytes bytes, Unseen unseen) {
  std::optional<ShownAccess> best;
  for (const Kinds& kinds : kinds_of_writes(dfa)) {
    std::optional<ShownAccess> found = search_writes(dfa, bytes, unseen, kinds);
    if (found && choose_kind(dfa, kinds, *found) && (!best || size_of(*found) < size_of(*best))) {
      best = std::move(found);
    }
  }
  return best;
}

// A read ends with its name.
std::optional<ShownAccess> search_read(const Dfa& dfa, Bytes bytes) {
  Names names(dfa, bytes);
  for (const Names::Whole& whole : names.find(automaton::kRead)) {
    if (dfa.rule_of[whole.value_start] != automaton::kNoRule) {
      ShownAccess access;
      access.write = false;
      access.symbol = automaton::kRead;
      access.name = names.name(whole.node);
      access.rule = dfa.rule_of[whole.value_start];
      return access;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<ShownAccess> shortest_access(const Dfa& dfa) {
  std::optional<ShownAccess> found = search(dfa, Bytes::kPrintable, Unseen::kNo);
  if (!found) {
    found = search(dfa, Bytes::kPrintable, Unseen::kYes);
  }
  return found ? found : search(dfa, Bytes::kAny, Unseen::kYes);
}

std::optional<ShownAccess> shortest_read(const Dfa& dfa) {
  const std::optional<ShownAccess> found = search_read(dfa, Bytes::kPrintable);
  return found ? found : search_read(dfa, Bytes::kAny);
}

automaton::RuleNumber rule_for(const Dfa& dfa, const ShownAccess& access) {
  Dfa::State state = dfa.next(dfa.next(dfa.start, access.symbol), access.name);
  state = dfa.next(dfa.next(state, automaton::kEnd), access.value);
  return dfa.rule_of[access.is_unseen ? dfa.next(state, automaton::kUnseen) : state];
}

std::string where_it_holds(const ShownAccess& access) {
  if (!access.current) {
    return "";
  }
  return access.current->empty() ? " where the sysctl holds no single number"
                                 : " where the sysctl holds " + *access.current;
}

std::string describe(const ShownAccess& access) {
  constexpr std::size_t kShownMax = 160;
  const std::string shown = escape_unprintable(sysctl::to_dot_form(access.name), kShownMax);
  if (!access.write) {
    return shown;
  }
  if (access.is_unseen) {
    return shown + " with a value that cannot be judged (over " + std::to_string(kValueMax) +
           " bytes, or not at file position 0)";
  }
  return shown + "=" + escape_unprintable(access.value, kShownMax) + where_it_holds(access);
}

}  // namespace sg::compile
