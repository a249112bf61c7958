// SPDX-License-Identifier: Apache-2.0
// ways_round.cpp - rules into one automaton, ways round them into warnings.
//
// The automaton has the patterns of `denies` before those of `allows`, without values. Each row of
// sysctl/aliases.h is followed through it, as pairs of states, piece by piece of the two names:
// from the pairs in front of a gap all pairs behind it are found, breadth first, so that the
// shortest names come first. What was found is then put into words.
#include "compile/ways_round.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "automaton/dfa.h"
#include "base/check.h"
#include "compile/build_nfa.h"
#include "policy/rule_text.h"
#include "sysctl/aliases.h"
#include "sysctl/sysctl_name.h"

namespace sg::compile {
namespace {

using automaton::Dfa;
using automaton::RuleNumber;
using policy::Rule;
using sysctl::Reach;

// Patterns alone: which values are permitted plays no part.
std::optional<Dfa> compile_names(const DeniesAndAllows& rules) {
  std::vector<Rule> names;
  for (const Rule& rule : rules.denies) {
    names.push_back(policy::unwritten_rule(policy::RuleKind::kDeny, rule.pattern));
  }
  for (const Rule& rule : rules.allows) {
    names.push_back(policy::unwritten_rule(policy::RuleKind::kAllow, rule.pattern));
  }
  return compile_rules(std::move(names));
}

bool is_template(std::string_view component) {
  return component == "all" || component == "default";
}

// "a", "a and b", "a, b and 2 more".
std::string list_of(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 3;
  std::string list = names.front();
  const std::size_t shown = std::min(names.size(), kShown);
  for (std::size_t i = 1; i < shown; ++i) {
    list += (i + 1 == names.size() ? " and " : ", ") + names[i];
  }
  return names.size() <= kShown ? list
                                : list + " and " + std::to_string(names.size() - kShown) + " more";
}

// What to deny too: the pattern of the denial with "all" or "default" for its interface, where that
// is how it reads.
std::string remedy_for(const Rule& deny, const WayRound& found) {
  const std::size_t end = found.written.rfind('/');
  const std::size_t begin = found.written.rfind('/', end - 1);
  const std::string_view component =
      std::string_view(found.written).substr(begin + 1, end - begin - 1);
  const std::string_view directory = std::string_view(found.written).substr(0, begin + 1);
  if (!is_template(component) || !deny.pattern.starts_with(directory)) {
    return sysctl::to_dot_form(found.written);
  }
  const std::size_t behind = deny.pattern.find('/', directory.size());
  const std::string rest = behind == std::string::npos ? "/*" : deny.pattern.substr(behind);
  return sysctl::to_dot_form(std::string(directory) + std::string(component) + rest);
}

// Where to add these names. Reads are denied by a list of their own.
std::string hint_for(const Rule& deny, const std::string& names) {
  constexpr std::string_view kAnnotation = "annotation ";
  if (deny.kind != policy::RuleKind::kDenyRead) {
    return "deny " + names + " too";
  }
  return "add " + names + " to " +
         (deny.source.starts_with(kAnnotation) ? deny.source.substr(kAnnotation.size())
                                               : "this \"denyRead\"") +
         " too";
}

std::string_view clause_of(Reach reach) {
  switch (reach) {
    case Reach::kSame:
      return ", another name of the same sysctl";
    case Reach::kChanges:
      return ", a write of which changes it too";
    case Reach::kAll:
    case Reach::kDefault:
      return ", and what is written there reaches it";
  }
  return "";
}

// One warning in the making; those about interfaces are gathered for each denial.
struct Warning {
  RuleNumber rule = automaton::kNoRule;
  Reach reach = Reach::kSame;
  std::string denied;                // dot form
  std::vector<std::string> permits;  // dot form
  std::vector<std::string> remedies;
};

class Warnings {
 public:
  Warnings(const DeniesAndAllows& rules, Diagnostics& findings)
      : rules_(rules), findings_(findings) {}

  void add(const std::vector<WayRound>& all, Reach reach) {
    const bool is_gathered = reach == Reach::kAll || reach == Reach::kDefault;
    for (const WayRound& found : all) {
      const auto is_of_rule = [&found](const Warning& one) {
        return one.rule == found.rule && (one.reach == Reach::kAll || one.reach == Reach::kDefault);
      };
      auto warning = is_gathered ? std::ranges::find_if(warnings_, is_of_rule) : warnings_.end();
      if (warning == warnings_.end()) {
        warnings_.push_back({found.rule, reach, sysctl::to_dot_form(found.changed), {}, {}});
        warning = std::prev(warnings_.end());
      }
      warning->permits.push_back(sysctl::to_dot_form(found.written));
      warning->remedies.push_back(remedy_for(rules_.denies[found.rule - 1], found));
    }
  }

