// SPDX-License-Identifier: Apache-2.0
// json_text_test.cpp - lists of none, one and two; a text that has to be escaped.
#include "app/json_text.h"

#include <vector>

#include "support/catch.h"

using namespace sg::app;

TEST_CASE("JSON text: lists") {
  CHECK(json_list({}) == "[]");
  CHECK(json_list(std::vector<std::string>{"1"}) == "[1]");
  CHECK(json_list(std::vector<std::string>{"1", "null"}) == "[1, null]");
  CHECK(json_strings({}) == "[]");
  CHECK(json_strings(std::vector<std::string>{"a\"b", "c"}) == R"(["a\"b", "c"])");
}

TEST_CASE("JSON text: nothing is null") {
  CHECK(text_or_null("") == "null");
  CHECK(text_or_null("a\n") == R"("a\n")");
}
