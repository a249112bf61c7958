// SPDX-License-Identifier: Apache-2.0
// config_items_test.cpp - single values of a config.json, and what is said of wrong ones.
#include "oci/config_items.h"

#include <string>
#include <vector>

#include "support/catch.h"

using sg::JsonItem;
using sg::JsonType;
using Strings = std::vector<std::string>;

namespace {

JsonItem item(std::vector<std::string> path, JsonType type, std::string text = "") {
  JsonItem made;
  made.path = std::move(path);
  made.type = type;
  made.text = std::move(text);
  return made;
}

}  // namespace

TEST_CASE("Config items: a text is a string without a zero byte") {
  std::string text = "old";
  CHECK(sg::oci::take_text(item({"a"}, JsonType::kString, "x"), text));
  CHECK(text == "x");
  const sg::Status zero =
      sg::oci::take_text(item({"a", "b"}, JsonType::kString, std::string("y\0z", 3)), text);
  REQUIRE_FALSE(zero);
  CHECK(zero.error().message == "config.json: 'a.b' holds a zero byte");
  CHECK_FALSE(sg::oci::take_text(item({"a"}, JsonType::kNumber, "1"), text));
  CHECK_FALSE(sg::oci::take_text(item({"a"}, JsonType::kNull), text));
  CHECK(text == "x");
}

TEST_CASE("Config items: an array of strings, or none") {
  Strings strings;
  CHECK(sg::oci::take_strings(item({"l"}, JsonType::kArray), 1, strings));
  CHECK(sg::oci::take_strings(item({"l", "0"}, JsonType::kString, "x"), 1, strings));
  CHECK(sg::oci::take_strings(item({"l"}, JsonType::kNull), 1, strings));
  CHECK(strings == Strings{"x"});
  CHECK_FALSE(sg::oci::take_strings(item({"l"}, JsonType::kObject), 1, strings));
  CHECK_FALSE(sg::oci::take_strings(item({"l", "0"}, JsonType::kNumber, "1"), 1, strings));
  CHECK_FALSE(sg::oci::take_strings(item({"l", "0", "0"}, JsonType::kString, "x"), 1, strings));
  CHECK_FALSE(sg::oci::take_strings(item({"l"}, JsonType::kArray), 2, strings));  // above the array
}

TEST_CASE("Config items: types, and keys that Go takes for others") {
  CHECK(sg::oci::require_type(item({"a"}, JsonType::kObject), JsonType::kObject, "an object"));
  CHECK(sg::oci::require_type(item({"a"}, JsonType::kNull), JsonType::kObject, "an object"));
  const sg::Status wrong =
      sg::oci::require_type(item({"a"}, JsonType::kArray), JsonType::kObject, "an object");
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().message == "config.json: 'a' is not an object");
  CHECK(sg::oci::check_spelling(item({"a", "path"}, JsonType::kNull), 1, {"path"}));
  CHECK(sg::oci::check_spelling(item({"a", "paths"}, JsonType::kNull), 1, {"path"}));
  const sg::Status folded =
      sg::oci::check_spelling(item({"a", "Path"}, JsonType::kNull), 1, {"path"});
  REQUIRE_FALSE(folded);
  CHECK(folded.error().message == "config.json: 'a.Path' is what some programs take for 'path'");
}

TEST_CASE("Config items: a document that is none has a hint") {
  const std::vector<std::vector<std::string_view>> wanted = {{"a"}};
  const auto items = sg::oci::read_config_items("{", wanted);
  REQUIRE_FALSE(items);
  CHECK_FALSE(items.error().hint.empty());
}
