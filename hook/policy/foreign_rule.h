// SPDX-License-Identifier: Apache-2.0
// foreign_rule.h - a rule as it is written for another program, and the rule that it means.
//
// By its words alone, without a table of names: the hook has this too.
#pragma once

#include <string>
#include <string_view>

#include "policy/groups.h"
#include "policy/policy.h"

namespace sg::policy {

// How one rule is parted from the next.
enum class Separator { kComma, kJsonString };

// Whether what is not to be permitted stands behind this word: "except", "!".
[[nodiscard]] bool is_negation(std::string_view word);

// What to say where something is written to be left out of what a list names: that it stands in the deny
// list `where` ("io.sysctl-guard.deny"), with `names`, if there are any; of a deny list, that it has no
// such thing.
[[nodiscard]] std::string left_out_hint(RuleKind kind, std::string_view where,
                                        const std::string& names);

// What to write in place of `written`, a rule in front of whose "=", if it has one, is a blank: that of
// "sysctl -w NAME=VALUE", "echo VALUE > /proc/sys/NAME", "NAME VALUE", "name: NAME", "NAME except NAME",
// "NAME NAME". `source` is where it stands ("annotation io.sysctl-guard.allow").
[[nodiscard]] std::string hint_for_blank(std::string_view written, RuleKind kind,
                                         Separator separator, std::string_view source);

// The same of what begins with a group of `groups`, or is no more than "@" and the directory of
// sysctls: "@net except net.core", "@net|@ipc", "@net.ipv4". Empty where it reads like neither.
[[nodiscard]] std::string hint_for_two_groups(std::string_view written, RuleKind kind,
                                              std::string_view source, const Groups& groups);

}  // namespace sg::policy
