// SPDX-License-Identifier: Apache-2.0
// doctor_report.h - what doctor found out, into text for people and into its JSON document.
#pragma once

#include <string>
#include <vector>

#include "engines/programs.h"

namespace sg::cli {

using engines::Check;
using engines::CheckStatus;

struct DoctorReport {
  std::vector<Check> checks;  // in the order in which they are shown
};

// Would a guarded container work? Not where anything has failed or is unknown.
[[nodiscard]] bool is_ready(const DoctorReport& report) noexcept;

// One line for each check with its remedy below it, and the answer.
[[nodiscard]] std::string render_doctor_text(const DoctorReport& report);

// The document of `doctor --json`, as schema/doctor-output.v1.schema.json describes it.
[[nodiscard]] std::string render_doctor_json(const DoctorReport& report);

}  // namespace sg::cli
