// SPDX-License-Identifier: Apache-2.0
// check_options_test.cpp - command lines of `check`, right and wrong.
#include "cli/check/check_options.h"

#include <map>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/command_words.h"

namespace {

using sg::Result;
using sg::cli::CheckOptions;
using Arguments = std::vector<std::string>;

Result<CheckOptions> read(const Arguments& arguments) {
  return sg::test::read_words(sg::cli::check_command(), sg::cli::read_check_options, arguments);
}

// The options of a `check` that must be accepted.
CheckOptions check(const Arguments& arguments) {
  const Result<CheckOptions> result = read(arguments);
  INFO((result ? std::string("accepted") : result.error().message));
  REQUIRE(result);
  return *result;
}

}  // namespace

TEST_CASE("Check options: an access with '=' is a write, split at the first one") {
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
      {"blanks round '='", "net.ipv4.ip_forward = 1", true, "net/ipv4/ip_forward", "1"},
      {"a blank and a tab before a value", " kernel.x= \t1", true, "kernel/x", "1"},
      {"blanks inside and behind a value are kept", "kernel.x = 1 \t2 ", true, "kernel/x",
       "1 \t2 "},
      {"blanks alone are an empty value", "kernel.x = ", true, "kernel/x", ""},
      {"blanks round a name", " kernel.x ", false, "kernel/x", ""},
      {"a newline is kept", "kernel.x=1\n", true, "kernel/x", "1\n"},
      {"a dot in the value is no separator", "kernel.x=1.2", true, "kernel/x", "1.2"},
      {"a value that looks like a list is one value", "kernel.x=[1,2]", true, "kernel/x", "[1,2]"},
      {"commas separate nothing", "kernel.x=1,2", true, "kernel/x", "1,2"},
      {"quotes are bytes", "kernel.x=\"1\"", true, "kernel/x", "\"1\""},
      {"braces are bytes", "{}", false, "{}", ""},
      {"percent signs are bytes", "%%", false, "%%", ""},
      {"an open bracket alone is a byte", "[a", false, "[a", ""},
      {"brackets are bytes", "[a,b]", false, "[a,b]", ""},
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

TEST_CASE("Check options: accesses keep their order, wherever options stand") {
  const CheckOptions options = check(
      {"b.c", "--annotation", "k=v", "a.b", "--json", "--private-ns", "net", "a.b", "--", "-x"});
  REQUIRE(options.accesses.size() == 4);
  CHECK(options.accesses[0].name == "b/c");
  CHECK(options.accesses[1].name == "a/b");
  CHECK(options.accesses[2].name == "a/b");
  CHECK(options.accesses[3].name == "-x");
  CHECK(options.json);
}

TEST_CASE("Check options: an annotation takes one value, byte for byte") {
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

TEST_CASE("Check options: --current says what a sysctl holds, in either form of its name") {
  const CheckOptions options =
      check({"--current", "vm.max_map_count=262144", "--current", " net/ipv4/conf/eth0.1/mtu = -1 ",
             "--current=kernel.shmmax=18446744073709551615", "a.b=1"});
  CHECK(options.current ==
        std::map<std::string, std::string>{{"vm/max_map_count", "262144"},
                                           {"net/ipv4/conf/eth0.1/mtu", "-1"},
                                           {"kernel/shmmax", "18446744073709551615"}});
  CHECK(options.accesses.size() == 1);
}

TEST_CASE("Check options: --private-ns names namespaces") {
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

TEST_CASE("Check options: what is not given is absent") {
  const CheckOptions options = check({});
  CHECK(options.annotations.empty());
  CHECK(options.accesses.empty());
  CHECK_FALSE(options.bundle.has_value());
  CHECK_FALSE(options.private_namespaces.has_value());
  CHECK_FALSE(options.json);
  CHECK_FALSE(options.file.has_value());
  CHECK(options.position == 0);
  CHECK(options.current.empty());
  CHECK(check({"--bundle", "/run/b"}).bundle == "/run/b");
  CHECK(check({"--file", "-"}).file == "-");
  CHECK(check({"--position", "18446744073709551615"}).position == UINT64_MAX);
}

TEST_CASE("Check options: wrong arguments are errors that name them") {
  struct Case {
    const char* why;
    Arguments arguments;
    std::string part;  // of the message
  };
  const Case cases[] = {
      {"an unknown option", {"--polcy", "x"}, "--polcy"},
      {"an option without its value", {"--annotation"}, "--annotation"},
      {"a flag with a value", {"--json=false"}, "json"},
      {"an annotation without '='", {"--annotation", "io.sysctl-guard.allow"}, "KEY=VALUE"},
      {"an annotation without a key", {"--annotation", "=x"}, "KEY=VALUE"},
      {"an empty annotation", {"--annotation="}, "KEY=VALUE"},
      {"one key twice", {"--annotation", "k=1", "--annotation", "k=2"}, "'k' stands twice"},
      {"an unknown namespace", {"--private-ns", "nett"}, "did you mean 'net'?"},
      {"an empty element", {"--private-ns", "net,,ipc"}, "''"},
      {"a final comma", {"--private-ns", "net,"}, "''"},
      {"a blank", {"--private-ns", "net, ipc"}, "' ipc'"},
      {"the form without a value takes no access", {"--private-ns=", "--bogus"}, "--bogus"},
      {"two bundles", {"--bundle", "a", "--bundle", "b"}, "--bundle"},
      {"a position that is none", {"--position", "-1"}, "--position: '-1'"},
      {"no number that is there", {"--current", "vm.x"}, "--current: 'vm.x' is not NAME=VALUE"},
      {"a number of nothing", {"--current", " =5"}, "is not NAME=VALUE"},
      {"an empty one", {"--current", "vm.x="}, "--current: '' is no decimal number"},
      {"a word there", {"--current", "vm.x=many"}, "--current: 'many' is no decimal number"},
      {"two numbers there", {"--current", "vm.x=1 2"}, "--current: '1 2' is no decimal number"},
      {"leading zeros there", {"--current", "vm.x=010"}, "'010' is no decimal number"},
      {"the same sysctl twice",
       {"--current", "vm.x=1", "--current", "vm/x=1"},
       "--current: 'vm/x' stands twice"},
      {"two files", {"--file", "a", "--file", "b"}, "--file"},
      {"an access without a name", {"=1"}, "'=1' has no name"},
      {"an empty access", {""}, "no name"},
      {"a way out of the directory",
       {"net/../kernel/core_pattern=x"},
       "the access 'net/../kernel/core_pattern=x' has the component \"..\" in its name: write "
       "kernel.core_pattern if that is meant"},
      {"two separators", {"net..ipv4.ip_forward"}, "an empty component in its name"},
      {"a wildcard", {"net.*=1"}, "'net.*=1' has a wildcard in its name: name one sysctl"},
      {"only the prefix of a path", {"/proc/sys/"}, "no name"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const Result<CheckOptions> result = read(c.arguments);
    REQUIRE_FALSE(result);
    CHECK(result.error().code == sg::Errc::kUsage);
    INFO(result.error().message);
    CHECK(result.error().message.find(c.part) != std::string::npos);
    CHECK(result.error().message.find('\n') == std::string::npos);
  }
}
