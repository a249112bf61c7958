// SPDX-License-Identifier: Apache-2.0
// json_test.cpp - what becomes an item, what is passed over, and what is no JSON at all.
//
// Skipping must change nothing about which documents are taken: each bad document is read once as a
// whole and once below a member nobody wants, where the library sees only a part of each string.
#include "base/json.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "base/text.h"
#include "support/catch.h"

using namespace std::string_literals;
using sg::Errc;
using sg::JsonItem;
using sg::JsonType;
using sg::Result;
using Wanted = std::vector<std::vector<std::string_view>>;

namespace {

const Wanted kEverything = {{}};

// One item as text: "linux/sysctl string:a".
std::string show(const JsonItem& item) {
  static constexpr const char* kNames[] = {"null", "bool", "number", "string", "object", "array"};
  std::string out;
  for (std::size_t i = 0; i < item.path.size(); ++i) {
    out += (i == 0 ? "" : "/") + sg::escape(item.path[i]);
  }
  return out + " " + kNames[static_cast<int>(item.type)] + ":" + sg::escape(item.text);
}

std::vector<std::string> show(const Result<std::vector<JsonItem>>& result) {
  if (!result) {
    return {result.error().message};
  }
  std::vector<std::string> lines;
  for (const JsonItem& item : *result) {
    lines.push_back(show(item));
  }
  return lines;
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

}  // namespace

TEST_CASE("Json: every value of a wanted document is an item, in the order of the text") {
  const std::string text =
      R"({"z":{"b":[1,{"x":null},[]],"a":{}},"s":"q\"\u00e9\n","t":true,"f":false,"":[""]})";
  CHECK(show(sg::read_json(text, "doc", kEverything)) ==
        std::vector<std::string>{" object:", "z object:", "z/b array:", "z/b/0 number:1",
                                 "z/b/1 object:", "z/b/1/x null:", "z/b/2 array:", "z/a object:",
                                 "s string:q\"\\xc3\\xa9\\n", "t bool:true", "f bool:false",
                                 " array:", "/0 string:"});
}

TEST_CASE("Json: each item says where it stands") {
  struct Case {
    const char* why;
    std::string text;
    std::vector<std::string> places;  // "path key|value", as they stand in the text
  };
  const Case cases[] = {
      {"layout on all sides",
       " \r\n{ \"a\" :\t[ 1 , -0, 2.50 ] ,\n\"b\":{} } ",
       {" |{ \"a\" :\t[ 1 , -0, 2.50 ] ,\n\"b\":{} }", "a \"a\"|[ 1 , -0, 2.50 ]", "a/0 |1",
        "a/1 |-0", "a/2 |2.50", "b \"b\"|{}"}},
      {"no layout",
       R"({"a":[1,[2],{"x":3}],"b":true,"c":null})",
       {R"( |{"a":[1,[2],{"x":3}],"b":true,"c":null})", R"(a "a"|[1,[2],{"x":3}])", "a/0 |1",
        "a/1 |[2]", "a/1/0 |2", R"(a/2 |{"x":3})", R"(a/2/x "x"|3)", R"(b "b"|true)",
        R"(c "c"|null)"}},
      {"escapes, in keys too",
       R"({"\"k\\":"\\\"\u00e9","":"x,:]"})",
       {R"( |{"\"k\\":"\\\"\u00e9","":"x,:]"})", R"("k\\ "\"k\\"|"\\\"\u00e9")", R"( ""|"x,:]")"}},
      {"a number at the end", "42", {" |42"}},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const Result<std::vector<JsonItem>> items = sg::read_json(c.text, "doc", kEverything);
    REQUIRE(items);
    std::vector<std::string> places;
    for (const JsonItem& item : *items) {
      const std::string name = show(item).substr(0, show(item).find(' '));
      std::string key;
      if (item.key_start != 0) {
        const std::size_t colon = c.text.rfind(':', item.start);
        key = c.text.substr(item.key_start, colon - item.key_start);
        key.resize(key.rfind('"') + 1);
      }
      places.push_back(name + " " + key + "|" + c.text.substr(item.start, item.end - item.start));
    }
    CHECK(places == c.places);
  }
}

