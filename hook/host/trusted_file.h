// SPDX-License-Identifier: Apache-2.0
// trusted_file.h - a file that root runs or believes: nobody else may be able to change it or its
// place.
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <optional>
#include <string>

#include "base/result.h"

namespace sg::host {

// By its owner and mode alone: does the file or directory belong to another than root, or can
// others write it?
[[nodiscard]] bool others_can_write(const struct stat& info) noexcept;

// Root alone decides what stands at `path`, which is absolute: the file and every directory and
// link on the way to it, links included as the kernel follows them, belong to root, and others
// cannot write them. A directory where everybody may make files, as /tmp, is fine with the sticky
// bit. Whoever opens the file first and asks this then knows what was opened. The messages are
// clauses without the path ("others than root can write its directory /x"): the caller puts its
// noun in front. Errors: kSystem where a part cannot be looked at, kUnsupported otherwise, each
// with what to do.
[[nodiscard]] Status require_trusted_path(const std::string& path);

// Who may be able to write a file that is read.
enum class Writers {
  kRootOnly,  // a file that others can write, or replace by another one, is refused
  kAnyone,    // for trying a file out
};

// The bytes of the file at `path`, at most `limit`; nothing where there is no file. A link on the
// way that leads nowhere is an error: it was meant to lead to a file. `noun` begins each message.
// Errors: kSystem where it cannot be read, kBadInput where it is too large, kUnsupported where it
// is no regular file or others than root can write it; each but "too large" with a hint.
[[nodiscard]] Result<std::optional<std::string>> read_trusted_file(const std::string& path,
                                                                   std::size_t limit,
                                                                   const std::string& noun,
                                                                   Writers writers);

}  // namespace sg::host
