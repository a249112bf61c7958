// SPDX-License-Identifier: Apache-2.0
// file_write.cpp - temporary file, sync, rename, sync of the directory.
//
// The temporary name is the file's own with a suffix, so that a directory that is read by suffix
// (*.json, *.toml) does not show half a file to an engine, even where we die in between. What we
// leave then goes with the next change of the file; a lock tells it from what is just being written.
#include "base/file_write.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_io.h"
#include "base/text.h"
#include "base/unique_fd.h"

namespace sg {
namespace {

constexpr mode_t kFileMode = 0644;
constexpr mode_t kDirectoryMode = 0755;
// The end of a temporary name; mkostemp(3) puts letters and digits in the place of the X.
constexpr std::string_view kTemporary = ".sysctl-guard-";
constexpr std::string_view kPlaces = "XXXXXX";
constexpr const char* kHint =
    "see whether the filesystem is full or read-only, and what stands in the way";

Error write_error(const std::string& path, const char* what, int saved_errno) {
  return system_error("file '" + escape(path) + "': " + what, saved_errno, kHint);
}

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash == 0 ? 1 : slash);
}

Status make_directories(const std::string& path) {
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string part = path.substr(0, end);
    // A umask takes bits away. To set them afterwards, by its name, would be to set those of what
    // somebody has put in its place meanwhile.
    const mode_t mask = ::umask(0777 & ~kDirectoryMode);
    const bool is_there = ::mkdir(part.c_str(), kDirectoryMode) == 0 || errno == EEXIST;
    const int saved_errno = errno;
    (void)::umask(mask);
    if (!is_there) {
      return system_error("directory '" + escape(part) + "': cannot be made", saved_errno, kHint);
    }
    if (end == std::string::npos) {
      return Ok{};
    }
  }
}

void sync_directory(const std::string& path) {
  const UniqueFd dir(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (dir.valid()) {
    (void)::fsync(dir.get());  // the change is made; some filesystems cannot sync a directory
  }
}

struct CloseDirectory {
  void operator()(DIR* dir) const noexcept { (void)::closedir(dir); }
};

// The names of temporary files of `name` in the directory.
std::vector<std::string> temporary_names(const std::string& directory, std::string_view name) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, CloseDirectory> dir(::opendir(directory.c_str()));
  while (const dirent* entry = dir ? ::readdir(dir.get()) : nullptr) {
    std::string_view rest = entry->d_name;
    for (const std::string_view part : {name, kTemporary}) {
      rest = rest.starts_with(part) ? rest.substr(part.size()) : "";
    }
    if (rest.size() == kPlaces.size() &&
        std::ranges::all_of(rest, [](unsigned char c) { return std::isalnum(c) != 0; })) {
      names.emplace_back(entry->d_name);
    }
  }
  return names;
}

}  // namespace

void remove_leftovers(const std::string& path) {
  const std::string directory = parent_of(path);
  for (const std::string& name : temporary_names(directory, path.substr(path.rfind('/') + 1))) {
    const std::string leftover = directory + "/" + name;
    const UniqueFd file(
        ::open(leftover.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    struct stat info {};
    if (file.valid() && ::fstat(file.get(), &info) == 0 && S_ISREG(info.st_mode) &&
        info.st_uid == ::geteuid() && ::flock(file.get(), LOCK_EX | LOCK_NB) == 0) {
      (void)::unlink(leftover.c_str());
    }
  }
}

Status replace_file(const std::string& path, std::string_view content) {
  const std::string directory = parent_of(path);
  if (Status made = make_directories(directory); !made) {
    return made;
  }
  remove_leftovers(path);
  std::string temporary = std::string(path).append(kTemporary).append(kPlaces);
  UniqueFd file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!file.valid() || ::flock(file.get(), LOCK_EX) != 0) {
    const int saved_errno = errno;
    return write_error(path, "no file can be made beside it", saved_errno);
  }
  struct stat info {};
  const bool is_there = ::lstat(path.c_str(), &info) == 0;
  if (!is_there) {
    (void)::fstat(file.get(), &info);  // as it was made: it cannot fail for a file that is open
  }
  const FileOwner owner{
      .uid = info.st_uid, .gid = info.st_gid, .mode = is_there ? info.st_mode & 07777 : kFileMode};
  if (!replace_with(std::move(file), AT_FDCWD, temporary, path, content, owner, true)) {
    const int saved_errno = errno;
    return write_error(path, "cannot be written", saved_errno);
  }
  sync_directory(directory);
  return Ok{};
}

bool replace_with(UniqueFd file, int dir_fd, const std::string& temporary, const std::string& name,
                  std::string_view content, const FileOwner& owner, bool is_synced) {
  // The owner is set before the mode: setting it can clear bits.
  if (::fchown(file.get(), owner.uid, owner.gid) == 0 && ::fchmod(file.get(), owner.mode) == 0 &&
      write_all(file.get(), content) && (!is_synced || ::fsync(file.get()) == 0) &&
      ::close(file.release()) == 0 &&
      ::renameat(dir_fd, temporary.c_str(), dir_fd, name.c_str()) == 0) {
    return true;
  }
  const int saved_errno = errno;
  (void)::unlinkat(dir_fd, temporary.c_str(), 0);
  errno = saved_errno;
  return false;
}

Status remove_file(const std::string& path) {
  remove_leftovers(path);
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
    const int saved_errno = errno;
    return write_error(path, "cannot be removed", saved_errno);
  }
  sync_directory(parent_of(path));
  return Ok{};
}

}  // namespace sg