TEST_CASE("Json: places are right behind values that were passed over") {
  const std::string text =
      R"({"skip":{"a":["}",{"b":"\\\""}]},"n":5,"s":"x", "want" : {"list":["a"]},"m":[1],"z":0})";
  const Result<std::vector<JsonItem>> items =
      sg::read_json(text, "doc", Wanted{{"want", "list"}, {"z"}});
  REQUIRE(items);
  REQUIRE(items->size() == 3);
  const auto shown = [&text](const JsonItem& item) {
    return text.substr(item.start, item.end - item.start);
  };
  CHECK(shown((*items)[0]) == R"(["a"])");
  CHECK(shown((*items)[1]) == R"("a")");
  CHECK(shown((*items)[2]) == "0");
  CHECK(text.substr((*items)[2].key_start, 3) == R"("z")");
}

TEST_CASE("Json: a problem says where it is and at which value") {
  const auto scanned = sg::scan_json(R"({"a":{"b":1,"b":2}})", kEverything);
  REQUIRE(std::holds_alternative<sg::JsonProblem>(scanned));
  const auto& problem = std::get<sg::JsonProblem>(scanned);
  CHECK(problem.why == "has the key 'b' twice in one object");
  CHECK(problem.offset == 14);
  CHECK(problem.path == std::vector<std::string>{"a", "b"});
}

TEST_CASE("Json: a document may be any value") {
  struct Case {
    const char* text;
    const char* item;
  };
  const Case cases[] = {{"null", " null:"},   {"true", " bool:true"}, {" 7\n", " number:7"},
                        {"\"\"", " string:"}, {"[]", " array:"},      {"\t{}\r", " object:"}};
  for (const Case& c : cases) {
    INFO(c.text);
    CHECK(show(sg::read_json(c.text, "doc", kEverything)) == std::vector<std::string>{c.item});
    CHECK(show(sg::read_json(c.text, "doc", Wanted{})).empty());
  }
}

TEST_CASE("Json: a number is given as it was written") {
  for (const char* number :
       {"0", "-0", "1", "-1", "10", "18446744073709551615", "18446744073709551616",
        "-9223372036854775808", "-9223372036854775809", "1.0", "1e3", "1E+3", "-0.0", "0.10",
        "123456789012345678901234567890", "1.7976931348623157e308", "4.9e-324", "1e-999"}) {
    INFO(number);
    CHECK(show(sg::read_json(number, "doc", kEverything)) ==
          std::vector<std::string>{" number:"s + number});
  }
}

TEST_CASE("Json: only what is wanted becomes an item") {
  const std::string text = R"({"a":{"b":{"c":1,"d":[2,3]},"e":4,"bb":5},"x":{"a":{"b":6}},"b":7,)"
                           R"("f":[{"g":8,"h":9},10]})";
  struct Case {
    const char* why;
    Wanted wanted;
    std::vector<std::string> items;
  };
  const Case cases[] = {
      {"nothing", {}, {}},
      {"a scalar", {{"b"}}, {"b number:7"}},
      {"a member deep down", {{"a", "b", "c"}}, {"a/b/c number:1"}},
      {"an object and all below it",
       {{"a", "b"}},
       {"a/b object:", "a/b/c number:1", "a/b/d array:", "a/b/d/0 number:2", "a/b/d/1 number:3"}},
      {"two paths, in the order of the text", {{"b"}, {"a", "e"}}, {"a/e number:4", "b number:7"}},
      {"a path above another one covers it",
       {{"a", "b", "c"}, {"a", "b", "d"}, {"a", "b"}},
       {"a/b object:", "a/b/c number:1", "a/b/d array:", "a/b/d/0 number:2", "a/b/d/1 number:3"}},
      {"an array on the way is an item", {{"f", "0", "h"}}, {"f array:", "f/0/h number:9"}},
      {"a scalar on the way is an item", {{"b", "x"}}, {"b number:7"}},
      {"an object on the way is none", {{"a", "none"}}, {}},
      {"a name that only begins like one", {{"a", "b", "dd"}, {"aa"}}, {}},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(show(sg::read_json(text, "doc", c.wanted)) == c.items);
  }
}

