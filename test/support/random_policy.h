// SPDX-License-Identifier: Apache-2.0
// random_policy.h - policies by chance, and accesses that match their rules or nearly do.
//
// A run is named by its seed: the same seed gives the same policies and accesses on every machine.
// Accesses are made from the rules, since words by pure chance hardly ever match one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compile/decide.h"
#include "policy/policy.h"

namespace sg::test {

// The generator of splitmix64.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  [[nodiscard]] std::uint64_t next();
  // 0 to count - 1; the bias of the remainder does not matter here.
  [[nodiscard]] std::size_t below(std::size_t count) { return next() % count; }
  [[nodiscard]] bool one_in(std::size_t count) { return below(count) == 0; }
  [[nodiscard]] std::string_view pick(const std::vector<std::string_view>& from) {
    return from[below(from.size())];
  }

 private:
  std::uint64_t state_;
};

// An access that owns its text.
struct OwnedAccess {
  bool write = false;
  std::string name;
  std::string value;
  bool at_position_zero = true;
  std::optional<std::string> current = {};

  [[nodiscard]] compile::Access view() const {
    return {write, name, value, at_position_zero, current};
  }
};

// Text for a failure message, every byte of it printable.
[[nodiscard]] std::string show(const OwnedAccess& access);
[[nodiscard]] std::string show(const policy::Policy& policy);

// One to twelve rules of all kinds, in the order in which merge() puts them.
[[nodiscard]] policy::Policy random_policy(Random& random);

// Up to three rules of each kind, many of them about names that begin with net/.
[[nodiscard]] policy::Limit random_limit(Random& random);

// An access that a rule of `policy` matches, in two of three cases changed a little afterwards.
[[nodiscard]] OwnedAccess random_access(Random& random, const policy::Policy& policy);

}  // namespace sg::test
