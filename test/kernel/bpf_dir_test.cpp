// SPDX-License-Identifier: Apache-2.0
// bpf_dir_test.cpp - our own bpffs below a /run of this process' own: mounted once, root's alone.
//
// Needs root.
#include "kernel/bpf_dir.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "base/mountinfo.h"
#include "support/catch.h"

using namespace sg;
using kernel::BpfDirState;

namespace {

constexpr uid_t kUser = 1000;

void enter_own_mounts() {
  static const bool entered = ::unshare(CLONE_NEWNS) == 0 &&
                              ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
  REQUIRE(entered);
}

// A directory in place of /run, with everything that was mounted there gone with its owner.
class Run {
 public:
  Run() {
    enter_own_mounts();
    char path[] = "/tmp/sysctl-guard-test-XXXXXX";
    REQUIRE(::mkdtemp(path) != nullptr);
    path_ = path;
    REQUIRE(::mount("run", path, "tmpfs", 0, "mode=755") == 0);
  }
  ~Run() {
    (void)::umount2(path_.c_str(), MNT_DETACH);
    (void)::rmdir(path_.c_str());
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] std::string dir() const { return path_ + "/sysctl-guard"; }
  [[nodiscard]] std::string bpf() const { return dir() + "/bpf"; }
  [[nodiscard]] BpfDirState state() const { return kernel::look_at_bpf_dir(path_).state; }

 private:
  std::string path_;
};

std::string mode_of(const std::string& path) {
  struct stat found {};
  REQUIRE(::lstat(path.c_str(), &found) == 0);
  return std::to_string(found.st_uid) + " " + std::to_string(found.st_mode & 0777);
}

// How often something is mounted there.
std::size_t mounts_at(const std::string& path) {
  std::ifstream file("/proc/self/mountinfo");
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const std::vector<MountEntry> mounts = parse_mountinfo(text);
  return static_cast<std::size_t>(std::ranges::count(mounts, path, &MountEntry::point));
}

}  // namespace

TEST_CASE("BPF directory: mounted once, root's alone, and removed where it is empty") {
  const Run run;
  CHECK(run.state() == BpfDirState::kAbsent);
  CHECK(kernel::check_bpf_dir(run.path()));
  CHECK_FALSE(kernel::try_lock_bpf_dir(run.path()).valid());
  CHECK_FALSE(*kernel::remove_bpf_dir(run.path()));
  for (int i = 0; i < 2; ++i) {
    const Status made = kernel::make_bpf_dir(run.path());
    INFO((made ? "" : made.error().message));
    REQUIRE(made);
    CHECK(run.state() == BpfDirState::kOurs);
    CHECK(mounts_at(run.bpf()) == 1);
    CHECK(mode_of(run.dir()) == "0 " + std::to_string(0700));
    CHECK(mode_of(run.bpf()) == "0 " + std::to_string(0700));
    CHECK(kernel::pins_in_bpf_dir(run.path()).empty());
  }
  REQUIRE(::mkdir((run.bpf() + "/pin").c_str(), 0700) == 0);
  CHECK(kernel::pins_in_bpf_dir(run.path()) == std::vector<std::string>{"pin"});
  CHECK_FALSE(*kernel::remove_bpf_dir(run.path()));
  CHECK(run.state() == BpfDirState::kOurs);
  REQUIRE(::rmdir((run.bpf() + "/pin").c_str()) == 0);
  {
    const UniqueFd lock = kernel::try_lock_bpf_dir(run.path());
    CHECK(lock.valid());
    CHECK_FALSE(kernel::try_lock_bpf_dir(run.path()).valid());
    CHECK_FALSE(*kernel::remove_bpf_dir(run.path()));
  }
  CHECK(*kernel::remove_bpf_dir(run.path()));
  CHECK(run.state() == BpfDirState::kAbsent);
  CHECK(mounts_at(run.bpf()) == 0);
  CHECK(::access(run.dir().c_str(), F_OK) != 0);
}

