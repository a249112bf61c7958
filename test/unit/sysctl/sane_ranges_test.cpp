// SPDX-License-Identifier: Apache-2.0
// sane_ranges_test.cpp - whose values a peer dictates, and that each range is one.
#include "sysctl/sane_ranges.h"

#include <string>

#include "support/catch.h"

using sg::sysctl::sane_range_of;

TEST_CASE("Sane ranges: hop limit, MTU and times of neighbours, of IPv6 alone") {
  for (const char* name :
       {"net/ipv6/conf/eth0/hop_limit", "net/ipv6/conf/all/mtu",
        "net/ipv6/neigh/eth0.100/retrans_time_ms", "net/ipv6/neigh/wg0/base_reachable_time_ms",
        "net/ipv6/neigh/wg0/retrans_time", "net/ipv6/neigh/wg0/base_reachable_time"}) {
    INFO(name);
    const sg::sysctl::SaneRange* const range = sane_range_of(name);
    REQUIRE(range != nullptr);
    CHECK(range->low < range->high);
    CHECK_FALSE(range->why.empty());
  }
  CHECK(sane_range_of("net/ipv6/conf/eth0/mtu")->low == 1280);
  for (const char* name : {"net/ipv4/conf/eth0/mtu", "net/ipv6/conf/eth0/forwarding",
                           "net/ipv4/neigh/eth0/retrans_time_ms", "net/ipv6/conf/hop_limit", ""}) {
    INFO(name);
    CHECK(sane_range_of(name) == nullptr);
  }
}
