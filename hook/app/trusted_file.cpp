// SPDX-License-Identifier: Apache-2.0
// trusted_file.cpp - owner and mode of a file and of every directory above it.
#include "app/trusted_file.h"

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <memory>

#include <sys/stat.h>

#include "base/text.h"

namespace sg::app {
namespace {

struct FreeText {
  void operator()(char* text) const noexcept { std::free(text); }
};

Error untrusted(const std::string& path, const std::string& why, const std::string& remedy) {
  const std::string quoted = "'" + escape(path) + "'";
  return Error{Errc::kUnsupported, quoted + ": " + why, remedy + " " + quoted};
}

Status check_owner(const std::string& path, const struct stat& info) {
  if (info.st_uid != 0) {
    return untrusted(path, "belongs to user " + std::to_string(info.st_uid) + ", not to root",
                     "chown root");
  }
  const bool is_sticky = S_ISDIR(info.st_mode) && (info.st_mode & S_ISVTX) != 0;
  if ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0 && !is_sticky) {
    return untrusted(path, "can be written by others than root", "chmod go-w");
  }
  return Ok{};
}

}  // namespace

Status require_trusted(const std::string& path) {
  const std::unique_ptr<char, FreeText> real(::realpath(path.c_str(), nullptr));
  struct stat info {};
  if (!real || ::stat(real.get(), &info) != 0) {
    const int saved_errno = errno;
    return system_error("'" + escape(path) + "'", saved_errno, "");
  }
  if (!S_ISREG(info.st_mode)) {
    return untrusted(path, "is no regular file", "look at");
  }
  std::string at = real.get();
  for (;;) {
    if (Status owned = check_owner(at, info); !owned) {
      return owned;
    }
    if (at == "/") {
      return Ok{};
    }
    at.erase(at.rfind('/') == 0 ? 1 : at.rfind('/'));
    if (::stat(at.c_str(), &info) != 0) {
      const int saved_errno = errno;
      return system_error("'" + escape(at) + "'", saved_errno, "");
    }
  }
}

}  // namespace sg::app
