// SPDX-License-Identifier: Apache-2.0
// hooks_directories.cpp - the files of an engine's configuration and their drop-ins, read for one
// setting.
#include "engines/hooks_directories.h"

#include <algorithm>

#include "base/text.h"
#include "engines/engine.h"
#include "engines/toml.h"

namespace sg::engines {
namespace {

using List = std::vector<std::string>;

// What the files that were read so far say.
struct Directories {
  List active = {kHooksDDefault};
  List mentioned;
  bool is_appended = false;  // Podman's {append=true}, which holds until a file says {append=false}
};

// Adds one element of hooks_dir: a path into `paths`, or {append=BOOL}. False if it is neither.
bool take_element(const TomlValue& element, List& paths, Directories& found) {
  if (element.kind == TomlValue::Kind::kString) {
    paths.push_back(element.text);
    return true;
  }
  const bool is_append = element.is_table() && element.members.size() == 1 &&
                         element.members[0].first == "append" &&
                         element.members[0].second.kind == TomlValue::Kind::kBool;
  if (is_append) {
    found.is_appended = element.members[0].second.integer != 0;
  }
  return is_append;
}

Status take(const std::string& noun, const TomlValue& setting, Directories& found) {
  List paths;
  const bool is_list = setting.kind == TomlValue::Kind::kArray &&
                       std::ranges::all_of(setting.members, [&](const auto& element) {
                         return take_element(element.second, paths, found);
                       });
  if (!is_list) {
    return Error{Errc::kBadInput, noun + ": hooks_dir is no list of plain paths",
                 "write it as [\"/path\", \"/path\"]"};
  }
  if (!found.is_appended) {
    found.active.clear();
  }
  found.active.insert(found.active.end(), paths.begin(), paths.end());
  found.mentioned.insert(found.mentioned.end(), paths.begin(), paths.end());
  return Ok{};
}

// What one file says, if it is there and has the setting.
Status read_setting(const host::RootDir& root, const std::string& file, const HooksD& hooks_d,
                    Directories& found) {
  const Result<std::optional<std::string>> text = root.read(file);
  if (!text || !*text) {
    return text ? Status(Ok{}) : text.error();
  }
  const std::string noun = "'" + escape(file) + "'";
  Result<TomlValue> config = parse_toml(**text, noun);
  if (!config) {
    Error error = std::move(config).error();
    error.message += ", so the engine may look for hooks anywhere";
    return error;
  }
  const TomlValue* const setting = config->find(hooks_d.setting);
  return setting == nullptr ? Status(Ok{}) : take(noun, *setting, found);
}

// The engine's files that may be there, in the order in which they are read.
List files_of(const host::RootDir& root, const HooksD& hooks_d) {
  List files;
  for (const std::string_view source : hooks_d.files) {
    const std::string path(source);
    if (!path.ends_with('/')) {
      files.push_back(path);
      continue;
    }
    for (const std::string& name : root.list(path, ".conf")) {
      files.push_back(path + name);
    }
  }
  return files;
}

Result<Directories> read_all(const host::RootDir& root, const HooksD& hooks_d) {
  Directories found;
  for (const std::string& file : files_of(root, hooks_d)) {
    if (Status read = read_setting(root, file, hooks_d, found); !read) {
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

Result<List> hooks_directories(const host::RootDir& root, const HooksD& hooks_d) {
  Result<Directories> found = read_all(root, hooks_d);
  return found ? Result<List>(std::move(found->active)) : std::move(found).error();
}

Result<std::string> hooks_directory(const host::RootDir& root, const HooksD& hooks_d) {
  const Result<List> directories = hooks_directories(root, hooks_d);
  if (!directories) {
    return directories.error();
  }
  if (directories->empty() || !directories->back().starts_with('/')) {
    return Error{Errc::kUnsupported,
                 std::string(hooks_d.title) + ": its configuration sets hooks_dir to no directory",
                 "add \"" + std::string(kHooksDDefault) + "\" to hooks_dir"};
  }
  const auto last = std::find_if(
      directories->rbegin(), directories->rend(),
      [&root](const std::string& directory) { return root.has(directory + "/" + kHooksDFile); });
  if (last != directories->rend()) {
    return *last;
  }
  if (is_among(root, kHooksDDefault, *directories)) {
    return std::string(kHooksDDefault);
  }
  // What the engine does not find there is not put there.
  const Result<std::string> real = root.locate(directories->back());
  return real ? Result<std::string>(directories->back())
              : Error{real.error().code,
                      std::string(hooks_d.title) + ": hooks_dir, " + real.error().message,
                      real.error().hint};
}

Result<List> known_directories(const host::RootDir& root) {
  List known = {kHooksDDefault, "/etc/containers/oci/hooks.d"};
  for (const Engine* engine : all_engines()) {
    const Result<Directories> found =
        engine->hooks_d == nullptr ? Directories() : read_all(root, *engine->hooks_d);
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

Result<std::vector<const Engine*>> readers_of(const host::RootDir& root,
                                              const std::string& directory, const Engine& without) {
  std::vector<const Engine*> readers;
  for (const Engine* engine : all_engines()) {
    const bool is_there =
        engine != &without && engine->hooks_d != nullptr &&
        std::ranges::any_of(engine->hooks_d->traces, [&root](std::string_view trace) {
          return root.has(std::string(trace));
        });
    const Result<List> directories = is_there ? hooks_directories(root, *engine->hooks_d) : List();
    if (!directories) {
      return directories.error();
    }
    if (is_among(root, directory, *directories)) {
      readers.push_back(engine);
    }
  }
  return readers;
}

}  // namespace sg::engines
