// SPDX-License-Identifier: Apache-2.0
// rule_list.cpp - a list as the user wrote it into rules.
//
// The list is first cut into pieces, one rule each: at commas and line breaks outside quoted
// values, or at the elements of a JSON array (json_list.cpp), whose findings are moved from the
// decoded text to where the user wrote it. Then each piece is parsed alone. A piece with any error
// gives no rule, so that a mistake can never widen what is permitted.
#include "policy/rule_list.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "policy/groups.h"
#include "policy/json_list.h"
#include "policy/rule_text.h"
#include "policy/sysctl_name.h"
#include "policy/value_rule.h"

namespace sg::policy {

namespace {

constexpr std::size_t kNone = std::string_view::npos;

// Names whose values the kernel reads as hexadecimal masks (net/core/sysctl_net_core.c): "10" is
// 16.
constexpr std::string_view kMaskNames[] = {
    "net/core/flow_limit_cpu_bitmap",
    "net/core/rps_default_mask",
};

// Names that hold 64-bit integers (proc_doulongvec_minmax in ipc/ipc_sysctl.c, net/ipv4/sysctl_net_ipv4.c,
// fs/file_table.c). For all others a number beyond 32 bits is a finding.
constexpr std::string_view kLongNames[] = {
    "fs/file-max", "kernel/shmall", "kernel/shmmax", "net/ipv4/tcp_mem", "net/ipv4/udp_mem",
};

// Parses single rules of one list and gathers what they give.
class RuleParser {
 public:
  RuleParser(RuleKind kind, const std::string& source, const NamespaceSet& private_namespaces)
      : kind_(kind), source_(source), private_namespaces_(private_namespaces) {}

  // `written` has no blanks at its ends and is not empty; it stands `offset` bytes into the list.
  void parse(std::string_view written, std::size_t offset, Diagnostics& findings);

  [[nodiscard]] const std::string& source() const noexcept { return source_; }
  [[nodiscard]] std::vector<Rule> take_rules() { return std::move(rules_); }

 private:
  void parse_group(std::string_view written, const TextPlace& place, Diagnostics& findings);
  void add_rule(Rule rule, std::string_view written, const TextPlace& place,
                Diagnostics& findings);

