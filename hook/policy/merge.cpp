// SPDX-License-Identifier: Apache-2.0
// merge.cpp - the rules from every source into one policy, in the order in which they decide.
//
// The order of the rules is the precedence: a rule earlier in the list wins. Nothing is dropped
// here, also where an earlier rule covers a later one: the automaton does that, and `check` should
// be able to name every rule.
#include "policy/merge.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "base/check.h"
#include "base/text.h"
#include "policy/rule_text.h"
#include "sysctl/sysctl_name.h"

namespace sg::policy {

namespace {

// runc and crun read it to learn which capabilities exist; without it no container starts.
constexpr std::string_view kAlwaysReadable = "kernel/cap_last_cap";

// Why the guard could not tell the pair, and what to do about it; nothing where it can.
struct Trouble {
  std::string why;
  const char* hint;
};
std::optional<Trouble> trouble_with_pair(const std::string& name, const std::string& value) {
  constexpr const char* kRemove = "remove it from the container's sysctls";
  if (name.empty() || name.size() > sysctl::kNameMax) {
    return Trouble{"the name has " + std::to_string(name.size()) +
                       " bytes, the guard sees names of 1 to " + std::to_string(sysctl::kNameMax),
                   kRemove};
  }
  if (name.find('\0') != std::string::npos) {
    return Trouble{"the name has a zero byte", kRemove};
  }
  if (value.empty()) {
    return Trouble{"the value is empty", "an empty write stores nothing: remove it"};
  }
  if (value.size() > kPairValueMax) {
    return Trouble{"the value has " + std::to_string(value.size()) + " bytes, the guard sees " +
                       std::to_string(kPairValueMax) + " at most",
                   "shorten it"};
  }
  if (value.find('\0') != std::string::npos) {
    return Trouble{"the value has a zero byte", "the kernel would stop there: remove it"};
  }
  return std::nullopt;
}

// Engines hand pairs to helpers of theirs: one took "a=1+b=2" for two, of which it had checked the
// first alone.
void find_several(const std::string& key, const std::string& value, Declared declared,
                  Diagnostics& findings) {
  const bool has_break = (key + value).find_first_of("\r\n") != std::string::npos;
  if (!has_break && value.find('+') == std::string::npos) {
    return;
  }
  add_finding(
      findings,
      {.severity = declared == Declared::kLimit ? Severity::kError : Severity::kWarning,
       .source = std::string(kPairSource),
       .text = key,
       .message = std::string(has_break ? "it holds a line break" : "the value holds a '+'") +
                  ": that is how more sysctls than one were set through an engine's helper",
       .hint = "give each sysctl a pair of its own, and find out who wrote this one"});
}

void append(std::vector<Rule>& rules, std::vector<Rule> more) {
  rules.insert(rules.end(), std::make_move_iterator(more.begin()),
               std::make_move_iterator(more.end()));
}

bool names_shared(const Rule& rule) {
  return std::ranges::find(sysctl::shared_names(), rule.pattern) != sysctl::shared_names().end();
}

// "net.*" means the container's own network; what happens to have such a name is not meant. Who
// names it exactly means it, and needs the node's permission.
std::vector<Rule> shared_denials(const std::vector<Rule>& allow) {
  std::vector<Rule> denials;
  for (const std::string_view name : sysctl::shared_names()) {
    const auto covers_name = [name](const Rule& rule) { return covers(rule, name); };
    if (std::ranges::any_of(allow, covers_name) &&
        std::ranges::find(allow, name, &Rule::pattern) == allow.end()) {
      Rule rule = unwritten_rule(RuleKind::kDeny, name);
      rule.floor = true;
      rule.text = "(the host's)";
      rule.source = kBuiltIn;
      denials.push_back(std::move(rule));
    }
  }
  return denials;
}

// Whether the node's default is not meant for it.
bool asks(const Request& request) { return request.profile || request.has_allow; }

const RuleLists& profile_of(const NodePolicy& node, const Request& request) {
  static const RuleLists kNothing;
  if (!request.profile) {
    return kNothing;
  }
  const auto found = node.profiles.find(*request.profile);
  SG_CHECK(found != node.profiles.end());
  return found->second;
}

// What an annotation chose stays within the limit, and so does what the node chose for a container
// that we opened: it could write nothing before.
Audit audit_of(const NodePolicy& node, const Request& request) {
  const Mode mode = request.mode.value_or(node.mode);
  if (mode == Mode::kEnforce) {
    return Audit::kOff;
  }
  return node.mode == Mode::kAudit && request.was_open ? Audit::kFull : Audit::kWithinLimit;
}

}  // namespace

std::vector<Rule> pair_rules(const std::map<std::string, std::string>& sysctl, Declared declared,
                             Diagnostics& findings) {
  std::vector<Rule> rules;
  for (const auto& [key, value] : sysctl) {
    Rule rule = unwritten_rule(RuleKind::kPair, sysctl::to_slash_form(key));
    rule.literal = true;
    // The rule permits one final newline anyway.
    const std::string exact = value.ends_with('\n') ? value.substr(0, value.size() - 1) : value;
    if (std::optional<Trouble> trouble = trouble_with_pair(rule.pattern, exact)) {
      add_error(findings, TextPlace{std::string(kPairSource), 0}, 0, key, trouble->why,
                trouble->hint);
      continue;
    }
    find_several(key, exact, declared, findings);
    rule.text = key + "=" + exact;
    rule.source = kPairSource;
    rule.values.emplace_back(TextValue{.text = exact, .prefix = false});
    rules.push_back(std::move(rule));
  }
  return rules;
}

bool asks_to_write(const Policy& policy) {
  return std::ranges::any_of(policy.rules,
                             [](const Rule& rule) { return rule.kind == RuleKind::kAllow; });
}

std::vector<Rule> allow_rules(const NodePolicy& node, const Request& request) {
  if (!asks(request)) {
    return node.defaults.allow;
  }
  std::vector<Rule> rules = profile_of(node, request).allow;
  append(rules, request.lists.allow);
  return rules;
}

Policy merge(std::vector<Rule> pairs, const NodePolicy& node, Request request) {
  const RuleLists& profile = profile_of(node, request);
  Policy policy{.rules = std::move(pairs)};
  policy.audit = audit_of(node, request);
  policy.events = node.events;
  policy.refuse = request.lists.refuse.value_or(
      profile.refuse.value_or(node.defaults.refuse.value_or(Refusal::kEperm)));
  policy.limit = node.limit;
  policy.on_excess = asks(request) ? node.on_excess : OnExcess::kTrim;
  std::vector<Rule> allow = allow_rules(node, request);
  // So that the rule that means it is the one that is named.
  std::stable_partition(allow.begin(), allow.end(), names_shared);
  append(policy.rules, shared_denials(allow));
  append(policy.rules, node.defaults.deny);
  append(policy.rules, profile.deny);
  append(policy.rules, std::move(request.lists.deny));
  append(policy.rules, std::move(allow));
  if (policy.audit != Audit::kOff) {
    policy.rules.push_back(unwritten_rule(RuleKind::kUnmatched, "*"));
  }
  if (policy.on_excess != OnExcess::kRefuse) {
    Rule beyond = unwritten_rule(RuleKind::kBeyondLimit, "");
    beyond.text = "(beyond the limit)";
    beyond.source = node_source(node.limit.file);
    beyond.pointer = "/limit/";
    policy.rules.push_back(std::move(beyond));
  }
  std::vector<Rule> deny_read = node.defaults.deny_read;
  append(deny_read, profile.deny_read);
  append(deny_read, std::move(request.lists.deny_read));
  if (!deny_read.empty()) {
    policy.rules.push_back(unwritten_rule(RuleKind::kReadable, kAlwaysReadable));
    append(policy.rules, std::move(deny_read));
  }
  policy.rules.push_back(unwritten_rule(RuleKind::kAllowRead, "*"));
  return policy;
}

}  // namespace sg::policy
