// SPDX-License-Identifier: Apache-2.0
// namespaces.cpp - compares the inodes of /proc/<pid>/ns/* with the hook's own and with PID 1's.
//
// Two namespaces are one where device and inode are. A kind of namespace that this kernel does not
// have (the hook's own entry is missing) is private to nobody. Everything else that cannot be read
// is an error: taking an unknown namespace for a private one would widen the limit of the node.
#include "kernel/namespaces.h"

#include <cerrno>
#include <optional>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>

#include "base/unique_fd.h"

namespace sg::kernel {
namespace {

constexpr const char* kHint = "run the hook as root, with /proc of its own pid namespace";

// The /proc/<process>/ns of the three processes, open: a pid that is given to another process
// meanwhile is noticed.
struct NamespaceDirs {
  UniqueFd container;
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

struct Inode {
  dev_t device;
  ino_t number;
  [[nodiscard]] bool operator==(const Inode&) const = default;
};

// Nothing where there is no such entry.
Result<std::optional<Inode>> read_inode(int dir_fd, const char* name) {
  struct stat entry = {};
  const int rc = ::fstatat(dir_fd, name, &entry, 0);
  const int saved_errno = errno;
  if (rc != 0 && saved_errno == ENOENT) {
    return std::optional<Inode>{};
  }
  if (rc != 0) {
    return system_error(std::string("namespace ") + name, saved_errno, kHint);
  }
  return std::optional<Inode>{Inode{entry.st_dev, entry.st_ino}};
}

Result<bool> is_private(const NamespaceDirs& dirs, const char* name) {
  const Result<std::optional<Inode>> hook = read_inode(dirs.hook.get(), name);
  if (!hook) {
    return hook.error();
  }
  if (!*hook) {
    return false;
  }
  const Result<std::optional<Inode>> container = read_inode(dirs.container.get(), name);
  if (!container) {
    return container.error();
  }
  struct stat unused = {};
  if (::fstatat(dirs.init.get(), name, &unused, 0) != 0 && errno == EACCES) {
    return **container != **hook;
  }
  const Result<std::optional<Inode>> init = read_inode(dirs.init.get(), name);
  if (!init) {
    return init.error();
  }
  if (!*container || !*init) {
    return system_error(std::string("namespace ") + name, ENOENT, kHint);
  }
  return **container != **hook && **container != **init;
}

}  // namespace

Result<PrivateNamespaces> private_namespaces(pid_t pid) {
  Result<UniqueFd> container = open_namespaces(std::to_string(pid));
  if (!container) {
    return std::move(container).error();
  }
  Result<UniqueFd> hook = open_namespaces("self");
  if (!hook) {
    return std::move(hook).error();
  }
  Result<UniqueFd> init = open_namespaces("1");
  if (!init) {
    return std::move(init).error();
  }
  const NamespaceDirs dirs = {std::move(*container), std::move(*hook), std::move(*init)};
  const Result<bool> net = is_private(dirs, "net");
  const Result<bool> ipc = is_private(dirs, "ipc");
  const Result<bool> uts = is_private(dirs, "uts");
  const Result<bool> user = is_private(dirs, "user");
  for (const Result<bool>* result : {&net, &ipc, &uts, &user}) {
    if (!*result) {
      return result->error();
    }
  }
  return PrivateNamespaces{*net, *ipc, *uts, *user};
}

}  // namespace sg::kernel
