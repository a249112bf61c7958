// SPDX-License-Identifier: Apache-2.0
// bundle.h - a bundle's config.json into the few things of it that matter here.
//
// config.json is what the engine asked the runtime for. It is optional to the hook: the caller may
// go on without one that cannot be read, but not with one that is broken. Policy never comes from
// it. What matters only to those who may still change the document is in create_config.h.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sg::oci {

// The most bytes of a config.json. Docker's and Podman's have 10 KB, a Kubernetes pod's 60 KB and
// more; a larger one than this is refused with a line that names the limit.
inline constexpr std::size_t kConfigMax = std::size_t{16} << 20;

struct Namespace {
  std::string type;  // "network", "ipc", "uts", "user", ...
  std::string path;  // empty: a new one
};

// The stages at which our hook has something to do. At the first two it guards the container;
// runtimes run both before the container's program.
enum class HookStage { kPrestart, kCreateRuntime, kCreateContainer };

// A program of one of these stages.
struct HookEntry {
  HookStage stage = HookStage::kCreateRuntime;
  std::size_t index = 0;  // in the array of its stage
  std::string path;
  std::vector<std::string> args;  // argv with argv[0]; empty where the entry has none
};

struct Config {
  std::map<std::string, std::string> annotations;
  std::map<std::string, std::string> sysctl;  // linux.sysctl
  std::vector<Namespace> namespaces;          // linux.namespaces
  std::string cgroups_path;                   // linux.cgroupsPath, empty where absent
  std::vector<std::string> readonly_paths;    // linux.readonlyPaths
  std::vector<HookEntry> hooks;               // hooks, of the stages above
  bool has_hooks = false;                     // the member, whatever is in it
  bool has_annotations = false;               // the same
};

// Reads `<bundle>/config.json`. Errors: kSystem where it cannot be read, kBadInput where it is no
// valid configuration or larger than kConfigMax.
[[nodiscard]] Result<Config> read_config(const std::string& bundle);

// Members of other names are passed over; null stands for an absent object or array. Errors, all
// kBadInput: not JSON, not a JSON object, a member of the wrong type, a namespace without a type or
// a type that stands twice, a zero byte in anything but an annotation, a key that stands twice, a
// key that a runtime in Go takes for one that matters.
[[nodiscard]] Result<Config> parse_config(std::string_view text);

// Whether `config` can be the configuration of a container with these annotations in its state:
// both have the same ones, but for what runc does to keys with a '=' and to one named "bundle". A
// state's bundle is only a hint, and pairs of another container's config.json must never be let
// through.
[[nodiscard]] bool is_config_of(const Config& config,
                                const std::map<std::string, std::string>& state_annotations);

}  // namespace sg::oci
