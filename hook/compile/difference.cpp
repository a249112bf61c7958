// SPDX-License-Identifier: Apache-2.0
// difference.cpp - what one table has at a verdict and the other below it, by set operations.
//
// Example after example is taken out of the set, each time with all that its rule decides there.
// What the other table says about an example is asked of that table's bytes.
#include "compile/difference.h"

#include <string>
#include <utility>

#include "automaton/set_algebra.h"
#include "compile/decide.h"
#include "compile/decode_table.h"
#include "compile/limits.h"

namespace sg::compile {
namespace {

using automaton::Dfa;
using automaton::RuleNumber;
using policy::Verdict;

struct Side {
  std::span<const std::uint8_t> table;
  DecodedTable decoded;
};

int rank(Verdict verdict) {
  switch (verdict) {
    case Verdict::kDeny:
      return 0;
    case Verdict::kWouldDeny:
      return 1;
    case Verdict::kAllow:
      return 2;
  }
  return 0;
}

// The accesses whose verdict `keep` holds for.
template <typename Keep>
Dfa accesses_where(const DecodedTable& table, Keep keep) {
  std::vector<RuleNumber> numbers;
  for (RuleNumber number = 0; number < table.labels.size(); ++number) {
    numbers.push_back(number != automaton::kNoRule && keep(table.labels[number].verdict)
                          ? number
                          : automaton::kNoRule);
  }
  return automaton::relabel(table.dfa, numbers);
}

// What `side` says about a shown access. A value that cannot be seen is stood for by an empty one.
Label label_in(const Side& side, const ShownAccess& access) {
  const Decision decision = decide(side.table, {.write = access.write,
                                                .name = access.name,
                                                .value = access.is_unseen ? "" : access.value,
                                                .at_position_zero = !access.is_unseen,
                                                .current = access.current});
  return {decision.verdict, decision.rule};
}

// Up to kExamplesMax of `set`, whose rule numbers are those of `in`. True where there are more.
template <typename Shortest>
bool take_examples(Dfa set, const Side& in, const Side& other, Shortest shortest,
                   std::vector<ChangedAccess>& out) {
  std::vector<RuleNumber> kept(in.decoded.labels.size());
  for (RuleNumber number = 1; number < kept.size(); ++number) {
    kept[number] = number;
  }
  for (std::size_t i = 0; std::optional<ShownAccess> access = shortest(set); ++i) {
    if (i == kExamplesMax) {
      return true;
    }
    const RuleNumber number = access->rule;
    const Label label = in.decoded.labels[number];
    access->rule = label.rule;
    const Label elsewhere = label_in(other, *access);
    out.push_back({*access, elsewhere, label});
    kept[number] = automaton::kNoRule;
    set = automaton::relabel(std::move(set), kept);
  }
  return false;
}

// What `more` has at a higher verdict than `less`: as if `less` came before `more`. True where
// there is more than that; nothing where the budget does not suffice.
std::optional<bool> find_gains(const Side& less, const Side& more,
                               std::vector<ChangedAccess>& out) {
  std::vector<Dfa> sets;
  for (const Verdict verdict : {Verdict::kAllow, Verdict::kWouldDeny}) {
    std::optional<Dfa> set = automaton::difference(
        accesses_where(more.decoded, [=](Verdict mine) { return mine == verdict; }),
        accesses_where(less.decoded, [=](Verdict its) { return rank(its) >= rank(verdict); }),
        kProductBudget);
    if (!set) {
      return std::nullopt;
    }
    sets.push_back(*std::move(set));
  }
  bool has_more = false;
  for (const Dfa& set : sets) {
    has_more = take_examples(set, more, less, shortest_access, out) || has_more;
  }
  for (const Dfa& set : sets) {
    has_more = take_examples(set, more, less, shortest_read, out) || has_more;
  }
  return has_more;
}

Result<Side> decode_side(std::span<const std::uint8_t> table) {
  Result<DecodedTable> decoded = decode_table(table);
  if (!decoded) {
    return std::move(decoded).error();
  }
  return Side{table, *std::move(decoded)};
}

}  // namespace

Result<Difference> difference_of(std::span<const std::uint8_t> before,
                                 std::span<const std::uint8_t> after) {
  const Result<Side> old_side = decode_side(before);
  const Result<Side> new_side = decode_side(after);
  if (!old_side || !new_side) {
    return old_side ? new_side.error() : old_side.error();
  }
  Difference difference;
  const std::optional<bool> more_gained = find_gains(*old_side, *new_side, difference.gained);
  const std::optional<bool> more_lost = find_gains(*new_side, *old_side, difference.lost);
  if (!more_gained || !more_lost) {
    return Error{Errc::kUnsupported,
                 "the two policies together need too large an automaton to be compared",
                 "put \"*\" in place of many names"};
  }
  difference.has_more_gained = *more_gained;
  difference.has_more_lost = *more_lost;
  for (ChangedAccess& lost : difference.lost) {
    std::swap(lost.before, lost.after);
  }
  return difference;
}

}  // namespace sg::compile
