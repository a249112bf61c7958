// SPDX-License-Identifier: Apache-2.0
// policy_fuzz.cpp - the text of annotations to a policy, to a table, to verdicts, each of which
// must be the reference matcher's.
//
// The input is cut at bytes 0xff: the text of `allow`, of `deny`, of `deny-read`, then pieces of
// which each is a name, and the value of the one before it. Each name is written with its value at
// position 0 and elsewhere, read, and tried again as the patterns of the policy have it, so that
// mutations of the text alone reach matching accesses too.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compile/compile_policy.h"
#include "compile/decide.h"
#include "compile/ways_round.h"
#include "policy/annotations.h"
#include "policy/merge.h"
#include "support/reference_match.h"

namespace {

using sg::compile::Access;
using sg::compile::Decision;
using sg::policy::Policy;
using sg::policy::Rule;

// What a table takes to compile grows with the rules, and the reference with rules times accesses.
constexpr std::size_t kRulesTried = 24;
constexpr std::size_t kPiecesTried = 8;

std::vector<std::string> cut(std::string_view input) {
  std::vector<std::string> pieces;
  while (pieces.size() < kPiecesTried) {
    const std::size_t end = input.find('\xff');
    pieces.emplace_back(input.substr(0, end));
    if (end == std::string_view::npos) {
      break;
    }
    input.remove_prefix(end + 1);
  }
  pieces.resize(std::max<std::size_t>(pieces.size(), 3));
  return pieces;
}

void compare(const Policy& policy, const std::vector<std::uint8_t>& table, const Access& access) {
  const Decision expected = sg::test::reference_decide(policy, access);
  const Decision found = sg::compile::decide(table, access);
  if (found.verdict != expected.verdict || found.rule != expected.rule) {
    std::fprintf(stderr, "%s '%.*s' = '%.*s' (%zu bytes): rule %u, the reference says %u\n",
                 access.write ? "write" : "read", static_cast<int>(access.name.size()),
                 access.name.data(), static_cast<int>(access.value.size()), access.value.data(),
                 access.value.size(), found.rule, expected.rule);
    std::abort();
  }
}

// With nothing known of what the sysctl holds, with the value itself, and with a number below or
// above it.
void compare_all(const Policy& policy, const std::vector<std::uint8_t>& table,
                 const std::string& name, const std::string& value) {
  const std::string same = value + "\n";
  for (const std::optional<std::string_view> current :
       {std::optional<std::string_view>(), std::optional<std::string_view>(same),
        std::optional<std::string_view>("5\n")}) {
    Access access{.write = true, .name = name, .value = value};
    access.current = current;
    compare(policy, table, access);
    access.at_position_zero = false;
    compare(policy, table, access);
  }
  compare(policy, table, {.write = false, .name = name});
}

// The pattern with `filling` for each '*'.
std::string filled(const std::string& pattern, const std::string& filling) {
  std::string name;
  for (const char byte : pattern) {
    name += byte == '*' ? filling : std::string(1, byte);
  }
  return name;
}

// A value that the alternative permits, and that is read as written; where it goes up from what the
// sysctl holds, the largest.
std::string permitted(const sg::policy::Value& value) {
  if (const auto* text = std::get_if<sg::policy::TextValue>(&value)) {
    return text->text;
  }
  const auto& numeric = std::get<sg::policy::NumericValue>(value);
  std::string written;
  for (const sg::policy::Token& token : numeric.tokens) {
    const bool is_plain = numeric.current == sg::policy::Current::kAny;
    const sg::policy::Integer& number = is_plain ? token.low : token.high;
    written += written.empty() ? "" : " ";
    written += number.negative ? "-" : "";
    written += std::to_string(number.magnitude);
  }
  return written;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::string> pieces = cut({reinterpret_cast<const char*>(data), size});
  const std::map<std::string, std::string> annotations = {{"io.sysctl-guard.allow", pieces[0]},
                                                          {"io.sysctl-guard.deny", pieces[1]},
                                                          {"io.sysctl-guard.deny-read", pieces[2]}};
  sg::Diagnostics findings;
  const sg::policy::NodePolicy node =
      sg::policy::default_node_policy("none", {true, true, true, false});
  sg::policy::Request request = sg::policy::parse_annotations(annotations, node, "", findings);
  if (findings.has_errors()) {
    return 0;
  }
  Policy policy = sg::policy::merge({}, node, std::move(request));
  sg::compile::warn_ways_round(policy, node, findings);
  policy.limit.reset();  // node_policy_fuzz.cpp is about it
  if (policy.rules.size() > kRulesTried) {
    return 0;
  }
  const std::optional<std::vector<std::uint8_t>> table =
      sg::compile::compile_policy(policy, findings);
  if (!table) {
    if (!findings.has_errors()) {
      std::abort();  // no table and no reason
    }
    return 0;
  }
  pieces.emplace_back("net/ipv4/ip_forward");
  for (std::size_t i = 3; i < pieces.size(); ++i) {
    std::string part = pieces[i];
    std::erase(part, '\0');  // no name of the kernel's has a zero byte
    const std::string value = i + 1 < pieces.size() ? pieces[i + 1] : "";
    compare_all(policy, *table, part, value);
    for (const Rule& rule : policy.rules) {
      const std::string name = filled(rule.pattern, part);
      compare_all(policy, *table, name, value);
      for (const sg::policy::Value& alternative : rule.values) {
        compare_all(policy, *table, name, permitted(alternative) + value);
      }
    }
  }
  return 0;
}
