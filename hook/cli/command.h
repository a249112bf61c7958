// SPDX-License-Identifier: Apache-2.0
// command.h - what a command of `sysctl-guard` is: one declaration, which stands in the folder of
// the command.
//
// The list of commands, the help, the messages about wrong arguments and what the lint compares the
// man pages with are made from it. commands.cpp lists the declarations.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace sg::cli {

// How `sysctl-guard` ends, whatever the command.
inline constexpr int kExitDone = 0;    // done; or yes, where the command answers a question
inline constexpr int kExitFailed = 1;  // not done; or no
inline constexpr int kExitUsage = 2;   // wrong arguments, or output not written; there is no answer

// The words behind the name of a command, read by its declaration.
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

// What the program is to print, and its exit code. What a command prints by itself is not in here.
struct Outcome {
  int exit_code = kExitDone;
  std::string output = {};  // for standard output
  std::string errors = {};  // for standard error
};

struct Option {
  std::string name;   // "--root"
  std::string value;  // what stands for its value in the help: "DIR"; empty where it takes none
  std::string help;
  bool repeats = false;
};

// The words of the command line that are no options.
struct Operands {
  std::string noun = {};  // of one of them: "container"
  std::string hint = {};  // behind the message that there is none, or one where nothing can stand
  std::size_t min = 0;
  std::size_t max = 0;
  std::vector<std::string> known = {};  // where only these words can stand there
};

struct Example {
  std::string title;  // may be empty
  std::string command;
};

// What kExitUsage means for every command.
inline constexpr const char* kUsageExit = "wrong arguments, or output that could not be written";

struct ExitCode {
  int code;
  std::string meaning;
};

// Texts are broken into lines where they are shown. One with newlines keeps them; a line with
// several blanks in it has two columns.
struct Command {
  std::string name;  // empty for the program itself
  std::string line;  // in the list of commands
  std::string about;
  std::vector<std::string> usage;  // what stands behind the name
  std::string details = {};        // behind the usage
  Operands operands = {};
  std::vector<Option> options = {};  // --help is not among them: every command has it
  std::vector<std::pair<std::string, std::string>> conflicts = {};  // do not go together
  std::string notes = {};                                           // behind the options
  std::vector<Example> examples;
  std::vector<ExitCode> exit_codes;
  // Errors, kExitUsage without a hint: wrong arguments. What fails later is an outcome.
  Result<Outcome> (*run)(const Arguments& arguments) = nullptr;
};

// `--name VALUE`, `--name=VALUE`, `-h` for `--help`, and behind `--` operands only. With --help
// among them, what is missing or does not go together is no error. Errors, kExitUsage: an option
// that the command has not, that stands twice and does not repeat, lacks its value or has one too
// many; too few or too many operands; options that do not go together.
[[nodiscard]] Result<Arguments> read_arguments(std::span<const std::string> words,
                                               const Command& command);

// The `run` of a command whose words become options first.
template <auto kReadOptions, auto kRun>
[[nodiscard]] Result<Outcome> run_with_options(const Arguments& arguments) {
  const auto options = kReadOptions(arguments);
  return options ? Result<Outcome>(kRun(*options)) : options.error();
}

// "sysctl-guard: <what>: <why>" and, on a line of its own, the hint where there is one; nothing on
// standard output.
[[nodiscard]] Outcome outcome_of(const Error& error, int exit_code = kExitFailed);

// An error about the arguments of a command.
[[nodiscard]] Error wrong_arguments(std::string message);

// "; did you mean 'x'?" where one of the candidates is near; else nothing.
[[nodiscard]] std::string did_you_mean(std::string_view text,
                                       std::span<const std::string_view> candidates);

}  // namespace sg::cli
