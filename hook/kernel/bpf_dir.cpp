// SPDX-License-Identifier: Apache-2.0
// bpf_dir.cpp - looks at each directory without following a link, mounts, unmounts.
//
// Two hooks that mounted at once would hide what one of them has pinned, so they take turns.
//
// Tested by test/kernel/bpf_dir_test.cpp.
#include "kernel/bpf_dir.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <string_view>
#include <utility>

#include "host/cgroup_walk.h"

namespace sg::kernel {
namespace {

constexpr mode_t kOthers = 077;
constexpr mode_t kOthersWrite = 022;
constexpr mode_t kModeBits = 07777;
// How often the lock is tried, a millisecond apart: mounting takes a tenth of one.
constexpr int kLockTries = 200;

std::string run_dir_in(const std::string& run) { return run + "/sysctl-guard"; }
std::string bpf_dir_in(const std::string& run) { return run_dir_in(run) + "/bpf"; }

std::string describe(const std::string& path, const struct stat& found) {
  const char* const kind = S_ISDIR(found.st_mode)   ? "a directory"
                           : S_ISLNK(found.st_mode) ? "a symbolic link"
                                                    : "a file";
  std::array<char, 8> mode{};
  (void)std::snprintf(mode.data(), mode.size(), "%04o",
                      static_cast<unsigned>(found.st_mode & kModeBits));
  return path + ": " + kind + " of user " + std::to_string(found.st_uid) + " with mode " +
         mode.data();
}

// Whether it is a directory of root's in which others do not do what `forbidden` says.
bool is_roots(const struct stat& found, mode_t forbidden) {
  return S_ISDIR(found.st_mode) && found.st_uid == 0 && (found.st_mode & forbidden) == 0;
}

bool is_bpffs(const std::string& path) {
  struct statfs filesystem {};  // a function has the same name
  return ::statfs(path.c_str(), &filesystem) == 0 && filesystem.f_type == BPF_FS_MAGIC;
}

UniqueFd open_run_dir(const std::string& run) {
  return UniqueFd(::open(run_dir_in(run).c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

Result<UniqueFd> lock_run_dir(const std::string& run) {
  UniqueFd dir = open_run_dir(run);
  if (!dir.valid()) {
    return system_error("open " + run_dir_in(run), errno, "");
  }
  for (int tries = 0; ::flock(dir.get(), LOCK_EX | LOCK_NB) != 0; ++tries) {
    if (errno != EWOULDBLOCK || tries == kLockTries) {
      return system_error("lock " + run_dir_in(run), errno,
                          "see which process keeps it: fuser " + run_dir_in(run));
    }
    (void)::usleep(1000);
  }
  return dir;
}

}  // namespace

BpfDir look_at_bpf_dir(const std::string& run) {
  struct Wanted {
    std::string path;
    mode_t forbidden;
  };
  for (const Wanted& wanted : {Wanted{run, kOthersWrite}, Wanted{run_dir_in(run), kOthers},
                               Wanted{bpf_dir_in(run), kOthers}}) {
    struct stat found {};
    if (::lstat(wanted.path.c_str(), &found) != 0) {
      return {};
    }
    if (!is_roots(found, wanted.forbidden)) {
      return {.state = BpfDirState::kForeign, .what = describe(wanted.path, found)};
    }
  }
  const std::string path = bpf_dir_in(run);
  if (!is_bpffs(path)) {
    return {};
  }
  return {.state = BpfDirState::kOurs};
}

std::vector<std::string> pins_in_bpf_dir(const std::string& run) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, host::CloseDir> dir(::opendir(bpf_dir_in(run).c_str()));
  while (const dirent* const entry = dir ? ::readdir(dir.get()) : nullptr) {
    const std::string_view name = entry->d_name;
    if (name.find('.') == name.npos) {
      names.emplace_back(name);
    }
  }
  return names;
}

Status check_bpf_dir(const std::string& run) {
  const BpfDir dir = look_at_bpf_dir(run);
  if (dir.state != BpfDirState::kForeign) {
    return Ok{};
  }
  return Error{Errc::kUnsupported, dir.what + ": others than root could have made what is there",
               "look who made it, then remove it or give it to root alone: the next guard mounts a "
               "bpffs at " +
                   bpf_dir_in(run)};
}

UniqueFd try_lock_bpf_dir(const std::string& run) {
  UniqueFd dir = open_run_dir(run);
  return dir.valid() && ::flock(dir.get(), LOCK_EX | LOCK_NB) == 0 ? std::move(dir) : UniqueFd();
}

Status make_bpf_dir(const std::string& run) {
  if (look_at_bpf_dir(run).state == BpfDirState::kOurs) {
    return Ok{};
  }
  // Nothing is made in what others could have made: neither below /run nor below our directory.
  if (Status usable = check_bpf_dir(run); !usable) {
    return usable;
  }
  if (::mkdir(run_dir_in(run).c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return system_error("make the directory " + run_dir_in(run), errno, "run it as root");
  }
  if (Status usable = check_bpf_dir(run); !usable) {
    return usable;
  }
  const Result<UniqueFd> lock = lock_run_dir(run);
  if (!lock) {
    return lock.error();
  }
  const std::string path = bpf_dir_in(run);
  if (::mkdir(path.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return system_error("make the directory " + path, errno, "run it as root");
  }
  Status usable = check_bpf_dir(run);
  if (!usable || is_bpffs(path)) {
    return usable;
  }
  if (::mount("sysctl-guard", path.c_str(), "bpf", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700") !=
      0) {
    const int saved_errno = errno;
    Error error = system_error("mount a bpffs at " + path, saved_errno,
                               "it needs CAP_SYS_ADMIN in the host's user namespace, and a kernel "
                               "with CONFIG_BPF_SYSCALL");
    error.code = Errc::kUnsupported;
    return error;
  }
  return check_bpf_dir(run);
}

Result<bool> remove_bpf_dir(const std::string& run) {
  const UniqueFd lock = try_lock_bpf_dir(run);
  if (!lock.valid() || look_at_bpf_dir(run).state != BpfDirState::kOurs ||
      !pins_in_bpf_dir(run).empty()) {
    return false;
  }
  const std::string path = bpf_dir_in(run);
  if (::umount2(path.c_str(), UMOUNT_NOFOLLOW) != 0) {
    return system_error("unmount " + path, errno, "see who uses it: fuser -m " + path);
  }
  if (::rmdir(path.c_str()) != 0 || ::rmdir(run_dir_in(run).c_str()) != 0) {
    return system_error("remove the directory " + path, errno, "run it as root");
  }
  return true;
}

}  // namespace sg::kernel
