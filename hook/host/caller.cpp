// SPDX-License-Identifier: Apache-2.0
// caller.cpp - the environment and /proc/self, both only for people: nothing is decided by them.
#include "host/caller.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

#include "base/file_io.h"
#include "base/text.h"

namespace sg::host {

Who read_who() {
  Who who{.uid = ::getuid(), .sudo_user = "", .login_uid = std::nullopt, .pid = ::getpid()};
  if (const char* const user = std::getenv("SUDO_USER")) {
    who.sudo_user = user;
  }
  constexpr std::size_t kNumberMax = 32;
  const Result<std::string> text = read_file(AT_FDCWD, "/proc/self/loginuid", kNumberMax);
  const std::optional<std::uint64_t> number = text ? parse_decimal(*text) : std::nullopt;
  if (number && *number < UINT32_MAX) {  // that is "not logged in"
    who.login_uid = static_cast<std::uint32_t>(*number);
  }
  return who;
}

std::string describe(const Who& who) {
  std::string more;
  if (!who.sudo_user.empty()) {
    more = "sudo: " + escape(who.sudo_user, 64);
  }
  if (who.login_uid) {
    more += (more.empty() ? "" : ", ") + ("login uid " + std::to_string(*who.login_uid));
  }
  return "uid " + std::to_string(who.uid) + (more.empty() ? "" : " (" + more + ")") + ", pid " +
         std::to_string(who.pid);
}

}  // namespace sg::host
