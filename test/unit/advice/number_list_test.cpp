// SPDX-License-Identifier: Apache-2.0
// number_list_test.cpp - lists that are wrong, and those that are meant: no wider than what was written.
#include "advice/number_list.h"

#include "support/catch.h"

using namespace sg::advice;

namespace {

constexpr const char* kPorts = "net/ipv4/ip_local_reserved_ports";

}  // namespace

TEST_CASE("Number list: what is meant has the numbers that were written") {
  struct Case {
    const char* text;
    const char* list;
  };
  const Case cases[] = {
      {"1024..15999 20000..30000", "1024-15999,20000-30000"},
      {"8080 9000 9100", "8080,9000,9100"},
      {"30000..40000|50000..60000", "30000-40000,50000-60000"},
      {"8080|9090", "8080,9090"},
      {"8080..", "8080-65535"},
      {"8080-", "8080-65535"},
      {"\"9000-8080\"", "8080-9000"},
      {"9000..8080", "8080-9000"},
      {"..1024", "0-1024"},
      {"30000 to 40000", "30000-40000"},
      {"30000:40000, 8080", "30000-40000,8080"},
      {"1024 - 1030", "1024-1030"},
      {"\"8080-70000\"", "8080-65535"},
      {"\"8080;9000\"", "8080,9000"},
      {"1,,2", "1,2"},
      {"80, 443 8080", "80,443,8080"},
      {"1024 15999", "1024-15999 for a range, or 1024,15999 for the two alone"},
      {"15999 1024", "15999,1024"},
      // Of these nobody knows.
      {"", ""},
      {"-1024", ""},
      {"80,70000", ""},
      {"70000..", ""},
      {"1-2-3", ""},
      {"80*", ""},
      {"many", ""},
      {"1-99999999999999999999", ""},
  };
  for (const Case& c : cases) {
    INFO(c.text);
    CHECK(meant_list(kPorts, c.text, "") == c.list);
  }
  CHECK(meant_list(kPorts, "1024 15999", "'") ==
        "'1024-15999' for a range, or '1024,15999' for the two alone");
  // Where the list ends is not known.
  CHECK(meant_list("net/some/list", "5..", "").empty());
}

TEST_CASE("Number list: what the kernel takes, and what it refuses") {
  for (const char* text : {"8080", "8080,", "80,1024-1030", "1-1"}) {
    INFO(text);
    CHECK(wrong_list(kPorts, text).empty());
  }
  struct Case {
    const char* text;
    const char* message;
  };
  const Case cases[] = {
      {"80\\", "\"80\\\" is no list of numbers and ranges"},
      {"1024-", "a range of a list has both its ends"},
      {"9-1", "\"9-1\" is no number and no range of a list"},
      {"8080,,", "\"\" is no number and no range of a list"},
      {",", "\"\" is no number and no range of a list"},
      {"1-65536", "the tested kernels take 0 to 65535 here, and refuse 1-65536"},
  };
  for (const Case& c : cases) {
    INFO(c.text);
    CHECK(wrong_list(kPorts, c.text) == c.message);
  }
}
