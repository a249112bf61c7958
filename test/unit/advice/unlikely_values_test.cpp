// SPDX-License-Identifier: Apache-2.0
// unlikely_values_test.cpp - which values are warned of, what is proposed, and which are right.
#include "advice/unlikely_values.h"

#include <string>
#include <vector>

#include "policy/rule_list.h"
#include "support/catch.h"

using namespace sg;
using namespace sg::advice;
using namespace sg::policy;

namespace {

std::vector<Finding> findings_of(const std::string& list) {
  Diagnostics findings;
  RuleBudget budget;
  const std::vector<Rule> rules =
      parse_rule_list(list, RuleKind::kAllow, "here", Groups({}), budget, findings);
  CHECK(findings.findings().empty());
  CHECK_FALSE(rules.empty());
  warn_unlikely_values(rules, findings);
  CHECK_FALSE(findings.has_errors());
  return findings.findings();
}

}  // namespace

TEST_CASE("Unlikely values: what is warned of, and what is proposed") {
  struct Case {
    const char* rule;
    const char* message;
    const char* hint;
  };
  const Case cases[] = {
      {"net.ipv4.ip_forward=true", "\"true\" is no number", "write 1"},
      {"net.ipv4.ip_forward=Off", "\"Off\" is no number", "write 0"},
      {"net.ipv4.conf.all.rp_filter=0-2", "\"0-2\" is no number", "write 0..2"},
      {"net.ipv4.conf.*.rp_filter=0-2", "\"0-2\" is no number", "write 0..2"},
      {"net.core.somaxconn=1k", "\"1k\" is no number", "1024"},
      {"net.core.somaxconn=64KiB", "is no number", "65536"},
      {"net.core.somaxconn=2G", "is no number", "2147483648"},
      {"net.ipv4.tcp_keepalive_time=30s", "\"30s\" is no number", "write 30"},
      {"net.ipv4.tcp_keepalive_time=30 seconds", "is no number", "write 30"},
      {"net.ipv4.tcp_keepalive_time=5m", "is no number", "without a unit"},
      {"net.core.rmem_max=16MB", "is no number", "16777216"},
      {"kernel.shmmax=64G", "is no number", "68719476736"},
      {"net.ipv4.ip_forward='1'", "is no number", "write 1, without quotes"},
      {"net.ipv4.tcp_rmem=4096-16777216", "is no number", "write 3 numbers"},
      {"net.ipv4.tcp_rmem=4k 87k 6M", "is no number", "write 4096 89088 6291456"},
      {"net.ipv4.ip_forward=1 # forward", "is no number", "write 1: a rule has no comment"},
      {"net.ipv4.conf.eth0.rp_filter=2-", "is no number", "write 2.."},
      {"net.ipv4.conf.eth0.rp_filter=<2", "is no number", "write ..1 for less"},
      {"net.ipv4.tcp_keepalive_time=1d", "is no number", "write a plain number"},
      {"net.core.somaxconn=4_096", "is no number", "write 4096"},
      {"vm.swappiness=10%", "is no number", "write 10"},
      {"net.ipv4.ip_forward==1", "a second \"=\"", "write 1, with one \"=\""},
      {"net.ipv4.ip_forward=[01]", "is no number", "write 0|1"},
      {"net.ipv4.ip_forward=(0|1)", "is no number", "0|1"},
      {"net.ipv4.conf.all.rp_filter=[0-2]", "is no number", "write 0..2"},
      {"net.ipv4.ip_forward=0/1", "is no number", "write 0|1"},
      {"net.core.somaxconn=>=1024", "is no number", "write 1024.."},
      {"net.core.somaxconn=1.5", "is no number", "write a number"},
      {"net.ipv4.ip_forward=\"true\"", "is no number", "write 1"},
      {"net.ipv4.ip_forward=0|yes", "\"yes\" is no number", "write 0|1"},
      {"net.ipv4.ip_forward=on | off", "\"on\" is no number", "write 1|0"},
      {"net.ipv4.ip_forward=0\\|1", "\"0\\\" is no number", "write 0|1"},
      {"net.ipv4.conf.all.rp_filter=0|1-2", "\"1-2\" is no number", "write 0|1..2"},
      {"net.ipv4.conf.all.rp_filter=0|loose", "\"loose\" is no number", "write a number"},
      {"net.ipv4.ip_forward=1 net.ipv4.conf.all.src_valid_mark=1", "between two rules", "a comma"},
      {"net.ipv4.ip_forward=1|net.ipv4.tcp_syncookies=1", "\"|\" stands between", "a comma"},
      {"net.ipv4.ip_forward=1|other.name=1", "\"|\" stands between", "a comma"},
      {"kernel.hostname=a|vm.swappiness=1", "\"|\" stands between", "a comma"},
      {"[\"net.ipv4.ip_forward=1, net.ipv4.tcp_syncookies=1\"]", "several rules", "in each string"},
      {"[\"net.ipv4.ip_forward=1;ip_nonlocal_bind=1\"]", "several rules", "in each string"},
      {"net.ipv4.tcp_rmem=4096|87380|6291456", "holds 3 numbers", "such as 4096 87380 6291456;"},
      {"net.ipv4.ip_forward=1 net/ipv4/tcp_syncookies", "between two rules", "a comma"},
      {"net.ipv4.tcp_*=1!net.ipv4.tcp_mem", "leaves nothing out", "io.sysctl-guard.deny"},
      {"net.ipv4.tcp_*=1 except net.ipv4.tcp_mem", "leaves nothing out", "io.sysctl-guard.deny"},
      {R"(["net.ipv4.ip_forward=1 net.ipv4.tcp_syncookies=1"])", "between two rules",
       "write one rule in each string of the list"},
      {"kernel.hostname=a vm.swappiness=10", "between two rules", "a comma"},
      {"net.ipv4.ip_local_reserved_ports=1024 15999", "takes a list", "\"1024-15999\""},
      {"net.ipv4.ip_local_reserved_ports=1024..15999", "takes a list", "\"1024-15999\""},
      {"net.ipv4.ip_local_reserved_ports=1024:15999", "is no list", ""},
      {"net.ipv4.ip_local_reserved_ports=\"1024-\"", "both its ends", "\"1024-65535\""},
      {"net.ipv4.ip_local_reserved_ports=\"8080, 9090\"", "is no list", "\"8080,9090\""},
      {"net.ipv4.ip_local_reserved_ports=70000", "and refuse 70000", "from 0 to 65535"},
      {"net.ipv4.ip_local_reserved_ports=\"80,70000\"", "and refuse 70000", "\"1024-15999\""},
      {"net.ipv4.ip_local_reserved_ports=-1024", "takes a list", "\"1024-15999\""},
      {"net.ipv4.ip_local_reserved_ports=\"9-1\"", "\"9-1\" is no number and no range", ""},
      {"net.ipv4.ip_local_reserved_ports=\"1,,2\"", "is no number and no range", ""},
      {"net.ipv4.ip_local_reserved_ports=1024..15999 20000..30000", "takes a list",
       "such as \"1024-15999,20000-30000\""},
      {"net.ipv4.ip_local_reserved_ports=8080 9000 9100", "takes a list", "\"8080,9000,9100\""},
      {"net.ipv4.ip_local_reserved_ports=30000..40000|50000..60000", "takes a list",
       "\"30000-40000,50000-60000\""},
      {"net.ipv4.ip_local_reserved_ports=8080..", "takes a list", "\"8080-65535\""},
      {"net.ipv4.ip_local_reserved_ports=30000 to 40000", "is no list", "\"30000-40000\""},
      {"net.ipv4.ip_local_reserved_ports=\"8080-70000\"", "and refuse 8080-70000",
       "\"8080-65535\""},
      {"net.ipv4.ip_forward=1*", "\"*\" here permits everything that begins with 1",
       "write 1 for that alone, or a range: 1.. for that and more"},
      {"net.core.somaxconn=4096*", "everything that begins with 4096", "or a range: 4096.."},
      {"net.ipv4.ip_local_reserved_ports=80*", "begins with 80", "write 80 for that alone"},
      {"net.ipv4.tcp_rmem=4096 87380 6*", "begins with 4096 87380 6", "write 4096 87380 6 for"},
      {"net.ipv4.ip_local_port_range=65500 9000", "the first port is above the last",
       "write the smaller number first"},
      {"net.ipv4.ip_local_port_range=60000..61000 ..9000", "first port is above the last", ""},
      {"kernel.sem=250 32000 100 40000", "take 0 to 32768 as the fourth number", "as the fourth"},
      {"kernel.sem=\"250 32000 100 40000\"", "take 0 to 32768 as the fourth number", ""},
      {"kernel.sem_next_id=-1", "and refuse -1", "from 0 to 2147483647"},
      {"net.ipv4.tcp_congestion_control=1", "looks for a name here", "write a name"},
      {"net.ipv4.tcp_congestion_control=1 2", "looks for a name here", "write a name"},
      {"net.ipv4.tcp_congestion_control=cubic reno", "looks for one name", "write cubic|reno for"},
      {"net.ipv6.icmp.ratemask=1..5", "takes a list", "\"1-5\""},
      {"net.ipv4.icmp_ratelimit=\"4294967296\"", "beyond what net.ipv4.icmp_ratelimit holds",
       "-2147483648 to 2147483647"},
      {"net.ipv4.conf.*.rp_filter=\"0x100000000\"", "beyond what", "2147483647"},
      {"net.ipv4.tcp_rmem=\"1 2 4294967296\"", "beyond what net.ipv4.tcp_rmem holds", ""},
      {"kernel.shmmax=-1", "holds no negative number", "write 18446744073709551615"},
      {"kernel.shmmax=-5..7", "holds no negative number", ""},
      {"net.ipv4.tcp_notsent_lowat=-1", "holds no negative number", "write 4294967295"},
      {"net.ipv4.tcp_notsent_lowat=\"-1\"", "beyond what", "0 to 4294967295"},
      {"net.ipv4.ip_unprivileged_port_start=65536",
       "the tested kernels take 0 to 65535 here, and refuse 65536", "a number from 0 to 65535"},
      {"net.ipv4.ip_unprivileged_port_start=\"-1\"", "and refuse -1", "from 0 to 65535"},
      {"net.ipv4.ip_local_port_range=1024 70000", "and refuse 70000", "from 1 to 65535"},
      {"net.ipv4.ip_local_port_range=0 65535", "and refuse 0", "from 1 to 65535"},
      {"net.ipv4.ping_group_range=0 4294967295", "and refuse 4294967295", "to 4294967294"},
      {"net.ipv4.tcp_syncookies=1|256..512", "and refuse 256..512", "from 0 to 255"},
      {"net.ipv4.tcp_syncookies=0x100", "and refuse 0x100", "from 0 to 255"},
      {"net.ipv4.tcp_rmem=0 87380 6291456", "and refuse 0", "from 1 to 2147483647"},
      {"net.core.somaxconn=@current..-1", "and refuse @current..-1", "from 0 to 2147483647"},
      {"net.ipv6.conf.eth*.hop_limit=0", "and refuse 0", "from 1 to 255"},
      {"net.netfilter.nf_conntrack_tcp_timeout_close=99999999", "refuse 99999999", "21474836"},
      {"user.max_net_namespaces=-1", "and refuse -1", "from 0 to 2147483647"},
      {"vm.dirty_ratio=150", "and refuse 150", "from 0 to 100"},
      {"vm.swappiness=201..", "and refuse 201..2147483647", "from 0 to 200"},
      {"fs.file-max=9223372036854775808", "and refuse 9223372036854775808", "5807"},
      {"fs.file-max=-1", "holds no negative number", "write 9223372036854775807"},
      {"kernel.hostname='web'", "quotes are taken for a part of the value", "write web"},
      {"net.ipv4.tcp_congestion_control=`bbr`", "quotes are taken for a part", "write bbr"},
      {"[\"net.ipv4.tcp_rmem=4096,131072,6291456\"]", "is no number", "write 4096 131072 6291456"},
      {"[\"net.ipv4.ip_forward='1'\"]", "is no number", "write 1, without quotes"},
      {"[\"net.ipv4.ip_forward=0,1\"]", "is no number", "write 0|1"},
      {"[\"net.ipv4.ip_forward=[0,1]\"]", "is no number", "write 0|1"},
      {"[\"net.ipv4.ip_forward=1\\\\n\"]", "is no number", "write 1: a rule has no escapes"},
      {"kernel.pid_max=300", "and refuse 300", "from 301 to 4194304"},
      {"kernel.shmall=1G", "is no number", "write 262144, if a page has 4096 bytes"},
      {"net.ipv4.tcp_mem=1G 2G 3G", "is no number", "write 262144 524288 786432, if a page"},
      {"net.ipv4.udp_mem=1G", "is no number", "the sysctl counts pages, no bytes"},
      {"net.ipv4.tcp_rmem=..6291456", "only writes of 1",
       "such as ..6291456 ..6291456 ..6291456; \"*\""},
      {"net.ipv4.ip_local_port_range=..65535", "only writes of 1",
       "such as ..65535 ..65535; \"*\""},
      {"kernel.sem=250 32000 100", "only writes of 3", "such as 250 32000 100 *; \"*\""},
      {"kernel.shmmni=\"1 2\"", "holds 1 number, and this permits only writes of 2", "write one"},
      {"kernel.sem=\"1 2 3\"", "holds 4 numbers, and this permits only writes of 3", "write 4"},
      {"kernel.sem=1 2 3 4 5", "only writes of 5", "such as 1 2 3 4; \"*\""},
      {"net.core.somaxconn=1.. 5", "only writes of 2", "write 1..5 for a range"},
      {"net.ipv4.ip_forward=\"0|1\"", "is no number", "write 0|1, without quotes"},
      {"net.core.somaxconn=\"0..5\"", "is no number", "write 0..5, without quotes"},
      {"net.ipv4.ip_forward=\"08\"", "\"08\" is no number", ""},
      {"kernel.shm*=1..", "ends at 2147483647, as an int does; kernel.shmall and 1 more", ""},
      {"net.ipv6.conf.*=@current..", "ends at 2147483647", ""},
      {"net.core.rps_default_mask=all", "is no hexadecimal mask", ""},
      {"net.ipv4.ip_local_port_range=1024..65535", "holds 2 numbers", "write 2"},
      {"net.ipv4.tcp_rmem=4096 131072", "holds 3 numbers", "write 3"},
      {"net.core.somaxconn=1 2", "holds 1 number,", "write one"},
      {"net.ipv6.conf.*.stable_secret=@current", "does not hold one", "name the values"},
      {"net.ipv4.ip_local_res*=@current..", "does not hold one", "name the values"},
      {"net.ipv4.tcp_rme*=@current", "does not hold one", "name the values"},
  };
  for (const Case& c : cases) {
    INFO(c.rule);
    const std::vector<Finding> found = findings_of(c.rule);
    REQUIRE(found.size() == 1);
    CHECK(found[0].severity == Severity::kWarning);
    CHECK_THAT(found[0].message, Catch::Contains(c.message));
    CHECK_THAT(found[0].hint, Catch::Contains(c.hint));
  }
}

