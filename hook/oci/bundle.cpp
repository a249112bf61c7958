// SPDX-License-Identifier: Apache-2.0
// bundle.cpp - the text of a config.json into a Config.
//
// Four members are taken, everything else is passed over without building it. A member of the wrong
// type is an error; null stands for an absent object or array, as encoders of empty maps and lists
// write it. Text that becomes a path or a name further on must not hold a zero byte: what is
// compared here and what the kernel then reads would differ.
#include "oci/bundle.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <set>

#include <fcntl.h>

#include "base/file_io.h"
#include "base/json.h"
#include "base/text.h"

namespace sg::oci {
namespace {

constexpr const char* kWhat = "config.json";
constexpr const char* kHint = "correct the bundle's config.json or the engine that wrote it";

Error bad(const std::string& why) {
  return Error{Errc::kBadInput, std::string(kWhat) + ": " + why, kHint};
}

Error bad(const JsonItem& item, const std::string& why) {
  return bad("'" + escape(dotted(item.path), 160) + "' " + why);
}

// The object at the first `depth` components of the path, or one of its members, all of them
// strings.
Status take_pair(const JsonItem& item, std::size_t depth, std::map<std::string, std::string>& to) {
  if (item.path.size() == depth) {
    if (item.type != JsonType::kObject && item.type != JsonType::kNull) {
      return bad(item, "is not an object");
    }
    return Ok{};
  }
  if (item.type != JsonType::kString) {
    return bad(item, "is not a string");
  }
  to.emplace(item.path.back(), item.text);
  return Ok{};
}

Status take_path(const JsonItem& item, std::string& to) {
  if (item.type != JsonType::kString) {
    return bad(item, "is not a string");
  }
  if (item.text.find('\0') != std::string::npos) {
    return bad(item, "holds a zero byte");
  }
  to = item.text;
  return Ok{};
}

// linux.namespaces: the array, its elements, and their members, of which two matter.
Status take_namespace(const JsonItem& item, std::vector<Namespace>& to) {
  constexpr std::size_t kArray = 2;
  constexpr std::size_t kElement = 3;
  constexpr std::size_t kMember = 4;
  if (item.path.size() == kArray) {
    if (item.type != JsonType::kArray && item.type != JsonType::kNull) {
      return bad(item, "is not an array");
    }
    return Ok{};
  }
  if (item.path.size() == kElement) {
    if (item.type != JsonType::kObject) {
      return bad(item, "is not an object");
    }
    to.emplace_back();
    return Ok{};
  }
  if (item.path.size() != kMember) {
    return Ok{};
  }
  if (const auto name = folded_name(item.path[kElement], {"type", "path"}); !name.empty()) {
    return bad(item, "is what some programs take for '" + std::string(name) + "'");
  }
  if (item.path[kElement] == "type") {
    return take_path(item, to.back().type);
  }
  if (item.path[kElement] == "path") {
    return take_path(item, to.back().path);
  }
  return Ok{};
}

Status take_item(const JsonItem& item, Config& config) {
  if (item.path.empty()) {
    return bad("is not a JSON object");
  }
  if (item.path[0] == "annotations") {
    return take_pair(item, /*depth=*/1, config.annotations);
  }
  if (item.path.size() == 1) {  // "linux" itself, where it is no object
    return item.type == JsonType::kNull ? Status(Ok{}) : bad("'linux' is not an object");
  }
  if (item.path[1] == "sysctl") {
    return take_pair(item, /*depth=*/2, config.sysctl);
  }
  if (item.path[1] == "namespaces") {
    return take_namespace(item, config.namespaces);
  }
  return take_path(item, config.cgroups_path);
}

// What a single item cannot show. Runtimes refuse a namespace type that stands twice, so here the
// choice between the two never arises.
Status check_config(const Config& config) {
  std::vector<std::string_view> types;
  for (const Namespace& ns : config.namespaces) {
    if (ns.type.empty()) {
      return bad("an element of 'linux.namespaces' has no 'type'");
    }
    types.push_back(ns.type);
  }
  std::sort(types.begin(), types.end());
  const auto twice = std::adjacent_find(types.begin(), types.end());
  if (twice != types.end()) {
    return bad("'linux.namespaces' has the type '" + escape(*twice, 64) + "' twice");
  }
  for (const auto& [key, value] : config.sysctl) {
    if (key.find('\0') != std::string::npos || value.find('\0') != std::string::npos) {
      return bad("'linux.sysctl." + escape(key, 160) + "' holds a zero byte");
    }
  }
  return Ok{};
}

}  // namespace

Result<Config> read_config(const std::string& bundle) {
  if (bundle.empty()) {
    return system_error("the state names no bundle", ENOENT, "");
  }
  auto text = read_file(AT_FDCWD, bundle + "/config.json", kConfigMax);
  if (!text) {
    return std::move(text).error();
  }
  return parse_config(*text);
}

Result<Config> parse_config(std::string_view text) {
  static const std::array<std::vector<std::string_view>, 4> kWanted = {
      {{"annotations"}, {"linux", "sysctl"}, {"linux", "namespaces"}, {"linux", "cgroupsPath"}}};
  auto items = read_json(text, kWhat, kWanted);
  if (!items) {
    Error error = std::move(items).error();
    error.hint = kHint;
    return error;
  }
  Config config;
  for (const JsonItem& item : *items) {
    if (Status status = take_item(item, config); !status) {
      return std::move(status).error();
    }
  }
  if (Status status = check_config(config); !status) {
    return std::move(status).error();
  }
  return config;
}

bool is_config_of(const Config& config,
                  const std::map<std::string, std::string>& state_annotations) {
  // runc keeps annotations as a list of KEY=VALUE, which it splits at the first '=', and keeps the bundle
  // in the same list.
  const auto joined = [](const std::map<std::string, std::string>& annotations) {
    std::set<std::string> lines;
    for (const auto& [key, value] : annotations) {
      if (key != "bundle") {
        lines.insert(key + "=" + value);
      }
    }
    return lines;
  };
  return joined(config.annotations) == joined(state_annotations);
}

}  // namespace sg::oci
