// SPDX-License-Identifier: Apache-2.0
// guarded_config.cpp - who is opened, what, and why one is not.
#include "request/guarded_config.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "base/file_io.h"
#include "base/mountinfo.h"
#include "base/text.h"
#include "base/unique_fd.h"
#include "host/kernel_release.h"
#include "host/lock_proc_sys.h"
#include "host/open_beneath.h"
#include "host/sysctl_tree.h"
#include "host/ways_out.h"
#include "oci/open_proc_sys.h"
#include "policy/annotations.h"
#include "policy/merge.h"
#include "request/apparmor_profile.h"
#include "request/hook_options.h"
#include "request/make_policy.h"
#include "request/opening.h"
#include "request/own_namespaces.h"
#include "request/policy_source.h"
#include "request/stay_closed.h"

namespace sg::request {
namespace {

// Each is looked at on the host. Docker's own config.json has 10, a pod's dozens; what has more
// than this stays closed.
constexpr std::size_t kMountsMax = 4096;
// Of the masked and the read-only paths, how many are looked at for one below /proc.
constexpr std::size_t kPathsMax = 1024;
// Of all sources and the root together. Each component of them costs a system call, about a
// microsecond, and can be three bytes short; 4,096 mounts with sources of 64 bytes have as many.
// What has more stays closed.
constexpr std::size_t kSourceBytesMax = std::size_t{256} << 10;
// For all of them. A source costs microseconds; one that leads over 40 long links, of a volume that
// somebody has filled with them, milliseconds.
constexpr std::chrono::milliseconds kLookTime{250};

// What can tell an administrator which container is meant: there is no ID in config.json.
std::string name_of(const oci::CreateConfig& create) {
  const std::string& cgroup = create.config.cgroups_path;
  return cgroup.empty() ? "a container without a cgroupsPath"
                        : "the container of cgroup '" + escape(cgroup, 160) + "'";
}

// As the runtime will see it: symbolic links are followed. What is not there stays as it is, and
// what cannot be told could be anywhere: what leads over /proc/self/cwd is another place for the
// runtime.
std::string resolved(const std::string& path) {
  if (!path.starts_with('/')) {
    return path;
  }
  const UniqueFd fd = host::open_place(path);
  const int saved_errno = errno;
  if (fd.valid()) {
    return path_of(fd.get()).value_or("/");
  }
  return saved_errno == ENOENT || saved_errno == ENOTDIR ? path : "/";
}

// Whether what the runtime will find at this path is there in every procfs, and not in /proc/sys:
// no link, which could lead out of /proc, and no process.
bool is_in_every_proc(const std::string& text) {
  constexpr std::string_view kBelowProc = "/proc/";
  const std::string path = oci::plain_path(text);
  if (!path.starts_with(kBelowProc) || oci::has_dot_dot(path) || oci::is_in_process(path) ||
      is_at_or_below(path, oci::kProcSys)) {
    return false;
  }
  const std::string first = path.substr(0, path.find('/', kBelowProc.size()));
  struct stat info {};
  return ::lstat(first.c_str(), &info) == 0 && !S_ISLNK(info.st_mode) &&
         ::lstat(path.c_str(), &info) == 0;
}

// Whether one of the first kPathsMax is such a one. Engines write a dozen.
bool names_below_proc(const std::vector<std::string>& paths) {
  return std::ranges::any_of(std::span(paths).first(std::min(paths.size(), kPathsMax)),
                             is_in_every_proc);
}

HostPlaces host_places(const oci::CreateConfig& create) {
  constexpr std::size_t kMountinfoMax = std::size_t{16} << 20;
  HostPlaces places;
  // What the runtime will mask or make read-only.
  places.covers_proc =
      names_below_proc(create.masked_paths) || names_below_proc(create.config.readonly_paths);
  const Result<std::string> text = read_file(AT_FDCWD, "/proc/self/mountinfo", kMountinfoMax);
  if (!text) {
    return places;
  }
  places.cgroup_mounts.clear();
  places.proc_mounts.clear();
  for (const MountEntry& mount : parse_mountinfo(*text)) {
    if (host::is_cgroup_type(mount.type)) {
      places.cgroup_mounts.push_back(mount.point);
    } else if (mount.type == "proc") {
      places.proc_mounts.push_back(mount.point);
    }
  }
  return places;
}

// Whether the directory `root` is, or holds, one on the way to `path`: by what they are, since a
// bind mount gives them other names.
bool is_at_or_above(const std::string& root, const std::string& path) {
  struct stat top {};
  if (::stat(root.c_str(), &top) != 0) {
    return false;  // nothing can be mounted in it
  }
  for (std::size_t slash = path.find('/'); slash != std::string::npos;
       slash = path.find('/', slash + 1)) {
    struct stat found {};
    if (::stat(path.substr(0, slash + 1).c_str(), &found) == 0 && is_same_file(found, top)) {
      return true;
    }
  }
  return false;
}

// Empty where nothing is against opening.
std::string reason_against(const CreateDocument& document) {
  if (document.config.mounts.size() > kMountsMax) {
    return "it has " + std::to_string(document.config.mounts.size()) +
           " mounts, more than are looked at";
  }
  std::size_t bytes = document.config.root_path.size();
  for (const oci::Mount& mount : document.config.mounts) {
    bytes += mount.source.size();
  }
  if (bytes > kSourceBytesMax) {
    return "its mounts have sources of " + std::to_string(bytes) +
           " bytes, more than are looked at";
  }
  oci::CreateConfig seen = document.config;
  const auto end = std::chrono::steady_clock::now() + kLookTime;
  for (oci::Mount& mount : seen.mounts) {
    mount.source = resolved(mount.source);
    if (std::chrono::steady_clock::now() > end) {
      return "it takes too long to look where the sources of its mounts lead";
    }
  }
  const bool is_relative = !seen.root_path.empty() && !seen.root_path.starts_with('/');
  seen.root_path = is_relative && !document.bundle.empty()
                       ? resolved(document.bundle + "/" + seen.root_path)
                       : resolved(seen.root_path);
  HostPlaces places = host_places(seen);
  places.root_holds_hook = is_at_or_above(seen.root_path, document.hook_path);
  return reason_to_stay_closed(seen, places);
}

// An annotation of ours that somebody wrote, which our marks are not.
bool has_written_annotation(const std::map<std::string, std::string>& annotations) {
  return std::ranges::any_of(annotations, [](const auto& item) {
    return item.first.starts_with(policy::kAnnotationPrefix) && !policy::is_mark(item.first);
  });
}

bool asks_to_open(const MadePolicy& ready) {
  const compile::Origin& origin = ready.meta.origin;
  const bool is_told = has_written_annotation(origin.annotations) || !origin.profile.empty() ||
                       !ready.meta.assigned.empty();
  return policy::asks_to_write(ready.policy) || ready.chose_audit ||
         (is_told && !origin.sysctl.empty());
}

struct Plan {
  std::optional<std::vector<std::string>> open = std::nullopt;
  bool note_was_open = false;
  std::string against = "";  // why nothing is opened although it was asked for
};

// What is to be opened of a container that was read-only, or that an edit opened before.
Plan plan_opening(const CreateDocument& document, const MadePolicy& ready) {
  const bool is_open_already = !oci::is_closed(document.config.config);
  const std::vector<std::string> nothing;
  // What is open already must be locked whatever happens.
  const auto stay_closed = [&](std::string why) {
    return Plan{.open = is_open_already ? std::optional(nothing) : std::nullopt,
                .against = std::move(why)};
  };
  if (!asks_to_open(ready)) {
    return stay_closed("");
  }
  if (std::string reason = reason_against(document); !reason.empty()) {
    return stay_closed(std::move(reason));
  }
  const host::SysctlTree tree;
  Result<std::vector<std::string>> paths = opening_of({.policy = ready.policy,
                                                       .table = ready.table,
                                                       .own = ready.meta.origin.private_namespaces,
                                                       .kernel = host::kernel_release(),
                                                       .tree = tree});
  if (!paths) {
    return stay_closed(paths.error().message);
  }
  if (paths->size() > host::kOpenPathsMax) {
    return stay_closed("it would take " + std::to_string(paths->size()) +
                       " mounts, more than the " + std::to_string(host::kOpenPathsMax) +
                       " that are possible: put \"*\" in place of many names");
  }
  if (paths->empty()) {
    return stay_closed("there is no sysctl that it may write and that could be opened");
  }
  return Plan{.open = *std::move(paths), .against = ""};
}

// What is wrong with the request or with the node policy, the hook says when it refuses.
Plan plan_for(const CreateDocument& document, const request::HookOptions& options) {
  const oci::Config& config = document.config.config;
  const Result<PolicySource> source =
      read_policy_source({.annotations = config.annotations,
                          .sysctl = config.sysctl,
                          .private_namespaces = config_namespaces(config),
                          .profile = options.profile,
                          .node_policy = options.node_policy_file});
  const Result<MadePolicy> ready = source ? make_policy_of(*source) : source.error();
  if (!ready) {
    return {};
  }
  if (oci::is_closed(config) || oci::is_opened_by_us(config)) {
    return plan_opening(document, *ready);
  }
  const bool is_seen = document.is_fresh && oci::is_open_throughout(config);
  return Plan{.note_was_open = is_seen && ready->node_audits, .against = ""};
}

}  // namespace

bool asks_for_guard(const oci::CreateConfig& create, const NodePolicyChoice& node_policy) {
  return policy::has_annotation_of_ours(create.config.annotations) ||
         oci::find_named_hook(create.config) != nullptr ||
         may_be_assigned(create.config.annotations, node_policy);
}

Result<GuardedConfig> make_guarded(const CreateDocument& document) {
  const auto& annotations = document.config.config.annotations;
  if (const auto found = annotations.lower_bound(std::string(kHookOutput));
      found != annotations.end() && found->first.starts_with(kHookOutput)) {
    return Error{Errc::kBadInput,
                 "config.json: annotation '" + escape(found->first, 64) +
                     "' makes crun write what hooks say into a file of the host",
                 "remove it; the system log has what sysctl-guard says"};
  }
  oci::CreateEdit edit{.hook_path = document.hook_path, .hook_args = document.hook_args};
  // Ours runs last and replaces an earlier guard, so it must have what the earlier was told.
  if (const oci::HookEntry* named = oci::find_named_hook(document.config.config);
      named && !named->args.empty()) {
    edit.hook_args.assign(named->args.begin() + 1, named->args.end());
  }
  const Result<request::HookOptions> options = request::parse_hook_options(edit.hook_args);
  if (!options) {
    return Error(options.error())
        .context("config.json: the entry of " + std::string(oci::kHookName));
  }
  Plan plan = plan_for(document, *options);
  edit.open = std::move(plan.open);
  edit.lock = document.locks_user_namespaces || !lacks_host_root(document.config);
  edit.note_was_open = plan.note_was_open;
  edit.against = plan.against;
  if (document.sets_apparmor_profile && edit.open && !edit.open->empty()) {
    edit.apparmor_profile = profile_in_place_of(document.config.apparmor_profile);
  }
  GuardedConfig guarded;
  guarded.note = plan.against.empty() ? ""
                                      : "sysctl-guard: " + name_of(document.config) +
                                            ": /proc/sys is not opened: " + plan.against;
  Result<std::string> edited = oci::edit_for_create(document.text, document.config, edit);
  if (!edited) {
    return std::move(edited).error();
  }
  guarded.text = *std::move(edited);
  return guarded;
}

}  // namespace sg::request
