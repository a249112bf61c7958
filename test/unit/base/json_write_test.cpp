// SPDX-License-Identifier: Apache-2.0
// json_write_test.cpp - values, and the two layouts.
#include "base/json_write.h"

#include <cstdint>
#include <limits>

#include "support/catch.h"

using sg::Json;

TEST_CASE("JSON writer: scalars") {
  CHECK(Json().line() == "null");
  CHECK(Json(true).line() == "true");
  CHECK(Json(std::numeric_limits<std::uint64_t>::max()).line() == "18446744073709551615");
  CHECK(Json(-1).line() == "-1");
  CHECK(Json("a\"\x1b").line() == "\"a\\\"\\u001b\"");
  CHECK(Json("\xff").line() == "\"\\ufffd\"");
  CHECK(Json(std::optional<int>(3)).line() == "3");
  CHECK(Json(std::optional<int>()).line() == "null");
  CHECK(sg::text_or_null("").line() == "null");
  CHECK(sg::text_or_null("x").line() == "\"x\"");
}

TEST_CASE("JSON writer: objects and arrays on one line, in their order") {
  Json list = Json::array();
  list.add(1);
  list.add(Json::object({}));
  CHECK(Json::object({{"z", list}, {"a", Json::array()}}).line() == "{\"z\": [1, {}], \"a\": []}");
  const std::vector<std::string> texts = {"x", "y"};
  CHECK(Json::array_of(texts).line() == "[\"x\", \"y\"]");
  CHECK(Json::array_of(texts, &std::string::size).line() == "[1, 1]");
}

TEST_CASE("JSON writer: a document has a line for each member and for each object in a list") {
  Json objects = Json::array();
  objects.add(Json::object({{"a", 1}, {"b", Json::array_of(std::vector<int>{1, 2})}}));
  objects.add(Json::object({{"a", 2}}));
  CHECK(Json::object({{"list", objects},
                      {"none", Json::array()},
                      {"n", Json::array_of(std::vector<int>{1, 2})}})
            .document() ==
        "{\n  \"list\": [\n    {\"a\": 1, \"b\": [1, 2]},\n    {\"a\": 2}\n  ],\n  \"none\": [],\n "
        " \"n\": [1, 2]\n}\n");
}
