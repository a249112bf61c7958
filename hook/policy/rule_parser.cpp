// SPDX-License-Identifier: Apache-2.0
// rule_parser.cpp - one rule: its pattern and its values; or a group.
//
// A piece with any error gives no rule, so that a mistake can never widen what is permitted. A
// string of a JSON document is parsed decoded; what is found is then moved to where the user wrote
// it.
//
// In a pattern an index in the slash form is an index in the written form, less a dropped
// "/proc/sys/". Every test but the one for unprintable bytes is made on the slash form; whatever
// passes them is a legal pattern of policy.h.
#include "policy/rule_parser.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "policy/kernel_number.h"
#include "policy/rule_text.h"
#include "policy/value_fit.h"
#include "policy/value_rule.h"
#include "sysctl/catalogue.h"
#include "sysctl/sysctl_name.h"

namespace sg::policy {
namespace {

constexpr std::size_t kNone = std::string_view::npos;
constexpr std::string_view kBlanks = " \t";

// How one of our keys reads as a name: two annotations in one that Podman before 5.0 would have
// cut.
constexpr std::string_view kOwnKeys = "io/sysctl-guard/";

// What a rule takes in memory, roughly.
std::size_t size_of(const Rule& rule) {
  std::size_t size = sizeof rule + rule.pattern.size() + rule.text.size();
  for (const Value& value : rule.values) {
    const auto* numeric = std::get_if<NumericValue>(&value);
    size += sizeof value + (numeric != nullptr ? numeric->tokens.size() * sizeof(Token)
                                               : std::get<TextValue>(value).text.size());
  }
  return size;
}

std::string hint_for_group(std::string_view written, RuleKind kind, std::string_view source,
                           const Groups& groups) {
  if (written.starts_with(kCurrentWord)) {
    return "@current is a value: write NAME=" + escape_unprintable(written, 64) +
           ", and \"|\" between the values of one rule";
  }
  constexpr std::size_t kShownMax = 12;
  if (std::string meant = hint_for_two_groups(written, kind, source, groups); !meant.empty()) {
    return meant;
  }
  const std::vector<std::string_view> names = groups.names();
  if (const std::optional<std::string_view> near = nearest(written, names)) {
    return "write " + std::string(*near);
  }
  std::string list = "the groups are ";
  for (std::size_t i = 0; i < std::min(names.size(), kShownMax); ++i) {
    list += (i == 0 ? "" : ", ") + std::string(names[i]);
  }
  return list + (names.size() > kShownMax ? ", ..." : "");
}

// A rule shows the group that it was asked for by and itself, not the groups between.
std::string without_group(const std::string& text) {
  const std::size_t open = text.starts_with('@') ? text.find('[') : kNone;
  return open == kNone ? text : text.substr(open + 1, text.size() - open - 2);
}

constexpr std::string_view kStarHint =
    "the only wildcard is \"*\": at the very end it matches the rest at any depth, elsewhere any "
    "bytes of one component";

// What is wrong with the printable byte at `i`, and what to write; nothing where it is legal.
struct Complaint {
  std::string_view message;
  std::string hint;
};

std::optional<Complaint> complaint_about(std::string_view written, std::size_t i) {
  constexpr std::string_view kMeaning =
      "this character has a meaning in rules and cannot be part of a name";
  switch (written[i]) {
    case '?':
    case '[':
      return Complaint{"this is not a wildcard here", std::string(kStarHint)};
    case '*':
      if (i + 1 < written.size() && written[i + 1] == '*' && (i == 0 || written[i - 1] != '*')) {
        return Complaint{"\"**\" is not supported", std::string(kStarHint)};
      }
      return std::nullopt;
    case ' ':
    case '\t':
      return written.find_first_of(kBlanks) == i
                 ? std::optional(Complaint{"a name has no blanks",
                                           "write the name as it stands under /proc/sys"})
                 : std::nullopt;
    case '{':
      return Complaint{"a list in braces does not belong here",
                       "write a rule for each name, or \"*\" for what differs"};
    case ',':
    case ';':
      return Complaint{kMeaning, "write one rule in each string of the list"};
    case '|':
      return Complaint{kMeaning, "write a rule for each name, or \"*\" for what differs"};
    case '"':
      return Complaint{kMeaning, "leave the quotes out: only a value is written in quotes"};
    case '=':
    case '@':
      return Complaint{kMeaning, "where an interface has it in its name, put \"*\" in its place"};
    default:
      return std::nullopt;
  }
}

bool check_characters(std::string_view written, const TextPlace& place, Diagnostics& findings) {
  bool good = check_bytes(written, place, findings);
  for (std::size_t i = 0; i < written.size(); i++) {
    const std::optional<Complaint> complaint = complaint_about(written, i);
    if (complaint) {
      const std::size_t length = written.substr(i).starts_with("**") ? 2 : 1;
      add_error(findings, place, i, written.substr(i, length), std::string(complaint->message),
                complaint->hint);
      good = false;
    }
  }
  return good;
}

std::string hint_for_empty_component(std::string_view slash_name) {
  if (slash_name.starts_with('/')) {
    return "leave out the separator at the start, or write the whole path from /proc/sys/";
  }
  if (slash_name.ends_with('/')) {
    return "to match everything below it, write \"*\" after the last separator";
  }
  std::string one;  // of a regular expression too: "net\\.ipv4\\..*"
  for (const char c : slash_name) {
    if (c != '\\' && (c != '/' || !one.ends_with('/'))) {
      one += c;
    }
  }
  return "write one separator: " + escape(sysctl::to_dot_form(one), sysctl::kNameMax);
}

// "NAME=0..1" of "NAME:0..1"; or "".
std::string range_behind_colon(std::string_view written) {
  const std::size_t colon = written.find(':');
  const std::string_view values = colon == kNone ? "" : written.substr(colon + 1);
  return split_range(trim_blanks(values))
             ? escape_unprintable(written.substr(0, colon), sysctl::kNameMax) + "=" +
                   std::string(trim_blanks(values))
             : "";
}

// At most one finding, with the whole name: the components of a name make sense only together.
bool check_components(std::string_view slash_name, std::string_view written, const TextPlace& place,
                      Diagnostics& findings) {
  for (const std::string_view component : split(slash_name, '/')) {
    if (component.empty()) {
      const std::string range = range_behind_colon(written);
      add_error(findings, place, 0, written,
                range.empty() ? "the name has an empty component"
                              : "\":\" is taken for a part of the name: a rule is NAME=VALUES",
                range.empty() ? hint_for_empty_component(slash_name) : "write " + range);
      return false;
    }
    if (component == "." || component == "..") {
      add_error(findings, place, 0, written,
                "the name has the component \"" + std::string(component) + "\"",
                "write the name as it stands under /proc/sys");
      return false;
    }
  }
  return true;
}

}  // namespace

// Nothing more can change what is reported.
bool RuleParser::is_enough(const Diagnostics& findings) {
  wants_hints_ = !is_full(findings);
  return done_ || findings.findings().size() > kFindingsMax;
}

void RuleParser::add_rule(Rule rule, std::string_view written, const TextPlace& place,
                          Diagnostics& findings) {
  const std::size_t bytes = size_of(rule);
  if (rules_.size() < kRulesMax && budget_.rules > 0 && budget_.bytes >= bytes) {
    --budget_.rules;
    budget_.bytes -= bytes;
    rule.kind = kind_;
    rule.source = source_;
    rule.offset = place.offset;
    rules_.push_back(std::move(rule));
    return;
  }
  if (!done_) {
    done_ = true;
    add_error(
        findings, place, 0, written,
        rules_.size() == kRulesMax
            ? "this is one rule more than the " + std::to_string(kRulesMax) + " that are possible"
            : "with this, the rules and their values are more than is possible, groups put in",
        "put \"*\" in place of many names");
  }
}

void RuleParser::parse_group(std::string_view written, const TextPlace& place,
                             Diagnostics& findings) {
  const std::size_t equals = written.find('=');
  if (equals != kNone) {
    add_error(findings, place, equals, written.substr(equals), "a group takes no value",
              "name the sysctls whose values you want to permit");
    return;
  }
  const std::vector<Rule>* rules = groups_.find(written);
  if (rules == nullptr) {
    add_error(findings, place, 0, written, "there is no group of this name",
              wants_hints_ ? hint_for_group(written, kind_, source_, groups_) : "");
    return;
  }
  const auto has_values = [](const Rule& rule) { return !rule.values.empty(); };
  const auto valued = std::ranges::find_if(*rules, has_values);
  if (values_ == Values::kForbidden && valued != rules->end()) {
    add_error(findings, place, 0, written,
              "the group holds " + escape_unprintable(valued->text, 64) +
                  ", and a value does not belong here",
              "name the patterns without values");
    return;
  }
  for (const Rule& rule : *rules) {
    if (done_) {
      return;
    }
    Rule copy = rule;
    copy.text = std::string(written) + " [" + without_group(rule.text) + "]";
    add_rule(std::move(copy), written, place, findings);
  }
}

void RuleParser::parse(std::string_view written, std::size_t offset, Diagnostics& findings) {
  if (!is_enough(findings)) {
    parse_rule(written, offset, Separator::kComma, findings);
  }
}

void RuleParser::parse_rule(std::string_view written, std::size_t offset, Separator separator,
                            Diagnostics& findings) {
  const TextPlace place{source_, offset};
  if (written.front() == '@') {
    parse_group(written, place, findings);
    return;
  }
  const std::size_t equals = written.find('=');
  const std::string_view name = trim_blanks(written.substr(0, equals));
  if (const std::size_t blank = name.find_first_of(kBlanks); blank != kNone) {
    if (check_bytes(written, place, findings)) {
      add_error(findings, place, blank, name.substr(blank, 1),
                written.starts_with('#') ? "a list has no comments" : "a name has no blanks",
                wants_hints_ ? hint_for_blank(written, kind_, separator, source_) : "");
    }
    return;
  }
  std::optional<std::string> pattern = parse_pattern(name, place, findings);
  if (!pattern && written.front() == '"') {
    return;  // the quote at the end is no second mistake
  }
  std::vector<Value> values;
  if (equals != kNone) {
    const sysctl::Width width = pattern ? sysctl::width_of(*pattern) : sysctl::Width::kInt32;
    if (values_ == Values::kForbidden) {
      add_error(findings, place, equals, written.substr(equals), "a value does not belong here",
                "write the name alone: it is denied with every value");
      return;
    }
    const std::string_view after = written.substr(equals + 1);
    const TextPlace value_place{source_, offset + equals + 1};
    values = parse_values(after, value_place, findings, width,
                          pattern ? std::string_view(*pattern) : std::string_view());
    if (values.empty()) {
      return;  // with findings; a rule without values would permit every value
    }
    const std::string_view shown = trim_blanks(after);
    const TextPlace shown_place{source_, value_place.offset + offset_in(after, shown)};
    if (pattern && !values_fit(*pattern, width, values, shown, shown_place, findings)) {
      return;
    }
  }
  if (pattern && pattern->starts_with(kOwnKeys)) {
    add_error(findings, place, 0, written, "this is a key of ours, not the name of a sysctl",
              "give each key an annotation of its own");
    return;
  }
  if (pattern) {
    Rule rule;
    rule.pattern = std::move(*pattern);
    rule.values = std::move(values);
    rule.text = written;
    add_rule(std::move(rule), written, place, findings);
  }
}

void RuleParser::parse(const JsonElement& element, std::string_view text,
                       const std::string& pointer, Diagnostics& findings) {
  const std::string_view written = trim_blanks(element.text);
  const std::string_view raw = text.substr(element.start, element.end - element.start);
  if (written.empty()) {
    add_finding(findings, {.source = source_,
                           .offset = element.start,
                           .text = std::string(raw),
                           .message = "an element of the list is empty",
                           .hint = "write a rule, or remove the element",
                           .pointer = pointer});
    return;
  }
  if (is_enough(findings)) {
    return;
  }
  const std::size_t first_new = rules_.size();
  Diagnostics decoded;
  parse_rule(written, offset_in(element.text, written), Separator::kJsonString, decoded);
  const std::size_t last = element.map.size() - 1;
  for (const Finding& found : decoded.findings()) {
    Finding moved = found;
    moved.offset = element.map[std::min(found.offset, last)];
    const std::size_t end = element.map[std::min(found.offset + found.text.size(), last)];
    moved.text = text.substr(moved.offset, end - moved.offset);
    moved.pointer = pointer;
    add_finding(findings, std::move(moved));
  }
  for (std::size_t i = first_new; i < rules_.size(); ++i) {
    rules_[i].offset = element.map[std::min(rules_[i].offset, last)];
    rules_[i].pointer = pointer;
    rules_[i].is_json = true;
  }
}

std::optional<std::string> parse_pattern(std::string_view written, const TextPlace& place,
                                         Diagnostics& findings) {
  std::string slash_name = sysctl::to_slash_form(written);
  if (slash_name.empty()) {
    add_error(findings, place, 0, written, "the name of a sysctl is missing",
              "write a name such as net.ipv4.ip_forward");
    return std::nullopt;
  }
  bool good = check_characters(written, place, findings);
  good = check_components(slash_name, written, place, findings) && good;
  if (slash_name.size() > sysctl::kNameMax) {
    add_error(findings, place, 0, written,
              "the name has " + std::to_string(slash_name.size()) + " bytes, at most " +
                  std::to_string(sysctl::kNameMax) + " are possible",
              "shorten it with \"*\"");
    good = false;
  }
  if (!good) {
    return std::nullopt;
  }
  return slash_name;
}

}  // namespace sg::policy
