// SPDX-License-Identifier: Apache-2.0
// run_program_test.cpp - what programs print, and those that fail, hang, or are not there.
#include "host/run_program.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "base/file_write.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using sg::host::find_in_path;
using sg::host::output_of;
using sg::test::TempDir;
using Words = std::vector<std::string>;

namespace {

constexpr int kLongMs = 20000;

std::string said(const Words& arguments, int timeout_ms = kLongMs) {
  const auto text = output_of("/bin/sh", arguments, timeout_ms);
  return text ? *text : "error: " + text.error().message;
}

}  // namespace

TEST_CASE("Programs: standard output alone, arguments as they are") {
  CHECK(said({"-c", "echo a; echo b >&2; read x || echo \"$1\"", "sh", "c;$HOME d"}) ==
        "a\nc;$HOME d\n");
  CHECK(said({"-c", ":"}).empty());
  CHECK(said({"-c", "head -c 1000000 /dev/zero"}).size() == 1000000);
}

TEST_CASE("Programs: failures") {
  CHECK(said({"-c", "exit 3"}) == "error: '/bin/sh': ended with 3");
  CHECK(said({"-c", "kill -9 $$"}) == "error: '/bin/sh': was ended by signal 9");
  CHECK(said({"-c", "exec sleep 1000"}, 100) == "error: '/bin/sh': takes too long");
  CHECK(said({"-c", "exec >&-; exec sleep 1000"}, 100) == "error: '/bin/sh': takes too long");
  CHECK(said({"-c", "exec cat /dev/zero"}) ==
        "error: '/bin/sh': prints too much, or cannot be read");
  const auto none = output_of("/none", Words{}, kLongMs);
  REQUIRE_FALSE(none);
  CHECK(none.error().message.starts_with("'/none': cannot be run"));
}

TEST_CASE("Programs: found in PATH, in absolute directories of it, and where systems keep them") {
  const TempDir dir;
  const std::string old = std::getenv("PATH");
  REQUIRE(sg::replace_file(dir.path() + "/sg-program", "x"));
  REQUIRE(::setenv("PATH", (".:" + dir.path()).c_str(), 1) == 0);
  CHECK_FALSE(find_in_path("sg-program").has_value());
  REQUIRE(::chmod((dir.path() + "/sg-program").c_str(), 0755) == 0);
  CHECK(find_in_path("sg-program") == dir.path() + "/sg-program");
  CHECK(find_in_path("sh").has_value());
  CHECK_FALSE(find_in_path("sg-no-such-program").has_value());
  REQUIRE(::unsetenv("PATH") == 0);
  CHECK(find_in_path("sh").has_value());
  REQUIRE(::setenv("PATH", old.c_str(), 1) == 0);
}
