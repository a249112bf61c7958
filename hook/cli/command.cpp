// SPDX-License-Identifier: Apache-2.0
// command.cpp - one pass over the words, then what the declaration says of them as a whole.
//
// A parser of our own, since CLI11 2.1, which was here before, cannot read what our users write:
//   - `--allow= --json` and `--private-ns= net.a`: an empty list is the natural way to say
//     "nothing", and CLI11 takes the next word for the value, whatever the option is told to
//     expect;
//   - `[a,b]` as an operand: CLI11 splits it into the operands a and b;
//   - `--json=false`: CLI11 takes a flag with a value for a flag that is not given, without a word;
//   - `--polcy`: CLI11 does not say which option is near.
// The hook and the wrapper have loops of their own: they start for every container, and take other
// programs' options.
#include "cli/command.h"

#include <algorithm>

#include "base/text.h"

namespace sg::cli {
namespace {

std::string quote(std::string_view text) { return "'" + escape(text) + "'"; }

Error unknown_option(const std::string& name, const Command& command) {
  std::vector<std::string_view> names = {"--help"};
  for (const Option& option : command.options) {
    names.push_back(option.name);
  }
  return wrong_arguments("unknown option " + quote(name) + did_you_mean(name, names));
}

// Takes the option at words[at], and its value where that is the next word.
Status take_option(std::span<const std::string> words, std::size_t& at, const Command& command,
                   Arguments& out) {
  static const Option kHelp{"--help", "", ""};
  const std::string& word = words[at];
  const std::size_t equals = word.find('=');
  const std::string name = word == "-h" ? "--help" : word.substr(0, equals);
  const auto found = std::ranges::find(command.options, name, &Option::name);
  if (found == command.options.end() && name != kHelp.name) {
    return unknown_option(name, command);
  }
  const Option& option = found == command.options.end() ? kHelp : *found;
  std::string value;
  if (option.value.empty() && equals != std::string::npos) {
    return wrong_arguments("option " + quote(name) + " takes no value");
  }
  if (equals != std::string::npos) {
    value = word.substr(equals + 1);
  } else if (!option.value.empty()) {
    if (++at == words.size()) {
      return wrong_arguments("option " + quote(name) + " needs a value");
    }
    value = words[at];
  }
  std::vector<std::string>& values = out.options[name];
  values.push_back(std::move(value));
  return values.size() == 1 || option.repeats
             ? Status(Ok{})
             : wrong_arguments("option " + quote(name) + " stands twice");
}

Status check_operands(const Arguments& arguments, const Operands& declared) {
  const std::size_t count = arguments.operands.size();
  if (count < declared.min || (declared.min > 0 && arguments.operand().empty())) {
    return wrong_arguments("no " + declared.noun + " given" + declared.hint);
  }
  if (count <= declared.max) {
    return Ok{};
  }
  const std::string extra = quote(arguments.operands[declared.max]);
  return declared.max == 0 ? wrong_arguments("nothing can stand here: " + extra + declared.hint)
                           : wrong_arguments("one " + declared.noun + " at a time: " + extra);
}

}  // namespace

std::optional<std::string> Arguments::value(std::string_view name) const {
  const auto found = options.find(name);
  return found == options.end() ? std::nullopt : std::optional(found->second.front());
}

std::vector<std::string> Arguments::values(std::string_view name) const {
  const auto found = options.find(name);
  return found == options.end() ? std::vector<std::string>() : found->second;
}

Result<Arguments> read_arguments(std::span<const std::string> words, const Command& command) {
  Arguments out;
  bool only_operands = false;
  for (std::size_t at = 0; at < words.size(); ++at) {
    const std::string& word = words[at];
    if (only_operands || !word.starts_with('-') || word == "-") {
      out.operands.push_back(word);
    } else if (word == "--") {
      only_operands = true;
    } else if (Status taken = take_option(words, at, command, out); !taken) {
      return std::move(taken).error();
    }
  }
  if (out.has("--help")) {
    return out;
  }
  if (Status checked = check_operands(out, command.operands); !checked) {
    return std::move(checked).error();
  }
  for (const auto& [first, second] : command.conflicts) {
    if (out.has(first) && out.has(second)) {
      return wrong_arguments(first + " and " + second + " do not go together");
    }
  }
  return out;
}

Outcome outcome_of(const Error& error, int exit_code) {
  return {.exit_code = exit_code,
          .errors = "sysctl-guard: " + error.message + "\n" +
                    (error.hint.empty() ? "" : "hint: " + error.hint + "\n")};
}

Error wrong_arguments(std::string message) { return Error{Errc::kUsage, std::move(message), ""}; }

std::string did_you_mean(std::string_view text, std::span<const std::string_view> candidates) {
  const std::optional<std::string_view> near = nearest(text, candidates);
  return near ? "; did you mean " + quote(*near) + "?" : "";
}

}  // namespace sg::cli
