// SPDX-License-Identifier: Apache-2.0
// sane_ranges.cpp - the table.
//
// RFC 4861, 6.3.4: a host takes hop limit, MTU, reachable time (at most an hour) and retransmission
// timer from advertisements. A hop limit of a few cuts a host off (CVE-2015-2922); IPv6 needs 1280
// bytes, and 65536 is the loopback interface's.
#include "sysctl/sane_ranges.h"

#include <algorithm>

#include "sysctl/sysctl_name.h"

namespace sg::sysctl {
namespace {

constexpr std::string_view kRouter = "a router dictates it";

constexpr SaneRange kRanges[] = {
    {"net/ipv6/conf/*/hop_limit", 32, 255, kRouter},
    {"net/ipv6/conf/*/mtu", 1280, 65536, kRouter},
    {"net/ipv6/neigh/*/base_reachable_time", 1, 3600, kRouter},
    {"net/ipv6/neigh/*/base_reachable_time_ms", 1000, 3600000, kRouter},
    {"net/ipv6/neigh/*/retrans_time", 1, 6000, kRouter},
    {"net/ipv6/neigh/*/retrans_time_ms", 10, 60000, kRouter},
};

}  // namespace

const SaneRange* sane_range_of(std::string_view name) {
  const auto* const found = std::ranges::find_if(
      kRanges, [name](const SaneRange& row) { return pattern_matches(row.name, name); });
  return found == std::ranges::end(kRanges) ? nullptr : found;
}

}  // namespace sg::sysctl
