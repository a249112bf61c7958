// SPDX-License-Identifier: Apache-2.0
// suggest.cpp - what is the same is counted once, learned rules are held against the limit; then
// all of it is compiled, and asked about what was seen.
#include "cli/learn/suggest.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>
#include <variant>

#include "base/json.h"
#include "base/text.h"
#include "compile/decide.h"
#include "event_abi.h"
#include "guard/find_guard.h"
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
                             {.limit = input.node.limit, .groups = input.node.groups}, findings);
  if (const Finding* const error = first_error(findings)) {
    constexpr std::string_view kBefore = "beyond the node's limit: ";
    const std::size_t at = error->message.find(kBefore);
    suggested.beyond =
        at == std::string::npos ? error->message : error->message.substr(at + kBefore.size());
    suggested.remedy = error->hint;
  }
  const std::optional<sysctl::Namespace> ns =
      sysctl::namespace_of(suggested.rule.name, input.node.limit.private_namespaces.in_pid);
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
  request::MadePolicy made = request::make_policy(
      {.annotations = std::move(annotations), .profile = input.profile, .known = input.known}, node,
      findings);
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

}  // namespace

Result<std::string> id_among(std::span<const events::Event> events, const std::string& wanted) {
  std::set<std::string> ids;
  for (const events::Event& event : events) {
    // Of an ID that is longer than an event has room for, the beginning is there.
    const bool is_cut =
        event.container.size() == SG_EVENT_ID_SIZE - 1 && wanted.starts_with(event.container);
    const guard::IdMatch match =
        is_cut ? guard::IdMatch::kWhole : guard::match_id(event.container, wanted);
    if (match == guard::IdMatch::kWhole) {
      return event.container;
    }
    if (match == guard::IdMatch::kPrefix) {
      ids.insert(event.container);
    }
  }
  if (ids.size() < 2 || wanted.empty()) {
    return ids.size() == 1 ? *ids.begin() : wanted;
  }
  std::vector<std::string> texts;
  for (const std::string& id : ids) {
    texts.push_back(escape(id));
  }
  return Error{Errc::kUsage,
               "'" + escape(wanted) + "': several IDs begin like this: " + guard::list_of(texts),
               "write more of the ID"};
}

LearnInput gather(std::span<const events::Event> events, std::string_view container) {
  using Key = std::tuple<std::string, std::string, std::uint64_t, bool>;
  std::map<Key, std::uint64_t> writes;
  LearnInput input;
  for (const events::Event& event : events) {
    if ((!container.empty() && event.container != container) ||
        event.verdict == policy::Verdict::kAllow) {
      continue;
    }
    input.containers.insert(event.container);
    if (event.write) {
      ++writes[{event.name, event.value, event.value_len, event.file_pos == 0}];
    } else {
      ++input.reads[event.name];
    }
  }
  for (const auto& [key, count] : writes) {
    const auto& [name, value, size, at_position_zero] = key;
    input.writes.push_back({name, value, size, at_position_zero, count});
  }
  return input;
}

Result<std::vector<events::Event>> read_event_lines(std::string_view text) {
  std::vector<events::Event> events;
  std::size_t number = 0;
  for (std::string_view line : split(text, '\n')) {
    ++number;
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    if (line.empty()) {
      continue;
    }
    Result<events::Event> event = events::parse_json_line(line);
    if (!event) {
      return std::move(event).error().context("line " + std::to_string(number));
    }
    events.push_back(*std::move(event));
  }
  return events;
}

std::string append_rules(const std::string& list, std::span<const std::string> rules) {
  constexpr std::string_view kLayout = " \t\r\n";
  const std::size_t first = list.find_first_not_of(kLayout);
  std::vector<std::string> pieces;
  if (first != std::string::npos && list[first] == '[') {
    const std::variant<std::vector<policy::JsonElement>, JsonProblem> elements =
        policy::split_json_list(list);
    if (const auto* found = std::get_if<std::vector<policy::JsonElement>>(&elements)) {
      for (const policy::JsonElement& element : *found) {
        pieces.push_back(list.substr(element.start, element.end - element.start));
      }
    }
    std::ranges::transform(rules, std::back_inserter(pieces), json_quote);
    return "[" + join(pieces, ", ") + "]";
  }
  for (std::size_t start = 0; start < list.size();) {
    const std::size_t end = policy::end_of_rule(list, start);
    const std::string rule = list.substr(start, end - start);
    if (const std::size_t begin = rule.find_first_not_of(kLayout); begin != std::string::npos) {
      pieces.push_back(rule.substr(begin, rule.find_last_not_of(kLayout) + 1 - begin));
    }
    start = end + 1;
  }
  pieces.insert(pieces.end(), rules.begin(), rules.end());
  return join(pieces, "; ");  // the one separator that every engine leaves alone
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
      policy::find_assigned(input.node.assign, input.annotations, input.known).hit != nullptr ||
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
