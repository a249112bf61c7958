// SPDX-License-Identifier: Apache-2.0
// permitted_writes_test.cpp - names that something may be written to, and beginnings of such names.
#include "compile/permitted_writes.h"

#include <string>
#include <vector>

#include "compile/compile_policy.h"
#include "policy/annotations.h"
#include "policy/merge.h"
#include "support/catch.h"
#include "support/random_policy.h"

using namespace sg;
using compile::PermittedWrites;

namespace {

PermittedWrites writes_of(const policy::Policy& policy) {
  Diagnostics findings;
  const auto table = compile::compile_policy(policy, findings);
  REQUIRE(table.has_value());
  Result<PermittedWrites> writes = PermittedWrites::of(*table);
  REQUIRE(writes);
  return *std::move(writes);
}

policy::Policy policy_of(const std::string& allow, const std::string& deny,
                         const std::string& mode = "") {
  Diagnostics findings;
  const policy::NodePolicy node = policy::parse_node_policy(
      R"({"version": 1, "limit": {"host": ["vm.swappiness=0..100"], "onExcess": "clip"}, "annotationModes": ["audit"]})",
      "none", {.net = true}, findings);
  std::map<std::string, std::string> annotations = {{"io.sysctl-guard.allow", allow},
                                                    {"io.sysctl-guard.deny", deny}};
  if (!mode.empty()) {
    annotations["io.sysctl-guard.mode"] = mode;
  }
  policy::Request request = policy::parse_annotations(annotations, node, "", findings);
  REQUIRE_FALSE(findings.has_errors());
  return policy::merge({}, node, std::move(request));
}

}  // namespace

TEST_CASE("Permitted writes: names, and beginnings of names") {
  const PermittedWrites writes = writes_of(policy_of(
      "net.ipv4.ip_forward=1, net.ipv4.conf.*.rp_filter, net.core.*, vm.*", "net.core.somaxconn"));
  CHECK(writes.any_to("net/ipv4/ip_forward"));
  CHECK(writes.any_to("net/ipv4/conf/eth0/rp_filter"));
  CHECK(writes.any_to("net/core/rmem_max"));
  CHECK(writes.any_to("vm/swappiness"));
  CHECK_FALSE(writes.any_to("net/ipv4/ip_forwar"));
  CHECK_FALSE(writes.any_to("net/ipv4/ip_forward2"));
  CHECK_FALSE(writes.any_to("net/ipv4/conf/eth0/forwarding"));
  CHECK_FALSE(writes.any_to("net/core/somaxconn"));  // denied
  CHECK_FALSE(writes.any_to("vm/max_map_count"));    // beyond the limit
  CHECK_FALSE(writes.any_to("kernel/core_pattern"));
  CHECK(writes.any_below(""));
  CHECK(writes.any_below("net/"));
  CHECK(writes.any_below("net/ipv4/conf/eth0/"));
  CHECK(writes.any_below("vm/"));
  CHECK_FALSE(writes.any_below("net/ipv6/"));
  CHECK_FALSE(writes.any_below("kernel/"));
  CHECK_FALSE(writes.any_below("net/ipv4/conf/eth0/rp_filter/"));
}

TEST_CASE("Permitted writes: what audit lets through counts, reads do not") {
  const PermittedWrites audit = writes_of(policy_of("", "net.core.*", "audit"));
  CHECK(audit.any_to("net/core/somaxconn"));
  CHECK(audit.any_to("vm/swappiness"));
  CHECK_FALSE(audit.any_to("vm/max_map_count"));
  const PermittedWrites none = writes_of(policy_of("", ""));
  CHECK_FALSE(none.any_below(""));
}

TEST_CASE("Permitted writes: every write of a random policy that is let through is one of them") {
  test::Random random(20261128);
  std::size_t let_through = 0;
  std::size_t refused = 0;
  for (int i = 0; i < 400; ++i) {
    const policy::Policy policy = test::random_policy(random);
    Diagnostics findings;
    const auto table = compile::compile_policy(policy, findings);
    REQUIRE(table.has_value());
    const Result<PermittedWrites> writes = PermittedWrites::of(*table);
    REQUIRE(writes);
    for (int j = 0; j < 50; ++j) {
      test::OwnedAccess access = test::random_access(random, policy);
      access.write = true;
      if (compile::decide(*table, access.view()).verdict == policy::Verdict::kDeny ||
          access.name.find('\0') != std::string::npos) {
        ++refused;
        continue;
      }
      ++let_through;
      bool is_known = writes->any_to(access.name);
      for (std::size_t end = 0; end <= access.name.size(); ++end) {
        is_known = is_known && writes->any_below(access.name.substr(0, end));
      }
      if (!is_known) {
        FAIL(test::show(access) << " of " << test::show(policy));
      }
    }
  }
  CHECK(let_through > 1000);
  CHECK(refused > 1000);
}
