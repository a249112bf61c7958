// SPDX-License-Identifier: Apache-2.0
// refused_value_test.cpp - writes that the kernel refuses, and those that it takes.
#include "advice/refused_value.h"

#include <optional>
#include <string>

#include "support/catch.h"

using namespace sg::advice;

TEST_CASE("Refused value: writes that the kernel refuses, and what to write") {
  struct Case {
    const char* name;
    const char* value;
    const char* message;  // a piece of it
    const char* hint;
  };
  const Case cases[] = {
      {"net/ipv4/ip_forward", "true", "\"true\" is no number", "write 1"},
      {"net/ipv4/ip_forward", "'1'", "is no number", "write 1, without quotes"},
      {"net/ipv4/ip_forward", "\"1\"", "is no number", "write 1, without quotes"},
      {"net/ipv4/ip_forward", "", "\"\" is no number", "write a number"},
      {"net/ipv4/ip_forward", "0..1", "\"0..1\" is no number", "write 0 or 1"},
      {"net/ipv4/ip_forward", "0|1", "\"0|1\" is no number", "write 0 or 1"},
      {"net/ipv4/ip_forward", "=1", "\"=1\" is no number", "write 1"},
      {"net/ipv4/ip_forward", "0..5", "is no number", "write a number from 0 to 5"},
      {"net/ipv4/ip_forward", "0..5|9", "is no number", "write a number from 0 to 5 or 9"},
      {"net/ipv4/ip_forward", "1..", "is no number", "write a number"},
      {"net/ipv4/ip_forward", "@current", "is no number",
       "write a number; @current stands only in rules"},
      {"net/ipv4/tcp_rmem", "many", "is no number", "write 3 numbers with blanks between them"},
      {"net/ipv4/ip_local_port_range", "65500 9000", "first port is above", "smaller number first"},
      {"kernel/sem", "250 32000 100 40000", "0 to 32768 as the fourth number", "as the fourth"},
      {"kernel/sem_next_id", "-1", "and refuse -1", "from 0 to 2147483647"},
      {"net/ipv4/tcp_congestion_control", "1", "looks for a name", "write a name"},
      {"net/ipv4/tcp_congestion_control", "cubic reno", "looks for one name", "write one name"},
      {"net/ipv4/ip_local_reserved_ports", "1024 15999", "is no list",
       "write 1024-15999 for a range, or 1024,15999 for the two alone"},
      {"net/ipv4/ip_forward", "+1", "\"+1\" is no number", "write 1"},
      {"net/core/somaxconn", "1k", "is no number", "write the number out: 1024"},
      {"net/core/somaxconn", "4294967296", "beyond what net.core.somaxconn holds", "it holds -2"},
      {"net/ipv4/tcp_syncookies", "256\n", "take 0 to 255 here, and refuse 256", "from 0 to 255"},
      {"net/ipv4/ip_forward", "1 # on", "holds 1 number, and the kernel leaves out", "write 1"},
      {"net/ipv4/tcp_rmem", "1 2 3 4", "holds 3 numbers, and the kernel", "write 1 2 3"},
      {"kernel/sem", "250,32000,100,128", "is no number", "write 250 32000 100 128"},
      {"net/ipv4/tcp_mem", "1G", "is no number", "write numbers: the sysctl counts pages"},
      {"kernel/shmmax", "-1", "beyond what kernel.shmmax holds", "it holds 0"},
      {"net/ipv4/ip_local_reserved_ports", "1024..1030", "is no list of numbers", ""},
      {"net/ipv4/ip_local_reserved_ports", "8080, 9090", "is no list", "write 8080,9090"},
      {"net/ipv4/ip_local_reserved_ports", "80 1024:1030", "is no list", "write 80,1024-1030"},
      {"net/ipv4/ip_local_reserved_ports", "1024 - 1030", "is no list", "write 1024-1030"},
      {"net/ipv4/ip_local_reserved_ports", "1-65536", "take 0 to 65535 here, and refuse 1-65536",
       ""},
      {"net/core/rps_default_mask", "all", "is no hexadecimal mask", ""},
      {"net/ipv4/tcp_congestion_control", "\"bbr\"", "quotes are taken for a part", "write bbr"},
      {"net/ipv4/ip_local_reserved_ports", "'80'", "quotes are taken for a part", "write 80"},
      {"net/ipv4/ip_forward", "1\r", "is no number", "write 1, without the carriage return"},
      {"net/ipv4/conf/*/rp_filter", "on", "is no number", "write 1"},
  };
  for (const Case& c : cases) {
    INFO(c.name << "=" << c.value);
    const std::optional<Advice> refusal = refused_write(c.name, c.value);
    REQUIRE(refusal);
    CHECK_THAT(refusal->message, Catch::Contains(c.message));
    CHECK_THAT(refusal->hint, Catch::Contains(c.hint));
  }
}

TEST_CASE("Refused value: of what the kernel takes, or may take, nothing is said") {
  struct Case {
    const char* name;
    const char* value;
  };
  const Case cases[] = {
      {"net/ipv4/ip_forward", "1"},
      {"net/ipv4/ip_forward", " 1 \n"},
      {"net/ipv4/ip_forward", "0x1"},
      {"net/ipv4/ip_forward", "010"},
      {"net/ipv4/tcp_rmem", "4096\t131072\t6291456"},
      {"net/ipv4/tcp_rmem", "4096"},
      {"net/ipv4/ip_local_reserved_ports", "80,1024-15999"},
      {"net/ipv4/ip_local_reserved_ports", ""},
      {"net/ipv4/ip_local_reserved_ports", "8080,"},
      {"net/core/rps_default_mask", "ff"},
      {"kernel/core_pattern", "|/usr/bin/true"},
      {"kernel/hostname", ""},
      {"kernel/hostname", "it's"},
      {"net/ipv4/ip_local_port_range", "9000 9000"},
      {"kernel/sem", "250 32000 100 32768"},
      {"net/ipv4/tcp_congestion_control", "cubic\n"},
      {"net/nobody/knows", "'a'"},
      {"net/ipv4/route/flush", "now"},
      {"net/nobody/knows", "true"},
      {"kernel/shmmax", "18446744073709551615"},
  };
  for (const Case& c : cases) {
    INFO(c.name << "=" << c.value);
    CHECK_FALSE(refused_write(c.name, c.value));
  }
}
