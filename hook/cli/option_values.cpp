// SPDX-License-Identifier: Apache-2.0
// option_values.cpp - values of options into types, with messages that name the option.
#include "cli/option_values.h"

#include <sys/stat.h>

#include <array>
#include <string_view>

#include "base/text.h"

namespace sg::cli {

Operands container_operand() {
  return {
      .noun = "container", .hint = ": an ID, the beginning of one, or a name", .min = 1, .max = 1};
}

Result<std::optional<sysctl::NamespaceSet>> read_private_namespaces(const Arguments& arguments) {
  static constexpr std::array<std::string_view, 5> kNames{"net", "ipc", "uts", "user", "pid"};
  const std::optional<std::string> list = arguments.value("--private-ns");
  if (!list) {
    return std::optional<sysctl::NamespaceSet>();
  }
  std::string_view unknown;
  if (const std::optional<sysctl::NamespaceSet> set = sysctl::parse_namespaces(*list, unknown)) {
    return set;
  }
  return wrong_arguments("--private-ns: unknown namespace '" + escape(unknown) +
                         "'; known are net, ipc, uts, user, pid" + did_you_mean(unknown, kNames));
}

Result<std::string> read_absolute_path(const Arguments& arguments, const std::string& option,
                                       const std::string& otherwise) {
  std::string path = arguments.value(option).value_or(otherwise);
  if (!path.starts_with('/')) {
    return wrong_arguments(option + ": '" + escape(path) + "' is not an absolute path");
  }
  return path;
}

Result<std::string> read_root(const Arguments& arguments) {
  Result<std::string> root = read_absolute_path(arguments, "--root", "/");
  struct stat info {};
  if (root && (::stat(root->c_str(), &info) != 0 || !S_ISDIR(info.st_mode))) {
    return wrong_arguments("--root: '" + escape(*root) + "' is not a directory");
  }
  return root;
}

}  // namespace sg::cli
