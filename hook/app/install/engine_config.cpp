// SPDX-License-Identifier: Apache-2.0
// engine_config.cpp - containers.conf and crio.conf with their drop-ins, for one setting.
#include "app/install/engine_config.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "app/install/hooks_d.h"
#include "app/install/toml_scan.h"
#include "base/text.h"

namespace sg::app {
namespace {

using List = std::vector<std::string>;

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
constexpr const char* kKey = "hooks_dir";
constexpr const char* kEtcDirectory = "/etc/containers/oci/hooks.d";

// What the files that were read so far say.
struct Directories {
  List active = {std::string(kHooksDDefault)};
  List mentioned;
  bool is_appended = false;  // Podman's {append=true}, which holds until a file says {append=false}
};

Error not_understood(const std::string& file, const std::string& why, std::string hint) {
  return Error{Errc::kBadInput, "'" + escape(file) + "': " + why, std::move(hint)};
}

// What stands in the value beside its strings, blanks and commas: "[]" for a list of strings.
std::string form_of(const TomlSetting& setting) {
  std::string rest = setting.value;
  for (const std::string& text : setting.strings) {
    const std::size_t at = rest.find(text);
    rest.erase(at, text.size());
  }
  std::erase_if(rest, [](char c) {
    return std::string_view(" \t\r\n,\"'").find(c) != std::string_view::npos;
  });
  return rest;
}

Status take(const std::string& file, const TomlSetting& setting, Directories& found) {
  const std::string form = form_of(setting);
  const bool has_escapes = setting.value.find('\\') != std::string::npos;
  if (has_escapes || (form != "[]" && form != "[{append=true}]" && form != "[{append=false}]")) {
    return not_understood(file, std::string(kKey) + " is no list of plain paths",
                          "write it as [\"/path\", \"/path\"]");
  }
  if (form != "[]") {
    found.is_appended = form == "[{append=true}]";
  }
  if (!found.is_appended) {
    found.active.clear();
  }
  found.active.insert(found.active.end(), setting.strings.begin(), setting.strings.end());
  found.mentioned.insert(found.mentioned.end(), setting.strings.begin(), setting.strings.end());
  return Ok{};
}

// What one file says; nothing where there is none.
Result<std::optional<TomlScan>> scan_file(const host::RootDir& root, const std::string& file) {
  const Result<std::optional<std::string>> text = root.read(file);
  if (!text) {
    return text.error();
  }
  std::optional<TomlScan> scan = *text ? scan_toml(**text) : std::nullopt;
  if (*text && !scan) {
    return not_understood(file, "cannot be read as TOML, so the engine may look for hooks anywhere",
                          "correct the file");
  }
  return scan;
}

// The setting of one file, if it has it.
Status read_setting(const host::RootDir& root, const std::string& file, std::string_view table,
                    Directories& found) {
  const Result<std::optional<TomlScan>> scan = scan_file(root, file);
  if (!scan || !*scan) {
    return scan ? Status(Ok{}) : scan.error();
  }
  if (find_above(**scan, std::string(table) + "." + kKey) != nullptr) {
    return not_understood(file, "has " + std::string(table) + " as an inline table",
                          "write it as [" + std::string(table) + "]");
  }
  const TomlSetting* const setting = find_setting(**scan, table, kKey);
  return setting == nullptr ? Status(Ok{}) : take(file, *setting, found);
}

const Sources& sources_of(Engine engine) {
  return engine == Engine::kCrio ? kCrioSources : kPodmanSources;
}

// The engine's files that may be there, in the order in which they are read.
List files_of(const host::RootDir& root, Engine engine) {
  List files;
  for (const std::string_view source : sources_of(engine).files) {
    if (!source.empty() && !source.ends_with('/')) {
      files.emplace_back(source);
      continue;
    }
    for (const std::string& name : root.list(std::string(source), ".conf")) {
      files.push_back(std::string(source) + name);
    }
  }
  return files;
}

Result<Directories> read_all(const host::RootDir& root, Engine engine) {
  Directories found;
  for (const std::string& file : files_of(root, engine)) {
    if (Status read = read_setting(root, file, sources_of(engine).table, found); !read) {
      return std::move(read).error();
    }
  }
  return found;
}

// One name for one directory, whatever path leads there.
std::string real_name(const host::RootDir& root, const std::string& directory) {
  const Result<std::string> real = root.locate(directory);
  return real ? *real : directory;
}

}  // namespace

Result<std::vector<std::string>> hooks_directories(const host::RootDir& root, Engine engine) {
  Result<Directories> found = read_all(root, engine);
  if (!found) {
    return std::move(found).error();
  }
  return std::move(found->active);
}

Result<std::optional<std::string>> last_setting(const host::RootDir& root, Engine engine,
                                                const std::string& key) {
  std::optional<std::string> value;
  for (const std::string& file : files_of(root, engine)) {
    const Result<std::optional<TomlScan>> scan = scan_file(root, file);
    if (!scan) {
      return scan.error();
    }
    const TomlSetting* const setting =
        *scan ? find_setting(**scan, sources_of(engine).table, key) : nullptr;
    if (setting != nullptr && !setting->strings.empty()) {
      value = setting->strings.front();
    }
  }
  return value;
}

Result<std::string> hooks_directory(const host::RootDir& root, Engine engine,
                                    std::span<const std::string> directories) {
  if (directories.empty() || !directories.back().starts_with('/')) {
    const std::string name = engine == Engine::kCrio ? "CRI-O" : "Podman";
    return Error{Errc::kUnsupported, name + ": its configuration sets hooks_dir to no directory",
                 "add \"" + std::string(kHooksDDefault) + "\" to hooks_dir"};
  }
  const std::string* chosen = nullptr;
  for (const std::string& directory : directories) {
    if (root.has(directory + "/" + std::string(kHooksDFile))) {
      chosen = &directory;
    }
  }
  if (chosen != nullptr) {
    return *chosen;
  }
  return is_among(root, std::string(kHooksDDefault), directories) ? std::string(kHooksDDefault)
                                                                  : directories.back();
}

Result<std::vector<std::string>> known_directories(const host::RootDir& root) {
  List known = {std::string(kHooksDDefault), kEtcDirectory};
  for (const Engine engine : {Engine::kPodman, Engine::kCrio}) {
    const Result<Directories> found = read_all(root, engine);
    if (!found) {
      return found.error();
    }
    for (const std::string& directory : found->mentioned) {
      if (!is_among(root, directory, known)) {
        known.push_back(directory);
      }
    }
  }
  return known;
}

bool is_among(const host::RootDir& root, const std::string& directory,
              std::span<const std::string> directories) {
  const std::string real = real_name(root, directory);
  return std::ranges::any_of(directories, [&root, &real](const std::string& other) {
    return real_name(root, other) == real;
  });
}

bool has_crio(const host::RootDir& root) {
  return root.has("/etc/crio") || root.has("/usr/bin/crio") || root.has("/usr/local/bin/crio");
}

}  // namespace sg::app
