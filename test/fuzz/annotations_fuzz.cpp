// SPDX-License-Identifier: Apache-2.0
// annotations_fuzz.cpp - arbitrary annotations never break the parser, and what it says holds
// together.
//
// Input: one byte of namespaces, then key, value, key, value... with a byte 0x01 after each. A key
// may be shortened to "a", "d", "r", "m" or "p" for the real ones. Or a JSON object of strings, as
// in schema/good/annotations, whose first byte names the namespaces too. Beside crashes it looks
// for findings whose text does not stand where they say, for rules that no later stage may see, and
// for rules whose own text, parsed again, gives another rule.
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/diagnostic.h"
#include "base/json.h"
#include "base/text.h"
#include "policy/annotations.h"
#include "policy/merge.h"
#include "policy/rule_list.h"
#include "policy/rule_text.h"
#include "sysctl/sysctl_name.h"

namespace {

using namespace sg;
using namespace sg::policy;
using namespace sg::sysctl;
using Annotations = std::map<std::string, std::string>;

constexpr std::string_view kSource = "annotation ";

std::string long_key(std::string_view key) {
  const std::pair<std::string_view, std::string_view> keys[] = {
      {"a", "allow"}, {"d", "deny"}, {"r", "deny-read"}, {"m", "mode"}, {"p", "profile"}};
  for (const auto& [letter, word] : keys) {
    if (key.substr(0, key.find('/')) == letter) {
      return "io.sysctl-guard." + std::string(word) + std::string(key.substr(1));
    }
  }
  if (key == "n") {
    return "io.kubernetes.container.name";
  }
  return key == "c" ? "io.kubernetes.cri.container-name" : std::string(key);
}

Annotations read_annotations(std::string_view input) {
  const std::vector<std::string_view> pieces = split(input, '\x01');
  Annotations annotations;
  for (std::size_t i = 0; i + 1 < pieces.size(); i += 2) {
    annotations[long_key(pieces[i])] = pieces[i + 1];
  }
  return annotations;
}

// The strings of a JSON object; nothing where the input is none.
std::optional<Annotations> read_json_map(std::string_view input) {
  const std::vector<std::vector<std::string_view>> everything(1);
  const Result<std::vector<JsonItem>> items = read_json(input, "map", everything);
  if (!items || items->front().type != JsonType::kObject) {
    return std::nullopt;
  }
  Annotations annotations;
  for (const JsonItem& item : *items) {
    if (item.path.size() == 1 && item.type == JsonType::kString) {
      annotations[item.path[0]] = item.text;
    }
  }
  return annotations;
}

void check_finding(const Finding& finding, const Annotations& annotations) {
  for (const char c : format_finding(finding)) {
    SG_CHECK(is_printable(c));
  }
  SG_CHECK(!finding.message.empty());
  if (!finding.source.starts_with(kSource)) {
    return;
  }
  const auto annotation = annotations.find(finding.source.substr(kSource.size()));
  SG_CHECK(annotation != annotations.end());
  const std::string_view value = annotation->second;
  SG_CHECK(finding.offset <= value.size());
  SG_CHECK(value.substr(finding.offset).starts_with(finding.text));
}

void check_value(const Value& value) {
  if (const auto* text = std::get_if<TextValue>(&value)) {
    SG_CHECK(text->prefix || !text->text.empty());
    SG_CHECK(text->text.size() <= kPairValueMax);
    for (const char c : text->text) {
      SG_CHECK(is_printable(c) || is_blank(c));
    }
    return;
  }
  bool has_number = false;
  const auto& numeric = std::get<NumericValue>(value);
  if (numeric.current != Current::kAny) {
    SG_CHECK(numeric.tokens.size() == 1 && !numeric.tokens[0].any);
    // "Same" is any number; a range has the lower end of what the sysctl holds, or its own upper end.
    const Token& token = numeric.tokens[0];
    const bool is_any = token.low == kIntegerMin && token.high == kIntegerMax;
    SG_CHECK(numeric.current != Current::kSame || is_any);
  }
  for (const Token& token : numeric.tokens) {
    has_number = has_number || !token.any;
    SG_CHECK(token.any || token.low <= token.high);
    SG_CHECK(!token.low.negative || token.low.magnitude > 0);
    SG_CHECK(!token.high.negative || token.high.magnitude > 0);
  }
  SG_CHECK(has_number);
}

bool same(const Value& a, const Value& b) {
  if (a.index() != b.index()) {
    return false;
  }
  if (const auto* text = std::get_if<TextValue>(&a)) {
    const TextValue& other = std::get<TextValue>(b);
    return text->text == other.text && text->prefix == other.prefix;
  }
  const auto& tokens = std::get<NumericValue>(a).tokens;
  const auto& others = std::get<NumericValue>(b).tokens;
  bool equal = std::get<NumericValue>(a).current == std::get<NumericValue>(b).current &&
               tokens.size() == others.size();
  for (std::size_t i = 0; equal && i < tokens.size(); i++) {
    equal = tokens[i].any == others[i].any && tokens[i].low == others[i].low &&
            tokens[i].high == others[i].high;
  }
  return equal;
}

void check_rule(const Rule& rule, RuleKind kind) {
  SG_CHECK(rule.kind == kind);
  SG_CHECK(kind == RuleKind::kAllow || rule.values.empty());
  SG_CHECK(!rule.literal && !rule.text.empty() && rule.source.starts_with(kSource));
  SG_CHECK(rule.pattern.size() <= kNameMax);
  SG_CHECK(rule.pattern.find("**") == std::string::npos);
  SG_CHECK(rule.pattern.find_first_of("?[{,;=|\"@ \t") == std::string::npos);
  for (const char c : rule.pattern) {
    SG_CHECK(is_printable(c));
  }
  for (const std::string_view component : split(rule.pattern, '/')) {
    SG_CHECK(!component.empty() && component != "." && component != "..");
  }
  for (const Value& value : rule.values) {
    check_value(value);
  }
  if (rule.text[0] == '@') {
    return;
  }
  // No values means any value, so a rule that was written with '=' must have some.
  SG_CHECK((rule.text.find('=') != std::string::npos) == !rule.values.empty());
  Diagnostics findings;
  const std::string list = "[" + json_quote(rule.text) + "]";
  RuleBudget budget;
  const std::vector<Rule> again =
      parse_rule_list(list, kind, rule.source, Groups({}), budget, findings);
  SG_CHECK(!findings.has_errors() && again.size() == 1);
  SG_CHECK(again[0].pattern == rule.pattern && again[0].values.size() == rule.values.size());
  for (std::size_t i = 0; i < rule.values.size(); i++) {
    SG_CHECK(same(again[0].values[i], rule.values[i]));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const NamespaceSet own{.net = (data[0] & 1) != 0,
                         .ipc = (data[0] & 2) != 0,
                         .uts = (data[0] & 4) != 0,
                         .user = (data[0] & 8) != 0};
  const std::string input(reinterpret_cast<const char*>(data), size);
  const Annotations annotations =
      read_json_map(input).value_or(read_annotations(std::string_view(input).substr(1)));
  Diagnostics findings;
  const NodePolicy node = default_node_policy("none", own);
  Request request = parse_annotations(annotations, node, "", findings);
  SG_CHECK(findings.findings().size() <= kFindingsMax + 1);
  for (const Finding& finding : findings.findings()) {
    check_finding(finding, annotations);
  }
  for (const Rule& rule : request.lists.allow) {
    check_rule(rule, RuleKind::kAllow);
  }
  for (const Rule& rule : request.lists.deny) {
    check_rule(rule, RuleKind::kDeny);
  }
  for (const Rule& rule : request.lists.deny_read) {
    check_rule(rule, RuleKind::kDenyRead);
  }
  SG_CHECK(!merge({}, node, std::move(request)).rules.empty());
  return 0;
}
