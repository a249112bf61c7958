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
    CHECK(namespace_of(c.name, PidSysctls::kNone) == c.ns);
  }
}

TEST_CASE("Namespaces: what the PID namespace has, by the release of the kernel") {
  const struct {
    std::uint64_t major;
    std::uint64_t minor;
    bool memfd;
    bool pid_max;
  } cases[] = {
      {0, 0, false, false}, {4, 99, false, false}, {5, 10, false, false}, {6, 2, false, false},
      {6, 3, true, false},  {6, 13, true, false},  {6, 14, true, true},   {6, 18, true, true},
      {7, 0, true, true},   {10, 1, true, true},
  };
  for (const auto& c : cases) {
    INFO("Linux " << c.major << "." << c.minor);
    const PidSysctls in_pid = pid_sysctls(c.major, c.minor);
    CHECK((namespace_of("vm/memfd_noexec", in_pid) == Namespace::kPid) == c.memfd);
    CHECK((namespace_of("kernel/pid_max", in_pid) == Namespace::kPid) == c.pid_max);
    CHECK(namespace_patterns(Namespace::kPid, in_pid).size() ==
          static_cast<std::size_t>(c.memfd) + static_cast<std::size_t>(c.pid_max));
    CHECK_FALSE(namespace_of("kernel/ns_last_pid", in_pid));
    CHECK(namespace_of("net/a", in_pid) == Namespace::kNet);
  }
}

TEST_CASE("Namespaces: every pattern is legal, in slash form, and in one namespace only") {
  for (const Namespace ns : kNamespaces) {
    CHECK_FALSE(namespace_patterns(ns, PidSysctls::kAll).empty());
    for (const std::string_view pattern : namespace_patterns(ns, PidSysctls::kAll)) {
      INFO(pattern);
      Diagnostics findings;
      CHECK(parse_pattern(pattern, TextPlace{}, findings) == std::string(pattern));
      CHECK(findings.findings().empty());
      CHECK(namespace_of(pattern, PidSysctls::kAll) == ns);  // a '*' is a byte of a name as well
    }
  }
}

TEST_CASE("Namespaces: a set has each by its name") {
  CHECK(NamespaceSet{.net = true}.has(Namespace::kNet));
  CHECK_FALSE(NamespaceSet{.net = true}.has(Namespace::kIpc));
  CHECK(NamespaceSet{.ipc = true}.has(Namespace::kIpc));
  CHECK(NamespaceSet{.uts = true}.has(Namespace::kUts));
  CHECK(NamespaceSet{.user = true}.has(Namespace::kUser));
  CHECK(NamespaceSet{.pid = true}.has(Namespace::kPid));
  CHECK_FALSE(NamespaceSet{.in_pid = PidSysctls::kAll}.has(Namespace::kPid));
  CHECK(namespace_name(Namespace::kNet) == "net");
  CHECK(namespace_name(Namespace::kUser) == "user");
  CHECK(namespace_name(Namespace::kPid) == "pid");
}

TEST_CASE("Namespaces: a list with commas, or the name in it that is none") {
  std::string_view unknown;
  CHECK(sg::sysctl::parse_namespaces("", unknown) == sg::sysctl::NamespaceSet{});
  CHECK(sg::sysctl::parse_namespaces("net,user", unknown) ==
        sg::sysctl::NamespaceSet{.net = true, .user = true});
  CHECK(sg::sysctl::parse_namespaces("pid", unknown) == sg::sysctl::NamespaceSet{.pid = true});
  CHECK(sg::sysctl::parse_namespaces("uts,ipc,uts", unknown) ==
        sg::sysctl::NamespaceSet{.ipc = true, .uts = true});
  for (const auto& [list, name] :
       {std::pair{"net,cgroup", "cgroup"}, std::pair{"net,", ""}, std::pair{"Net", "Net"}}) {
    INFO(list);
    CHECK_FALSE(sg::sysctl::parse_namespaces(list, unknown));
    CHECK(unknown == name);
  }
}
