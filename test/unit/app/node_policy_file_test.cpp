// SPDX-License-Identifier: Apache-2.0
// node_policy_file_test.cpp - only a file that is clearly not there is none.
#include "app/node_policy_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "support/catch.h"

using sg::Errc;
using sg::app::require_no_node_policy;

TEST_CASE("Node policy: a file or a dangling link that is there refuses, a missing one does not") {
  std::string directory = "/tmp/sg-node-policy-XXXXXX";
  REQUIRE(::mkdtemp(directory.data()) != nullptr);
  const std::string file = directory + "/policy.json";
  CHECK(require_no_node_policy(file.c_str()));
  CHECK(require_no_node_policy((directory + "/none/policy.json").c_str()));

  REQUIRE(::symlink("/nowhere", file.c_str()) == 0);
  const sg::Status linked = require_no_node_policy(file.c_str());
  REQUIRE_FALSE(linked);
  CHECK(linked.error().code == Errc::kNodePolicy);
  CHECK(linked.error().message.find(file) != std::string::npos);
  REQUIRE(::unlink(file.c_str()) == 0);

  const int fd = ::open(file.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  REQUIRE(fd >= 0);
  REQUIRE(::close(fd) == 0);
  CHECK_FALSE(require_no_node_policy(file.c_str()));
  CHECK(require_no_node_policy((file + "/x").c_str()));
  REQUIRE(::unlink(file.c_str()) == 0);
  REQUIRE(::rmdir(directory.c_str()) == 0);
}

TEST_CASE("Node policy: a path that cannot be looked at counts as one that is there") {
  CHECK_FALSE(require_no_node_policy(std::string(5000, 'n').c_str()));
}
