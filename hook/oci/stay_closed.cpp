// SPDX-License-Identifier: Apache-2.0
// stay_closed.cpp - one rule after the other; the first that is against it is the reason.
//
// What is not understood stays closed: a capability of an unusual spelling is taken for the worst.
#include "oci/stay_closed.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.h"
#include "oci/plain_path.h"

namespace sg::oci {
namespace {

// createContainer came with createRuntime, in this version of the runtime specification.
constexpr OciVersion kStagesSince{1, 0, 2};

bool is_at_or_above(std::string_view path, std::string_view below) { return is_at_or_below(below, path); }

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

bool has_new_namespace(const Config& config, std::string_view type) {
  return std::ranges::any_of(config.namespaces, [type](const Namespace& ns) {
    return ns.type == type && ns.path.empty();
  });
}

// By which a task loads or detaches programs, gets the kernel or another process of the host, or a cgroup by its file
// handle. CAP_SYS_PTRACE gives the runtime's own process when somebody is exec'd: it has all capabilities, and is not
// yet in the cgroup.
constexpr std::array<std::string_view, 6> kDangerous = {"CAP_SYS_ADMIN",  "CAP_SYS_MODULE",      "CAP_SYS_RAWIO",
                                                        "CAP_SYS_PTRACE", "CAP_DAC_READ_SEARCH", "CAP_SYS_BOOT"};
constexpr std::array<std::string_view, 2> kDangerousWithBpf = {"CAP_NET_ADMIN", "CAP_PERFMON"};

// The capabilities that undo the guard, as words for a message; empty where there are none.
std::string dangerous_capabilities(const CreateConfig& config) {
  bool has_bpf = false;
  std::string_view other;
  for (const std::string& text : config.capabilities) {
    const std::string name = capability_name(text);
    if (name.empty()) {
      return "a capability '" + escape(text, 64) + "' of unknown spelling";
    }
    if (std::ranges::find(kDangerous, name) != kDangerous.end()) {
      return name;
    }
    has_bpf = has_bpf || name == "CAP_BPF";
    const auto with_bpf = std::ranges::find(kDangerousWithBpf, name);
    other = with_bpf == kDangerousWithBpf.end() ? other : *with_bpf;
  }
  return has_bpf && !other.empty() ? "CAP_BPF with " + std::string(other) : "";
}

// `rro` alone does not count: of a mount of cgroups runc passes it over.
bool is_read_only(const Mount& mount) {
  const auto has = [&mount](std::string_view option) {
    return std::ranges::find(mount.options, option) != mount.options.end();
  };
  return has("ro") && !has("rw") && !has("rrw");
}

bool is_bind(const Mount& mount) {
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

bool is_of_cgroups(const Mount& mount) { return mount.type == "cgroup" || mount.type == "cgroup2"; }

bool has_namespace(const Config& config, std::string_view type) {
  return std::ranges::find(config.namespaces, type, &Namespace::type) != config.namespaces.end();
}

// crun binds the host's /sys, with all that is mounted below it, where a user namespace may not mount a sysfs: that
// takes a network namespace of its own. Who is apart and has one gets its sysfs.
bool may_bind_sys(const CreateConfig& config) {
  return has_namespace(config.config, "user") && !(is_apart(config) && has_new_namespace(config.config, "network"));
}

// How the container could leave its cgroup, and with it the guard: by a cgroup.procs that it can write. One that
// is bound from the host counts whatever its options say, since a read-only bind leaves what is mounted below
// it writable. Empty where there is no way.
std::string way_out_of_cgroup(const CreateConfig& config, const HostPlaces& host) {
  const bool has_own_view = has_new_namespace(config.config, "cgroup");
  // Where such a mount fails, in a user namespace or upon another one, runtimes bind the host's, old ones writable.
  if (std::ranges::count_if(config.mounts, is_of_cgroups) > 1) {
    return "several mounts of cgroups";
  }
  for (const Mount& mount : config.mounts) {
    if (is_of_cgroups(mount) && !has_own_view && (!is_read_only(mount) || has_namespace(config.config, "user"))) {
      return "a mount of cgroups that is or could be writable, and no cgroup namespace of its own";
    }
    if (is_bind(mount) && reaches(mount.source, host.cgroup_mounts)) {
      return "a bind mount of '" + escape(mount.source, 96) + "', where the host's cgroups are or could be";
    }
    if (mount.type == "sysfs" && may_bind_sys(config)) {
      return "a sysfs in a user namespace, in place of which a runtime could bind the host's";
    }
  }
  return "";
}

// How the container could reach processes that are not its own, and through them what they may write.
std::string way_to_processes(const CreateConfig& config, const HostPlaces& host) {
  if (!has_new_namespace(config.config, "pid")) {
    return "no new PID namespace";
  }
  for (const Mount& mount : config.mounts) {
    if (is_bind(mount) && reaches(mount.source, host.proc_mounts)) {
      return "a bind mount of '" + escape(mount.source, 96) + "', where the host's processes are or could be";
    }
  }
  if (!config.root_path.empty() && config.root_path.starts_with('/') &&
      (reaches(config.root_path, host.proc_mounts) || reaches(config.root_path, host.cgroup_mounts))) {
    return "the root '" + escape(config.root_path, 96) + "', which holds cgroups or processes of the host";
  }
  return config.root_path.starts_with('/') || !has_dot_dot(config.root_path)
             ? ""
             : "the root '" + escape(config.root_path, 96) + "', which could be anywhere";
}

// A read-only path at, above or below /proc/sys besides itself; null where there is none.
const std::string* kept_read_only(const Config& config) {
  const auto found = std::ranges::find_if(config.readonly_paths, [](const std::string& path) {
    const std::string plain = plain_path(path);
    return !is_proc_sys(path) && plain != kLastPid &&
           (!plain.starts_with('/') || has_dot_dot(plain) || is_at_or_below(plain, kProcSys) ||
            is_at_or_above(plain, kProcSys));
  });
  return found == config.readonly_paths.end() ? nullptr : &*found;
}

// Why /proc will not be what the createContainer stage needs; empty where it will.
std::string trouble_with_proc(const CreateConfig& config) {
  bool has_procfs = false;
  for (const Mount& mount : config.mounts) {
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

std::string reason_to_stay_closed(const CreateConfig& config, const HostPlaces& host) {
  if (!has_new_namespace(config.config, "mount")) {
    return "the container has no new mount namespace, and another's could have another program in the hook's place";
  }
  if (host.root_holds_hook) {
    return "the root '" + escape(config.root_path, 96) +
           "' holds the hook's directory, so that a mount of the container could stand in the hook's place";
  }
  if (const std::string* const path = kept_read_only(config.config)) {
    return "'" + escape(*path, 96) + "' is read-only besides /proc/sys, and stays so";
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
    return "nothing else below /proc is masked or read-only, so a user namespace in the container could mount another one";
  }
  const bool apart = is_apart(config);
  if (const std::string dangerous = apart ? "" : dangerous_capabilities(config); !dangerous.empty()) {
    return "the container has " + dangerous + ", which can undo the guard";
  }
  std::string way_out = way_out_of_cgroup(config, host);
  if (way_out.empty() && !apart) {
    way_out = way_to_processes(config, host);
  }
  return way_out.empty() ? "" : "the container has " + way_out + ", and could leave the guard";
}

bool lacks_host_root(const CreateConfig& config) {
  const auto maps_root = [](const IdMapping& mapping) { return mapping.host_id == 0 && mapping.size > 0; };
  return has_new_namespace(config.config, "user") && !config.id_mappings.empty() &&
         std::ranges::none_of(config.id_mappings, maps_root);
}

bool is_apart(const CreateConfig& config) {
  return lacks_host_root(config) && has_new_namespace(config.config, "cgroup");
}

}  // namespace sg::oci
