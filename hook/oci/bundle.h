// SPDX-License-Identifier: Apache-2.0
// bundle.h - a bundle's config.json into the few things of it that matter here.
//
// config.json is what the engine asked the runtime for. It is optional to the hook: the caller may
// go on without one that cannot be read, but not with one that is broken. Policy never comes from
// it. What matters only to those who may still change the document is in create_config.h.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
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
// both have the same ones, but for what runc does to keys with a '=': it takes "a=b" for "a", keeps
// one where several come to the same key, and none that comes to "bundle". A state's bundle is only a
// hint, and pairs of another container's config.json must never be let through.
[[nodiscard]] bool is_config_of(const Config& config,
                                const std::map<std::string, std::string>& state_annotations);

// What both readers of a config.json share, this one and create_config.h: one value of it, checked
// and taken. A document is scanned once, whichever of them reads it.

// The values at and below `wanted`. Errors: those of read_json, with a hint.
[[nodiscard]] Result<std::vector<JsonItem>> read_config_items(
    std::string_view text, std::span<const std::vector<std::string_view>> wanted);

// "config.json: <why>", kBadInput; and the same about one value: "config.json: 'linux.sysctl'
// <why>".
[[nodiscard]] Error bad_config(const std::string& why);
[[nodiscard]] Error bad_item(const JsonItem& item, const std::string& why);

// Whether the value is of the type, which messages call `name`, or null. Errors: kBadInput.
[[nodiscard]] Status require_type(const JsonItem& item, JsonType type, const char* name);

// A string without a zero byte, where runtimes in C end it. Errors: kBadInput.
[[nodiscard]] Status take_text(const JsonItem& item, std::string& to);

// The array at the first `depth` components of the path, or one of its elements, all of them such
// strings. Null stands for an absent array. Errors: kBadInput.
[[nodiscard]] Status take_strings(const JsonItem& item, std::size_t depth,
                                  std::vector<std::string>& to);

// Whether the key at `depth` of the item's path is none that a runtime in Go takes for one of
// `names`. Errors: kBadInput.
[[nodiscard]] Status check_spelling(const JsonItem& item, std::size_t depth,
                                    std::initializer_list<std::string_view> names);

// The array of objects at the first `depth` components of the path (or null), one of its elements,
// for which one is added to `to`, or what stands below the last of them: the member it belongs to
// is `name` then, and none that a runtime in Go takes for one of `names`. Errors: kBadInput.
template <typename Element>
[[nodiscard]] Status take_element(const JsonItem& item, std::size_t depth,
                                  std::initializer_list<std::string_view> names,
                                  std::vector<Element>& to, std::string_view& name) {
  if (item.path.size() == depth) {
    return require_type(item, JsonType::kArray, "an array");
  }
  if (item.path.size() == depth + 1) {
    to.emplace_back();
    return item.type == JsonType::kObject ? Status(Ok{}) : bad_item(item, "is not an object");
  }
  name = item.path[depth + 1];
  return check_spelling(item, depth + 1, names);
}

// What a Config is made of: where its values stand, one of them taken, and what a single one cannot
// show. Errors: those of parse_config().
[[nodiscard]] std::vector<std::vector<std::string_view>> config_paths();
[[nodiscard]] Status take_config_item(const JsonItem& item, Config& config);
[[nodiscard]] Status check_config(const Config& config);

}  // namespace sg::oci
