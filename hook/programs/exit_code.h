// SPDX-License-Identifier: Apache-2.0
// exit_code.h - how the hook ends, as numbers. Those of `sysctl-guard` are in cli/command.h.
//
// They are codes of sysexits.h, so that a log line of a runtime that shows nothing but the code
// still says what kind of mistake it was.
#pragma once

#include "base/result.h"

namespace sg::programs {

// Anything but kHookAttached makes the runtime refuse to start the container.
inline constexpr int kHookAttached = 0;
inline constexpr int kHookUsage = 64;        // its own arguments
inline constexpr int kHookBadInput = 65;     // the state, config.json or an annotation
inline constexpr int kHookUnsupported = 69;  // this kernel or host cannot do it
inline constexpr int kHookSystem = 71;       // a system call failed
inline constexpr int kHookBeyondLimit = 77;  // the container asks for more than the node's limit
inline constexpr int kHookNodePolicy = 78;   // the node policy

// The code for an error that ends the hook.
[[nodiscard]] constexpr int hook_exit_code(Errc code) noexcept {
  switch (code) {
    case Errc::kUsage:
      return kHookUsage;
    case Errc::kBadInput:
      return kHookBadInput;
    case Errc::kUnsupported:
      return kHookUnsupported;
    case Errc::kNodePolicy:
      return kHookNodePolicy;
    case Errc::kBeyondLimit:
      return kHookBeyondLimit;
    case Errc::kSystem:
      break;
  }
  return kHookSystem;
}

}  // namespace sg::programs
