// SPDX-License-Identifier: Apache-2.0
// bundle_file.cpp - lock, read, write beside, rename.
//
// No fsync: rename is atomic for every process, killed or not, and after a power failure no
// container of this bundle runs. Engines write config.json anew for each start.
#include "oci/bundle_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <utility>

#include "base/file_io.h"
#include "base/text.h"
#include "oci/bundle.h"

namespace sg::oci {
namespace {

constexpr const char* kName = "config.json";
constexpr const char* kFileHint = "put the file itself there: links are not followed";
constexpr const char* kWriteHint = "make the bundle's filesystem writable, and leave room on it";
constexpr const char* kTemporary = ".config.json.sysctl-guard";

// flock(2) without waiting for ever: tried each 10 ms.
bool lock(int dir_fd) {
  constexpr long kPauseNs = 10'000'000;
  constexpr int kTries = kLockSeconds * 100;
  for (int i = 0; i < kTries; ++i) {
    if (::flock(dir_fd, LOCK_EX | LOCK_NB) == 0) {
      return true;
    }
    if (errno != EWOULDBLOCK && errno != EINTR) {
      return false;
    }
    const timespec pause{.tv_sec = 0, .tv_nsec = kPauseNs};
    (void)::nanosleep(&pause, nullptr);
  }
  errno = EWOULDBLOCK;
  return false;
}

}  // namespace

Result<BundleFile> BundleFile::open(const std::string& bundle) {
  BundleFile file;
  const std::string what = "bundle '" + escape(bundle) + "'";
  file.path_ = what + ": " + kName;
  file.dir_ = UniqueFd(::open(bundle.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!file.dir_.valid()) {
    const int saved_errno = errno;
    return system_error(what + ": cannot be opened", saved_errno,
                        "name the directory of config.json");
  }
  file.directory_ = path_of(file.dir_.get()).value_or(bundle);
  if (!lock(file.dir_.get())) {
    const int saved_errno = errno;
    return system_error(what + ": cannot be locked", saved_errno,
                        "end the program that holds the lock on the directory");
  }
  const UniqueFd config(
      ::openat(file.dir_.get(), kName, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
  struct stat info {};
  if (!config.valid() || ::fstat(config.get(), &info) != 0) {
    const int saved_errno = errno;
    return system_error(file.path_ + " cannot be opened", saved_errno, kFileHint);
  }
  if (!S_ISREG(info.st_mode)) {
    return Error{Errc::kSystem, file.path_ + " is not a regular file", kFileHint};
  }
  file.owner_ = {.uid = info.st_uid, .gid = info.st_gid, .mode = info.st_mode & 07777};
  Result<std::string> text = read_all(config.get(), oci::kConfigMax, kName);
  if (!text) {
    return std::move(text).error();
  }
  file.text_ = *std::move(text);
  return file;
}

Status BundleFile::replace(std::string_view text) const {
  constexpr mode_t kPrivate = 0600;  // until it has its owner
  (void)::unlinkat(dir_.get(), kTemporary, 0);
  UniqueFd file(::openat(dir_.get(), kTemporary,
                         O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kPrivate));
  if (!file.valid()) {
    const int saved_errno = errno;
    return system_error(path_ + " cannot be replaced", saved_errno, kWriteHint);
  }
  if (!replace_with(std::move(file), dir_.get(), kTemporary, kName, text, owner_,
                    /*is_synced=*/false)) {
    const int saved_errno = errno;
    return system_error(path_ + " cannot be replaced", saved_errno, kWriteHint);
  }
  return Ok{};
}

}  // namespace sg::oci
