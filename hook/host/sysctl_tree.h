// SPDX-License-Identifier: Apache-2.0
// sysctl_tree.h - the names of the sysctls that this host has, a directory at a time, and what one
// of them holds.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace sg::host {

struct SysctlEntry {
  std::string name;  // of one component
  bool is_directory = false;

  friend bool operator==(const SysctlEntry&, const SysctlEntry&) = default;
};

// The most bytes of a sysctl that are read.
inline constexpr std::size_t kSysctlMax = 4096;

class SysctlTree {
 public:
  explicit SysctlTree(std::string root = "/proc/sys") : root_(std::move(root)) {}

  // What is in a directory ("net/ipv4", or "" for the root), sorted. Nothing for one that is not
  // there or cannot be read, and nothing of another filesystem that is mounted there.
  [[nodiscard]] std::vector<SysctlEntry> list(const std::string& directory) const;

  // What the sysctl (slash form) shows. Nothing where it is not there, cannot be read, is not of
  // this filesystem or is longer than kSysctlMax.
  [[nodiscard]] std::optional<std::string> read(const std::string& name) const;

 private:
  std::string root_;
};

}  // namespace sg::host
