// SPDX-License-Identifier: Apache-2.0
// file_write.h - files of others replaced in one step: whole or not at all.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace sg {

// The bytes of the file become `content`, or stay as they are: a temporary file beside it is
// written, synced and renamed over it. Mode and owner stay; a new file gets mode 0644, and missing
// directories are made with 0755, whatever the umask. The last component of `path` is no symbolic
// link (a link would be replaced). Errors: kSystem; then no temporary file is left. What a run that
// was killed has left goes first, as by remove_leftovers().
[[nodiscard]] Status replace_file(const std::string& path, std::string_view content);

// Who owns a file, and who may do what with it.
struct FileOwner {
  uid_t uid = 0;
  gid_t gid = 0;
  mode_t mode = 0;
};

// The end of each replacement: `file`, which was made as `temporary` beside `name` (both relative
// to `dir_fd`, or AT_FDCWD), gets its owner and its bytes and is renamed over `name`. `is_synced`:
// the bytes are on the disk before that, so that `name` is whole after a power failure too. False,
// with errno: `name` is as it was, and `temporary` is gone.
[[nodiscard]] bool replace_with(UniqueFd file, int dir_fd, const std::string& temporary,
                                const std::string& name, std::string_view content,
                                const FileOwner& owner, bool is_synced);

// Removes temporary files that replace_file(path) has left because it was killed: regular files of
// this user by that form of name (`NAME.sysctl-guard-XXXXXX`), which nobody is just writing.
void remove_leftovers(const std::string& path);

// The file is gone, and so are such leftovers; one that was not there is success. Errors: kSystem.
[[nodiscard]] Status remove_file(const std::string& path);

}  // namespace sg
