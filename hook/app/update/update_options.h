// SPDX-License-Identifier: Apache-2.0
// update_options.h - the command lines of `learn`, `update` and `detach` into plain data.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "policy/learn.h"
#include "policy/namespaces.h"

namespace sg::app {

struct LearnOptions {
  std::string container;            // its ID, the beginning of it, or its name; empty with `from` alone
  std::optional<std::string> from;  // a file of events, "-" for standard input
  std::uint64_t min = 1;
  policy::Generalise generalise = policy::Generalise::kAll;
  std::optional<std::string> node_policy;  // a file, or "none" for the defaults
  std::optional<policy::NamespaceSet> private_namespaces;
  bool json = false;
};

struct UpdateOptions {
  std::string container;
  std::map<std::string, std::string> lists;  // by key: "allow", "deny", "deny-read", "mode"
  std::optional<std::string> from_annotations;  // a file, "-" for standard input
  std::optional<std::string> node_policy;
  bool dry_run = false;
  bool json = false;
};

struct DetachOptions {
  std::string container;
};

extern const char* const kLearnHelp;
extern const char* const kUpdateHelp;
extern const char* const kDetachHelp;

// Nothing where the help was asked for. Errors: kUsage.
[[nodiscard]] Result<std::optional<LearnOptions>> parse_learn(std::span<const std::string> words);
[[nodiscard]] Result<std::optional<UpdateOptions>> parse_update(std::span<const std::string> words);
[[nodiscard]] Result<std::optional<DetachOptions>> parse_detach(std::span<const std::string> words);

}  // namespace sg::app
