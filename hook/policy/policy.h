// SPDX-License-Identifier: Apache-2.0
// policy.h - what the user means, as plain data: values, rules, and the policy of one container.
//
// Made by annotations.cpp and merge.cpp from text, read by compile/ and by `check`. No text is
// parsed behind this header, and nothing in it knows the kernel.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace sg::policy {

// The namespaces a sysctl can belong to, and which of them a container has to itself.
struct NamespaceSet {
  bool net = false;
  bool ipc = false;
  bool uts = false;
  bool user = false;
};

// An integer as sysctls hold them: -2^63 to 2^64 - 1. Zero is never negative.
struct Integer {
  bool negative = false;
  std::uint64_t magnitude = 0;

  friend bool operator==(const Integer&, const Integer&) = default;
};
[[nodiscard]] std::strong_ordering operator<=>(const Integer& a, const Integer& b) noexcept;

inline constexpr Integer kIntegerMin{true, std::uint64_t{1} << 63};
inline constexpr Integer kIntegerMax{false, UINT64_MAX};

// What an int holds, as nearly every sysctl does. Some handlers cut a larger number down to that without
// an error (net.ipv4.icmp_ratelimit stores 0 for 4294967296), so an open range ends here.
inline constexpr Integer kIntMin{true, std::uint64_t{1} << 31};
inline constexpr Integer kIntMax{false, (std::uint64_t{1} << 31) - 1};

// One token of a numeric value: any integer from `low` to `high`, both included, or (`any`) any
// token.
struct Token {
  bool any = false;
  Integer low;
  Integer high;
};

// A value of integers, one token for each element of a vector sysctl; at least one is not `any`.
struct NumericValue {
  std::vector<Token> tokens;
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
  std::vector<Value> values;  // alternatives; empty: any value, also one that cannot be seen
  std::string text;           // as the user wrote it; empty for rules nobody wrote
  std::string source;         // where: "annotation io.sysctl-guard.allow"; empty as `text` is
};

// All rules that hold for one container, in the order in which they decide: the first that matches
// an access. The rule with index i has number i + 1 in the table, in events and in counters.
struct Policy {
  std::vector<Rule> rules;
};

}  // namespace sg::policy
