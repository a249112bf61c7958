// SPDX-License-Identifier: Apache-2.0
// toml_scan_test.cpp - headers, keys and values of TOML as engines' configurations have it.
#include "app/install/toml_scan.h"

#include <string>
#include <vector>

#include "support/catch.h"

using sg::app::find_setting;
using sg::app::scan_toml;
using sg::app::TomlScan;
using sg::app::TomlSetting;

TEST_CASE("TOML: settings with their tables, whatever the layout") {
  const auto scan = scan_toml(R"(
# a comment with = and [brackets]
version = 3 # behind a value
imports = [
  "/etc/a/*.toml", # in an array
  'b.toml',
]
[plugins."io.containerd.grpc.v1.cri" . containerd]
  name="x = [y] # z"
[[rules]]
  text = """two
lines"""
  table = { a = "1", b = [2] }
  "quoted key" = true
)");
  REQUIRE(scan);
  CHECK(scan->tables ==
        std::vector<std::string>{"plugins.io.containerd.grpc.v1.cri.containerd", "rules"});
  struct Case {
    std::string table, key, value;
    std::vector<std::string> strings;
  };
  const Case cases[] = {
      {"", "version", "3", {}},
      {"", "imports", "[\n  \"/etc/a/*.toml\", \n  'b.toml',\n]", {"/etc/a/*.toml", "b.toml"}},
      {"plugins.io.containerd.grpc.v1.cri.containerd", "name", "\"x = [y] # z\"", {"x = [y] # z"}},
      {"rules", "text", "\"\"\"two\nlines\"\"\"", {"two\nlines"}},
      {"rules", "table", "{ a = \"1\", b = [2] }", {"1"}},
      {"rules", "quoted key", "true", {}},
  };
  CHECK(scan->settings.size() == std::size(cases));
  for (const Case& c : cases) {
    INFO(c.key);
    const TomlSetting* const setting = find_setting(*scan, c.table, c.key);
    REQUIRE(setting != nullptr);
    CHECK(setting->value == c.value);
    CHECK(setting->strings == c.strings);
  }
  CHECK(find_setting(*scan, "rules", "name") == nullptr);
}

TEST_CASE("TOML: the last of two settings holds") {
  const auto scan = scan_toml("a = 1\na = 2\n");
  REQUIRE(scan);
  CHECK(find_setting(*scan, "", "a")->value == "2");
}

TEST_CASE("TOML: an empty text, and ends of lines and files") {
  for (const char* text : {"", "\n", "# only", "a = 1", "[t]", "a = 1\r\n[t]\r\n"}) {
    INFO(text);
    CHECK(scan_toml(text));
  }
  CHECK(find_setting(*scan_toml("a = 1\r\nb = 2\r\n"), "", "a")->value == "1");
  CHECK(find_setting(*scan_toml("a = \"\"\nb = ''"), "", "b")->strings ==
        std::vector<std::string>{""});
  CHECK(find_setting(*scan_toml("a = \"x\\\"y\""), "", "a")->strings.size() == 1);
}

TEST_CASE("TOML: what cannot be understood is nothing") {
  for (const char* text :
       {"a", "[t", "a = [1", "a = \"x", "a = \"x\ny\"", "a = '''x", "a\n= 1", "a = \"\\", "{", "a =", "a b = 1", "[a] b", "[a", "[a.]", "[]", "[[a]", "= 1", "\"a = 1", "a. = 1"}) {
    INFO(text);
    CHECK_FALSE(scan_toml(text));
  }
}

TEST_CASE("TOML: one setting in each of its forms, and what hides it") {
  for (const char* text :
       {"[a.b]\nc = 1", "[a]\nb.c = 1", "a.b.c = 1", "a . \"b\" . 'c' = 1",
        "[ a . 'b' ] # [x]\nc=1", "['a']\n\"b\".c = 1"}) {
    INFO(text);
    const auto scan = scan_toml(text);
    REQUIRE(scan);
    REQUIRE(find_setting(*scan, "a.b", "c") != nullptr);
    CHECK(find_setting(*scan, "a.b", "c")->value == "1");
    CHECK(sg::app::find_above(*scan, "a.b.c") == nullptr);
  }
  for (const char* text : {"a = { b = { c = 1 } }", "[a]\nb = { c = 1 }", "a.b = { c = 1 }"}) {
    INFO(text);
    const auto scan = scan_toml(text);
    REQUIRE(scan);
    CHECK(find_setting(*scan, "a.b", "c") == nullptr);
    CHECK(sg::app::find_above(*scan, "a.b.c") != nullptr);
    CHECK(sg::app::find_above(*scan, "ab.c") == nullptr);
  }
}

TEST_CASE("TOML: names with a comment's sign, a bracket or an equals sign in quotes") {
  const auto scan = scan_toml("[\"a#b\"] # c\n\"x=y\" = 1\n['t]']\nz = 2\n");
  REQUIRE(scan);
  CHECK(scan->tables == std::vector<std::string>{"a#b", "t]"});
  CHECK(find_setting(*scan, "a#b", "x=y")->value == "1");
}
