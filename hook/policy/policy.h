// SPDX-License-Identifier: Apache-2.0
// policy.h - what the user means, as plain data: values, rules, and the policy of one container.
//
// Made by annotations.cpp, node_policy.cpp and merge.cpp from text. No text is parsed behind this
// header.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/diagnostic.h"
#include "policy/verdict.h"
#include "sysctl/namespace_of.h"

namespace sg::policy {

// An integer as sysctls hold them: -2^63 to 2^64 - 1. Zero is never negative.
struct Integer {
  bool negative = false;
  std::uint64_t magnitude = 0;

  friend bool operator==(const Integer&, const Integer&) = default;
};
[[nodiscard]] std::strong_ordering operator<=>(const Integer& a, const Integer& b) noexcept;

inline constexpr Integer kIntegerMin{true, std::uint64_t{1} << 63};
inline constexpr Integer kIntegerMax{false, UINT64_MAX};

// What an int holds, as nearly every sysctl does. Some handlers cut a larger number down to that
// without an error (net.ipv4.icmp_ratelimit stores 0 for 4294967296), so an open range ends here.
inline constexpr Integer kIntMin{true, std::uint64_t{1} << 31};
inline constexpr Integer kIntMax{false, (std::uint64_t{1} << 31) - 1};

// One token of a numeric value: any integer from `low` to `high`, both included, or (`any`) any
// token.
struct Token {
  bool any = false;
  Integer low;
  Integer high;
};

// What a number must be beside the one that the sysctl holds: `@current`, `@current..N`.
enum class Current { kAny, kSame, kSameOrAbove };

// A value of integers, one token for each element of a vector sysctl; at least one is not `any`.
// With a `current` it is one token, and fits nothing where the sysctl holds no single number.
struct NumericValue {
  std::vector<Token> tokens;
  Current current = Current::kAny;
};

// A value byte for byte; with `prefix`, what a value begins with, printable bytes after it.
struct TextValue {
  std::string text;
  bool prefix = false;
};

using Value = std::variant<NumericValue, TextValue>;

// The longest value the guard can see whole (SG_VALUE_SIZE - 1, less one for a final newline;
// asserted in compile/limits.h). A longer one could never be permitted by a rule with values.
inline constexpr std::size_t kPairValueMax = 254;

// What a rule does when it is the first that matches. The order is the order in which rules decide.
enum class RuleKind {
  kPair,       // allows a write: the runtime's own linux.sysctl, name and value exact
  kDeny,       // denies a write
  kAllow,      // allows a write
  kUnmatched,  // in audit mode: every other write, which is denied otherwise
  kBeyondLimit,  // denies a write that kAllow permits and the limit does not; matches nothing by itself
  kReadable,   // allows a read, before any kDenyRead
  kDenyRead,   // denies a read
  kAllowRead,  // allows every other read
};

// A pattern and, for writes, the values it permits.
struct Rule {
  RuleKind kind = RuleKind::kDeny;
  // Name with slashes. A '*' matches within one component, at the very end also across components;
  // with `literal` it is a byte like any other (names of kPair come from the runtime, not from us).
  std::string pattern;
  bool literal = false;
  bool is_swept = false;      // of @namespaced: named because everything is, not on purpose
  bool is_json = false;       // a string of a JSON list, which is one rule whatever stands in it
  bool floor = false;         // the node policy's: an audit that annotations chose keeps denying it
  std::vector<Value> values;  // alternatives; empty: any value, also one that cannot be seen
  std::string text;           // as the user wrote it; empty for rules nobody wrote
  // Where, as in findings: "annotation io.sysctl-guard.allow" or the node policy's file, there with
  // the JSON pointer of the string. Empty as `text` is.
  std::string source;
  std::string pointer;
  std::size_t offset = 0;  // bytes from the start of that text
};

// The source of rules that nobody wrote and that are shown all the same.
inline constexpr std::string_view kBuiltIn = "built in";

// A rule that nobody wrote: any value, no text.
[[nodiscard]] Rule unwritten_rule(RuleKind kind, std::string_view pattern);

// Whether the rule's pattern matches `name` (slash form). For hints; the automaton gives verdicts.
[[nodiscard]] bool covers(const Rule& rule, std::string_view name);

// Where a rule stands, for people: "annotation io.sysctl-guard.allow", "linux.sysctl", "profile
// NAME", "node default", "node limit"; empty for rules nobody wrote.
[[nodiscard]] std::string rule_origin(const Rule& rule);

// A finding about the rule, at the place where it stands.
[[nodiscard]] Finding finding_about(const Rule& rule, Severity severity, std::string message,
                                    std::string hint, Errc code = Errc::kBadInput);

// What the node lets annotations ask for: `allow` for names of the private namespaces, and `host`,
// both without what `deny` covers.
struct Limit {
  sysctl::NamespaceSet private_namespaces;
  std::vector<Rule> allow;
  std::vector<Rule> host;
  std::vector<Rule> deny;
  Declared declared = Declared::kExempt;
  std::string file;  // the path of the node policy, for messages
};

// The source of findings about the node policy in `file`: "node policy <file>".
[[nodiscard]] std::string node_source(const std::string& file);

// What happens to rules that permit more than the limit.
enum class OnExcess {
  kRefuse,  // the container is refused
  kClip,    // the excess is denied, and said to be
  kTrim,    // the excess is denied: nobody asked for it, the node would have granted it unasked
};

// All rules that hold for one container, in the order in which they decide: the first that matches
// an access. The rule with index i has number i + 1 in the table, in events and in counters.
struct Policy {
  std::vector<Rule> rules;
  Audit audit = Audit::kOff;
  Events events = Events::kDenied;
  Refusal refuse = Refusal::kEperm;
  OnExcess on_excess = OnExcess::kRefuse;
  std::optional<Limit> limit = {};  // nothing: the rules may permit anything
};

}  // namespace sg::policy
