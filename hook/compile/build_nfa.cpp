// SPDX-License-Identifier: Apache-2.0
// build_nfa.cpp - patterns and values as chains of states.
//
// A rule is: its access, the pattern, kEnd, one of its values; with values that ask for what the
// sysctl holds it is so once for each thing they ask, as that stands in the access. Literal text is a chain, a '*' is a
// loop on one state, an integer range is a small acyclic graph over digits. A rule for any value
// accepts for ever behind kEnd, and behind a final '*' at once, so the walk can end there.
#include "compile/build_nfa.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/check.h"
#include "compile/limits.h"

namespace sg::compile {
namespace {

using automaton::kEnd;
using automaton::kUnseen;
using automaton::Nfa;
using automaton::RuleNumber;
using automaton::Symbol;
using automaton::SymbolRange;
using policy::Integer;
using policy::NumericValue;
using policy::Rule;
using policy::RuleKind;
using policy::TextValue;
using policy::Token;
using policy::Value;

// Any byte of a name; kEnd is none.
constexpr SymbolRange kNameByte{1, 255};
constexpr SymbolRange kBelowSlash{1, '/' - 1};
constexpr SymbolRange kAboveSlash{'/' + 1, 255};
constexpr SymbolRange kPrintable{0x20, 0x7e};
constexpr SymbolRange kPrintableNoBlank{0x21, 0x7e};

constexpr Symbol byte_symbol(char c) { return static_cast<unsigned char>(c); }

class RulePath {
 public:
  RulePath(Nfa& nfa, RuleNumber number, const Rule& rule)
      : nfa_(nfa), number_(number), rule_(rule) {}

  void build() {
    if (rule_.kind == RuleKind::kBeyondLimit) {
      return;  // its words are found by apply_limit.h
    }
    if (rule_.values.empty()) {
      add_any_value(access());
      return;
    }
    for (const policy::Current current :
         {policy::Current::kAny, policy::Current::kSame, policy::Current::kSameOrAbove}) {
      const auto fits = [current](const Value& value) { return current_of(value) == current; };
      if (std::ranges::any_of(rule_.values, fits)) {
        add_values(access(current), current);
      }
    }
  }

 private:
  [[nodiscard]] bool is_read() const {
    return rule_.kind == RuleKind::kReadable || rule_.kind == RuleKind::kDenyRead ||
           rule_.kind == RuleKind::kAllowRead;
  }

  Nfa::State state() { return nfa_.add_state(number_); }

  // The state behind the access: a write whose value is beside the current one as it must be.
  Nfa::State access(policy::Current current = policy::Current::kAny) {
    const Nfa::State first = state();
    nfa_.add_edge(
        Nfa::kStart,
        is_read() ? SymbolRange{automaton::kRead, automaton::kRead} : writes_that_fit(current),
        first);
    return first;
  }

  static SymbolRange writes_that_fit(policy::Current current) {
    switch (current) {
      case policy::Current::kAny:
        break;
      case policy::Current::kSame:
        return {automaton::kWriteSame, automaton::kWriteSame};
      case policy::Current::kSameOrAbove:
        return {automaton::kWriteSame, automaton::kWriteAbove};
    }
    return {automaton::kWriteBelow, automaton::kWriteUnknown};
  }

  static policy::Current current_of(const Value& value) {
    const auto* numeric = std::get_if<NumericValue>(&value);
    return numeric != nullptr ? numeric->current : policy::Current::kAny;
  }

  [[nodiscard]] bool has_open_end() const { return !rule_.literal && rule_.pattern.ends_with('*'); }

  // The name; a final '*' is not in it.
  Nfa::State add_whole_name(Nfa::State from) {
    std::string_view pattern = rule_.pattern;
    pattern.remove_suffix(has_open_end() ? 1 : 0);
    return add_name(from, pattern);
  }

  void add_any_value(Nfa::State first) {
    const Nfa::State name_end = add_whole_name(first);
    if (has_open_end()) {
      nfa_.set_forever(name_end);
      return;
    }
    const Nfa::State any = state();
    nfa_.add_edge(name_end, kEnd, any);
    nfa_.set_forever(any);
  }

  void add_values(Nfa::State first, policy::Current current) {
    const Nfa::State name_end = add_whole_name(first);
    if (has_open_end()) {
      nfa_.add_edge(name_end, kNameByte, name_end);
    }
    for (const Value& value : rule_.values) {
      if (nfa_.state_count() > kNfaStatesMax) {
        return;
      }
      if (current_of(value) != current) {
        continue;
      }
      const Nfa::State begin = state();
      nfa_.add_edge(name_end, kEnd, begin);
      if (const auto* numeric = std::get_if<NumericValue>(&value)) {
        add_numeric(begin, *numeric);
      } else {
        add_text(begin, std::get<TextValue>(value));
      }
    }
  }

  Nfa::State add_byte(Nfa::State from, char byte) {
    const Nfa::State to = state();
    nfa_.add_edge(from, byte_symbol(byte), to);
    return to;
  }

  Nfa::State add_name(Nfa::State from, std::string_view pattern) {
    for (const char byte : pattern) {
      if (byte == '*' && !rule_.literal) {
        nfa_.add_edge(from, kBelowSlash, from);
        nfa_.add_edge(from, kAboveSlash, from);
      } else {
        from = add_byte(from, byte);
      }
    }
    return from;
  }

  void add_text(Nfa::State from, const TextValue& value) {
    for (const char byte : value.text) {
      from = add_byte(from, byte);
    }
    nfa_.set_final(from);
    if (value.prefix) {
      nfa_.add_edge(from, kPrintable, from);
    }
    nfa_.set_final(add_byte(from, '\n'));
  }

