// SPDX-License-Identifier: Apache-2.0
// probe.cpp - a scratch cgroup, a guard on it, and a child that writes.
//
// The child has a UTS namespace of its own, so that no host sees what it writes; it allocates
// nothing and reports over a pipe.
//
// Tested by test/kernel/probe_test.cpp.
#include "kernel/probe.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file_io.h"
#include "base/text.h"
#include "base/unique_fd.h"
#include "host/cgroup_path.h"
#include "kernel/attachment.h"

namespace sg::kernel {
namespace {

constexpr std::size_t kMountinfoMax = std::size_t{64} << 20;  // as in cgroup.cpp
constexpr const char* kProbePath = "/proc/sys/kernel/domainname";

// A cgroup that is gone with its owner.
class ScratchCgroup {
 public:
  explicit ScratchCgroup(std::string path) : path_(std::move(path)) {}
  ScratchCgroup(const ScratchCgroup&) = delete;
  ScratchCgroup& operator=(const ScratchCgroup&) = delete;
  // The kernel may let go of a process's cgroup a moment after it was waited for.
  ~ScratchCgroup() {
    constexpr timespec kPause{.tv_sec = 0, .tv_nsec = 10'000'000};
    for (int tries = 0; ::rmdir(path_.c_str()) != 0 && errno == EBUSY && tries < 100; ++tries) {
      (void)::nanosleep(&kPause, nullptr);
    }
  }

 private:
  std::string path_;
};

Result<std::string> scratch_path() {
  const Result<std::string> text = read_file(AT_FDCWD, "/proc/self/mountinfo", kMountinfoMax);
  if (!text) {
    return text.error();
  }
  const std::vector<host::CgroupMount> mounts = host::parse_cgroup_mounts(*text);
  if (mounts.empty()) {
    return Error{Errc::kUnsupported, "no cgroup2 filesystem is mounted",
                 "mount one: mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified"};
  }
  return mounts.back().point + "/sysctl-guard-doctor-" + std::to_string(::getpid());
}

int write_errno(const char* value) {
  const int fd = ::open(kProbePath, O_WRONLY | O_CLOEXEC);
  if (fd < 0) {
    return errno;
  }
  const ssize_t written = ::write(fd, value, std::strlen(value));
  const int saved_errno = written < 0 ? errno : 0;
  (void)::close(fd);
  return saved_errno;
}

// The child: never returns. Its exit code is 1 where it did not get as far as to write.
[[noreturn]] void be_guarded(int procs_fd, int report_fd) {
  ProbeOutcome outcome;
  if (::write(procs_fd, "0", 1) != 1 || ::unshare(CLONE_NEWUTS) != 0) {
    ::_exit(1);
  }
  outcome.allowed_errno = write_errno(kProbeAllowed);
  outcome.denied_errno = write_errno(kProbeDenied);
  ::_exit(::write(report_fd, &outcome, sizeof outcome) == sizeof outcome ? 0 : 1);
}

Result<ProbeOutcome> run_child(int procs_fd) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    const int saved_errno = errno;
    return system_error("pipe", saved_errno, "");
  }
  const UniqueFd from(ends[0]);
  UniqueFd to(ends[1]);
  const pid_t child = ::fork();
  if (child < 0) {
    const int saved_errno = errno;
    return system_error("fork", saved_errno, "");
  }
  if (child == 0) {
    be_guarded(procs_fd, to.get());
  }
  to.reset();
  ProbeOutcome outcome;
  const ssize_t length = ::read(from.get(), &outcome, sizeof outcome);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  if (length != static_cast<ssize_t>(sizeof outcome)) {
    return Error{Errc::kSystem, "a process could not enter the scratch cgroup or a UTS namespace",
                 "it takes CAP_SYS_ADMIN; a container has to be privileged for this"};
  }
  return outcome;
}

}  // namespace

Result<ProbeOutcome> probe_guard(const GuardInput& input) {
  const Result<std::string> path = scratch_path();
  if (!path) {
    return path.error();
  }
  const std::string noun = "scratch cgroup '" + escape(*path) + "'";
  if (::mkdir(path->c_str(), 0755) != 0) {
    const int saved_errno = errno;
    return system_error(noun + ": cannot be made", saved_errno, "");
  }
  const ScratchCgroup scratch(*path);
  const UniqueFd dir(::open(path->c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const UniqueFd procs(::open((*path + "/cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC));
  if (!dir.valid() || !procs.valid()) {
    const int saved_errno = errno;
    return system_error(noun + ": cannot be opened", saved_errno, "");
  }
  const Result<Guard> guard = Guard::load(input);
  if (!guard) {
    return guard.error();
  }
  if (Status attached = attach_guard(dir.get(), *guard, input.container); !attached) {
    return std::move(attached).error();
  }
  return run_child(procs.get());
}

}  // namespace sg::kernel
