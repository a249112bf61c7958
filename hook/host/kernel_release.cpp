// SPDX-License-Identifier: Apache-2.0
// kernel_release.cpp - two numbers with a dot between them, and whatever a distribution puts
// behind.
#include "host/kernel_release.h"

#include <sys/utsname.h>

#include <algorithm>
#include <optional>

#include "base/text.h"

namespace sg::host {
namespace {

// The decimal number at the start of `text`, which is taken off.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::optional<std::uint64_t> number = parse_decimal(text.substr(0, end));
  text.remove_prefix(end);
  return number;
}

}  // namespace

KernelRelease parse_kernel_release(std::string_view text) {
  const std::optional<std::uint64_t> major = take_number(text);
  if (!major || !text.starts_with('.')) {
    return {};
  }
  text.remove_prefix(1);
  const std::optional<std::uint64_t> minor = take_number(text);
  return minor ? KernelRelease{*major, *minor} : KernelRelease{};
}

KernelRelease kernel_release() {
  utsname name{};
  return ::uname(&name) == 0 ? parse_kernel_release(name.release) : KernelRelease{};
}

}  // namespace sg::host
