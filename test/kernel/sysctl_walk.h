// SPDX-License-Identifier: Apache-2.0
// sysctl_walk.h - what of /proc/sys is there in the first namespaces and in fresh ones.
//
// Nothing is written: whether a sysctl may be, opening it says.
#pragma once

#include <map>
#include <string>

namespace sg::test {

enum class Access : char { kAbsent = 'a', kReadOnly = 'r', kWritable = 'w' };

struct WalkedSysctl {
  Access initial = Access::kAbsent;
  Access fresh = Access::kAbsent;  // in new net, ipc, uts and pid namespaces, of user/ in a new one
  // How many integers the value is made of, "3"; "text" for other values, "-" for none that can be
  // read.
  std::string form = "-";
};

// The name of an interface, and what else differs from host to host, is "*"; the greatest access
// counts.
[[nodiscard]] std::map<std::string, WalkedSysctl> walk_sysctls();

// The name of a sysctl with "*" in place of what differs from host to host.
[[nodiscard]] std::string shape_of(const std::string& name);

}  // namespace sg::test
