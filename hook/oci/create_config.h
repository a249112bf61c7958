// SPDX-License-Identifier: Apache-2.0
// create_config.h - a config.json before the container is created: what decides about opening /proc/sys.
//
// bundle.h has what the hook needs once the container exists. This is the rest, read by those who may still
// change the document: the precreate stage and the wrapper runtime.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "oci/bundle.h"

namespace sg::oci {

// A program of `hooks.prestart` or `hooks.createRuntime`: runtimes run both before the container's program.
struct HookEntry {
  std::string path;
  std::vector<std::string> args;  // argv with argv[0]; empty where the entry has none
};

// One of `mounts`.
struct Mount {
  std::string type;
  std::string source;
  std::vector<std::string> options;
};

struct CreateConfig {
  Config config;
  std::vector<Mount> mounts;
  std::vector<std::string> capabilities;  // process.capabilities, all five sets together
  std::vector<std::string> readonly_paths;
  std::vector<std::string> masked_paths;
  std::vector<HookEntry> hooks;
  bool has_version = false;  // ociVersion, which every config.json of an engine has
  bool has_hooks = false;    // the member, whatever is in it
};

// What a program is handed on standard input: a state or a config.json. Reads `fd` to its end, up to
// kConfigMax. Errors: kBadInput where it is larger, kSystem where it cannot be read.
[[nodiscard]] Result<std::string> read_document(int fd);

// Whether the document is a config.json and not a container's state: a state has an `id` and a `status`. What
// is no JSON is neither.
[[nodiscard]] bool is_config_document(std::string_view text);

// Errors, all kBadInput: those of parse_config, and a member above that is not of the type
// the OCI specification gives it. Null stands for an absent object or array. A process without
// `capabilities` has none: runc and crun drop all of them.
[[nodiscard]] Result<CreateConfig> parse_create_config(std::string_view text);

}  // namespace sg::oci
