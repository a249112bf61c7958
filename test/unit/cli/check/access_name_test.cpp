// SPDX-License-Identifier: Apache-2.0
// access_name_test.cpp - which names of accesses are none.
#include "cli/check/access_name.h"

#include <optional>

#include "support/catch.h"

using namespace sg;
using namespace sg::cli;

TEST_CASE("Access names: what no write reaches a sysctl under is none") {
  struct Case {
    const char* name;
    const char* message;
    const char* hint;
  };
  const Case cases[] = {
      {"net/../kernel/core_pattern", "the component \"..\"", "write kernel.core_pattern if"},
      {"net/./ipv4/ip_forward", "the component \".\"", "write net.ipv4.ip_forward if"},
      {"net//ipv4/ip_forward", "an empty component", "write net.ipv4.ip_forward if"},
      {"/net/ipv4/ip_forward", "an empty component", "write net.ipv4.ip_forward if"},
      {"net/ipv4/ip_forward/", "an empty component", "write net.ipv4.ip_forward if"},
      {"net/ipv4/conf/eth0.100//rp_filter", "an empty",
       "write net.ipv4.conf.eth0/100.rp_filter if"},
      {"//.kernel.core_pattern", "an empty component", "as it stands under /proc/sys"},
      {"../..", "the component \"..\"", "as it stands under /proc/sys"},
      {"net/*", "a wildcard", "--file"},
  };
  for (const Case& c : cases) {
    INFO(c.name);
    const std::optional<NoName> found = no_access_name(c.name, false);
    REQUIRE(found);
    CHECK_THAT(found->message, Catch::Contains(c.message));
    CHECK_THAT(found->hint, Catch::Contains(c.hint));
  }
}

TEST_CASE("Access names: dots in a component, and the wildcards of lines") {
  for (const char* name :
       {"net/ipv4/ip_forward", "net/ipv4/conf/eth0.100/rp_filter", "net/...", "kernel/x..y"}) {
    INFO(name);
    CHECK_FALSE(no_access_name(name, false));
  }
  CHECK_FALSE(no_access_name("net/ipv4/conf/*/rp_filter", true));
  CHECK(no_access_name("net//conf/*/rp_filter", true));
}
