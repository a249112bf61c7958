// SPDX-License-Identifier: Apache-2.0
// interface_names.cpp - the directories that have one directory for each interface.
#include "sysctl/interface_names.h"

#include <array>

namespace sg::sysctl {
namespace {

// net/ipv4/devinet.c, net/core/neighbour.c, net/ipv6/addrconf.c, net/mpls/af_mpls.c,
// net/ax25/sysctl_net_ax25.c
constexpr std::array<std::string_view, 6> kParents = {
    "net/ipv4/conf/",  "net/ipv4/neigh/", "net/ipv6/conf/",
    "net/ipv6/neigh/", "net/mpls/conf/",  "net/ax25/",
};

}  // namespace

std::optional<InterfacePlace> interface_or_template_place(std::string_view name) {
  for (const std::string_view parent : kParents) {
    if (!name.starts_with(parent)) {
      continue;
    }
    const std::size_t end = name.find('/', parent.size());
    if (end != std::string_view::npos && end > parent.size() && end + 1 < name.size()) {
      return InterfacePlace{parent.size(), end - parent.size()};
    }
  }
  return std::nullopt;
}

std::optional<InterfacePlace> interface_place(std::string_view name) {
  const std::optional<InterfacePlace> place = interface_or_template_place(name);
  const std::string_view piece = place ? name.substr(place->start, place->size) : "";
  return piece == "all" || piece == "default" ? std::nullopt : place;
}

}  // namespace sg::sysctl
