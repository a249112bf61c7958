// SPDX-License-Identifier: Apache-2.0
// aliases.h - sysctls that are reached by a write to another one: a `deny` of the one says nothing
// of the other.
#pragma once

#include <span>
#include <string_view>

namespace sg::sysctl {

enum class Reach {
  kSame,     // both are names of one value: each row holds the other way round too
  kChanges,  // a write of the one changes the other as well
  kAll,      // the one holds for every interface
  kDefault,  // the one is what interfaces have that nobody has set, or that are made later
};

// Names in slash form. "%" is the name of an interface: the same in both, or, where only `changed`
// has it, any one but "all" and "default". "@" is one component, the same in both.
struct Alias {
  std::string_view written;
  std::string_view changed;
  Reach reach = Reach::kSame;
};

[[nodiscard]] std::span<const Alias> aliases() noexcept;

}  // namespace sg::sysctl
