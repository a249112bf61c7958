// SPDX-License-Identifier: Apache-2.0
// node_policy.cpp - the text of the file into a NodePolicy.
//
// First the shape (node_policy_shape.h): every value is of the type its key wants, and lists of
// rules become lists of strings, each with its place. Then the groups, since rules name them; then
// the lists. A key that is absent has the value that kDefaults writes down, read by the same code.
#include "policy/node_policy.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/json.h"
#include "base/text.h"
#include "policy/node_policy_shape.h"
#include "policy/rule_parser.h"
#include "policy/rule_text.h"

namespace sg::policy {
namespace {

constexpr std::string_view kDefaults = R"({
  "version": 1,
  "limit": { "allow": ["@namespaced"], "host": [], "deny": [], "onExcess": "refuse" },
  "default": { "allow": [], "deny": [], "denyRead": [], "mode": "enforce" },
  "declared": "exempt",
  "annotationModes": ["enforce"],
  "events": "denied",
  "eventBuffer": 4194304
})";

// The value of an enumeration whose names are `names`, in order. The shape lets no other word in.
template <typename Enum, std::size_t kSize>
Enum enum_of(const JsonElement& word, const std::array<std::string_view, kSize>& names) {
  const auto* const found = std::ranges::find(names, word.text);
  SG_CHECK(found != names.end());
  return static_cast<Enum>(found - names.begin());
}

enum class State { kNew, kOnPath, kDone };

// A depth-first walk over the groups: each is made once, after those it names. The walk keeps its
// own path, whose length the number of groups bounds (kNamedMax). A group that is on the path
// already closes a circle; it is then left out where it is named, and the finding refuses the file.
class GroupWalk {
 public:
  GroupWalk(std::string_view text, const NodePolicyShape& shape, const std::string& source,
            RuleBudget& budget, Groups& groups, Diagnostics& findings)
      : text_(text),
        shape_(shape),
        source_(source),
        budget_(budget),
        groups_(groups),
        findings_(findings) {}

  void walk() {
    for (const std::string& name : shape_.groups) {
      if (state_[name] == State::kNew) {
        walk_from(name);
      }
    }
  }

 private:
  struct Visit {
    std::string_view name;
    const std::vector<JsonElement>* list;
    std::size_t next = 0;  // element to look at
  };

  void enter(std::string_view name) {
    state_[name] = State::kOnPath;
    path_.push_back({name, shape_.list("groups/" + std::string(name)), 0});
  }

  void walk_from(std::string_view first) {
    enter(first);
    while (!path_.empty()) {
      Visit& visit = path_.back();
      if (visit.next == visit.list->size()) {
        make(visit);
        state_[visit.name] = State::kDone;
        path_.pop_back();
        continue;
      }
      const JsonElement& element = (*visit.list)[visit.next++];
      const std::string_view written = trim_blanks(element.text);
      if (!written.starts_with('@')) {
        continue;
      }
      const auto named = shape_.groups.find(written.substr(1));
      if (named == shape_.groups.end()) {
        continue;  // built in, or unknown, which the parser finds out
      }
      if (state_[*named] == State::kOnPath) {
        report_circle(visit.next - 1, *named, element);
      } else if (state_[*named] == State::kNew) {
        enter(*named);
      }
    }
  }

  void report_circle(std::size_t index, std::string_view closes, const JsonElement& element) {
    std::string way;
    bool on_circle = false;
    for (const Visit& visit : path_) {
      on_circle = on_circle || visit.name == closes;
      if (on_circle && way.size() < 200) {  // enough to see it; a message is one line
        way += "@" + std::string(visit.name) + " -> ";
      }
    }
    add_finding(
        findings_,
        {.source = source_,
         .offset = element.start,
         .text = std::string(text_.substr(element.start, element.end - element.start)),
         .message = "the group names itself: " + way + "@" + std::string(closes),
         .hint = "remove one of these",
         .pointer = "/groups/" + std::string(path_.back().name) + "/" + std::to_string(index)});
  }

  // The groups it names are made, but for one that closes a circle, which was reported and is left
  // out.
  void make(const Visit& visit) {
    RuleParser parser(RuleKind::kAllow, Values::kPermitted, source_, groups_, budget_);
    for (std::size_t i = 0; i < visit.list->size(); ++i) {
      const JsonElement& element = (*visit.list)[i];
      if (!is_on_path(element)) {
        parser.parse(element, text_, "/groups/" + std::string(visit.name) + "/" + std::to_string(i),
                     findings_);
      }
    }
    groups_.add("@" + std::string(visit.name), parser.take_rules());
  }

