// SPDX-License-Identifier: Apache-2.0
// own_namespaces.cpp - compares the inodes that the links /proc/<pid>/ns/* name with the hook's own
// and with PID 1's.
//
// Two namespaces are one where their inodes are: all are on the kernel's one filesystem for them.
// Reading a link costs half of following it. The initial namespaces, which the kernel made
// for itself, are the host's whoever else is in them. A kind of namespace that this kernel does not
// have (the hook's own entry is missing) belongs to no container alone. Everything else that cannot
// be read is an error, or not the container's own: taking an unknown namespace for its own would
// widen the node's limit. test/kernel/cgroup_test.cpp tries it on processes.
#include "request/own_namespaces.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "base/unique_fd.h"
#include "host/open_beneath.h"

namespace sg::request {
namespace {

constexpr const char* kHint = "run the hook as root, with /proc of its own pid namespace";

// The /proc/<process>/ns of the hook and of PID 1, open: a pid that is given to another process
// meanwhile is noticed.
struct HostDirs {
  UniqueFd hook;
  UniqueFd init;
};

Result<UniqueFd> open_namespaces(const std::string& process) {
  const std::string path = "/proc/" + process + "/ns";
  UniqueFd dir(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const int saved_errno = errno;
  if (!dir.valid()) {
    return system_error("open " + path, saved_errno, kHint);
  }
  return dir;
}

Result<HostDirs> open_host_dirs() {
  Result<UniqueFd> hook = open_namespaces("self");
  if (!hook) {
    return std::move(hook).error();
  }
  Result<UniqueFd> init = open_namespaces("1");
  if (!init) {
    return std::move(init).error();
  }
  return HostDirs{*std::move(hook), *std::move(init)};
}

// Inode numbers below this one are fixed by the kernel for initial namespaces; all others are given
// out from here on (PROC_DYNAMIC_FIRST). Older kernels fix none for the initial net namespace.
constexpr std::uint64_t kFirstDynamicInode = 0xf0000000;

struct Entry {
  int error = 0;  // the errno of the call; the number holds only where it is 0
  std::uint64_t number = 0;
};

// The inode that a link like "net:[4026531840]" names.
Entry read_entry(int dir_fd, const char* name) {
  std::array<char, 64> link{};
  const ssize_t length = ::readlinkat(dir_fd, name, link.data(), link.size());
  if (length < 0) {
    return Entry{errno, 0};
  }
  std::string_view text(link.data(), static_cast<std::size_t>(length));
  const std::string before = std::string(name) + ":[";
  if (!text.starts_with(before) || !text.ends_with(']')) {
    return Entry{EINVAL, 0};
  }
  text.remove_prefix(before.size());
  text.remove_suffix(1);
  const std::optional<std::uint64_t> number = parse_decimal(text);
  return number ? Entry{0, *number} : Entry{EINVAL, 0};
}

Result<bool> is_own(const Entry& container, const HostDirs& dirs, const char* name) {
  const Entry hook = read_entry(dirs.hook.get(), name);
  if (hook.error == ENOENT) {
    return false;
  }
  // Of what is the hook's own PID 1 says nothing more.
  const Entry init = hook.error == 0 && container.error == 0 && container.number == hook.number
                         ? hook
                         : read_entry(dirs.init.get(), name);
  // Without CAP_SYS_PTRACE the kernel hides where a more privileged PID 1 is. It hides it from the
  // engine too, which so cannot have put the container there.
  const bool is_hidden = init.error == EACCES;
  for (const int error : {hook.error, container.error, is_hidden ? 0 : init.error}) {
    if (error != 0) {
      return system_error(std::string("namespace ") + name, error, kHint);
    }
  }
  return container.number >= kFirstDynamicInode && container.number != hook.number &&
         (is_hidden || container.number != init.number);
}

// "/proc/4711/ns/net"
bool is_link_of_process(std::string_view path) {
  constexpr std::string_view kProc = "/proc/";
  if (!path.starts_with(kProc)) {
    return false;
  }
  path.remove_prefix(kProc.size());
  const std::size_t digits = std::min(path.find_first_not_of("0123456789"), path.size());
  const std::string_view rest = path.substr(digits);
  return digits > 0 && rest.starts_with("/ns/") && rest.find('/', 4) == std::string_view::npos;
}

// `type` as config.json has it, `name` as /proc has it. Of a type that is listed twice every entry
// must be its own.
bool has_own(const oci::Config& config, std::string_view type, const char* name) {
  bool is_listed = false;
  for (const oci::Namespace& ns : config.namespaces) {
    if (ns.type == type && !ns.path.empty() && !is_own_namespace(ns.path, name)) {
      return false;
    }
    is_listed = is_listed || ns.type == type;
  }
  return is_listed;
}

}  // namespace

Result<sysctl::NamespaceSet> own_namespaces(pid_t pid) {
  const Result<UniqueFd> container = open_namespaces(std::to_string(pid));
  if (!container) {
    return container.error();
  }
  const Result<HostDirs> dirs = open_host_dirs();
  if (!dirs) {
    return dirs.error();
  }
  sysctl::NamespaceSet own{.in_pid = pid_sysctls(host::kernel_release())};
  for (const auto& [name, to] :
       {std::pair("net", &own.net), std::pair("ipc", &own.ipc), std::pair("uts", &own.uts),
        std::pair("user", &own.user), std::pair("pid", &own.pid)}) {
    const Result<bool> result = is_own(read_entry(container->get(), name), *dirs, name);
    if (!result) {
      return result.error();
    }
    *to = *result;
  }
  return own;
}

bool is_own_namespace(const std::string& path, const char* name) {
  struct stat found = {};
  struct stat hook = {};
  const Result<HostDirs> dirs = open_host_dirs();
  // The kernel's own link to a namespace is fine; over any other one that each process follows to
  // its own, the runtime could come to another namespace than we.
  const UniqueFd fd = is_link_of_process(path) ? UniqueFd(::open(path.c_str(), O_PATH | O_CLOEXEC))
                                               : host::open_place(path);
  if (!dirs || !fd.valid() || ::fstat(fd.get(), &found) != 0 ||
      ::fstatat(dirs->hook.get(), name, &hook, 0) != 0 || hook.st_dev != found.st_dev) {
    return false;  // not there, or on another filesystem than that of namespaces
  }
  const Result<bool> own = is_own(Entry{0, found.st_ino}, *dirs, name);
  return own && *own;
}

sysctl::PidSysctls pid_sysctls(const host::KernelRelease& kernel) {
  return sysctl::pid_sysctls(kernel.major, kernel.minor);
}

sysctl::NamespaceSet config_namespaces(const oci::Config& config) {
  return {.net = has_own(config, "network", "net"),
          .ipc = has_own(config, "ipc", "ipc"),
          .uts = has_own(config, "uts", "uts"),
          .user = has_own(config, "user", "user"),
          .pid = has_own(config, "pid", "pid"),
          .in_pid = pid_sysctls(host::kernel_release())};
}

}  // namespace sg::request