TEST_CASE("BPF directory: hooks that come at once mount it once") {
  for (int round = 0; round < 20; ++round) {
    const Run run;
    std::vector<std::thread> hooks;
    std::vector<int> is_made(8);
    for (int& made : is_made) {
      hooks.emplace_back([&made, &run] { made = kernel::make_bpf_dir(run.path()) ? 1 : 0; });
    }
    for (std::thread& hook : hooks) {
      hook.join();
    }
    CHECK(std::ranges::count(is_made, 1) == 8);
    CHECK(mounts_at(run.bpf()) == 1);
    CHECK(run.state() == BpfDirState::kOurs);
  }
}

TEST_CASE(
    "BPF directory: what others could have made is foreign, said with whose it is, and left") {
  struct Case {
    const char* why;
    const char* below;  // run.path()
    mode_t mode;
    uid_t uid;
  };
  const Case cases[] = {
      {"all of /run is another's", "", 0755, kUser},
      {"all can write to /run", "", 01777, 0},
      {"the group of /run can write", "", 0775, 0},
      {"a user's, though nobody else can enter", "/sysctl-guard", 0700, kUser},
      {"root's, and others can enter", "/sysctl-guard", 0755, 0},
      {"root's, and its group can", "/sysctl-guard", 0710, 0},
      {"the mount is a user's", "/sysctl-guard/bpf", 0700, kUser},
      {"others can enter the mount", "/sysctl-guard/bpf", 01777, 0},
  };
  for (const bool is_mounted : {true, false}) {
    for (const Case& c : cases) {
      INFO(c.why << ", mounted " << is_mounted);
      const Run run;
      REQUIRE(::mkdir(run.dir().c_str(), 0700) == 0);
      REQUIRE(::mkdir(run.bpf().c_str(), 0700) == 0);
      REQUIRE((!is_mounted || ::mount("x", run.bpf().c_str(), "bpf", 0, "mode=0700") == 0));
      // The control: as it is now, it is used.
      CHECK(run.state() == (is_mounted ? BpfDirState::kOurs : BpfDirState::kAbsent));
      const std::string path = run.path() + c.below;
      REQUIRE(::chmod(path.c_str(), c.mode) == 0);
      REQUIRE(::chown(path.c_str(), c.uid, c.uid) == 0);
      const std::string before = mode_of(path);
      CHECK(run.state() == BpfDirState::kForeign);
      const Status usable = kernel::check_bpf_dir(run.path());
      REQUIRE_FALSE(usable);
      CHECK(usable.error().code == Errc::kUnsupported);
      CHECK(usable.error().message.starts_with(path + ": a directory of user " +
                                               std::to_string(c.uid) + " with mode "));
      CHECK_FALSE(kernel::make_bpf_dir(run.path()));
      CHECK_FALSE(*kernel::remove_bpf_dir(run.path()));
      CHECK(mode_of(path) == before);
      CHECK(mounts_at(run.bpf()) == (is_mounted ? 1 : 0));
    }
  }
  const Run run;
  REQUIRE(::symlink("/root", run.dir().c_str()) == 0);
  CHECK(run.state() == BpfDirState::kForeign);
  CHECK(kernel::look_at_bpf_dir(run.path()).what.find("a symbolic link of user 0 ") !=
        std::string::npos);
  CHECK_FALSE(kernel::make_bpf_dir(run.path()));
}

TEST_CASE(
    "BPF directory: where another filesystem is mounted in its place nothing is taken from it") {
  const Run run;
  REQUIRE(kernel::make_bpf_dir(run.path()));
  REQUIRE(::mount("x", run.bpf().c_str(), "tmpfs", 0, "mode=0700") == 0);
  CHECK(run.state() == BpfDirState::kAbsent);
  CHECK(kernel::make_bpf_dir(run.path()));
  CHECK(run.state() == BpfDirState::kOurs);
}
