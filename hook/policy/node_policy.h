// SPDX-License-Identifier: Apache-2.0
// node_policy.h - the node policy: what the administrator lets annotations ask for, and what always
// holds.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "policy/assign.h"
#include "policy/groups.h"
#include "policy/policy.h"

namespace sg::policy {

// The most bytes of the file: 1,000 rules have 40 KB. Reading one of a hundred thousand tiny values
// takes 150 times its size.
inline constexpr std::size_t kNodePolicyMax = std::size_t{256} << 10;

// The most rules of all lists of the file together, groups put in.
inline constexpr std::size_t kNodeRulesMax = 8192;

// The most groups and the most profiles of one file.
inline constexpr std::size_t kNamedMax = 256;

// Bytes of the host's buffer of events: from a page up, a power of two.
inline constexpr std::size_t kEventBufferMin = std::size_t{4} << 10;
inline constexpr std::size_t kEventBufferMax = std::size_t{64} << 20;

enum class Mode { kEnforce, kAudit };

// The names of the modes, as annotations and the file write them, in the order of Mode.
inline constexpr std::array<std::string_view, 2> kModeNames = {"enforce", "audit"};

// The rules that one name in the file stands for.
struct RuleLists {
  std::vector<Rule> allow;
  std::vector<Rule> deny;
  std::vector<Rule> deny_read;
  std::optional<Refusal> refuse = {};
};

struct NodePolicy {
  Limit limit = {};
  OnExcess on_excess = OnExcess::kRefuse;
  RuleLists defaults = {};
  Mode mode = Mode::kEnforce;
  bool sets_mode = false;  // the file has default.mode
  std::map<std::string, RuleLists, std::less<>> profiles = {};
  std::vector<Assignment> assign = {};      // their profiles are in `profiles`
  std::vector<Mode> annotation_modes = {};  // which modes annotations may choose
  Events events = Events::kDenied;
  std::size_t event_buffer = 0;
  Groups groups{sysctl::NamespaceSet{}};
};

// The node policy in `text`, which stands in the file `file` (a path, for messages: sources are
// "node policy <file>"). Its groups and its limit follow `private_namespaces`. Every mistake is a
// finding with a JSON pointer, line and column, and the code kNodePolicy: not JSON, an unknown key,
// a wrong type, a key that stands twice, an unknown version, a bad rule, a bad name, a group that
// is unknown, built in or in a circle, a profile of `assign` that is not there. With an error among
// them the result must not be used.
[[nodiscard]] NodePolicy parse_node_policy(std::string_view text, const std::string& file,
                                           const sysctl::NamespaceSet& private_namespaces,
                                           Diagnostics& findings);

// What holds where there is no file at all: the defaults of every key. `file` is the path where one
// would stand.
[[nodiscard]] NodePolicy default_node_policy(const std::string& file,
                                             const sysctl::NamespaceSet& private_namespaces);

}  // namespace sg::policy
