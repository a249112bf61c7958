// SPDX-License-Identifier: Apache-2.0
// engine_config.cpp - containers.conf and crio.conf with their drop-ins, for one setting.
#include "app/engine_config.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "app/hooks_d.h"
#include "app/toml_scan.h"

namespace sg::app {
namespace {

// Files in the order in which they are read, a later one over an earlier one; a directory ends with a slash.
struct Sources {
  std::array<std::string_view, 3> files;
  std::string_view table;
};

constexpr Sources kPodmanSources{
    {"/usr/share/containers/containers.conf", "/etc/containers/containers.conf",
     "/etc/containers/containers.conf.d/"},
    "engine"};
constexpr Sources kCrioSources{{"/etc/crio/crio.conf", "/etc/crio/crio.conf.d/", ""},
                               "crio.runtime"};

// The directories that one file names, if it does.
void read_setting(const RootDir& root, const std::string& file, std::string_view table,
                  std::optional<std::vector<std::string>>& directories) {
  const Result<std::optional<std::string>> text = root.read(file);
  const std::optional<TomlScan> scan = text && *text ? scan_toml(**text) : std::nullopt;
  const TomlSetting* const setting = scan ? find_setting(*scan, table, "hooks_dir") : nullptr;
  if (setting != nullptr) {
    directories = setting->strings;
  }
}

}  // namespace

std::vector<std::string> hooks_directories(const RootDir& root, Engine engine) {
  const Sources& sources = engine == Engine::kCrio ? kCrioSources : kPodmanSources;
  std::optional<std::vector<std::string>> directories;
  for (const std::string_view source : sources.files) {
    if (!source.ends_with('/')) {
      read_setting(root, std::string(source), sources.table, directories);
      continue;
    }
    for (const std::string& name : root.list(std::string(source), ".conf")) {
      read_setting(root, std::string(source) + name, sources.table, directories);
    }
  }
  return directories.value_or(std::vector<std::string>{std::string(kHooksDDefault)});
}

Result<std::string> hooks_directory(const RootDir& root, Engine engine) {
  std::vector<std::string> directories = hooks_directories(root, engine);
  if (std::ranges::find(directories, kHooksDDefault) != directories.end()) {
    return std::string(kHooksDDefault);
  }
  if (directories.empty() || !directories.back().starts_with('/')) {
    const std::string name = engine == Engine::kCrio ? "CRI-O" : "Podman";
    return Error{Errc::kUnsupported, name + ": its configuration sets hooks_dir to no directory",
                 "add \"" + std::string(kHooksDDefault) + "\" to hooks_dir"};
  }
  return std::move(directories.back());
}

bool has_crio(const RootDir& root) {
  return root.has("/etc/crio") || root.has("/usr/bin/crio") || root.has("/usr/local/bin/crio");
}

}  // namespace sg::app
