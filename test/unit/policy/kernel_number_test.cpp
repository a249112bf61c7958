// SPDX-License-Identifier: Apache-2.0
// kernel_number_test.cpp - what is a number to the kernel, and which one.
#include "policy/kernel_number.h"

#include "policy/value_rule.h"
#include "support/catch.h"

using namespace sg::policy;

TEST_CASE("Kernel number: decimal, octal and hexadecimal, and nothing else") {
  struct Case {
    const char* token;
    bool is_number;
    const char* number;  // "": nothing
  };
  const Case cases[] = {
      {"0", true, "0"},
      {"-0", true, "0"},
      {"12", true, "12"},
      {"-12", true, "-12"},
      {"010", true, "8"},
      {"00", true, "0"},
      {"08", false, ""},
      {"0x1F", true, "31"},
      {"-0X1f", true, "-31"},
      {"0x", false, ""},
      {"0xg", false, ""},
      {"18446744073709551615", true, "18446744073709551615"},
      {"18446744073709551616", true, ""},
      {"", false, ""},
      {"-", false, ""},
      {"+1", false, ""},
      {"1k", false, ""},
      {"1 2", false, ""},
  };
  for (const Case& c : cases) {
    INFO(c.token);
    CHECK(is_kernel_number(c.token) == c.is_number);
    const std::optional<Integer> number = kernel_number(c.token);
    CHECK((number ? to_text(*number) : "") == c.number);
  }
}
