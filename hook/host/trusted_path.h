// SPDX-License-Identifier: Apache-2.0
// trusted_path.h - a file that root runs or believes: nobody else may be able to change it or its place.
#pragma once

#include <string>

#include <sys/stat.h>

#include "base/result.h"

namespace sg::host {

// By its owner and mode alone: is the file or directory another's than root's, or for others to write?
[[nodiscard]] bool others_can_write(const struct stat& info) noexcept;

// Root alone decides what stands at `path`, which is absolute: the file and every directory and link on the
// way to it, links included as the kernel follows them, belong to root, and others cannot write them. A directory
// where everybody may make files, as /tmp, is fine with the sticky bit. Whoever opens the file first and asks
// this then knows what was opened. The messages are clauses without the path ("others than root can write its
// directory /x"): the caller puts its noun in front. Errors: kSystem where a part cannot be looked at,
// kUnsupported otherwise, each with what to do.
[[nodiscard]] Status require_trusted_path(const std::string& path);

}  // namespace sg::host
