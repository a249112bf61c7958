// SPDX-License-Identifier: Apache-2.0
// cmd_learn.h - `sysctl-guard learn`: what its command line asks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "cli/command.h"
#include "cli/learn/learn.h"
#include "sysctl/namespace_of.h"

namespace sg::cli {

struct LearnOptions {
  std::string container;  // its ID, the beginning of it, or its name; empty with `from` alone
  std::optional<std::string> from;  // a file of events, "-" for standard input
  std::uint64_t min = 1;
  Generalise generalise = Generalise::kAll;
  std::optional<std::string> node_policy;  // a file, or "none" for the defaults
  std::optional<sysctl::NamespaceSet> private_namespaces;
  bool json = false;
};

// Errors: wrong values.
[[nodiscard]] Result<LearnOptions> read_learn_options(const Arguments& arguments);

[[nodiscard]] Outcome cmd_learn(const LearnOptions& options);

}  // namespace sg::cli
