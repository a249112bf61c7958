// SPDX-License-Identifier: Apache-2.0
// node_policy_fuzz.cpp - a node policy of any bytes, and annotations under it.
//
// The input is cut at bytes 0xff: the node policy, then `allow`, `deny`, names and values. Whatever
// the file holds gives findings with places in it, or a policy. Where there is one, the table
// decides each access as the reference does, the limit included; a policy that is refused shows a
// write that the limit refuses.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "compile/compile_policy.h"
#include "compile/dangerous_grants.h"
#include "compile/decide.h"
#include "compile/ways_round.h"
#include "policy/annotations.h"
#include "policy/merge.h"
#include "policy/node_policy.h"
#include "policy/rule_text.h"
#include "support/reference_match.h"
#include "sysctl/sysctl_name.h"

using namespace sg;
using namespace sg::policy;
using namespace sg::sysctl;

namespace {

constexpr std::size_t kPiecesTried = 12;
constexpr std::size_t kRulesTried = 40;
constexpr const char* kFile = "/etc/sysctl-guard/policy.json";

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

void check_findings(const Diagnostics& findings, const std::string& text) {
  SG_CHECK(findings.findings().size() <= kFindingsMax + 1);
  for (const Finding& finding : findings.findings()) {
    SG_CHECK(finding.source == node_source(kFile));
    SG_CHECK(finding.code == Errc::kNodePolicy);
    SG_CHECK(finding.offset <= text.size() && finding.line >= 1 && finding.column >= 1);
    SG_CHECK(!finding.message.empty());
    SG_CHECK(format_finding(finding).size() < 1024);
    SG_CHECK(finding.pointer.empty() || finding.pointer[0] == '/');
  }
}

// Every list holds what rules may, and is bounded.
std::size_t check_rules(const std::vector<Rule>& rules, const std::string& text) {
  for (const Rule& rule : rules) {
    SG_CHECK(rule.source == node_source(kFile) && rule.pointer.starts_with('/'));
    SG_CHECK(rule.offset < text.size() && !rule.pattern.empty() && !rule_origin(rule).empty());
  }
  return rules.size();
}

void check_node(const NodePolicy& node, const std::string& text) {
  std::size_t count = check_rules(node.defaults.allow, text) +
                      check_rules(node.defaults.deny, text) +
                      check_rules(node.defaults.deny_read, text);
  for (const auto& [name, lists] : node.profiles) {
    count += check_rules(lists.allow, text) + check_rules(lists.deny, text) +
             check_rules(lists.deny_read, text);
  }
  SG_CHECK(count <= kNodeRulesMax);
}

void compare(const Policy& policy, const std::vector<std::uint8_t>& table,
             const compile::Access& access) {
  const compile::Decision expected = test::reference_decide_within(policy, access);
  const compile::Decision found = compile::decide(table, access);
  if (found.verdict != expected.verdict || found.rule != expected.rule) {
    std::fprintf(stderr, "'%.*s' = '%.*s': %d by %u, the reference says %d by %u\n",
                 static_cast<int>(access.name.size()), access.name.data(),
                 static_cast<int>(access.value.size()), access.value.data(),
                 static_cast<int>(found.verdict), found.rule, static_cast<int>(expected.verdict),
                 expected.rule);
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<std::string> pieces = cut({reinterpret_cast<const char*>(data), size});
  const std::string& text = pieces[0];
  Diagnostics findings;
  const NodePolicy node = parse_node_policy(
      text, kFile, {.net = true, .ipc = false, .uts = true, .user = false}, findings);
  check_findings(findings, text);
  if (findings.has_errors()) {
    return 0;
  }
  check_node(node, text);
  std::map<std::string, std::string> annotations;
  if (!pieces[1].empty()) {
    annotations = {{"io.sysctl-guard.allow", pieces[1]}, {"io.sysctl-guard.deny", pieces[2]}};
  }
  Request request = parse_annotations(annotations, node, "", findings);
  if (findings.has_errors()) {
    return 0;
  }
  const Policy policy = merge({}, node, std::move(request));
  if (policy.rules.size() > kRulesTried) {
    return 0;
  }
  Diagnostics warnings;
  compile::warn_dangerous_grants(node.limit, compile::Dangers::kEach, warnings);
  compile::warn_ways_round(policy, node, warnings);
  SG_CHECK(!warnings.has_errors());
  const std::optional<std::vector<std::uint8_t>> table = compile::compile_policy(policy, findings);
  SG_CHECK(table.has_value() != findings.has_errors());
  if (!table) {
    return 0;
  }
  for (std::size_t i = 3; i + 1 < pieces.size(); i += 2) {
    std::string name = pieces[i];
    std::erase(name, '\0');  // no name of the kernel's has a zero byte
    name.resize(std::min<std::size_t>(name.size(), sg::sysctl::kNameMax));
    compare(policy, *table, {true, name, pieces[i + 1], true});
    compare(policy, *table, {true, name, pieces[i + 1], false});
    compare(policy, *table, {false, name, "", true});
  }
  return 0;
}
