// SPDX-License-Identifier: Apache-2.0
// write_request_test.cpp - who wants a guard, and who asks to write.
#include "app/write_request.h"

#include <map>
#include <string>

#include "support/catch.h"

using sg::oci::Config;
using sg::oci::CreateConfig;
using sg::policy::default_node_policy;
using sg::policy::NodePolicy;

namespace {

NodePolicy node_policy(const std::string& members = "") {
  sg::Diagnostics findings;
  NodePolicy node = sg::policy::parse_node_policy("{\"version\": 1" + members + "}", "none",
                                                  {.net = true}, findings);
  REQUIRE(findings.findings().empty());
  return node;
}

}  // namespace

TEST_CASE("Write request: which annotations ask for what") {
  struct Case {
    const char* why;
    std::map<std::string, std::string> annotations;
    bool guard;
    bool write;
  };
  const std::string allow = "io.sysctl-guard.allow";
  const std::string name = "io.kubernetes.cri.container-name";
  const Case cases[] = {
      {"none", {}, false, false},
      {"others only", {{"a", "b"}, {"io.sysctl-guarded.x", ""}, {"io.sysctl", ""}}, false, false},
      {"a rule", {{allow, "net.ipv4.ip_forward=0|1"}}, true, true},
      {"an empty list", {{allow, ""}}, true, false},
      {"an empty JSON list", {{allow, "[]"}}, true, false},
      {"deny alone", {{"io.sysctl-guard.deny", "net.*"}}, true, false},
      {"a mistake in the list", {{allow, "net..x"}}, true, false},
      {"a mistake elsewhere", {{allow, "net.*"}, {"io.sysctl-guard.deny", "net..x"}}, true, false},
      {"a key that is none", {{"io.sysctl-guard.alow", "net.*"}}, true, false},
      {"a key behind a quote", {{"\"" + allow, "net.a=1, net.b=1\""}}, true, false},
      {"a key behind a blank", {{" 'io.sysctl-guard.deny", "net.a"}}, true, false},
      {"a rule beside a piece of the list", {{allow, "net.*"}, {" net.a", "1"}}, true, false},
      {"what could be a piece, of nothing of ours", {{" net.ipv4.ip_forward", "1"}}, false, false},
      {"for another container", {{allow + "/web", "net.*"}, {name, "db"}}, true, false},
      {"for this container", {{allow + "/web", "net.*"}, {name, "web"}}, true, true},
      {"the plain key is replaced",
       {{allow, "net.*"}, {allow + "/web", ""}, {name, "web"}},
       true,
       false},
      {"for a container, of which there are no names", {{allow + "/web", "net.*"}}, true, false},
      {"a profile, of which there are none", {{"io.sysctl-guard.profile", "vpn"}}, true, false},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CreateConfig create;
    create.config.annotations = c.annotations;
    CHECK(sg::app::asks_for_guard(create) == c.guard);
    CHECK(sg::app::asks_to_write(create.config, node_policy(), "") == c.write);
  }
}

TEST_CASE("Write request: who names our hook wants a guard") {
  CreateConfig create;
  create.hooks = {{"/bin/true", {}}};
  CHECK_FALSE(sg::app::asks_for_guard(create));
  create.hooks.push_back({"/x/sysctl-guard-hook", {"sysctl-guard-hook"}});
  CHECK(sg::app::asks_for_guard(create));
}

TEST_CASE("Write request: @namespaced is what config.json says") {
  Config config;
  config.annotations = {{"io.sysctl-guard.allow", "@namespaced"}};
  CHECK_FALSE(sg::app::asks_to_write(config, default_node_policy("none", sg::app::claimed_namespaces(config)), ""));
  for (const char* type : {"network", "ipc", "uts", "user"}) {
    INFO(type);
    config.namespaces = {{"mount", ""}, {type, "/proc/1/ns/x"}};
    CHECK(sg::app::asks_to_write(config, default_node_policy("none", sg::app::claimed_namespaces(config)), ""));
  }
}

TEST_CASE("Write request: a profile, and the node's default for who asks for nothing") {
  const NodePolicy node = node_policy(
      R"(, "default": {"allow": ["net.a"]}, "profiles": {"vpn": {"allow": ["net.b"]}, "none": {}})");
  Config config;
  CHECK(sg::app::asks_to_write(config, node, ""));
  CHECK(sg::app::asks_to_write(config, node, "vpn"));
  CHECK_FALSE(sg::app::asks_to_write(config, node, "none"));
  CHECK_FALSE(sg::app::asks_to_write(config, node, "gone"));
  config.annotations = {{"io.sysctl-guard.profile", "vpn"}};
  CHECK(sg::app::asks_to_write(config, node, ""));
  CHECK_FALSE(sg::app::asks_to_write(config, node, "none"));
  config.annotations = {{"io.sysctl-guard.profile", "none"}};
  CHECK_FALSE(sg::app::asks_to_write(config, node, ""));
  config.annotations = {{"io.sysctl-guard.allow", ""}};
  CHECK_FALSE(sg::app::asks_to_write(config, node, ""));
}
