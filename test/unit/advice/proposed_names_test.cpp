// SPDX-License-Identifier: Apache-2.0
// proposed_names_test.cpp - what a hint proposes of one name, and of several.
#include "advice/proposed_names.h"

#include "support/catch.h"

using namespace sg::advice;

TEST_CASE("Proposed names: a rule with the values that were written, and never without") {
  CHECK(hint_for("net/ipv4/ip_forward", "") == "write net.ipv4.ip_forward");
  CHECK(hint_for("net/ipv4/ip_forward", "0|1") == "write net.ipv4.ip_forward=0|1");
  CHECK(hint_for("net/ipv4/ip_forward", "yes") == "the name is net.ipv4.ip_forward");
  CHECK(hint_for("kernel/domainname", '"' + std::string(120, 'a') + '"') ==
        "the name is kernel.domainname");
}

TEST_CASE("Proposed names: several are rules each, those that the values fit") {
  using Names = std::vector<std::string>;
  CHECK(hint_for(Names{"net/ipv4/ip_forward"}, "1") ==
        "write net.ipv4.ip_forward=1, if that is meant");
  CHECK(hint_for(Names{"net/ipv4/tcp_rmem", "net/ipv4/udp_rmem_min"}, "") ==
        "write net.ipv4.tcp_rmem or net.ipv4.udp_rmem_min");
  CHECK(hint_for(
            Names{"net/ipv4/tcp_available_congestion_control", "net/ipv4/tcp_congestion_control"},
            "bbr") == "write net.ipv4.tcp_congestion_control=bbr");
  const Names three = {"net/ipv4/ip_forward", "net/ipv4/tcp_rmem", "net/core/somaxconn"};
  CHECK(hint_for(three, "5") == "write net.ipv4.ip_forward=5 or net.core.somaxconn=5");
  CHECK(hint_for(three, "x") ==
        "the name is net.ipv4.ip_forward, net.ipv4.tcp_rmem or net.core.somaxconn");
}

TEST_CASE("Proposed names: a name that is known, or the one that was meant") {
  CHECK(known_or_meant("net/core/*") == "net/core/*");
  CHECK(known_or_meant("net/ipv4/ip_foward") == "net/ipv4/ip_forward");
  CHECK(known_or_meant("net/ipv4.ip_forward") == "net/ipv4/ip_forward");
  CHECK(known_or_meant("forwarding").empty());  // of both families
  CHECK(shown("net/ipv4/conf/eth0.1/x") == "net.ipv4.conf.eth0/1.x");
}
