// SPDX-License-Identifier: Apache-2.0
// caller_test.cpp - a line of the log about whoever runs the test.
#include "host/caller.h"

#include <unistd.h>

#include <cstdlib>

#include "support/catch.h"

using namespace sg;

TEST_CASE("Who: the text") {
  CHECK(host::describe({.uid = 0, .sudo_user = "", .login_uid = {}, .pid = 7}) == "uid 0, pid 7");
  CHECK(host::describe({.uid = 0, .sudo_user = "a\nb", .login_uid = {}, .pid = 7}) ==
        "uid 0 (sudo: a\\nb), pid 7");
  CHECK(host::describe({.uid = 5, .sudo_user = "", .login_uid = 1000, .pid = 7}) ==
        "uid 5 (login uid 1000), pid 7");
  CHECK(host::describe({.uid = 0, .sudo_user = "alice", .login_uid = 1000, .pid = 7}) ==
        "uid 0 (sudo: alice, login uid 1000), pid 7");
}

TEST_CASE("Who: this process") {
  REQUIRE(::setenv("SUDO_USER", "bob", 1) == 0);
  const host::Who who = host::read_who();
  CHECK(who.uid == ::getuid());
  CHECK(who.pid == ::getpid());
  CHECK(who.sudo_user == "bob");
  REQUIRE(::unsetenv("SUDO_USER") == 0);
  CHECK(host::read_who().sudo_user.empty());
}
