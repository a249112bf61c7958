// SPDX-License-Identifier: Apache-2.0
// write_request_test.cpp - who wants a guard.
#include "app/write_request.h"

#include <map>
#include <string>

#include "support/catch.h"

using sg::oci::CreateConfig;

TEST_CASE("Write request: every annotation of ours asks for a guard, with or without a mistake") {
  struct Case {
    const char* why;
    std::map<std::string, std::string> annotations;
    bool guard;
  };
  const Case cases[] = {
      {"none", {}, false},
      {"others only", {{"a", "b"}, {"io.sysctl-guarded.x", ""}, {"io.sysctl", ""}}, false},
      {"a rule", {{"io.sysctl-guard.allow", "net.ipv4.ip_forward=0|1"}}, true},
      {"an empty list", {{"io.sysctl-guard.allow", ""}}, true},
      {"deny alone", {{"io.sysctl-guard.deny", "net.*"}}, true},
      {"a key that is none", {{"io.sysctl-guard.alow", "net.*"}}, true},
      {"for a container of a name", {{"io.sysctl-guard.allow/web", "net.*"}}, true},
      {"a key behind a quote", {{"\"io.sysctl-guard.allow", "net.a=1, net.b=1\""}}, true},
      {"a key behind a blank", {{" 'io.sysctl-guard.deny", "net.a"}}, true},
      {"what could be a piece, of nothing of ours", {{" net.ipv4.ip_forward", "1"}}, false},
      {"our own mark", {{"io.sysctl-guard.opened", "true"}}, true},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CreateConfig create;
    create.config.annotations = c.annotations;
    CHECK(sg::app::asks_for_guard(create) == c.guard);
  }
}

TEST_CASE("Write request: who names our hook wants a guard") {
  CreateConfig create;
  create.config.hooks = {{.path = "/bin/true", .args = {}}};
  CHECK_FALSE(sg::app::asks_for_guard(create));
  create.config.hooks.push_back({.path = "/x/sysctl-guard-hook", .args = {"sysctl-guard-hook"}});
  CHECK(sg::app::asks_for_guard(create));
}
