// SPDX-License-Identifier: Apache-2.0
// doctor_command.h - the command line of `doctor` into plain data.
#pragma once

#include <string>

#include "base/result.h"
#include "cli/command.h"
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

}  // namespace sg::cli
