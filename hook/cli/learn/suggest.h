// SPDX-License-Identifier: Apache-2.0
// suggest.h - events into what was refused, and that, with what the node permits, into the
// annotation to write.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/learn/learn.h"
#include "cli/learn/within_limit.h"
#include "events/event.h"
#include "policy/node_policy.h"
#include "request/new_annotations.h"

namespace sg::cli {

struct LearnInput {
  std::vector<SeenWrite> writes;               // denied or would-be denied, sorted, each kind once
  std::vector<SeenWrite> allowed;              // the same of allowed ones, where events have them
  std::map<std::string, std::uint64_t> reads;  // denied or would-be denied, by name
  std::set<std::string> containers;            // whose events these are
};

// The ID among those of the events that `wanted` means: it is that, or the only one that begins so;
// `wanted` itself where there is none, and where it is empty. Errors: kUsage, with all of them.
[[nodiscard]] Result<std::string> id_among(std::span<const events::Event> events,
                                           const std::string& wanted);

// Only events of the container with this ID; "" for all. Allowed writes of runc's own start are
// passed over: they are those of its pairs.
[[nodiscard]] LearnInput gather(std::span<const events::Event> events, std::string_view container);

// The lines of `sysctl-guard events --json`. Empty lines are passed over. Errors: kBadInput with
// the number of the line that is no event.
[[nodiscard]] Result<std::vector<events::Event>> read_event_lines(std::string_view text);

struct SuggestInput {
  LearnInput seen;
  request::Annotations annotations;  // that the container has already; none where it is not known
  std::string profile;               // of the hook's arguments
  policy::Known known;               // of the annotations, as in compile::Origin
  policy::NodePolicy node;
  Generalise generalise = Generalise::kAll;
  std::uint64_t min = 1;
  std::vector<std::string> notes = {};  // on the events, to be passed on
};

// A write that stays refused with the annotation, and the rule that refuses it.
struct StillRefused {
  std::string name;
  std::uint64_t seen = 0;
  std::string rule;  // empty: none permits it
  std::string source;
};

// The annotation of nothing but what was written, allowed or not.
struct Narrower {
  std::string value;
  std::vector<SuggestedRule> rules;  // of the writes, all within the node's limit
};

struct Suggestion {
  std::string key;    // of the annotation, as it holds for the container
  std::string value;  // what the annotation has already, and the rules within the node's limit
  std::vector<SuggestedRule> rules;
  std::optional<Narrower> narrower;  // where allowed writes were seen, and it is another one
  std::vector<Unnameable> unnameable;
  std::vector<StillRefused> still_refused;
  std::map<std::string, std::uint64_t> reads;  // refused ones, which an allow rule does not change
  std::size_t rare = 0;                        // rules left out: seen too rarely
  std::vector<std::string> notes;
};

// Leaves out allowed writes of the runtime's own pairs, which need no annotation.
void leave_out_pairs(LearnInput& seen, const std::map<std::string, std::string>& sysctl);

// Leaves out the refused writes that `table` (a sg_table) lets through with the verdict allow: of a
// container that is running what was granted since.
void leave_out_permitted(LearnInput& seen, std::span<const std::uint8_t> table);

[[nodiscard]] Suggestion suggest(const SuggestInput& input);

}  // namespace sg::cli
