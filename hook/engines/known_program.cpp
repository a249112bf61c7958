// SPDX-License-Identifier: Apache-2.0
// known_program.cpp - finds a program, asks it for its version, and compares that with what
// versions lack.
#include "engines/known_program.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"
#include "host/run_program.h"

namespace sg::engines {
namespace {

// A version is printed in milliseconds; a program that hangs must not hold doctor.
constexpr int kVersionTimeoutMs = 5000;

std::string text_of(const Version& version) {
  return std::to_string(version.major) + "." + std::to_string(version.minor) + "." +
         std::to_string(version.patch);
}

}  // namespace

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
  Check check{id, CheckStatus::kOk, path + " " + text_of(*version), ""};
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
