// SPDX-License-Identifier: Apache-2.0
// meant_name_test.cpp - which names are near to one that is none, and which are not.
#include "sysctl/meant_name.h"

#include <string>
#include <vector>

#include "base/text.h"
#include "support/catch.h"

using namespace sg;
using namespace sg::sysctl;

TEST_CASE("Meant names: the same name in its place, before any that is merely like it") {
  struct Case {
    const char* why;
    const char* pattern;
    const char* meant;  // with blanks between several; "" for none
  };
  const Case cases[] = {
      {"the interface is missing", "net/ipv4/conf/rp_filter", "net/ipv4/conf/*/rp_filter"},
      {"of IPv6", "net/ipv6/conf/disable_ipv6", "net/ipv6/conf/*/disable_ipv6"},
      {"there is only one of the default", "net/ipv4/neigh/gc_thresh1",
       "net/ipv4/neigh/default/gc_thresh1"},
      {"a star for two directories", "net/ipv4/*/rp_filter", "net/ipv4/conf/*/rp_filter"},
      {"and for three", "net/*/rp_filter", "net/ipv4/conf/*/rp_filter"},
      {"a separator is missing", "net/ipv4/conf/*rp_filter", "net/ipv4/conf/*/rp_filter"},
      {"behind the beginning of an interface", "net/ipv4/conf/wg*rp_filter",
       "net/ipv4/conf/wg*/rp_filter"},
      {"a star too many", "net/ipv4/*/ip_forward", "net/ipv4/ip_forward"},
      {"below a directory with one alike", "fs/inotify/*/max_user_watches",
       "fs/inotify/max_user_watches"},
      {"conf is missing", "net/ipv6/all/disable_ipv6", "net/ipv6/conf/all/disable_ipv6"},
      {"conf is missing, of an interface", "net/ipv4/eth0/rp_filter",
       "net/ipv4/conf/eth0/rp_filter"},
      {"ipv6 is no interface", "net/ipv6/forwarding", "net/ipv6/conf/*/forwarding"},
      {"without directories, of both families", "forwarding",
       "net/ipv4/conf/*/forwarding net/ipv6/conf/*/forwarding"},
      {"of the other family", "net/ipv4/conf/*/disable_ipv6", "net/ipv6/conf/*/disable_ipv6"},
      {"of the other family, by an alias", "net/ipv6/ip_forward", "net/ipv6/conf/all/forwarding"},
      {"of another directory", "kernel/panic_on_oom", "vm/panic_on_oom"},
      {"not of a directory above", "net/ipv4/nf_conntrack_max", "net/netfilter/nf_conntrack_max"},
      {"in capital letters", "NET/IPV4/ip_forward", "net/ipv4/ip_forward"},
      {"without the first slash", "proc/sys/net/ipv4/ip_forward", "net/ipv4/ip_forward"},
      {"two letters changed places", "net/ipv4/conf/eth0/rp_fliter",
       "net/ipv4/conf/eth0/rp_filter"},
      {"in a directory", "net/brige/bridge-nf-call-iptables", "net/bridge/bridge-nf-call-iptables"},
      {"a sign between words", "kernel/corepattern", "kernel/core_pattern"},
      {"which another directory has so", "kernel/msg_max", "kernel/msgmax"},
      {"a low line for a separator", "net/ipv4/conf/all_rp_filter", "net/ipv4/conf/all/rp_filter"},
      {"a separator for a low line", "net/ipv4/tcp_keepalive/time", "net/ipv4/tcp_keepalive_time"},
      {"which the other family has so", "net/ipv4/icmp/echo_ignore_all",
       "net/ipv4/icmp_echo_ignore_all"},
      {"and the other way round", "net/ipv6/icmp_echo_ignore_all", "net/ipv6/icmp/echo_ignore_all"},
      {"the end, and not the other family's", "net/ipv4/echo_ignore_all",
       "net/ipv4/icmp_echo_ignore_all"},
      {"words in another order", "fs/mqueue/max_msg", "fs/mqueue/msg_max"},
      {"on a VLAN", "net/ipv4/conf/eth0.100/rp_fliter", "net/ipv4/conf/eth0.100/rp_filter"},
      {"on a VLAN with a separator", "net/ipv4/conf/eth0/100/rp_fliter",
       "net/ipv4/conf/eth0.100/rp_filter"},
      {"of the other family, on a VLAN", "net/ipv4/conf/eth0/100/accept_ra",
       "net/ipv6/conf/eth0.100/accept_ra"},
      {"a part", "kernel/yama/scope", "kernel/yama/ptrace_scope"},
      {"known by hand alone", "net/sctp/sctp_rmemm", "net/sctp/sctp_rmem"},
      {"the end, in its directory", "fs/mqueue/max",
       "fs/mqueue/msg_max fs/mqueue/msgsize_max fs/mqueue/queues_max"},
      {"a letter, before the other family", "net/ipv6/ipfrag_high_thresh",
       "net/ipv6/ip6frag_high_thresh"},
      {"of the other family, for all", "net/ipv6/conf/all/ip_forward",
       "net/ipv6/conf/all/forwarding"},
      {"of the other family, for one", "net/ipv6/conf/eth0/ip_forward",
       "net/ipv6/conf/eth0/forwarding"},
      {"a directory twice", "net/ipv4/conf/all/conf/rp_filter", "net/ipv4/conf/all/rp_filter"},
      {"another word", "net/ipv4/tcp_user_timeout", ""},
      {"removed from the kernel", "net/ipv4/tcp_tw_recycle", ""},
      {"four letters of twelve", "net/ipv4/conf/*/disable_abcd", ""},
      {"of a module, with a name that another has", "dev/rtc/max-user-freq", ""},
      {"of a module, with one like it", "net/rds/local_port_range", ""},
      {"of a module, with interfaces", "net/mpls/conf/eth0/input", ""},
      {"no sysctl at all", "net/ipv4/ttcp_*", ""},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const std::vector<std::string> meant = meant_names(c.pattern);
    CHECK(join(meant, " ") == c.meant);
    CHECK_FALSE(is_known_name(c.pattern));
    for (const std::string& name : meant) {
      CHECK(is_known_name(name));
    }
  }
}

TEST_CASE("Meant names: what is known, and where somebody has looked") {
  for (const char* name : {"net/sctp/sctp_rmem", "net/tipc/tipc_rmem", "kernel/hotplug",
                           "kernel/stack_erasing", "kernel/loadpin/enforce", "kernel/panic"}) {
    INFO(name);
    CHECK(is_known_name(name));
  }
  CHECK_FALSE(is_known_name("kernel/panicc"));  // of "kernel/panic*"
  CHECK(known_directory("net/ipv4/conf") == Directory::kNamed);
  CHECK(known_directory("net/ipv4/conf/eth0") == Directory::kOfAnything);
  CHECK(known_directory("net/sctp") == Directory::kNamed);
  CHECK(known_directory("net/mpls") == Directory::kNone);
  CHECK(was_walked("net/ipv4/conf/eth0"));
  CHECK(was_walked("fs/epoll"));
  CHECK_FALSE(was_walked("net"));
  CHECK_FALSE(was_walked("net/sctp"));
}
