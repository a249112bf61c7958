// SPDX-License-Identifier: Apache-2.0
// programs.cpp - the prefix of an installation, and whether its programs can be run; finds programs
// of others and asks them for their versions.
#include "engines/programs.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

#include <sys/stat.h>

#include "base/text.h"
#include "host/run_program.h"
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

// A version is printed in milliseconds; a program that hangs must not hold doctor.
constexpr int kVersionTimeoutMs = 5000;

}  // namespace

Result<InstalledPrograms> installed_programs(const host::RootDir& root,
                                             const std::optional<std::string>& hook,
                                             const std::string& program) {
  if (hook && !hook->starts_with('/')) {
    return Error{Errc::kUsage, "--hook: '" + escape(*hook) + "' is not an absolute path",
                 "engines start the hook from wherever they stand"};
  }
  const std::string prefix = hook && hook->ends_with(kHookBelowPrefix)
                                 ? hook->substr(0, hook->size() - kHookBelowPrefix.size())
                                 : prefix_of(root.inside(program));
  return InstalledPrograms{hook.value_or(prefix + std::string(kHookBelowPrefix)),
                           prefix + std::string(kRuntimeBelowPrefix)};
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
  Status trusted = root.is_this_system() ? host::require_trusted_path(path) : Status(Ok{});
  return trusted ? trusted : std::move(trusted).error().context(noun);
}

std::optional<Version> parse_version_number(std::string_view text) {
  for (std::size_t at = text.find_first_of("0123456789"); at != std::string_view::npos;
       at = text.find_first_of("0123456789", at + 1)) {
    const std::size_t end = std::min(text.find_first_not_of("0123456789.", at), text.size());
    std::array<unsigned, 3> parts{};
    std::size_t count = 0;
    for (const std::string_view part : split(text.substr(at, end - at), '.')) {
      const std::optional<std::uint64_t> number = parse_decimal(part);
      if (!number || *number > 100000 || count == parts.size()) {
        break;
      }
      parts[count++] = static_cast<unsigned>(*number);
    }
    if (count >= 2) {
      return Version{parts[0], parts[1], parts[2]};
    }
    at = end - 1;
  }
  return std::nullopt;
}

std::optional<std::string> path_of(const host::RootDir& root, const KnownProgram& known) {
  const std::string name(known.program);
  if (root.is_this_system()) {
    return host::find_in_path(name);
  }
  for (const char* directory : {"/usr/local/sbin/", "/usr/local/bin/", "/usr/sbin/", "/usr/bin/"}) {
    if (root.has(directory + name)) {
      return directory + name;
    }
  }
  return std::nullopt;
}

std::optional<Check> check_program(const host::RootDir& root, const KnownProgram& known) {
  const std::optional<std::string> path = path_of(root, known);
  if (!path) {
    return std::nullopt;
  }
  if (!root.is_this_system()) {
    return check_version(known, *path, std::nullopt);
  }
  const std::vector<std::string> arguments = {"--version"};
  const Result<std::string> text = host::output_of(*path, arguments, kVersionTimeoutMs);
  return check_version(known, *path, text ? parse_version_number(*text) : std::nullopt);
}

Check check_version(const KnownProgram& known, const std::string& path,
                    const std::optional<Version>& version) {
  const std::string id = "program:" + std::string(known.name);
  if (!version) {
    return {id, CheckStatus::kOk, path + ", of unknown version", ""};
  }
  const std::string number = std::to_string(version->major) + "." + std::to_string(version->minor) +
                             "." + std::to_string(version->patch);
  Check check{id, CheckStatus::kOk, path + " " + number, ""};
  for (const VersionTrap& trap : known.traps) {
    if (*version < trap.before) {
      const bool is_first = check.status == CheckStatus::kOk;
      check.status = CheckStatus::kWarning;
      check.summary += (is_first ? " " : ", and ") + std::string(trap.text);
      check.remedy += (is_first ? "" : "; ") + std::string(trap.remedy);
    }
  }
  return check;
}

}  // namespace sg::engines
