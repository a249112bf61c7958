// SPDX-License-Identifier: Apache-2.0
// result.cpp - the text of a system call's error.
#include "base/result.h"

#include <system_error>

namespace sg {

Error system_error(const std::string& what, int saved_errno, std::string hint) {
  std::string why;
  // Podman takes these phrases in a hook's message for a fault of its own and replaces the message.
  switch (saved_errno) {
    case EPERM:
      why = "refused by the kernel (EPERM)";
      break;
    case EACCES:
      why = "no access (EACCES)";
      break;
    case ENOENT:
      why = "it does not exist (ENOENT)";
      break;
    default:
      why = std::generic_category().message(saved_errno);
  }
  return Error{Errc::kSystem, what + ": " + why, std::move(hint)};
}

}  // namespace sg
