// SPDX-License-Identifier: Apache-2.0
// catalogue_test.cpp - which names hold what, and that unknown ones hold an int.
#include "sysctl/catalogue.h"

#include <algorithm>
#include <set>
#include <string>

#include "support/catch.h"

using namespace sg::sysctl;

TEST_CASE("Catalogue: how wide numbers are, by the exact name") {
  CHECK(width_of("vm/dirty_bytes") == Width::kUint64);
  CHECK(width_of("kernel/shmmax") == Width::kUint64);
  CHECK(width_of("net/ipv4/tcp_mem") == Width::kInt64);
  CHECK(width_of("net/ipv4/ping_group_range") == Width::kUint32);
  CHECK(width_of("net/ipv4/ip_forward") == Width::kInt32);
  CHECK(width_of("vm/dirty_*") == Width::kInt32);
  CHECK(width_of("vm/dirty_bytes2") == Width::kInt32);
  for (const char* name : {"net/ipv4/fib_multipath_hash_seed", "net/mptcp/stale_loss_cnt",
                           "net/ipv6/conf/eth0.5/ra_defrtr_metric", "net/ipv6/conf/*/ioam6_id_wide",
                           "net/ipv6/conf/wg*/ioam6_id_wide"}) {
    INFO(name);
    CHECK(width_of(name) == Width::kUint32);
  }
  CHECK(width_of("net/ipv6/ioam6_id_wide") == Width::kUint64);
  CHECK(width_of("net/ipv6/conf/eth0/ioam6_id*") == Width::kInt32);
  CHECK(width_of("") == Width::kInt32);
}

TEST_CASE("Catalogue: narrower numbers, by a pattern that covers nothing else too") {
  CHECK(width_of("net/bridge/bridge-nf-call-iptables") == Width::kFlag);
  CHECK(width_of("net/bridge/bridge-nf-*") == Width::kInt32);
  for (const char* interface : {"eth0.5", "default", "*", "wg*"}) {
    const std::string below = std::string("/neigh/") + interface + "/";
    CHECK(width_of("net/ipv4" + below + "retrans_time") == Width::kHundredths);
    CHECK(width_of("net/ipv6" + below + "locktime") == Width::kHundredths);
    CHECK(width_of("net/ipv6" + below + "retrans_time") == Width::kInt32);
    CHECK(width_of("net/ipv4" + below + "retrans_time_ms") == Width::kInt32);
    CHECK(width_of("net/ipv4" + below + "retrans_*") == Width::kInt32);
  }
}

TEST_CASE("Catalogue: what some kernel showed to be one number") {
  for (const char* name : {"net/ipv4/icmp_ratelimit", "vm/max_map_count", "kernel/shmmax",
                           "net/ipv4/conf/eth0.5/rp_filter", "net/ipv4/conf/*/rp_filter"}) {
    INFO(name);
    CHECK(is_known_number(name));
  }
  for (const char* name : {"net/ipv4/tcp_rmem", "kernel/core_pattern", "net/ipv4/icmp_*", "vm", "",
                           "net/ipv4/icmp_ratelimit2", "net/foo/bar", "*"}) {
    INFO(name);
    CHECK_FALSE(is_known_number(name));
  }
}

TEST_CASE("Catalogue: what is known not to hold one number") {
  struct Case {
    const char* name;
    const char* what;
  };
  const Case cases[] = {
      {"kernel/core_pattern", "holds text"},
      {"net/ipv6/conf/eth0.5/stable_secret", "holds text"},
      {"net/netfilter/nf_log/2", "holds text"},
      {"net/ipv4/ip_local_reserved_ports", "holds a list of numbers and ranges"},
      {"net/core/rps_default_mask", "holds a hexadecimal mask"},
      {"vm/compact_memory", "acts on a write and keeps no number"},
      {"net/ipv4/tcp_rmem", "holds 3 numbers"},
      {"net/ipv4/ping_group_range", "holds 2 numbers"},
      {"vm/lowmem_reserve_ratio", "holds 5 numbers"},
      {"fs/file-nr", "holds 3 numbers"},
      {"kernel/printk_devkmsg", "holds text"},
      {"kernel/random/uuid", "holds text"},
      {"net/ipv6/icmp/ratemask", "holds a list of numbers and ranges"},
  };
  for (const Case& c : cases) {
    INFO(c.name);
    const std::optional<std::string_view> what = holds_no_one_number(c.name);
    REQUIRE(what);
    CHECK(*what == c.what);
  }
  for (const char* name : {"vm/max_map_count", "vm/dirty_bytes", "net/ipv4/tcp_*", "kernel/core_*",
                           "net/ipv4/tcp_rmem2", "*", "fs/nobody/knows"}) {
    INFO(name);
    CHECK_FALSE(holds_no_one_number(name));
  }
}

TEST_CASE("Catalogue: no name twice, and the masks are none of them") {
  std::set<std::string_view> names;
  for (const NumbersOf& row : wide_names()) {
    INFO(row.name);
    CHECK(names.insert(row.name).second);
    CHECK(row.width != Width::kInt32);
  }
  CHECK(std::ranges::count(mask_names(), std::string_view("net/core/rps_default_mask")) == 1);
  CHECK(std::ranges::count(mask_names(), std::string_view("net/core/flow_limit_cpu_bitmap")) == 1);
  for (const std::string_view mask : mask_names()) {
    CHECK_FALSE(names.contains(mask));
  }
}

TEST_CASE("Catalogue: what a namespace of its own has not, by name and below a directory") {
  for (const char* name : {"net/core/default_qdisc", "net/ipv4/neigh/default/gc_thresh1",
                           "net/ipv6/neigh/default/locktime", "net/ipv4/neigh/default/*"}) {
    INFO(name);
    REQUIRE(find_not_own(name) != nullptr);
    CHECK_FALSE(find_not_own(name)->is_there);
  }
  CHECK(find_not_own("net/core/rmem_max")->is_there);
  for (const char* name : {"net/ipv4/neigh/*/locktime", "net/ipv4/neigh/eth0/locktime",
                           "net/core/somaxconn", "net/*"}) {
    INFO(name);
    CHECK(find_not_own(name) == nullptr);
  }
}

TEST_CASE("Catalogue: what is a directory") {
  for (const char* name : {"net", "net/core", "abi", "net/ipv4/conf", "vm"}) {
    INFO(name);
    CHECK(is_directory_of_numbers(name));
  }
  for (const char* name : {"net/core/somaxconn", "net/cor", "net/core/", "core", ""}) {
    INFO(name);
    CHECK_FALSE(is_directory_of_numbers(name));
  }
}
