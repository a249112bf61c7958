// SPDX-License-Identifier: Apache-2.0
// json_edit_test.cpp - every byte that is not the change stays, and adding and removing undo each
// other.
#include "base/json_edit.h"

#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "support/catch.h"

using sg::Errc;
using sg::JsonDocument;
using sg::JsonItem;
using sg::Result;
using Path = std::vector<std::string_view>;

namespace {

std::string shown(const Result<std::string>& result) {
  return result ? *result : "error: " + result.error().message;
}

// Everything of the text, where a test wants to change it.
JsonDocument document_of(const std::string& text) {
  const std::vector<Path> all = {{}};
  Result<JsonDocument> document = JsonDocument::read(text, "doc", all);
  INFO(text);
  REQUIRE(document);
  return *std::move(document);
}

const JsonItem& at(const JsonDocument& document, const Path& path) {
  const JsonItem* const item = document.find(path);
  REQUIRE(item != nullptr);
  return *item;
}

std::string without_elements(const std::string& text, const Path& path,
                             const std::vector<std::size_t>& indices) {
  JsonDocument document = document_of(text);
  document.remove_elements(at(document, path), indices);
  return document.edited();
}

}  // namespace

TEST_CASE("JSON edit: a member is set, made, and looks like its neighbours") {
  struct Case {
    const char* why;
    std::string text;
    Path path;
    std::string expected;
  };
  const Case cases[] = {
      {"an empty object", "{}", {"a"}, R"({"a": 1})"},
      {"an empty object with layout", "{\n}\n", {"a"}, "{\"a\": 1\n}\n"},
      {"a value is replaced", R"({ "a" : [ 2 ] , "b":3.10})", {"a"}, R"({ "a" : 1 , "b":3.10})"},
      {"on one line", R"({"x": 1e2})", {"a"}, R"({"x": 1e2, "a": 1})"},
      {"on one line, with a blank inside", R"({ "x": 2 })", {"a"}, R"({ "x": 2, "a": 1 })"},
      {"on lines of their own", "{\n\t\"x\": 0\n}\n", {"a"}, "{\n\t\"x\": 0,\n\t\"a\": 1\n}\n"},
      {"below objects that are not there",
       R"({"x": 0})",
       {"a", "b", "c"},
       R"({"x": 0, "a": {"b": {"c": 1}}})"},
      {"below one that is there",
       R"({"a": {"x": 0}, "y": []})",
       {"a", "b", "c"},
       R"({"a": {"x": 0, "b": {"c": 1}}, "y": []})"},
      {"a key that stands twice elsewhere is not read",
       R"({"x":{"a":1,"a":2},"b":0})",
       {"b"},
       R"({"x":{"a":1,"a":2},"b":1})"},
      {"null on the way stands for none",
       R"({"x": 0, "a": null})",
       {"a", "b"},
       R"({"x": 0, "a": {"b": 1}})"},
      {"a document of null", "null", {"a"}, "error: doc: it is not an object"},
      {"a key that needs escapes", "{}", {"a\"\n"}, R"({"a\"\n": 1})"},
      {"no object on the way", R"({"a": [1]})", {"a", "b"}, "error: doc: \"a\" is not an object"},
      {"the document is none", "[]", {"a"}, "error: doc: it is not an object"},
      {"no JSON", "{", {"a"}, "error: doc: is JSON that ends too early, at byte 1"},
      {"a key that stands twice",
       R"({"a":1,"a":2})",
       {"b"},
       "error: doc: has the key 'a' twice in one object, at byte 9"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(shown(sg::json_set(c.text, "doc", c.path, "1")) == c.expected);
  }
}

