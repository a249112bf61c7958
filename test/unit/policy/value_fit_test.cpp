// SPDX-License-Identifier: Apache-2.0
// value_fit_test.cpp - values that a sysctl can hold, and those that it cannot; where they stand in
// a list is in rule_list_test.cpp.
#include "policy/value_fit.h"

#include <string>

#include "policy/value_rule.h"
#include "support/catch.h"
#include "sysctl/catalogue.h"

using namespace sg;
using namespace sg::policy;

namespace {

// The finding about the values of a rule for `pattern`, its hint behind it; empty: there is none.
std::string finding_of(const std::string& pattern, const std::string& written) {
  Diagnostics findings;
  const std::vector<Value> values =
      parse_values(written, TextPlace{}, findings, sysctl::width_of(pattern));
  REQUIRE(findings.findings().empty());
  const bool fits = values_fit(pattern, sysctl::width_of(pattern), values, written,
                               TextPlace{"here", 7}, findings);
  CHECK(fits == !findings.has_errors());
  if (findings.findings().empty()) {
    return "";
  }
  const Finding& first = findings.findings()[0];
  CHECK(first.offset == 7);
  CHECK(first.text == written);
  return first.message + "; " + first.hint;
}

}  // namespace

TEST_CASE("Value fit: what is there, where that is not one number, is an error") {
  const char* const hint =
      "; name the values that you want to permit, or put the whole text in quotes";
  struct Case {
    const char* pattern;
    const char* what;
  };
  const Case cases[] = {
      {"kernel/core_pattern", "kernel.core_pattern holds text"},
      {"net/ipv6/conf/eth0/stable_secret", "net.ipv6.conf.eth0.stable_secret holds text"},
      {"kernel/watchdog_cpumask", "kernel.watchdog_cpumask holds a list of numbers and ranges"},
      {"net/core/rps_default_mask", "net.core.rps_default_mask holds a hexadecimal mask"},
      {"vm/lowmem_reserve_ratio", "vm.lowmem_reserve_ratio holds 5 numbers"},
      {"net/ipv4/tcp_rmem", "net.ipv4.tcp_rmem holds 3 numbers"},
      {"vm/drop_caches", "vm.drop_caches acts on a write and keeps no number"},
  };
  for (const Case& c : cases) {
    for (const char* written : {"@current", "@current..5", "@current..", "\"a\"|@current"}) {
      INFO(c.pattern << "=" << written);
      CHECK(finding_of(c.pattern, written) ==
            std::string("\"@current\" stands for one number, and ") + c.what + hint);
    }
    CHECK(finding_of(c.pattern, "\"@current\"").empty());
  }
}

TEST_CASE("Value fit: what is there fits one number, an unknown name, and every pattern") {
  for (const char* pattern : {"vm/max_map_count", "vm/dirty_bytes", "kernel/nobody_knows",
                              "kernel/core_*", "net/ipv4/tcp_*", "*/core_pattern"}) {
    INFO(pattern);
    CHECK(finding_of(pattern, "@current").empty());
    CHECK(finding_of(pattern, "@current..2147483647").empty());
    CHECK(finding_of(pattern, "@current..").empty());
  }
}

TEST_CASE("Value fit: of masks among others, those of a namespace are warned of") {
  CHECK_THAT(finding_of("net/core/*", "1"),
             Catch::Contains("net/core/rps_default_mask as hexadecimal masks, this is a decimal"));
  CHECK(finding_of("net/core/flow*", "1").empty());
  CHECK_FALSE(finding_of("net/core/flow_limit_cpu_bitmap", "1").empty());
  CHECK(finding_of("net/core/*", "@current").empty());
  CHECK(finding_of("net/core/*", "@current..").empty());
}

TEST_CASE("Value fit: quotes are offered for one number of a name that no kernel showed") {
  CHECK(finding_of("fs/nobody/knows", "4294967296").find("in quotes") != std::string::npos);
  CHECK(finding_of("fs/nobody/knows", "1|4294967296|\"a\"").find("in quotes") != std::string::npos);
  struct Case {
    const char* pattern;
    const char* written;
  };
  const Case cases[] = {
      {"net/ipv4/icmp_ratelimit", "4294967296"},
      {"net/ipv4/conf/*/rp_filter", "4294967296"},
      {"net/ipv4/tcp_rmem", "1 2 4294967296"},
      {"kernel/shmmax", "18446744073709551615 1"},
      {"fs/nobody/*", "4294967296"},
      {"fs/nobody/knows", "@current..4294967296"},
      {"fs/nobody/knows", "1..4294967296"},
      {"fs/nobody/knows", "1 4294967296"},
      {"net/ipv4/ip_forward", "-4294967296"},
  };
  for (const Case& c : cases) {
    INFO(c.pattern << "=" << c.written);
    CHECK(finding_of(c.pattern, c.written).find("quotes") == std::string::npos);
  }
}

TEST_CASE("Value fit: numbers end where the sysctl ends") {
  struct Case {
    const char* pattern;
    const char* written;
    const char* finding;  // its beginning; empty: none
  };
  const Case cases[] = {
      {"vm/max_map_count", "-2147483648..2147483647", ""},
      {"vm/max_map_count", "2147483648",
       "a number is beyond what vm.max_map_count holds; it holds -2147483648 to 2147483647"},
      {"vm/max_map_count", "@current..2147483648", "a number is beyond what vm.max_map_count"},
      {"vm/max_map_count", "@current..-2147483648", ""},
      {"vm/max_map_count", "@current..-2147483649", "a number is beyond what vm.max_map_count"},
      {"vm/dirty_*", "@current..4294967296", "a number is beyond the 32 bits"},
      {"vm/dirty_bytes", "@current..4294967296", ""},
      {"vm/dirty_bytes", "@current..18446744073709551615", ""},
      {"kernel/oops_limit", "@current..4294967296", "a number is beyond what kernel.oops_limit"},
      {"kernel/oops_limit", "@current|@current..4294967295", ""},
      {"kernel/oops_limit", "-1", ""},  // the kernel refuses it
      {"net/ipv4/neigh/*/retrans_time", "0..214748364", ""},
      {"net/ipv4/neigh/*/retrans_time", "1..", ""},
      {"net/ipv4/neigh/eth0/retrans_time", "214748365",
       "a number is beyond what net.ipv4.neigh.eth0.retrans_time holds"},
      {"net/ipv4/neigh/wg*/retrans_time", "-1", "a number is beyond what"},
      {"net/ipv4/neigh/eth0/retrans_time", "@current..214748365", "a number is beyond what"},
      {"net/ipv6/neigh/eth0/retrans_time", "214748365", ""},
      {"net/ipv4/neigh/eth0/*", "0..214748364", ""},
      {"net/ipv4/neigh/eth0/*", "0..214748365", "the kernel stores another number than is written"},
      {"net/ipv4/conf/*", "-1..2147483647", ""},
      {"net/bridge/bridge-nf-call-iptables", "0|1", ""},
      {"net/bridge/bridge-nf-call-iptables", "2", "a number is beyond what"},
  };
  for (const Case& c : cases) {
    INFO(c.pattern << "=" << c.written);
    const std::string finding = finding_of(c.pattern, c.written);
    CHECK(finding.starts_with(c.finding));
    CHECK(finding.empty() == std::string(c.finding).empty());
  }
}
