// SPDX-License-Identifier: Apache-2.0
// caller.h - who runs this command, for the system log.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

namespace sg::host {

struct Who {
  uid_t uid = 0;
  std::string sudo_user;  // what sudo says; empty: no sudo
  // By which the session was logged in to, where the kernel knows it.
  std::optional<std::uint32_t> login_uid;
  pid_t pid = 0;
};

// Of this process.
[[nodiscard]] Who read_who();

// "uid 0 (sudo: alice, login uid 1000), pid 4711".
[[nodiscard]] std::string describe(const Who& who);

}  // namespace sg::host
