// SPDX-License-Identifier: Apache-2.0
// docker_files.h - the files that an installation for Docker changes, with what is ours and without
// it again, byte for byte: Docker's daemon.json with our runtime, and the wrapper's runtime.json
// with its setting for all containers.
//
// An engine that starts every container by the wrapper guards those with annotations alone until
// runtime.json says otherwise. The member "allContainersBy" beside the setting says that `install`
// made it.
#pragma once

#include <optional>
#include <string>

#include "engines/file_plan.h"

namespace sg::engines {

inline constexpr const char* kDaemonJson = "/etc/docker/daemon.json";

struct RuntimeEntry {
  std::string path;         // of sysctl-guard-runtime, as the system will see it
  bool is_default = false;  // for containers that name no runtime too
  bool is_ours = true;      // as found: a path to sysctl-guard-runtime, and nothing else
};

// daemon.json with the runtime in it. Errors, kBadInput: it is no JSON object, has another runtime
// of that name, names another default runtime where ours is to be the default, or ours where there
// is none.
[[nodiscard]] Result<FileText> add_runtime(const FileText& text, const std::string& what,
                                           const RuntimeEntry& entry);

// The file as it was before add_runtime: unchanged where the runtime is not in it or not ours;
// nothing where add_runtime made the file. What was written by us is told from what was there by
// its layout, so a file that another program has laid out anew can keep an empty object. Errors:
// `text` is no JSON.
[[nodiscard]] Result<FileText> remove_runtime(const FileText& text, const std::string& what);

// The runtime of our name in the file, if it is there. Errors as above.
[[nodiscard]] Result<std::optional<RuntimeEntry>> find_docker_runtime(const FileText& text,
                                                                      const std::string& what);

// runtime.json with "allContainers": true. Errors: kNodePolicy if the wrapper would refuse the
// file, kBadInput if somebody has set it to false.
[[nodiscard]] Result<FileText> guard_all_containers(const FileText& text, const std::string& what);

// The file as it was before guard_all_containers: nothing if that made it, unchanged if the setting
// is not there or was somebody else's. Errors: the wrapper would refuse the file.
[[nodiscard]] Result<FileText> guard_annotated_containers(const FileText& text,
                                                          const std::string& what);

}  // namespace sg::engines
