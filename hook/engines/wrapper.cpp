// SPDX-License-Identifier: Apache-2.0
// wrapper.cpp - follows a registration of the wrapper to the programs at its end.
// Tested by test/unit/engines/containerd_test.cpp.
#include "engines/wrapper.h"

#include <algorithm>
#include <cstdlib>

#include "base/text.h"
#include "engines/programs.h"
#include "host/find_program.h"
#include "oci/open_proc_sys.h"

namespace sg::engines {
namespace {

// The hook that the wrapper at `runtime` puts into config.json.
Status find_hook_of(const host::RootDir& root, const std::string& runtime) {
  const Result<std::string> real = root.locate(runtime);
  if (!real) {
    return real.error();
  }
  if (root.is_this_system()) {
    const Result<std::string> hook = host::find_hook(*real);
    return hook ? Status(Ok{}) : hook.error();
  }
  const std::string here = runtime.substr(0, runtime.rfind('/') + 1);
  const std::string beside = here + std::string(oci::kHookName);
  return require_program(root, root.has(beside) ? beside : here + SG_HOOK_FROM_BIN, "hook");
}

// runc or crun, as the wrapper finds it.
Status find_real_runtime(const host::RootDir& root, const std::string& wrapper,
                         const std::string& configured) {
  if (!configured.empty()) {
    const Result<std::string> real = root.locate(configured);
    const Result<std::string> ours = root.locate(wrapper);
    if (real && ours && *real == *ours) {
      return Error{Errc::kUnsupported,
                   "runtime '" + escape(configured) + "': is the wrapper itself",
                   std::string("name runc or crun in ") + host::kRuntimeSettingsFile};
    }
  }
  if (root.is_this_system()) {
    const char* const path = std::getenv("PATH");
    const Result<std::string> found =
        host::find_runtime(configured, path == nullptr ? "" : path, host::trusted_directories());
    return found ? Status(Ok{}) : found.error();
  }
  if (!configured.empty()) {
    return require_program(root, configured, "runtime");
  }
  const auto has_one = [&root](std::string_view directory) {
    return root.has(std::string(directory) + "/runc") || root.has(std::string(directory) + "/crun");
  };
  if (std::ranges::any_of(host::trusted_directories(), has_one)) {
    return Ok{};
  }
  return Error{Errc::kUnsupported, "no runtime: neither runc nor crun is there",
               std::string("install one, or name it in ") + host::kRuntimeSettingsFile};
}

}  // namespace

Result<host::RuntimeSettings> runtime_settings_of(const host::RootDir& root) {
  const Result<FileText> text = root.read(host::kRuntimeSettingsFile);
  if (!text) {
    return text.error();
  }
  return *text ? host::parse_runtime_settings(**text) : host::RuntimeSettings{};
}

std::vector<Check> check_wrapper(const host::RootDir& root, const Engine& engine,
                                 const std::string& path, const std::string& file) {
  if (const Status there = require_program(root, path, "runtime"); !there) {
    return {failed_check(engine, file, there.error())};
  }
  std::vector<Check> checks;
  const std::string noun = "runtime \"sysctl-guard\" refuses containers";
  if (const Status hook = find_hook_of(root, path); !hook) {
    checks.push_back(failed_check(engine, noun, hook.error()));
  }
  const Result<host::RuntimeSettings> settings =
      root.is_this_system() ? host::read_runtime_settings() : runtime_settings_of(root);
  if (!settings) {
    checks.push_back(failed_check(engine, noun, settings.error()));
  } else if (const Status real = find_real_runtime(root, path, settings->runtime); !real) {
    checks.push_back(failed_check(engine, noun, real.error()));
  }
  return checks;
}

}  // namespace sg::engines
