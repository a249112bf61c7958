// SPDX-License-Identifier: Apache-2.0
// cmd_doctor.cpp - asks this host, tries a guard, and says what is missing.
//
// The guard is tried in a scratch cgroup with a policy of one rule, by the functions that the hook
// uses.
#include "cli/doctor/cmd_doctor.h"

#include <fcntl.h>
#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "base/file_io.h"
#include "base/json_write.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/doctor/doctor_host.h"
#include "cli/option_values.h"
#include "compile/meta.h"
#include "engines/engine.h"
#include "guard/read_guards.h"
#include "guard/unguarded_neighbours.h"
#include "host/root_dir.h"
#include "kernel/blocking_program.h"
#include "kernel/bpf_dir.h"
#include "kernel/pins.h"
#include "kernel/probe.h"
#include "policy/node_policy.h"
#include "request/make_policy.h"

namespace sg::cli {
namespace {

constexpr std::size_t kWordWidth = 9;   // of a status and the blanks behind it
constexpr std::size_t kTextMax = 1024;  // of one clause; paths of engines are in them
constexpr std::size_t kProcFileMax = std::size_t{64} << 20;  // mountinfo is the largest

std::string proc_text(const std::string& path) {
  const Result<std::string> text = read_file(AT_FDCWD, path, kProcFileMax);
  return text ? *text : "";
}

std::string kernel_release() {
  utsname name{};
  return ::uname(&name) == 0 ? name.release : "";
}

Result<kernel::ProbeOutcome> probe() {
  compile::Origin origin{.private_namespaces = {.uts = true}};
  origin.annotations = {{"io.sysctl-guard.allow",
                         std::string(kernel::kProbeSysctl) + "=\"" + kernel::kProbeAllowed + "\""}};
  Diagnostics findings;
  const request::MadePolicy made = request::make_policy(
      origin, policy::default_node_policy("", origin.private_namespaces), findings);
  SG_CHECK(!findings.has_errors());
  const std::vector<std::uint8_t> meta = compile::encode_meta(made.meta);
  return kernel::probe_guard({.table = made.table,
                              .rule_count = static_cast<std::uint32_t>(made.policy.rules.size()),
                              .meta = meta,
                              .refusal = kProbeRefusal,
                              .container = {.id = "doctor"}});
}

Result<std::vector<guard::Neighbour>> neighbours() {
  const Result<std::vector<guard::GuardView>> views = guard::read_guards();
  return views ? Result<std::vector<guard::Neighbour>>(guard::unguarded_neighbours(*views, "/proc"))
               : views.error();
}

std::string_view name_of(CheckStatus status) {
  constexpr std::array<std::string_view, 4> kNames = {"ok", "warning", "failed", "unknown"};
  return kNames[static_cast<std::size_t>(status)];
}

}  // namespace

Outcome cmd_doctor(const DoctorOptions& options) {
  const host::RootDir root(options.root);
  std::vector<Check> checks;
  checks.push_back(check_kernel(kernel_release()));
  checks.push_back(check_cgroups(proc_text("/proc/self/mountinfo")));
  checks.push_back(
      check_privileges(proc_text("/proc/self/status"), proc_text("/proc/self/uid_map")));
  if (checks.back().status == CheckStatus::kOk) {
    checks.push_back(check_probe(probe()));
    checks.push_back(check_programs(kernel::list_blocking_programs()));
    checks.push_back(check_neighbours(neighbours()));
  }
  checks.push_back(check_bpffs(kernel::check_bpf_dir(), kernel::Pins::open()));
  checks.push_back(check_apparmor(engines::apparmor_state(), engines::engines_of(root)));
  checks.push_back(check_selinux(proc_text("/sys/fs/selinux/enforce")));
  std::ranges::move(check_node_policy(root, options.policy), std::back_inserter(checks));
  std::ranges::move(engines::check_engines(root), std::back_inserter(checks));
  return {.exit_code = is_ready(checks) ? kExitDone : kExitFailed,
          .output = options.json ? render_doctor_json(checks) : render_doctor_text(checks)};
}

bool is_ready(const std::vector<Check>& checks) noexcept {
  return std::ranges::none_of(checks, [](const Check& check) {
    return check.status == CheckStatus::kFailed || check.status == CheckStatus::kUnknown;
  });
}

std::string render_doctor_text(const std::vector<Check>& checks) {
  std::string out;
  for (const Check& check : checks) {
    std::string status(name_of(check.status));
    status.resize(kWordWidth, ' ');
    out += status + check.id + ": " + escape_unprintable(check.summary, kTextMax) + "\n";
    if (!check.remedy.empty()) {
      out +=
          std::string(kWordWidth, ' ') + "-> " + escape_unprintable(check.remedy, kTextMax) + "\n";
    }
  }
  return out + (is_ready(checks) ? "A guarded container works here.\n"
                                 : "A guarded container would not work here.\n");
}

std::string render_doctor_json(const std::vector<Check>& checks) {
  const auto json_of = [](const Check& check) {
    return Json::object({{"id", check.id},
                         {"status", name_of(check.status)},
                         {"summary", check.summary},
                         {"remedy", text_or_null(check.remedy)}});
  };
  return Json::object({{"ready", is_ready(checks)}, {"checks", Json::array_of(checks, json_of)}})
      .document();
}

Result<DoctorOptions> read_doctor_options(const Arguments& arguments) {
  Result<std::string> root = read_root(arguments);
  Result<std::string> policy = read_absolute_path(arguments, "--policy", request::kNodePolicyFile);
  if (!root || !policy) {
    return !root ? root.error() : policy.error();
  }
  return DoctorOptions{
      .json = arguments.has("--json"), .root = *std::move(root), .policy = *std::move(policy)};
}

Command doctor_command() {
  return {
      .name = "doctor",
      .line = "say whether a guarded container would work on this host",
      .about =
          "say what this host can do and what is missing, each with its remedy. Changes nothing "
          "but for a cgroup that is gone at the end. As root it guards itself and checks the "
          "result.",
      .usage = {"[OPTION]..."},
      .options =
          {{"--json", "", kJsonHelp},
           {"--root", "DIR",
            "look at the files of the system below DIR; this kernel, and no program of DIR is run"},
           {"--policy", "FILE", "the node policy; default: /etc/sysctl-guard/policy.json"}},
      .examples = {{"Would a guarded container work here?", "sudo sysctl-guard doctor"},
                   {"What is wrong, for a script",
                    "sudo sysctl-guard doctor --json | jq '.checks[] | select(.remedy != null)'"}},
      .exit_codes = {{kExitDone, "a guarded container would work"},
                     {kExitFailed, "it would not, or that could not be found out"},
                     {kExitUsage, kUsageExit}},
      .run = run_with_options<read_doctor_options, cmd_doctor>};
}

}  // namespace sg::cli
