// SPDX-License-Identifier: Apache-2.0
// walked_test.cpp - the rows of the made table, and which names can be one of them.
#include "sysctl/walked.h"

#include <algorithm>

#include "support/catch.h"

using namespace sg::sysctl;

TEST_CASE("Walked: rows are sorted, with a letter for each kernel") {
  CHECK(std::ranges::is_sorted(walked(), {}, &Walked::name));
  CHECK(std::ranges::adjacent_find(walked(), {}, &Walked::name) == walked().end());
  for (const Walked& row : walked()) {
    INFO(row.name);
    CHECK(row.initial.size() == walked_kernels().size());
    CHECK(row.fresh.size() == walked_kernels().size());
    for (std::size_t i = 0; i < row.initial.size(); ++i) {
      CHECK((row.initial[i] == '-') == (row.fresh[i] == '-'));
    }
  }
  for (const char* release : {"5.10", "6.1", "6.12", "6.18"}) {
    CHECK(kernel_index(release) != kNoKernel);
  }
  CHECK(kernel_index("2.4") == kNoKernel);
}

TEST_CASE("Walked: what everybody has, and what a namespace of its own has not") {
  const Walked* const forward = find_walked("net/ipv4/ip_forward");
  REQUIRE(forward != nullptr);
  CHECK(forward->fresh.find_first_not_of('w') == std::string_view::npos);
  CHECK(forward->form == "1");
  const Walked* const qdisc = find_walked("net/core/default_qdisc");
  REQUIRE(qdisc != nullptr);
  CHECK(qdisc->initial.find_first_not_of('w') == std::string_view::npos);
  CHECK(qdisc->fresh.find('w') == std::string_view::npos);
  CHECK(find_walked("net/ipv4/ip_foward") == nullptr);
  CHECK(find_walked("net/ipv4/conf/*/rp_filter") != nullptr);
}

TEST_CASE("Walked: a pattern and a row can be one name") {
  struct Case {
    const char* pattern;
    const char* row;
    bool can;
  };
  const Case cases[] = {
      {"net/ipv4/ip_forward", "net/ipv4/ip_forward", true},
      {"net/ipv4/ip_foward", "net/ipv4/ip_forward", false},
      {"net/ipv4/conf/eth0/rp_filter", "net/ipv4/conf/*/rp_filter", true},
      {"net/ipv4/conf/*/rp_filter", "net/ipv4/conf/*/rp_filter", true},
      {"net/ipv4/conf/wg*/rp*", "net/ipv4/conf/*/rp_filter", true},
      {"net/ipv4/conf/*/rp_fliter", "net/ipv4/conf/*/rp_filter", false},
      {"net/*", "net/ipv4/conf/*/rp_filter", true},
      {"net*", "net/ipv4/conf/*/rp_filter", true},
      {"net/ipv4/tcp_*", "net/ipv4/tcp_rmem", true},
      {"net/ipv4/tcp_*", "net/ipv4/udp_rmem_min", false},
      {"net/ipv4", "net/ipv4/tcp_rmem", false},
      {"net/ipv4/tcp_rmem/x", "net/ipv4/tcp_rmem", false},
      {"net/ipv6/conf/eth0/103/disable_ipv6", "net/ipv6/conf/*/disable_ipv6", false},
      {"*", "vm/swappiness", true},
      {"kernel/sched_domain/cpu0/x", "kernel/sched_domain/cpu*/x", true},
      {"kernel/sched_domain/node0/x", "kernel/sched_domain/cpu*/x", false},
  };
  for (const Case& c : cases) {
    INFO(c.pattern << " and " << c.row);
    CHECK(can_be(c.pattern, c.row) == c.can);
  }
}
