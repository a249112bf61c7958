// SPDX-License-Identifier: Apache-2.0
// terminal.cpp - asks a descriptor and the environment.
#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "cli/text_table.h"

namespace sg::cli {
namespace {

constexpr std::size_t kWidthMin = 40;  // below it no table can be read anyway

}  // namespace

bool wants_colour(int fd) {
  const char* const no_colour = std::getenv("NO_COLOR");
  const char* const terminal = std::getenv("TERM");
  return ::isatty(fd) == 1 && (no_colour == nullptr || *no_colour == '\0') &&
         (terminal == nullptr || std::string_view(terminal) != "dumb");
}

std::size_t terminal_width(int fd) {
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) != 0) {
    return kNoWidth;
  }
  return size.ws_col == 0 ? kUsualWidth : std::max<std::size_t>(size.ws_col, kWidthMin);
}

}  // namespace sg::cli
