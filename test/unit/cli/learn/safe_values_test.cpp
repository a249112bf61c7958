// SPDX-License-Identifier: Apache-2.0
// safe_values_test.cpp - what is proposed for sysctls that give the host away, and for others.
#include "cli/learn/safe_values.h"

#include "support/catch.h"

using namespace sg::cli;

TEST_CASE("Safe values: of core_pattern what begins with a slash, never the bare name") {
  struct Case {
    const char* why;
    std::string values;
    std::set<std::string> texts;
    std::string safe;
    std::size_t notes;
  };
  const Case cases[] = {
      {"a path", "=\"/tmp/core.%e\"", {"/tmp/core.%e"}, "=/*", 0},
      {"any value", "", {}, "=/*", 0},
      {"a name", "=core", {"core"}, "=/*|core", 0},
      {"a program", "=\"|/usr/lib/dump %p\"", {"|/usr/lib/dump %p"}, "=/*", 1},
      {"a socket", "=\"@/run/x\"", {"@/run/x"}, "=/*", 1},
      {"all of them", "", {"/x", "core", "|/x"}, "=/*|core", 1},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    std::vector<std::string> notes;
    CHECK(with_safe_values("kernel/core_pattern", c.values, c.texts, notes) == c.safe);
    CHECK(notes.size() == c.notes);
  }
}

TEST_CASE(
    "Safe values: of others what does no harm in place of any value, and else what was seen") {
  std::vector<std::string> notes;
  CHECK(with_safe_values("kernel/modprobe", "", {}, notes).starts_with("=/sbin/modprobe|"));
  CHECK(notes.size() == 1);
  CHECK(with_safe_values("kernel/sysrq", "=1", {}, notes) == "=1");
  CHECK(with_safe_values("net/ipv4/ip_forward", "", {}, notes).empty());
  CHECK(with_safe_values("net/ipv4/ip_forward", "=0|1", {}, notes) == "=0|1");
  CHECK(notes.size() == 1);
}
