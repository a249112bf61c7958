// SPDX-License-Identifier: Apache-2.0
// node_policy_file.cpp - is there a node policy?
#include "app/node_policy_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace sg::app {

Status require_no_node_policy(const char* file) {
  if (::faccessat(AT_FDCWD, file, F_OK, AT_SYMLINK_NOFOLLOW) != 0 &&
      (errno == ENOENT || errno == ENOTDIR)) {
    return Ok{};
  }
  return Error{Errc::kNodePolicy,
               std::string("node policy ") + file + ": this version cannot apply one",
               "remove the file, or install a version of sysctl-guard that supports it"};
}

}  // namespace sg::app
