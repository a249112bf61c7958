// SPDX-License-Identifier: Apache-2.0
// mountinfo.cpp - fields between blanks, as proc(5) has them.
#include "base/mountinfo.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "base/text.h"

namespace sg {
namespace {

bool is_octal(char c) { return c >= '0' && c <= '7'; }

// The kernel writes blanks, newlines and backslashes as \ooo. Any other backslash stays.
std::string undo_octal(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escaped = text[i] == '\\' && text.size() - i > 3 && text[i + 1] >= '0' &&
                         text[i + 1] <= '3' && is_octal(text[i + 2]) && is_octal(text[i + 3]);
    if (!escaped) {
      out += text[i];
      continue;
    }
    const int byte = (text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0');
    out += static_cast<char>(byte);
    i += 3;
  }
  return out;
}

bool has_read_only(std::string_view options) {
  const std::vector<std::string_view> words = split(options, ',');
  return std::ranges::find(words, "ro") != words.end();
}

std::optional<MountEntry> parse_mount(std::string_view line) {
  // id parent major:minor root point options [optional]... - type source super-options
  constexpr std::size_t kFixedFields = 6;
  constexpr std::size_t kFieldsFromDash = 4;
  const std::vector<std::string_view> fields = split(line, ' ');
  std::size_t dash = kFixedFields;
  while (dash < fields.size() && fields[dash] != "-") {
    ++dash;
  }
  if (dash + kFieldsFromDash > fields.size() || !parse_decimal(fields[0]) ||
      !parse_decimal(fields[1])) {
    return std::nullopt;
  }
  MountEntry mount{.type = std::string(fields[dash + 1]),
                   .root = undo_octal(fields[3]),
                   .point = undo_octal(fields[4]),
                   .device = std::string(fields[2]),
                   .is_read_only = has_read_only(fields[5]) || has_read_only(fields[dash + 3])};
  const std::string both = mount.root + mount.point;
  if (!mount.root.starts_with('/') || !mount.point.starts_with('/') ||
      both.find('\0') != std::string::npos) {
    return std::nullopt;
  }
  return mount;
}

}  // namespace

std::vector<MountEntry> parse_mountinfo(std::string_view text) {
  std::vector<MountEntry> mounts;
  for (const std::string_view line : split(text, '\n')) {
    if (std::optional<MountEntry> mount = parse_mount(line)) {
      mounts.push_back(std::move(*mount));
    }
  }
  return mounts;
}

}  // namespace sg
