// SPDX-License-Identifier: Apache-2.0
// root_files.h - files below a directory that stands for a root, and what texts hold.
#pragma once

#include <sys/stat.h>

#include <string>

#include "base/file_io.h"
#include "host/root_dir.h"
#include "support/catch.h"
#include "support/temp_dir.h"

namespace sg::test {

inline void put(const TempDir& dir, const std::string& path, const std::string& text) {
  REQUIRE(sg::replace_file(dir.path() + path, text));
}

inline void make_program(const TempDir& dir, const std::string& path) {
  put(dir, path, "x");
  REQUIRE(::chmod((dir.path() + path).c_str(), 0755) == 0);
}

// "none" where there is no such file.
inline std::string content(const host::RootDir& root, const std::string& path) {
  const auto text = root.read(path);
  REQUIRE(text);
  return text->value_or("none");
}

inline bool has(const std::string& text, const std::string& what) {
  return text.find(what) != std::string::npos;
}

}  // namespace sg::test
