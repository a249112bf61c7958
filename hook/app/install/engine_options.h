// SPDX-License-Identifier: Apache-2.0
// engine_options.h - the command lines of `install` and `doctor` into plain data.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <variant>

#include "request/node_policy_file.h"
#include "base/result.h"
#include "engines/engine.h"

namespace sg::app {

struct InstallOptions {
  const engines::Engine* engine = nullptr;  // one of the table, never null once parsed
  bool dry_run = false;
  bool uninstall = false;
  bool all_containers = false;
  std::optional<std::string> hook;
  std::optional<std::string> base_spec;  // a file of this system
  std::string root = "/";
  std::string policy = request::kNodePolicyFile;
};

struct DoctorOptions {
  bool json = false;
  std::string root = "/";
  std::string policy = request::kNodePolicyFile;
};

extern const char* const kInstallHelp;
extern const char* const kDoctorHelp;

// Nothing where the help was asked for. Errors: kUsage.
[[nodiscard]] Result<std::optional<InstallOptions>> parse_install(
    std::span<const std::string> words);
[[nodiscard]] Result<std::optional<DoctorOptions>> parse_doctor(std::span<const std::string> words);

}  // namespace sg::app
