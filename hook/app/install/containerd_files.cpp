// SPDX-License-Identifier: Apache-2.0
// containerd_files.cpp - follows imports as containerd does, each file once, and those that they import.
#include "app/install/containerd_files.h"

#include <fnmatch.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "base/text.h"

namespace sg::app {
namespace {

// Far more than anybody imports; a pattern that matches everything must not hold us for long.
constexpr std::size_t kFilesMax = 1000;

// The files that a pattern names, in the order of their names.
Result<std::vector<std::string>> files_of(const host::RootDir& root, const std::string& pattern) {
  const std::size_t slash = pattern.rfind('/');
  const std::string directory = pattern.substr(0, slash + 1);
  const std::string name = pattern.substr(slash + 1);
  if (directory.find_first_of("*?[\\") != std::string::npos) {
    return Error{Errc::kBadInput,
                 "'" + std::string(kContainerdConfig) + "': imports '" + escape(pattern) +
                     "', a pattern of directories, which is not followed here",
                 "name the directory in imports"};
  }
  std::vector<std::string> files;
  for (const std::string& file : root.list(directory, "")) {
    if (file != "." && file != ".." &&
        ::fnmatch(name.c_str(), file.c_str(), FNM_PATHNAME | FNM_NOESCAPE) == 0) {
      files.push_back(directory + file);
    }
  }
  return files;
}

void merge(ContainerdConfig& config, const ContainerdConfig& import) {
  if (import.systemd_cgroup) {
    config.systemd_cgroup = import.systemd_cgroup;
  }
  if (!import.default_runtime.empty()) {
    config.default_runtime = import.default_runtime;
  }
  config.sets_cri = config.sets_cri || import.sets_cri;
  if (!config.obstacle) {
    config.obstacle = import.obstacle;
  }
}

}  // namespace

Result<ContainerdConfig> load_containerd_config(const host::RootDir& root, const std::string& text) {
  Result<ContainerdConfig> config = read_containerd_config(text);
  if (!config) {
    return config;
  }
  config->sets_cri = false;
  std::vector<std::string> patterns = config->imports;
  std::vector<std::string> seen = {std::string(kContainerdConfig), std::string(kContainerdDropIn)};
  for (std::size_t i = 0; i < patterns.size() && seen.size() < kFilesMax; ++i) {
    const Result<std::vector<std::string>> files = files_of(root, patterns[i]);
    if (!files) {
      return files.error();
    }
    for (const std::string& file : *files) {
      const Result<std::optional<std::string>> content = root.read(file);
      if (!content) {
        return content.error();
      }
      if (!*content || std::ranges::find(seen, file) != seen.end()) {
        continue;
      }
      seen.push_back(file);
      const Result<ContainerdConfig> import =
          read_containerd_config(**content, file, config->version);
      if (!import) {
        return import.error();
      }
      merge(*config, *import);
      patterns.insert(patterns.end(), import->imports.begin(), import->imports.end());
    }
  }
  return config;
}

}  // namespace sg::app
