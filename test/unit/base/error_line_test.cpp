// SPDX-License-Identifier: Apache-2.0
// error_line_test.cpp - the one line holds message and hint, and nothing that breaks a line.
#include "base/error_line.h"

#include <algorithm>
#include <string>

#include "base/text.h"
#include "support/catch.h"

using sg::Errc;
using sg::Error;
using sg::error_line;
using sg::kLineMax;

TEST_CASE("Error line: message and hint stand behind the program's name") {
  CHECK(error_line(Error{Errc::kSystem, "a: b", "do c"}) == "sysctl-guard: a: b; do c");
  CHECK(error_line(Error{Errc::kSystem, "a: b", ""}) == "sysctl-guard: a: b");
}

TEST_CASE("Error line: bytes that are not printable are replaced") {
  const std::string line = error_line(Error{Errc::kBadInput, "x\ny\x1b[31m\x80", "z\tz"});
  CHECK(line == "sysctl-guard: x?y?[31m?; z?z");
}

TEST_CASE("Error line: a line at the limit is whole, one past it is cut") {
  const std::size_t prefix = std::string("sysctl-guard: ").size();
  const std::string at_limit(kLineMax - prefix, 'm');
  CHECK(error_line(Error{Errc::kSystem, at_limit, ""}) == "sysctl-guard: " + at_limit);
  const std::string cut = error_line(Error{Errc::kSystem, at_limit + "m", ""});
  CHECK(cut.size() == kLineMax);
  CHECK(cut.substr(cut.size() - 4) == "m...");
}

TEST_CASE("Error line: what Podman would take for its own errors is put in other words") {
  const std::string line =
      error_line(Error{Errc::kSystem, "x: Operation not permitted(1), operation NOT permitted",
                       "Permission denied"});
  CHECK(line == "sysctl-guard: x: EPERM(1), EPERM; EACCES");
  CHECK(error_line(Error{Errc::kSystem, "No such file or directory", ""}) ==
        "sysctl-guard: ENOENT");
}
