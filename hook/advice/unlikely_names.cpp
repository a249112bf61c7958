// SPDX-License-Identifier: Apache-2.0
// unlikely_names.cpp - a pattern that matches no known name, and what is wrong with it: what stands
// in front or behind, its interface, its neighbours in the list, or its letters.
#include "advice/unlikely_names.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "advice/unlikely_values.h"
#include "base/text.h"
#include "policy/rule_list.h"
#include "policy/rule_text.h"
#include "sysctl/interface_names.h"
#include "sysctl/meant_name.h"
#include "sysctl/sysctl_name.h"
#include "sysctl/walked.h"

namespace sg::advice {
namespace {

using policy::add_finding;
using policy::finding_about;
using policy::is_full;
using policy::is_written;
using policy::Rule;
using policy::RuleKind;
using policy::trim_blanks;

constexpr std::size_t kNone = std::string_view::npos;

using sysctl::Directory;
using sysctl::is_known_name;
using sysctl::known_directory;
using sysctl::Walked;

constexpr std::size_t kShownMax = 128;

std::string shown(std::string_view slash_name) {
  return escape(sysctl::to_dot_form(slash_name), kShownMax);
}

// "IFNAME", "<if>", "$DEV", "ethX" and the like, which pages have in place of a name.
bool is_placeholder(std::string_view component) {
  if (component.find_first_of("<>$%") != kNone) {
    return true;
  }
  constexpr std::array<std::string_view, 3> kLower = {"iface", "ifname", "interface"};
  if (std::ranges::any_of(
          kLower, [component](std::string_view word) { return component.find(word) != kNone; })) {
    return true;
  }
  const auto is_upper = [](char c) { return (c >= 'A' && c <= 'Z') || c == '_' || c == '-'; };
  const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
  if (std::ranges::all_of(component, is_upper)) {
    constexpr std::array<std::string_view, 5> kWords = {"IF", "NAME", "DEV", "NIC", "INTERFACE"};
    return std::ranges::any_of(
        kWords, [component](std::string_view word) { return component.find(word) != kNone; });
  }
  const std::string_view front = component.substr(0, component.size() - 1);
  return front.size() >= 2 && std::ranges::all_of(front, is_lower) &&
         (component.ends_with('X') || component.ends_with('N'));
}

bool is_here(std::string_view pattern, const NamesHere& here) {
  return pattern.find('*') == kNone ? here.contains(pattern)
                                    : std::ranges::any_of(here, [pattern](const std::string& name) {
                                        return sysctl::pattern_matches(pattern, name);
                                      });
}

// What stands in a rule behind its name: "=1" of "net.a=1".
std::string_view values_of(const Rule& rule) {
  const std::string_view text = rule.text;
  const std::size_t equals = text.find('=');
  return equals == kNone ? "" : trim_blanks(text.substr(equals + 1));
}

// "write NAME=VALUES", with the values of the rule where they fit the name.
std::string hint_for(std::string_view name, std::string_view values) {
  if (!values.empty() && !stands(name, values)) {
    return "the name is " + shown(name);
  }
  const std::string rule = proposed_rule(name, values);
  return "write " + (rule.size() <= kShownMax ? rule : shown(name));
}

std::string hint_for(const std::vector<std::string>& names, std::string_view values) {
  if (names.size() == 1) {
    return hint_for(names.front(), values) + ", if that is meant";
  }
  std::string hint = "write ";
  for (std::size_t i = 0; i < names.size(); ++i) {
    hint += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + shown(names[i]);
  }
  return hint;
}

// What stands in front of a name elsewhere: in sysctl.d, as an exclusion, a comment, a quote, an
// option.
std::optional<UnlikelyName> look_at_front(const Rule& rule) {
  constexpr std::string_view kFront = "-!^~#+'`(\\";
  const std::string& pattern = rule.pattern;
  const std::size_t start = pattern.find_first_not_of(kFront);
  if (start == 0) {
    return std::nullopt;
  }
  const std::string front = pattern.substr(0, start);
  const std::string rest = start == kNone ? "" : pattern.substr(start);
  const std::string_view values = values_of(rule);
  UnlikelyName out{"the name begins with \"" + escape(front, 16) + "\", which is part of it here",
                   ""};
  constexpr std::string_view kQuotes = "'`(";
  if (front == "--") {
    const std::string name = sysctl::to_slash_form(values.substr(0, values.find('=')));
    out.hint = "write the rule alone, without the option" +
               (is_known_name(name) ? ": " + escape(values, kShownMax) : "");
  } else if (front == "#") {
    out.hint = "leave the line out: a list of rules has no comments";
  } else if (front == "!" || front == "^" || front == "~" || (front == "-" && values.empty())) {
    const std::string where = rule.pointer.empty()                  ? "io.sysctl-guard.deny"
                              : rule.pointer.starts_with("/limit/") ? "limit.deny"
                                                                    : "a \"deny\" list";
    out.hint = rule.kind == RuleKind::kAllow
                   ? "what is to be left out stands in " + where + ": " + shown(rest) + " there"
                   : "leave out the \"" + front + "\"";
  } else if (front == "-") {
    out.hint = "leave out the \"-\" of sysctl.d";
  } else {
    out.hint = "leave out the \"" + escape(front, 16) + "\"";
  }
  if (out.hint.starts_with("leave out") && is_known_name(rest)) {
    const bool is_closed = kQuotes.find(front.back()) != kNone && !values.empty();
    out.hint += ": " + hint_for(rest, values.substr(0, values.size() - (is_closed ? 1 : 0)));
  }
  return out;
}

// A sign of comparison or the like behind a name: "a!=0", "a>=1", "a>1", "a:=1", "a:1".
std::optional<UnlikelyName> look_at_sign(const std::string& pattern, std::string_view values) {
  constexpr std::string_view kSigns = "!<>~:+-?^";
  constexpr std::string_view kDigits = "0123456789";
  const std::size_t number =
      values.empty() ? pattern.find_last_not_of(kDigits) + 1 : pattern.size();
  const std::size_t end =
      number == 0 ? kNone : pattern.find_last_not_of(kSigns, number - 1);  // of the name
  if (end == kNone || end + 1 == number || !is_known_name(pattern.substr(0, end + 1))) {
    return std::nullopt;
  }
  const std::string name = pattern.substr(0, end + 1);
  const std::string written = pattern.substr(end + 1, number - end - 1);
  const std::string sign = written + (values.empty() ? "" : "=");
  const std::string_view operand =
      values.empty() ? std::string_view(pattern).substr(number) : values;
  std::string hint = operand.empty() ? "" : sign_hint(name, sign, operand);
  if (hint.empty() && sign.find_first_of("!<>^") != kNone && !operand.empty()) {
    hint = "write the values that are permitted: a rule names no others";
  }
  return UnlikelyName{"\"" + written + "\" is taken for a part of the name: a rule is NAME=VALUES",
                      hint.empty() ? hint_for(name, operand) : hint};
}

// A name that is one, with an interface in it that is none.
std::optional<UnlikelyName> look_at_interface(const std::string& pattern, std::string_view values) {
  const std::optional<sysctl::InterfacePlace> place = sysctl::interface_or_template_place(pattern);
  const std::string component = place ? pattern.substr(place->start, place->size) : "";
  if (place && is_placeholder(component)) {
    return UnlikelyName{"\"" + escape(component, 32) +
                            "\" reads like a placeholder, and is taken as the name of an interface",
                        "write the interface's name, or \"*\" for any"};
  }
  if (component.size() > 1 && component.ends_with('+')) {
    std::string meant = pattern;
    meant[place->start + place->size - 1] = '*';
    return UnlikelyName{"\"+\" is no wildcard here, and is taken as a part of the interface's name",
                        hint_for(meant, values)};
  }
  return std::nullopt;
}

// A piece behind a comma that goes on where the rule before it stood: "log_martians=1" behind
// "net.ipv4.conf.all.rp_filter=1", "eth1.rp_filter" behind "net.ipv4.conf.eth0".
std::string continued(const std::string& before, const std::string& pattern) {
  for (std::size_t slash = before.rfind('/'); slash != kNone && slash > 0;
       slash = before.rfind('/', slash - 1)) {
    std::string whole = before.substr(0, slash + 1) + pattern;
    if (is_known_name(whole)) {
      return whole;
    }
  }
  return "";
}

// The other rules of the list, which say more of what was meant.
struct Neighbours {
  std::string before;  // its pattern
  std::string behind;
};

std::optional<UnlikelyName> look_at_neighbours(const Rule& rule, const Neighbours& neighbours) {
  std::string whole = continued(neighbours.before, rule.pattern);
  const std::size_t leaf = neighbours.behind.rfind('/');
  if (whole.empty() && leaf != kNone && !is_known_name(neighbours.behind) &&
      !continued(rule.pattern + "/", neighbours.behind.substr(leaf + 1)).empty()) {
    whole = rule.pattern + neighbours.behind.substr(leaf);
  }
  return whole.empty() || !is_known_name(whole)
             ? std::nullopt
             : std::optional(
                   UnlikelyName{"no sysctl has this name: each rule of a list has the whole one",
                                hint_for(whole, values_of(rule))});
}

constexpr std::string_view kNoName = "no tested kernel has a sysctl of this name";
constexpr std::string_view kNoMatch = "no tested kernel has a sysctl that this matches";

// `values` is what stands behind the name.
std::optional<UnlikelyName> look_at_name(const std::string& pattern, std::string_view values,
                                         bool is_access) {
  if (const std::string joined = sysctl::with_interface_joined(pattern); !joined.empty()) {
    return UnlikelyName{
        "no sysctl has this name: the dots of an interface's name are taken for separators",
        hint_for(joined, values)};
  }
  if (pattern.ends_with("/*") && is_known_name(pattern.substr(0, pattern.size() - 2))) {
    const std::string name = pattern.substr(0, pattern.size() - 2);
    return UnlikelyName{"this is one sysctl, and there is nothing below it",
                        hint_for(name, values)};
  }
  const Directory directory = known_directory(pattern);
  const std::vector<std::string> meant =
      directory == Directory::kNamed ? std::vector<std::string>() : sysctl::meant_names(pattern);
  if (meant.empty() && directory != Directory::kNone) {
    return UnlikelyName{"this is a directory, and no sysctl has this name",
                        is_access ? "name a sysctl below it"
                                  : "write " + shown(pattern) + ".* for all that is below it"};
  }
  const std::size_t slash = pattern.rfind('/');
  if (meant.empty() && slash != kNone && !sysctl::was_walked(pattern.substr(0, slash))) {
    return std::nullopt;  // nobody has looked there
  }
  return UnlikelyName{
      std::string(pattern.find('*') == kNone ? kNoName : kNoMatch),
      meant.empty() ? "compare it with the list that `sysctl -a` prints" : hint_for(meant, values)};
}

std::optional<UnlikelyName> look_at(const Rule& rule, const Neighbours& neighbours,
                                    const NamesHere& here) {
  if (std::optional<UnlikelyName> front = look_at_front(rule)) {
    return front;
  }
  if (is_here(rule.pattern, here)) {
    return std::nullopt;
  }
  const std::string_view values = values_of(rule);
  if (is_known_name(rule.pattern)) {
    return look_at_interface(rule.pattern, values);
  }
  if (std::optional<UnlikelyName> sign = look_at_sign(rule.pattern, values)) {
    return sign;
  }
  std::optional<UnlikelyName> piece = look_at_neighbours(rule, neighbours);
  return piece ? piece : look_at_name(rule.pattern, values, false);
}

bool is_of_a_list(const Rule& rule) {
  return is_written(rule) && (rule.kind == RuleKind::kAllow || rule.kind == RuleKind::kDeny ||
                              rule.kind == RuleKind::kDenyRead);
}

void warn(const Rule& rule, std::string message, std::string hint, Diagnostics& findings) {
  add_finding(findings,
              finding_about(rule, Severity::kWarning, std::move(message), std::move(hint)));
}

bool is_read_only(const Walked& row) { return row.initial.find('w') == kNone; }

}  // namespace

void warn_unlikely_names(std::span<const Rule> rules, const NamesHere& here,
                         Diagnostics& findings) {
  for (std::size_t i = 0; i < rules.size() && !is_full(findings); ++i) {
    const Rule& rule = rules[i];
    if (!is_of_a_list(rule)) {
      continue;
    }
    // In a string of a JSON document there are no others.
    const auto pattern_at = [&](std::size_t at) {
      const bool is_near = at < rules.size() && rule.pointer.empty() && rules[at].pointer.empty() &&
                           rules[at].source == rule.source;
      return is_near ? rules[at].pattern : "";
    };
    if (std::optional<UnlikelyName> found =
            look_at(rule, {.before = pattern_at(i - 1), .behind = pattern_at(i + 1)}, here)) {
      warn(rule, std::move(found->message), std::move(found->hint), findings);
    }
  }
}

std::optional<UnlikelyName> unlikely_access(const std::string& name, const NamesHere& here) {
  return is_here(name, here) || is_known_name(name) ? std::nullopt : look_at_name(name, "", true);
}

void warn_empty_patterns(std::span<const Rule> rules, const sysctl::NamespaceSet& own,
                         Diagnostics& findings) {
  for (const Rule& rule : rules) {
    const bool is_pattern = rule.pattern.find('*') != kNone;
    if (rule.kind != RuleKind::kAllow || !is_written(rule)) {
      continue;
    }
    bool any = false;
    bool all_empty = true;
    bool all_read_only = true;
    for (const Walked& row : sysctl::walked()) {
      if (!sysctl::can_be(rule.pattern, row.name)) {
        continue;
      }
      any = true;
      const std::optional<sysctl::Namespace> ns = sysctl::namespace_of(row.name, own.in_pid);
      all_empty = all_empty && ns && own.has(*ns) && row.fresh.find('w') == kNone;
      all_read_only = all_read_only && is_read_only(row);
    }
    if (any && all_read_only) {
      warn(rule, "nobody can write this sysctl: the rule grants nothing", "remove the rule",
           findings);
    } else if (any && all_empty && is_pattern) {
      warn(rule,
           "in a namespace of its own a container can write none of these sysctls: the rule grants "
           "nothing there",
           "set them on the host, or remove the rule", findings);
    }
  }
}

}  // namespace sg::advice
