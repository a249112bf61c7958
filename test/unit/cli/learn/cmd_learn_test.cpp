// SPDX-License-Identifier: Apache-2.0
// cmd_learn_test.cpp - its command lines, and learning from a file; that of a running container is
// tested with a runtime.
#include "cli/learn/cmd_learn.h"

#include <fstream>
#include <string>

#include "events/event.h"
#include "support/catch.h"
#include "support/command_words.h"
#include "support/temp_dir.h"

using namespace sg;
using cli::LearnOptions;
using cli::Outcome;
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
  CHECK(plain.generalise == cli::Generalise::kAll);
  CHECK_FALSE(plain.private_namespaces);
  const LearnOptions full = must({"--from", "-", "--min=3", "--generalise", "interfaces",
                                  "--policy", "none", "--private-ns", "net,user", "--json"});
  CHECK(full.container.empty());
  CHECK(full.from == "-");
  CHECK(full.min == 3);
  CHECK(full.generalise == cli::Generalise::kInterfaces);
  CHECK(full.node_policy == "none");
  CHECK(full.private_namespaces == sysctl::NamespaceSet{.net = true, .user = true});
  CHECK(full.json);
  CHECK(must({"--private-ns=", "c"}).private_namespaces == sysctl::NamespaceSet{});
  CHECK(must({"--from", "x", "c"}).container == "c");
  CHECK(must({"c", "--generalise", "none"}).generalise == cli::Generalise::kNone);
  CHECK(must({"c", "--generalise", "values"}).generalise == cli::Generalise::kValues);
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
  CHECK(why({"a", "--private-ns", "net,cgroup"}) ==
        "--private-ns: unknown namespace 'cgroup'; known are net, ipc, uts, user, pid");
}

namespace {

std::string line(const std::string& container, const std::string& name, const std::string& value) {
  events::Event event;
  event.container = container;
  event.write = true;
  event.name = name;
  event.value = value;
  event.value_len = static_cast<std::uint32_t>(value.size());
  return events::to_json_line(event);
}

LearnOptions options_for(const test::TempDir& dir, const std::string& text) {
  const std::string path = dir.path() + "/events";
  std::ofstream(path) << text;
  LearnOptions options;
  options.from = path;
  options.node_policy = "none";
  return options;
}

}  // namespace

TEST_CASE("learn --from: an annotation, of all containers or of one") {
  const test::TempDir dir;
  LearnOptions options = options_for(
      dir, line("c1", "net/ipv4/ip_forward", "1\n") + line("c2", "net/ipv4/ip_forward", "0"));
  Outcome outcome = cli::cmd_learn(options);
  CHECK(outcome.exit_code == cli::kExitDone);
  CHECK(outcome.errors.empty());
  CHECK(outcome.output.find("\nio.sysctl-guard.allow=net.ipv4.ip_forward=0|1\n") !=
        std::string::npos);
  CHECK(outcome.output.find("note: from events of 2 containers together") != std::string::npos);
  options.container = "c1";
  outcome = cli::cmd_learn(options);
  CHECK(outcome.output.find("\nio.sysctl-guard.allow=net.ipv4.ip_forward=1\n") !=
        std::string::npos);
  options.json = true;
  CHECK(cli::cmd_learn(options).output.starts_with("{\n  \"annotation\": {"));
}

TEST_CASE("learn --from: namespaces and the node policy decide what is beyond the limit") {
  const test::TempDir dir;
  LearnOptions options = options_for(dir, line("c1", "net/a", "1") + line("c1", "user/b", "1"));
  CHECK(cli::cmd_learn(options).output.find("user namespace, which the container shares") !=
        std::string::npos);
  options.private_namespaces = sysctl::NamespaceSet{.user = true};
  CHECK(cli::cmd_learn(options).output.find("network namespace, which the container shares") !=
        std::string::npos);
  std::ofstream(dir.path() + "/policy.json")
      << R"({"version": 1, "limit": {"host": ["net.a=0..9"]}})";
  options.node_policy = dir.path() + "/policy.json";
  CHECK(cli::cmd_learn(options).output.find("beyond") == std::string::npos);
}

TEST_CASE("learn --from: files that are none") {
  const test::TempDir dir;
  LearnOptions options = options_for(dir, "x\n");
  Outcome outcome = cli::cmd_learn(options);
  CHECK(outcome.exit_code == cli::kExitFailed);
  CHECK(outcome.output.empty());
  CHECK(outcome.errors.find("line 1: ") != std::string::npos);
  CHECK(outcome.errors.find("hint: ") != std::string::npos);
  options.from = dir.path() + "/none";
  CHECK(cli::cmd_learn(options).errors.find("it does not exist (ENOENT)\nhint: ") !=
        std::string::npos);
  options = options_for(dir, "");
  options.node_policy = dir.path() + "/none";
  CHECK(cli::cmd_learn(options).exit_code == cli::kExitFailed);
  options.node_policy = dir.path() + "/bad";
  std::ofstream(*options.node_policy) << R"({"version": 2})";
  CHECK(cli::cmd_learn(options).exit_code == cli::kExitFailed);
}
