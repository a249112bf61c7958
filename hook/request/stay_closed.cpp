// SPDX-License-Identifier: Apache-2.0
// stay_closed.cpp - one rule after the other; the first that is against it is the reason.
//
// What is not understood stays closed: a capability of an unusual spelling is taken for the worst.
#include "request/stay_closed.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.h"
#include "host/capabilities.h"
#include "host/ways_out.h"
#include "oci/open_proc_sys.h"

namespace sg::request {
namespace {

using oci::has_dot_dot;
using oci::is_proc_sys;
using oci::kLastPid;
using oci::kProcSys;
using oci::plain_path;

// createContainer came with createRuntime, in this version of the runtime specification.
constexpr oci::OciVersion kStagesSince{1, 0, 2};

bool is_at_or_above(std::string_view path, std::string_view below) {
  return is_at_or_below(below, path);
}

bool hides_proc_sys(std::string_view path) { return is_at_or_above(plain_path(path), kProcSys); }

// In upper case; nothing where it is not letters and underscores behind "CAP_".
std::string capability_name(std::string_view text) {
  std::string name(text);
  for (char& c : name) {
    c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    if (c != '_' && (c < 'A' || c > 'Z')) {
      return "";
    }
  }
  return name.starts_with("CAP_") && name.size() > 4 ? name : "";
}

bool has_new_namespace(const oci::Config& config, std::string_view type) {
  return std::ranges::any_of(config.namespaces, [type](const oci::Namespace& ns) {
    return ns.type == type && ns.path.empty();
  });
}

// The capabilities that undo the guard, as words for a message; empty where there are none.
std::string dangerous_capabilities(const oci::CreateConfig& config) {
  host::CapabilitySet set = 0;
  for (const std::string& text : config.capabilities) {
    const std::string name = capability_name(text);
    if (name.empty()) {
      return "a capability '" + escape(text, 64) + "' of unknown spelling";
    }
    set |= host::capability_named(name);
  }
  const std::vector<std::string_view> found = host::undoing_capabilities(set);
  if (found.empty()) {
    return "";
  }
  return std::string(found[0]) + (found[0] == "CAP_BPF" ? " with " + std::string(found[1]) : "");
}

// `rro` alone does not count: of a mount of cgroups runc passes it over.
bool is_read_only(const oci::Mount& mount) {
  const auto has = [&mount](std::string_view option) {
    return std::ranges::find(mount.options, option) != mount.options.end();
  };
  return has("ro") && !has("rw") && !has("rrw");
}

bool is_bind(const oci::Mount& mount) {
  return mount.type == "bind" || mount.type == "none" || mount.type.empty() ||
         std::ranges::any_of(mount.options, [](const std::string& option) {
           return option == "bind" || option == "rbind";
         });
}

// Whether what is bound from `source` could hold, or lie in, what is mounted at one of `points`.
bool reaches(const std::string& source, const std::vector<std::string>& points) {
  const std::string plain = plain_path(source);
  return !plain.starts_with('/') || has_dot_dot(plain) ||
         std::ranges::any_of(points, [&plain](const std::string& point) {
           return is_at_or_below(plain, point) || is_at_or_above(plain, point);
         });
}

bool is_of_cgroups(const oci::Mount& mount) { return host::is_cgroup_type(mount.type); }

bool has_namespace(const oci::Config& config, std::string_view type) {
  return std::ranges::find(config.namespaces, type, &oci::Namespace::type) !=
         config.namespaces.end();
}

// crun binds the host's /sys, with all that is mounted below it, where a user namespace may not
// mount a sysfs: that takes a network namespace of its own. Who is apart and has one gets its
// sysfs.
bool may_bind_sys(const oci::CreateConfig& config) {
  return has_namespace(config.config, "user") &&
         !(is_apart(config) && has_new_namespace(config.config, "network"));
}

// How the container could leave its cgroup, and with it the guard: by a cgroup.procs that it can
// write. One that is bound from the host counts whatever its options say, since a read-only bind
// leaves what is mounted below it writable. Empty where there is no way.
std::string way_out_of_cgroup(const oci::CreateConfig& config, const HostPlaces& host) {
  const bool has_own_view = has_new_namespace(config.config, "cgroup");
  // Where such a mount fails, in a user namespace or upon another one, runtimes bind the host's,
  // old ones writable.
  if (std::ranges::count_if(config.mounts, is_of_cgroups) > 1) {
    return "several mounts of cgroups";
  }
  for (const oci::Mount& mount : config.mounts) {
    if (is_of_cgroups(mount) && !has_own_view &&
        (!is_read_only(mount) || has_namespace(config.config, "user"))) {
      return "a mount of cgroups that is or could be writable, and no cgroup namespace of its own";
    }
    if (is_bind(mount) && reaches(mount.source, host.cgroup_mounts)) {
      return "a bind mount of '" + escape(mount.source, 96) +
             "', where the host's cgroups are or could be";
    }
    if (mount.type == "sysfs" && may_bind_sys(config)) {
      return "a sysfs in a user namespace, in place of which a runtime could bind the host's";
    }
  }
  return "";
}

// How the container could reach processes that are not its own, and through them what they may
// write.
std::string way_to_processes(const oci::CreateConfig& config, const HostPlaces& host) {
  if (!has_new_namespace(config.config, "pid")) {
    return "no new PID namespace";
  }
  for (const oci::Mount& mount : config.mounts) {
    if (is_bind(mount) && reaches(mount.source, host.proc_mounts)) {
      return "a bind mount of '" + escape(mount.source, 96) +
             "', where the host's processes are or could be";
    }
  }
  if (!config.root_path.empty() && config.root_path.starts_with('/') &&
      (reaches(config.root_path, host.proc_mounts) ||
       reaches(config.root_path, host.cgroup_mounts))) {
    return "the root '" + escape(config.root_path, 96) +
           "', which holds cgroups or processes of the host";
  }
  return config.root_path.starts_with('/') || !has_dot_dot(config.root_path)
             ? ""
             : "the root '" + escape(config.root_path, 96) + "', which could be anywhere";
}

// Whether no link of the container's root leads from this plain path to somewhere else: it lies in
// a procfs, but not in a process of it, or in a sysfs.
bool is_where_it_says(std::string_view plain, bool has_sysfs) {
  return plain.starts_with("/proc/") ? !oci::is_in_process(plain)
                                     : has_sysfs && is_at_or_below(plain, "/sys");
}

// A read-only path at, above or below /proc/sys besides itself, or one that could lead there; null
// where there is none.
const std::string* kept_read_only(const oci::CreateConfig& create) {
  const bool has_sysfs = std::ranges::any_of(create.mounts, [](const oci::Mount& mount) {
    return mount.type == "sysfs" && plain_path("/" + mount.destination) == "/sys";
  });
  const auto found =
      std::ranges::find_if(create.config.readonly_paths, [has_sysfs](const std::string& path) {
        const std::string plain = plain_path(path);
        return !is_proc_sys(path) && plain != kLastPid &&
               (!plain.starts_with('/') || has_dot_dot(plain) || is_at_or_below(plain, kProcSys) ||
                is_at_or_above(plain, kProcSys) || !is_where_it_says(plain, has_sysfs));
      });
  return found == create.config.readonly_paths.end() ? nullptr : &*found;
}

// Why /proc will not be what the createContainer stage needs; empty where it will.
std::string trouble_with_proc(const oci::CreateConfig& config) {
  bool has_procfs = false;
  for (const oci::Mount& mount : config.mounts) {
    const std::string destination = plain_path("/" + mount.destination);
    if (has_dot_dot(destination)) {
      return "a mount on '" + escape(mount.destination, 96) + "', which could be anywhere";
    }
    if (is_at_or_below(destination, kProcSys)) {
      return "a mount on '" + escape(mount.destination, 96) + "'";
    }
    if (is_at_or_above(destination, "/proc")) {
      has_procfs = destination == "/proc" && mount.type == "proc" && !is_bind(mount);
    }
  }
  return has_procfs ? "" : "no procfs of its own at /proc";
}

}  // namespace

std::string reason_to_stay_closed(const oci::CreateConfig& config, const HostPlaces& host) {
  if (!has_new_namespace(config.config, "mount")) {
    return "the container has no new mount namespace, and another's could have another program in "
           "the hook's place";
  }
  if (host.root_holds_hook) {
    return "the root '" + escape(config.root_path, 96) +
           "' holds the hook's directory, so that a mount of the container could stand in the "
           "hook's place";
  }
  if (const std::string* const path = kept_read_only(config)) {
    return "'" + escape(*path, 96) + "' is read-only besides /proc/sys, and leads to it or could";
  }
  if (std::ranges::any_of(config.masked_paths, hides_proc_sys)) {
    return "it is among the masked paths";
  }
  if (config.has_version && config.version < kStagesSince) {
    return "an ociVersion before 1.0.2 has no createContainer stage";
  }
  if (const std::string trouble = trouble_with_proc(config); !trouble.empty()) {
    return "the container has " + trouble;
  }
  if (!host.covers_proc) {
    return "nothing else below /proc is masked or read-only, so a user namespace in the container "
           "could mount another one";
  }
  const bool apart = is_apart(config);
  if (const std::string dangerous = apart ? "" : dangerous_capabilities(config);
      !dangerous.empty()) {
    return "the container has " + dangerous + ", which can undo the guard";
  }
  std::string way_out = way_out_of_cgroup(config, host);
  if (way_out.empty() && !apart) {
    way_out = way_to_processes(config, host);
  }
  return way_out.empty() ? "" : "the container has " + way_out + ", and could leave the guard";
}

bool lacks_host_root(const oci::CreateConfig& config) {
  // Where one list is missing or maps nothing, crun maps the host's root.
  const auto maps_others = [](const std::vector<oci::IdMapping>& mappings) {
    return !mappings.empty() && std::ranges::all_of(mappings, [](const oci::IdMapping& mapping) {
      return mapping.host_id > 0 && mapping.size > 0;
    });
  };
  return has_new_namespace(config.config, "user") && maps_others(config.user_mappings) &&
         maps_others(config.group_mappings);
}

bool is_apart(const oci::CreateConfig& config) {
  return lacks_host_root(config) && has_new_namespace(config.config, "cgroup");
}

}  // namespace sg::request
