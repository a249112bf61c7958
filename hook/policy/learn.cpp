// SPDX-License-Identifier: Apache-2.0
// learn.cpp - writes grouped by the pattern that names them, then the values of each group.
//
// What may stand in a rule the parser of rules decides: text is tried on it, and quoted where it
// refuses. So the tables of what is hexadecimal or has 64 bits are not repeated here.
#include "policy/learn.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "policy/groups.h"
#include "policy/policy.h"
#include "policy/rule_list.h"
#include "policy/rule_parser.h"
#include "policy/safe_values.h"
#include "policy/value_rule.h"
#include "sysctl/interface_names.h"
#include "sysctl/sysctl_name.h"

namespace sg::policy {
namespace {

using Row = std::vector<Integer>;

bool includes(Generalise what, Generalise part) { return what == part || what == Generalise::kAll; }

// Whether a component can stand in a rule as it is.
bool is_writable(std::string_view component) {
  const std::string alone(component);
  Diagnostics findings;
  return component.find_first_of("*?[{") == std::string_view::npos && !has_shell_byte(component) &&
         parse_pattern("a/" + alone, TextPlace{}, findings) == "a/" + alone &&
         !findings.has_errors();
}

// A name on its way to a pattern.
struct Pattern {
  std::string text;  // slash form
  std::vector<std::string> notes;
  std::string problem;  // no rule can name it
};

Pattern pattern_of(std::string_view name) {
  Pattern pattern;
  if (name.empty() || name.size() > sysctl::kNameMax) {
    pattern.problem = name.empty()
                          ? "its name is not known"
                          : "its name has more than " + std::to_string(sysctl::kNameMax) + " bytes";
    return pattern;
  }
  const std::vector<std::string_view> components = split(name, '/');
  for (std::size_t i = 0; i < components.size(); ++i) {
    const std::string_view component = components[i];
    if (component.empty() || component == "." || component == ".." ||
        component.find('\0') != component.npos) {
      pattern.problem = "no sysctl has such a name";
      return pattern;
    }
    pattern.text += i == 0 ? "" : "/";
    if (is_writable(component)) {
      pattern.text += component;
      continue;
    }
    pattern.text += '*';
    const std::string why =
        has_shell_byte(component) ? "which a shell could act on" : "which cannot stand in a rule";
    pattern.notes.push_back("\"*\" in place of \"" + escape(component, 64) + "\", " + why);
  }
  // A '*' in front would be far from what was seen; and a dot there would be read as the separator.
  if (pattern.text.starts_with('*') || components.front().find('.') != std::string_view::npos) {
    pattern.problem = "no sysctl has such a name";
  }
  return pattern;
}

std::string with_star(std::string_view name, sysctl::InterfacePlace place) {
  return std::string(name.substr(0, place.start)) + "*" +
         std::string(name.substr(place.start + place.size));
}

struct Group {
  std::vector<const SeenWrite*> writes;
  std::set<std::string> interfaces;
  std::vector<std::string> notes;
};

// For each shape (the name with "*" for its interface) the interfaces that were seen.
std::map<std::string, std::set<std::string>> interfaces_of(std::span<const SeenWrite> writes) {
  std::map<std::string, std::set<std::string>> interfaces;
  for (const SeenWrite& write : writes) {
    if (const std::optional<sysctl::InterfacePlace> place = sysctl::interface_place(write.name)) {
      interfaces[with_star(write.name, *place)].insert(
          write.name.substr(place->start, place->size));
    }
  }
  return interfaces;
}

std::string list_of(const std::set<std::string>& interfaces) {
  constexpr std::size_t kShownMax = 3;
  std::string list;
  std::size_t shown = 0;
  for (const std::string& name : interfaces) {
    if (shown == kShownMax) {
      return list + " and " + std::to_string(interfaces.size() - shown) + " more";
    }
    list += (shown++ == 0 ? "" : ", ") + escape(name, 32);
  }
  return list;
}

// The writes by their pattern in slash form; what has none goes to `learned`.
std::map<std::string, Group> group(std::span<const SeenWrite> writes, Generalise generalise,
                                   Learned& learned) {
  const auto interfaces = interfaces_of(writes);
  std::map<std::string, Group> groups;
  std::map<std::string, Unnameable> unnameable;
  for (const SeenWrite& write : writes) {
    std::string name = write.name;
    const std::optional<sysctl::InterfacePlace> place = sysctl::interface_or_template_place(name);
    const std::string shape = place ? with_star(name, *place) : "";
    const auto several = interfaces.find(shape);
    const bool is_several = includes(generalise, Generalise::kInterfaces) &&
                            several != interfaces.end() && several->second.size() > 1;
    // An "x" that stands for the interface can always be written.
    Pattern pattern = pattern_of(is_several ? name.replace(place->start, place->size, "x") : name);
    if (!pattern.problem.empty() || write.name.size() > sysctl::kNameMax) {
      Unnameable& found = unnameable[write.name];
      found = {write.name, found.seen + write.count,
               pattern.problem.empty() ? pattern_of(write.name).problem : pattern.problem};
      continue;
    }
    if (is_several) {
      pattern.text = with_star(pattern.text, *sysctl::interface_or_template_place(pattern.text));
    }
    Group& mine = groups[pattern.text];
    mine.writes.push_back(&write);
    if (is_several) {
      mine.interfaces = several->second;
    }
    for (std::string& note : pattern.notes) {
      if (std::ranges::find(mine.notes, note) == mine.notes.end()) {
        mine.notes.push_back(std::move(note));
      }
    }
  }
  for (auto& [name, found] : unnameable) {
    learned.unnameable.push_back(std::move(found));
  }
  return groups;
}

// Whether the parser takes this one rule without a word.
bool is_rule(const std::string& text) {
  Diagnostics findings;
  RuleBudget budget;
  const std::vector<Rule> rules = parse_rule_list(text, RuleKind::kAllow, "learned",
                                                  Groups(sysctl::NamespaceSet{}), budget, findings);
  return rules.size() == 1 && findings.findings().empty();
}

// Without the one that ends it.
std::string_view without_newline(std::string_view value) {
  return value.substr(0, value.size() - (value.ends_with('\n') ? 1 : 0));
}

std::string_view without_newlines(std::string_view value) {
  return value.substr(0, value.find_last_not_of('\n') + 1);  // npos + 1 is 0
}

std::string text_of(const Integer& number) {
  return (number.negative ? "-" : "") + std::to_string(number.magnitude);
}

// The numbers of a value that is nothing but numbers, as a rule may have them.
std::optional<Row> row_of(std::string_view value) {
  Row row;
  for (const std::string_view token : split_tokens(without_newlines(value))) {
    const std::optional<Integer> number = parse_integer(token);
    if (!number) {
      return std::nullopt;
    }
    row.push_back(*number);
  }
  return row.empty() ? std::nullopt : std::optional(row);
}

std::string text_of(const Row& row) {
  std::string text;
  for (const Integer& number : row) {
    text += (text.empty() ? "" : " ") + text_of(number);
  }
  return text;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    out += c == '"' ? std::string(2, c) : std::string(1, c);
  }
  return out + "\"";
}

// Words that need no quotes anywhere.
bool is_plain(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; });
}

