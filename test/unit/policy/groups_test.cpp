// SPDX-License-Identifier: Apache-2.0
// groups_test.cpp - what each built-in group holds, and that @namespaced follows the namespaces.
#include "policy/groups.h"

#include <algorithm>
#include <string>

#include "policy/rule_parser.h"
#include "support/catch.h"
#include "sysctl/sysctl_name.h"

using namespace sg;
using namespace sg::policy;
using namespace sg::sysctl;

namespace {

constexpr NamespaceSet kAll{.net = true, .ipc = true, .uts = true, .user = true};

bool group_covers(std::string_view group, std::string_view name, const NamespaceSet& own = kAll) {
  const Groups groups(own);
  const auto* rules = groups.find(group);
  REQUIRE(rules != nullptr);
  return std::any_of(rules->begin(), rules->end(),
                     [&](const Rule& rule) { return pattern_matches(rule.pattern, name); });
}

}  // namespace

TEST_CASE("Groups: the names are sorted, and each is a group") {
  const Groups groups(kAll);
  const auto names = groups.names();
  CHECK(names.size() == 7);
  CHECK(std::is_sorted(names.begin(), names.end()));
  for (const std::string_view name : names) {
    INFO(name);
    CHECK(groups.find(name) != nullptr);
  }
}

TEST_CASE("Groups: there are no others") {
  for (const std::string_view name : {"", "@", "net", "@NET", "@net ", "@nets", "@host"}) {
    INFO(name);
    CHECK(Groups(kAll).find(name) == nullptr);
  }
}

TEST_CASE("Groups: every pattern is a legal pattern in slash form") {
  const Groups groups(kAll);
  for (const std::string_view name : groups.names()) {
    const auto* rules = groups.find(name);
    REQUIRE(rules != nullptr);
    for (const Rule& rule : *rules) {
      INFO(rule.pattern);
      Diagnostics findings;
      CHECK(parse_pattern(rule.pattern, TextPlace{}, findings) == rule.pattern);
      CHECK(findings.findings().empty());
    }
  }
}

TEST_CASE("Groups: what they cover") {
  struct Case {
    const char* group;
    const char* name;
    bool covered;
  };
  const Case cases[] = {
      {"@net", "net/ipv4/ip_forward", true},
      {"@net", "kernel/shmmax", false},
      {"@ipc", "kernel/msgmax", true},
      {"@ipc", "kernel/msg_next_id", true},
      {"@ipc", "kernel/sem", true},
      {"@ipc", "kernel/sem_next_id", true},
      {"@ipc", "kernel/semx", false},
      {"@ipc", "kernel/shm_rmid_forced", true},
      {"@ipc", "kernel/shmmax", true},
      {"@ipc", "fs/mqueue/msg_max", true},
      {"@ipc", "fs/mqueue", false},
      {"@ipc", "fs/file-max", false},
      {"@ipc", "kernel/core_pattern", false},
      {"@ipc", "kernel/sysrq", false},
      {"@uts", "kernel/hostname", true},
      {"@uts", "kernel/domainname", true},
      {"@uts", "kernel/osrelease", false},
      {"@user", "user/max_user_namespaces", true},
      {"@user", "kernel/pid_max", false},
      {"@kubernetes-safe", "net/ipv4/tcp_syncookies", true},
      {"@kubernetes-safe", "net/ipv4/tcp_rmem", true},
      {"@kubernetes-safe", "net/ipv4/ip_forward", false},
      {"@kubernetes-safe", "kernel/shm_rmid_forced", true},
      {"@kubernetes-safe", "kernel/shmmax", false},
      {"@namespaced", "kernel/core_pattern", false},
      {"@namespaced", "vm/max_map_count", false},
  };
  for (const Case& c : cases) {
    INFO(c.group << " and " << c.name);
    CHECK(group_covers(c.group, c.name) == c.covered);
  }
  CHECK(Groups(kAll).find("@kubernetes-safe")->size() == 12);
}

TEST_CASE("Groups: @namespaced is the union of the namespaces the container has to itself") {
  for (unsigned bits = 0; bits < 32; bits++) {
    const NamespaceSet own{.net = (bits & 1) != 0,
                           .ipc = (bits & 2) != 0,
                           .uts = (bits & 4) != 0,
                           .user = (bits & 8) != 0,
                           .pid = (bits & 16) != 0,
                           .in_pid = PidSysctls::kAll};
    INFO("namespaces " << bits);
    CHECK(group_covers("@namespaced", "net/ipv4/ip_forward", own) == own.net);
    CHECK(group_covers("@namespaced", "fs/mqueue/msg_max", own) == own.ipc);
    CHECK(group_covers("@namespaced", "kernel/shmmax", own) == own.ipc);
    CHECK(group_covers("@namespaced", "kernel/hostname", own) == own.uts);
    CHECK(group_covers("@namespaced", "user/max_net_namespaces", own) == own.user);
    CHECK(group_covers("@namespaced", "kernel/pid_max", own) == own.pid);
    CHECK(group_covers("@namespaced", "vm/memfd_noexec", own) == own.pid);
    CHECK(Groups(own).find("@namespaced")->empty() == (bits == 0));
    // The others do not depend on it: what a container may ask for is decided by the limit.
    CHECK(Groups(own).find("@net")->size() == 1);
    CHECK(Groups(own).find("@pid")->size() == 2);
  }
}

TEST_CASE("Groups: @pid holds what this kernel has in PID namespaces, whoever has one") {
  const NamespaceSet old{.net = true, .pid = true};
  CHECK(Groups(old).find("@pid")->empty());
  CHECK_FALSE(group_covers("@namespaced", "kernel/pid_max", old));
  const NamespaceSet middle{.net = true, .pid = true, .in_pid = PidSysctls::kMemfd};
  CHECK(group_covers("@pid", "vm/memfd_noexec", middle));
  CHECK_FALSE(group_covers("@pid", "kernel/pid_max", middle));
  CHECK_FALSE(group_covers("@namespaced", "kernel/pid_max", middle));
  CHECK(Groups::is_built_in("@pid"));
}

TEST_CASE("Groups: those of the node policy stand beside the built-in ones") {
  Groups groups(kAll);
  Rule rule;
  rule.pattern = "net/a";
  groups.add("@mine", {rule, rule});
  REQUIRE(groups.find("@mine") != nullptr);
  CHECK(groups.find("@mine")->size() == 2);
  CHECK(groups.names().size() == 8);
  CHECK(groups.find("@net")->size() == 1);
  CHECK(groups.find("@min") == nullptr);
}
