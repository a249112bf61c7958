// SPDX-License-Identifier: Apache-2.0
// interface_names.cpp - the directories that have one directory for each interface.
#include "sysctl/interface_names.h"

#include <algorithm>
#include <array>

namespace sg::sysctl {
namespace {

// net/ipv4/devinet.c, net/core/neighbour.c, net/ipv6/addrconf.c, net/mpls/af_mpls.c,
// net/ax25/sysctl_net_ax25.c
constexpr std::array<std::string_view, 6> kParents = {
    "net/ipv4/conf/",  "net/ipv4/neigh/", "net/ipv6/conf/",
    "net/ipv6/neigh/", "net/mpls/conf/",  "net/ax25/",
};

constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";
constexpr std::size_t kHexRun = 8;

bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

bool has_digit(std::string_view text) {
  return text.find_first_of("0123456789") != std::string_view::npos;
}

// Calico, Cilium, Docker and OpenStack, whose rest is a part of an ID.
constexpr std::array<std::string_view, 4> kBeginnings = {"cali", "lxc", "br-", "tap"};
constexpr std::size_t kIdPart = 4;

bool is_id_part(std::string_view rest) {
  return rest.size() >= kIdPart && has_digit(rest) &&
         rest.find_first_not_of("0123456789abcdef-") == std::string_view::npos;
}

}  // namespace

std::string_view interfaces_of(std::string_view name) {
  const auto* const found = std::ranges::find_if(
      kParents, [name](std::string_view parent) { return name.starts_with(parent); });
  return found == kParents.end() ? std::string_view() : *found;
}

std::optional<InterfacePlace> interface_or_template_place(std::string_view name) {
  const std::string_view parent = interfaces_of(name);
  const std::size_t end = name.find('/', parent.size());
  return !parent.empty() && end != std::string_view::npos && end > parent.size() &&
                 end + 1 < name.size()
             ? std::optional(InterfacePlace{parent.size(), end - parent.size()})
             : std::nullopt;
}

std::optional<InterfacePlace> interface_place(std::string_view name) {
  const std::optional<InterfacePlace> place = interface_or_template_place(name);
  const std::string_view piece = place ? name.substr(place->start, place->size) : "";
  return piece == "all" || piece == "default" ? std::nullopt : place;
}

std::optional<std::string> pattern_of_made_name(std::string_view interface) {
  constexpr std::string_view kVeth = "veth";
  if (!std::ranges::all_of(interface, is_word_byte)) {
    return std::nullopt;
  }
  if (interface.starts_with(kVeth) && has_digit(interface)) {
    return std::string(kVeth) + "*";
  }
  for (const std::string_view beginning : kBeginnings) {
    if (interface.starts_with(beginning) && is_id_part(interface.substr(beginning.size()))) {
      return std::string(beginning) + "*";
    }
  }
  for (std::size_t start = interface.find_first_of(kHexDigits); start != interface.npos;) {
    const std::size_t end =
        std::min(interface.find_first_not_of(kHexDigits, start), interface.size());
    if (end - start >= kHexRun && has_digit(interface.substr(start, end - start))) {
      return std::string(interface.substr(0, start)) + "*";
    }
    start = interface.find_first_of(kHexDigits, end);
  }
  return std::nullopt;
}

}  // namespace sg::sysctl
