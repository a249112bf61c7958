// SPDX-License-Identifier: Apache-2.0
// cmd_update.cpp - metadata of the guard -> other annotations -> policy, as the hook makes it -> in
// place of the running guard (test/integration/83-update.bats).
#include "cli/update/cmd_update.h"

#include <fcntl.h>
#include <unistd.h>

#include <set>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/file_io.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/guard_to_change.h"
#include "cli/option_values.h"
#include "cli/update/update_report.h"
#include "guard/attach_policy.h"
#include "guard/guard_processes.h"
#include "guard/proc_sys_report.h"
#include "request/make_policy.h"
#include "request/new_annotations.h"
#include "request/policy_source.h"
#include "sysctl/sysctl_name.h"

namespace sg::cli {
namespace {

constexpr const char* kAnnotationsHint =
    "name a file with a JSON object of annotations, or a config.json";
// config.json of a Kubernetes pod has 60 KB, the largest one that the hook reads has 16 MiB.
constexpr std::size_t kDocumentMax = std::size_t{16} << 20;

Result<std::optional<request::Annotations>> read_annotations_of(const UpdateOptions& options) {
  if (!options.from_annotations) {
    return std::optional<request::Annotations>();
  }
  const std::string& file = *options.from_annotations;
  const std::string what = file == "-" ? "standard input" : "'" + escape(file) + "'";
  Result<std::string> text = file == "-" ? read_all(STDIN_FILENO, kDocumentMax, what)
                                         : read_file(AT_FDCWD, file, kDocumentMax);
  Result<request::Annotations> annotations =
      text ? request::read_annotations(*text, what) : text.error();
  if (annotations) {
    return std::optional(*std::move(annotations));
  }
  Error error = std::move(annotations).error().context("option --from-annotations");
  error.hint = error.hint.empty() ? kAnnotationsHint : error.hint;
  return error;
}

// The origin of the running policy with what the options replace.
Result<compile::Origin> new_origin(const compile::Origin& old, const UpdateOptions& options) {
  const Result<std::optional<request::Annotations>> all = read_annotations_of(options);
  if (!all) {
    return all.error();
  }
  compile::Origin origin = old;
  origin.annotations = request::replace_annotations(old.annotations, *all, options.lists);
  origin.node_policy = options.node_policy.value_or(old.node_policy);
  return origin;
}

// What changes by the new table. That it cannot be told is no reason to change nothing.
void compare(const kernel::AttachedGuard& guard, const request::MadePolicy& ready,
             UpdateReport& report) {
  const Result<kernel::GuardDetails> running = kernel::read_details(guard);
  if (!running) {
    report.notes.push_back("gained and lost are not known: " + running.error().message);
    return;
  }
  Result<compile::Difference> difference = compile::difference_of(running->table, ready.table);
  if (!difference) {
    report.notes.push_back("gained and lost are not known: " + difference.error().message);
    return;
  }
  report.difference = *std::move(difference);
}

// What the policy permits from now on, and the container's mounts do not: a guard can only take
// away.
void note_shut(const kernel::AttachedGuard& guard, UpdateReport& report) {
  const guard::SeenProcSys proc_sys = guard::proc_sys_of(guard.cgroup_dir, "/proc");
  if (!proc_sys || !report.difference) {
    return;
  }
  std::set<std::string> names;
  for (const compile::ChangedAccess& change : report.difference->gained) {
    if (change.access.write && !proc_sys->is_writable(change.access.name)) {
      names.insert(escape(sysctl::to_dot_form(change.access.name), 128));
    }
  }
  if (names.empty()) {
    return;
  }
  report.notes.push_back(
      "still read-only in this container, as its mounts show, so that a write is EROFS: " +
      join(std::vector(names.begin(), names.end()), ", ") +
      (guard::is_shut(report.after, proc_sys) ? ". " + guard::why_shut(report.after) : "") +
      "; create the container again with these annotations to open it");
}

Status replace_guard(const GuardToChange& old, request::MadePolicy ready,
                     std::vector<std::uint8_t> input, std::vector<std::string>& notes) {
  const Result<UniqueFd> cgroup = kernel::open_guarded_cgroup(old.guard);
  if (!cgroup) {
    return cgroup.error();
  }
  kernel::Container container = old.container;
  container.attached_at_ns = static_cast<std::uint64_t>(now_ns());
  Status attached = guard::attach_policy(std::move(ready), std::move(input), container,
                                         cgroup->get(), kernel::Attach::kOnlyReplace, notes);
  return attached ? std::move(attached)
                  : std::move(attached).error().context("cgroup " + escape(old.guard.cgroup));
}

}  // namespace

Outcome cmd_update(const UpdateOptions& options) {
  Result<GuardToChange> old = find_guard_to_change(options.container);
  if (!old) {
    return outcome_of(old.error());
  }
  Result<compile::Origin> origin = new_origin(old->meta.origin, options);
  if (!origin) {
    return outcome_of(origin.error());
  }
  const Result<request::PolicySource> source = request::read_policy_source(*std::move(origin));
  Result<request::MadePolicy> ready = source ? request::make_policy_of(*source) : source.error();
  if (!ready) {
    return outcome_of(ready.error());
  }
  UpdateReport report{.container = old->container,
                      .before = old->meta,
                      .after = ready->meta,
                      .difference = std::nullopt,
                      .notes = ready->meta.cut,
                      .is_done = !options.dry_run};
  compare(old->guard, *ready, report);
  note_shut(old->guard, report);
  if (!options.dry_run) {
    if (const Status replaced_guard =
            replace_guard(*old, *std::move(ready), request::policy_input(*source), report.notes);
        !replaced_guard) {
      return outcome_of(replaced_guard.error());
    }
    log_change(old->container.id, "policy updated", summary_of(report) + replaced_in(report));
  }
  return {.output = options.json ? render_update_json(report)
                                 : render_update(report, terminal_width(STDOUT_FILENO))};
}

Result<UpdateOptions> read_update_options(const Arguments& arguments) {
  UpdateOptions options;
  options.container = arguments.operand();
  for (const std::string key : {"allow", "deny", "deny-read", "mode", "refuse"}) {
    if (std::optional<std::string> list = arguments.value("--" + key)) {
      options.lists.emplace(key, *std::move(list));
    }
  }
  options.from_annotations = arguments.value("--from-annotations");
  options.dry_run = arguments.has("--dry-run");
  options.json = arguments.has("--json");
  if (arguments.has("--policy")) {
    Result<std::string> policy = read_absolute_path(arguments, "--policy", "");
    if (!policy) {
      return std::move(policy).error();
    }
    options.node_policy = *std::move(policy);
  }
  return options;
}

Command update_command() {
  return {.name = "update",
          .line = "change the policy of a running container",
          .about =
              "change the policy of a running container, in one step: each access is judged by the "
              "old policy or by the new one. Needs root.",
          .usage = {"CONTAINER [OPTION]..."},
          .details =
              kContainerText +
              std::string(" The new policy is made as at the creation of the container, from the "
                          "same annotations but for those that are replaced here, and must be "
                          "within the node's limit. With no option the node policy is read again."),
          .operands = container_operand(),
          .options = {{"--allow", "LIST", "in place of io.sysctl-guard.allow"},
                      {"--deny", "LIST", "in place of io.sysctl-guard.deny"},
                      {"--deny-read", "LIST", "in place of io.sysctl-guard.deny-read"},
                      {"--mode", "MODE", "in place of io.sysctl-guard.mode: enforce or audit"},
                      {"--refuse", "ERROR",
                       "in place of io.sysctl-guard.refuse: EPERM, EROFS or EACCES"},
                      {"--from-annotations", "FILE",
                       "in place of all annotations: a JSON object of them or a document with a "
                       "member \"annotations\" (config.json, the state); \"-\" for standard input"},
                      {"--policy", "FILE",
                       "the node policy, in place of the one that the container was created with"},
                      {"--dry-run", "", "print what would be gained and lost, change nothing"},
                      {"--json", "", kJsonHelp}},
          .notes =
              "Counters of the container begin again, the annotations of the engine stay as they "
              "are: a new container with them has the old policy.",
          .examples = {{"What would that change?",
                        "sudo sysctl-guard update 4f5b2c --dry-run --allow 'net.ipv4.*'"},
                       {"Grant what was refused",
                        "rules=$(sudo sysctl-guard learn 4f5b2c --json |\n"
                        "    jq -r '.annotation.value // empty')\n"
                        "sudo sysctl-guard update 4f5b2c --allow \"${rules:?}\""}},
          .exit_codes = {{kExitDone, "done"},
                         {kExitFailed,
                          "not done, nothing is changed: the new policy is invalid or beyond the "
                          "node's limit, no container or several are meant, or the kernel refused"},
                         {kExitUsage, kUsageExit}},
          .run = run_with_options<read_update_options, cmd_update>};
}

}  // namespace sg::cli
