// SPDX-License-Identifier: Apache-2.0
// catalogue_test.cpp - which names hold what, and that unknown ones hold an int.
#include "sysctl/catalogue.h"

#include <algorithm>
#include <set>

#include "support/catch.h"

using namespace sg::sysctl;

TEST_CASE("Catalogue: how wide numbers are, by the exact name alone") {
  CHECK(width_of("vm/dirty_bytes") == Width::kUint64);
  CHECK(width_of("kernel/shmmax") == Width::kUint64);
  CHECK(width_of("net/ipv4/tcp_mem") == Width::kInt64);
  CHECK(width_of("net/ipv4/ping_group_range") == Width::kUint32);
  CHECK(width_of("net/ipv4/ip_forward") == Width::kInt32);
  CHECK(width_of("vm/dirty_*") == Width::kInt32);
  CHECK(width_of("vm/dirty_bytes2") == Width::kInt32);
  CHECK(width_of("") == Width::kInt32);
}

TEST_CASE("Catalogue: no name twice, none a pattern, and the masks are none of them") {
  std::set<std::string_view> names;
  for (const WideName& row : wide_names()) {
    INFO(row.name);
    CHECK(names.insert(row.name).second);
    CHECK(row.name.find('*') == std::string_view::npos);
    CHECK(row.width != Width::kInt32);
  }
  CHECK(std::ranges::count(mask_names(), std::string_view("net/core/rps_default_mask")) == 1);
  CHECK(std::ranges::count(mask_names(), std::string_view("net/core/flow_limit_cpu_bitmap")) == 1);
  for (const std::string_view mask : mask_names()) {
    CHECK_FALSE(names.contains(mask));
  }
}
