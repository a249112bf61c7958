// SPDX-License-Identifier: Apache-2.0
// meant_separators.h - the name that was meant where a separator stands for another byte, or another
// byte for a separator.
//
// Names are in slash form, and each that is returned is one that is_known_name() holds for; "" where
// there is none. For the commands.
#pragma once

#include <string>
#include <string_view>

namespace sg::sysctl {

// `pattern` with a dot for each separator inside the name of an interface (a VLAN's: eth0.103).
[[nodiscard]] std::string with_interface_joined(std::string_view pattern);

// The same of a VLAN's name alone, whatever stands behind it: not tested to be a known one.
[[nodiscard]] std::string with_vlan_joined(std::string_view pattern);

// Dots and slashes were both written between components, so that one of the two reads as a dot inside
// a component ("net/ipv4.conf.all.rp_filter").
[[nodiscard]] std::string with_one_separator(std::string_view pattern);

// The first component that has a dot and is not the name of an interface; "" where there is none.
[[nodiscard]] std::string component_with_dot(std::string_view pattern);

// Another sign where a separator is meant ("net:ipv4:ip_forward", "net/ipv4_ip_forward"), or a
// separator where a low line is ("net/ipv4/tcp_keepalive/time").
[[nodiscard]] std::string with_other_separators(std::string_view pattern);

// The sysctl that `pattern` names something below: "net/ipv4/ip_forward" of "net/ipv4/ip_forward/1".
[[nodiscard]] std::string sysctl_above(std::string_view pattern);

// What a pattern of another language means: "net/ipv4/*" of "^net/ipv4/*$", "net/ipv4/tcp_*" of
// "net\/ipv4\/tcp_/*" and of "net/ipv4/tcp_%".
[[nodiscard]] std::string without_expression(std::string_view pattern);

}  // namespace sg::sysctl
