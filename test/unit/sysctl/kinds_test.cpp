// SPDX-License-Identifier: Apache-2.0
// kinds_test.cpp - what a value is made of, by hand and by what was walked.
#include "sysctl/kinds.h"

#include <optional>
#include <string>

#include "support/catch.h"

using namespace sg::sysctl;

TEST_CASE("Kinds: by the hand's table, else by what all kernels showed") {
  struct Case {
    const char* name;
    Kind kind;
    std::size_t count;
  };
  const Case cases[] = {
      {"net/ipv4/ip_forward", Kind::kNumbers, 1},
      {"net/ipv4/tcp_rmem", Kind::kNumbers, 3},
      {"net/ipv4/ping_group_range", Kind::kNumbers, 2},
      {"net/ipv4/conf/eth0/rp_filter", Kind::kNumbers, 1},
      {"net/ipv4/conf/*/rp_filter", Kind::kNumbers, 1},
      {"vm/dirty_bytes", Kind::kNumbers, 1},
      {"net/ipv4/ip_local_reserved_ports", Kind::kList, 0},
      {"net/core/rps_default_mask", Kind::kMask, 0},
      {"kernel/core_pattern", Kind::kText, 0},
      {"kernel/hostname", Kind::kText, 0},
      {"net/ipv6/conf/eth0/stable_secret", Kind::kText, 0},
      {"net/ipv4/route/flush", Kind::kTrigger, 0},
      {"net/ipv4/tcp_*mem", Kind::kNumbers, 3},
      {"net/ipv4/*", Kind::kUnknown, 0},
      {"net/nothing/of/the/kind", Kind::kUnknown, 0},
  };
  for (const Case& c : cases) {
    INFO(c.name);
    CHECK(kind_of(c.name).kind == c.kind);
    CHECK(kind_of(c.name).count == c.count);
  }
}

TEST_CASE("Kinds: values that a peer dictates have sensible ones") {
  REQUIRE(sane_values("net/ipv6/conf/eth0/hop_limit"));
  CHECK(sane_values("net/ipv6/conf/eth0/hop_limit")->values == "32..255");
  for (const char* name :
       {"net/ipv6/conf/all/mtu", "net/ipv6/neigh/eth0.100/retrans_time_ms",
        "net/ipv6/neigh/wg0/base_reachable_time_ms", "net/ipv6/neigh/wg0/retrans_time",
        "net/ipv6/neigh/wg0/base_reachable_time"}) {
    INFO(name);
    CHECK(sane_values(name));
  }
  // No router dictates anything of IPv4.
  for (const char* name :
       {"net/ipv4/ip_forward", "net/ipv4/conf/eth0/mtu", "net/ipv4/neigh/eth0/retrans_time_ms",
        "net/ipv4/ip_default_ttl", "net/ipv6/conf/eth0/forwarding", "net/ipv6/conf/hop_limit"}) {
    INFO(name);
    CHECK_FALSE(sane_values(name));
  }
}

TEST_CASE("Kinds: what kernels take, where that is less than the kind holds") {
  const auto taken = [](const char* name) {
    const std::optional<Taken> row = taken_numbers(name);
    return row ? std::to_string(row->low) + " " + std::to_string(row->high) : "";
  };
  CHECK(taken("net/ipv4/ip_local_port_range") == "1 65535");
  CHECK(taken("fs/file-max") == "0 9223372036854775807");
  CHECK(taken("net/ipv6/conf/eth0/hop_limit") == "1 255");
  CHECK(taken("net/ipv6/conf/*/hop_limit") == "1 255");
  CHECK(taken("net/netfilter/nf_conntrack_tcp_timeout_close") == "-21474836 21474836");
  CHECK(taken("net/ipv6/conf/*/*").empty());  // others too
  CHECK(taken("net/ipv4/*").empty());
  CHECK(taken("kernel/panic").empty());
}
