// SPDX-License-Identifier: Apache-2.0
// meant_text_test.cpp - numbers, ranges, brackets, escapes and placeholders in the text of a value.
#include "advice/meant_text.h"

#include "support/catch.h"

using namespace sg::advice;

TEST_CASE("Meant text: numbers, and a range with a dash") {
  CHECK(numbers_in("250, 32000/100") == std::vector<std::string>{"250", "32000", "100"});
  CHECK(numbers_in("250, many").empty());
  CHECK(with_dots("0-2") == "0..2");
  CHECK(with_dots("-2") == "-2");
  CHECK(of_brackets("01") == "0|1");
  CHECK(of_brackets("0,10") == "0|10");
  CHECK(of_brackets("0-2") == "0..2");
}

TEST_CASE("Meant text: escapes are blanks or nothing, and a placeholder is known") {
  CHECK(without_escapes("1\\t2\\n") == "1 2");
  CHECK(without_escapes("1\\\\") == "1");
  for (const char* text : {"{{ value }}", "<n>", "$MAX", "%d", "VALUE"}) {
    CHECK(is_placeholder(text));
  }
  CHECK_FALSE(is_placeholder("{1}"));
}
