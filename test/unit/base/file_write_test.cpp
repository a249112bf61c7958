// SPDX-License-Identifier: Apache-2.0
// file_write_test.cpp - whole or not at all; mode and owner stay; nothing is left beside the file.
#include "base/file_write.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/file_io.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using sg::remove_file;
using sg::remove_leftovers;
using sg::replace_file;
using sg::test::TempDir;

namespace {

std::string content_of(const std::string& path) {
  const sg::Result<std::string> text = sg::read_file(AT_FDCWD, path, 1 << 20);
  return text ? *text : "error: " + text.error().message;
}

std::vector<std::string> names_in(const std::string& path) {
  std::vector<std::string> names;
  DIR* const dir = ::opendir(path.c_str());
  REQUIRE(dir != nullptr);
  while (const dirent* entry = ::readdir(dir)) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") {
      names.push_back(name);
    }
  }
  ::closedir(dir);
  std::sort(names.begin(), names.end());
  return names;
}

mode_t mode_of(const std::string& path) {
  struct stat info {};
  REQUIRE(::lstat(path.c_str(), &info) == 0);
  return info.st_mode & 07777;
}

}  // namespace

TEST_CASE("File write: a new file, with its directories, and nothing beside it") {
  const TempDir dir;
  const std::string path = dir.path() + "/a/b/file.json";
  REQUIRE(replace_file(path, "one\n"));
  CHECK(content_of(path) == "one\n");
  CHECK(mode_of(path) == 0644);
  CHECK(mode_of(dir.path() + "/a") == 0755);
  CHECK(names_in(dir.path() + "/a/b") == std::vector<std::string>{"file.json"});
}

TEST_CASE("File write: the mode of the old file stays, whatever the umask") {
  const TempDir dir;
  const std::string path = dir.path() + "/file";
  const mode_t old = ::umask(077);
  REQUIRE(replace_file(path, "a"));
  CHECK(mode_of(path) == 0644);
  REQUIRE(::chmod(path.c_str(), 0660) == 0);
  REQUIRE(replace_file(path, std::string(100000, 'x')));
  CHECK(mode_of(path) == 0660);
  CHECK(content_of(path).size() == 100000);
  ::umask(old);
}

TEST_CASE("File write: the file is another one after it, so a reader never sees half of it") {
  const TempDir dir;
  const std::string path = dir.path() + "/file";
  REQUIRE(replace_file(path, "old"));
  const sg::UniqueFd reader(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  REQUIRE(replace_file(path, "new"));
  const sg::Result<std::string> seen = sg::read_all(reader.get(), 100, "file");
  REQUIRE(seen);
  CHECK(*seen == "old");
  CHECK(content_of(path) == "new");
}

TEST_CASE("File write: what cannot be replaced stays, and no temporary file is left") {
  const TempDir dir;
  const std::string path = dir.path() + "/taken";
  REQUIRE(::mkdir(path.c_str(), 0755) == 0);
  const sg::Status written = replace_file(path, "x");
  REQUIRE_FALSE(written);
  CHECK(written.error().code == sg::Errc::kSystem);
  CHECK(written.error().message.find("taken") != std::string::npos);
  CHECK(names_in(dir.path()) == std::vector<std::string>{"taken"});
  CHECK_FALSE(replace_file(dir.path() + "/taken\n/../" + std::string(300, 'n') + "/f", "x"));
}

TEST_CASE("File write: removing what is not there is success, a directory is none") {
  const TempDir dir;
  const std::string path = dir.path() + "/file";
  CHECK(remove_file(path));
  REQUIRE(replace_file(path, "x"));
  CHECK(remove_file(path));
  CHECK(names_in(dir.path()).empty());
  CHECK_FALSE(remove_file(dir.path()));
}

TEST_CASE("File write: directories that are made are for all to read, whatever the umask") {
  const TempDir dir;
  const mode_t old = ::umask(077);
  const sg::Status written = replace_file(dir.path() + "/a/b/file", "x");
  (void)::umask(old);
  REQUIRE(written);
  for (const char* name : {"/a", "/a/b"}) {
    struct stat info {};
    REQUIRE(::stat((dir.path() + name).c_str(), &info) == 0);
    CHECK((info.st_mode & 07777) == 0755);
  }
  // One that was there keeps its mode.
  REQUIRE(::chmod((dir.path() + "/a").c_str(), 0700) == 0);
  REQUIRE(replace_file(dir.path() + "/a/c/file", "x"));
  struct stat info {};
  REQUIRE(::stat((dir.path() + "/a").c_str(), &info) == 0);
  CHECK((info.st_mode & 07777) == 0700);
}

TEST_CASE("File write: what a killed run has left goes, and nothing that could be somebody's") {
  const TempDir dir;
  const std::string path = dir.path() + "/file";
  const std::string left = path + ".sysctl-guard-aZ09xy";
  const auto make = [](const std::string& name) {
    const sg::UniqueFd file(::open(name.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    REQUIRE(file.valid());
  };
  std::vector<std::string> others = {"file.aZ09xy",
                                     "file.sysctl-guard-",
                                     "file.sysctl-guard-aZ09x",
                                     "file.sysctl-guard-aZ09x.",
                                     "file.sysctl-guard-aZ09xyz",
                                     "file2.sysctl-guard-aZ09xy"};
  for (const std::string& name : others) {
    make(dir.path() + "/" + name);
  }
  REQUIRE(::symlink("file2", (path + ".sysctl-guard-linked").c_str()) == 0);
  REQUIRE(::mkdir((path + ".sysctl-guard-folder").c_str(), 0755) == 0);
  REQUIRE(::mkfifo((path + ".sysctl-guard-fifo00").c_str(), 0600) == 0);
  // One that is just being written.
  const std::string written = path + ".sysctl-guard-locked";
  make(written);
  const sg::UniqueFd writer(::open(written.c_str(), O_WRONLY | O_CLOEXEC));
  REQUIRE(::flock(writer.get(), LOCK_EX) == 0);
  for (const char* end : {"linked", "folder", "fifo00", "locked"}) {
    others.push_back(std::string("file.sysctl-guard-") + end);
  }
  if (::geteuid() == 0) {
    const std::string theirs = path + ".sysctl-guard-theirs";
    make(theirs);
    REQUIRE(::chown(theirs.c_str(), 1000, 1000) == 0);
    others.push_back("file.sysctl-guard-theirs");
  }
  std::sort(others.begin(), others.end());

  make(left);
  remove_leftovers(path);
  CHECK(names_in(dir.path()) == others);
  make(left);
  REQUIRE(remove_file(path));
  CHECK(names_in(dir.path()) == others);
  make(left);
  REQUIRE(replace_file(path, "x"));
  others.push_back("file");
  std::sort(others.begin(), others.end());
  CHECK(names_in(dir.path()) == others);
}
