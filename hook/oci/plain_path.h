// SPDX-License-Identifier: Apache-2.0
// plain_path.h - paths of a config.json, compared as text: no filesystem is asked.
#pragma once

#include <string>
#include <string_view>

namespace sg::oci {

inline constexpr std::string_view kProcSys = "/proc/sys";
// The one file below it that everybody may write: it acts on the PID namespace of whoever writes.
inline constexpr std::string_view kLastPid = "/proc/sys/kernel/ns_last_pid";

// The absolute path without empty and `.` components; a relative one as it is. A `..` stays: what
// it leads to depends on symbolic links.
[[nodiscard]] std::string plain_path(std::string_view path);

[[nodiscard]] bool has_dot_dot(std::string_view path);

// Whether the plain path is, or lies in, a process of /proc: /proc/1/root, /proc/self. The links
// there lead anywhere.
[[nodiscard]] bool is_in_process(std::string_view plain);

// Whether it is kProcSys, in any spelling with the same components.
[[nodiscard]] bool is_proc_sys(std::string_view path);

}  // namespace sg::oci
