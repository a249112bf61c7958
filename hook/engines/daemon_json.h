// SPDX-License-Identifier: Apache-2.0
// daemon_json.h - Docker's daemon.json with our runtime, and without it again, byte for byte.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"

namespace sg::engines {

inline constexpr const char* kDaemonJson = "/etc/docker/daemon.json";

struct RuntimeEntry {
  std::string path;         // of sysctl-guard-runtime, as the system will see it
  bool is_default = false;  // for containers that name no runtime too
  bool is_ours = true;      // as found: a path to sysctl-guard-runtime, and nothing else
};

// The file with the runtime in it; `text` is nothing where there is no file. Errors, kBadInput: it
// is no JSON object, has another runtime of that name, names another default runtime where ours is
// to be the default, or ours where there is none.
[[nodiscard]] Result<std::string> add_runtime(const std::optional<std::string>& text,
                                              const std::string& what, const RuntimeEntry& entry);

// The file as it was before add_runtime: unchanged where the runtime is not in it or not ours;
// nothing where add_runtime made the file. What was written by us is told from what was there by
// its layout, so a file that another program has laid out anew can keep an empty object. Errors:
// `text` is no JSON.
[[nodiscard]] Result<std::optional<std::string>> remove_runtime(const std::string& text,
                                                                const std::string& what);

// The path of our runtime in the file, if it is there, and whether it is the default. Errors as
// above.
[[nodiscard]] Result<std::optional<RuntimeEntry>> find_docker_runtime(const std::string& text,
                                                                      const std::string& what);

}  // namespace sg::engines
