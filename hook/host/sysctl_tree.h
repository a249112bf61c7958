// SPDX-License-Identifier: Apache-2.0
// sysctl_tree.h - the names of the sysctls that this host has, a directory at a time.
#pragma once

#include <string>
#include <vector>

namespace sg::host {

struct SysctlEntry {
  std::string name;  // of one component
  bool is_directory = false;

  friend bool operator==(const SysctlEntry&, const SysctlEntry&) = default;
};

class SysctlTree {
 public:
  explicit SysctlTree(std::string root = "/proc/sys") : root_(std::move(root)) {}

  // What is in a directory ("net/ipv4", or "" for the root), sorted. Nothing for one that is not
  // there or cannot be read, and nothing of another filesystem that is mounted there.
  [[nodiscard]] std::vector<SysctlEntry> list(const std::string& directory) const;

 private:
  std::string root_;
};

}  // namespace sg::host
