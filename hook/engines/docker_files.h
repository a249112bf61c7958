// SPDX-License-Identifier: Apache-2.0
// docker_files.h - the files that an installation for Docker changes, with what is ours and without
// it again, byte for byte: Docker's daemon.json with our runtime, and the wrapper's runtime.json
// with its setting for all containers.
//
// An engine that starts every container by the wrapper guards those with annotations alone until
// runtime.json says otherwise. The member "allContainersBy" beside the setting says that `install`
// made it. Where daemon.json had another default runtime, such as NVIDIA's, runtime.json names its
// program as the real runtime ("runtimeBy"), and keeps its name for the way back ("dockerDefault").
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

// Docker's default runtime, which the wrapper is to start.
struct DefaultRuntime {
  std::string name;
  std::string path;  // as daemon.json has it, so perhaps a bare name; empty: Docker's own runc
};

// The default runtime that the file names, unless it is ours. Errors, kBadInput: the file is no
// JSON, or the wrapper cannot start that runtime by a path alone: it is a shim, has arguments, or
// is not there.
[[nodiscard]] Result<std::optional<DefaultRuntime>> find_default_runtime(const FileText& text,
                                                                         const std::string& what);

// daemon.json with the runtime in it; as the default in the stead of another, where it is to be
// that. Errors, kBadInput: it is no JSON object, has another runtime of that name, or names ours as
// the default where there is none. A file of blanks is one with an empty object, as Docker reads it.
[[nodiscard]] Result<FileText> add_runtime(const FileText& text, const std::string& what,
                                           const RuntimeEntry& entry);

// The file as it was before add_runtime, with `before` as the default runtime again if that is not
// empty and Docker still has it: unchanged where the runtime is not in it or not ours; nothing
// where add_runtime made the file. What was written by us is told from what was there by
// its layout, so a file that another program has laid out anew can keep an empty object. Errors:
// `text` is no JSON.
[[nodiscard]] Result<FileText> remove_runtime(const FileText& text, const std::string& what,
                                              const std::string& before);

// The runtime of our name in the file, if it is there. Errors as above.
[[nodiscard]] Result<std::optional<RuntimeEntry>> find_docker_runtime(const FileText& text,
                                                                      const std::string& what);

// runtime.json with "allContainers": true, and with `chained` as the real runtime, its path being
// absolute or empty, if there is one. Errors: kNodePolicy if the wrapper would refuse the file,
// kBadInput if somebody has set it to false, or another runtime than `chained`.
[[nodiscard]] Result<FileText> guard_all_containers(const FileText& text, const std::string& what,
                                                    const std::optional<DefaultRuntime>& chained);

// The file as it was before guard_all_containers: nothing if that made it, unchanged if the setting
// is not there or was somebody else's. Errors: the wrapper would refuse the file.
[[nodiscard]] Result<FileText> guard_annotated_containers(const FileText& text,
                                                          const std::string& what);

}  // namespace sg::engines
