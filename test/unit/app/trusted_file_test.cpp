// SPDX-License-Identifier: Apache-2.0
// trusted_file_test.cpp - who could change a file, by its own mode and by the directories above it.
#include "app/trusted_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "base/file_write.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using sg::app::require_trusted;
using sg::test::TempDir;

namespace {

std::string why(const std::string& path) {
  const sg::Status status = require_trusted(path);
  return status ? "" : status.error().message;
}

bool says(const std::string& path, const std::string& what) {
  return why(path).find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("Trusted file: what is there and is a file") {
  CHECK(says("/none/x", "'/none/x'"));
  CHECK(says("/", "is no regular file"));
  CHECK(says("/dev/null", "is no regular file"));
}

TEST_CASE("Trusted file: modes and owners, of the file and of what it stands in") {
  if (::geteuid() != 0) {
    return;  // nothing of root's can be made
  }
  const TempDir dir;  // below /tmp: everybody may write there, but for the sticky bit
  const std::string path = dir.path() + "/a/file";
  REQUIRE(sg::replace_file(path, "x"));
  CHECK(why(path).empty());
  REQUIRE(::symlink("file", (dir.path() + "/a/link").c_str()) == 0);
  CHECK(why(dir.path() + "/a/link").empty());

  REQUIRE(::chmod(path.c_str(), 0664) == 0);
  CHECK(says(path, "can be written by others than root"));
  REQUIRE(::chmod(path.c_str(), 0646) == 0);
  CHECK(says(path, "can be written by others than root"));
  REQUIRE(::chmod(path.c_str(), 0644) == 0);

  REQUIRE(::chown(path.c_str(), 1000, 0) == 0);
  CHECK(says(path, "belongs to user 1000, not to root"));
  REQUIRE(::chown(path.c_str(), 0, 0) == 0);

  const std::string above = dir.path() + "/a";
  REQUIRE(::chmod(above.c_str(), 0775) == 0);
  CHECK(says(path, "/a': can be written by others than root"));
  REQUIRE(::chmod(above.c_str(), 01777) == 0);
  CHECK(why(path).empty());
  REQUIRE(::chmod(above.c_str(), 0755) == 0);
  REQUIRE(::chown(above.c_str(), 1000, 0) == 0);
  CHECK(says(path, "/a': belongs to user 1000"));
}
