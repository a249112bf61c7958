// SPDX-License-Identifier: Apache-2.0
// text_table_test.cpp - tables that fit, a terminal of our own, and what is none.
#include "cli/text_table.h"

#include <fcntl.h>
#include <pty.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/unique_fd.h"
#include "support/catch.h"

using namespace sg::cli;

TEST_CASE("Text table: columns as wide as their widest cell, nothing behind the last one") {
  TextTable table({{"A"}, {"N", Fit::kWhole, true}, {"LONGER"}}, 80);
  table.add({"first", "1", "x"});
  table.add({"b", "12", ""});
  CHECK(table.take() == "A       N  LONGER\nfirst   1  x\nb      12\n");
  CHECK(table.take().empty());
}

TEST_CASE("Text table: later rows stand below those before, lines of their own between them") {
  TextTable table({{"A"}, {"B"}}, 80);
  table.add({"wide", "x"});
  CHECK(table.take() == "A     B\nwide  x\n");
  table.add_line("-- a line that is longer than the table --");
  table.add({"n", "x"});
  CHECK(table.take() == "-- a line that is longer than the table --\nn     x\n");
}

TEST_CASE("Text table: a colour is on one column") {
  TextTable table({{"A", Fit::kWhole, false, true}, {"B"}}, 80);
  table.add({"x", "y"}, "<");
  CHECK(table.take() == "A  B\n<x\x1b[0m  y\n");
}

TEST_CASE("Text table: nothing is cut where it fits or where there is no terminal") {
  for (const std::size_t width : {std::size_t{84}, kNoWidth}) {
    TextTable table({{"A", Fit::kCut}, {"B", Fit::kCutFirst}, {"C", Fit::kWrap}}, width);
    table.add({std::string(30, 'a'), std::string(30, 'b'), std::string(20, 'c')});
    CHECK(table.take().ends_with(std::string(30, 'a') + "  " + std::string(30, 'b') + "  " +
                                 std::string(20, 'c') + "\n"));
  }
}

TEST_CASE("Text table: some columns give way first, then the widest, others never") {
  const auto row = [](std::size_t width) {
    TextTable table({{"A"}, {"B", Fit::kCut}, {"C", Fit::kCutFirst}}, width);
    table.add({std::string(10, 'a'), std::string(30, 'b'), std::string(30, 'c')});
    const std::string text = table.take();
    return text.substr(text.find('\n') + 1);
  };
  const std::string a = std::string(10, 'a') + "  ";
  CHECK(row(70) == a + std::string(30, 'b') + "  " + std::string(23, 'c') + "...\n");
  CHECK(row(64) == a + std::string(30, 'b') + "  " + std::string(17, 'c') + "...\n");
  CHECK(row(54) == a + std::string(17, 'b') + "...  " + std::string(17, 'c') + "...\n");
  CHECK(row(5) == a + "...  ...\n");
}

TEST_CASE("Text table: the last column goes on below itself, at a slash where there is one") {
  TextTable table({{"A"}, {"B", Fit::kWrap}}, 25);
  table.add({"x", "net/ipv4/conf/eth0/forwarding=1"});
  CHECK(table.take() == "A  B\nx  net/ipv4/conf/eth0/\n   forwarding=1\n");
}

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
