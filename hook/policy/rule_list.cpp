// SPDX-License-Identifier: Apache-2.0
// rule_list.cpp - a list as the user wrote it into rules.
//
// The list is cut into pieces, one rule each: at semicolons, commas and line breaks outside quoted
// values, or at the elements of a JSON array (rule_text.h). Each piece is then parsed alone
// (rule_parser.h).
#include "policy/rule_list.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "policy/rule_text.h"
#include "sysctl/catalogue.h"
#include "sysctl/sysctl_name.h"

namespace sg::policy {

namespace {

constexpr std::size_t kNone = std::string_view::npos;

// A semicolon is what engines leave alone; Podman before 5.0 cuts an annotation at commas and at
// line breaks.
bool is_separator(char c) noexcept { return c == ';' || c == ','; }

const char* name_of(char separator) noexcept { return separator == ';' ? "semicolon" : "comma"; }

// The plain form: pieces between separators and line breaks. Between two rules stand any number of
// line breaks and at most one separator; at the ends of the list no separator.
class PlainList {
 public:
  PlainList(std::string_view list, RuleParser& parser, Diagnostics& findings)
      : list_(list), parser_(parser), place_{parser.source(), 0}, findings_(findings) {}

  void parse();

 private:
  void parse_piece(std::string_view piece);
  void end_with(std::size_t separator);
  [[nodiscard]] std::string describe_row(std::size_t separator) const;

