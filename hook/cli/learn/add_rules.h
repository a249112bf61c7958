// SPDX-License-Identifier: Apache-2.0
// add_rules.h - learned rules into a list that a container has already.
#pragma once

#include <span>
#include <string>

namespace sg::cli {

// A list of rules, be it plain or JSON, with `rules` in it: values go to those of the rule for the
// same name where there is one ("net.a=0|1" and "net.a=2" are "net.a=0|1|2"), other rules behind
// what the list has. A plain one is then on one line, with ";" between rules.
[[nodiscard]] std::string append_rules(const std::string& list, std::span<const std::string> rules);

}  // namespace sg::cli
