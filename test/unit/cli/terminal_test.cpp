// SPDX-License-Identifier: Apache-2.0
// terminal_test.cpp - a terminal of our own, and what is none.
#include "cli/terminal.h"

#include <fcntl.h>
#include <pty.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/unique_fd.h"
#include "cli/text_table.h"
#include "support/catch.h"

TEST_CASE("Terminal: a width, and colours unless somebody wants none") {
  winsize size{};
  size.ws_col = 133;
  int ours = -1;
  int theirs = -1;
  REQUIRE(::openpty(&ours, &theirs, nullptr, nullptr, &size) == 0);
  const sg::UniqueFd master(ours);
  const sg::UniqueFd terminal(theirs);
  REQUIRE(::setenv("TERM", "xterm", 1) == 0);
  REQUIRE(::unsetenv("NO_COLOR") == 0);
  CHECK(sg::cli::wants_colour(terminal.get()));
  CHECK(sg::cli::terminal_width(terminal.get()) == 133);
  REQUIRE(::setenv("TERM", "dumb", 1) == 0);
  CHECK_FALSE(sg::cli::wants_colour(terminal.get()));
  REQUIRE(::setenv("TERM", "xterm", 1) == 0);
  REQUIRE(::setenv("NO_COLOR", "1", 1) == 0);
  CHECK_FALSE(sg::cli::wants_colour(terminal.get()));
  REQUIRE(::unsetenv("NO_COLOR") == 0);
}

TEST_CASE("Terminal: a file is none") {
  const sg::UniqueFd file(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  CHECK_FALSE(sg::cli::wants_colour(file.get()));
  CHECK(sg::cli::terminal_width(file.get()) == sg::cli::kNoWidth);
}

TEST_CASE("Terminal: one that is too narrow for a table counts as 40") {
  winsize size{};
  size.ws_col = 7;
  int ours = -1;
  int theirs = -1;
  REQUIRE(::openpty(&ours, &theirs, nullptr, nullptr, &size) == 0);
  const sg::UniqueFd master(ours);
  const sg::UniqueFd terminal(theirs);
  CHECK(sg::cli::terminal_width(terminal.get()) == 40);
}