  // Blanks, then tokens with blanks between them, then blanks, then newlines.
  void add_numeric(Nfa::State from, const NumericValue& value) {
    SG_CHECK(!value.tokens.empty());
    Nfa::State end = from;
    for (std::size_t i = 0; i < value.tokens.size(); ++i) {
      const Nfa::State begin = i == 0 ? from : add_blanks(end);
      if (i == 0) {
        loop_on_blanks(begin);
      }
      end = state();
      add_token(begin, value.tokens[i], end);
    }
    const Nfa::State blanks = add_blanks(end);
    const Nfa::State newlines = add_byte(end, '\n');
    nfa_.add_edge(blanks, byte_symbol('\n'), newlines);
    nfa_.add_edge(newlines, byte_symbol('\n'), newlines);
    nfa_.set_final(end);
    nfa_.set_final(blanks);
    nfa_.set_final(newlines);
  }

  void loop_on_blanks(Nfa::State on) {
    nfa_.add_edge(on, byte_symbol(' '), on);
    nfa_.add_edge(on, byte_symbol('\t'), on);
  }

  // At least one blank.
  Nfa::State add_blanks(Nfa::State from) {
    const Nfa::State to = state();
    nfa_.add_edge(from, byte_symbol(' '), to);
    nfa_.add_edge(from, byte_symbol('\t'), to);
    loop_on_blanks(to);
    return to;
  }

  void add_token(Nfa::State from, const Token& token, Nfa::State to) {
    if (token.any) {
      nfa_.add_edge(from, kPrintableNoBlank, to);
      nfa_.add_edge(to, kPrintableNoBlank, to);
      return;
    }
    if (token.low.negative) {
      const std::uint64_t nearest_zero = token.high.negative ? token.high.magnitude : 1;
      const Nfa::State minus = state();
      nfa_.add_edge(from, byte_symbol('-'), minus);
      add_magnitudes(minus, nearest_zero, token.low.magnitude, to);
    }
    if (!token.high.negative) {
      add_magnitudes(from, token.low.negative ? 0 : token.low.magnitude, token.high.magnitude, to);
    }
  }

  // Canonical decimal numbers from `low` to `high`: for each length, the numbers of that length.
  void add_magnitudes(Nfa::State from, std::uint64_t low, std::uint64_t high, Nfa::State to) {
    SG_CHECK(low <= high);
    // rest[k]: any k digits from here to `to`. 2^64 - 1 has 20 digits.
    std::array<Nfa::State, 20> rest{};
    rest[0] = to;
    const std::string low_text = std::to_string(low);
    const std::string high_text = std::to_string(high);
    for (std::size_t length = 1; length < high_text.size(); ++length) {
      rest[length] = state();
      nfa_.add_edge(rest[length], {'0', '9'}, rest[length - 1]);
    }
    for (std::size_t length = low_text.size(); length <= high_text.size(); ++length) {
      const std::string first =
          length == low_text.size() ? low_text : "1" + std::string(length - 1, '0');
      const std::string last = length == high_text.size() ? high_text : std::string(length, '9');
      add_same_length(from, first, last, rest);
    }
  }

  // Numbers of one length: the common digits of both bounds, then at the first that differs either
  // a digit strictly between them and any rest, or along one of the bounds.
  void add_same_length(Nfa::State from, std::string_view low, std::string_view high,
                       const std::array<Nfa::State, 20>& rest) {
    const std::size_t last = low.size() - 1;
    std::size_t i = 0;
    while (i < last && low[i] == high[i]) {
      from = add_byte(from, low[i]);
      ++i;
    }
    if (i == last) {
      add_digits(from, low[i], high[i], rest[0]);
      return;
    }
    add_digits(from, static_cast<char>(low[i] + 1), static_cast<char>(high[i] - 1), rest[last - i]);
    Nfa::State on_low = add_byte(from, low[i]);
    Nfa::State on_high = add_byte(from, high[i]);
    for (++i; i < last; ++i) {
      add_digits(on_low, static_cast<char>(low[i] + 1), '9', rest[last - i]);
      add_digits(on_high, '0', static_cast<char>(high[i] - 1), rest[last - i]);
      on_low = add_byte(on_low, low[i]);
      on_high = add_byte(on_high, high[i]);
    }
    add_digits(on_low, low[last], '9', rest[0]);
    add_digits(on_high, '0', high[last], rest[0]);
  }

  // Nothing where first > last.
  void add_digits(Nfa::State from, char first, char last, Nfa::State to) {
    if (first <= last) {
      nfa_.add_edge(from, {byte_symbol(first), byte_symbol(last)}, to);
    }
  }

  Nfa& nfa_;
  const RuleNumber number_;
  const Rule& rule_;
};

}  // namespace

Nfa build_nfa(const policy::Policy& policy) {
  Nfa nfa;
  for (std::size_t i = 0; i < policy.rules.size() && nfa.state_count() <= kNfaStatesMax; ++i) {
    RulePath(nfa, static_cast<RuleNumber>(i + 1), policy.rules[i]).build();
  }
  return nfa;
}

std::optional<automaton::Dfa> compile_rules(std::vector<policy::Rule> rules, TooMany too_many) {
  const automaton::Nfa nfa = build_nfa(policy::Policy{.rules = std::move(rules)});
  if (nfa.state_count() > kNfaStatesMax && too_many == TooMany::kNothing) {
    return std::nullopt;
  }
  std::variant<automaton::Dfa, automaton::OverBudget> made = automaton::determinize(nfa, kBudget);
  return std::holds_alternative<automaton::Dfa>(made)
             ? std::optional(std::get<automaton::Dfa>(std::move(made)))
             : std::nullopt;
}

}  // namespace sg::compile
