// SPDX-License-Identifier: Apache-2.0
// arguments.h - the words behind the name of a command into options and operands, by the command's
// declaration.
//
// The hook and the wrapper have loops of their own: they start for every container, and take other
// programs' options.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sg::cli {

struct Command;

struct Arguments {
  // By name, the values in the order of the command line; one empty value where the option takes
  // none.
  std::map<std::string, std::vector<std::string>, std::less<>> options;
  std::vector<std::string> operands;

  [[nodiscard]] bool has(std::string_view name) const { return options.contains(name); }
  // Nothing where the option is not given.
  [[nodiscard]] std::optional<std::string> value(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> values(std::string_view name) const;
  // The first operand; empty where there is none.
  [[nodiscard]] std::string operand() const { return operands.empty() ? "" : operands.front(); }
};

// `--name VALUE`, `--name=VALUE`, `-h` for `--help`, and behind `--` operands only. With --help
// among them, what is missing or does not go together is no error. Errors, kExitUsage: an option
// that the command has not, that stands twice and does not repeat, lacks its value or has one too
// many; too few or too many operands; options that do not go together.
[[nodiscard]] Result<Arguments> read_arguments(std::span<const std::string> words,
                                               const Command& command);

// "; did you mean 'x'?" where one of the candidates is near; else nothing.
[[nodiscard]] std::string did_you_mean(std::string_view text,
                                       std::span<const std::string_view> candidates);

}  // namespace sg::cli
