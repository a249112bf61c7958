// SPDX-License-Identifier: Apache-2.0
// covered_writes.cpp - the writes as a set of words, less what the table lets through: nothing may
// be left.
//
// The set is made as a rule's is. A rule's '*' at the very end goes on into further components, so
// those are taken out again.
#include "compile/covered_writes.h"

#include <algorithm>
#include <utility>

#include "automaton/set_algebra.h"
#include "compile/build_nfa.h"
#include "compile/decode_table.h"
#include "compile/limits.h"

namespace sg::compile {
namespace {

using automaton::Dfa;
using automaton::RuleNumber;
using policy::Rule;
using policy::RuleKind;
using policy::Verdict;

// What the guard cannot see whole; a rule with values matches none of it.
bool is_unseen(const GlobWrite& write) {
  return !write.at_position_zero || write.value.empty() ||
         write.value.size() > policy::kPairValueMax || write.value.find('\0') != std::string::npos;
}

std::optional<Dfa> words_of(const GlobWrite& write) {
  Rule covered = policy::unwritten_rule(RuleKind::kAllow, pattern_of_glob(write.name));
  if (!is_unseen(write)) {
    covered.values.push_back(policy::TextValue{write.value, /* prefix= */ false});
  }
  std::vector<Rule> others;
  if (covered.pattern.ends_with('*')) {
    others.push_back(policy::unwritten_rule(RuleKind::kAllow, covered.pattern + "/*"));
  }
  for (const std::string& name : write.except) {
    others.push_back(policy::unwritten_rule(RuleKind::kAllow, name));
    others.back().literal = true;
  }
  std::optional<Dfa> words = compile_rules({std::move(covered)});
  if (!words || others.empty()) {
    return words;
  }
  const std::optional<Dfa> taken_out = compile_rules(std::move(others));
  return taken_out ? automaton::difference(*words, *taken_out, kProductBudget) : std::nullopt;
}

// The accesses that the table lets through; of those that it would deny none where `allowed`.
Dfa let_through(const DecodedTable& table, bool allowed) {
  std::vector<RuleNumber> numbers;
  for (RuleNumber number = 0; number < table.labels.size(); ++number) {
    const Verdict verdict = table.labels[number].verdict;
    const bool is_in = verdict == Verdict::kAllow || (!allowed && verdict == Verdict::kWouldDeny);
    numbers.push_back(number != automaton::kNoRule && is_in ? number : automaton::kNoRule);
  }
  return automaton::relabel(table.dfa, numbers);
}

// Some write of `words` and its verdict; nothing where there is none that a container could make.
std::optional<CoveredDecision> example_of(std::span<const std::uint8_t> table, const Dfa& words,
                                          const GlobWrite& write) {
  std::optional<ShownAccess> access = shortest_access(words);
  if (!access) {
    return std::nullopt;
  }
  const Decision decision = decide(table, {.write = true,
                                           .name = access->name,
                                           .value = write.value,
                                           .at_position_zero = write.at_position_zero});
  access->value = write.value;
  access->is_unseen = false;
  access->rule = decision.rule;
  return CoveredDecision{decision.verdict, decision.rule, std::move(access)};
}

// The "]" that ends the set which begins at `open`: not the first byte of it, and no "/" between.
std::size_t end_of_set(const std::string& glob, std::size_t open) {
  const std::size_t first = open + 1;
  const bool is_negated = first < glob.size() && (glob[first] == '!' || glob[first] == '^');
  const std::size_t end = glob.find(']', first + (is_negated ? 2 : 1));
  return end < glob.find('/', open) ? end : std::string::npos;
}

}  // namespace

std::string pattern_of_glob(const std::string& glob) {
  std::string pattern;
  for (std::size_t i = 0; i < glob.size(); ++i) {
    const std::size_t closed = glob[i] == '[' ? end_of_set(glob, i) : std::string::npos;
    const bool is_wild = glob[i] == '*' || glob[i] == '?' || closed != std::string::npos;
    if (!is_wild) {
      pattern += glob[i];
    } else if (!pattern.ends_with('*')) {
      pattern += '*';
    }
    i = closed != std::string::npos ? closed : i;
  }
  return pattern;
}

Result<CoveredDecision> decide_covered(std::span<const std::uint8_t> table,
                                       const GlobWrite& write) {
  const Result<DecodedTable> decoded = decode_table(table);
  if (!decoded) {
    return decoded.error();
  }
  const std::optional<Dfa> words = words_of(write);
  const Error too_large{Errc::kUnsupported, "the names that it covers need too large an automaton",
                        "write some of them out"};
  if (!words) {
    return too_large;
  }
  for (const bool allowed : {false, true}) {
    const std::optional<Dfa> left =
        automaton::difference(*words, let_through(*decoded, allowed), kProductBudget);
    if (!left) {
      return too_large;
    }
    if (std::optional<CoveredDecision> found = example_of(table, *left, write)) {
      return *std::move(found);
    }
  }
  if (std::optional<CoveredDecision> found = example_of(table, *words, write)) {
    return *std::move(found);
  }
  return CoveredDecision{.verdict = Verdict::kAllow, .rule = automaton::kNoRule, .example = {}};
}

}  // namespace sg::compile
