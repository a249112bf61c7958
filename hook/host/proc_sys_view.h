// SPDX-License-Identifier: Apache-2.0
// proc_sys_view.h - what of /proc/sys a process could open for writing, as far as its mounts
// decide.
//
// What its user, its capabilities and a security module say is another matter.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sg::host {

class ProcSysView {
 public:
  // Of the text of /proc/PID/mountinfo. One without a procfs at /proc is as one that is read-only.
  explicit ProcSysView(std::string_view mountinfo);

  // Whether the sysctl (slash form) is on a mount that can be written.
  [[nodiscard]] bool is_writable(std::string_view name) const;

  // The same of /proc/sys itself: of all that no mount of its own covers.
  [[nodiscard]] bool is_writable() const { return is_writable(""); }

  // Where /proc/sys is read-only: what can be written all the same, relative to it, sorted.
  [[nodiscard]] const std::vector<std::string>& parts() const noexcept { return parts_; }

 private:
  struct Mount {
    std::string point;
    bool is_writable = false;
  };

  std::vector<Mount> mounts_;  // at, above or below /proc/sys, as they were made
  std::vector<std::string> parts_;
};

}  // namespace sg::host
