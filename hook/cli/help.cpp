// SPDX-License-Identifier: Apache-2.0
// help.cpp - texts into lines of 80 columns.
#include "cli/help.h"

#include <algorithm>
#include <string_view>

#include "base/json_write.h"
#include "base/text.h"

namespace sg::cli {
namespace {

constexpr std::size_t kWidth = 80;

using Rows = std::vector<std::pair<std::string, std::string>>;

// The column in which a line goes on: below its second column, or else as far in as it begins.
std::size_t indent_of(std::string_view line) {
  const std::size_t begin = std::min(line.find_first_not_of(' '), line.size());
  const std::size_t gap = line.find("  ", begin);
  return gap == line.npos ? begin : std::min(line.find_first_not_of(' ', gap), line.size());
}

// The lines of the text, each broken at a blank where it would be wider than it may be.
std::string broken(std::string_view text) {
  std::string out;
  for (std::string_view line : split(text, '\n')) {
    const std::string indent(indent_of(line), ' ');
    std::string current;
    while (current.size() + line.size() > kWidth) {
      const std::size_t room = kWidth - current.size();
      const std::size_t cut = line.substr(0, room + 1).rfind(' ');
      if (cut == line.npos) {
        break;
      }
      out.append(current).append(line.substr(0, cut)).append("\n");
      line.remove_prefix(cut + 1);
      current = indent;
    }
    out.append(current).append(line).append("\n");
  }
  return out;
}

// "  left    right", the right ones below each other. Further lines of a right one are rows of
// their own.
std::string two_columns(const Rows& rows) {
  std::size_t width = 0;
  for (const auto& [left, right] : rows) {
    width = std::max(width, left.size());
  }
  std::string out;
  for (const auto& [left, right] : rows) {
    std::string begin = "  " + left + std::string(width - left.size() + 2, ' ');
    for (const std::string_view line : split(right, '\n')) {
      out += broken(begin + std::string(line));
      begin.assign(begin.size(), ' ');
    }
  }
  return out;
}

std::string options_text(const Command& command) {
  Rows rows;
  for (const Option& option : command.options) {
    rows.emplace_back(option.name + (option.value.empty() ? "" : " " + option.value), option.help);
  }
  rows.emplace_back("-h, --help", command.name.empty()
                                      ? "print this help; after a command, the help of that command"
                                      : "print this help");
  return two_columns(rows);
}

std::string examples_text(const std::vector<Example>& examples) {
  std::string out;
  for (const Example& example : examples) {
    out += example.title.empty() ? "" : "  " + example.title + "\n";
    for (const std::string_view line : split(example.command, '\n')) {
      out.append(example.title.empty() ? 2 : 4, ' ').append(line).append("\n");
    }
  }
  return out;
}

std::string full_name(const Command& command) {
  return "sysctl-guard" + (command.name.empty() ? "" : " " + command.name);
}

Json declaration(const Command& command) {
  return Json::object({{"name", command.name},
                       {"line", command.line},
                       {"options", Json::array_of(command.options,
                                                  [](const Option& option) {
                                                    return Json::object(
                                                        {{"name", option.name},
                                                         {"value", text_or_null(option.value)},
                                                         {"help", option.help},
                                                         {"repeats", option.repeats}});
                                                  })},
                       {"operand", text_or_null(command.operands.noun)},
                       {"known", Json::array_of(command.operands.known)},
                       {"exitCodes", Json::array_of(command.exit_codes, &ExitCode::code)}});
}

}  // namespace

std::string help_text(const Command& command) {
  const std::string name = full_name(command);
  std::string out = broken(name + ": " + command.about);
  for (const std::string& usage : command.usage) {
    out += (&usage == &command.usage.front() ? "\nUsage: " : "       ") + name;
    out += (usage.empty() ? "" : " " + usage) + "\n";
  }
  Rows codes;
  for (const auto& [code, meaning] : command.exit_codes) {
    codes.emplace_back(std::to_string(code), meaning);
  }
  out += command.details.empty() ? "" : "\n" + broken(command.details);
  out += "\nOptions:\n" + options_text(command);
  out += command.notes.empty() ? "" : "\n" + broken(command.notes);
  out += "\nExamples:\n" + examples_text(command.examples);
  return out + "\nExit codes:\n" + two_columns(codes);
}

std::string command_list(std::span<const Command> commands) {
  Rows rows;
  for (const Command& command : commands) {
    rows.emplace_back(command.name, command.line);
  }
  std::string text = "Commands:\n" + two_columns(rows);
  text.pop_back();
  return text;
}

std::string declarations_json(const Command& program, std::span<const Command> commands) {
  Json list = Json::array_of(commands, declaration);
  return Json::object({{"program", declaration(program)}, {"commands", std::move(list)}})
      .document();
}

}  // namespace sg::cli
