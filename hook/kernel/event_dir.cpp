// SPDX-License-Identifier: Apache-2.0
// event_dir.cpp - looks at the directory without following a link, makes it and removes it.
//
// Tested by test/kernel/event_dir_test.cpp.
#include "kernel/event_dir.h"

#include <dirent.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <string_view>

#include "host/cgroup_walk.h"

namespace sg::kernel {
namespace {

constexpr mode_t kOthers = 077;
constexpr mode_t kOthersWrite = 022;
constexpr mode_t kModeBits = 07777;

constexpr const char* kMountHint = "mount it: mount -t bpf -o mode=700 bpf /sys/fs/bpf";

std::string dir_in(const std::string& bpffs) { return bpffs + "/sysctl-guard"; }

std::string octal(mode_t mode) {
  std::array<char, 8> digits{};
  (void)std::snprintf(digits.data(), digits.size(), "%04o",
                      static_cast<unsigned>(mode & kModeBits));
  return digits.data();
}

std::string describe(const struct stat& found) {
  const char* const kind = S_ISDIR(found.st_mode)   ? "a directory"
                           : S_ISLNK(found.st_mode) ? "a symbolic link"
                                                    : "a file";
  return std::string(kind) + " of user " + std::to_string(found.st_uid) + " with mode " +
         octal(found.st_mode);
}

// Whether the owner of the bpffs, or anybody, can put another entry in place of root's own.
bool can_replace(const struct stat& bpffs) {
  return bpffs.st_uid != 0 ||
         ((bpffs.st_mode & kOthersWrite) != 0 && (bpffs.st_mode & S_ISVTX) == 0);
}

// False as well where it cannot be read.
bool has_no_entries(const std::string& path) {
  const std::unique_ptr<DIR, host::CloseDir> dir(::opendir(path.c_str()));
  while (const dirent* const entry = dir ? ::readdir(dir.get()) : nullptr) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") {
      return false;
    }
  }
  return dir != nullptr;
}

}  // namespace

EventDir look_at_event_dir(const std::string& bpffs) {
  EventDir dir;
  struct statfs filesystem {};  // functions have the same names
  struct stat above {};
  if (::statfs(bpffs.c_str(), &filesystem) != 0 || filesystem.f_type != BPF_FS_MAGIC ||
      ::stat(bpffs.c_str(), &above) != 0) {
    return dir;
  }
  dir.bpffs_mode = octal(above.st_mode);
  struct stat found {};
  if (::lstat(dir_in(bpffs).c_str(), &found) != 0) {
    if (errno != ENOENT) {
      return dir;
    }
    dir.owner = EventDirOwner::kAbsent;
    dir.can_take = above.st_uid != 0 || (above.st_mode & kOthersWrite) != 0;
    return dir;
  }
  dir.what = describe(found);
  dir.can_take = can_replace(above);
  const bool is_roots =
      S_ISDIR(found.st_mode) && found.st_uid == 0 && (found.st_mode & kOthers) == 0;
  dir.owner = is_roots ? EventDirOwner::kRoot : EventDirOwner::kForeign;
  dir.is_empty = is_roots && has_no_entries(dir_in(bpffs));
  return dir;
}

Status check_event_dir(const std::string& bpffs) {
  const EventDir dir = look_at_event_dir(bpffs);
  if (dir.owner != EventDirOwner::kForeign) {
    return Ok{};
  }
  const std::string path = dir_in(bpffs);
  return Error{Errc::kUnsupported,
               path + ": it is not a directory that root alone can enter, but " + dir.what,
               "remove it (rm -r " + path +
                   "): the next guard makes a new one; other users can take "
                   "the name as long as they can write to the bpffs (chmod 700 " +
                   bpffs + ")"};
}

Result<bool> make_event_dir(const std::string& bpffs) {
  const EventDir dir = look_at_event_dir(bpffs);
  if (dir.owner == EventDirOwner::kNone) {
    return Error{Errc::kUnsupported, "no bpffs is mounted at " + bpffs, kMountHint};
  }
  const std::string path = dir_in(bpffs);
  bool is_made = false;
  if (dir.owner == EventDirOwner::kAbsent) {
    is_made = ::mkdir(path.c_str(), S_IRWXU) == 0;
    if (!is_made && errno != EEXIST) {
      return system_error("make the directory " + path, errno, "bpffs must be writable for root");
    }
  }
  // Whoever was faster: what is there is looked at.
  Status status = check_event_dir(bpffs);
  return status ? Result<bool>(is_made) : std::move(status).error();
}

Result<bool> remove_event_dir(const std::string& bpffs) {
  if (look_at_event_dir(bpffs).owner != EventDirOwner::kRoot) {
    return false;
  }
  const std::string path = dir_in(bpffs);
  if (::rmdir(path.c_str()) == 0) {
    return true;
  }
  const int saved_errno = errno;
  if (saved_errno == ENOTEMPTY || saved_errno == EEXIST || saved_errno == ENOENT) {
    return false;
  }
  return system_error("remove the directory " + path, saved_errno, "run it as root");
}

}  // namespace sg::kernel
