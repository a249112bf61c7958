// SPDX-License-Identifier: Apache-2.0
// lock_proc_sys.h - makes /proc/sys of a container read-only, all but the paths that it was
// granted.
//
// Runs in the container's own namespaces, before its root is pivoted (the createContainer stage). A
// granted path is bound onto itself, and /proc/sys too; then the latter alone is remounted
// read-only. So what modules or interfaces add later is read-only like the rest.
//
// A path is relative to /proc/sys and has one of three forms:
//
//   net/ipv4/ip_forward           a file net/ipv4/conf/                a directory, with all that
// is in it now and later net/ipv4/conf//wg0/rp_filter  the file net/ipv4/conf/wg0/rp_filter or,
// where there is no net/ipv4/conf/wg0 yet,
//                                 the directory in front of the two slashes
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "base/result.h"

namespace sg::host {

// The most paths that are opened. Each costs a mount: a container with 118 of them took 6.5 %
// longer to start than one without. The kernel permits 100,000 mounts in a namespace.
inline constexpr std::size_t kOpenPathsMax = 256;

// `root` is the container's root directory, relative to the working directory where it is not
// absolute. A file that is not there is passed over, and so is one that turns out to be a
// directory, or a directory that is none; what is masked or read-only below /proc/sys stays so.
// Errors, with which nothing may be started: kUnsupported where <root>/proc is not the container's
// own procfs, something is mounted on its sys, or a mount is a way out of the guard (ways_out.h);
// kBadInput for a path of no such form, or for more than kOpenPathsMax; kSystem.
[[nodiscard]] Status lock_proc_sys(const std::string& root, std::span<const std::string> paths);

}  // namespace sg::host
