// SPDX-License-Identifier: Apache-2.0
// node_policy.cpp - the text of the file into a NodePolicy.
//
// First the shape (node_policy_shape.h): every value is of the type its key wants, and lists of
// rules become lists of strings, each with its place. Then the groups, since rules name them; then
// the lists. A key that is absent has the value that kDefaults writes down, read by the same code.
#include "policy/node_policy.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "policy/node_groups.h"
#include "policy/node_policy_shape.h"
#include "policy/rule_parser.h"
#include "policy/rule_text.h"

namespace sg::policy {

namespace {

constexpr std::string_view kDefaults = R"({
  "version": 1,
  "limit": { "allow": ["@namespaced"], "host": [], "deny": [], "onExcess": "refuse" },
  "default": { "allow": [], "deny": [], "denyRead": [], "mode": "enforce" },
  "annotationModes": ["enforce"],
  "events": "denied",
  "eventBuffer": 4194304
})";

class Reader {
 public:
  Reader(std::string_view text, const NodePolicyShape& shape, const std::string& source,
         Diagnostics& findings)
      : text_(text), shape_(shape), source_(source), findings_(findings) {}

  void read(NodePolicy& policy) {
    read_node_groups(text_, shape_, source_, budget_, policy.groups, findings_);
    read_limit(policy);
    read_lists("default", policy.groups, policy.defaults);
    if (const JsonElement* mode = shape_.word("default/mode")) {
      policy.mode = mode->text == kModeNames[1] ? Mode::kAudit : Mode::kEnforce;
      policy.sets_mode = true;
    }
    for (const std::string& name : shape_.profiles) {
      read_lists("profiles/" + name, policy.groups, policy.profiles[name]);
    }
    if (const JsonElement* word = shape_.word("events")) {
      policy.events =
          static_cast<Events>(std::ranges::find(kEventsNames, word->text) - kEventsNames.begin());
    }
    policy.event_buffer = shape_.event_buffer.value_or(policy.event_buffer);
    if (const std::vector<JsonElement>* modes = shape_.list("annotationModes")) {
      policy.annotation_modes.clear();
      for (const JsonElement& mode : *modes) {
        policy.annotation_modes.push_back(mode.text == kModeNames[1] ? Mode::kAudit
                                                                     : Mode::kEnforce);
      }
    }
  }

 private:
  // The rules of the list at `path`; `rules` stays as it is where there is none.
  void read_rules(const std::string& path, RuleKind kind, Values values, const Groups& groups,
                  std::vector<Rule>& rules) {
    const std::vector<JsonElement>* list = shape_.list(path);
    if (list == nullptr) {
      return;
    }
    RuleParser parser(kind, values, source_, groups, budget_);
    for (std::size_t i = 0; i < list->size(); ++i) {
      parser.parse((*list)[i], text_, "/" + path + "/" + std::to_string(i), findings_);
    }
    rules = parser.take_rules();
  }

  void read_limit(NodePolicy& policy) {
    Limit& limit = policy.limit;
    read_rules("limit/allow", RuleKind::kAllow, Values::kPermitted, policy.groups, limit.allow);
    read_rules("limit/host", RuleKind::kAllow, Values::kPermitted, policy.groups, limit.host);
    read_rules("limit/deny", RuleKind::kDeny, Values::kForbidden, policy.groups, limit.deny);
    if (const JsonElement* word = shape_.word("limit/onExcess")) {
      policy.on_excess = word->text == "clip" ? OnExcess::kClip : OnExcess::kRefuse;
    }
  }

  void read_lists(const std::string& path, const Groups& groups, RuleLists& lists) {
    read_rules(path + "/allow", RuleKind::kAllow, Values::kPermitted, groups, lists.allow);
    read_rules(path + "/deny", RuleKind::kDeny, Values::kForbidden, groups, lists.deny);
    read_rules(path + "/denyRead", RuleKind::kDenyRead, Values::kForbidden, groups,
               lists.deny_read);
    // What the node denies no annotation takes back.
    std::ranges::for_each(lists.deny, [](Rule& rule) { rule.floor = true; });
    std::ranges::for_each(lists.deny_read, [](Rule& rule) { rule.floor = true; });
  }

  std::string_view text_;
  const NodePolicyShape& shape_;
  const std::string& source_;
  Diagnostics& findings_;
  RuleBudget budget_{.rules = kNodeRulesMax};
};

void read_text(std::string_view text, const std::string& source, NodePolicy& policy,
               Diagnostics& findings) {
  if (text.size() > kNodePolicyMax) {
    add_error(findings, TextPlace{source, 0}, 0, "",
              "it has " + std::to_string(text.size()) + " bytes, at most " +
                  std::to_string(kNodePolicyMax) + " are possible",
              "put \"*\" in place of many names");
    return;
  }
  const NodePolicyShape shape = read_node_policy_shape(text, source, findings);
  Reader(text, shape, source, findings).read(policy);
}

}  // namespace

NodePolicy default_node_policy(const std::string& file,
                               const sysctl::NamespaceSet& private_namespaces) {
  NodePolicy policy;
  policy.groups = Groups(private_namespaces);
  policy.limit.private_namespaces = private_namespaces;
  policy.limit.file = file;
  Diagnostics none;
  read_text(kDefaults, node_source(file), policy, none);
  SG_CHECK(none.findings().empty());
  policy.sets_mode = false;
  return policy;
}

NodePolicy parse_node_policy(std::string_view text, const std::string& file,
                             const sysctl::NamespaceSet& private_namespaces,
                             Diagnostics& findings) {
  NodePolicy policy = default_node_policy(file, private_namespaces);
  const std::string source = node_source(file);
  Diagnostics found;
  read_text(text, source, policy, found);
  found.locate(source, text);
  for (Finding finding : found.findings()) {
    finding.code = Errc::kNodePolicy;
    findings.add(std::move(finding));
  }
  return policy;
}

}  // namespace sg::policy
