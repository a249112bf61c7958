// SPDX-License-Identifier: Apache-2.0
// cgroup_path.cpp - the texts of /proc and what is known of a container, into one cgroup path.
//
// Paths are compared component by component, never as text: "/a" is above "/a/b", not above "/ab".
// The container's cgroup is always the leaf or an ancestor of it, so every answer is a number: how
// many of the leaf's components belong to it. Two questions are asked in turn, what cgroupsPath
// names and where the ID stands. Each looks from the top down, because processes that are exec'd
// later may land anywhere below the container's cgroup. Whatever is not exact names nothing. A
// cgroupsPath with "..", "." or empty components is read as runtimes read it; where it leads
// elsewhere, the ID is not asked.
#include "host/cgroup_path.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include "base/mountinfo.h"
#include "base/text.h"

namespace sg::host {
namespace {

using Components = std::vector<std::string_view>;

constexpr std::string_view kOwnCgroupHint =
    "give the container a cgroup of its own (cgroups=disabled is not supported)";

// What engines and runtimes write in front of an ID.
constexpr std::array<std::string_view, 9> kIdPrefixes = {
    "libpod", "libpod-payload", "docker",  "cri-containerd", "crio",
    "crun",   "runc",           "nerdctl", "containerd",
};

constexpr std::string_view kSliceSuffix = ".slice";

// The kernel takes no longer path (PATH_MAX), and each dash of a slice's name costs as much as
// stands before it.
constexpr std::size_t kCgroupsPathMax = 4096;

std::string quote(std::string_view text) { return "'" + escape(text) + "'"; }

Error refusal(std::string_view path, const std::string& why, std::string_view hint) {
  return Error{Errc::kUnsupported, "cgroup " + quote(path) + ": " + why, std::string(hint)};
}

// The components of an absolute path; "/" has none. Nothing for a path that is not absolute, has
// an empty, "." or ".." component, or a NUL byte, which would end it early in a system call.
std::optional<Components> strict_components(std::string_view path) {
  if (path.empty() || path.front() != '/' || path.find('\0') != std::string_view::npos) {
    return std::nullopt;
  }
  if (path == "/") {
    return Components{};
  }
  Components components = split(path.substr(1), '/');
  for (const std::string_view component : components) {
    if (component.empty() || component == "." || component == "..") {
      return std::nullopt;
    }
  }
  return components;
}

bool is_at_or_above(const Components& upper, const Components& lower) {
  return upper.size() <= lower.size() && std::equal(upper.begin(), upper.end(), lower.begin());
}

bool is_outside_namespace(std::string_view path) {
  return path == "/.." || path.substr(0, 4) == "/../";
}

std::string join(const Components& components, std::size_t count) {
  std::string path;
  for (std::size_t i = 0; i < count; ++i) {
    path += '/';
    path += components[i];
  }
  return path.empty() ? "/" : path;
}

struct SystemdName {
  std::string_view slice;
  std::string_view prefix;
  std::string_view name;
};

// "slice:prefix:name", by which a runtime asks systemd for a unit.
std::optional<SystemdName> parse_systemd_name(std::string_view cgroups_path) {
  const std::vector<std::string_view> parts = split(cgroups_path, ':');
  if (parts.size() != 3 || cgroups_path.front() == '/' || parts[2].empty()) {
    return std::nullopt;
  }
  return SystemdName{parts[0], parts[1], parts[2]};
}

// "a-b.slice" stands in "a.slice", and so on up. Nothing for a text that is no slice.
std::optional<std::vector<std::string>> expand_slice(std::string_view slice) {
  if (slice == "-" || slice == "-.slice") {
    return std::vector<std::string>{};
  }
  if (slice.size() <= kSliceSuffix.size() || !slice.ends_with(kSliceSuffix) ||
      slice.find('/') != std::string_view::npos) {
    return std::nullopt;
  }
  std::vector<std::string> expanded;
  std::string stem;
  slice.remove_suffix(kSliceSuffix.size());
  for (const std::string_view piece : split(slice, '-')) {
    if (piece.empty()) {
      return std::nullopt;
    }
    stem += stem.empty() ? "" : "-";
    stem += piece;
    expanded.push_back(stem + std::string(kSliceSuffix));
  }
  return expanded;
}

// The names that runtimes give the unit. Some leave the dash of an empty prefix behind, and crun
// writes ".scope" after a slice's name too.
std::vector<std::string> unit_names(const SystemdName& systemd) {
  const std::string name(systemd.name);
  std::vector<std::string> names = {std::string(systemd.prefix) + "-" + name + ".scope"};
  if (systemd.prefix.empty()) {
    names.push_back(name + ".scope");
  }
  if (systemd.name.size() > kSliceSuffix.size() && systemd.name.ends_with(kSliceSuffix)) {
    names.push_back(name);
  }
  return names;
}

// One past the first place where `run`, and then one of `units`, stand in the leaf.
std::optional<std::size_t> find_run(const std::vector<std::string>& run,
                                    const std::vector<std::string>& units, const Components& leaf) {
  for (std::size_t end = run.size() + 1; end <= leaf.size(); ++end) {
    const auto first = leaf.begin() + static_cast<std::ptrdiff_t>(end - run.size() - 1);
    if (std::equal(run.begin(), run.end(), first) &&
        std::find(units.begin(), units.end(), leaf[end - 1]) != units.end()) {
      return end;
    }
  }
  return std::nullopt;
}

// How many components of the leaf the unit's cgroup has. systemd may itself run below another
// cgroup (the manager of a user, a node in a container), so the run may begin at any depth.
std::optional<std::size_t> match_systemd(const SystemdName& systemd, const Components& leaf) {
  // Without a slice, a runtime takes system.slice, or user.slice where it runs without root.
  std::vector<std::string_view> slices = {systemd.slice};
  if (systemd.slice.empty()) {
    slices = {"system.slice", "user.slice"};
  }
  std::optional<std::size_t> highest;
  for (const std::string_view slice : slices) {
    const std::optional<std::vector<std::string>> run = expand_slice(slice);
    if (!run) {
      continue;
    }
    if (const std::optional<std::size_t> end = find_run(*run, unit_names(systemd), leaf)) {
      highest = std::min(highest.value_or(*end), *end);
    }
  }
  return highest;
}

// The components of a cgroupsPath as runtimes read it: without empty ones and ".", and ".." takes
// the one before it away, but for the root's. runc works that out on the text; crun lets the kernel
// do it, in a file system without symbolic links.
Components cleaned(std::string_view cgroups_path) {
  Components named;
  for (const std::string_view component : split(cgroups_path, '/')) {
    if (component == "..") {
      named.resize(named.size() - std::min<std::size_t>(named.size(), 1));
    } else if (!component.empty() && component != ".") {
      named.push_back(component);
    }
  }
  return named;
}

// Whether a runtime has to clean it, but for slashes in front and at the end: engines write none
// like that.
bool is_roundabout(std::string_view cgroups_path) {
  const std::size_t first = std::min(cgroups_path.find_first_not_of('/'), cgroups_path.size());
  const std::size_t last = cgroups_path.find_last_not_of('/');
  const std::vector<std::string_view> components =
      split(cgroups_path.substr(first, last - first + 1), '/');
  return first < cgroups_path.size() && std::ranges::any_of(components, [](std::string_view c) {
           return c.empty() || c == "." || c == "..";
         });
}

std::optional<std::size_t> match_absolute(std::string_view cgroups_path, const Components& leaf) {
  const Components named = cleaned(cgroups_path);
  if (!is_at_or_above(named, leaf)) {
    return std::nullopt;
  }
  return named.size();
}

// A cgroupsPath that is neither, or a name for systemd that a runtime was not told to take as one:
// it takes the text from a root of its own. It names the container's cgroup only where the leaf
// ends in it; a process below would leave open which part of the leaf is meant.
std::optional<std::size_t> match_relative(std::string_view cgroups_path, const Components& leaf) {
  const Components named = cleaned(cgroups_path);
  if (named.empty() || named.size() > leaf.size() ||
      !std::equal(named.rbegin(), named.rend(), leaf.rbegin())) {
    return std::nullopt;
  }
  return leaf.size();
}

// A slice holds what others put into it, so an ID that ends in ".slice" does not make one its own.
std::optional<std::size_t> match_id(const std::string& id, std::string_view prefix,
                                    const Components& leaf) {
  if (id.empty() || id.ends_with(kSliceSuffix)) {
    return std::nullopt;
  }
  std::vector<std::string> names = {id};
  for (const std::string_view known : kIdPrefixes) {
    names.push_back(std::string(known) + "-" + id);
  }
  if (!prefix.empty()) {
    names.push_back(std::string(prefix) + "-" + id);
  }
  for (std::size_t i = 0; i < leaf.size(); ++i) {
    for (const std::string& name : names) {
      if (leaf[i] == name || leaf[i] == name + ".scope") {
        return i + 1;
      }
    }
  }
  return std::nullopt;
}

std::optional<std::size_t> match_container(const ContainerCgroup& container,
                                           const Components& leaf) {
  const std::string_view cgroups_path = container.cgroups_path;
  std::string_view prefix;
  std::optional<std::size_t> count;
  if (!cgroups_path.empty() && cgroups_path.front() == '/') {
    count = match_absolute(cgroups_path, leaf);
  } else if (const std::optional<SystemdName> systemd = parse_systemd_name(cgroups_path)) {
    count = match_systemd(*systemd, leaf);
    if (!count) {
      count = match_relative(cgroups_path, leaf);
    }
    prefix = systemd->prefix;
  } else if (!cgroups_path.empty()) {
    count = match_relative(cgroups_path, leaf);
  }
  // The author of a roundabout path could as well choose an ID that stands above it, as another
  // container's does.
  if (count || is_roundabout(cgroups_path)) {
    return count;
  }
  return match_id(container.id, prefix, leaf);
}

Error nothing_fits(const ContainerCgroup& container) {
  if (is_roundabout(container.cgroups_path)) {
    return refusal(container.leaf,
                   "neither it nor one above it is the one that linux.cgroupsPath " +
                       quote(container.cgroups_path) + " leads to",
                   "write cgroupsPath without empty components, '.' and '..'");
  }
  const std::string names =
      "linux.cgroupsPath " + quote(container.cgroups_path) + " and ID " + quote(container.id);
  return refusal(container.leaf, "neither it nor one above it is the one that " + names + " name",
                 kOwnCgroupHint);
}

}  // namespace

Result<std::string> parse_proc_cgroup(std::string_view text) {
  constexpr std::string_view kUnified = "0::";
  std::optional<std::string_view> path;
  for (const std::string_view line : split(text, '\n')) {
    if (!line.starts_with(kUnified)) {
      continue;
    }
    if (path) {
      return Error{Errc::kBadInput, "cgroup of the process: there are two '0::' lines", ""};
    }
    path = line.substr(kUnified.size());
  }
  if (!path) {
    return Error{Errc::kUnsupported, "cgroup of the process: it is in no cgroup v2 hierarchy",
                 "boot the host with cgroup v2 (systemd.unified_cgroup_hierarchy=1)"};
  }
  if (path->empty() || path->front() != '/' || path->find('\0') != std::string_view::npos) {
    return Error{Errc::kBadInput, "cgroup of the process: " + quote(*path) + " is no absolute path",
                 ""};
  }
  return std::string(*path);
}

std::vector<CgroupMount> parse_cgroup_mounts(std::string_view text) {
  std::vector<CgroupMount> mounts;
  for (MountEntry& mount : parse_mountinfo(text)) {
    if (mount.type == "cgroup2") {
      mounts.push_back({std::move(mount.root), std::move(mount.point)});
    }
  }
  return mounts;
}

Result<std::string> locate_cgroup(const std::string& cgroup,
                                  const std::vector<CgroupMount>& mounts) {
  const std::optional<Components> components = strict_components(cgroup);
  if (!components) {
    return refusal(cgroup, "it is outside the hook's cgroup namespace",
                   "run the hook in the cgroup namespace of the runtime");
  }
  for (auto mount = mounts.rbegin(); mount != mounts.rend(); ++mount) {
    const std::optional<Components> root = strict_components(mount->root);
    if (!root || !is_at_or_above(*root, *components)) {
      continue;
    }
    std::string path = mount->point == "/" ? "" : mount->point;
    for (std::size_t i = root->size(); i < components->size(); ++i) {
      path += '/';
      path += (*components)[i];
    }
    return path.empty() ? std::string("/") : path;
  }
  return refusal(cgroup, "no mounted cgroup2 filesystem shows it",
                 "mount cgroup2 where the hook runs (/sys/fs/cgroup)");
}

Result<std::string> container_cgroup(const ContainerCgroup& container) {
  if (is_outside_namespace(container.leaf)) {
    return refusal(container.leaf, "it is outside the hook's cgroup namespace",
                   "run the hook in the cgroup namespace of the runtime");
  }
  const std::optional<Components> leaf = strict_components(container.leaf);
  if (!leaf) {
    return refusal(container.leaf, "this is no path of a cgroup", kOwnCgroupHint);
  }
  if (container.cgroups_path.size() > kCgroupsPathMax) {
    return refusal(container.leaf,
                   "linux.cgroupsPath is longer than the limit of " +
                       std::to_string(kCgroupsPathMax) + " bytes",
                   "name a shorter one");
  }
  const std::optional<std::size_t> count =
      leaf->empty() ? std::size_t{0} : match_container(container, *leaf);
  if (!count) {
    return nothing_fits(container);
  }
  if (*count == 0) {
    return refusal("/",
                   "the container shares the root cgroup, attaching there would restrict the host",
                   kOwnCgroupHint);
  }
  const std::string path = join(*leaf, *count);
  if (is_outside_namespace(container.hook)) {
    return path;  // The hook runs outside the namespace, so below none of the cgroups in it.
  }
  const std::optional<Components> hook = strict_components(container.hook);
  if (!hook) {
    return refusal(path, "the cgroup of the hook itself, " + quote(container.hook) + ", is no path",
                   "mount /proc where the hook runs");
  }
  if (is_at_or_above(Components(leaf->begin(), leaf->begin() + static_cast<std::ptrdiff_t>(*count)),
                     *hook)) {
    return refusal(path, "the hook runs in it too, attaching there would restrict the engine",
                   kOwnCgroupHint);
  }
  return path;
}

}  // namespace sg::host
