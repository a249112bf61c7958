// SPDX-License-Identifier: Apache-2.0
// namespace_of_test.cpp - whose a sysctl is.
#include "sysctl/namespace_of.h"

#include <string>

#include "base/diagnostic.h"
#include "policy/rule_parser.h"
#include "support/catch.h"
#include "sysctl/sysctl_name.h"

using namespace sg;
using namespace sg::policy;
using namespace sg::sysctl;

TEST_CASE("Namespaces: which sysctl belongs to which, and which to the host") {
  struct Case {
    const char* name;
    std::optional<Namespace> ns;
  };
  const Case cases[] = {
      {"net/ipv4/ip_forward", Namespace::kNet},
      {"net/core/somaxconn", Namespace::kNet},
      {"kernel/msgmax", Namespace::kIpc},
      {"kernel/sem", Namespace::kIpc},
      {"kernel/shm_rmid_forced", Namespace::kIpc},
      {"fs/mqueue/msg_max", Namespace::kIpc},
      {"kernel/hostname", Namespace::kUts},
      {"kernel/domainname", Namespace::kUts},
      {"user/max_user_namespaces", Namespace::kUser},
      {"net/netfilter/nf_hooks_lwtunnel", std::nullopt},
      {"net/ipv4/vs/debug_level", std::nullopt},
      {"kernel/core_pattern", std::nullopt},
      {"kernel/semaphore", std::nullopt},
      {"kernel/pid_max", std::nullopt},
      {"kernel/ns_last_pid", std::nullopt},
      {"kernel/osrelease", std::nullopt},
      {"fs/file-max", std::nullopt},
      {"vm/max_map_count", std::nullopt},
      {"net", std::nullopt},
      {"nets/x", std::nullopt},
      {"", std::nullopt},
  };
  for (const Case& c : cases) {
    INFO(c.name);
    CHECK(namespace_of(c.name) == c.ns);
  }
}

TEST_CASE("Namespaces: every pattern is legal, in slash form, and in one namespace only") {
  for (const Namespace ns : kNamespaces) {
    CHECK_FALSE(namespace_patterns(ns).empty());
    for (const std::string_view pattern : namespace_patterns(ns)) {
      INFO(pattern);
      Diagnostics findings;
      CHECK(parse_pattern(pattern, TextPlace{}, findings) == std::string(pattern));
      CHECK(findings.findings().empty());
      CHECK(namespace_of(pattern) == ns);  // a '*' is a byte of a name as well
    }
  }
}

TEST_CASE("Namespaces: a set has each by its name") {
  CHECK(NamespaceSet{.net = true}.has(Namespace::kNet));
  CHECK_FALSE(NamespaceSet{.net = true}.has(Namespace::kIpc));
  CHECK(NamespaceSet{.ipc = true}.has(Namespace::kIpc));
  CHECK(NamespaceSet{.uts = true}.has(Namespace::kUts));
  CHECK(NamespaceSet{.user = true}.has(Namespace::kUser));
  CHECK(namespace_name(Namespace::kNet) == "net");
  CHECK(namespace_name(Namespace::kUser) == "user");
}

TEST_CASE("Namespaces: a list with commas, or the name in it that is none") {
  std::string_view unknown;
  CHECK(sg::sysctl::parse_namespaces("", unknown) == sg::sysctl::NamespaceSet{});
  CHECK(sg::sysctl::parse_namespaces("net,user", unknown) ==
        sg::sysctl::NamespaceSet{.net = true, .user = true});
  CHECK(sg::sysctl::parse_namespaces("uts,ipc,uts", unknown) ==
        sg::sysctl::NamespaceSet{.ipc = true, .uts = true});
  for (const auto& [list, name] :
       {std::pair{"net,pid", "pid"}, std::pair{"net,", ""}, std::pair{"Net", "Net"}}) {
    INFO(list);
    CHECK_FALSE(sg::sysctl::parse_namespaces(list, unknown));
    CHECK(unknown == name);
  }
}