  std::string_view list_;
  RuleParser& parser_;
  TextPlace place_;
  Diagnostics& findings_;
  std::size_t open_separator_ = kNone;  // one behind which no rule has come yet
  bool any_rule_ = false;
  std::string_view valued_;        // the rule before this one, where it has values
  std::size_t before_valued_ = 0;  // rules in front of the last one
  bool in_row_ = false;            // one piece that reads like a value is told
};

// Numbers alone, "1..5": no sysctl has such a name.
bool is_number(std::string_view piece) {
  return piece.substr(0, piece.find('=')).find_first_not_of("0123456789-.|\t ") == kNone;
}

// No sysctl has a name of one component.
bool is_word(std::string_view piece) {
  return piece.front() != '@' && piece.find_first_of("=./*") == kNone;
}

// What is meant by `rule`, a piece of the list, with the numbers behind separators that follow, where
// its sysctl is known to hold so many or a list of them; "" otherwise.
std::string meant_rule(std::string_view list, std::string_view rule) {
  const std::size_t equals = rule.find('=');
  const std::string_view name = trim_blanks(rule.substr(0, equals));
  const auto held = sysctl::holds_no_one_number(sysctl::to_slash_form(name));
  std::vector<std::string> numbers = {std::string(trim_blanks(rule.substr(equals + 1)))};
  constexpr std::size_t kNumbersMax = 32;  // more than a sysctl holds, and than a hint shows
  for (std::size_t end = end_of_rule(list, offset_in(list, rule));
       end < list.size() && numbers.size() <= kNumbersMax;) {
    const std::size_t start = end + 1;
    end = end_of_rule(list, start);
    const std::string_view piece = trim_blanks(list.substr(start, end - start));
    if (!piece.empty() && !is_number(piece)) {
      break;
    }
    if (!piece.empty()) {
      numbers.emplace_back(piece);
    }
  }
  const std::string front = std::string(name) + "=";
  if (held == "holds a list of numbers and ranges") {
    std::string values = join(numbers, ",");
    for (std::size_t at = values.find(".."); at != kNone; at = values.find("..")) {
      values.replace(at, 2, "-");
    }
    return values.find_first_not_of("0123456789,-") == kNone ? front + "\"" + values + "\"" : "";
  }
  const std::string values = join(numbers, " ");
  return held == "holds " + std::to_string(numbers.size()) + " numbers" &&
                 values.find_first_not_of("0123456789. ") == kNone
             ? front + values
             : "";
}

void PlainList::parse_piece(std::string_view piece) {
  const std::size_t offset = offset_in(list_, piece);
  const bool had_values = !valued_.empty();
  if (any_rule_ && (is_number(piece) || (had_values && is_word(piece)))) {
    // All that stands in a row is one mistake, and of the rule before it.
    parser_.take_back(before_valued_);
    open_separator_ = kNone;
    if (std::exchange(in_row_, true)) {
      return;
    }
    const std::string meant = had_values ? meant_rule(list_, valued_) : "";
    add_error(findings_, place_, offset, piece,
              had_values ? "this is no name, but reads like one more value of the rule before it"
                         : "no sysctl has such a name",
              !meant.empty() ? "write " + meant
              : had_values
                  ? "write \"|\" between several values (0|1) and blanks between the numbers of "
                    "one, and put a value that holds a comma in double quotes (\"0,1\")"
                  : "write all components of the name, as in net.ipv4.ip_forward");
  } else {
    in_row_ = false;
    before_valued_ = parser_.count();
    parser_.parse(piece, offset, findings_);
    valued_ = piece.find('=') == kNone ? std::string_view() : piece;
  }
  any_rule_ = true;
  open_separator_ = kNone;
}

// The open separator and this one.
std::string PlainList::describe_row(std::size_t separator) const {
  const char first = list_[open_separator_];
  const char second = list_[separator];
  return first == second
             ? "two " + std::string(name_of(first)) + "s in a row"
             : "a " + std::string(name_of(first)) + " and a " + name_of(second) + " in a row";
}

void PlainList::end_with(std::size_t separator) {
  const std::string_view text = list_.substr(separator, 1);
  if (open_separator_ != kNone) {
    add_error(findings_, place_, separator, text, describe_row(separator), "remove one");
  } else if (!any_rule_) {
    add_error(findings_, place_, separator, text,
              "there is no rule before this " + std::string(name_of(text[0])), "remove it");
  }
  open_separator_ = separator;
}

void PlainList::parse() {
  std::size_t start = 0;
  while (start <= list_.size()) {
    const std::size_t end = end_of_rule(list_, start);
    std::string_view piece = list_.substr(start, end - start);
    const bool at_line_end = end < list_.size() && list_[end] == '\n';
    if (at_line_end && piece.ends_with('\r')) {
      piece.remove_suffix(1);
    }
    piece = trim_blanks(piece);
    if (!piece.empty()) {
      parse_piece(piece);
    }
    if (end < list_.size() && !at_line_end) {
      end_with(end);
    }
    start = end + 1;
  }
  if (any_rule_ && open_separator_ != kNone) {
    add_error(findings_, place_, open_separator_, list_.substr(open_separator_, 1),
              "there is no rule after this " + std::string(name_of(list_[open_separator_])),
              "remove it");
  }
}

void parse_json_list(std::string_view list, RuleParser& parser, Diagnostics& findings) {
  const TextPlace place{parser.source(), 0};
  const std::variant<std::vector<JsonElement>, JsonProblem> split = split_json_list(list);
  if (const auto* problem = std::get_if<JsonProblem>(&split)) {
    add_error(findings, place, problem->offset, list.substr(problem->offset, 1),
              "the JSON form of the list " + problem->why,
              "write a JSON array of strings, or rules with semicolons between them");
    return;
  }
  for (const JsonElement& element : std::get<std::vector<JsonElement>>(split)) {
    const std::string_view raw = list.substr(element.start, element.end - element.start);
    if (!element.is_string) {
      add_error(findings, place, element.start, raw, "an element of the list is not a string",
                "put the rule in double quotes");
    } else {
      parser.parse(element, list, "", findings);
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

// A quote opens a quoted value only where value_rule.cpp lets it: first in an alternative.
std::size_t end_of_rule(std::string_view list, std::size_t start) noexcept {
  bool in_values = false;
  bool at_start = false;  // only blanks since the '=' or '|'
  std::size_t i = start;
  while (i < list.size() && !is_separator(list[i]) && list[i] != '\n') {
    const char c = list[i];
    if (c == '"' && at_start) {
      const std::size_t end = end_of_quoted(list, i);
      at_start = false;
      i = end == kNone ? list.size() : end;
      continue;
    }
    const bool opens = (c == '=' && !in_values) || (c == '|' && in_values);
    in_values = in_values || c == '=';
    at_start = opens || (at_start && is_blank(c));
    i += 1;
  }
  return i;
}

bool is_written(const Rule& rule) {
  return !rule.text.empty() && !rule.literal && !rule.text.starts_with('@');
}

std::vector<Rule> parse_rule_list(std::string_view list, RuleKind kind, const std::string& source,
                                  const Groups& groups, RuleBudget& budget, Diagnostics& findings) {
  if (list.size() > kListMax) {
    add_error(findings, TextPlace{source, 0}, kListMax, "",
              "the list has " + std::to_string(list.size()) + " bytes, at most " +
                  std::to_string(kListMax) + " are possible",
              "put \"*\" in place of many names");
    return {};
  }
  const Values values = kind == RuleKind::kAllow ? Values::kPermitted : Values::kForbidden;
  RuleParser parser(kind, values, source, groups, budget);
  if (is_json_form(list)) {
    parse_json_list(list, parser, findings);
  } else {
    PlainList(list, parser, findings).parse();
  }
  return parser.take_rules();
}

std::optional<Rule> parse_one_rule(std::string_view text) {
  Diagnostics findings;
  RuleBudget budget;
  std::vector<Rule> rules =
      parse_rule_list(text, RuleKind::kAllow, "", Groups({}), budget, findings);
  return rules.size() == 1 && !findings.has_errors() ? std::optional(std::move(rules.front()))
                                                     : std::nullopt;
}

}  // namespace sg::policy
