// SPDX-License-Identifier: Apache-2.0
// find_program.h - the two other programs of the wrapper runtime: the real runtime, and the hook.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sg::host {

// Where runtimes are looked for before PATH is.
[[nodiscard]] std::span<const std::string_view> trusted_directories() noexcept;

// `configured` where it is not empty; else the first runc or crun in one of `directories`, then in
// one of the absolute directories of `path`, the value of PATH. Never the running program itself,
// under whatever name or as a copy; and a search finds no scripts, which could lead back here.
// Errors, kUnsupported: there is none, or the configured one is not executable or is this program.
[[nodiscard]] Result<std::string> find_runtime(const std::string& configured, std::string_view path,
                                               std::span<const std::string_view> directories);

// The hook that is installed with the program at `own_path`, beside it or in libexec. Errors,
// kUnsupported: it is not there or not executable, or others than root can change it or a directory
// on the way to it.
[[nodiscard]] Result<std::string> find_hook(const std::string& own_path);

}  // namespace sg::host