TEST_CASE("Json: a zero byte in a value survives") {
  const auto items = sg::read_json(R"({"ab":"x\u0000y"})", "doc", kEverything);
  REQUIRE(items);
  REQUIRE(items->size() == 2);
  CHECK((*items)[1].text == "x\0y"s);
}

TEST_CASE("Json: a path with a separator in a key is not a deeper path") {
  const auto items = sg::read_json(R"({"a/b":1,"a.b":2,"a":{"b":3}})", "doc", Wanted{{"a", "b"}});
  REQUIRE(items);
  REQUIRE(items->size() == 1);
  CHECK((*items)[0].text == "3");
}

TEST_CASE("Json: what is not JSON is refused, wanted or not") {
  struct Case {
    const char* why;
    std::string text;
  };
  const Case cases[] = {
      {"nothing", ""},
      {"a comma behind the last element", "[1,]"},
      {"a comma behind the last member", R"({"a":1,})"},
      {"no colon", R"({"a" 1})"},
      {"a key that is no string", "{1:2}"},
      {"single quotes", "['a']"},
      {"a comment", "[1/*x*/]"},
      {"a line comment", "[1]//x"},
      {"an unclosed string", "[\"abc"},
      {"an unclosed string that ends in a backslash", "[\"abc\\"},
      {"a newline in a string", "[\"a\nb\"]"},
      {"a tab in a string", "[\"a\tb\"]"},
      {"an unknown escape", R"(["plain\q"])"},
      {"an escape cut short", R"(["plain\u12"])"},
      {"an escape of no hex digits", R"(["\u12g4"])"},
      {"a lone high surrogate", R"(["plain\ud800"])"},
      {"a lone low surrogate", R"(["\udc00x"])"},
      {"UTF-8 cut short", "[\"plain\xc3\"]"},
      {"UTF-8 longer than needed", "[\"\xc0\x80\"]"},
      {"a surrogate as UTF-8", "[\"\xed\xa0\x80\"]"},
      {"a byte that UTF-8 does not have", "[\"a\xff\"]"},
      {"UTF-8 beyond Unicode", "[\"\xf4\x90\x80\x80\"]"},
      {"a bare zero byte in a string", "[\"a\0b\"]"s},
      {"a zero byte behind the document", "[]\0"s},
      {"a leading zero", "[01]"},
      {"a plus sign", "[+1]"},
      {"a lone minus", "[-]"},
      {"a fraction without digits", "[1.]"},
      {"a number beyond a double", "[1e999]"},
      {"not a number", "[NaN]"},
      {"a literal in capitals", "[True]"},
      {"a literal cut short", "[tru]"},
      {"an unclosed array", "[1"},
      {"an unclosed object", R"({"a":1)"},
      {"the wrong bracket", "[1}"},
      {"an odd bracket", "[1]]"},
      {"a string beside a number", R"([1"a"])"},
      {"a string beside a string", R"(["a""b"])"},
      {"an escaped quote outside of a string", R"([\"a"])"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const auto whole = sg::read_json(c.text, "doc", kEverything);
    REQUIRE_FALSE(whole);
    CHECK(whole.error().code == Errc::kBadInput);
    CHECK(whole.error().message.rfind("doc: ", 0) == 0);
    CHECK(whole.error().message.find(", at byte ") != std::string::npos);
    CHECK(whole.error().message.size() < 100);
    CHECK_FALSE(sg::read_json(c.text, "doc", Wanted{}));
    CHECK_FALSE(sg::read_json(c.text, "doc", Wanted{{"a"}}));
    CHECK_FALSE(sg::read_json(R"({"skip":)" + c.text + R"(,"a":1})", "doc", Wanted{{"a"}}));
    CHECK_FALSE(sg::read_json(R"({"skip":[")" + c.text + R"(],"a":1})", "doc", Wanted{{"a"}}));
    CHECK_FALSE(sg::read_json(R"({"a":1} )" + c.text + "x", "doc", Wanted{{"a"}}));
  }
}

