// SPDX-License-Identifier: Apache-2.0
// interface_names_test.cpp - where an interface's name stands, and what only looks like one.
#include "sysctl/interface_names.h"

#include <string>
#include <utility>

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

TEST_CASE("Interface names: those that machines make, and those that people chose") {
  const std::pair<const char*, const char*> made[] = {
      {"calidfcf2daed3d", "cali*"}, {"veth8e6cce6", "veth*"},    {"vethQ7RLDB", "veth*"},
      {"veth0", "veth*"},           {"lxc1b2f3a4c5d6e", "lxc*"}, {"br-0123456789ab", "br-*"},
      {"br-3f2a", "br-*"},          {"tap8e6cce61-2f", "tap*"},  {"eni0a1b2c3d4e5", "eni*"},
      {"enx001122334455", "enx*"},  {"azvDEADBEEF01", "azv*"},   {"0123456789abcde", "*"},
  };
  for (const auto& [name, pattern] : made) {
    INFO(name);
    CHECK(sysctl::pattern_of_made_name(name).value_or("none") == pattern);
  }
  for (const char* name : {"eth0",    "wg0",           "br-lan",     "br-ex",    "br0",
                           "docker0", "lxcbr0",        "lxc_health", "tap0",     "calico",
                           "veth",    "cafebabe",      "enp0s31f6",  "eth0.100", "docker_gwbridge",
                           "veth*",   "cali 01234567", "podman1",    "tun0",     "",
                           "all",     "default"}) {
    INFO(name);
    CHECK_FALSE(sysctl::pattern_of_made_name(name));
  }
}

TEST_CASE("Interface names: the directory that they are in") {
  CHECK(sysctl::interfaces_of("net/ipv4/conf/eth0.100") == "net/ipv4/conf/");
  CHECK(sysctl::interfaces_of("net/mpls/conf/eth0/input") == "net/mpls/conf/");
  CHECK(sysctl::interfaces_of("net/ipv4/conf").empty());
  CHECK(sysctl::interfaces_of("kernel/panic").empty());
}