  void report() {
    std::ranges::stable_sort(warnings_, {}, &Warning::rule);
    for (std::size_t i = 0; i < warnings_.size(); ++i) {
      const Warning& warning = warnings_[i];
      const Rule& deny = rules_.denies[warning.rule - 1];
      policy::add_finding(
          findings_, policy::finding_about(deny, Severity::kWarning,
                                           rules_.denies_what + warning.denied + ", but " +
                                               rules_.permits + " " + list_of(warning.permits) +
                                               std::string(clause_of(warning.reach)),
                                           hint_for(deny, list_of(warning.remedies))));
      if (i + 1 == kWaysShown && i + 2 < warnings_.size()) {
        policy::add_finding(
            findings_,
            policy::finding_about(rules_.denies[warnings_[i + 1].rule - 1], Severity::kWarning,
                                  "others can be gone round too, from this one on",
                                  "correct those first"));
        return;
      }
    }
  }

 private:
  const DeniesAndAllows& rules_;
  Diagnostics& findings_;
  std::vector<Warning> warnings_;
};

void append(std::vector<Rule>& rules, const std::vector<Rule>& more) {
  rules.insert(rules.end(), more.begin(), more.end());
}

// Every read is let through that no rule denies.
DeniesAndAllows reads_denied(const std::vector<Rule>& denies) {
  return {.denies = denies,
          .allows = {policy::unwritten_rule(policy::RuleKind::kAllow, "*")},
          .permits = "nothing denies reads of",
          .denies_what = "this denies reads of ",
          .only_same = true};
}

constexpr std::string_view kGaps = "%@";

// The most pairs of states behind one gap: a policy of 1,000 rules has fewer states below one
// directory. What is beyond stays without a warning.
constexpr std::size_t kPlacesMax = std::size_t{1} << 14;

// A row's text up to its next gap, which is taken off.
std::string_view take_text(std::string_view& rest) {
  const std::string_view text = rest.substr(0, std::min(rest.find_first_of(kGaps), rest.size()));
  rest.remove_prefix(text.size());
  return text;
}

bool may_become_template(std::string_view component) {
  return std::string_view("all").starts_with(component) ||
         std::string_view("default").starts_with(component);
}

}  // namespace

void warn_ways_round(const DeniesAndAllows& rules, Diagnostics& findings) {
  if (rules.denies.empty() || rules.allows.empty()) {
    return;
  }
  const std::optional<Dfa> dfa = compile_names(rules);
  if (!dfa) {
    return;
  }
  const AliasWalk walk(*dfa, rules.denies.size());
  Warnings warnings(rules, findings);
  for (const sysctl::Alias& alias : sysctl::aliases()) {
    if (alias.reach == Reach::kSame || !rules.only_same) {
      warnings.add(walk.follow(alias.written, alias.changed), alias.reach);
    }
    if (alias.reach == Reach::kSame) {
      warnings.add(walk.follow(alias.changed, alias.written), alias.reach);
    }
  }
  warnings.report();
}

void warn_ways_round(const policy::Policy& policy, const policy::NodePolicy& node,
                     Diagnostics& findings) {
  std::vector<DeniesAndAllows> all;
  DeniesAndAllows container{.denies = {}, .allows = {}, .permits = "allow permits"};
  DeniesAndAllows reads = reads_denied({});
  for (const Rule& rule : policy.rules) {
    if (rule.kind == policy::RuleKind::kDeny && rule.source != policy::kBuiltIn) {
      container.denies.push_back(rule);
    } else if (rule.kind == policy::RuleKind::kDenyRead) {
      reads.denies.push_back(rule);
    } else if (rule.kind == policy::RuleKind::kAllow) {
      container.allows.push_back(rule);
    }
  }
  append(container.denies, policy.limit ? policy.limit->deny : std::vector<Rule>());
  all.push_back(std::move(container));
  all.push_back(std::move(reads));
  DeniesAndAllows floor{.denies = node.defaults.deny,
                        .allows = node.defaults.allow,
                        .permits = "default.allow permits"};
  append(floor.denies, node.limit.deny);
  all.push_back(floor);
  for (const auto& [name, lists] : node.profiles) {
    DeniesAndAllows profile{
        .denies = floor.denies, .allows = lists.allow, .permits = "profile " + name + " permits"};
    append(profile.denies, lists.deny);
    all.push_back(std::move(profile));
    all.push_back(reads_denied(node.defaults.deny_read));
    append(all.back().denies, lists.deny_read);
  }
  floor.allows = node.limit.allow;
  append(floor.allows, node.limit.host);
  floor.permits = "the limit permits";
  all.push_back(std::move(floor));

  std::set<std::pair<std::string, std::size_t>> warned;  // source and place of a denial
  for (const DeniesAndAllows& rules : all) {
    Diagnostics found;
    warn_ways_round(rules, found);
    std::set<std::pair<std::string, std::size_t>> here;
    for (const Finding& finding : found.findings()) {
      if (!warned.contains({finding.source, finding.offset})) {
        here.emplace(finding.source, finding.offset);
        policy::add_finding(findings, finding);
      }
    }
    warned.merge(here);
  }
}

AliasWalk::AliasWalk(const Dfa& dfa, std::size_t deny_count) : dfa_(dfa), deny_count_(deny_count) {
  constexpr std::string_view kReadable = "xabcdefghijklmnopqrstuvwyz0123456789_-";
  std::vector<bool> has(dfa.classes.count, false);
  const auto offer = [&](char byte) {
    const automaton::Class cls = dfa_.classes.of[static_cast<unsigned char>(byte)];
    if (byte != '/' && !has[cls]) {
      has[cls] = true;
      bytes_.push_back(byte);
    }
  };
  std::ranges::for_each(kReadable, offer);
  for (int byte = '!'; byte <= '~'; ++byte) {
    offer(static_cast<char>(byte));
  }
}

std::vector<WayRound> AliasWalk::follow(std::string_view written, std::string_view changed) const {
  // A write of what is there already: whatever a rule asks of the current value, it permits that.
  const Dfa::State start = dfa_.next(dfa_.start, automaton::kWriteSame);
  std::vector<Place> places = {{start, start, "", ""}};
  for (;;) {
    add_text(places, take_text(written), take_text(changed));
    while (!changed.empty() && !written.starts_with(changed.front())) {
      places = behind_component(places, /*is_shared=*/false);
      changed.remove_prefix(1);
      add_text(places, "", take_text(changed));
    }
    if (changed.empty()) {
      SG_CHECK(written.empty());  // a gap of `written` is one of `changed` too
      return denials_among(places);
    }
    places = behind_component(places, /*is_shared=*/true);
    written.remove_prefix(1);
    changed.remove_prefix(1);
  }
}

// What no denial covers, or nothing permits, is no place any more.
void AliasWalk::add_text(std::vector<Place>& places, std::string_view written,
                         std::string_view changed) const {
  for (Place& place : places) {
    place.written = dfa_.next(place.written, written);
    place.changed = dfa_.next(place.changed, changed);
    place.written_name += written;
    place.changed_name += changed;
  }
  std::erase_if(places, [](const Place& place) {
    return place.written == Dfa::kDead || place.changed == Dfa::kDead;
  });
}

std::vector<AliasWalk::Place> AliasWalk::behind_component(const std::vector<Place>& places,
                                                          bool is_shared) const {
  struct Step {
    Place place;
    std::string component;
  };
  std::vector<Step> queue;
  for (const Place& place : places) {
    queue.push_back({place, ""});
  }
  std::vector<Place> result;
  std::set<std::pair<Dfa::State, Dfa::State>> known;
  // What could still become a template is told apart by its bytes, all else by its states.
  std::set<std::tuple<Dfa::State, Dfa::State, std::string>> seen;
  for (std::size_t i = 0; i < queue.size() && queue.size() < kPlacesMax; ++i) {
    for (const char byte : bytes_) {
      const std::string_view text(&byte, 1);
      const Dfa::State written =
          is_shared ? dfa_.next(queue[i].place.written, text) : queue[i].place.written;
      const Dfa::State changed = dfa_.next(queue[i].place.changed, text);
      const std::string component = queue[i].component + byte;
      if (written == Dfa::kDead || changed == Dfa::kDead ||
          queue[i].place.changed_name.size() >= sysctl::kNameMax ||
          !seen.emplace(written, changed, may_become_template(component) ? component : "").second) {
        continue;
      }
      Step step{queue[i].place, component};
      step.place.written = written;
      step.place.changed = changed;
      step.place.written_name += is_shared ? text : "";
      step.place.changed_name += byte;
      if ((is_shared || !is_template(component)) && known.emplace(written, changed).second) {
        result.push_back(step.place);
      }
      queue.push_back(std::move(step));
    }
  }
  return result;
}

// The number of the rule that decides on a write of any value.
RuleNumber AliasWalk::rule_at(Dfa::State name_end) const {
  return dfa_.rule_of[dfa_.next(dfa_.next(name_end, automaton::kEnd), automaton::kUnseen)];
}

std::vector<WayRound> AliasWalk::denials_among(const std::vector<Place>& places) const {
  std::vector<WayRound> found;
  for (const Place& place : places) {
    const RuleNumber denies = rule_at(place.changed);
    const bool is_new = std::ranges::find(found, denies, &WayRound::rule) == found.end();
    if (rule_at(place.written) > deny_count_ && denies != automaton::kNoRule &&
        denies <= deny_count_ && is_new) {
      found.push_back({denies, place.written_name, place.changed_name});
    }
  }
  return found;
}

}  // namespace sg::compile
