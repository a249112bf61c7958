// SPDX-License-Identifier: Apache-2.0
// written_names.cpp - a name that reads otherwise here than where it was copied from.
#include "advice/written_names.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "advice/unlikely_values.h"
#include "base/text.h"
#include "policy/foreign_rule.h"
#include "policy/rule_text.h"
#include "policy/value_rule.h"
#include "sysctl/interface_names.h"
#include "sysctl/meant_name.h"
#include "sysctl/meant_separators.h"
#include "sysctl/sysctl_name.h"

namespace sg::advice {
namespace {

using policy::Rule;
using policy::RuleKind;
using policy::trim_blanks;
using sysctl::is_known_name;

constexpr std::size_t kNone = std::string_view::npos;
constexpr std::size_t kShownMax = 128;

// Between what is meant and what is not.
constexpr std::string_view kLeavingOut = "!^~-\\";

// `name` is what was written to be left out.
std::string left_out_hint(const Rule& rule, const std::string& name) {
  const std::string_view where = rule.pointer.empty()                  ? "io.sysctl-guard.deny"
                                 : rule.pointer.starts_with("/limit/") ? "limit.deny"
                                                                       : "a \"deny\" list";
  const std::string meant = known_or_meant(name);
  return policy::left_out_hint(rule.kind, where, meant.empty() ? "" : shown(meant));
}

// A denied name has no values.
std::string_view values_for(const Rule& rule) {
  return rule.kind == RuleKind::kAllow ? values_of(rule) : "";
}

std::optional<Advice> look_at_expression(const Rule& rule) {
  const std::string& pattern = rule.pattern;
  const bool has_signs =
      pattern.starts_with('^') || pattern.ends_with('$') || pattern.find('\\') != kNone;
  const std::string meant = sysctl::without_expression(pattern);
  // In the form with dots, "net.ipv4/*" has a ".*" too.
  if (!has_signs && (meant.empty() || !sysctl::with_one_separator(pattern).empty())) {
    return std::nullopt;
  }
  // Or "^" is a "not".
  const bool is_either =
      rule.kind == RuleKind::kAllow && pattern.starts_with('^') && !pattern.ends_with('$');
  return Advice{
      "this reads like a regular expression, and a name is none: \"*\" stands for any bytes",
      (meant.empty() ? "write the name as `sysctl -a` prints it"
                     : hint_for(meant, values_for(rule))) +
          (is_either ? "; " + left_out_hint(rule, "") : "")};
}

// Two names with a sign between them.
struct Glued {
  std::string first;
  std::string sign;
  std::string second;  // the whole name; as it is written, where that is not known
};

std::optional<Glued> take_apart(const std::string& pattern) {
  constexpr std::string_view kSigns = "!^~-+&:<>\\";
  for (std::size_t at = pattern.find_first_of(kSigns, 1); at != kNone;) {
    const std::size_t end = std::min(pattern.find_first_not_of(kSigns, at), pattern.size());
    Glued out{.first = pattern.substr(0, at),
              .sign = pattern.substr(at, end - at),
              .second = pattern.substr(end)};
    const std::string_view top = std::string_view(out.second).substr(0, out.second.find('/'));
    const bool is_name = top.size() < out.second.size() && sysctl::is_top_directory(top);
    const bool is_negated = out.sign.find('!') != kNone ||
                            (out.first.ends_with('*') && out.sign.find_first_of(kLeavingOut) == 0);
    if (is_name) {
      // Of more names than two, none is proposed.
      std::string meant =
          out.second.find_first_of("!^~+&:<>\\") == kNone ? known_or_meant(out.second) : "";
      if (meant.empty() && !is_negated && out.second.find_first_of("!+&") == kNone) {
        return std::nullopt;
      }
      out.second = meant.empty() ? std::move(out.second) : std::move(meant);
      return out;
    }
    if (is_negated && !out.second.empty() && !is_digits(out.second)) {
      const std::string whole = continued(out.first, out.second);
      out.second = whole.empty() ? out.second : whole;
      return out;
    }
    at = pattern.find_first_of(kSigns, end);
  }
  return std::nullopt;
}

std::optional<Advice> look_at_two_names(const Rule& rule) {
  const std::optional<Glued> glued = take_apart(rule.pattern);
  if (!glued) {
    return std::nullopt;
  }
  if (glued->first.find_first_of("/*") == kNone) {
    return Advice{"\"" + escape(glued->first + glued->sign, 32) +
                      "\" stands in front of the name, and is taken for a part of it",
                  hint_for(glued->second, values_for(rule))};
  }
  const std::string first = known_or_meant(glued->first);
  const std::string sign = escape(glued->sign, 16);
  if (glued->sign.find_first_of(kLeavingOut) != kNone) {
    const bool has_rule = !first.empty() && rule.kind == RuleKind::kAllow;
    return Advice{"\"" + sign + "\" leaves nothing out here, and is taken for a part of the name",
                  (has_rule ? hint_for(first, values_of(rule)) + " here; " : "") +
                      left_out_hint(rule, glued->second)};
  }
  const std::string_view values = values_for(rule);
  const bool can_stand =
      !first.empty() && is_known_name(glued->second) &&
      (values.empty() || (stands(first, values) && stands(glued->second, values)));
  return Advice{
      "\"" + sign + "\" stands between two names, and is taken for a part of one",
      "write a rule for each" + (can_stand ? ": " + proposed_rule(first, values) + " and " +
                                                 proposed_rule(glued->second, values)
                                           : "")};
}

// A sign of comparison or the like behind a name: "a!=0", "a>=1", "a>1", "a:=1", "a:1".
std::optional<Advice> look_at_comparison(const Rule& rule) {
  constexpr std::string_view kSigns = "!<>~:+-?^";
  constexpr std::string_view kDigits = "0123456789";
  const std::string& pattern = rule.pattern;
  const std::string_view values = values_of(rule);
  const std::size_t colon = pattern.rfind(':');
  const bool is_behind_colon = colon != kNone && pattern.find_first_of(kDigits, colon) != kNone &&
                               pattern.find_first_not_of("0123456789.-", colon + 1) == kNone;
  const std::size_t number = !values.empty()   ? pattern.size()
                             : is_behind_colon ? colon + 1  // of a range as well
                                               : pattern.find_last_not_of(kDigits) + 1;
  const std::size_t end =
      number == 0 ? kNone : pattern.find_last_not_of(kSigns, number - 1);  // of the name
  if (end == kNone || end + 1 == number) {
    return std::nullopt;
  }
  const std::string name = known_or_meant(pattern.substr(0, end + 1));
  if (name.empty()) {
    return std::nullopt;
  }
  const std::string written = pattern.substr(end + 1, number - end - 1);
  const std::string sign = written + (values.empty() ? "" : "=");
  std::string_view operand = values.empty() ? std::string_view(pattern).substr(number) : values;
  if (rule.kind != RuleKind::kAllow) {
    return Advice{"\"" + written + "\" is taken for a part of the name",
                  hint_for(name, "") + ": it is denied with every value"};
  }
  std::string hint = operand.empty() ? "" : sign_hint(name, sign, operand);
  if (hint.empty() && sign.find_first_of("!<>^") != kNone && !operand.empty()) {
    hint = "write the values that are permitted: a rule names no others";
  }
  return Advice{"\"" + written + "\" is taken for a part of the name: a rule is NAME=VALUES",
                hint.empty() ? hint_for(name, operand) : hint};
}

// The name of a sysctl in a value: of "name=net.core.somaxconn".
std::string named_by(const Rule& rule) {
  const std::string_view values = values_of(rule);
  const std::vector<std::string_view> tokens = policy::split_tokens(values);
  if (rule.pattern.find('/') != kNone || tokens.empty()) {
    return "";
  }
  const std::string name =
      sysctl::to_slash_form(tokens.front().substr(0, tokens.front().find_first_of(",;=")));
  const bool has_top = sysctl::is_top_directory(std::string_view(name).substr(0, name.find('/')));
  return has_top && name.find('/') != kNone ? known_or_meant(name) : "";
}

// Behind "value=", or behind the name: "sysctl=NAME=VALUE".
std::string_view value_in(std::string_view text) {
  constexpr std::string_view kValue = "value=";
  const std::size_t word = text.find(kValue);
  const std::size_t second = text.find('=', text.find('=') + 1);
  const std::size_t at = word == kNone ? second : word + kValue.size() - 1;
  const std::string_view rest = at == kNone ? "" : text.substr(at + 1);
  return rest.substr(0, rest.find_first_of(" \t,;"));
}

// "name=NAME, value=VALUE", in one rule or in two.
std::optional<Advice> look_at_keyword(const Rule& rule, const Neighbours& neighbours) {
  std::string name = named_by(rule);
  std::string_view value = value_in(rule.text);
  if (!name.empty() && value.empty() && neighbours.behind != nullptr) {
    value = value_in(neighbours.behind->text);
  } else if (name.empty() && rule.text.starts_with("value=") && neighbours.before != nullptr) {
    name = named_by(*neighbours.before);
  }
  if (name.empty()) {
    return std::nullopt;
  }
  const bool is_whole = !value.empty() && stands(name, value);
  return Advice{"a rule is the name of the sysctl, \"=\" and its value, without words for them",
                is_whole ? hint_for(name, value) : "write " + shown(name) + "=VALUE"};
}

}  // namespace

std::optional<Advice> look_at_front(const Rule& rule) {
  constexpr std::string_view kFront = "-!~#+'`(<$";
  const std::string& pattern = rule.pattern;
  const std::size_t start = pattern.find_first_not_of(kFront);
  if (start == 0) {
    return std::nullopt;
  }
  const std::string front = pattern.substr(0, start);
  const std::string rest = start == kNone ? "" : pattern.substr(start);
  std::string_view values = values_of(rule);
  constexpr std::string_view kQuotes = "'`(";
  if (values.size() > 2 && values.front() == values.back() && values.front() == front.back() &&
      kQuotes.find(values.front()) != kNone) {
    values = values.substr(1, values.size() - 2);
  }
  Advice out{"the name begins with \"" + escape(front, 16) + "\", which is part of it here", ""};
  if (front == "--") {
    const std::string name = sysctl::to_slash_form(values.substr(0, values.find('=')));
    out.hint = "write the rule alone, without the option" +
               (is_known_name(name) ? ": " + escape(values, kShownMax) : "");
  } else if (front == "#") {
    out.hint = "leave the line out: a list of rules has no comments";
  } else if (front == "-" && rule.kind != RuleKind::kAllow) {
    const std::string meant = known_or_meant(rest);
    out.hint = "leave out the \"-\"" + (meant.empty() ? "" : " to deny " + shown(meant)) +
               ": this list has nothing that is left out";
  } else if (front == "!" || front == "~" || (front == "-" && values.empty())) {
    out.hint = left_out_hint(rule, rest);
  } else if (front == "-") {
    out.hint = "leave out the \"-\" of sysctl.d";
  } else {
    out.hint = "leave out the \"" + escape(front, 16) + "\"";
  }
  if (out.hint.starts_with("leave out") && rule.kind == RuleKind::kAllow) {
    const std::size_t behind = rest.find_last_not_of("'`)>") + 1;
    const std::string name = known_or_meant(rest.substr(0, behind));
    const bool is_closed =
        kQuotes.find(front.back()) != kNone && !values.empty() && behind == rest.size();
    out.hint += name.empty()
                    ? ""
                    : ": " + hint_for(name, values.substr(0, values.size() - (is_closed ? 1 : 0)));
  }
  return out;
}

std::optional<Advice> look_at_signs(const Rule& rule, const Neighbours& neighbours) {
  if (std::optional<Advice> two = look_at_two_names(rule)) {
    return two;
  }
  if (std::optional<Advice> expression = look_at_expression(rule)) {
    return expression;
  }
  if (std::optional<Advice> comparison = look_at_comparison(rule)) {
    return comparison;
  }
  return look_at_keyword(rule, neighbours);
}

std::optional<Advice> look_at_left_out_interface(const Rule& rule) {
  const auto place = sysctl::interface_or_template_place(rule.pattern);
  const std::size_t sign = place ? rule.pattern.find('!', place->start) : kNone;
  if (sign >= (place ? place->start + place->size : 0)) {
    return std::nullopt;
  }
  std::string out = rule.pattern;
  out.erase(place->start, sign + 1 - place->start);
  return Advice{"\"!\" leaves nothing out here, and is taken for a part of the interface's name",
                left_out_hint(rule, out)};
}

bool is_unended(const Rule& rule) {
  return values_of(rule).empty() &&
         (rule.pattern.find_first_of("/*") == kNone ||
          sysctl::known_directory(rule.pattern) != sysctl::Directory::kNone);
}

std::optional<Advice> look_at_neighbours(const Rule& rule, const Neighbours& neighbours) {
  const std::string start = neighbours.start == nullptr ? "" : neighbours.start->pattern;
  const std::string end = neighbours.end == nullptr ? "" : neighbours.end->pattern;
  std::string whole = continued(start, rule.pattern);
  std::string_view values = values_of(rule);
  const std::size_t leaf = end.rfind('/');
  if (whole.empty() && leaf != kNone && is_unended(rule)) {
    const std::string piece = rule.pattern + end.substr(leaf);
    whole = is_known_name(piece) ? piece : continued(start, piece);
    values = values_of(*neighbours.end);
  }
  return whole.empty() ? std::nullopt
                       : std::optional(Advice{
                             "no sysctl has this name: each rule of a list has the whole one",
                             hint_for(whole, values)});
}

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

}  // namespace sg::advice
