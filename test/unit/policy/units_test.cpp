// SPDX-License-Identifier: Apache-2.0
// units_test.cpp - sizes, times, and what a sysctl counts.
#include "policy/units.h"

#include "support/catch.h"

using namespace sg::policy;

TEST_CASE("Units: sizes are powers of 1024") {
  CHECK(bytes_of("64k") == 65536u);
  CHECK(bytes_of("4Ki") == 4096u);
  CHECK(bytes_of("2GiB") == 2147483648u);
  CHECK(bytes_of("1 MB") == 1048576u);
  for (const char* text : {"64", "k", "1kk", "1x", "99999999999T", "1.5G", ""}) {
    INFO(text);
    CHECK_FALSE(bytes_of(text));
  }
}

TEST_CASE("Units: times, and the unit that ends a name") {
  CHECK(nanoseconds_of("min") == 60 * kSecond);
  CHECK_FALSE(nanoseconds_of("m"));
  CHECK(nanoseconds_in("net/ipv4/neigh/eth0/retrans_time_ms") == kSecond / 1000);
  CHECK_FALSE(nanoseconds_in("net/ipv4/tcp_keepalive_time"));
}

TEST_CASE("Units: a sysctl counts bytes, kilobytes or pages") {
  constexpr std::uint64_t kGibibyte = std::uint64_t{1} << 30;
  CHECK(in_its_unit(kGibibyte, "kernel/shmmax") == "1073741824");
  CHECK(in_its_unit(kGibibyte, "vm/min_free_kbytes") == "1048576");
  CHECK(in_its_unit(kGibibyte, "kernel/perf_event_mlock_kb") == "1048576");
  for (const char* name :
       {"kernel/shmall", "net/ipv4/tcp_mem", "net/ipv4/udp_mem", "fs/pipe-user-pages-soft"}) {
    INFO(name);
    CHECK(counts_pages(name));
    CHECK(in_its_unit(kGibibyte, name) == "262144");
  }
  CHECK_FALSE(counts_pages("net/ipv4/tcp_rmem"));
}

TEST_CASE("Units: a range whose ends have some") {
  struct Case {
    const char* pattern;
    const char* text;
    const char* range;
  };
  const Case cases[] = {
      {"kernel/shmmax", "1G..64G", "1073741824..68719476736"},
      {"kernel/shmmax", "..64k", "..65536"},
      {"kernel/shmmax", "4096..1M", "4096..1048576"},
      {"net/core/somaxconn", "1k..", "1024.."},
      {"kernel/shmall", "1G..2G", "262144..524288"},
      {"vm/min_free_kbytes", "64M..1G", "65536..1048576"},
      {"net/ipv4/tcp_keepalive_time", "30s..60s", "30..60"},
      {"vm/dirty_expire_centisecs", "1s..5s", "100..500"},
      {"net/ipv4/tcp_rmem", "4k..6M 87380 *", "4096..6291456 87380 *"},
      {"net/ipv4/ip_local_port_range", "1k.. ..32k", "1024.. ..32768"},
      // Of these nobody knows, or the sysctl does not hold it.
      {"net/ipv4/tcp_keepalive_time", "1h..2h", ""},
      {"net/core/somaxconn", "1G..2G", ""},
      {"net/ipv4/tcp_rmem", "4k..6M", ""},
      {"net/core/somaxconn", "1k", ""},
      {"net/core/somaxconn", "..", ""},
      {"net/core/somaxconn", "a..b", ""},
      {"net/core/somaxconn", "1...5", ""},
  };
  for (const Case& c : cases) {
    INFO(c.pattern << "=" << c.text);
    CHECK(range_without_units(c.text, c.pattern) == c.range);
  }
}
