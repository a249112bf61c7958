// SPDX-License-Identifier: Apache-2.0
// option_values_test.cpp - values that several commands read.
#include "cli/option_values.h"

#include "support/catch.h"

using namespace sg;

TEST_CASE("Option values: namespaces, none of them, and one that is unknown") {
  const auto read = [](const std::string& list) {
    return app::read_private_namespaces({.options = {{"--private-ns", {list}}}, .operands = {}});
  };
  CHECK_FALSE(app::read_private_namespaces({})->has_value());
  CHECK(**read("net,user") == policy::NamespaceSet{.net = true, .user = true});
  CHECK(**read("") == policy::NamespaceSet{});
  CHECK(
      read("nett").error().message ==
      "--private-ns: unknown namespace 'nett'; known are net, ipc, uts, user; did you mean 'net'?");
}

TEST_CASE("Option values: paths are absolute") {
  const app::Arguments given{.options = {{"--root", {"/r"}}, {"--policy", {""}}}, .operands = {}};
  CHECK(*app::read_absolute_path(given, "--root", "/") == "/r");
  CHECK(*app::read_absolute_path({}, "--root", "/") == "/");
  CHECK(app::read_absolute_path(given, "--policy", "/").error().message ==
        "--policy: '' is not an absolute path");
}
