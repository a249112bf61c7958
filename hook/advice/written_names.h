// SPDX-License-Identifier: Apache-2.0
// written_names.h - what stands at a name, or in it, that has a meaning elsewhere and none here: signs,
// exclusions, regular expressions, the words of other programs.
//
// Each gives a finding about a rule, or nothing. For the commands.
#pragma once

#include <optional>

#include "advice/proposed_names.h"
#include "policy/policy.h"

namespace sg::advice {

// What stands in front of a name elsewhere: in sysctl.d, as an exclusion, a comment, a quote, an
// option.
[[nodiscard]] std::optional<Advice> look_at_front(const policy::Rule& rule);

// The rule's list, as far as its next rules belong to it.
struct Neighbours {
  const policy::Rule* before = nullptr;
  const policy::Rule* behind = nullptr;
  const policy::Rule* start = nullptr;  // before it and the words between: "net.ipv4.conf.all" of
  const policy::Rule* end = nullptr;    // "net.ipv4.conf.all,default,lo.rp_filter=0", behind them
};

// Whether it can only be a piece of a name, of which the list has the rest behind it: a word, or a
// directory, without values.
[[nodiscard]] bool is_unended(const policy::Rule& rule);

// A piece of a name whose other pieces stand before it or behind it, with the values at the end.
[[nodiscard]] std::optional<Advice> look_at_neighbours(const policy::Rule& rule,
                                                       const Neighbours& neighbours);

// The same of the rest of a name that is none: a regular expression; two names with a sign between
// them, one of them perhaps to be left out; a comparison; "name=NAME, value=VALUE".
[[nodiscard]] std::optional<Advice> look_at_signs(const policy::Rule& rule,
                                                  const Neighbours& neighbours);

// "!" in the name of an interface, to leave that one out.
[[nodiscard]] std::optional<Advice> look_at_left_out_interface(const policy::Rule& rule);

// `pattern` below the directory in which `before` is: "log_martians" behind
// "net/ipv4/conf/all/rp_filter"; "" where there is no such name.
[[nodiscard]] std::string continued(const std::string& before, const std::string& pattern);

}  // namespace sg::advice
