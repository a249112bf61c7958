// SPDX-License-Identifier: Apache-2.0
// exit_code.h - how each program ends, as numbers: the only place that knows them.
//
// The hook uses codes of sysexits.h, so that a log line of a runtime that shows nothing but the
// code still says what kind of mistake it was. `check` answers a question: yes, no, or "cannot
// tell".
#pragma once

#include "base/result.h"

namespace sg::app {

// The hook. Anything but kHookAttached makes the runtime refuse to start the container.
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

// `sysctl-guard check`. Output that cannot be written ends with 2 too: no answer was given.
inline constexpr int kCheckAllowed = 0;  // every access is allowed, or none was asked about
inline constexpr int kCheckDenied = 1;   // at least one is denied
inline constexpr int kCheckInvalid = 2;  // the policy is invalid or beyond the limit, or the arguments are

// `sysctl-guard install`.
inline constexpr int kInstallDone = 0;    // done, or nothing to do
inline constexpr int kInstallFailed = 1;  // nothing is changed
inline constexpr int kInstallUsage = 2;   // wrong arguments

// `sysctl-guard doctor`.
inline constexpr int kDoctorReady = 0;     // a guarded container would work
inline constexpr int kDoctorNotReady = 1;  // it would not, or nobody knows
inline constexpr int kDoctorUsage = 2;     // wrong arguments

// `sysctl-guard events`.
inline constexpr int kEventsDone = 0;    // done, or interrupted
inline constexpr int kEventsFailed = 1;  // there are no events to be had, or several containers are meant
inline constexpr int kEventsUsage = 2;   // wrong arguments

// `sysctl-guard list`, `show` and `metrics`.
inline constexpr int kListDone = 0;       // also where no container has a guard
inline constexpr int kListFailed = 1;     // the kernel could not be asked
inline constexpr int kListUsage = 2;      // wrong arguments
inline constexpr int kShowDone = 0;
inline constexpr int kShowFailed = 1;     // that, or not one container was meant
inline constexpr int kShowUsage = 2;      // wrong arguments
inline constexpr int kMetricsDone = 0;
inline constexpr int kMetricsFailed = 1;  // that, or the file could not be written
inline constexpr int kMetricsUsage = 2;   // wrong arguments

// `sysctl-guard learn`.
inline constexpr int kLearnDone = 0;    // also where nothing was refused
inline constexpr int kLearnFailed = 1;  // no events, not one container was meant, or the node policy is invalid
inline constexpr int kLearnUsage = 2;   // wrong arguments

// `sysctl-guard update` and `detach`.
inline constexpr int kUpdateDone = 0;
inline constexpr int kUpdateFailed = 1;  // nothing is changed
inline constexpr int kUpdateUsage = 2;   // wrong arguments
inline constexpr int kDetachDone = 0;
inline constexpr int kDetachFailed = 1;  // nothing is changed
inline constexpr int kDetachUsage = 2;   // wrong arguments

// The other commands of `sysctl-guard`.
inline constexpr int kCommandDone = 0;
inline constexpr int kCommandUsage = 2;  // wrong arguments, as with check

}  // namespace sg::app