TEST_CASE("Json: strings that are passed over end where they end") {
  for (const char* value :
       {R"("x")", R"("")", R"("\"")", R"("\\")", R"("\\\"")", R"("a\"b,\"a\":2}")", R"("\u0022")",
        R"(["]"])", R"({"a":"}"})", R"({"\"":["\\",{"a":2}]})", "\"\xc3\xa9\\\"plain\"",
        R"(["x",["y",{"z":"\\\\"}],"\\"])", "7", "-1.5e3", "null", R"([1,2,"a",3])"}) {
    const std::string text = R"({"skip":)" + std::string(value) + R"(,"a":1,"b":"end"})";
    INFO(text);
    CHECK(show(sg::read_json(text, "doc", Wanted{{"a"}, {"b"}})) ==
          std::vector<std::string>{"a number:1", "b string:end"});
  }
}

TEST_CASE("Json: an error says where") {
  struct Case {
    const char* why;
    std::string text;
    std::string message;
  };
  const Case cases[] = {
      {"the byte that does not fit", R"({"a":x})", "doc: is not valid JSON in UTF-8, at byte 5"},
      {"behind a skipped string", R"({"s":"long enough","a":x})",
       "doc: is not valid JSON in UTF-8, at byte 23"},
      {"inside a skipped string", "{\"s\":\"long\n\"}",
       "doc: is not valid JSON in UTF-8, at byte 10"},
      {"the end", R"({"a":)", "doc: is JSON that ends too early, at byte 5"},
      {"the end inside a skipped string", R"({"s":"abc)",
       "doc: is JSON that ends too early, at byte 9"},
      {"a zero byte", "{\"a\"\0:1}"s, "doc: is not valid JSON but holds a zero byte, at byte 4"},
      {"a second key", R"({"a":1,"a":2})", "doc: has the key 'a' twice in one object, at byte 9"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const auto result = sg::read_json(c.text, "doc", Wanted{{"a"}});
    REQUIRE_FALSE(result);
    CHECK(result.error().message == c.message);
  }
}

namespace {

// Plain beginnings of strings, of lengths around the sixteen bytes that are looked at in one step.
std::vector<std::string> plain_beginnings() {
  std::vector<std::string> all;
  for (const std::size_t size : {0, 1, 14, 15, 16, 17, 31, 32, 33, 48}) {
    all.push_back(std::string(" !#[]^~{},:/'pq").substr(0, size));
    all.back().resize(size, 'p');
  }
  return all;
}

}  // namespace

TEST_CASE("Json: a string is whole wherever its plain beginning ends") {
  struct Rest {
    std::string text;
    std::string value;
  };
  const Rest rests[] = {
      {"", ""},
      {R"(\"x)", "\"x"},
      {R"(\\)", "\\"},
      {R"(\\\"\\)", "\\\"\\"},
      {R"(\n)", "\n"},
      {R"(\u0022,)", "\","},
      {R"(\u00e9 and more plain bytes than sixteen\t)",
       "\xc3\xa9 and more plain bytes than sixteen\t"},
      {R"(\ud83d\ude00)", "\xf0\x9f\x98\x80"},
      {"\xc3\xa9", "\xc3\xa9"},
      {"\xf0\x9f\x98\x80x\\/", "\xf0\x9f\x98\x80x/"},
      {"\x7f", "\x7f"},
      {"\x7f\\\\\x7f", "\x7f\\\x7f"},
  };
  for (const Rest& rest : rests) {
    for (const std::string& plain : plain_beginnings()) {
      const std::string literal = "\"" + plain + rest.text + "\"";
      const std::string shown = sg::escape(plain + rest.value, SIZE_MAX);
      INFO(shown);
      CHECK(show(sg::read_json(literal, "doc", kEverything)) ==
            std::vector<std::string>{" string:" + shown});
      const std::string pair = "{" + literal + ":" + literal + "}";
      CHECK(show(sg::read_json(pair, "doc", kEverything)) ==
            std::vector<std::string>{" object:", shown + " string:" + shown});
      const std::string beside =
          R"({"s":)" + literal + R"(,"t":[)" + pair + "," + literal + R"(],"w":)" + literal + "}";
      const auto wanted = sg::read_json(beside, "doc", Wanted{{"w"}});
      CHECK(show(wanted) == std::vector<std::string>{"w string:" + shown});
      REQUIRE(wanted);
      CHECK(wanted->at(0).end == beside.size() - 1);
      CHECK(wanted->at(0).start == beside.size() - 1 - literal.size());
    }
  }
}

