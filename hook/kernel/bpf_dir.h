// SPDX-License-Identifier: Apache-2.0
// bpf_dir.h - our own bpffs: the buffer of events and the pins of programs stand in it.
//
// Who can write there can give our hook a program that lets everything through. So it is an
// instance of its own, below a directory of /run that root alone can enter, and not the host's at
// /sys/fs/bpf, which network plugins have mounted into their containers. The first hook after the
// host's start mounts it.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace sg::kernel {

inline constexpr const char* kRunDir = "/run/sysctl-guard";
inline constexpr const char* kBpfDir = "/run/sysctl-guard/bpf";

enum class BpfDirState {
  kAbsent,   // no bpffs is mounted there, or we may not look
  kOurs,     // root alone can enter it, and can make it
  kForeign,  // anything else: others could have made what is in it
};

struct BpfDir {
  BpfDirState state = BpfDirState::kAbsent;
  std::string what = {};  // of a foreign one: "/run: a directory of user 1000 with mode 0755"
};

// What is there in this process's mount namespace. `run` is /run.
[[nodiscard]] BpfDir look_at_bpf_dir(const std::string& run = "/run");

// The names of what is pinned in it: what was pinned last comes first, as bpffs has it. Names with
// a dot are the kernel's own.
[[nodiscard]] std::vector<std::string> pins_in_bpf_dir(const std::string& run = "/run");

// What others could have made is not used, neither to write nor to read. Fine as well where there
// is none. Errors: kUnsupported, with whose it is.
[[nodiscard]] Status check_bpf_dir(const std::string& run = "/run");

// The lock of those who change what is in it: dropping it unlocks. Invalid where somebody else has
// it, or there is no directory.
[[nodiscard]] UniqueFd try_lock_bpf_dir(const std::string& run = "/run");

// Mounts it where there is none. Errors: those of check_bpf_dir(); kUnsupported where we may not
// mount; kSystem, also where somebody keeps the lock.
[[nodiscard]] Status make_bpf_dir(const std::string& run = "/run");

// Unmounts and removes it where it is ours and nothing is in it; true where it did. Errors:
// kSystem.
[[nodiscard]] Result<bool> remove_bpf_dir(const std::string& run = "/run");

}  // namespace sg::kernel
