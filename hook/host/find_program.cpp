// SPDX-License-Identifier: Apache-2.0
// find_program.cpp - what is found is looked at before it is trusted.
#include "host/find_program.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>

#include "base/file_io.h"
#include "base/text.h"
#include "base/unique_fd.h"
#include "host/trusted_file.h"

namespace sg::host {
namespace {

constexpr const char* kSelf = "/proc/self/exe";
constexpr std::array<std::string_view, 6> kDirectories = {
    "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"};
constexpr std::array<std::string_view, 2> kRuntimes = {"runc", "crun"};
// Where the hook is, seen from the directory of the wrapper: installed, and in a build directory.
constexpr std::array<std::string_view, 2> kHookFromHere = {SG_HOOK_FROM_BIN, "sysctl-guard-hook"};

bool is_executable(const std::string& path, struct stat& info) {
  return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
         ::faccessat(AT_FDCWD, path.c_str(), X_OK, AT_EACCESS) == 0;
}

// The same file, or one with the same bytes. A copy of another version is not recognised.
bool is_this_program(const std::string& path, const struct stat& info) {
  constexpr std::size_t kBinaryMax = std::size_t{64} << 20;
  struct stat self {};
  if (::stat(kSelf, &self) != 0 || is_same_file(self, info)) {
    return true;
  }
  if (self.st_size != info.st_size) {
    return false;
  }
  const Result<std::string> mine = read_file(AT_FDCWD, kSelf, kBinaryMax);
  const Result<std::string> other = read_file(AT_FDCWD, path, kBinaryMax);
  return !mine || !other || *mine == *other;
}

bool is_elf(const std::string& path) {
  constexpr std::string_view kMagic = "\177ELF";
  std::array<char, kMagic.size()> begin{};
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  return file.valid() && ::read(file.get(), begin.data(), begin.size()) == kMagic.size() &&
         std::string_view(begin.data(), begin.size()) == kMagic;
}

// The first runtime in the directory; empty where there is none.
std::string runtime_in(std::string_view directory) {
  for (const std::string_view name : kRuntimes) {
    const std::string path = std::string(directory).append("/").append(name);
    struct stat info {};
    if (is_executable(path, info) && is_elf(path) && !is_this_program(path, info)) {
      return path;
    }
  }
  return "";
}

Error no_hook(const std::string& path, const std::string& why) {
  return Error{Errc::kUnsupported, "hook '" + escape(path) + "': " + why,
               "install sysctl-guard again, as root"};
}

}  // namespace

std::span<const std::string_view> trusted_directories() noexcept { return kDirectories; }

Result<std::string> find_runtime(const std::string& configured, std::string_view path,
                                 std::span<const std::string_view> directories) {
  if (!configured.empty()) {
    struct stat info {};
    if (!is_executable(configured, info)) {
      return Error{Errc::kUnsupported, "runtime '" + escape(configured) + "': it is not executable",
                   "correct /etc/sysctl-guard/runtime.json"};
    }
    if (is_this_program(configured, info)) {
      return Error{Errc::kUnsupported,
                   "runtime '" + escape(configured) + "': it is this program itself",
                   "name runc or crun in /etc/sysctl-guard/runtime.json"};
    }
    return configured;
  }
  for (const std::string_view directory : directories) {
    if (std::string found = runtime_in(directory); !found.empty()) {
      return found;
    }
  }
  for (const std::string_view directory : split(path, ':')) {
    std::string found = directory.starts_with('/') ? runtime_in(directory) : "";
    if (!found.empty()) {
      return found;
    }
  }
  return Error{Errc::kUnsupported, "no runtime: neither runc nor crun is installed",
               "install one, or name it in /etc/sysctl-guard/runtime.json"};
}

Result<std::string> find_hook(const std::string& own_path) {
  const std::string here = own_path.substr(0, own_path.find_last_of('/') + 1);
  for (const std::string_view relative : kHookFromHere) {
    // Without symbolic links and "..": the path is shown, and stands in config.json.
    char* const resolved = ::realpath((here + std::string(relative)).c_str(), nullptr);
    if (resolved == nullptr) {
      continue;
    }
    const std::string path(resolved);
    std::free(resolved);
    struct stat info {};
    if (!is_executable(path, info)) {
      return no_hook(path, "it is not executable");
    }
    if (const Status trusted = host::require_trusted_path(path); !trusted) {
      return no_hook(path, trusted.error().message);
    }
    return path;
  }
  return no_hook(here + std::string(kHookFromHere[0]), "it is not there");
}

}  // namespace sg::host
