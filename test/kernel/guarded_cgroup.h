// SPDX-License-Identifier: Apache-2.0
// guarded_cgroup.h - a scratch cgroup with a guard, and accesses from inside and outside of it.
//
// The process of the test moves into fresh network, UTS and IPC namespaces and stays outside the
// cgroup: what it writes is the control, and it reads back. An access from inside is made by a
// child that joins the cgroup and ends. Needs root and a cgroup2 mount.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "kernel/event_maps.h"
#include "kernel/guard.h"
#include "policy/policy.h"

namespace sg::test {

// One write of a sequence through one descriptor.
struct Piece {
  std::string value;
  off_t position = 0;
};

// What the last system call said: bytes moved, or -1 and the errno.
struct Outcome {
  ssize_t moved = 0;
  int error = 0;
};

// Fresh namespaces for this process, once; false where that fails.
[[nodiscard]] bool enter_fresh_namespaces();

// "/proc/sys/" and the name. A sysctl that this kernel or these namespaces lack does not exist.
[[nodiscard]] std::string sysctl_path(std::string_view name);
[[nodiscard]] bool sysctl_exists(std::string_view name);

// From outside the cgroup. The content comes without its final newline.
[[nodiscard]] Outcome write_sysctl(std::string_view name, const std::vector<Piece>& pieces);
[[nodiscard]] std::optional<std::string> read_sysctl(std::string_view name);

// The policy of annotations; aborts the test case where they have findings.
[[nodiscard]] policy::Policy policy_of(const std::string& allow, const std::string& deny = "",
                                       const std::string& deny_read = "");

class GuardedCgroup {
 public:
  // Makes the cgroup; aborts the test case where that fails.
  GuardedCgroup();
  // Removes it, after every child of it has ended.
  ~GuardedCgroup();
  GuardedCgroup(const GuardedCgroup&) = delete;
  GuardedCgroup& operator=(const GuardedCgroup&) = delete;

  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  // Of its directory.
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

  // Compiles, loads and attaches; the loaded guard is dropped, as when the hook ends.
  // It writes events for what it denies where there are maps for them.
  [[nodiscard]] Status guard(const policy::Policy& policy, const std::string& container_id,
                             const kernel::EventMaps* maps = nullptr);

  // From inside the cgroup.
  [[nodiscard]] Outcome write_inside(std::string_view name, const std::vector<Piece>& pieces) const;
  [[nodiscard]] Outcome read_inside(std::string_view name) const;

  // For a child: joins the cgroup; false where that fails. Calls nothing that allocates.
  [[nodiscard]] bool join() const noexcept;

  // IDs of the cgroup/sysctl programs attached here.
  [[nodiscard]] std::vector<std::uint32_t> program_ids() const;

  void remove() noexcept;

 private:
  std::string path_;
  UniqueFd fd_;
  UniqueFd procs_;
};

// Guard::load(); aborts the test case where it fails.
[[nodiscard]] kernel::Guard must_load(const kernel::GuardInput& input);

// A program of the guard's type that lets everything through and is not ours; aborts the test case
// where it cannot be loaded.
[[nodiscard]] UniqueFd load_allow_all(const char* name);

// Attaches the program alone, beside what is there; aborts the test case where that fails.
void attach_program(int cgroup_fd, int program_fd);

// IDs of the maps that a program uses.
[[nodiscard]] std::vector<std::uint32_t> map_ids_of(std::uint32_t program_id);

}  // namespace sg::test
