// SPDX-License-Identifier: Apache-2.0
// trusted_file_test.cpp - who could change a file: by its own mode, by the directories above it, by
// links.
#include "host/trusted_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "base/file_write.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using sg::Errc;
using sg::host::require_trusted_path;
using sg::test::TempDir;

namespace {

std::string why(const std::string& path) {
  const sg::Status status = require_trusted_path(path);
  CHECK((status || !status.error().hint.empty()));
  return status ? "" : status.error().message;
}

bool says(const std::string& path, const std::string& what) {
  return why(path).find(what) != std::string::npos;
}

void make_file(const std::string& path) { REQUIRE(sg::replace_file(path, "x")); }

}  // namespace

TEST_CASE("Trusted path: owner and mode") {
  struct Case {
    const char* why;
    uid_t owner;
    mode_t mode;
    bool others;
  };
  const Case cases[] = {{"root's alone", 0, 0755, false},
                        {"a group's", 0, 0775, true},
                        {"everybody's", 0, 0757, true},
                        {"another's", 1000, 0755, true},
                        {"read by nobody", 0, 0, false}};
  for (const Case& c : cases) {
    INFO(c.why);
    struct stat info {};
    info.st_uid = c.owner;
    info.st_mode = S_IFREG | c.mode;
    CHECK(sg::host::others_can_write(info) == c.others);
  }
}

TEST_CASE("Trusted path: absolute, and of something that is there") {
  CHECK(why("a/file") == "the path is not absolute");
  CHECK(why("") == "the path is not absolute");
  const sg::Status missing = require_trusted_path("/none/x");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Errc::kSystem);
  CHECK(missing.error().message.starts_with("/none: "));
  CHECK(why("/").empty());
}

TEST_CASE("Trusted path: the file and what it stands in") {
  if (::geteuid() != 0) {
    return;  // nothing of root's can be made
  }
  const TempDir dir;  // below /tmp: everybody may write there, but for the sticky bit
  const std::string above = dir.path() + "/a";
  const std::string path = above + "/file";
  make_file(path);
  struct Case {
    const char* why;
    mode_t file_mode, above_mode;
    uid_t file_owner, above_owner;
    std::string says;
  };
  const std::string its_directory = "others than root can write its directory " + above;
  const Case cases[] = {
      {"as it should be", 0644, 0755, 0, 0, ""},
      {"a group can write", 0664, 0755, 0, 0, "others than root can write it"},
      {"all can write", 0646, 0755, 0, 0, "others than root can write it"},
      {"another's", 0644, 0755, 1000, 0, "others than root can write it"},
      {"in a directory of a group's", 0644, 0775, 0, 0, its_directory},
      {"in a sticky directory", 0644, 01777, 0, 0, ""},
      {"another's in a sticky directory", 0644, 01777, 1000, 0, "others than root can write it"},
      {"in a directory of another's", 0644, 0755, 0, 1000, its_directory},
      {"in a sticky directory of another's", 0644, 01777, 0, 1000, its_directory},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    REQUIRE(::chown(path.c_str(), c.file_owner, 0) == 0);
    REQUIRE(::chown(above.c_str(), c.above_owner, 0) == 0);
    REQUIRE(::chmod(path.c_str(), c.file_mode) == 0);
    REQUIRE(::chmod(above.c_str(), c.above_mode) == 0);
    CHECK(why(path) == c.says);
    CHECK(why(dir.path() + "/./a/../a//file") == c.says);
  }
}

TEST_CASE("Trusted path: links") {
  if (::geteuid() != 0) {
    return;
  }
  const TempDir dir;
  make_file(dir.path() + "/a/file");
  const std::string link = dir.path() + "/link";
  REQUIRE(::symlink("a", link.c_str()) == 0);
  CHECK(why(link + "/file").empty());
  // Whoever owns the link chooses where it leads.
  REQUIRE(::lchown(link.c_str(), 1000, 0) == 0);
  CHECK(why(link + "/file") == "others than root own the link " + link);
  REQUIRE(::unlink(link.c_str()) == 0);
  // The directory of the link counts, and so does the one it leads to.
  make_file(dir.path() + "/b/x");
  const std::string other = dir.path() + "/b/link";
  REQUIRE(::symlink((dir.path() + "/a/file").c_str(), other.c_str()) == 0);
  CHECK(why(other).empty());
  REQUIRE(::chmod((dir.path() + "/b").c_str(), 0777) == 0);
  CHECK(says(other, "directory " + dir.path() + "/b"));
  REQUIRE(::chmod((dir.path() + "/b").c_str(), 0755) == 0);
  REQUIRE(::chmod((dir.path() + "/a").c_str(), 0777) == 0);
  CHECK(says(other, "directory " + dir.path() + "/a"));
  // A circle.
  REQUIRE(::symlink(link.c_str(), link.c_str()) == 0);
  CHECK(why(link) == "there are more than 40 links on the way");
}
