// SPDX-License-Identifier: Apache-2.0
// unlikely_names.cpp - a pattern that matches no known name, and what is wrong with it: its signs
// (written_names.h), its interface, its neighbours in the list, its separators, or its letters.
#include "advice/unlikely_names.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "advice/proposed_names.h"
#include "advice/unlikely_values.h"
#include "advice/written_names.h"
#include "base/text.h"
#include "policy/rule_list.h"
#include "policy/rule_text.h"
#include "sysctl/catalogue.h"
#include "sysctl/dangers.h"
#include "sysctl/interface_names.h"
#include "sysctl/meant_name.h"
#include "sysctl/meant_separators.h"
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

constexpr std::size_t kNone = std::string_view::npos;

using sysctl::Directory;
using sysctl::interfaces_of;
using sysctl::is_known_name;
using sysctl::known_directory;
using sysctl::Walked;

// "IFNAME", "<if>", "$DEV", "ethX" and the like, which pages have in place of a name.
bool is_interface_placeholder(std::string_view component) {
  if (component.find_first_of("<>$%") != kNone) {
    return true;
  }
  constexpr std::array<std::string_view, 7> kWhole = {"any",  "dev", "each", "every",
                                                      "name", "nic", "if"};
  if (std::ranges::find(kWhole, component) != kWhole.end()) {
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

Advice one_component(std::string_view component, std::string hint) {
  return {
      "\"" + escape(component, 64) +
          "\" is taken for one component of the name: between components stand dots, or slashes, "
          "not both",
      std::move(hint)};
}

// A "*" at the end, in the place of an interface's name: "net/ipv4/conf/eth0.*" matches VLANs of eth0
// alone, "net/ipv4/conf/eth0.accept_*" nothing.
std::optional<Advice> look_at_all_below(const std::string& pattern, std::string_view values) {
  const std::string_view component = std::string_view(pattern).substr(pattern.rfind('/') + 1);
  const bool is_interface = interfaces_of(pattern).size() + component.size() == pattern.size();
  if (!component.ends_with('*') || component.find('.') == kNone ||
      (!is_interface && sysctl::component_with_dot(pattern).empty())) {
    return std::nullopt;
  }
  if (!component.ends_with(".*") || !sysctl::component_with_dot(pattern).empty()) {
    const std::string meant = sysctl::with_one_separator(pattern);
    return meant.empty() ? std::nullopt
                         : std::optional(one_component(component, hint_for(meant, values)));
  }
  std::string below = pattern;
  below[below.size() - 2] = '/';
  return Advice{"this matches the VLANs of an interface, and not the interface itself",
                "write " + proposed_rule(below, values) + " for the interface, " +
                    proposed_rule(pattern + "/*", values) + " for its VLANs"};
}

// IFNAMSIZ of the kernel, less the byte at the end.
constexpr std::size_t kInterfaceMax = 15;

// A name that is one, with an interface in it that is none.
std::optional<Advice> look_at_interface(const Rule& rule) {
  const std::string& pattern = rule.pattern;
  const std::string_view values = values_of(rule);
  if (std::optional<Advice> separators = look_at_all_below(pattern, values)) {
    return separators;
  }
  if (std::optional<Advice> left_out = look_at_left_out_interface(rule)) {
    return left_out;
  }
  const std::optional<sysctl::InterfacePlace> place = sysctl::interface_or_template_place(pattern);
  const std::string component = place ? pattern.substr(place->start, place->size) : "";
  if (place && is_interface_placeholder(component)) {
    return Advice{"\"" + escape(component, 32) +
                      "\" reads like a placeholder, and is taken as the name of an interface",
                  "write the interface's name, or \"*\" for any"};
  }
  const std::string lower = to_lower(component);
  if (component != lower && (lower == "all" || lower == "default")) {
    std::string meant = pattern;
    meant.replace(place->start, place->size, lower);
    return Advice{"\"" + component + "\" is taken as the name of an interface",
                  hint_for(meant, values)};
  }
  constexpr std::string_view kNeighbours = "neigh/";
  if (component == "all" && pattern.substr(0, place->start).ends_with(kNeighbours)) {
    std::string each = pattern;
    each.replace(place->start, place->size, "*");
    return Advice{"neigh has no \"all\", and this is taken as the name of an interface",
                  hint_for(each, values)};
  }
  if (const std::size_t colon = component.find(':'); colon != kNone && colon > 0) {
    std::string meant = pattern;
    meant.erase(place->start + colon, component.size() - colon);
    return Advice{"\":\" is in no interface's name: an alias has no sysctls of its own",
                  hint_for(meant, values)};
  }
  if (component.find('*') == kNone && component.size() > kInterfaceMax) {
    return Advice{"the name of an interface has at most " + std::to_string(kInterfaceMax) +
                      " bytes, and \"" + escape(component, 64) + "\" more",
                  "write the interface's name as `ip link` prints it"};
  }
  if (component.size() > 1 && component.ends_with('+')) {
    std::string meant = pattern;
    meant[place->start + place->size - 1] = '*';
    return Advice{"\"+\" is no wildcard here, and is taken as a part of the interface's name",
                  hint_for(meant, values)};
  }
  return std::nullopt;
}

constexpr std::string_view kNoName = "no tested kernel has a sysctl of this name";
constexpr std::string_view kNoMatch = "no tested kernel has a sysctl that this matches";

// A name, what stands behind it, and what it is of.
struct Written {
  std::string pattern;
  std::string_view values;
  bool is_access = false;
  bool takes_values = true;
  bool is_host_grant = false;  // of limit.host
};

// A grant of a dangerous sysctl has the values with which it does no harm, or is not proposed.
std::string hint_for_one(const std::string& name, const Written& written) {
  const auto danger = std::ranges::find(sysctl::dangers(), name, &sysctl::Danger::name);
  if (!written.is_host_grant || !written.values.empty() || danger == sysctl::dangers().end()) {
    return hint_for(name, written.values);
  }
  return danger->proposed.empty() ? "the name is " + shown(name) : hint_for(name, danger->proposed);
}

// "net/ipv4/ip_forward/1", "net/ipv4/ip_forward/*".
std::optional<Advice> look_at_above(const Written& written) {
  const std::string above = sysctl::sysctl_above(written.pattern);
  if (above.empty()) {
    return std::nullopt;
  }
  const std::string below = written.pattern.substr(above.size() + 1);
  const bool is_value = written.takes_values && written.values.empty() &&
                        below.find_first_of("/*") == kNone && stands(above, below);
  return Advice{shown(above) + " is one sysctl, and there is nothing below it",
                hint_for(above, is_value ? std::string_view(below) : written.values)};
}

std::optional<Advice> look_at_name(const Written& written);

// Dots and slashes between components.
std::optional<Advice> look_at_separators(const Written& written) {
  const std::string& pattern = written.pattern;
  std::string component = sysctl::component_with_dot(pattern);
  const std::string meant = sysctl::with_one_separator(pattern);
  std::string flat = pattern;
  std::ranges::replace(flat, '.', '/');
  if (component.empty()) {
    // "net/ipv4/conf/eth0.rp_filter" is in the place of an interface.
    component = pattern.substr(pattern.rfind('/') + 1);
    if (component.find('.') == kNone || known_directory(pattern) != Directory::kOfAnything ||
        (meant.empty() && sysctl::meant_names(flat).empty())) {
      return std::nullopt;
    }
  }
  Written again = written;
  again.pattern = flat;
  const std::optional<Advice> more =
      meant.empty() && !is_known_name(flat) ? look_at_name(again) : std::nullopt;
  return one_component(component,
                       more ? more->hint : hint_for_one(meant.empty() ? flat : meant, written));
}

std::optional<Advice> look_at_name(const Written& written) {
  const std::string& pattern = written.pattern;
  if (std::optional<Advice> separators = look_at_separators(written)) {
    return separators;
  }
  if (const std::string joined = sysctl::with_interface_joined(pattern); !joined.empty()) {
    return Advice{
        "no sysctl has this name: the dots of an interface's name are taken for separators",
        hint_for(joined, written.values)};
  }
  const Directory directory = known_directory(pattern);
  const std::vector<std::string> meant =
      directory == Directory::kNamed ? std::vector<std::string>() : sysctl::meant_names(pattern);
  if (meant.empty() && directory != Directory::kNone) {
    return Advice{"this is a directory, and no sysctl has this name",
                  written.is_access ? "name a sysctl below it"
                                    : "write " + shown(pattern) + ".* for all that is below it"};
  }
  if (std::optional<Advice> above = meant.empty() ? look_at_above(written) : std::nullopt) {
    return above;
  }
  const std::size_t slash = pattern.rfind('/');
  if (meant.empty() && slash != kNone && !sysctl::was_walked(pattern.substr(0, slash))) {
    return std::nullopt;  // nobody has looked there
  }
  return Advice{std::string(pattern.find('*') == kNone ? kNoName : kNoMatch),
                meant.empty()       ? "compare it with the list that `sysctl -a` prints"
                : meant.size() == 1 ? hint_for_one(meant.front(), written) + ", if that is meant"
                                    : hint_for(meant, written.values)};
}

std::optional<Advice> look_at(const Rule& rule, const Neighbours& neighbours,
                              const NamesHere& here) {
  // The end of a list in braces, in which a comma stands; its beginning is an error.
  if (rule.pattern.find('}') != kNone) {
    return std::nullopt;
  }
  if (std::optional<Advice> front = look_at_front(rule)) {
    return front;
  }
  if (is_here(rule.pattern, here)) {
    return std::nullopt;
  }
  if (is_known_name(rule.pattern)) {
    return look_at_interface(rule);
  }
  if (std::optional<Advice> signs = look_at_signs(rule, neighbours)) {
    return signs;
  }
  std::optional<Advice> piece = look_at_neighbours(rule, neighbours);
  return piece ? piece
               : look_at_name({.pattern = rule.pattern,
                               .values = values_of(rule),
                               .takes_values = rule.kind == RuleKind::kAllow,
                               .is_host_grant = rule.pointer.starts_with("/limit/host/")});
}

bool is_of_a_list(const Rule& rule) {
  return is_written(rule) && (rule.kind == RuleKind::kAllow || rule.kind == RuleKind::kDeny ||
                              rule.kind == RuleKind::kDenyRead);
}

void warn(const Rule& rule, std::string message, std::string hint, Diagnostics& findings) {
  add_finding(findings,
              finding_about(rule, Severity::kWarning, std::move(message), std::move(hint)));
}

// A piece of a name, alone between two commas.
bool is_word(const Rule& rule) {
  return rule.pattern.find_first_of("/*") == kNone && is_unended(rule);
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
    const auto rule_at = [&](std::size_t at) {
      const bool is_near = at < rules.size() && !rule.is_json && !rules[at].is_json &&
                           rules[at].source == rule.source;
      return is_near ? &rules[at] : nullptr;
    };
    constexpr std::size_t kPiecesMax = 32;  // of one name
    std::size_t start = i - 1;
    while (i - start < kPiecesMax && rule_at(start) != nullptr && is_word(*rule_at(start))) {
      --start;
    }
    std::size_t end = i + 1;
    while (end - i < kPiecesMax && rule_at(end) != nullptr && is_unended(*rule_at(end))) {
      ++end;
    }
    const Neighbours neighbours = {.before = rule_at(i - 1),
                                   .behind = rule_at(i + 1),
                                   .start = rule_at(start),
                                   .end = rule_at(end)};
    if (std::optional<Advice> found = look_at(rule, neighbours, here)) {
      warn(rule, std::move(found->message), std::move(found->hint), findings);
    }
  }
}

std::optional<Advice> unlikely_access(const std::string& name, std::string_view value,
                                      const NamesHere& here) {
  // What a shell takes off was in quotes once more.
  constexpr std::string_view kQuotes = "'\"`";
  const std::size_t start = name.find_first_not_of(kQuotes);
  const std::size_t end = name.find_last_not_of(kQuotes) + 1;
  if (start > 0 && end > start) {
    value = value.substr(0, value.find_last_not_of(kQuotes) + 1);
    return Advice{"the quotes are a part of the name here",
                  hint_for(name.substr(start, end - start), value)};
  }
  return is_here(name, here) || is_known_name(name)
             ? std::nullopt
             : look_at_name({.pattern = name, .values = value, .is_access = true});
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
    } else if (any && all_empty && is_pattern && sysctl::find_not_own(rule.pattern) == nullptr) {
      warn(rule,
           "in a namespace of its own a container can write none of these sysctls: the rule grants "
           "nothing there",
           "set them on the host, or remove the rule", findings);
    }
  }
}

}  // namespace sg::advice
