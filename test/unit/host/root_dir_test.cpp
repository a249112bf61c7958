// SPDX-License-Identifier: Apache-2.0
// root_dir_test.cpp - paths and links of a system below a directory never lead out of it.
#include "host/root_dir.h"

#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "base/file_write.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using sg::host::RootDir;
using sg::test::TempDir;

namespace {

std::string located(const RootDir& root, const std::string& path) {
  const sg::Result<std::string> real = root.locate(path);
  return real ? *real : "error: " + real.error().message;
}

void link(const std::string& target, const std::string& path) {
  REQUIRE(::symlink(target.c_str(), path.c_str()) == 0);
}

}  // namespace

TEST_CASE("Root: a path is found below it, through links that mean the system below") {
  const TempDir dir;
  const RootDir root(dir.path() + "/");
  REQUIRE(sg::replace_file(dir.path() + "/data/docker/daemon.json", "{}"));
  REQUIRE(::mkdir((dir.path() + "/etc").c_str(), 0755) == 0);
  link("/data/docker", dir.path() + "/etc/docker");
  link("../data/docker/daemon.json", dir.path() + "/etc/relative");
  link("../../../../../data", dir.path() + "/etc/above");
  link("/none/y", dir.path() + "/etc/dangling");
  link("../none", dir.path() + "/etc/dangling2");
  link("/etc/loop", dir.path() + "/etc/loop");
  struct Case {
    const char* why;
    std::string path;
    std::string expected;
  };
  const Case cases[] = {
      {"no link", "/data/docker/daemon.json", "/data/docker/daemon.json"},
      {"an absolute link begins at the root", "/etc/docker/daemon.json",
       "/data/docker/daemon.json"},
      {"a relative link at the end", "/etc/relative", "/data/docker/daemon.json"},
      {"a link above the root ends at the root", "/etc/above/x", "/data/x"},
      {"dots above the root end at the root", "/../../etc/x", "/etc/x"},
      {"dots and slashes are layout", "//etc/./../etc/y/", "/etc/y"},
      {"what is missing is where it would be made", "/none/x.json", "/none/x.json"},
      {"the root itself", "/", ""},
      {"what is missing behind a link to nowhere is where the link leads", "/etc/dangling/x",
       "/none/y/x"},
      {"and behind a relative one", "/etc/dangling2", "/none"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(located(root, c.path) == dir.path() + c.expected);
  }
  CHECK(located(root, "/etc/loop").starts_with("error: path '/etc/loop': "));
  link("/none/../etc", dir.path() + "/etc/dangling3");
  for (const std::string path :
       {"/none/../../../../../tmp/x", "/data/none/../x", "/etc/relative/..", "/etc/dangling3/x"}) {
    CHECK(located(root, path) ==
          "error: path '" + path + "': has '..' behind a directory that is not there");
  }
}

TEST_CASE("Root: what is read, and what is not there") {
  const TempDir dir;
  const RootDir root(dir.path());
  REQUIRE(sg::replace_file(dir.path() + "/etc/a", "text"));
  const auto text = root.read("/etc/a");
  REQUIRE(text);
  CHECK(*text == "text");
  CHECK(root.has("/etc/a"));
  for (const char* path : {"/etc/b", "/etc/a/b", "/none/c"}) {
    INFO(path);
    const auto none = root.read(path);
    REQUIRE(none);
    CHECK_FALSE(none->has_value());
    CHECK_FALSE(root.has(path));
  }
  CHECK_FALSE(root.read("/etc"));
  link("/etc/nowhere", dir.path() + "/etc/dangling");
  const auto dangling = root.read("/etc/dangling");
  REQUIRE(dangling);
  CHECK_FALSE(dangling->has_value());
}

TEST_CASE("Root: this system is the one below '/', and which paths are inside") {
  CHECK(RootDir("").is_this_system());
  CHECK(RootDir("/").is_this_system());
  CHECK_FALSE(RootDir("/x").is_this_system());
  CHECK(RootDir("/x/").inside("/x/usr/bin") == "/usr/bin");
  CHECK_FALSE(RootDir("/x").inside("/xy/usr"));
  CHECK(RootDir("/").inside("/usr/bin") == "/usr/bin");
}