TEST_CASE("Json: what is wrong behind the plain beginning of a string is found where it is") {
  struct Rest {
    const char* why;
    std::string text;
    std::size_t at;  // where in it the byte or the escape begins that does not fit
  };
  const Rest rests[] = {
      {"no UTF-8", "\xff\"", 0},
      {"UTF-8 cut short", "\xc3\"", 0},
      {"UTF-8 longer than needed", "\xe0\x80\x80\"", 0},
      {"a control byte", "\x1f\"", 0},
      {"a newline behind an escape", "\\\"\n\"", 2},
      {"a zero byte", "\0\""s, 0},
      {"an unknown escape", R"(\q")", 0},
      {"an escape cut short", R"(\u12")", 0},
      {"a lone high surrogate", R"(\ud800")", 0},
      {"a lone low surrogate", R"(\udc00")", 6},  // the string as a whole
      {"one behind a pair", R"(\ud83d\ude00\udc00")", 18},
      {"the end", "", 0},
      {"the end behind a backslash", "\\", 1},
      {"the end behind an escape", "\\\"", 2},
      {"the end in an escape", "\\u00", 4},
      {"the end in UTF-8", "\xc3", 0},
  };
  for (const Rest& rest : rests) {
    INFO(rest.why);
    for (const std::string& plain : plain_beginnings()) {
      for (const std::string before : {R"({"w":")", R"({"w":{")", R"({"s":")", R"({"s":{")",
                                       R"({"s":["long enough for a step",")"}) {
        const std::string text = before + plain + rest.text;
        INFO(sg::escape(text, SIZE_MAX));
        // Without a byte behind it, so that a sanitizer sees who reads one.
        const std::vector<char> exact(text.begin(), text.end());
        const auto scanned = sg::scan_json({exact.data(), exact.size()}, Wanted{{"w"}});
        REQUIRE(std::holds_alternative<sg::JsonProblem>(scanned));
        CHECK(std::get<sg::JsonProblem>(scanned).offset == before.size() + plain.size() + rest.at);
      }
    }
  }
}

TEST_CASE("Json: each byte of a string is plain, or ends what is plain, at each place of a step") {
  for (int byte = 0; byte < 256; ++byte) {
    for (const std::size_t place : {0, 5, 15, 16, 19}) {
      std::string text(20, 'p');
      text[place] = static_cast<char>(byte);
      INFO(sg::escape(text));
      const bool is_good = byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
      const auto items = sg::read_json("\"" + text + "\"", "doc", kEverything);
      REQUIRE(static_cast<bool>(items) == is_good);
      CHECK((!is_good || items->at(0).text == text));
    }
  }
}

TEST_CASE("Json: a key that stands twice is refused where it could matter") {
  struct Case {
    const char* why;
    const char* text;
    bool taken;
  };
  const Case cases[] = {
      {"the wanted key itself", R"({"l":{"s":1,"s":1}})", false},
      {"on the way", R"({"l":{"s":{}},"l":{"s":{}}})", false},
      {"on the way, another key", R"({"l":{"s":{},"x":1,"x":2}})", false},
      {"in the document", R"({"x":1,"x":2})", false},
      {"below the wanted path", R"({"l":{"s":{"a":1,"a":2}}})", false},
      {"deep below the wanted path", R"({"l":{"s":{"a":[{"b":1,"b":1}]}}})", false},
      {"written differently, the same key", R"({"l":{"s":{"a":1,"\u0061":2}}})", false},
      {"aside of every way", R"({"x":{"y":1,"y":2}})", true},
      {"in two objects", R"({"l":{"s":{"l":1}},"s":2})", true},
      {"differing in case", R"({"l":{"s":1,"S":1}})", false},
      {"among many", R"({"l":{"s":{"c":1,"b":1,"a":1,"d":1,"b":2,"a":2}}})", false},
      {"in the inner of two", R"({"l":{"s":{"a":{"a":1,"b":1,"a":1},"b":1}}})", false},
      {"a key of the object around it", R"({"l":{"s":{"a":{"a":{"a":1}},"b":{"a":1}}}})", true},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(static_cast<bool>(sg::read_json(c.text, "doc", Wanted{{"l", "s"}})) == c.taken);
  }
}

TEST_CASE("Json: a key with a zero byte is refused in every object, wanted or not") {
  struct Case {
    const char* why;
    const char* text;
    bool taken;
  };
  const Case cases[] = {
      {"the wanted key", R"({"l\u0000":{"s":1}})", false},
      {"on the way", R"({"l":{"s\u0000x":1}})", false},
      {"below the wanted path", R"({"l":{"s":{"a":[{"\u0000":1}]}}})", false},
      {"beside it", R"({"l":{"s":1},"x\u0000":1})", false},
      {"aside of every way", R"({"x":{"y":[{"z":{"long enough\u0000":1}}]}})", false},
      {"an empty one", R"({"x":{"\u0000":1}})", false},
      {"behind another escape", R"({"x":{"\"\u0000":1}})", false},
      {"behind a key that is passed over", R"({"x":{"a":"\u0000","b\u0000":1}})", false},
      {"in a value", R"({"x":{"a":"\u0000"},"l":{"s":["\u0000"]}})", true},
      {"an escaped backslash", R"({"x\\u0000":1,"l":{"s":{"\\u0000":1}}})", true},
      {"another escape", R"({"x\u0001":1,"l":{"s":{"\u1000":1}}})", true},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    for (const Wanted& wanted : {Wanted{{"l", "s"}}, kEverything, Wanted{}}) {
      const auto items = sg::read_json(c.text, "doc", wanted);
      REQUIRE(static_cast<bool>(items) == c.taken);
      CHECK((c.taken ||
             items.error().message.find("which some programs read up to its zero byte only") !=
                 std::string::npos));
    }
  }
  const auto hooks = sg::read_json(R"({"hooks\u0000":1})", "doc", Wanted{{"hooks"}});
  REQUIRE_FALSE(hooks);
  CHECK(
      hooks.error().message ==
      R"(doc: has the key 'hooks\x00', which some programs read up to its zero byte only, at byte 13)");
}

TEST_CASE("Json: nesting is read to its limit and not one deeper, wanted or not") {
  for (const Wanted& wanted : {kEverything, Wanted{}, Wanted{{"0", "0"}}}) {
    CHECK(sg::read_json(nested(sg::kJsonDepthMax), "doc", wanted));
    const auto past = sg::read_json(nested(sg::kJsonDepthMax + 1), "doc", wanted);
    REQUIRE_FALSE(past);
    CHECK(past.error().message.find("limit of 64 levels, at byte 64") != std::string::npos);
    CHECK_FALSE(sg::read_json(std::string(5000000, '['), "doc", wanted));
  }
  CHECK(sg::read_json("[" + nested(63) + "," + nested(63) + "]", "doc", kEverything));
}

TEST_CASE("Json: the number of keys and values is limited, wanted or not") {
  const auto list = [](std::size_t count) {
    std::string text = "[0";
    for (std::size_t i = 1; i < count; ++i) {
      text += ",0";
    }
    return text + "]";
  };
  const auto members = [](std::size_t count) {
    std::string text = "[{\"k\":0";
    for (std::size_t i = 1; i < count; ++i) {
      text += ",\"" + std::to_string(i) + "\":0";
    }
    return text + "}]";
  };
  const auto check = [&](const Wanted& wanted, std::size_t most) {
    CHECK(sg::read_json(list(most - 1), "doc", wanted));  // and the array itself
    CHECK(sg::read_json(members(most / 2 - 1), "doc", wanted));
    const auto past = sg::read_json(list(most), "doc", wanted);
    REQUIRE_FALSE(past);
    CHECK(past.error().message.find("limit of " + std::to_string(most)) != std::string::npos);
    CHECK_FALSE(sg::read_json(members(most / 2), "doc", wanted));
  };
  check(kEverything, sg::kJsonItemMax);
  check(Wanted{{"x", "y"}}, sg::kJsonCountMax);
}

TEST_CASE("Json: a long key above many values does not multiply without a limit") {
  std::string text = "{\"" + std::string(1 << 20, 'k') + "\":[0";
  for (int i = 0; i < 1000; ++i) {
    text += ",0";
  }
  text += "]}";
  const auto result = sg::read_json(text, "doc", kEverything);
  REQUIRE_FALSE(result);
  CHECK(result.error().message.find("limit of " + std::to_string(sg::kJsonByteMax)) !=
        std::string::npos);
  CHECK(sg::read_json(text, "doc", Wanted{{"a"}}));
}

TEST_CASE("Json: deep nesting above many values does not multiply without a limit") {
  const auto deep = [](std::size_t depth, std::size_t count) {
    std::string text = std::string(depth, '[') + "0";
    for (std::size_t i = 1; i < count; ++i) {
      text += ",0";
    }
    return text + std::string(depth, ']');
  };
  CHECK(sg::read_json(deep(4, 200000), "doc", kEverything));
  CHECK(sg::read_json(deep(60, 20000), "doc", kEverything));
  const auto result = sg::read_json(deep(60, 200000), "doc", kEverything);
  REQUIRE_FALSE(result);
  CHECK(result.error().message.find("limit of " + std::to_string(sg::kJsonByteMax)) !=
        std::string::npos);
}

TEST_CASE("Json: the user's text in a message is escaped and cut") {
  const std::string key = "\\n\\u001b" + std::string(10000, 'k');
  const std::string text = "{\"" + key + "\":1,\"" + key + "\":1}";
  const auto result = sg::read_json(text, "doc", kEverything);
  REQUIRE_FALSE(result);
  const std::string& message = result.error().message;
  CHECK(std::all_of(message.begin(), message.end(), sg::is_printable));
  CHECK(message.size() < 256);
}

TEST_CASE("Json: json_quote writes a literal that reads back") {
  for (const std::string& text : {""s, "plain"s, "q\" b\\ n\n t\t"s, "a\0b"s, "\x01\x1f\x7f"s,
                                  "\xc3\xa9\xe2\x82\xac"s, "\xf0\x9f\x98\x80"s}) {
    INFO(sg::escape(text));
    const auto items = sg::read_json(sg::json_quote(text), "doc", kEverything);
    REQUIRE(items);
    CHECK((*items)[0].text == text);
  }
  CHECK(sg::json_quote("a\"b\n") == "\"a\\\"b\\n\"");
  CHECK(sg::json_quote("a\xff"
                       "b") == "\"a\\ufffdb\"");
  CHECK(sg::json_quote("\xc3") == "\"\\ufffd\"");
  CHECK(sg::json_quote("\x7f\xc2\x9b") == "\"\\u007f\\u009b\"");
}

TEST_CASE("Json: a key that differs from a wanted one in case alone is refused on the way to it") {
  const Wanted wanted = {{"linux", "sysctl"}, {"hooks"}};
  for (const char* text :
       {R"({"Hooks": null})", R"({"hooks": {}, "hookS": null})", R"({"LINUX": {}})",
        R"({"linux": {"sySctl": {}}})", "{\"hook\xc5\xbf\": {}}"}) {
    INFO(text);
    const auto items = sg::read_json(text, "doc", wanted);
    REQUIRE_FALSE(items);
    CHECK(items.error().message.find("which some programs take for") != std::string::npos);
  }
  for (const char* text :
       {R"({"Sysctl": 1, "other": {"Hooks": 2}})", R"({"hooks": {"Linux": {"HOOKS": 1}}})",
        R"({"linux": {"Hooks": 1, "sysctls": 2}})"}) {
    INFO(text);
    CHECK(sg::read_json(text, "doc", wanted));
  }
}