TEST_CASE("JSON edit: an element goes behind the last one") {
  struct Case {
    const char* why;
    std::string text;
    Path path;
    std::string expected;
  };
  const Case cases[] = {
      {"an array that is not there", "{}", {"h", "c"}, R"({"h": {"c": [7]}})"},
      {"null stands for none", R"({"h": null})", {"h"}, R"({"h": [7]})"},
      {"an empty array", R"({"h": [ ]})", {"h"}, R"({"h": [7 ]})"},
      {"on one line", R"({"h": [1,2]})", {"h"}, R"({"h": [1,2,7]})"},
      {"on lines of their own",
       "{\"h\": [\n  {\"a\": [1]}\n]}",
       {"h"},
       "{\"h\": [\n  {\"a\": [1]},\n  7\n]}"},
      {"no array", R"({"h": {}})", {"h"}, "error: doc: \"h\" is not an array"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(shown(sg::json_append(c.text, "doc", c.path, "7")) == c.expected);
  }
}

TEST_CASE("JSON edit: members go behind a neighbour") {
  struct Case {
    const char* why;
    std::string text;
    std::string expected;
  };
  const Case cases[] = {
      {"on one line", R"({"v":"1","x":[1]})", R"({"v":"1","k": 7,"l": 8,"x":[1]})"},
      {"the last", R"({"x": 1, "v":{}})", R"({"x": 1, "v":{}, "k": 7, "l": 8})"},
      {"on lines of their own", "{\n  \"v\": 1,\n  \"x\": 2\n}\n",
       "{\n  \"v\": 1,\n  \"k\": 7,\n  \"l\": 8,\n  \"x\": 2\n}\n"},
  };
  const std::vector<std::string> members = {sg::json_member("k", "7"), sg::json_member("l", "8")};
  for (const Case& c : cases) {
    INFO(c.why);
    JsonDocument document = document_of(c.text);
    document.add_behind(at(document, {"v"}), members);
    CHECK(document.edited() == c.expected);
    CHECK(shown(sg::json_remove(shown(sg::json_remove(c.expected, "doc", Path{"k"})), "doc",
                                Path{"l"})) == c.text);
  }
}

TEST_CASE("JSON edit: several children go in at once") {
  struct Case {
    const char* why;
    std::string text;
    std::string expected;
  };
  const Case cases[] = {
      {"an empty array", "[]", "[7, 8]"},
      {"an empty one with layout", "[ ]", "[7, 8 ]"},
      {"behind one", "[1]", "[1, 7, 8]"},
      {"behind two", "[1,2]", "[1,2,7,8]"},
      {"on lines of their own", "[\n  1\n]", "[\n  1,\n  7,\n  8\n]"},
  };
  const std::vector<std::string> children = {"7", "8"};
  for (const Case& c : cases) {
    INFO(c.why);
    JsonDocument document = document_of(c.text);
    document.add_children(at(document, {}), children);
    CHECK(document.edited() == c.expected);
  }
}

TEST_CASE("JSON edit: changes of one reading do not see each other") {
  const std::string text = R"({"v": 1, "a": [1, 2, 3], "o": {"x": 0}, "n": null})";
  JsonDocument document = document_of(text);
  const std::vector<std::string> member = {sg::json_member("k", "7")};
  document.replace(at(document, {"n"}), "[]");
  document.add_children(at(document, {"o"}), member);
  document.remove_elements(at(document, {"a"}), std::vector<std::size_t>{1});
  document.add_children(at(document, {"a"}), std::vector<std::string>{"9"});
  document.add_behind(at(document, {"v"}), member);
  CHECK(document.edited() == R"({"v": 1,"k": 7, "a": [1, 3, 9], "o": {"x": 0, "k": 7}, "n": []})");
}

TEST_CASE("JSON edit: what is not wanted is not found, and what is no JSON is not read") {
  const std::string text = R"({"x":{"a":1,"a":2},"v":1})";
  const std::vector<Path> wanted = {{"v"}};
  const Result<JsonDocument> document = JsonDocument::read(text, "doc", wanted);
  REQUIRE(document);
  CHECK(document->find(Path{"x"}) == nullptr);
  CHECK(document->find(Path{"v"}) != nullptr);
  CHECK(document->edited() == text);
  const Result<JsonDocument> broken = JsonDocument::read("{", "doc", wanted);
  REQUIRE_FALSE(broken);
  CHECK(broken.error().message == "doc: is JSON that ends too early, at byte 1");
}

TEST_CASE("JSON edit: what is removed takes its comma along") {
  struct Case {
    const char* why;
    std::string text;
    Path path;
    std::string expected;
  };
  const Case cases[] = {
      {"the only one", R"({ "a": [1] })", {"a"}, "{ }"},
      {"the first", R"({ "a": 1, "b": 2 })", {"a"}, R"({ "b": 2 })"},
      {"the middle", R"(["x", "y" , "z"])", {"1"}, R"(["x" , "z"])"},
      {"the last, on a line of its own", "[\n  1,\n  2\n]", {"1"}, "[\n  1\n]"},
      {"the first, on a line of its own", "[\n  1,\n  2\n]", {"0"}, "[\n  2\n]"},
      {"deep", R"({"a": {"b": [1, {"c": 3}]}})", {"a", "b", "1", "c"}, R"({"a": {"b": [1, {}]}})"},
      {"not there", R"({"a": 1})", {"b"}, R"({"a": 1})"},
      {"the document itself stays", R"({"a": 1})", {}, R"({"a": 1})"},
      {"no JSON", "x", {"a"}, "error: doc: is not valid JSON in UTF-8, at byte 0"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(shown(sg::json_remove(c.text, "doc", c.path)) == c.expected);
  }
}

TEST_CASE("JSON edit: elements removed in one pass leave what removing one by one leaves") {
  const std::string layouts[] = {"", " ", "\n    ", "\t", "  \r\n"};
  const std::string values[] = {"1",    R"("a")", R"("],,[")", "[1, [2]]", R"({"x": [3], "y": 4})",
                                "null", "[]"};
  std::mt19937 random(1);
  const auto any = [&random](const auto& from) { return from[random() % std::size(from)]; };
  for (int i = 0; i < 4000; ++i) {
    const std::size_t count = random() % 7;
    std::string array = "[" + any(layouts);
    for (std::size_t e = 0; e < count; ++e) {
      array += (e == 0 ? "" : any(layouts) + "," + any(layouts)) + any(values);
    }
    const std::string text =
        R"({"l": {"before": [7], "a": )" + array + any(layouts) + R"(]}, "z": [[8]]})";
    std::vector<std::size_t> indices;
    std::string expected = text;
    for (std::size_t e = 0; e < count + 2; ++e) {
      if (random() % 2 == 0) {
        indices.push_back(e);
      }
    }
    for (std::size_t at = indices.size(); at-- > 0;) {
      const std::string index = std::to_string(indices[at]);
      expected = shown(sg::json_remove(expected, "doc", Path{"l", "a", index}));
    }
    INFO(text);
    CHECK(without_elements(text, {"l", "a"}, indices) == expected);
  }
}

TEST_CASE("JSON edit: no elements to remove leave the document") {
  const std::string text = R"({"a": [1, 2], "n": []})";
  CHECK(without_elements(text, {"a"}, {}) == text);
  CHECK(without_elements(text, {"a"}, {2}) == text);
  CHECK(without_elements(text, {"n"}, {0}) == text);
  CHECK(without_elements(text, {"a"}, {0}) == R"({"a": [2], "n": []})");
  CHECK(without_elements("[1, 2]", {}, {0}) == "[2]");
}

TEST_CASE("JSON edit: removing what was added gives the document back") {
  for (const std::string text :
       {"{}", "{ }", "{\n}\n", R"({"x": 1})", "{\n    \"x\": {\"y\": []}\n}\n", "{\"x\":1,\"y\":2}",
        "{\r\n\t\"x\" : \"}\"\r\n}"}) {
    INFO(text);
    const std::string added = shown(sg::json_set(text, "doc", Path{"a"}, R"({"b": [1, "]"]})"));
    CHECK(added != text);
    CHECK(shown(sg::json_remove(added, "doc", Path{"a"})) == text);
  }
  for (const std::string text : {"[]", "[ ]", "[1]", "[1,2]", "[\n  1,\n  2\n]", "[ 1 , 2 ]"}) {
    INFO(text);
    const std::string document = "{\"l\": " + text + "}";
    const std::string added = shown(sg::json_append(document, "doc", Path{"l"}, R"({"b": 1})"));
    const std::string last = std::to_string(text.find('1') == std::string::npos   ? 0
                                            : text.find('2') == std::string::npos ? 1
                                                                                  : 2);
    CHECK(shown(sg::json_remove(added, "doc", Path{"l", last})) == document);
  }
}