  RuleKind kind_;
  const std::string& source_;
  const NamespaceSet& private_namespaces_;
  std::vector<Rule> rules_;
  bool full_ = false;
};

void RuleParser::add_rule(Rule rule, std::string_view written, const TextPlace& place,
                          Diagnostics& findings) {
  if (rules_.size() < kRulesMax) {
    rule.kind = kind_;
    rule.source = source_;
    rules_.push_back(std::move(rule));
    return;
  }
  if (!full_) {
    full_ = true;
    add_error(findings, place, 0, written,
              "this is one rule more than the " + std::to_string(kRulesMax) + " that are possible",
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
  const auto patterns = group_patterns(written, private_namespaces_);
  if (!patterns) {
    const auto near = nearest(written, group_names());
    std::string names;
    for (const std::string_view name : group_names()) {
      names += (names.empty() ? "" : ", ") + std::string(name);
    }
    add_error(findings, place, 0, written, "there is no group of this name",
              near ? "write " + std::string(*near) : "the groups are " + names);
    return;
  }
  for (const std::string_view pattern : *patterns) {
    Rule rule;
    rule.pattern = pattern;
    rule.text = std::string(written) + " [" + std::string(pattern) + "]";
    add_rule(std::move(rule), written, place, findings);
  }
}

bool has_numeric(const std::vector<Value>& values) {
  for (const Value& value : values) {
    if (std::holds_alternative<NumericValue>(value)) {
      return true;
    }
  }
  return false;
}

// A number for a sysctl that is written in hexadecimal would permit another value than it says.
// False where the rule is for such a sysctl alone; a pattern that covers others too gets a warning.
bool check_masks(std::string_view pattern, std::string_view values, const TextPlace& place,
                 Diagnostics& findings) {
  for (const std::string_view name : kMaskNames) {
    if (!pattern_matches(pattern, name)) {
      continue;
    }
    const bool exact = pattern == name;
    Finding finding{.severity = exact ? Severity::kError : Severity::kWarning,
                    .source = place.source,
                    .offset = place.offset,
                    .text = std::string(values),
                    .message = "the kernel reads values of " + std::string(name) +
                               " as hexadecimal masks, this is a decimal number",
                    .hint = exact ? "put the hexadecimal text in quotes"
                                  : "give " + std::string(name) + " a rule of its own"};
    add_finding(findings, std::move(finding));
    if (exact) {
      return false;
    }
  }
  return true;
}

bool is_beyond_int(const Value& value) {
  const auto* numeric = std::get_if<NumericValue>(&value);
  return numeric != nullptr &&
         std::any_of(numeric->tokens.begin(), numeric->tokens.end(), [](const Token& token) {
           return !token.any && (token.low < kIntMin || token.high > kIntMax);
         });
}

// Handlers of ints cut some numbers down to 32 bits, and so to one the rule does not permit. False where
// a number is that large and the rule is not for a sysctl that holds it.
bool check_width(std::string_view pattern, const std::vector<Value>& values, std::string_view shown,
                 const TextPlace& place, Diagnostics& findings) {
  if (std::ranges::find(kLongNames, pattern) != std::ranges::end(kLongNames) ||
      std::none_of(values.begin(), values.end(), is_beyond_int)) {
    return true;
  }
  add_error(findings, place, 0, shown,
            "a number is beyond the 32 bits of most sysctls, which may store another one instead",
            "end the range at 2147483647, or put the one number in quotes");
  return false;
}

void RuleParser::parse(std::string_view written, std::size_t offset, Diagnostics& findings) {
  const TextPlace place{source_, offset};
  if (written.front() == '@') {
    parse_group(written, place, findings);
    return;
  }
  const std::size_t equals = written.find('=');
  std::optional<std::string> pattern =
      parse_pattern(trim_blanks(written.substr(0, equals)), place, findings);
  std::vector<Value> values;
  if (equals != kNone) {
    if (kind_ != RuleKind::kAllow) {
      add_error(findings, place, equals, written.substr(equals), "a value does not belong here",
                "write the name alone: it is denied with every value");
      return;
    }
    const std::string_view after = written.substr(equals + 1);
    const TextPlace value_place{source_, offset + equals + 1};
    values = parse_values(after, value_place, findings);
    if (values.empty()) {
      return;  // with findings; a rule without values would permit every value
    }
    const std::string_view shown = trim_blanks(after);
    const TextPlace shown_place{source_, value_place.offset + offset_in(after, shown)};
    if (pattern && has_numeric(values) &&
        (!check_masks(*pattern, shown, shown_place, findings) ||
         !check_width(*pattern, values, shown, shown_place, findings))) {
      return;
    }
  }
  if (pattern) {
    Rule rule;
    rule.pattern = std::move(*pattern);
    rule.values = std::move(values);
    rule.text = written;
    add_rule(std::move(rule), written, place, findings);
  }
}

// The plain form: pieces between commas and line breaks. Between two rules stand any number of line
// breaks and at most one comma; at the ends of the list no comma.
class PlainList {
 public:
  PlainList(std::string_view list, RuleParser& parser, Diagnostics& findings)
      : list_(list), parser_(parser), place_{parser.source(), 0}, findings_(findings) {}

  void parse();

 private:
  [[nodiscard]] std::size_t end_of_piece(std::size_t start) const;
  void end_with_comma(std::size_t comma);

  std::string_view list_;
  RuleParser& parser_;
  TextPlace place_;
  Diagnostics& findings_;
  std::size_t open_comma_ = kNone;  // a comma behind which no rule has come yet
  bool any_rule_ = false;
};

// The index of the comma or line break that ends the piece, or the size of the list. A quote opens
// a quoted value only where value_rule.cpp lets it: first in an alternative.
std::size_t PlainList::end_of_piece(std::size_t start) const {
  bool in_values = false;
  bool at_start = false;  // only blanks since the '=' or '|'
  std::size_t i = start;
  while (i < list_.size() && list_[i] != ',' && list_[i] != '\n') {
    const char c = list_[i];
    if (c == '"' && at_start) {
      const std::size_t end = end_of_quoted(list_, i);
      at_start = false;
      i = end == kNone ? list_.size() : end;
      continue;
    }
    const bool opens = (c == '=' && !in_values) || (c == '|' && in_values);
    in_values = in_values || c == '=';
    at_start = opens || (at_start && is_blank(c));
    i += 1;
  }
  return i;
}

void PlainList::end_with_comma(std::size_t comma) {
  const std::string_view text = list_.substr(comma, 1);
  if (open_comma_ != kNone) {
    add_error(findings_, place_, comma, text, "two commas in a row", "remove one");
  } else if (!any_rule_) {
    add_error(findings_, place_, comma, text, "there is no rule before this comma", "remove it");
  }
  open_comma_ = comma;
}

void PlainList::parse() {
  std::size_t start = 0;
  while (start <= list_.size()) {
    const std::size_t end = end_of_piece(start);
    std::string_view piece = list_.substr(start, end - start);
    const bool at_line_end = end < list_.size() && list_[end] == '\n';
    if (at_line_end && piece.ends_with('\r')) {
      piece.remove_suffix(1);
    }
    piece = trim_blanks(piece);
    if (!piece.empty()) {
      parser_.parse(piece, offset_in(list_, piece), findings_);
      any_rule_ = true;
      open_comma_ = kNone;
    }
    if (end < list_.size() && !at_line_end) {
      end_with_comma(end);
    }
    start = end + 1;
  }
  if (any_rule_ && open_comma_ != kNone) {
    add_error(findings_, place_, open_comma_, list_.substr(open_comma_, 1),
              "there is no rule after this comma", "remove it");
  }
}

// Parses one string of the JSON form. What it finds is moved: from the decoded text to the list.
void parse_json_string(std::string_view list, const JsonElement& element, RuleParser& parser,
                       Diagnostics& findings) {
  const std::string_view text = element.text;
  const std::string_view written = trim_blanks(text);
  Diagnostics decoded;
  parser.parse(written, offset_in(text, written), decoded);
  for (const Finding& found : decoded.findings()) {
    const std::size_t last = element.map.size() - 1;
    const std::size_t start = element.map[std::min(found.offset, last)];
    const std::size_t end = element.map[std::min(found.offset + found.text.size(), last)];
    Finding moved = found;
    moved.offset = start;
    moved.text = list.substr(start, end - start);
    add_finding(findings, std::move(moved));
  }
}

void parse_json_list(std::string_view list, RuleParser& parser, Diagnostics& findings) {
  const TextPlace place{parser.source(), 0};
  const std::variant<std::vector<JsonElement>, JsonProblem> split = split_json_list(list);
  if (const auto* problem = std::get_if<JsonProblem>(&split)) {
    add_error(findings, place, problem->offset, list.substr(problem->offset, 1),
              "the JSON form of the list " + problem->why,
              "write a JSON array of strings, or rules with commas between them");
    return;
  }
  for (const JsonElement& element : std::get<std::vector<JsonElement>>(split)) {
    const std::string_view raw = list.substr(element.start, element.end - element.start);
    if (!element.is_string) {
      add_error(findings, place, element.start, raw, "an element of the list is not a string",
                "put the rule in double quotes");
    } else if (trim_blanks(element.text).empty()) {
      add_error(findings, place, element.start, raw, "an element of the list is empty",
                "write a rule, or remove the element");
    } else {
      parse_json_string(list, element, parser, findings);
    }
  }
}

// The first byte that is not layout; nothing but line breaks, blanks and a CR before a line break
// is.
bool is_json_form(std::string_view list) noexcept {
  for (std::size_t i = 0; i < list.size(); i++) {
    const bool line_end = list[i] == '\n' || list.substr(i).starts_with("\r\n");
    if (!line_end && !is_blank(list[i])) {
      return list[i] == '[';
    }
  }
  return false;
}

}  // namespace

std::vector<Rule> parse_rule_list(std::string_view list, RuleKind kind, const std::string& source,
                                  const NamespaceSet& private_namespaces, Diagnostics& findings) {
  if (list.size() > kListMax) {
    add_error(findings, TextPlace{source, 0}, kListMax, "",
              "the list has " + std::to_string(list.size()) + " bytes, at most " +
                  std::to_string(kListMax) + " are possible",
              "put \"*\" in place of many names");
    return {};
  }
  RuleParser parser(kind, source, private_namespaces);
  if (is_json_form(list)) {
    parse_json_list(list, parser, findings);
  } else {
    PlainList(list, parser, findings).parse();
  }
  return parser.take_rules();
}

}  // namespace sg::policy
