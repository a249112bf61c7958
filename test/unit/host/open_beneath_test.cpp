// SPDX-License-Identifier: Apache-2.0
// open_beneath_test.cpp - what is below is opened; links, ways out and mounts are not. Links of
// each process are no place.
#include "host/open_beneath.h"

#include <fcntl.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>

#include "support/catch.h"
#include "support/temp_dir.h"

using sg::UniqueFd;
using sg::host::Mounts;
using sg::host::open_beneath;

namespace {

// 0, or why `path` could not be opened.
int error_of(int dir_fd, const std::string& path, Mounts mounts = Mounts::kNone) {
  errno = 0;
  return open_beneath(dir_fd, path, O_PATH | O_NOFOLLOW, mounts).valid() ? 0 : errno;
}

}  // namespace

TEST_CASE("Open beneath: only what really is below") {
  const sg::test::TempDir dir;
  std::filesystem::create_directories(dir.path() + "/a/b");
  std::ofstream(dir.path() + "/a/b/file") << "x";
  std::filesystem::create_symlink("a", dir.path() + "/link");
  std::filesystem::create_symlink("/", dir.path() + "/a/root");
  const UniqueFd fd(::open(dir.path().c_str(), O_PATH | O_DIRECTORY));
  CHECK(error_of(fd.get(), "a/b/file") == 0);
  CHECK(error_of(fd.get(), ".") == 0);
  CHECK(error_of(fd.get(), "a/nothing") == ENOENT);
  CHECK(error_of(fd.get(), "link/b/file") == ELOOP);
  CHECK(error_of(fd.get(), "a/root/etc") == ELOOP);
  CHECK(error_of(fd.get(), "../x") == EXDEV);
  CHECK(error_of(fd.get(), "/etc") == EXDEV);
  CHECK(error_of(fd.get(), std::string("a\0b", 3)) == EINVAL);
}

TEST_CASE("Open beneath: over a mount only where that is asked for") {
  const UniqueFd root(::open("/", O_PATH | O_DIRECTORY));
  CHECK(error_of(root.get(), "proc/self/status", Mounts::kNone) == EXDEV);
  CHECK(error_of(root.get(), "proc/sys/kernel/ostype", Mounts::kFollowed) == 0);
  // Not even there over a link.
  CHECK(error_of(root.get(), "proc/self/status", Mounts::kFollowed) == ELOOP);
}

TEST_CASE("Open place: over links, but over none that each process follows elsewhere") {
  const sg::test::TempDir dir;
  std::filesystem::create_symlink("/proc/self/../cpuinfo", dir.path() + "/link");
  std::filesystem::create_symlink("/proc/self/cwd", dir.path() + "/mine");
  const auto error = [](const std::string& path) {
    errno = 0;
    return sg::host::open_place(path).valid() ? 0 : errno;
  };
  CHECK(error(dir.path()) == 0);
  CHECK(error(dir.path() + "/link") == 0);
  CHECK(error("/proc/self/status") == 0);
  CHECK(error(dir.path() + "/mine") == ELOOP);
  CHECK(error(dir.path() + "/mine/..") == ELOOP);
  CHECK(error("/proc/self/root") == ELOOP);
  CHECK(error(dir.path() + "/nothing") == ENOENT);
  CHECK(error(std::string("/\0b", 3)) == EINVAL);
}
