// SPDX-License-Identifier: Apache-2.0
// file_io.h - whole files and streams into strings, each with a limit, and strings into
// descriptors.
//
// The limit is the caller's and is named in the message; nothing is returned of an input beyond it,
// since half a document could mean something else than the whole one.
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace sg {

// All bytes of `fd` up to end of file. More than `limit` bytes: kBadInput that names the limit,
// after the rest was read and thrown away (a runtime that writes to our stdin must never see
// EPIPE); the amount thrown away is bounded by kDrainMax. A read that fails: kSystem. A descriptor
// in non-blocking mode is waited for. `what` is the noun in messages.
[[nodiscard]] Result<std::string> read_all(int fd, std::size_t limit, const std::string& what);

// Opens `path` (O_RDONLY, O_CLOEXEC; relative to `dir_fd`, or AT_FDCWD) and reads it as read_all
// does. A path that cannot be opened is kSystem, with the errno's text, and so is one with a zero
// byte.
[[nodiscard]] Result<std::string> read_file(int dir_fd, const std::string& path, std::size_t limit);

// All of `text` into `fd`; false, with errno, where that fails (EPIPE where the reader went away:
// SIGPIPE is the caller's to ignore). A descriptor in non-blocking mode is waited for.
[[nodiscard]] bool write_all(int fd, std::string_view text);

// Are these the same file, whatever their names?
[[nodiscard]] bool is_same_file(const struct stat& one, const struct stat& other) noexcept;

// The target of the symbolic link `path`, relative to `dir_fd` (or AT_FDCWD); nothing, with errno,
// where that is none.
[[nodiscard]] std::optional<std::string> read_link(int dir_fd, const std::string& path);

// Where what `fd` has open is, as this process sees it; nothing, with errno, where procfs is not at
// /proc.
[[nodiscard]] std::optional<std::string> path_of(int fd);

// A writer that sends more than this after the limit is cut off: reading on would let it hold the
// hook, and with it the runtime, for ever. 64 MiB is four times the largest config.json we read.
inline constexpr std::size_t kDrainMax = std::size_t{64} << 20;

}  // namespace sg
