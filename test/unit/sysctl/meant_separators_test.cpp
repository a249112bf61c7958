// SPDX-License-Identifier: Apache-2.0
// meant_separators_test.cpp - which name is meant by each way of separating it.
#include "sysctl/meant_separators.h"

#include <string>

#include "support/catch.h"
#include "sysctl/meant_name.h"
#include "sysctl/sysctl_name.h"

using namespace sg::sysctl;

TEST_CASE("Meant separators: dots inside the name of an interface") {
  CHECK(with_interface_joined("net/ipv6/conf/eth0/103/*") == "net/ipv6/conf/eth0.103/*");
  CHECK(with_interface_joined("net/ipv6/conf/eth0/103") == "net/ipv6/conf/eth0.103/*");
  CHECK(with_interface_joined("net/ipv4/conf/eth0/1/2/rp_filter") ==
        "net/ipv4/conf/eth0.1.2/rp_filter");
  CHECK(with_interface_joined("net/ipv4/neigh/eth0/5/gc*") == "net/ipv4/neigh/eth0.5/gc*");
  CHECK(with_interface_joined("net/ipv4/conf/eth0/rp_filter/*").empty());
  CHECK(with_interface_joined("net/ipv4/tcp/103/*").empty());
  CHECK(with_vlan_joined("net/ipv4/conf/eth0/100/x") == "net/ipv4/conf/eth0.100/x");
  CHECK(with_vlan_joined("net/ipv4/conf/eth0/x/y").empty());
  CHECK(with_vlan_joined("net/ipv4/conf/eth0/100").empty());
  CHECK(with_vlan_joined("net/ipv4/x/100/y").empty());
}

TEST_CASE("Meant separators: dots and slashes between components") {
  struct Case {
    const char* written;
    const char* component;  // with the dot
    const char* meant;      // slash form
  };
  const Case cases[] = {
      {"net.ipv4/ip_forward", "ipv4.ip_forward", "net/ipv4/ip_forward"},
      {"net/ipv4.ip_forward", "ipv4.ip_forward", "net/ipv4/ip_forward"},
      {"net/ipv4.conf.all.*", "ipv4.conf.all.*", "net/ipv4/conf/all/*"},
      {"net.ipv4.conf/all/rp_filter", "conf.all.rp_filter", "net/ipv4/conf/all/rp_filter"},
      {"net.ipv4/conf.all/rp_filter", "ipv4.conf", "net/ipv4/conf/all/rp_filter"},
      {"net.ipv4/conf/eth0/100/rp_filter", "ipv4.conf.eth0.100.rp_filter",
       "net/ipv4/conf/eth0.100/rp_filter"},
      {"net.ipv4.conf.all/rp_filter", "all.rp_filter", "net/ipv4/conf/all/rp_filter"},
      {"net.ipv4.conf.all/*", "all.*", "net/ipv4/conf/all/*"},
      // In the place of an interface.
      {"net.ipv4.conf.eth0/rp_filter", "", "net/ipv4/conf/eth0/rp_filter"},
      {"net.ipv4.conf.eth0/100/rp_filter", "", "net/ipv4/conf/eth0.100/rp_filter"},
      {"net.ipv4.conf.eth0/100", "", ""},
      {"net.ipv4/no_such_name", "ipv4.no_such_name", ""},
      {"net.ipv4.ip_forward", "", ""},
  };
  for (const Case& c : cases) {
    INFO(c.written);
    CHECK(component_with_dot(to_slash_form(c.written)) == c.component);
    CHECK(with_one_separator(to_slash_form(c.written)) == c.meant);
  }
  CHECK(component_with_dot("net/ipv4/conf/eth0.100/rp_filter").empty());
  CHECK(component_with_dot("net/mpls/conf/eth0.100/input").empty());
}

TEST_CASE("Meant separators: other signs") {
  CHECK(with_other_separators("net:ipv4:ip_forward") == "net/ipv4/ip_forward");
  CHECK(with_other_separators("net-ipv4-ip_forward") == "net/ipv4/ip_forward");
  CHECK(with_other_separators("net_ipv4_ip_forward") == "net/ipv4/ip_forward");
  CHECK(with_other_separators("net\\ipv4\\ip_forward") == "net/ipv4/ip_forward");
  CHECK(with_other_separators("net/ipv4_ip_forward") == "net/ipv4/ip_forward");
  CHECK(with_other_separators("net/ipv4/conf/all_rp_filter") == "net/ipv4/conf/all/rp_filter");
  CHECK(with_other_separators("net/ipv4/tcp/keepalive/time") == "net/ipv4/tcp_keepalive_time");
  CHECK(with_other_separators("fs/file/max") == "fs/file-max");
  CHECK(with_other_separators("net/ipv4/no_such_name").empty());
}

TEST_CASE("Meant separators: below a sysctl, and as a regular expression") {
  CHECK(sysctl_above("net/ipv4/ip_forward/1") == "net/ipv4/ip_forward");
  CHECK(sysctl_above("net/ipv4/conf/*/rp_filter/x/y") == "net/ipv4/conf/*/rp_filter");
  CHECK(sysctl_above("net/ipv4/vs/x").empty());
  CHECK(sysctl_above("net/*/x").empty());
  CHECK(without_expression("^net/ipv4/*$") == "net/ipv4/*");
  CHECK(without_expression("net\\/ipv4\\/tcp_/*") == "net/ipv4/tcp_*");
  CHECK(without_expression("net/ipv4/tcp_%") == "net/ipv4/tcp_*");
  CHECK(without_expression("net/ipv4/tcp_.*") == "net/ipv4/tcp_*");
  CHECK(without_expression("net/ipv4/conf/eth/*/rp_filter") == "net/ipv4/conf/eth*/rp_filter");
  CHECK(without_expression("net/ipv4/conf/eth0/*/rp_filter").empty());
  CHECK(without_expression("net/ipv4/vs/*").empty());
  CHECK(without_expression("net/ipv4/conf/*/arp/*") == "net/ipv4/conf/*/arp*");
  CHECK(without_expression("net/ipv4/conf/*").empty());
  CHECK(without_expression("net/ipv4/ip_foward").empty());
}
