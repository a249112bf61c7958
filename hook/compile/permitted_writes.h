// SPDX-License-Identifier: Apache-2.0
// permitted_writes.h - which names a table lets anything be written to.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "automaton/dfa.h"
#include "automaton/symbols.h"
#include "base/result.h"

namespace sg::compile {

// A table, asked which names it lets anything be written to.
class PermittedWrites {
 public:
  // `table` is a whole sg_table. Errors: those of decode_table.
  [[nodiscard]] static Result<PermittedWrites> of(std::span<const std::uint8_t> table);

  // Whether some value may be written to this sysctl (slash form), allowed or let through by audit.
  [[nodiscard]] bool any_to(std::string_view name) const;

  // The same of some name that begins so: "net/ipv4/", or "" for all.
  [[nodiscard]] bool any_below(std::string_view beginning) const;

 private:
  PermittedWrites() = default;

  // Whether some write whose name begins so, and goes on with `then`, is let through.
  [[nodiscard]] bool leads_behind(std::string_view beginning,
                                  std::optional<automaton::Symbol> then) const;

  automaton::Dfa dfa_;
  std::vector<bool> leads_;  // of each state: a word that goes on from it is let through
};

}  // namespace sg::compile
