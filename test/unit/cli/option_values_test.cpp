// SPDX-License-Identifier: Apache-2.0
// option_values_test.cpp - values that several commands read.
#include "cli/option_values.h"

#include "support/catch.h"

using namespace sg;

TEST_CASE("Option values: namespaces, none of them, and one that is unknown") {
  const auto read = [](const std::string& list) {
    return cli::read_private_namespaces({.options = {{"--private-ns", {list}}}, .operands = {}});
  };
  CHECK_FALSE(cli::read_private_namespaces({})->has_value());
  CHECK(**read("net,user") == sysctl::NamespaceSet{.net = true, .user = true});
  CHECK(**read("") == sysctl::NamespaceSet{});
  CHECK(read("nett").error().message ==
        "--private-ns: unknown namespace 'nett'; known are net, ipc, uts, user, pid; did you mean "
        "'net'?");
}

TEST_CASE("Option values: paths are absolute") {
  const cli::Arguments given{.options = {{"--root", {"/r"}}, {"--policy", {""}}}, .operands = {}};
  CHECK(*cli::read_absolute_path(given, "--root", "/") == "/r");
  CHECK(*cli::read_absolute_path({}, "--root", "/") == "/");
  CHECK(cli::read_absolute_path(given, "--policy", "/").error().message ==
        "--policy: '' is not an absolute path");
}
