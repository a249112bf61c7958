// SPDX-License-Identifier: Apache-2.0
// toml_test.cpp - values, forms of tables, and errors of TOML as engines' configurations have it.
#include "engines/toml.h"

#include <string>
#include <vector>

#include "support/catch.h"

using sg::engines::parse_toml;
using sg::engines::TomlValue;
using Kind = TomlValue::Kind;
using Path = std::vector<std::string_view>;

namespace {

TomlValue parsed(const std::string& text) {
  auto value = parse_toml(text, "it");
  INFO((value ? "" : value.error().hint));
  REQUIRE(value);
  return *std::move(value);
}

}  // namespace

TEST_CASE("TOML: values with their tables, whatever the layout") {
  const TomlValue root = parsed(R"(
# a comment with = and [brackets]
version = 3 # behind a value
imports = [
  "/etc/a/*.toml", # in an array
  'b.toml',
]
[plugins."io.containerd.grpc.v1.cri" . containerd]
  name="x = [y] # z"
  f = 1.5
[rules]
  text = """two
lines"""
  table = { a = "1", b = [2] }
  "quoted key" = true
["a#b"] # c
"x=y" = "\u0061\"b"
['t]']
z = 2
)");
  struct Case {
    Path path;
    Kind kind;
    std::string text;
    std::int64_t integer;
  };
  const Case cases[] = {
      {{"version"}, Kind::kInteger, "", 3},
      {{"imports"}, Kind::kArray, "", 0},
      {{"plugins", "io.containerd.grpc.v1.cri"}, Kind::kTable, "", 0},
      {{"plugins", "io.containerd.grpc.v1.cri", "containerd", "name"},
       Kind::kString,
       "x = [y] # z",
       0},
      {{"plugins", "io.containerd.grpc.v1.cri", "containerd", "f"}, Kind::kOther, "", 0},
      {{"rules", "text"}, Kind::kString, "two\nlines", 0},
      {{"rules", "table"}, Kind::kInlineTable, "", 0},
      {{"rules", "table", "a"}, Kind::kString, "1", 0},
      {{"rules", "quoted key"}, Kind::kBool, "", 1},
      {{"a#b", "x=y"}, Kind::kString, "a\"b", 0},
      {{"t]", "z"}, Kind::kInteger, "", 2},
      {{}, Kind::kTable, "", 0},
  };
  for (const Case& c : cases) {
    INFO((c.path.empty() ? "" : c.path.back()));
    const TomlValue* const value = root.find(c.path);
    REQUIRE(value != nullptr);
    CHECK((value->kind == c.kind));
    CHECK(value->text == c.text);
    CHECK(value->integer == c.integer);
  }
  CHECK(root.find(Path{"imports"})->members[1].second.text == "b.toml");
  for (const Path& none : {Path{"rules", "name"}, Path{"version", "x"}, Path{"imports", ""}}) {
    CHECK(root.find(none) == nullptr);
  }
}

TEST_CASE("TOML: one setting in each of its forms, and how its table was made") {
  struct Case {
    std::string text;
    Kind a, b;
  };
  const Case cases[] = {
      {"[a.b]\nc = 1", Kind::kTable, Kind::kTable},
      {"  [ a . 'b' ] # [x]\nc=1", Kind::kTable, Kind::kTable},
      {"\n\t[a.b]\r\nc = 1\r\n", Kind::kTable, Kind::kTable},
      {"['a']\n\"b\".c = 1", Kind::kTable, Kind::kDottedTable},
      {"[a]\nb.c = 1", Kind::kTable, Kind::kDottedTable},
      {"a.b.c = 1", Kind::kDottedTable, Kind::kDottedTable},
      {"a . \"b\" . 'c' = 1", Kind::kDottedTable, Kind::kDottedTable},
      {"[a]\nb = { c = 1 }", Kind::kTable, Kind::kInlineTable},
      {"a.b = { c = 1 }", Kind::kDottedTable, Kind::kInlineTable},
      {"a = { b = { c = 1 } }", Kind::kInlineTable, Kind::kInlineTable},
  };
  for (const Case& c : cases) {
    INFO(c.text);
    const TomlValue root = parsed(c.text);
    CHECK((root.kind == Kind::kTable));
    REQUIRE(root.find(Path{"a", "b", "c"}) != nullptr);
    CHECK(root.find(Path{"a", "b", "c"})->integer == 1);
    CHECK((root.find(Path{"a"})->kind == c.a));
    CHECK((root.find(Path{"a", "b"})->kind == c.b));
  }
  const TomlValue list = parsed("[[rules]]\na = 1\n[[rules]]\na = 2\n");
  REQUIRE(list.find(Path{"rules"})->members.size() == 2);
  CHECK(list.find(Path{"rules"})->members[1].second.find(Path{"a"})->integer == 2);
}

TEST_CASE("TOML: an empty text, and ends of lines and files") {
  for (const char* text : {"", "\n", "# only", "a = 1", "[t]", "a = 1\r\n[t]\r\n"}) {
    INFO(text);
    CHECK(parse_toml(text, "it"));
  }
}

TEST_CASE("TOML: what cannot be understood is an error that names its line") {
  for (const char* text :
       {"a",      "[t",           "a = [1",   "a = \"x",       "a = \"x\ny\"", "a = '''x",
        "a\n= 1", "a = \"\\",     "{",        "a =",           "a b = 1",      "[a] b",
        "[a",     "[a.]",         "[]",       "[[a]",          "= 1",          "\"a = 1",
        "a. = 1", "a = 1\na = 2", "[a]\n[a]", "a = {}\n[a.b]", "a.b = 1\n[a]"}) {
    INFO(text);
    const auto value = parse_toml(text, "it");
    REQUIRE_FALSE(value);
    CHECK(value.error().message == "it: cannot be read as TOML");
    CHECK(value.error().hint.starts_with("correct line "));
  }
  CHECK(parse_toml("a = 1\nb = 2\nb = 3\n", "it").error().hint.starts_with("correct line 3"));
  CHECK_FALSE(parse_toml("a = " + std::string(10000, '[') + "1", "it"));
}
