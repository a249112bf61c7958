// SPDX-License-Identifier: Apache-2.0
// event_dir.h - the directory of bpffs that holds the buffer of events, and whose it is.
//
// A bpffs is mounted with mode 1777 unless told otherwise: any user of the host can then take the
// name of our directory. What is in one that others made is not used, so there are no events:
// whoever comes first decides, and `install` comes before the first container.
#pragma once

#include <string>

#include "base/result.h"

namespace sg::kernel {

inline constexpr const char* kBpffs = "/sys/fs/bpf";
inline constexpr const char* kEventDir = "/sys/fs/bpf/sysctl-guard";

enum class EventDirOwner {
  kNone,  // no bpffs is mounted there, or we may not look
  kAbsent,
  kRoot,     // a directory that root alone can enter
  kForeign,  // anything else: others may have made it
};

struct EventDir {
  EventDirOwner owner = EventDirOwner::kNone;
  std::string what = {};        // what is there: "a directory of user 1000 with mode 0755"; else ""
  bool is_empty = false;        // nothing is pinned in root's own
  std::string bpffs_mode = {};  // "1777"
  bool can_take = false;        // users other than root can make it, or another one in its place
};

// In the bpffs that is mounted at `bpffs`.
[[nodiscard]] EventDir look_at_event_dir(const std::string& bpffs = kBpffs);

// What others than root could enter is not used, neither to write nor to read: they could have made
// it. Fine as well where there is no such directory. Errors: kUnsupported, with whose it is.
[[nodiscard]] Status check_event_dir(const std::string& bpffs = kBpffs);

// Makes the directory, root's alone, where there is none; true where it did. Errors: those of
// check_event_dir(); kUnsupported where there is no bpffs; kSystem.
[[nodiscard]] Result<bool> make_event_dir(const std::string& bpffs = kBpffs);

// Removes the directory where it is root's and nothing is in it; true where it did. Errors:
// kSystem.
[[nodiscard]] Result<bool> remove_event_dir(const std::string& bpffs = kBpffs);

}  // namespace sg::kernel
