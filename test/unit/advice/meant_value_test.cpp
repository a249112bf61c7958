// SPDX-License-Identifier: Apache-2.0
// meant_value_test.cpp - what is proposed for what people write, and that it can be taken.
#include <string>

#include "advice/unlikely_values.h"
#include "support/catch.h"

using namespace sg::advice;

TEST_CASE("Meant values: signs, units and words, by what the sysctl holds") {
  constexpr const char* kTime = "net/ipv4/tcp_keepalive_time";
  constexpr const char* kPlain =
      "write a plain number, without a unit: a sysctl has one of its own";
  constexpr const char* kAny = "write a number, 0..2 for a range, or 0|1 for either";
  struct Case {
    const char* pattern;
    std::size_t count;
    const char* text;
    const char* hint;
  };
  const Case cases[] = {
      {"net/ipv4/ip_forward", 1, "!0", "write 1.. for more than 0"},
      {"net/ipv4/ip_forward", 1, "!=0", "write 1.. for more than 0"},
      {"net/ipv4/ip_forward", 1, "not 0", "write 1.. for more than 0"},
      {"net/ipv4/conf/all/rp_filter", 1, "<>1", "write ..0|2.. for all but 1"},
      {"net/ipv4/ip_forward", 1, ">0", "write 1.. for more than 0, or 0.. for 0 and more"},
      {"net/core/somaxconn", 1, "<1024",
       "write ..1023 for less than 1024, or ..1024 for 1024 and less"},
      {"net/core/somaxconn", 1, ">=1024", "write 1024.. for 1024 and more"},
      {"net/core/somaxconn", 1, "<=1024", "write ..1024 for 1024 and less"},
      {"net/core/somaxconn", 1, ">2147483647", "write 2147483647.. for 2147483647 and more"},
      {"net/ipv4/tcp_notsent_lowat", 1, "<0", "write ..0 for 0 and less"},
      {"net/ipv4/ip_forward", 1, "any", "leave out the \"=\" to permit any value"},
      {"net/ipv4/ip_forward", 1, "N", kAny},
      {"net/bridge/bridge-nf-call-iptables", 1, "N", "write 0"},
      {"net/ipv4/ip_forward", 1, "2-0", kAny},
      {kTime, 1, "30s", "write 30, if the sysctl counts seconds: a value has no unit"},
      {kTime, 1, "2h", kPlain},
      {kTime, 1, "1d", kPlain},
      {kTime, 1, "60 min", kPlain},
      {kTime, 1, "500ms", kPlain},
      {kTime, 1, "5m", kPlain},
      {kTime, 1, "50%", kPlain},
      {"vm/dirty_ratio", 1, "50%", "write 50"},
      {"net/ipv4/neigh/*/base_reachable_time_ms", 1, "30s", "write 30000"},
      {"vm/dirty_expire_centisecs", 1, "5 seconds", "write 500"},
      {"vm/min_free_kbytes", 1, "64M", "write the number out: 65536"},
      {"vm/nr_hugepages", 1, "1G", "write a plain number: the sysctl does not count bytes"},
      {"net/core/somaxconn", 1, "at least 1024", "write 1024.. for 1024 and more"},
      {"net/core/somaxconn", 1, "max 65535", "write ..65535 for 65535 and less"},
      {"net/core/somaxconn", 1, "up to many", kAny},
      {"kernel/sem", 4, "250-1000 32000 100 128",
       "write 250..1000 32000 100 128, with blanks between the numbers"},
      {"net/ipv4/ip_local_port_range", 2, "32768, 60999",
       "write 32768 60999, with blanks between the numbers"},
      {"net/core/somaxconn", 1, "4Ki", "write the number out: 4096"},
      {"net/core/somaxconn", 1, "1e6", "write 1000000"},
      {"net/core/somaxconn", 1, "1e30", kAny},
      {"net/ipv4/ip_forward", 1, "0&1", "write 0|1 for either"},
      {"net/ipv4/ip_forward", 1, "0 and 1", "write 0|1 for either"},
      {"net/ipv4/ip_forward", 1, "0 || 1", "write 0|1 for either"},
      {"net/core/somaxconn", 1, "1 ~ 5", "write 1..5 for a range"},
      {"net/ipv4/ip_forward", 1, "1#on", "write 1: a rule has no comment"},
      {"net/ipv4/ip_forward", 1, "1 // on", "write 1: a rule has no comment"},
      {"net/ipv4/ip_forward", 1, "1\\n", "write 1: a rule has no escapes"},
      {"net/ipv4/ip_forward", 1, "1\\", "write 1: a rule has no escapes"},
      {"net/ipv4/ip_forward", 1, "\"1\"", "write 1, without quotes"},
      {"net/core/somaxconn", 1, "{{ value }}", "write a number in place of the placeholder"},
      {"net/core/somaxconn", 1, "${MAX}", "write a number in place of the placeholder"},
      {"net/core/somaxconn", 1, "<value>", "write a number in place of the placeholder"},
      {"net/core/somaxconn", 1, "''", kAny},
      {"net/ipv4/tcp_rmem", 3, "4096\\t131072\\t6291456",
       "write 4096 131072 6291456: a rule has no escapes"},
      {"kernel/sem", 4, "250,32000,100,128",
       "write 250 32000 100 128, with blanks between the numbers"},
      {"kernel/shmall", 1, "64G",
       "write 16777216, if a page has 4096 bytes: the sysctl counts pages, no bytes"},
      {"net/ipv4/tcp_mem", 3, "1G",
       "write 3 numbers with blanks between them, \"*\" for any; the sysctl counts pages, no "
       "bytes"},
      {"net/ipv4/tcp_syncookies", 1, "1k",
       "write a smaller number: 1024 is more than the sysctl holds"},
      {"net/core/somaxconn", 1, "<0", "write ..0 for 0 and less"},
      {"net/core/somaxconn", 1, "2G",
       "write a smaller number: 2147483648 is more than the sysctl holds"},
      {"net/ipv4/tcp_rmem", 3, "4096-87380-6291456",
       "write 4096 87380 6291456, with blanks between the numbers"},
      {"net/ipv4/tcp_rmem", 3, "(4096 87380 6291456)",
       "write 4096 87380 6291456, with blanks between the numbers"},
      {"net/ipv4/tcp_rmem", 3, "4k 87k 6M",
       "write 4096 89088 6291456, with blanks between the numbers"},
      {"net/ipv4/tcp_rmem", 3, "4096-6291456",
       "write 3 numbers with blanks between them, \"*\" for any"},
      {"net/ipv4/ip_local_port_range", 2, "1024:65535",
       "write 1024 65535, with blanks between the numbers"},
  };
  for (const Case& c : cases) {
    INFO(c.pattern << "=" << c.text);
    CHECK(number_hint(c.pattern, c.count, c.text) == c.hint);
  }
}

