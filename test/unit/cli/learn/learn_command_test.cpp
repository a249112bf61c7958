// SPDX-License-Identifier: Apache-2.0
// learn_command_test.cpp - the command lines of learn.
#include "cli/learn/learn_command.h"

#include <string>

#include "support/catch.h"
#include "support/command_words.h"

using namespace sg;
using cli::LearnOptions;
using test::Words;

namespace {

Result<LearnOptions> read(const Words& words) {
  return test::read_words(cli::learn_command(), cli::read_learn_options, words);
}

LearnOptions must(const Words& words) {
  const Result<LearnOptions> options = read(words);
  INFO((options ? "" : options.error().message));
  REQUIRE(options);
  return *options;
}

std::string why(const Words& words) {
  const Result<LearnOptions> options = read(words);
  REQUIRE_FALSE(options);
  CHECK(options.error().code == Errc::kUsage);
  return options.error().message;
}

}  // namespace

TEST_CASE("Options of learn") {
  const LearnOptions plain = must({"4f5b"});
  CHECK(plain.container == "4f5b");
  CHECK_FALSE(plain.from);
  CHECK(plain.min == 1);
  CHECK(plain.generalise == policy::Generalise::kAll);
  CHECK_FALSE(plain.private_namespaces);
  const LearnOptions full = must({"--from", "-", "--min=3", "--generalise", "interfaces",
                                  "--policy", "none", "--private-ns", "net,user", "--json"});
  CHECK(full.container.empty());
  CHECK(full.from == "-");
  CHECK(full.min == 3);
  CHECK(full.generalise == policy::Generalise::kInterfaces);
  CHECK(full.node_policy == "none");
  CHECK(full.private_namespaces == sysctl::NamespaceSet{.net = true, .user = true});
  CHECK(full.json);
  CHECK(must({"--private-ns=", "c"}).private_namespaces == sysctl::NamespaceSet{});
  CHECK(must({"--from", "x", "c"}).container == "c");
  CHECK(must({"c", "--generalise", "none"}).generalise == policy::Generalise::kNone);
  CHECK(must({"c", "--generalise", "values"}).generalise == policy::Generalise::kValues);
}

TEST_CASE("Options of learn: mistakes") {
  CHECK(why({}) == "no container given: an ID, the beginning of one, or a name");
  CHECK(why({""}) == "no container given: an ID, the beginning of one, or a name");
  CHECK(why({"a", "b"}) == "one container at a time: 'b'");
  for (const std::string min : {"0", "-1", "x", ""}) {
    CHECK(why({"a", "--min", min}) == "--min: '" + min + "' is no number of times, 1 or more");
  }
  CHECK(
      why({"a", "--generalise", "value"}) ==
      "--generalise: 'value' is not one of none, interfaces, values, all; did you mean 'values'?");
  CHECK(why({"a", "--private-ns", "net,pid"}) ==
        "--private-ns: unknown namespace 'pid'; known are net, ipc, uts, user");
}
