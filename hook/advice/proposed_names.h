// SPDX-License-Identifier: Apache-2.0
// proposed_names.h - hints with the rule to write, for a name that was meant.
//
// A hint never proposes more than was written: a name without its values, where there are some, is
// named and not proposed as a rule. For the commands.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "advice/advice.h"
#include "policy/policy.h"

namespace sg::advice {

// A name in slash form as people write it, cut to what fits into a message.
[[nodiscard]] std::string shown(std::string_view slash_name);

// What stands in a rule behind its name: "1" of "net.a=1".
[[nodiscard]] std::string_view values_of(const policy::Rule& rule);

// "write NAME=VALUES", with the values of the rule; "the name is NAME" where they do not fit it.
[[nodiscard]] std::string hint_for(std::string_view name, std::string_view values);

// The same of names one of which was meant, those alone that can be written and that the values fit, where there is one.
[[nodiscard]] std::string hint_for(const std::vector<std::string>& names, std::string_view values);

// `name` where it is known, or the one that was meant; "" where nobody can say.
[[nodiscard]] std::string known_or_meant(const std::string& name);

}  // namespace sg::advice
