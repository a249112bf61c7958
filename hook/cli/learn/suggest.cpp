// SPDX-License-Identifier: Apache-2.0
// suggest.cpp - what is the same is counted once and made into rules, those within the limit into
// the annotation; then all of it is compiled, and asked about what was seen.
#include "cli/learn/suggest.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "cli/learn/add_rules.h"
#include "compile/decide.h"
#include "guard/find_guard.h"
#include "request/make_policy.h"
#include "sysctl/sysctl_name.h"

namespace sg::cli {
namespace {

constexpr std::string_view kRuncInit = "runc:[";  // "runc:[2:INIT]", before it is the container's

// The policy that the annotation gives, enforced.
request::MadePolicy policy_with(const SuggestInput& input, Suggestion& suggestion) {
  request::Annotations annotations =
      request::replace_annotations(input.annotations, std::nullopt, {{"allow", suggestion.value}});
  annotations.erase(request::key_in_effect(annotations, "mode"));
  policy::NodePolicy node = input.node;
  node.mode = policy::Mode::kEnforce;
  Diagnostics findings;
  request::MadePolicy made = request::make_policy(
      {.annotations = std::move(annotations), .profile = input.profile, .known = input.known}, node,
      findings);
  if (const Finding* const error = first_error(findings)) {
    suggestion.notes.push_back("the container would be refused: " +
                               (made.policy.rules.empty() || error->code == Errc::kBeyondLimit
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
  for (const SeenWrite& write : input.seen.writes) {
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

std::vector<std::string> texts_within(const std::vector<SuggestedRule>& rules) {
  std::vector<std::string> texts;
  for (const SuggestedRule& suggested : rules) {
    if (suggested.is_within()) {
      texts.push_back(suggested.rule.text);
    }
  }
  return texts;
}

// `wide` is what the annotation has otherwise.
std::optional<Narrower> narrow(const SuggestInput& input, const std::string& wide) {
  if (input.seen.allowed.empty()) {
    return std::nullopt;
  }
  std::vector<SeenWrite> writes = input.seen.allowed;
  writes.insert(writes.end(), input.seen.writes.begin(), input.seen.writes.end());
  Narrower narrower{.value = "",
                    .rules = learn_for_node(writes, input.node, input.generalise, input.min).rules};
  std::erase_if(narrower.rules, [](const SuggestedRule& one) { return !one.is_within(); });
  narrower.value = append_rules("", texts_within(narrower.rules));
  return narrower.rules.empty() || narrower.value == wide ? std::nullopt
                                                          : std::optional(std::move(narrower));
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
  using Counts = std::map<Key, std::uint64_t>;
  Counts refused;
  Counts allowed;
  LearnInput input;
  for (const events::Event& event : events) {
    const bool is_allowed = event.verdict == policy::Verdict::kAllow;
    if ((!container.empty() && event.container != container) ||
        (is_allowed && (!event.write || event.comm.starts_with(kRuncInit)))) {
      continue;
    }
    input.containers.insert(event.container);
    if (event.write) {
      Counts& counts = is_allowed ? allowed : refused;
      ++counts[{event.name, event.value, event.value_len, event.file_pos == 0}];
    } else {
      ++input.reads[event.name];
    }
  }
  const auto list = [](const Counts& counts) {
    std::vector<SeenWrite> writes;
    for (const auto& [key, count] : counts) {
      const auto& [name, value, size, at_position_zero] = key;
      writes.push_back({name, value, size, at_position_zero, count});
    }
    return writes;
  };
  input.writes = list(refused);
  input.allowed = list(allowed);
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

void leave_out_pairs(LearnInput& seen, const std::map<std::string, std::string>& sysctl) {
  std::map<std::string, std::string> pairs;
  for (const auto& [name, value] : sysctl) {
    pairs.emplace(sysctl::to_slash_form(name), value);
  }
  std::erase_if(seen.allowed, [&pairs](const SeenWrite& write) {
    const auto pair = pairs.find(write.name);
    return pair != pairs.end() &&
           (write.value == pair->second || write.value == pair->second + "\n");
  });
}

void leave_out_permitted(LearnInput& seen, std::span<const std::uint8_t> table) {
  std::erase_if(seen.writes, [table](const SeenWrite& write) {
    return decide_seen(table, write).verdict == policy::Verdict::kAllow;
  });
}

Suggestion suggest(const SuggestInput& input) {
  RulesForNode learned = learn_for_node(input.seen.writes, input.node, input.generalise, input.min);
  Suggestion suggestion;
  suggestion.key = request::key_in_effect(input.annotations, "allow");
  suggestion.rules = std::move(learned.rules);
  suggestion.unnameable = std::move(learned.unnameable);
  suggestion.rare = learned.rare;
  suggestion.reads = input.seen.reads;
  suggestion.notes = input.notes;
  const auto existing = input.annotations.find(suggestion.key);
  const std::vector<std::string> texts = texts_within(suggestion.rules);
  suggestion.value =
      append_rules(existing == input.annotations.end() ? "" : existing->second, texts);
  suggestion.narrower = narrow(input, suggestion.value);
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
  if (suggestion.narrower && has_profile) {
    suggestion.notes.push_back("its profile grants what it grants, whatever the annotation has");
  }
  if (!texts.empty() && existing == input.annotations.end() && !has_profile &&
      !input.node.defaults.allow.empty()) {
    suggestion.notes.push_back(
        "with this annotation the container has default.allow of the node policy no more");
  }
  find_still_refused(input, suggestion);
  return suggestion;
}

}  // namespace sg::cli
