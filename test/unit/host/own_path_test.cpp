// SPDX-License-Identifier: Apache-2.0
// own_path_test.cpp - the path of this very test program.
#include "host/own_path.h"

#include <filesystem>
#include <string>

#include "support/catch.h"

TEST_CASE("Own path: absolute, and the running binary") {
  const sg::Result<std::string> path = sg::host::own_path();
  REQUIRE(path);
  CHECK(path->starts_with('/'));
  CHECK(std::filesystem::equivalent(*path, "/proc/self/exe"));
}
