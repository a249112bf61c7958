// SPDX-License-Identifier: Apache-2.0
// namespaces.cpp - compares the inodes of /proc/<pid>/ns/* with the hook's own and with PID 1's.
//
// Two namespaces are one where device and inode are. The initial namespaces, which the kernel made
// for itself, are the host's whoever else is in them. A kind of namespace that this kernel does not
// have (the hook's own entry is missing) is private to nobody. Everything else that cannot be read
// is an error: taking an unknown namespace for a private one would widen the limit of the node.
#include "kernel/namespaces.h"

#include <cerrno>
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

// Inode numbers below this one are fixed by the kernel for initial namespaces; all others are given
// out from here on (PROC_DYNAMIC_FIRST). Older kernels fix none for the initial net namespace.
constexpr ino_t kFirstDynamicInode = 0xf0000000;

struct Entry {
  int error = 0;  // the errno of the call; device and number hold only where it is 0
  dev_t device = 0;
  ino_t number = 0;
};

Entry read_entry(const UniqueFd& dir, const char* name) {
  struct stat found = {};
  const int rc = ::fstatat(dir.get(), name, &found, 0);
  const int saved_errno = errno;
  return rc == 0 ? Entry{0, found.st_dev, found.st_ino} : Entry{saved_errno, 0, 0};
}

bool is_same(const Entry& a, const Entry& b) {
  return a.device == b.device && a.number == b.number;
}

Result<bool> is_private(const NamespaceDirs& dirs, const char* name) {
  const Entry hook = read_entry(dirs.hook, name);
  if (hook.error == ENOENT) {
    return false;
  }
  const Entry container = read_entry(dirs.container, name);
  const Entry init = read_entry(dirs.init, name);
  // Without CAP_SYS_PTRACE the kernel hides where a more privileged PID 1 is. It hides it from the
  // engine too, which so cannot have put the container there.
  const bool is_hidden = init.error == EACCES;
  for (const int error : {hook.error, container.error, is_hidden ? 0 : init.error}) {
    if (error != 0) {
      return system_error(std::string("namespace ") + name, error, kHint);
    }
  }
  return container.number >= kFirstDynamicInode && !is_same(container, hook) &&
         (is_hidden || !is_same(container, init));
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