// Why a value needs a rule without values; empty where it does not.
std::string why_any(const SeenWrite& write) {
  if (!write.at_position_zero) {
    return "not at file position 0";
  }
  if (write.value_size == 0) {
    return "of an empty value";
  }
  const std::string_view text = without_newline(write.value);
  if (write.value_size > kPairValueMax + 1 || write.value_size != write.value.size() ||
      text.size() > kPairValueMax) {
    return "of more than " + std::to_string(kPairValueMax) + " bytes";
  }
  if (write.value.find('\0') != std::string::npos) {
    return "with a zero byte in the value";
  }
  return text.empty() ? "of an empty line" : "";
}

struct Seen {
  std::map<std::size_t, std::set<Row>> rows;  // by the count of their numbers
  std::set<std::string> texts;
  std::map<std::string, std::uint64_t> any;  // why, how often
};

Seen sort_values(const std::string& pattern, std::span<const SeenWrite* const> writes) {
  Seen seen;
  for (const SeenWrite* write : writes) {
    if (const std::string why = why_any(*write); !why.empty()) {
      seen.any[why] += write->count;
      continue;
    }
    const std::optional<Row> row = row_of(write->value);
    if (row && is_rule(pattern + "=" + text_of(*row))) {
      seen.rows[row->size()].insert(*row);
      continue;
    }
    const std::string text(without_newline(write->value));
    if (has_shell_byte(text)) {
      seen.any["of bytes that a shell could act on"] += write->count;
      continue;
    }
    const std::string written = is_plain(text) ? text : quoted(text);
    if (is_rule(pattern + "=" + written)) {
      seen.texts.insert(written);
    } else {
      seen.any["of bytes that cannot stand in a rule"] += write->count;
    }
  }
  return seen;
}