TEST_CASE("Meant values: a sign behind a name") {
  CHECK(sign_hint("net/core/somaxconn", ">", "1") ==
        "write net.core.somaxconn=2.. for more than 1");
  CHECK(sign_hint("net/core/somaxconn", ">=", "1") ==
        "write net.core.somaxconn=1.. for 1 and more");
  CHECK(sign_hint("net/ipv4/ip_forward", "!=", "0") ==
        "write net.ipv4.ip_forward=1.. for more than 0");
  CHECK(sign_hint("net/ipv4/ip_forward", ":=", "1") == "write net.ipv4.ip_forward=1");
  CHECK(sign_hint("net/core/somaxconn", ":", "0-2") == "write net.core.somaxconn=0..2");
  CHECK(sign_hint("net/core/somaxconn", ":", "2..5") == "write net.core.somaxconn=2..5");
  CHECK(sign_hint("net/core/somaxconn", ":", "5-2").empty());
  CHECK(sign_hint("net/core/somaxconn", ">", "2-5").empty());
  CHECK(sign_hint("kernel/hostname", "!=", "a").empty());
}

TEST_CASE("Meant values: what stands is one rule without a finding") {
  CHECK(stands("net/ipv4/ip_forward", "0|1"));
  CHECK(stands("net/ipv4/conf/*/rp_filter", "..0|2.."));
  CHECK(stands("net/ipv4/ip_local_reserved_ports", "\"80,443\""));
  CHECK_FALSE(stands("net/ipv4/ip_forward", "true"));
  CHECK_FALSE(stands("net/ipv4/ip_forward", "0,1"));
  CHECK_FALSE(stands("net/ipv4/tcp_rmem", "4096"));
  CHECK_FALSE(stands("net/core/somaxconn", "2147483648"));
}
