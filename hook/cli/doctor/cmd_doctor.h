// SPDX-License-Identifier: Apache-2.0
// cmd_doctor.h - `sysctl-guard doctor`: what its command line asks, and both forms of the answer.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/command.h"
#include "engines/programs.h"
#include "request/node_policy_load.h"

namespace sg::cli {

struct DoctorOptions {
  bool json = false;
  std::string root = "/";
  std::string policy = request::kNodePolicyFile;
};

// Errors: wrong values.
[[nodiscard]] Result<DoctorOptions> read_doctor_options(const Arguments& arguments);

[[nodiscard]] Outcome cmd_doctor(const DoctorOptions& options);

// Would a guarded container work? Not where anything has failed or is unknown.
[[nodiscard]] bool is_ready(const std::vector<engines::Check>& checks) noexcept;

// One line for each check with its remedy below it, and the answer.
[[nodiscard]] std::string render_doctor_text(const std::vector<engines::Check>& checks);

// The document of `doctor --json`, as schema/doctor-output.v1.schema.json describes it.
[[nodiscard]] std::string render_doctor_json(const std::vector<engines::Check>& checks);

}  // namespace sg::cli
