// SPDX-License-Identifier: Apache-2.0
// dangers.cpp - the table that the build makes of data/sysctls/known.tsv.
#include "sysctl/dangers.h"

#include "sysctl/danger_table.h"

namespace sg::sysctl {
std::string_view harm_clause(Harm harm) noexcept {
  switch (harm) {
    case Harm::kGivesAway:
      return "gives the host away";
    case Harm::kWeakens:
      return "weakens the host";
    case Harm::kBringsDown:
      return "can bring the host down";
  }
  return "";
}

std::span<const Danger> dangers() noexcept { return kDangers; }

}  // namespace sg::sysctl