// For each place in the rows the smallest and the largest number.
std::string range_of(const std::set<Row>& rows) {
  Row low = *rows.begin();
  Row high = low;
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      low[i] = std::min(low[i], row[i]);
      high[i] = std::max(high[i], row[i]);
    }
  }
  std::string text;
  for (std::size_t i = 0; i < low.size(); ++i) {
    text +=
        (i == 0 ? "" : " ") + text_of(low[i]) + (low[i] == high[i] ? "" : ".." + text_of(high[i]));
  }
  return text;
}

// "=0|1" or, for any value, "". `pattern` is the name as it is written in the rule: which values
// may follow depends on it. What the rule permits beyond the writes is added to `notes`.
// `generalise`: many numbers become a range, many texts any value.
std::string learn_values(const std::string& pattern, std::span<const SeenWrite* const> writes,
                         bool generalise, std::vector<std::string>& notes) {
  const Seen seen = sort_values(pattern, writes);
  for (const auto& [why, count] : seen.any) {
    notes.push_back("any value: " + std::to_string(count) + (count == 1 ? " write " : " writes ") +
                    why);
  }
  if (!seen.any.empty()) {
    return "";
  }
  if (generalise && seen.texts.size() > kTextsMax) {
    notes.push_back("any value: " + std::to_string(seen.texts.size()) + " different texts");
    return "";
  }
  std::vector<std::string> alternatives;
  for (const auto& [count, rows] : seen.rows) {
    if (generalise && rows.size() > kNumbersMax) {
      alternatives.push_back(range_of(rows));
      notes.push_back("a range of " + std::to_string(rows.size()) + " different values");
      continue;
    }
    for (const Row& row : rows) {
      alternatives.push_back(text_of(row));
    }
  }
  alternatives.insert(alternatives.end(), seen.texts.begin(), seen.texts.end());
  std::string text;
  for (const std::string& alternative : alternatives) {
    text += (text.empty() ? "=" : "|") + alternative;
  }
  return text;
}

}  // namespace

bool has_shell_byte(std::string_view text) {
  return text.find_first_of("'`$;&<>!\\(){}#~\t") != std::string_view::npos;
}

Learned learn(std::span<const SeenWrite> writes, Generalise generalise, std::uint64_t min) {
  Learned learned;
  for (auto& [pattern, found] : group(writes, generalise, learned)) {
    LearnedRule rule;
    rule.name = found.writes.front()->name;
    for (const SeenWrite* write : found.writes) {
      rule.seen += write->count;
    }
    if (rule.seen < min) {
      ++learned.rare;
      continue;
    }
    if (!found.interfaces.empty()) {
      rule.notes.push_back("interfaces " + list_of(found.interfaces));
    }
    rule.notes.insert(rule.notes.end(), found.notes.begin(), found.notes.end());
    const std::string written = sysctl::to_dot_form(pattern);
    std::set<std::string> texts;
    for (const SeenWrite* write : found.writes) {
      texts.emplace(without_newline(write->value));
    }
    std::vector<std::string> value_notes;
    const std::string values =
        learn_values(written, found.writes, includes(generalise, Generalise::kValues), value_notes);
    const std::string safe = with_safe_values(pattern, values, texts, rule.notes);
    if (safe == values) {
      rule.notes.insert(rule.notes.end(), value_notes.begin(), value_notes.end());
    }
    rule.text = written + safe;
    learned.rules.push_back(std::move(rule));
  }
  std::ranges::sort(learned.rules, {}, &LearnedRule::text);
  return learned;
}

}  // namespace sg::policy
