// SPDX-License-Identifier: Apache-2.0
// command.h - one function for each command of `sysctl-guard`.
//
// Each takes its options and returns what the program is to print and its exit code; cli_main.cpp
// prints it.
#pragma once

#include <string>

#include "app/options.h"

namespace sg::app {

struct Outcome {
  int exit_code = 0;   // of exit_code.h
  std::string output;  // for standard output
  std::string errors;  // for standard error
};

[[nodiscard]] Outcome cmd_check(const CheckOptions& options);
[[nodiscard]] Outcome cmd_install(const InstallOptions& options);
[[nodiscard]] Outcome cmd_doctor(const DoctorOptions& options);
[[nodiscard]] Outcome cmd_list(const ListOptions& options);
[[nodiscard]] Outcome cmd_show(const ShowOptions& options);
[[nodiscard]] Outcome cmd_metrics(const MetricsOptions& options);
[[nodiscard]] Outcome cmd_learn(const LearnOptions& options);
[[nodiscard]] Outcome cmd_update(const UpdateOptions& options);
[[nodiscard]] Outcome cmd_detach(const DetachOptions& options);
[[nodiscard]] Outcome cmd_version(const VersionOptions& options);

}  // namespace sg::app
