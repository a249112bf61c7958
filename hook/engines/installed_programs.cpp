// SPDX-License-Identifier: Apache-2.0
// installed_programs.cpp - the prefix of an installation, and whether its programs can be run.
#include "engines/installed_programs.h"

#include <cerrno>
#include <string_view>

#include <sys/stat.h>

#include "base/text.h"
#include "host/trusted_file.h"

namespace sg::engines {
namespace {

// SG_LIBEXECDIR is set by the build: "libexec", or what the packager calls it.
constexpr std::string_view kHookBelowPrefix = "/" SG_LIBEXECDIR "/oci/hooks.d/sysctl-guard-hook";
constexpr std::string_view kRuntimeBelowPrefix = "/bin/sysctl-guard-runtime";

// <prefix> of <prefix>/bin/PROGRAM; "/usr" for a program that is not installed so.
std::string prefix_of(const std::optional<std::string>& program) {
  const std::size_t slash = program ? program->rfind('/') : std::string::npos;
  if (slash == std::string::npos) {
    return "/usr";
  }
  const std::string directory = program->substr(0, slash);
  return directory.ends_with("/bin") ? directory.substr(0, directory.size() - 4) : "/usr";
}

}  // namespace

Result<InstalledPrograms> installed_programs(const host::RootDir& root,
                                             const std::optional<std::string>& hook,
                                             const std::string& program) {
  std::string prefix = prefix_of(root.inside(program));
  if (!hook) {
    return InstalledPrograms{prefix + std::string(kHookBelowPrefix),
                             prefix + std::string(kRuntimeBelowPrefix)};
  }
  if (!hook->starts_with('/')) {
    return Error{Errc::kUsage, "--hook: '" + escape(*hook) + "' is not an absolute path",
                 "engines start the hook from wherever they stand"};
  }
  if (hook->ends_with(kHookBelowPrefix)) {
    prefix = hook->substr(0, hook->size() - kHookBelowPrefix.size());
  }
  return InstalledPrograms{*hook, prefix + std::string(kRuntimeBelowPrefix)};
}

Status require_program(const host::RootDir& root, const std::string& path,
                       const std::string& what) {
  const std::string noun = what + " '" + escape(path) + "'";
  const Result<std::string> real = root.locate(path);
  if (!real) {
    return real.error();
  }
  struct stat info {};
  if (::stat(real->c_str(), &info) != 0) {
    const int saved_errno = errno;
    if (saved_errno == ENOENT || saved_errno == ENOTDIR) {
      return Error{Errc::kSystem, noun + ": is not there",
                   "install sysctl-guard there first, or name its hook with --hook"};
    }
    return system_error(noun, saved_errno, "let root look at it");
  }
  if (!S_ISREG(info.st_mode) || (info.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) == 0) {
    return Error{Errc::kUnsupported, noun + ": is not an executable file",
                 "name the program itself, and make it executable"};
  }
  if (!root.is_this_system()) {
    return Ok{};
  }
  Status trusted = host::require_trusted_path(path);
  return trusted ? trusted : std::move(trusted).error().context(noun);
}

}  // namespace sg::engines
