// SPDX-License-Identifier: Apache-2.0
// rule_text.cpp - blanks, quotes and legal bytes of rule text, and findings about them.
//
// Everything here works on views of the text as the user wrote it, so that an offset in a piece
// plus the place of the piece is an offset in the user's text. Findings are bounded in number and
// size.
//
// What the strings of a JSON list are the JSON library says, where they stand base/json.h. Known to
// be valid, a string is scanned a second time: an escape of 2, 6 or 12 bytes stands for 1 to 4
// bytes of UTF-8. Both readings must agree on the length of the string.
#include "policy/rule_text.h"

#include <utility>

#include "base/check.h"
#include "base/text.h"

namespace sg::policy {
namespace {

constexpr std::string_view kBlanks = " \t";

bool is_rule_byte(char c) noexcept { return is_printable(c) || is_blank(c); }

std::string describe_byte(char c) {
  if (c == '\n') {
    return "a line break does not belong here";
  }
  const std::string escaped = escape(std::string_view(&c, 1));  // \xNN: it is no TAB either
  return "the byte 0" + escaped.substr(1) + " is not printable ASCII";
}

unsigned hex_value(std::string_view digits) noexcept {
  unsigned value = 0;
  for (const char c : digits) {
    const bool decimal = c >= '0' && c <= '9';
    // In ASCII the low four bits of 'a' and 'A' are 1.
    value = value * 16 + (static_cast<unsigned>(c) & 0xf) + (decimal ? 0 : 9);
  }
  return value;
}

struct Escape {
  std::size_t raw;      // bytes in the list
  std::size_t decoded;  // bytes it stands for
};

// `text` begins with the backslash of a valid escape.
Escape measure_escape(std::string_view text) noexcept {
  if (text[1] != 'u') {
    return {2, 1};
  }
  const unsigned code = hex_value(text.substr(2, 4));
  if (code >= 0xd800 && code <= 0xdfff) {
    return {12, 4};  // a pair of surrogates; a lone one is not valid
  }
  return {6, code < 0x80 ? 1U : code < 0x800 ? 2U : 3U};
}

// `literal` is a valid string literal, with its quotes, which stands at `start`.
std::vector<std::size_t> map_string(std::string_view literal, std::size_t start) {
  std::vector<std::size_t> map;
  std::size_t i = 1;
  while (i + 1 < literal.size()) {
    const Escape step = literal[i] == '\\' ? measure_escape(literal.substr(i)) : Escape{1, 1};
    map.insert(map.end(), step.decoded, start + i);
    i += step.raw;
  }
  map.push_back(start + i);
  return map;
}

}  // namespace

bool is_full(const Diagnostics& findings) noexcept {
  return findings.findings().size() >= kFindingsMax;
}

void add_finding(Diagnostics& findings, Finding finding) {
  const std::size_t count = findings.findings().size();
  if (count < kFindingsMax) {
    if (finding.text.size() > kFindingTextMax) {
      finding.text.resize(kFindingTextMax);
    }
    findings.add(std::move(finding));
    return;
  }
  if (finding.severity != Severity::kError || count > kFindingsMax) {
    return;
  }
  findings.add(Finding{.severity = Severity::kError,
                       .source = std::move(finding.source),
                       .offset = finding.offset,
                       .text = "",
                       .message = "there are more mistakes from here on; only the first " +
                                  std::to_string(kFindingsMax) + " findings are shown",
                       .hint = "correct those first"});
}

void add_error(Diagnostics& findings, const TextPlace& place, std::size_t at, std::string_view text,
               std::string message, std::string hint) {
  add_finding(findings, Finding{.severity = Severity::kError,
                                .source = place.source,
                                .offset = place.offset + at,
                                .text = std::string(text.substr(0, kFindingTextMax)),
                                .message = std::move(message),
                                .hint = std::move(hint)});
}

std::string_view trim_blanks(std::string_view text) noexcept {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) {
    return text.substr(text.size());
  }
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::size_t offset_in(std::string_view text, std::string_view piece) noexcept {
  return static_cast<std::size_t>(piece.data() - text.data());
}

std::size_t end_of_quoted(std::string_view text, std::size_t open) noexcept {
  std::size_t i = open + 1;
  while (i < text.size()) {
    if (text[i] != '"') {
      i += 1;
    } else if (i + 1 < text.size() && text[i + 1] == '"') {
      i += 2;
    } else {
      return i + 1;
    }
  }
  return std::string_view::npos;
}

namespace {

// What writing programs make of a sign on their own.
std::string hint_for_bytes(std::string_view run) {
  if (run == "\xe2\x80\x9c" || run == "\xe2\x80\x9d" || run == "\xe2\x80\x9e") {
    return "this is a typographic quotation mark: write a straight one, \"";
  }
  if (run == "\xe2\x80\x98" || run == "\xe2\x80\x99" || run == "\xe2\x80\x9a" ||
      run == "\xc2\xab" || run == "\xc2\xbb") {
    return "this is a typographic quotation mark: leave it out, or write \" round a text";
  }
  if (run == "\xe2\x80\xa6") {
    return "this is an ellipsis in one sign: write two dots for a range";
  }
  if (run == "\xe2\x80\x93" || run == "\xe2\x80\x94" || run == "\xe2\x88\x92") {
    return "this is a dash, or a minus of print: write .. for a range, and - for a sign";
  }
  if (run == "\xe2\x89\xa4" || run == "\xe2\x89\xa5") {
    return "this is a sign of comparison: write ..5 for 5 and less, 5.. for 5 and more";
  }
  if (run == "\xc2\xa0") {
    return "this is a blank at which no line breaks: write a plain one";
  }
  return "rules are written in printable ASCII";
}

}  // namespace

bool check_bytes(std::string_view text, const TextPlace& place, Diagnostics& findings) {
  bool good = true;
  std::size_t i = 0;
  while (i < text.size()) {
    if (is_rule_byte(text[i])) {
      i += 1;
      continue;
    }
    const std::size_t start = i;
    while (i < text.size() && !is_rule_byte(text[i])) {
      i += 1;
    }
    const std::string_view run = text.substr(start, i - start);
    add_error(findings, place, start, run, describe_byte(text[start]), hint_for_bytes(run));
    good = false;
  }
  return good;
}

JsonElement string_element(std::string_view text, JsonItem item) {
  SG_CHECK(item.type == JsonType::kString);
  JsonElement element{item.start, item.end, true, std::move(item.text), {}};
  element.map = map_string(text.substr(item.start, item.end - item.start), item.start);
  SG_CHECK(element.map.size() == element.text.size() + 1);
  return element;
}

std::variant<std::vector<JsonElement>, JsonProblem> split_json_list(std::string_view list) {
  const std::vector<std::vector<std::string_view>> everything(1);
  std::variant<std::vector<JsonItem>, JsonProblem> scanned = scan_json(list, everything);
  if (auto* problem = std::get_if<JsonProblem>(&scanned)) {
    return std::move(*problem);
  }
  std::vector<JsonElement> elements;
  for (JsonItem& item : std::get<std::vector<JsonItem>>(scanned)) {
    if (item.path.size() != 1) {
      continue;  // the array itself, or something inside an element
    }
    elements.push_back(item.type == JsonType::kString
                           ? string_element(list, std::move(item))
                           : JsonElement{item.start, item.end, false, "", {}});
  }
  return elements;
}

}  // namespace sg::policy
