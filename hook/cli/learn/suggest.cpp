// SPDX-License-Identifier: Apache-2.0
// suggest.cpp - learned rules, each held against the limit; then all of it compiled, and asked
// about what was seen.
#include "cli/learn/suggest.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "base/json.h"
#include "base/text.h"
#include "compile/decide.h"
#include "policy/rule_list.h"
#include "policy/rule_text.h"
#include "request/make_policy.h"
#include "table_abi.h"

namespace sg::cli {
namespace {

compile::Decision decide_seen(std::span<const std::uint8_t> table, const policy::SeenWrite& write) {
  std::string value = write.value;
  value.resize(
      std::min<std::uint64_t>(write.value_size, SG_VALUE_SIZE));  // one that long is unseen
  return compile::decide(table, {.write = true,
                                 .name = write.name,
                                 .value = value,
                                 .at_position_zero = write.at_position_zero});
}

const Finding* first_error(const Diagnostics& findings) {
  const auto found = std::ranges::find(findings.findings(), Severity::kError, &Finding::severity);
  return found == findings.findings().end() ? nullptr : &*found;
}

// One rule alone, against the node's limit.
SuggestedRule hold_against_limit(policy::LearnedRule rule, const SuggestInput& input) {
  SuggestedRule suggested{.rule = std::move(rule), .beyond = "", .remedy = "", .needs_host = false};
  Diagnostics findings;
  (void)request::make_policy({.annotations = {{"io.sysctl-guard.allow", suggested.rule.text}}},
                             {.limit = input.node.limit, .groups = input.node.groups},
                             /*container_id=*/"", findings);
  if (const Finding* const error = first_error(findings)) {
    constexpr std::string_view kBefore = "beyond the node's limit: ";
    const std::size_t at = error->message.find(kBefore);
    suggested.beyond =
        at == std::string::npos ? error->message : error->message.substr(at + kBefore.size());
    suggested.remedy = error->hint;
  }
  const std::optional<sysctl::Namespace> ns = sysctl::namespace_of(suggested.rule.name);
  const bool is_private = ns && input.node.limit.private_namespaces.has(*ns);
  suggested.needs_host = !suggested.beyond.empty() && !is_private;
  if (!is_private) {
    suggested.rule.notes.push_back(
        ns ? "a sysctl of a namespace that the container shares with the host"
           : "a sysctl of the host");
  }
  return suggested;
}

// The policy that the annotation gives, enforced. What is beyond the limit is cut out of it: that
// is said of each rule.
request::MadePolicy policy_with(const SuggestInput& input, Suggestion& suggestion) {
  request::Annotations annotations =
      request::replace_annotations(input.annotations, std::nullopt, {{"allow", suggestion.value}});
  annotations.erase(request::key_in_effect(annotations, "mode"));
  policy::NodePolicy node = input.node;
  node.mode = policy::Mode::kEnforce;
  node.on_excess = policy::OnExcess::kClip;
  Diagnostics findings;
  request::MadePolicy made =
      request::make_policy({.annotations = std::move(annotations), .profile = input.profile}, node,
                           /*container_id=*/"", findings);
  if (const Finding* const error = first_error(findings)) {
    suggestion.notes.push_back("the container would be refused: " +
                               (made.policy.rules.empty()
                                    ? format_finding(*error)
                                    : "the rules are too many; try --generalise all"));
  }
  return made;
}

// Asks about every write that a rule was made of. Not named again is what was left out, and what is
// beyond the limit.
void find_still_refused(const SuggestInput& input, Suggestion& suggestion) {
  const request::MadePolicy made = policy_with(input, suggestion);
  std::map<std::pair<std::string, automaton::RuleNumber>, std::uint64_t> refused;
  for (const policy::SeenWrite& write : input.seen.writes) {
    const compile::Decision decision =
        made.table.empty() ? compile::Decision{} : decide_seen(made.table, write);
    if (decision.verdict != policy::Verdict::kAllow && decision.rule != automaton::kNoRule) {
      refused[{write.name, decision.rule}] += write.count;
    }
  }
  for (const auto& [what, seen] : refused) {
    const auto& [name, number] = what;
    const policy::Rule& rule = made.policy.rules[number - 1];
    if (!name.empty() && rule.kind == policy::RuleKind::kDeny && !rule.text.empty()) {
      suggestion.still_refused.push_back(
          {.name = name, .seen = seen, .rule = rule.text, .source = policy::rule_origin(rule)});
    }
  }
}

std::string_view trim_layout(std::string_view rule) {
  constexpr std::string_view kLayout = " \t\r\n";
  const std::size_t first = rule.find_first_not_of(kLayout);
  return first == std::string_view::npos
             ? std::string_view()
             : rule.substr(first, rule.find_last_not_of(kLayout) + 1 - first);
}

// `rule` as it stands behind `text`: with the one separator that every engine leaves alone.
std::string joined(std::string_view text, std::string_view rule) {
  return (text.empty() || rule.empty() ? "" : "; ") + std::string(rule);
}

}  // namespace

std::string append_rules(const std::string& list, std::span<const std::string> rules) {
  const std::size_t first = list.find_first_not_of(" \t\r\n");
  std::string text;
  if (first != std::string::npos && list[first] == '[') {
    const std::variant<std::vector<policy::JsonElement>, JsonProblem> elements =
        policy::split_json_list(list);
    if (const auto* found = std::get_if<std::vector<policy::JsonElement>>(&elements)) {
      for (const policy::JsonElement& element : *found) {
        text +=
            (text.empty() ? "" : ", ") + list.substr(element.start, element.end - element.start);
      }
    }
    for (const std::string& rule : rules) {
      text += (text.empty() ? "" : ", ") + json_quote(rule);
    }
    return "[" + text + "]";
  }
  for (std::size_t start = 0; start < list.size();) {
    const std::size_t end = policy::end_of_rule(list, start);
    text += joined(text, trim_layout(std::string_view(list).substr(start, end - start)));
    start = end + 1;
  }
  for (const std::string& rule : rules) {
    text += joined(text, rule);
  }
  return text;
}

void leave_out_permitted(LearnInput& seen, std::span<const std::uint8_t> table) {
  std::erase_if(seen.writes, [table](const policy::SeenWrite& write) {
    return decide_seen(table, write).verdict == policy::Verdict::kAllow;
  });
}

Suggestion suggest(const SuggestInput& input) {
  policy::Learned learned = policy::learn(input.seen.writes, input.generalise, input.min);
  Suggestion suggestion;
  suggestion.key = request::key_in_effect(input.annotations, "allow");
  suggestion.unnameable = std::move(learned.unnameable);
  suggestion.rare = learned.rare;
  suggestion.reads = input.seen.reads;
  suggestion.notes = input.notes;
  const auto existing = input.annotations.find(suggestion.key);
  std::vector<std::string> texts;
  for (policy::LearnedRule& rule : learned.rules) {
    texts.push_back(rule.text);
    suggestion.rules.push_back(hold_against_limit(std::move(rule), input));
  }
  suggestion.value =
      append_rules(existing == input.annotations.end() ? "" : existing->second, texts);
  if ((suggestion.key + suggestion.value).find('\'') != std::string::npos) {
    suggestion.notes.push_back(
        "the container's own annotation has a single quote: paste this into no command line");
  }
  if (input.seen.containers.size() > 1) {
    suggestion.notes.push_back("from events of " + std::to_string(input.seen.containers.size()) +
                               " containers together");
  }
  const bool has_profile =
      !input.profile.empty() ||
      input.annotations.contains(request::key_in_effect(input.annotations, "profile"));
  if (!texts.empty() && existing == input.annotations.end() && !has_profile &&
      !input.node.defaults.allow.empty()) {
    suggestion.notes.push_back(
        "with this annotation the container has default.allow of the node policy no more");
  }
  find_still_refused(input, suggestion);
  return suggestion;
}

}  // namespace sg::cli
