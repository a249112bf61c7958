// SPDX-License-Identifier: Apache-2.0
// options_test.cpp - command lines of `sysctl-guard`, right and wrong, and its help texts.
#include "app/options.h"

#include <string>
#include <variant>
#include <vector>

#include "support/catch.h"

namespace {

using sg::Result;
using sg::app::CheckOptions;
using sg::app::HelpOptions;
using sg::app::Invocation;
using sg::app::parse_options;
using sg::app::VersionOptions;
using Arguments = std::vector<std::string>;

// The options of a `check` that must be accepted.
CheckOptions check(Arguments arguments) {
  arguments.insert(arguments.begin(), "check");
  const Result<Invocation> result = parse_options(arguments);
  INFO((result ? std::string("accepted") : result.error().message));
  REQUIRE(result);
  REQUIRE(std::holds_alternative<CheckOptions>(*result));
  return std::get<CheckOptions>(*result);
}

std::string help(const Arguments& arguments) {
  const Result<Invocation> result = parse_options(arguments);
  REQUIRE(result);
  REQUIRE(std::holds_alternative<HelpOptions>(*result));
  return std::get<HelpOptions>(*result).text;
}

}  // namespace

TEST_CASE("Options: an access with '=' is a write, split at the first one") {
  struct Case {
    const char* why;
    std::string argument;
    bool write;
    std::string name;
    std::string value;
  };
  const Case cases[] = {
      {"a name is a read", "net.ipv4.ip_forward", false, "net/ipv4/ip_forward", ""},
      {"a value makes a write", "net.ipv4.ip_forward=1", true, "net/ipv4/ip_forward", "1"},
      {"an empty value is a write too", "net.ipv4.ip_forward=", true, "net/ipv4/ip_forward", ""},
      {"a later '=' is part of the value", "kernel.x=a=b", true, "kernel/x", "a=b"},
      {"the first separator decides", "net/ipv4/conf/eth0.100/rp_filter=1", true,
       "net/ipv4/conf/eth0.100/rp_filter", "1"},
      {"a path is a name", "/proc/sys/vm/swappiness=1", true, "vm/swappiness", "1"},
      {"a backslash and an n are two bytes", "kernel.x=1\\n", true, "kernel/x", "1\\n"},
      {"a newline is kept", "kernel.x=1\n", true, "kernel/x", "1\n"},
      {"a dot in the value is no separator", "kernel.x=1.2", true, "kernel/x", "1.2"},
      {"a value that looks like a list is one value", "kernel.x=[1,2]", true, "kernel/x", "[1,2]"},
      {"commas separate nothing", "kernel.x=1,2", true, "kernel/x", "1,2"},
      {"quotes are bytes", "kernel.x=\"1\"", true, "kernel/x", "\"1\""},
      {"braces are bytes", "{}", false, "{}", ""},
      {"percent signs are bytes", "%%", false, "%%", ""},
      {"an open bracket alone is a byte", "[a", false, "[a", ""},
      {"bytes that are not UTF-8 are kept", "net.\xff\x1b=\x80", true, "net/\xff\x1b", "\x80"},
      {"the name of a command is a name", "version", false, "version", ""},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const CheckOptions options = check({c.argument});
    REQUIRE(options.accesses.size() == 1);
    CHECK(options.accesses[0].write == c.write);
    CHECK(options.accesses[0].name == c.name);
    CHECK(options.accesses[0].value == c.value);
  }
}

TEST_CASE("Options: accesses keep their order, wherever options stand") {
  const CheckOptions options = check(
      {"b.c", "--annotation", "k=v", "a.b", "--json", "--private-ns", "net", "a.b", "--", "-x"});
  REQUIRE(options.accesses.size() == 4);
  CHECK(options.accesses[0].name == "b/c");
  CHECK(options.accesses[1].name == "a/b");
  CHECK(options.accesses[2].name == "a/b");
  CHECK(options.accesses[3].name == "-x");
  CHECK(options.json);
}

