// SPDX-License-Identifier: Apache-2.0
// node_policy_file.cpp - the file of the node policy, as host/trusted_file.h reads it; each error
// is of the policy.
#include "request/node_policy_file.h"

#include <cerrno>

#include "base/text.h"
#include "policy/node_policy.h"

namespace sg::request {

Result<std::optional<std::string>> read_node_policy(const std::string& file, bool is_named,
                                                    host::Writers writers) {
  const std::string noun = "node policy " + escape(file);
  Result<std::optional<std::string>> text =
      host::read_trusted_file(file, policy::kNodePolicyMax, noun, writers);
  if (text && !*text && is_named) {
    text = system_error(noun + ": cannot be opened", ENOENT, "name a file that is there");
  }
  if (text) {
    return text;
  }
  Error error = std::move(text).error();
  error.code = Errc::kNodePolicy;
  return error;
}

}  // namespace sg::request
