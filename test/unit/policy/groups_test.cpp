// SPDX-License-Identifier: Apache-2.0
// groups_test.cpp - what each built-in group holds, and that @namespaced follows the namespaces.
#include "policy/groups.h"

#include <algorithm>
#include <string>

#include "policy/sysctl_name.h"
#include "support/catch.h"

using namespace sg;
using namespace sg::policy;

namespace {

constexpr NamespaceSet kAll{.net = true, .ipc = true, .uts = true, .user = true};

bool group_covers(std::string_view group, std::string_view name, const NamespaceSet& own = kAll) {
  const auto patterns = group_patterns(group, own);
  REQUIRE(patterns);
  return std::any_of(patterns->begin(), patterns->end(),
                     [&](std::string_view pattern) { return pattern_matches(pattern, name); });
}

}  // namespace

TEST_CASE("Groups: the names are sorted, and each is a group") {
  const auto names = group_names();
  CHECK(names.size() == 6);
  CHECK(std::is_sorted(names.begin(), names.end()));
  for (const std::string_view name : names) {
    INFO(name);
    CHECK(group_patterns(name, kAll));
  }
}

TEST_CASE("Groups: there are no others") {
  for (const std::string_view name : {"", "@", "net", "@NET", "@net ", "@nets", "@host"}) {
    INFO(name);
    CHECK_FALSE(group_patterns(name, kAll));
  }
}

TEST_CASE("Groups: every pattern is a legal pattern in slash form") {
  for (const std::string_view name : group_names()) {
    const auto patterns = group_patterns(name, kAll);
    REQUIRE(patterns);
    for (const std::string_view pattern : *patterns) {
      INFO(pattern);
      Diagnostics findings;
      CHECK(parse_pattern(pattern, TextPlace{}, findings) == std::string(pattern));
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
  CHECK(group_patterns("@kubernetes-safe", kAll)->size() == 12);
}

TEST_CASE("Groups: @namespaced is the union of the namespaces the container has to itself") {
  for (unsigned bits = 0; bits < 16; bits++) {
    const NamespaceSet own{.net = (bits & 1) != 0,
                           .ipc = (bits & 2) != 0,
                           .uts = (bits & 4) != 0,
                           .user = (bits & 8) != 0};
    INFO("namespaces " << bits);
    CHECK(group_covers("@namespaced", "net/ipv4/ip_forward", own) == own.net);
    CHECK(group_covers("@namespaced", "fs/mqueue/msg_max", own) == own.ipc);
    CHECK(group_covers("@namespaced", "kernel/shmmax", own) == own.ipc);
    CHECK(group_covers("@namespaced", "kernel/hostname", own) == own.uts);
    CHECK(group_covers("@namespaced", "user/max_net_namespaces", own) == own.user);
    CHECK(group_patterns("@namespaced", own)->empty() == (bits == 0));
    // The others do not depend on it: what a container may ask for is decided by the limit.
    CHECK(group_patterns("@net", own)->size() == 1);
  }
}
