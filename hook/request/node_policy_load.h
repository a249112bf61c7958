// SPDX-License-Identifier: Apache-2.0
// node_policy_load.h - the node policy that holds for a container: which file, and what stands in
// it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/result.h"
#include "host/root_dir.h"
#include "host/trusted_file.h"
#include "policy/node_policy.h"

namespace sg::request {

// Where the node policy stands unless another file is named.
inline constexpr const char* kNodePolicyFile = "/etc/sysctl-guard/policy.json";

// Which node policy is meant.
struct NodePolicyChoice {
  std::string path = kNodePolicyFile;
  bool is_named = false;     // by somebody, so that it must be there
  bool is_defaults = false;  // no file is read, as where none is installed
  host::Writers writers = host::Writers::kRootOnly;
};

// The one in `file`, which the hook's registration names; empty: the installed one.
[[nodiscard]] NodePolicyChoice registered_node_policy(const std::string& file);

// The one that `option` of a command names: a file, whoever can write it, or "none" for the
// defaults. Without the option the registered one.
[[nodiscard]] NodePolicyChoice chosen_node_policy(const std::optional<std::string>& option,
                                                  const std::string& registered = "");

// The text of the file. Nothing where there is none, which only a file that was not asked for by
// name may be: `is_named` makes that an error. Errors, kNodePolicy: it cannot be read, is no
// regular file, is larger than policy::kNodePolicyMax, or others than root can write it.
[[nodiscard]] Result<std::optional<std::string>> read_node_policy(const std::string& file,
                                                                  bool is_named,
                                                                  host::Writers writers);

// Its text parsed, or what holds without a file. Mistakes are findings.
[[nodiscard]] policy::NodePolicy parse_node_policy_text(
    const std::optional<std::string>& text, const NodePolicyChoice& choice,
    const sysctl::NamespaceSet& private_namespaces, Diagnostics& findings);

struct LoadedNodePolicy {
  policy::NodePolicy policy;
  std::optional<std::string> text;  // of its file; nothing where none was read
};

// Reads and parses it. Errors: those of read_node_policy().
[[nodiscard]] Result<LoadedNodePolicy> load_node_policy(
    const NodePolicyChoice& choice, const sysctl::NamespaceSet& private_namespaces,
    Diagnostics& findings);

// Whether the node policy assigns the container a profile; also where it cannot be read, or has
// mistakes and may assign.
[[nodiscard]] bool may_be_assigned(const std::map<std::string, std::string>& annotations,
                                   const NodePolicyChoice& choice);

// The first finding that is an error, as the error of the run; there must be one.
[[nodiscard]] Error error_of(const Diagnostics& findings);

// What `install` and `doctor` need to know of it.
struct NodePolicySummary {
  bool exists = false;
  bool assigns = false;                     // it has entries of "assign"
  std::vector<std::string> profiles;        // sorted
  std::optional<std::string> default_mode;  // of default.mode, where the file sets it
  std::vector<Finding> dangers;             // what limit.host permits and should not, located
};

// Reads the file below the root, as the hook does: on this system one that others than root can
// write is refused (below another root owners are set later). No file is a summary that says so.
// Errors: kNodePolicy.
[[nodiscard]] Result<NodePolicySummary> summarize_node_policy(const host::RootDir& root,
                                                              const std::string& file);

}  // namespace sg::request
