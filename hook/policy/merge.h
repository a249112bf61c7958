// SPDX-License-Identifier: Apache-2.0
// merge.h - the rules from every source into one policy, in the order in which they decide.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "policy/annotations.h"
#include "policy/policy.h"

namespace sg::policy {

// The source of these rules, and of findings about them.
inline constexpr std::string_view kPairSource = "linux.sysctl";

// The runtime's own `linux.sysctl` as rules of kind kPair: exact name, exact value. runc writes
// them after the hook, from inside the container's cgroup. The key's separators follow sysctl.d(5);
// any byte is legal in it. A finding is made of a name over kNameMax bytes, and of a value that the
// guard could not recognise: empty, with a zero byte, or over kPairValueMax bytes. What could hold
// several pairs, by a line break or a '+', is a warning, or by Declared::kLimit an error.
[[nodiscard]] std::vector<Rule> pair_rules(const std::map<std::string, std::string>& sysctl,
                                           Declared declared, Diagnostics& findings);

// The `allow` rules that hold for a container: those of its profile and its annotations or, where
// it has neither, of the node's default. `request.profile` must be one of `node`.
[[nodiscard]] std::vector<Rule> allow_rules(const NodePolicy& node, const Request& request);

// Whether the policy has rules by which something may be written, beside the runtime's own pairs.
[[nodiscard]] bool asks_to_write(const Policy& policy);

// The policy of one container. For writes: pairs; a denial of what is the host's though its name
// looks like a namespace's, where only a wildcard asks for it; every `deny` (of the node's default,
// the profile, the annotations); `allow` of profile and annotations, or where there is neither that
// of the node's default. For reads, where there is a `deny-read`: first the names that stay
// readable (kernel/cap_last_cap, which runc reads), then every `deny-read`; and last one rule that
// allows every other read. `request.profile` must be one of `node`.
[[nodiscard]] Policy merge(std::vector<Rule> pairs, const NodePolicy& node, Request request);

}  // namespace sg::policy
