// SPDX-License-Identifier: Apache-2.0
// interface_names_test.cpp - where an interface's name stands, and what only looks like one.
#include "sysctl/interface_names.h"

#include <string>

#include "support/catch.h"

using namespace sg;

namespace {

std::string piece(const std::string& name) {
  const auto place = sysctl::interface_place(name);
  return place ? name.substr(place->start, place->size) : "none";
}

}  // namespace

TEST_CASE("Interface names: each directory that has one for each interface") {
  CHECK(piece("net/ipv4/conf/eth0.100/forwarding") == "eth0.100");
  CHECK(piece("net/ipv4/neigh/wg0/gc_stale_time") == "wg0");
  CHECK(piece("net/ipv6/conf/\xff/forwarding") == "\xff");
  CHECK(piece("net/ipv6/neigh/a/b") == "a");
  CHECK(piece("net/mpls/conf/lo/input") == "lo");
  CHECK(piece("net/ax25/ax0/ip_default_mode") == "ax0");
}

TEST_CASE("Interface names: what is none") {
  CHECK(piece("net/ipv4/conf/all/forwarding") == "none");
  CHECK(piece("net/ipv4/conf/default/forwarding") == "none");
  CHECK(piece("net/ipv4/conf/eth0") == "none");
  CHECK(piece("net/ipv4/conf/eth0/") == "none");
  CHECK(piece("net/ipv4/conf//x") == "none");
  CHECK(piece("net/ipv4/ip_forward") == "none");
  CHECK(piece("anet/ipv4/conf/eth0/x") == "none");
  CHECK(sysctl::interface_or_template_place("net/ipv4/conf/all/forwarding")->size == 3);
  CHECK_FALSE(sysctl::interface_or_template_place("net/core/somaxconn"));
}