TEST_CASE("Unlikely values: what is right, or not known, is not warned of") {
  for (const char* rule : {"net.ipv4.ip_forward=0|1",
                           "net.ipv4.ip_forward=0x1",
                           "net.ipv4.tcp_rmem=4096 * ..6291456",
                           "net.ipv4.ip_local_reserved_ports=8080",
                           "net.ipv4.ip_local_reserved_ports=\"1024-15999\"",
                           "net.ipv4.ip_local_reserved_ports=1024-15999",
                           "net.ipv4.ip_local_reserved_ports=\"8080,\"",
                           "net.ipv4.ip_local_port_range=9000..61000 ..60000",
                           "net.ipv4.ip_local_port_range=* 1024",
                           "kernel.sem=250 32000 100 *",
                           "net.ipv4.tcp_congestion_control=c*",
                           "net.ipv4.tcp_allowed_congestion_control=cubic reno",
                           "net.ipv4.ip_forward=*",
                           "net.some.thing=1*",
                           "kernel.hostname=1*",
                           "net.core.rps_default_mask=\"ff\"",
                           "kernel.hostname=true",
                           "kernel.core_pattern=/*",
                           "net.ipv4.tcp_congestion_control=bbr|cubic",
                           "net.core.default_qdisc=fq",
                           "net.ipv4.route.flush=1",
                           "net.some.thing=true",
                           "net.ipv4.*=on",
                           "vm.dirty_bytes=1..",
                           "vm.max_map_count=@current..262144",
                           "net.ipv4.*=@current",
                           "net.some.thing=@current",
                           "kernel.domainname=\"a vm.swappiness=10\"",
                           "kernel.hostname=a.b=1|c",
                           "[\"kernel.hostname=a, b=c\"]",
                           "net.ipv4.ping_group_range=0 4294967294",
                           "net.ipv4.ip_local_reserved_ports=\"80,1024-15999\"",
                           "net.ipv4.icmp_ratelimit=\"-2147483648\"",
                           "net.ipv4.ip_forward=\"010\"",
                           "net.some.thing=\"4294967296\"",
                           "kernel.shm*=\"4294967296\"",
                           "kernel.shmmax=..5",
                           "kernel.shm*=1..2147483647",
                           "net.ipv4.ip_unprivileged_port_start=0|65535",
                           "net.ipv4.ip_local_port_range=1 65535",
                           "net.ipv4.ping_group_range=0 4294967294",
                           "net.ipv4.tcp_syncookies=0..1000",
                           "net.core.somaxconn=-5..5",
                           "net.core.somaxconn=@current..",
                           "net.ipv4.tcp_keepalive_time=86400",
                           "net.ipv4.tcp_*=300",
                           "kernel.panic=-1",
                           "kernel.hostname=\"'web'\"",
                           "kernel.hostname=it's",
                           "net.some.text='a'",
                           "kernel.sem=250 32000 100 128",
                           "vm.overcommit_ratio=150",
                           "vm.swappiness=200",
                           "net.ipv6.conf.*.router_solicitations=-1",
                           "net.ipv4.ip_unprivileged_port_start=\"7\"*",
                           "net.ipv4.conf.*=0..",
                           "net.ipv6.conf.*.ioam6_id_wide=0..",
                           "kernel.shmmax=1.."}) {
    INFO(rule);
    CHECK(findings_of(rule).empty());
  }
}

TEST_CASE("Unlikely values: whether the sysctl takes none of them") {
  struct Case {
    const char* rule;
    bool is_useless;
  };
  const Case cases[] = {
      {"net.ipv4.ip_forward=true", true}, {"net.ipv4.ip_forward=1*", false},
      {"kernel.sh*=1..", false},          {"net.ipv4.ip_forward=1", false},
      {"kernel.sem_next_id=-1", true},
  };
  for (const Case& c : cases) {
    INFO(c.rule);
    Diagnostics findings;
    RuleBudget budget;
    const std::vector<Rule> rules =
        parse_rule_list(c.rule, RuleKind::kAllow, "here", Groups({}), budget, findings);
    REQUIRE(rules.size() == 1);
    CHECK(has_useless_values(rules[0]) == c.is_useless);
  }
}
