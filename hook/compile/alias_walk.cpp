// SPDX-License-Identifier: Apache-2.0
// alias_walk.cpp - pairs of states, piece by piece of the two names.
//
// From the pairs in front of a gap all pairs behind it are found, breadth first, so that the
// shortest names come first.
#include "compile/alias_walk.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <tuple>
#include <utility>

#include "base/check.h"
#include "sysctl/sysctl_name.h"

namespace sg::compile {
namespace {

using automaton::Dfa;
using automaton::RuleNumber;

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

bool is_template(std::string_view component) {
  return component == "all" || component == "default";
}

bool may_become_template(std::string_view component) {
  return std::string_view("all").starts_with(component) ||
         std::string_view("default").starts_with(component);
}

}  // namespace

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
  const Dfa::State start = dfa_.next(dfa_.start, automaton::kWrite);
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

Dfa::State AliasWalk::behind(Dfa::State state, std::string_view text) const {
  for (const char byte : text) {
    state = dfa_.next(state, static_cast<unsigned char>(byte));
  }
  return state;
}

// What no denial covers, or nothing permits, is no place any more.
void AliasWalk::add_text(std::vector<Place>& places, std::string_view written,
                         std::string_view changed) const {
  for (Place& place : places) {
    place.written = behind(place.written, written);
    place.changed = behind(place.changed, changed);
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
          is_shared ? behind(queue[i].place.written, text) : queue[i].place.written;
      const Dfa::State changed = behind(queue[i].place.changed, text);
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
