// SPDX-License-Identifier: Apache-2.0
// bundle_file.h - a bundle's config.json, replaced as a whole or not at all.
#pragma once

#include <string>
#include <string_view>

#include "base/file_write.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace sg::oci {

// Holds the bundle's directory locked, so that two who edit one bundle do it one after the other.
// The lock ends with the object, and with the process: another program that is executed does not
// inherit it.
class BundleFile {
 public:
  // Reads config.json. Errors: kSystem where it cannot be opened or is no regular file, or where
  // another process holds the lock for kLockSeconds; kBadInput where it is larger than
  // oci::kConfigMax.
  [[nodiscard]] static Result<BundleFile> open(const std::string& bundle);

  [[nodiscard]] const std::string& text() const noexcept { return text_; }

  // Where the bundle is, an absolute path without links; as it was named where procfs does not say.
  [[nodiscard]] const std::string& directory() const noexcept { return directory_; }

  // Writes a new file beside it, of the same owner and mode, and renames it over config.json.
  // Whoever opens config.json sees the old or the new text, also where this process is killed
  // meanwhile; a file that was left then is removed here. Errors, kSystem: config.json is as it
  // was, and nothing is left.
  [[nodiscard]] Status replace(std::string_view text) const;

 private:
  UniqueFd dir_;
  std::string path_;  // for messages
  std::string directory_;
  std::string text_;
  FileOwner owner_;
};

// An edit takes milliseconds; one that takes longer hangs.
inline constexpr int kLockSeconds = 10;

}  // namespace sg::oci
