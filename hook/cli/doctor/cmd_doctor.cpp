// SPDX-License-Identifier: Apache-2.0
// cmd_doctor.cpp - `sysctl-guard doctor`: asks this host, tries a guard, and says what is missing.
//
// The guard is tried in a scratch cgroup with a policy of one rule, by the functions that the hook
// uses.
#include <sys/utsname.h>

#include <fcntl.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/file_io.h"
#include "cli/doctor/doctor_command.h"
#include "cli/doctor/doctor_host.h"
#include "cli/doctor/doctor_report.h"
#include "compile/meta.h"
#include "engines/engine.h"
#include "guard/read_guards.h"
#include "guard/unguarded_neighbours.h"
#include "host/root_dir.h"
#include "kernel/blocking_program.h"
#include "kernel/event_dir.h"
#include "kernel/probe.h"
#include "policy/node_policy.h"
#include "request/make_policy.h"

namespace sg::cli {
namespace {

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
      origin, policy::default_node_policy("", origin.private_namespaces), "doctor", findings);
  SG_CHECK(!findings.has_errors());
  const std::vector<std::uint8_t> meta = compile::encode_meta(made.meta);
  return kernel::probe_guard({.table = made.table,
                              .rule_count = static_cast<std::uint32_t>(made.policy.rules.size()),
                              .meta = meta});
}

Result<std::vector<guard::Neighbour>> neighbours() {
  const Result<std::vector<guard::GuardView>> views = guard::read_guards();
  return views ? Result<std::vector<guard::Neighbour>>(guard::unguarded_neighbours(*views, "/proc"))
               : views.error();
}

}  // namespace

Outcome cmd_doctor(const DoctorOptions& options) {
  const host::RootDir root(options.root);
  DoctorReport report;
  report.checks.push_back(check_kernel(kernel_release()));
  report.checks.push_back(check_cgroups(proc_text("/proc/self/mountinfo")));
  report.checks.push_back(
      check_privileges(proc_text("/proc/self/status"), proc_text("/proc/self/uid_map")));
  if (report.checks.back().status == CheckStatus::kOk) {
    report.checks.push_back(check_probe(probe()));
    report.checks.push_back(check_programs(kernel::list_blocking_programs()));
    report.checks.push_back(check_neighbours(neighbours()));
  }
  report.checks.push_back(check_events(proc_text("/proc/self/mountinfo"),
                                       kernel::look_at_event_dir(), kernel::check_event_dir()));
  report.checks.push_back(check_apparmor(proc_text("/sys/module/apparmor/parameters/enabled"),
                                         engines::engines_of(root)));
  report.checks.push_back(check_node_policy(root, options.policy));
  for (Check& check : check_grants(root, options.policy)) {
    report.checks.push_back(std::move(check));
  }
  for (Check& check : engines::check_engines(root)) {
    report.checks.push_back(std::move(check));
  }
  return {.exit_code = is_ready(report) ? kExitDone : kExitFailed,
          .output = options.json ? render_doctor_json(report) : render_doctor_text(report)};
}

}  // namespace sg::cli
