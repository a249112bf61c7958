// SPDX-License-Identifier: Apache-2.0
// runtime_settings.cpp - the file names a program that runs as root, so a doubtful one is refused.
#include "app/runtime/runtime_settings.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>
#include <vector>

#include "host/trusted_path.h"
#include "base/file_io.h"
#include "base/json.h"
#include "base/text.h"
#include "base/unique_fd.h"

namespace sg::app {
namespace {

Error bad(const std::string& why) {
  return Error{Errc::kNodePolicy, std::string(kRuntimeSettingsFile) + ": " + why,
               R"(write {"version": 1, "runtime": "/path/of/runc"}, or remove the file)"};
}

Status take_member(const JsonItem& item, RuntimeSettings& settings, bool& has_version) {
  const std::string& name = item.path[0];
  if (name == "version") {
    has_version = item.type == JsonType::kNumber && item.text == "1";
    return has_version ? Status(Ok{}) : bad("\"version\" is not 1");
  }
  if (name == "runtime") {
    settings.runtime = item.text;
    const bool path = item.type == JsonType::kString && item.text.starts_with('/') &&
                      item.text.find('\0') == std::string::npos;
    return path ? Status(Ok{}) : bad("\"runtime\" is not an absolute path");
  }
  if (name == "allContainers") {
    settings.all_containers = item.text == "true";
    return item.type == JsonType::kBool ? Status(Ok{}) : bad("\"allContainers\" is not true or false");
  }
  return bad("there is no setting \"" + escape(name, 64) + "\"");
}

}  // namespace

Result<RuntimeSettings> parse_runtime_settings(std::string_view text) {
  static const std::vector<std::vector<std::string_view>> kEverything(1);
  const Result<std::vector<JsonItem>> items = read_json(text, "it", kEverything);
  if (!items) {
    return bad(items.error().message);
  }
  RuntimeSettings settings;
  bool has_version = false;
  for (const JsonItem& item : *items) {
    if (item.path.empty()) {
      if (item.type != JsonType::kObject) {
        return bad("is not a JSON object");
      }
      continue;
    }
    if (Status status = take_member(item, settings, has_version); !status) {
      return std::move(status).error();
    }
  }
  return has_version ? Result<RuntimeSettings>(settings) : bad("\"version\" is missing");
}

Result<RuntimeSettings> read_runtime_settings(const char* file) {
  const UniqueFd fd(::open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!fd.valid()) {
    const int saved_errno = errno;
    if (saved_errno == ENOENT || saved_errno == ENOTDIR) {
      return RuntimeSettings{};
    }
    return bad(system_error("cannot be opened", saved_errno, "").message);
  }
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
    return bad("is no regular file");
  }
  if (host::others_can_write(info)) {
    return bad("others than root can write it");
  }
  if (const Status trusted = host::require_trusted_path(file); !trusted) {
    return bad(trusted.error().message);
  }
  const Result<std::string> text = read_all(fd.get(), kRuntimeSettingsMax, "it");
  return text ? parse_runtime_settings(*text) : bad(text.error().message);
}

}  // namespace sg::app
