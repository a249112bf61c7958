// SPDX-License-Identifier: Apache-2.0
// arguments.h - a command line of plain options: each is there once or not, with a value or without.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sg::app {

struct OptionForm {
  std::string_view name;  // "--root"
  bool has_value = false;
};

struct Arguments {
  std::map<std::string, std::string, std::less<>> options;  // by name; "" where it has no value
  std::vector<std::string> operands;

  [[nodiscard]] bool has(std::string_view name) const { return options.contains(name); }
};

// `--name VALUE`, `--name=VALUE`, `-h` for `--help`, and behind `--` operands only. Errors, kUsage: an option
// that is not among the forms, stands twice, lacks its value or has one too many.
[[nodiscard]] Result<Arguments> read_arguments(std::span<const std::string> words,
                                               std::span<const OptionForm> forms,
                                               const std::string& command);

// An error about the command line of `command`, with the hint to read its help.
[[nodiscard]] Error wrong_arguments(std::string message, const std::string& command);

}  // namespace sg::app