TEST_CASE("Options: an annotation takes one value, byte for byte") {
  struct Case {
    const char* why;
    Arguments arguments;
    std::string key;
    std::string value;
  };
  const Case cases[] = {
      {"split at the first '='", {"--annotation", "k=a=0|1,b=2"}, "k", "a=0|1,b=2"},
      {"the form with '='", {"--annotation=k=a=1"}, "k", "a=1"},
      {"an empty value", {"--annotation", "k="}, "k", ""},
      {"a JSON array", {"--annotation", "k=[\"a\",\"b\"]"}, "k", "[\"a\",\"b\"]"},
      {"blanks and newlines", {"--annotation", "k= a\n\tb "}, "k", " a\n\tb "},
      {"any bytes", {"--annotation", "k=\xff\x1b"}, "k", "\xff\x1b"},
      {"a value with dashes", {"--annotation", "--k=v"}, "--k", "v"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    Arguments arguments = c.arguments;
    arguments.push_back("a.b");
    const CheckOptions options = check(arguments);
    REQUIRE(options.annotations.size() == 1);
    CHECK(options.annotations.begin()->first == c.key);
    CHECK(options.annotations.begin()->second == c.value);
    CHECK(options.accesses.size() == 1);
  }
}

TEST_CASE("Options: --private-ns names namespaces") {
  struct Case {
    const char* why;
    Arguments arguments;
    bool net, ipc, uts, user;
  };
  const Case cases[] = {
      {"one", {"--private-ns", "net"}, true, false, false, false},
      {"all", {"--private-ns", "net,ipc,uts,user"}, true, true, true, true},
      {"any order, twice is once", {"--private-ns", "user,ipc,user"}, false, true, false, true},
      {"none, as an argument of its own", {"--private-ns", ""}, false, false, false, false},
      {"none, behind '='", {"--private-ns="}, false, false, false, false},
      {"one behind '='", {"--private-ns=uts"}, false, false, true, false},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    Arguments arguments = c.arguments;
    arguments.push_back("a.b");
    const CheckOptions options = check(arguments);
    REQUIRE(options.private_namespaces.has_value());
    CHECK(options.private_namespaces->net == c.net);
    CHECK(options.private_namespaces->ipc == c.ipc);
    CHECK(options.private_namespaces->uts == c.uts);
    CHECK(options.private_namespaces->user == c.user);
    CHECK(options.accesses.size() == 1);
  }
}

TEST_CASE("Options: what is not given is absent") {
  const CheckOptions options = check({});
  CHECK(options.annotations.empty());
  CHECK(options.accesses.empty());
  CHECK_FALSE(options.bundle.has_value());
  CHECK_FALSE(options.private_namespaces.has_value());
  CHECK_FALSE(options.json);
  CHECK(check({"--bundle", "/run/b"}).bundle == "/run/b");
}

TEST_CASE("Options: wrong arguments are errors that name them and the help") {
  struct Case {
    const char* why;
    Arguments arguments;
    std::string part;  // of the message
  };
  const Case cases[] = {
      {"no command", {}, "no command"},
      {"an unknown command, with the nearest", {"chek"}, "did you mean 'check'?"},
      {"an unknown command with control bytes", {"\x1b[31m"}, "'\\x1b[31m'"},
      {"an empty command", {""}, "''"},
      {"an unknown option before the command", {"--json", "check"}, "unknown option '--json'"},
      {"something after --version", {"--version", "check"}, "'check'"},
      {"an unknown option", {"check", "--polcy", "x"}, "--polcy"},
      {"an option without its value", {"check", "--annotation"}, "--annotation"},
      {"a flag with a value", {"check", "--json=false"}, "json"},
      {"an annotation without '='",
       {"check", "--annotation", "io.sysctl-guard.allow"},
       "KEY=VALUE"},
      {"an annotation without a key", {"check", "--annotation", "=x"}, "KEY=VALUE"},
      {"an empty annotation", {"check", "--annotation="}, "KEY=VALUE"},
      {"one key twice",
       {"check", "--annotation", "k=1", "--annotation", "k=2"},
       "'k' stands twice"},
      {"an unknown namespace", {"check", "--private-ns", "nett"}, "did you mean 'net'?"},
      {"an empty element", {"check", "--private-ns", "net,,ipc"}, "''"},
      {"a final comma", {"check", "--private-ns", "net,"}, "''"},
      {"a blank", {"check", "--private-ns", "net, ipc"}, "' ipc'"},
      {"the form without a value takes no access",
       {"check", "--private-ns=", "--bogus"},
       "--bogus"},
      {"two bundles", {"check", "--bundle", "a", "--bundle", "b"}, "--bundle"},
      {"an access without a name", {"check", "=1"}, "'=1' has no name"},
      {"an empty access", {"check", ""}, "no name"},
      {"only the prefix of a path", {"check", "/proc/sys/"}, "no name"},
      {"an argument that the library would split", {"check", "[a,b]"}, "'[a,b]'"},
      {"an access for version", {"version", "x"}, "x"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const Result<Invocation> result = parse_options(c.arguments);
    REQUIRE_FALSE(result);
    CHECK(result.error().code == sg::Errc::kUsage);
    INFO(result.error().message);
    CHECK(result.error().message.find(c.part) != std::string::npos);
    CHECK(result.error().message.find('\n') == std::string::npos);
    CHECK(result.error().hint.find("--help") != std::string::npos);
  }
}

TEST_CASE(
    "Options: help is there at every level, fits 80 columns, and has examples and exit codes") {
  const Arguments calls[] = {{"--help"},
                             {"-h"},
                             {"check", "--help"},
                             {"check", "-h", "a.b"},
                             {"version", "--help"},
                             {"install", "--help"},
                             {"doctor", "--help"},
                             {"list", "--help"},
                             {"show", "--help"},
                             {"metrics", "--help"},
                             {"learn", "--help"},
                             {"update", "--help"},
                             {"detach", "--help"}};
  for (const Arguments& call : calls) {
    const std::string text = help(call);
    INFO(text);
    CHECK(text.find("\nUsage: sysctl-guard ") != std::string::npos);
    CHECK(text.find("\nOptions:\n") != std::string::npos);
    CHECK(text.find("\nExamples:\n") != std::string::npos);
    CHECK(text.find("\nExit codes:\n") != std::string::npos);
    CHECK(text.back() == '\n');
    std::size_t begin = 0;
    for (std::size_t end = text.find('\n'); end != std::string::npos;
         end = text.find('\n', begin)) {
      CHECK(end - begin <= 80);
      begin = end + 1;
    }
  }
  for (const char* option : {"--annotation", "--bundle", "--private-ns", "--json", "--help"}) {
    INFO(option);
    CHECK(help({"check", "--help"}).find(option) != std::string::npos);
  }
}

TEST_CASE("Options: version takes --json, and --version is the same without it") {
  const Result<Invocation> plain = parse_options(Arguments{"--version"});
  REQUIRE(plain);
  CHECK_FALSE(std::get<VersionOptions>(*plain).json);
  const Result<Invocation> json = parse_options(Arguments{"version", "--json"});
  REQUIRE(json);
  CHECK(std::get<VersionOptions>(*json).json);
}

TEST_CASE("Options: learn, update and detach are commands") {
  const Result<Invocation> learn = parse_options(Arguments{"learn", "c1", "--min", "2"});
  REQUIRE(learn);
  CHECK(std::get<sg::app::LearnOptions>(*learn).min == 2);
  const Result<Invocation> update = parse_options(Arguments{"update", "c1", "--dry-run"});
  REQUIRE(update);
  CHECK(std::get<sg::app::UpdateOptions>(*update).dry_run);
  const Result<Invocation> detach = parse_options(Arguments{"detach", "c1"});
  REQUIRE(detach);
  CHECK(std::get<sg::app::DetachOptions>(*detach).container == "c1");
}