  [[nodiscard]] bool is_on_path(const JsonElement& element) const {
    const std::string_view written = trim_blanks(element.text);
    const auto found = state_.find(written.substr(written.starts_with('@') ? 1 : 0));
    return written.starts_with('@') && found != state_.end() && found->second == State::kOnPath;
  }

  std::string_view text_;
  const NodePolicyShape& shape_;
  const std::string& source_;
  RuleBudget& budget_;
  Groups& groups_;
  Diagnostics& findings_;
  std::map<std::string_view, State> state_;
  std::vector<Visit> path_;
};

class Reader {
 public:
  Reader(std::string_view text, const NodePolicyShape& shape, const std::string& source,
         Diagnostics& findings)
      : text_(text), shape_(shape), source_(source), findings_(findings) {}

  void read(NodePolicy& policy) {
    GroupWalk(text_, shape_, source_, budget_, policy.groups, findings_).walk();
    read_limit(policy);
    read_declared(policy.limit);
    read_lists("default", policy.groups, policy.defaults);
    if (const JsonElement* mode = shape_.word("default/mode")) {
      policy.mode = enum_of<Mode>(*mode, kModeNames);
      policy.sets_mode = true;
    }
    for (const std::string& name : shape_.profiles) {
      read_lists("profiles/" + name, policy.groups, policy.profiles[name]);
    }
    read_assign(policy);
    if (const JsonElement* word = shape_.word("events")) {
      policy.events = enum_of<Events>(*word, kEventsNames);
    }
    policy.event_buffer = shape_.event_buffer.value_or(policy.event_buffer);
    if (const std::vector<JsonElement>* modes = shape_.list("annotationModes")) {
      policy.annotation_modes.clear();
      for (const JsonElement& mode : *modes) {
        policy.annotation_modes.push_back(enum_of<Mode>(mode, kModeNames));
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

  void read_declared(Limit& limit) {
    if (const JsonElement* word = shape_.word("declared")) {
      limit.declared = enum_of<Declared>(*word, kDeclaredNames);
    }
  }

  void read_assign(NodePolicy& policy) {
    std::vector<std::string_view> names(shape_.profiles.begin(), shape_.profiles.end());
    for (std::size_t i = 0; i < shape_.assign.size(); ++i) {
      const AssignElement& entry = shape_.assign[i];
      if (!entry.profile) {
        continue;
      }
      if (!shape_.profiles.contains(entry.profile->text)) {
        const std::optional<std::string_view> near = nearest(entry.profile->text, names);
        add_finding(findings_,
                    {.source = source_,
                     .offset = entry.profile->start,
                     .text = std::string(text_.substr(entry.profile->start,
                                                      entry.profile->end - entry.profile->start)),
                     .message = "there is no profile of this name",
                     .hint = near ? "write " + json_quote(*near) : "add it to \"profiles\"",
                     .pointer = "/assign/" + std::to_string(i) + "/profile"});
        continue;
      }
      policy.assign.push_back({.match = entry.match, .profile = entry.profile->text});
      warn_unreached(policy.assign, *entry.profile, i);
    }
  }

  // The last entry of `assign`, which is number `index` of the file.
  void warn_unreached(std::span<const Assignment> assign, const JsonElement& profile,
                      std::size_t index) {
    const auto before = assign.first(assign.size() - 1);
    const auto found = std::ranges::find_if(
        before, [&](const Assignment& entry) { return covers(entry, assign.back()); });
    if (found != before.end()) {
      add_finding(findings_,
                  {.severity = Severity::kWarning,
                   .source = source_,
                   .offset = profile.start,
                   .text = std::string(text_.substr(profile.start, profile.end - profile.start)),
                   .message = "no container gets this profile: an entry before it fits whatever "
                              "this one fits" +
                              std::string(found->match.empty() ? ", with its empty match" : ""),
                   .hint = "put the entry with fewer keys or the wider pattern last",
                   .pointer = "/assign/" + std::to_string(index)});
    }
  }

  void read_lists(const std::string& path, const Groups& groups, RuleLists& lists) {
    read_rules(path + "/allow", RuleKind::kAllow, Values::kPermitted, groups, lists.allow);
    read_rules(path + "/deny", RuleKind::kDeny, Values::kForbidden, groups, lists.deny);
    read_rules(path + "/denyRead", RuleKind::kDenyRead, Values::kForbidden, groups,
               lists.deny_read);
    if (const JsonElement* word = shape_.word(path + "/refuse")) {
      lists.refuse = enum_of<Refusal>(*word, kRefusalNames);
    }
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
