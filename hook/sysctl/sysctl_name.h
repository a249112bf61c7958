// SPDX-License-Identifier: Apache-2.0
// sysctl_name.h - names as people write them, into the kernel's form with slashes, and what a
// pattern matches.
//
// Separators follow sysctl.d(5): the first one decides. "net.ipv4.conf.eth0/100.rp_filter" and
// "net/ipv4/conf/eth0.100/rp_filter" are one sysctl, on a VLAN interface.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sg::sysctl {

// The longest name that is accepted, in bytes; the guard reads no longer one (SG_NAME_SIZE - 1,
// asserted where both are seen, in compile/limits.h).
inline constexpr std::size_t kNameMax = 127;

// "net.ipv4.conf.eth0/100.x" to "net/ipv4/conf/eth0.100/x", by the first separator alone, without
// any test; also drops a leading "/proc/sys/".
[[nodiscard]] std::string to_slash_form(std::string_view written);

// The way back, as people write it: "net/ipv4/conf/eth0.100/x" to "net.ipv4.conf.eth0/100.x".
[[nodiscard]] std::string to_dot_form(std::string_view slash_name);

// True where `pattern` (slash form, '*' as in policy.h) matches `name` (slash form, any bytes).
// Used for hints and warnings only; verdicts come from the automaton.
[[nodiscard]] bool pattern_matches(std::string_view pattern, std::string_view name);

// Whether a directory of this name can stand right below /proc/sys, on any kernel that is supported.
[[nodiscard]] bool is_top_directory(std::string_view component) noexcept;

// Whether there can be a name that both patterns match: component by component, "*" at the end of
// `pattern` at any depth. In `row` it is one component.
[[nodiscard]] bool can_be(std::string_view pattern, std::string_view row);

}  // namespace sg::sysctl
