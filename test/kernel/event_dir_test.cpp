// SPDX-License-Identifier: Apache-2.0
// event_dir_test.cpp - the directory of events, in a bpffs of this process' own, of several modes.
//
// Needs root.
#include "kernel/event_dir.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "support/catch.h"

using namespace sg;
using kernel::EventDir;
using kernel::EventDirOwner;

namespace {

constexpr uid_t kUser = 1000;

void enter_own_mounts() {
  static const bool entered = ::unshare(CLONE_NEWNS) == 0 &&
                              ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
  REQUIRE(entered);
}

// A bpffs somewhere, gone with its owner.
class Bpffs {
 public:
  explicit Bpffs(mode_t mode) {
    enter_own_mounts();
    char path[] = "/tmp/sysctl-guard-test-XXXXXX";
    REQUIRE(::mkdtemp(path) != nullptr);
    path_ = path;
    REQUIRE(::mount("bpf", path, "bpf", 0, nullptr) == 0);
    REQUIRE(::chmod(path, mode) == 0);
  }
  ~Bpffs() {
    (void)::umount2(path_.c_str(), MNT_DETACH);
    (void)::rmdir(path_.c_str());
  }
  Bpffs(const Bpffs&) = delete;
  Bpffs& operator=(const Bpffs&) = delete;

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] std::string dir() const { return path_ + "/sysctl-guard"; }
  [[nodiscard]] EventDir look() const { return kernel::look_at_event_dir(path_); }

 private:
  std::string path_;
};

std::string mode_of(const std::string& path) {
  struct stat found {};
  REQUIRE(::lstat(path.c_str(), &found) == 0);
  return std::to_string(found.st_uid) + " " + std::to_string(found.st_mode & 07777);
}

}  // namespace

TEST_CASE("Event directory: made once, root's alone, and removed where it is empty") {
  for (const mode_t mode : {0700U, 0755U, 01777U, 0777U}) {
    const Bpffs bpffs(mode);
    CHECK(bpffs.look().owner == EventDirOwner::kAbsent);
    CHECK(bpffs.look().can_take == ((mode & 022) != 0));
    CHECK_FALSE(*kernel::remove_event_dir(bpffs.path()));
    CHECK(*kernel::make_event_dir(bpffs.path()));
    CHECK(mode_of(bpffs.dir()) == "0 " + std::to_string(0700));
    CHECK(bpffs.look().owner == EventDirOwner::kRoot);
    CHECK(bpffs.look().is_empty);
    CHECK(bpffs.look().can_take == (mode == 0777));
    CHECK_FALSE(*kernel::make_event_dir(bpffs.path()));
    REQUIRE(::mkdir((bpffs.dir() + "/pin").c_str(), 0700) == 0);
    CHECK_FALSE(bpffs.look().is_empty);
    CHECK_FALSE(*kernel::remove_event_dir(bpffs.path()));
    CHECK(bpffs.look().owner == EventDirOwner::kRoot);
    REQUIRE(::rmdir((bpffs.dir() + "/pin").c_str()) == 0);
    CHECK(*kernel::remove_event_dir(bpffs.path()));
    CHECK(bpffs.look().owner == EventDirOwner::kAbsent);
  }
}

TEST_CASE(
    "Event directory: whatever else is there is foreign, said with whose it is, and left alone") {
  struct Case {
    const char* why;
    mode_t mode;
    uid_t uid;
    const char* what;
  };
  const Case cases[] = {
      {"a user's, though nobody else can enter", 0700, kUser,
       "a directory of user 1000 with mode 0700"},
      {"a user's, open", 0755, kUser, "a directory of user 1000 with mode 0755"},
      {"root's, and others can enter", 0755, 0, "a directory of user 0 with mode 0755"},
      {"root's, and its group can", 0710, 0, "a directory of user 0 with mode 0710"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const Bpffs bpffs(01777);
    REQUIRE(::mkdir(bpffs.dir().c_str(), 0700) == 0);
    REQUIRE(::chmod(bpffs.dir().c_str(), c.mode) == 0);
    REQUIRE(::chown(bpffs.dir().c_str(), c.uid, c.uid) == 0);
    const std::string before = mode_of(bpffs.dir());
    CHECK(bpffs.look().owner == EventDirOwner::kForeign);
    const Status usable = kernel::check_event_dir(bpffs.path());
    REQUIRE_FALSE(usable);
    CHECK(usable.error().code == Errc::kUnsupported);
    CHECK(usable.error().message ==
          bpffs.dir() + ": it is not a directory that root alone can enter, but " + c.what);
    CHECK(usable.error().hint.find("rm -r " + bpffs.dir()) != std::string::npos);
    CHECK_FALSE(kernel::make_event_dir(bpffs.path()));
    CHECK_FALSE(*kernel::remove_event_dir(bpffs.path()));
    CHECK(mode_of(bpffs.dir()) == before);
  }
  const Bpffs bpffs(01777);
  REQUIRE(::symlink("/root", bpffs.dir().c_str()) == 0);
  CHECK(bpffs.look().owner == EventDirOwner::kForeign);
  CHECK(bpffs.look().what.starts_with("a symbolic link of user 0 "));
  CHECK_FALSE(kernel::make_event_dir(bpffs.path()));
}

TEST_CASE("Event directory: a sticky bpffs of another user's can lose it, one of root's not") {
  const Bpffs bpffs(01777);
  REQUIRE(kernel::make_event_dir(bpffs.path()));
  CHECK_FALSE(bpffs.look().can_take);
  REQUIRE(::chown(bpffs.path().c_str(), kUser, kUser) == 0);
  CHECK(bpffs.look().can_take);
}

TEST_CASE("Event directory: without a bpffs there is none, and none is made") {
  enter_own_mounts();
  for (const char* const path : {"/tmp", "/nonexistent"}) {
    CHECK(kernel::look_at_event_dir(path).owner == EventDirOwner::kNone);
    CHECK(kernel::check_event_dir(path));
    const Result<bool> made = kernel::make_event_dir(path);
    REQUIRE_FALSE(made);
    CHECK(made.error().message == "no bpffs is mounted at " + std::string(path));
    CHECK_FALSE(*kernel::remove_event_dir(path));
  }
}
