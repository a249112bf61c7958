// SPDX-License-Identifier: Apache-2.0
// arguments.cpp - one pass over the words.
#include "app/arguments.h"

#include <algorithm>
#include <optional>

#include "base/text.h"

namespace sg::app {
namespace {

std::string quote(std::string_view text) { return "'" + escape(text) + "'"; }

Error unknown_option(const std::string& name, std::span<const OptionForm> forms,
                     const std::string& command) {
  std::vector<std::string_view> names;
  for (const OptionForm& form : forms) {
    names.push_back(form.name);
  }
  const std::optional<std::string_view> near = nearest(name, names);
  return wrong_arguments(
      "unknown option " + quote(name) + (near ? "; did you mean " + quote(*near) + "?" : ""),
      command);
}

}  // namespace

Error wrong_arguments(std::string message, const std::string& command) {
  return Error{Errc::kUsage, std::move(message), "see sysctl-guard " + command + " --help"};
}

Result<Arguments> read_arguments(std::span<const std::string> words,
                                 std::span<const OptionForm> forms, const std::string& command) {
  Arguments out;
  bool only_operands = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (only_operands || !word.starts_with('-') || word == "-") {
      out.operands.push_back(word);
      continue;
    }
    if (word == "--") {
      only_operands = true;
      continue;
    }
    const std::size_t equals = word.find('=');
    const std::string name = word == "-h" ? "--help" : word.substr(0, equals);
    const auto form = std::ranges::find(forms, name, &OptionForm::name);
    if (form == forms.end()) {
      return unknown_option(name, forms, command);
    }
    std::string value;
    if (!form->has_value && equals != std::string::npos) {
      return wrong_arguments("option " + quote(name) + " takes no value", command);
    }
    if (form->has_value && equals != std::string::npos) {
      value = word.substr(equals + 1);
    } else if (form->has_value) {
      if (++i == words.size()) {
        return wrong_arguments("option " + quote(name) + " needs a value", command);
      }
      value = words[i];
    }
    if (!out.options.emplace(name, std::move(value)).second) {
      return wrong_arguments("option " + quote(name) + " stands twice", command);
    }
  }
  return out;
}

}  // namespace sg::app
