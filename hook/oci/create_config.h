// SPDX-License-Identifier: Apache-2.0
// create_config.h - a config.json before the container is created: what decides about opening
// /proc/sys.
//
// bundle.h has what the hook needs once the container exists. This is the rest, read by those who
// may still change the document: the precreate stage and the wrapper runtime.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "oci/bundle.h"

namespace sg::oci {

// One of `mounts`.
struct Mount {
  std::string destination;
  std::string type;
  std::string source;
  std::vector<std::string> options;
};

// One of `linux.uidMappings` or `gidMappings`.
struct IdMapping {
  std::uint64_t host_id = 0;
  std::uint64_t size = 0;
};

// "1.0.2-dev" into 1, 0 and 2; zeroes for what begins otherwise.
struct OciVersion {
  std::uint64_t major = 0;
  std::uint64_t minor = 0;
  std::uint64_t patch = 0;

  friend auto operator<=>(const OciVersion&, const OciVersion&) = default;
};

struct CreateConfig {
  Config config;
  std::string root_path;  // root.path, empty where absent
  std::vector<Mount> mounts;
  std::vector<std::string> capabilities;  // process.capabilities, all five sets together
  std::string apparmor_profile;           // process.apparmorProfile, empty where absent
  std::vector<std::string> masked_paths;
  std::vector<IdMapping> user_mappings;   // linux.uidMappings
  std::vector<IdMapping> group_mappings;  // linux.gidMappings
  OciVersion version;
  bool has_version = false;  // ociVersion, which every config.json of an engine has
};

// What a program is handed on standard input: a state or a config.json. Reads `fd` to its end, up
// to kConfigMax. Errors: kBadInput where it is larger, kSystem where it cannot be read.
[[nodiscard]] Result<std::string> read_document(int fd);

// Errors, all kBadInput: those of parse_config, and a member above that is not of the type
// the OCI specification gives it. Null stands for an absent object or array. A process without
// `capabilities` has none: runc and crun drop all of them.
[[nodiscard]] Result<CreateConfig> parse_create_config(std::string_view text);

// The same where the document is a config.json, and nothing where it is a container's state, which
// has an `id` and a `status`. What is no JSON could be either: it is a config.json where it is
// larger than a state may be.
[[nodiscard]] Result<std::optional<CreateConfig>> parse_if_config(std::string_view text);

}  // namespace sg::oci
