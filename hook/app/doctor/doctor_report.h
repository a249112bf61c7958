// SPDX-License-Identifier: Apache-2.0
// doctor_report.h - what doctor found out, into text for people and into its JSON document.
#pragma once

#include <string>
#include <vector>

namespace sg::app {

enum class CheckStatus {
  kOk,
  kWarning,  // containers are guarded; a write that is allowed, or something else, may still not work
  kFailed,   // a guarded container would not work, or not be guarded
  kUnknown,  // could not be found out
};

// One thing that was looked at.
struct Check {
  std::string id;  // stable, for scripts: "kernel", "cgroup", "hook:podman"
  CheckStatus status = CheckStatus::kOk;
  std::string summary;  // what was found, one clause
  std::string remedy;   // what to do about it; empty where there is nothing to do
};

struct DoctorReport {
  std::vector<Check> checks;  // in the order in which they are shown
};

// Would a guarded container work? Not where anything has failed or is unknown.
[[nodiscard]] bool is_ready(const DoctorReport& report) noexcept;

// One line for each check with its remedy below it, and the answer.
[[nodiscard]] std::string render_doctor_text(const DoctorReport& report);

// The document of `doctor --json`, as schema/doctor-output.v1.schema.json describes it.
[[nodiscard]] std::string render_doctor_json(const DoctorReport& report);

}  // namespace sg::app
