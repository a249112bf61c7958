// SPDX-License-Identifier: Apache-2.0
// interface_names.h - which component of a sysctl's name is the name of a network interface.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sg::sysctl {

// The directory that has one directory for each interface, with the separator behind it, where `name`
// (slash form) begins with one: "net/ipv4/conf/"; else "".
[[nodiscard]] std::string_view interfaces_of(std::string_view name);

// Where the component stands in the name (slash form).
struct InterfacePlace {
  std::size_t start = 0;
  std::size_t size = 0;
};

// Nothing where the name has none. "all" and "default" stand in the same place and are no
// interfaces: there is nothing for them either.
[[nodiscard]] std::optional<InterfacePlace> interface_place(std::string_view name);

// The same, with "all" and "default".
[[nodiscard]] std::optional<InterfacePlace> interface_or_template_place(std::string_view name);

// A pattern for the names that the same program would make, where a machine seems to have made this
// one: "cali*" for "calidfcf2daed3d"; so of veth, lxc, br- and tap, and of whatever has eight or
// more hexadecimal digits. Nothing for a name that a person could have chosen ("br-lan", "tap0").
[[nodiscard]] std::optional<std::string> pattern_of_made_name(std::string_view interface);

}  // namespace sg::sysctl
