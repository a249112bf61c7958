// SPDX-License-Identifier: Apache-2.0
// failure.cpp - message and hint.
#include "app/failure.h"

namespace sg::app {

Outcome failure(const Error& error, int exit_code) {
  return Outcome{.exit_code = exit_code,
                 .output = "",
                 .errors = "sysctl-guard: " + error.message + "\n" +
                           (error.hint.empty() ? "" : "hint: " + error.hint + "\n")};
}

}  // namespace sg::app
