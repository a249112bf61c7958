// SPDX-License-Identifier: Apache-2.0
// doctor_engines.cpp - looks for programs and asks each for its version, then reads the engines' files.
#include "app/doctor/doctor_engines.h"

#include <algorithm>
#include <array>

#include "app/doctor/doctor_hooks.h"
#include "app/install/cgroup_driver.h"
#include "app/install/engine_config.h"
#include "app/install/registrations.h"
#include "host/run_program.h"
#include "base/text.h"

namespace sg::app {
namespace {

// A version is printed in milliseconds; a program that hangs must not hold doctor.
constexpr int kVersionTimeoutMs = 5000;

struct Known {
  std::string_view name;     // of the check
  std::string_view program;  // what is looked for
};
struct KnownEngine {
  std::string_view name;
  std::string_view program;
  Engine engine;
};
// Docker's command alone may talk to another host: the engine is dockerd.
constexpr std::array<KnownEngine, 4> kEngines{{{"podman", "podman", Engine::kPodman},
                                               {"cri-o", "crio", Engine::kCrio},
                                               {"docker", "dockerd", Engine::kDocker},
                                               {"containerd", "containerd", Engine::kContainerd}}};
constexpr std::array<Known, 2> kRuntimes{{{"runc", "runc"}, {"crun", "crun"}}};

std::string text_of(const Version& version) {
  return std::to_string(version.major) + "." + std::to_string(version.minor) + "." +
         std::to_string(version.patch);
}

// What a version lacks that a user of ours will miss; "" for nothing.
struct Lack {
  std::string_view name;
  Version before;
  std::string_view text;
  std::string_view remedy;
};
constexpr std::array<Lack, 5> kLacks{
    {{"podman",
      {4, 5, 1},
      "lets an image set annotations",
      "limit them by a node policy, or use 4.5.1"},
     {"podman",
      {5, 0, 0},
      "cuts --annotation at commas and, without a word, loses every line but the first, be it one "
      "of deny",
      "write the rules of a list on one line with \";\" between them, or into a profile, or use "
      "5.0"},
     {"docker", {24, 0, 0}, "has no docker run --annotation", "use 24.0 or later"},
     {"runc",
      {1, 1, 0},
      "puts containers into no cgroup of version 2 beside version 1",
      "use 1.1 or later"},
     {"containerd", {1, 5, 0}, "has no base_runtime_spec", "use 1.5 or later"}}};

std::vector<Check> check_hook_of(const host::RootDir& root, Engine engine) {
  switch (engine) {
    case Engine::kDocker:
      return check_docker(root);
    case Engine::kContainerd:
      return check_containerd(root);
    case Engine::kPodman:
    case Engine::kCrio:
      break;
  }
  return check_hooks_d(root, engine);
}

// Where the program is, by the system's own paths.
std::optional<std::string> path_of(const host::RootDir& root, const std::string& name) {
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

// A guarded container needs one engine that runs the hook; a bare runtime needs it in config.json.
Check check_any(bool has_engine, bool has_runtime, bool any_registered) {
  if (any_registered) {
    return {"hook", CheckStatus::kOk, "an engine runs the hook", ""};
  }
  if (has_engine) {
    return {"hook", CheckStatus::kFailed, "no engine runs the hook",
            "sysctl-guard install ENGINE, for the engine that you use"};
  }
  if (has_runtime) {
    return {"hook", CheckStatus::kWarning,
            "a runtime alone runs the hook where config.json names it",
            "add it to hooks.createRuntime of each bundle"};
  }
  return {"hook", CheckStatus::kFailed, "neither an engine nor a runtime was found",
          "install one, as Podman or runc"};
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

std::optional<FoundProgram> look_for(const host::RootDir& root, const std::string& name) {
  const std::optional<std::string> path = path_of(root, name);
  if (!path || !root.is_this_system()) {
    return path ? std::optional(FoundProgram{*path, std::nullopt}) : std::nullopt;
  }
  const std::vector<std::string> arguments = {"--version"};
  const Result<std::string> text = host::output_of(*path, arguments, kVersionTimeoutMs);
  return FoundProgram{*path, text ? parse_version_number(*text) : std::nullopt};
}

std::vector<std::string> engines_of(const host::RootDir& root) {
  std::vector<std::string> names;
  for (const KnownEngine& engine : kEngines) {
    if (path_of(root, std::string(engine.program))) {
      names.emplace_back(engine.name);
    }
  }
  return names;
}

Check check_version(const std::string& name, const FoundProgram& found) {
  const std::string id = "program:" + name;
  if (!found.version) {
    return {id, CheckStatus::kOk, found.path + ", of unknown version", ""};
  }
  Check check{id, CheckStatus::kOk, found.path + " " + text_of(*found.version), ""};
  for (const Lack& lack : kLacks) {
    if (lack.name == name && *found.version < lack.before) {
      const bool is_first = check.status == CheckStatus::kOk;
      check.status = CheckStatus::kWarning;
      check.summary += (is_first ? " " : ", and ") + std::string(lack.text);
      check.remedy += (is_first ? "" : "; ") + std::string(lack.remedy);
    }
  }
  return check;
}

std::vector<Check> check_engines(const host::RootDir& root) {
  std::vector<Check> checks;
  bool has_engine = false;
  bool has_runtime = false;
  bool any_registered = false;
  const std::optional<HostDefaults> host = host_defaults(root);
  for (const Known& runtime : kRuntimes) {
    if (const std::optional<FoundProgram> found = look_for(root, std::string(runtime.program))) {
      has_runtime = true;
      checks.push_back(check_version(std::string(runtime.name), *found));
    }
  }
  for (const KnownEngine& engine : kEngines) {
    const std::optional<FoundProgram> found = look_for(root, std::string(engine.program));
    if (!found) {
      continue;
    }
    has_engine = true;
    checks.push_back(check_version(std::string(engine.name), *found));
    if (std::optional<Check> driver =
            check_cgroup_driver(root, engine.engine, std::string(engine.name), host)) {
      checks.push_back(*std::move(driver));
    }
    const std::vector<Check> hook = check_hook_of(root, engine.engine);
    any_registered = any_registered || runs_hook(hook);
    checks.insert(checks.end(), hook.begin(), hook.end());
  }
  checks.push_back(check_any(has_engine, has_runtime, any_registered));
  return checks;
}

}  // namespace sg::app
