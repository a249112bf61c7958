// SPDX-License-Identifier: Apache-2.0
// proposed_names.cpp - names that were meant into hints, with values that the sysctl can take.
#include "advice/proposed_names.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "advice/unlikely_values.h"
#include "base/text.h"
#include "policy/rule_text.h"
#include "sysctl/catalogue.h"
#include "sysctl/meant_name.h"
#include "sysctl/meant_separators.h"
#include "sysctl/sysctl_name.h"
#include "sysctl/walked.h"

namespace sg::advice {
namespace {

constexpr std::size_t kShownMax = 128;

// Whether the rule with these values can be proposed.
bool fits(std::string_view name, std::string_view values) {
  return values.empty() ||
         (proposed_rule(name, values).size() <= kShownMax && stands(name, values));
}

// Whether some kernel lets somebody write it, or nobody has looked.
bool can_be_written(std::string_view name) {
  bool is_walked = false;
  for (const sysctl::Walked& row : sysctl::walked()) {
    const bool is_it = sysctl::can_be(name, row.name);
    if (is_it && row.initial.find('w') != std::string_view::npos) {
      return true;
    }
    is_walked = is_walked || is_it;
  }
  return !is_walked;
}

}  // namespace

std::string shown(std::string_view slash_name) {
  return escape(sysctl::to_dot_form(slash_name), kShownMax);
}

std::string_view values_of(const policy::Rule& rule) {
  const std::string_view text = rule.text;
  const std::size_t equals = text.find('=');
  return equals == std::string_view::npos ? "" : policy::trim_blanks(text.substr(equals + 1));
}

std::string hint_for(std::string_view name, std::string_view values) {
  return fits(name, values) ? "write " + proposed_rule(name, values) : "the name is " + shown(name);
}

std::string hint_for(const std::vector<std::string>& names, std::string_view values) {
  if (names.size() == 1) {
    return hint_for(names.front(), values) + ", if that is meant";
  }
  std::vector<std::string> proposed;
  std::ranges::copy_if(names, std::back_inserter(proposed), [values](const std::string& name) {
    return fits(name, values) && can_be_written(name) && sysctl::find_not_own(name) == nullptr;
  });
  if (proposed.empty()) {
    std::ranges::copy_if(names, std::back_inserter(proposed), [values](const std::string& name) {
      return fits(name, values) && can_be_written(name);
    });
  }
  const bool is_rule = !proposed.empty();
  if (!is_rule) {
    proposed = names;
  }
  std::string hint = is_rule ? "write " : "the name is ";
  for (std::size_t i = 0; i < proposed.size(); ++i) {
    hint += (i == 0                     ? ""
             : i + 1 == proposed.size() ? " or "
                                        : ", ") +
            (is_rule ? proposed_rule(proposed[i], values) : shown(proposed[i]));
  }
  return hint;
}

std::string known_or_meant(const std::string& name) {
  if (sysctl::is_known_name(name)) {
    return name;
  }
  if (std::string meant = sysctl::with_one_separator(name); !meant.empty()) {
    return meant;
  }
  std::vector<std::string> meant = sysctl::meant_names(name);
  return meant.size() == 1 ? std::move(meant.front()) : "";
}

}  // namespace sg::advice
