// SPDX-License-Identifier: Apache-2.0
// file_write.h - files of others replaced in one step: whole or not at all.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace sg {

// The bytes of the file become `content`, or stay as they are: a temporary file beside it is written, synced
// and renamed over it. Mode and owner stay; a new file gets mode 0644, and missing directories are made
// with 0755, whatever the umask. The last component of `path` is no symbolic link (a link would be replaced). Errors: kSystem;
// then no temporary file is left.
[[nodiscard]] Status replace_file(const std::string& path, std::string_view content);

// The file is gone; one that was not there is success. Errors: kSystem.
[[nodiscard]] Status remove_file(const std::string& path);

}  // namespace sg
