// SPDX-License-Identifier: Apache-2.0
// units_test.cpp - sizes, times, and what a sysctl counts.
#include "advice/units.h"

#include "support/catch.h"

using namespace sg::advice;

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
