// SPDX-License-Identifier: Apache-2.0
// own_namespaces_test.cpp - new namespaces, joined ones, and those that nobody can tell.
#include "request/own_namespaces.h"

#include <vector>

#include "support/catch.h"

using sg::sysctl::NamespaceSet;

TEST_CASE("Config namespaces: one is the container's own only where that is certain") {
  struct Case {
    const char* why;
    std::vector<sg::oci::Namespace> namespaces;
    bool net;
  };
  const Case cases[] = {
      {"absent", {}, false},
      {"a new one", {{.type = "network", .path = ""}}, true},
      {"another type", {{.type = "cgroup", .path = ""}}, false},
      {"the host's", {{.type = "network", .path = "/proc/self/ns/net"}}, false},
      {"that of PID 1", {{.type = "network", .path = "/proc/1/ns/net"}}, false},
      {"not there", {{.type = "network", .path = "/nonexistent"}}, false},
      {"a file that is no namespace", {{.type = "network", .path = "/dev/null"}}, false},
      {"listed twice, once the host's",
       {{.type = "network", .path = ""}, {.type = "network", .path = "/proc/self/ns/net"}},
       false},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    sg::oci::Config config;
    config.namespaces = c.namespaces;
    const NamespaceSet set = sg::request::config_namespaces(config);
    CHECK(set.net == c.net);
    CHECK_FALSE(set.ipc);
    CHECK_FALSE(set.uts);
    CHECK_FALSE(set.user);
    CHECK_FALSE(set.pid);
  }
}

TEST_CASE("Config namespaces: every kind that sysctls belong to") {
  sg::oci::Config config;
  config.namespaces = {{"network", ""}, {"ipc", ""}, {"uts", ""},
                       {"user", ""},    {"pid", ""}, {"mount", ""}};
  CHECK(sg::request::config_namespaces(config) ==
        NamespaceSet{.net = true,
                     .ipc = true,
                     .uts = true,
                     .user = true,
                     .pid = true,
                     .in_pid = sg::request::pid_sysctls(sg::host::kernel_release())});
}
