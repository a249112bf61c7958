// SPDX-License-Identifier: Apache-2.0
// node_groups.cpp - a depth-first walk over the groups: each is made once, after those it names.
//
// The walk keeps its own path, whose length the number of groups bounds (kNamedMax). A group that
// is on the path already closes a circle; it is then left out where it is named, and the finding
// refuses the file.
#include "policy/node_groups.h"

#include <map>
#include <utility>
#include <vector>

#include "policy/rule_text.h"

namespace sg::policy {

namespace {

enum class State { kNew, kOnPath, kDone };

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
    Finding finding{.severity = Severity::kError,
                    .source = source_,
                    .offset = element.start,
                    .text = std::string(text_.substr(element.start, element.end - element.start)),
                    .message = "the group names itself: " + way + "@" + std::string(closes),
                    .hint = "remove one of these"};
    finding.pointer = "/groups/" + std::string(path_.back().name) + "/" + std::to_string(index);
    add_finding(findings_, std::move(finding));
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
    std::vector<Rule> rules = parser.take_rules();
    // A rule shows the group it was asked for by and itself, not the groups between.
    for (Rule& rule : rules) {
      if (rule.text.starts_with('@')) {
        const std::size_t open = rule.text.find('[');
        rule.text = rule.text.substr(open + 1, rule.text.size() - open - 2);
      }
    }
    groups_.add("@" + std::string(visit.name), std::move(rules));
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

}  // namespace

void read_node_groups(std::string_view text, const NodePolicyShape& shape,
                      const std::string& source, RuleBudget& budget, Groups& groups,
                      Diagnostics& findings) {
  GroupWalk(text, shape, source, budget, groups, findings).walk();
}

}  // namespace sg::policy
