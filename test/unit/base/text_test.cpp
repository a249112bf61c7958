// SPDX-License-Identifier: Apache-2.0
// text_test.cpp - splitting, integers, escaping, near misses.
#include "base/text.h"

#include <algorithm>
#include <string>

#include "support/catch.h"

using namespace std::string_literals;
using namespace std::string_view_literals;
using sg::escape;
using sg::escape_unprintable;

TEST_CASE("Text: blanks are space and tab only") {
  CHECK(sg::is_blank(' '));
  CHECK(sg::is_blank('\t'));
  for (const char c : "\n\r\v\f\0x"s) {
    CHECK_FALSE(sg::is_blank(c));
  }
}

TEST_CASE("Text: printable is 0x20 to 0x7e") {
  for (int byte = 0; byte < 256; ++byte) {
    INFO(byte);
    CHECK(sg::is_printable(static_cast<char>(byte)) == (byte >= 0x20 && byte <= 0x7e));
  }
}

TEST_CASE("Text: split gives the pieces between separators") {
  struct Case {
    const char* why;
    std::string text;
    std::vector<std::string_view> pieces;
  };
  const Case cases[] = {
      {"the empty text is one empty piece", "", {""}},
      {"no separator is one piece", "ab", {"ab"}},
      {"a separator alone is two empty pieces", ",", {"", ""}},
      {"separators at both ends give empty pieces", ",a,", {"", "a", ""}},
      {"two in a row give an empty piece", "a,,b", {"a", "", "b"}},
      {"a zero byte is a byte", "a\0b,c"s, {"a\0b"sv, "c"}},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(sg::split(c.text, ',') == c.pieces);
  }
}

TEST_CASE("Text: join puts a text between pieces") {
  CHECK(sg::join({}, ", ").empty());
  CHECK(sg::join(std::vector{"a"s}, ", ") == "a");
  CHECK(sg::join(std::vector{"a"s, ""s, "b"s}, ", ") == "a, , b");
}

TEST_CASE("Text: parse_decimal takes canonical decimal only") {
  struct Case {
    const char* why;
    std::string text;
    std::optional<std::uint64_t> value;
  };
  const Case cases[] = {
      {"zero", "0", 0},
      {"one digit", "7", 7},
      {"zeros inside and at the end", "1000", 1000},
      {"the largest", "18446744073709551615", 18446744073709551615U},
      {"one more than the largest", "18446744073709551616", std::nullopt},
      {"one digit more than the largest has", "184467440737095516150", std::nullopt},
      {"overflow by the last digit", "18446744073709551619", std::nullopt},
      {"nothing", "", std::nullopt},
      {"a leading zero", "01", std::nullopt},
      {"two zeros", "00", std::nullopt},
      {"a minus sign", "-1", std::nullopt},
      {"a plus sign", "+1", std::nullopt},
      {"a blank in front", " 1", std::nullopt},
      {"a blank behind", "1 ", std::nullopt},
      {"a final newline", "1\n", std::nullopt},
      {"hexadecimal", "0x10", std::nullopt},
      {"a zero byte behind", "1\0"s, std::nullopt},
      {"a fraction", "1.0", std::nullopt},
      {"an exponent", "1e3", std::nullopt},
      {"the byte before '0'", "/", std::nullopt},
      {"the byte after '9'", ":", std::nullopt},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(sg::parse_decimal(c.text) == c.value);
  }
}

TEST_CASE("Text: is_digits takes digits, and at least one") {
  for (const char* text : {"0", "007", "18446744073709551616"}) {
    INFO(text);
    CHECK(sg::is_digits(text));
  }
  for (const char* text : {"", "-1", "+1", " 1", "1 ", "0x1", "1.5", "a"}) {
    INFO(text);
    CHECK_FALSE(sg::is_digits(text));
  }
}

TEST_CASE("Text: escape writes every byte so that it is printable") {
  struct Case {
    const char* why;
    std::string text;
    std::string escaped;
  };
  const Case cases[] = {
      {"printable text stays", "net.ipv4.*=0|1 'x'", "net.ipv4.*=0|1 'x'"},
      {"nothing", "", ""},
      {"newline and tab have names", "a\nb\tc", "a\\nb\\tc"},
      {"a backslash is doubled", "a\\nb", "a\\\\nb"},
      {"a zero byte", "a\0b"s, "a\\x00b"},
      {"a terminal's escape", "\x1b[31m", "\\x1b[31m"},
      {"carriage return", "\r", "\\x0d"},
      {"delete", "\x7f", "\\x7f"},
      {"UTF-8", "\xc3\xa9", "\\xc3\\xa9"},
      {"the last byte", "\xff", "\\xff"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(sg::escape(c.text) == c.escaped);
  }
}

TEST_CASE("Text: escape cuts between escapes and stays within its limit") {
  CHECK(sg::escape("abcdef", 6) == "abcdef");
  CHECK(sg::escape("abcdefg", 6) == "abc...");
  CHECK(sg::escape("\n\n\n", 6) == "\\n\\n\\n");
  CHECK(sg::escape("\n\n\n\n", 6) == "\\n...");
  CHECK(sg::escape("ab\x01yz", 8) == "ab\\x01yz");
  CHECK(sg::escape("ab\x01yzzz", 8) == "ab...");
  CHECK(sg::escape("abcd", 3) == "...");
  CHECK(sg::escape("abcd", 2) == "..");
  CHECK(sg::escape("abcd", 0).empty());
  CHECK(sg::escape(std::string(256, 'a')) == std::string(256, 'a'));
  CHECK(sg::escape(std::string(257, 'a')) == std::string(253, 'a') + "...");
  for (std::size_t max = 0; max < 20; ++max) {
    for (int byte = 0; byte < 256; ++byte) {
      const std::string text = "x" + std::string(8, static_cast<char>(byte));
      CHECK(sg::escape(text, max).size() <= max);
    }
  }
}

TEST_CASE("Text: what is escaped already keeps its backslashes") {
  CHECK(escape_unprintable("^io\\.x\n\x1b") == "^io\\.x\\n\\x1b");
  CHECK(escape_unprintable(escape("a\nb\\")) == escape("a\nb\\"));
  CHECK(escape_unprintable("abcdef", 5) == "ab...");
}

TEST_CASE("Text: nearest finds a near miss and nothing else") {
  const std::string_view keys[] = {"allow", "deny", "deny-read", "profile", "mode"};
  struct Case {
    const char* why;
    std::string text;
    std::optional<std::string_view> found;
  };
  const Case cases[] = {
      {"a letter missing", "alow", "allow"},
      {"a letter too much", "alllow", "allow"},
      {"a letter replaced", "prafile", "profile"},
      {"two letters swapped", "moed", "mode"},
      {"two letters of seven swapped", "porfile", "profile"},
      {"letters swapped twice cost two", "omed", std::nullopt},
      {"the word itself", "deny", "deny"},
      {"an underscore for a hyphen", "deny_read", "deny-read"},
      {"upper case is another letter", "Mode", "mode"},
      {"three of nine letters", "deny-rxyz", "deny-read"},
      {"four of nine letters are too many", "deny-wxyz", std::nullopt},
      {"another word", "permit", std::nullopt},
      {"the empty text is near nothing", "", std::nullopt},
      {"a long text is near nothing", std::string(100000, 'a'), std::nullopt},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(sg::nearest(c.text, keys) == c.found);
  }
}

TEST_CASE("Text: nearest prefers the smaller distance, then the first") {
  const std::string_view far_first[] = {"abcxyf", "abcdez", "abcdef"};
  CHECK(sg::nearest("abcdeg", far_first) == std::optional<std::string_view>("abcdez"));
  const std::string_view equals[] = {"abcdex", "abcdey"};
  CHECK(sg::nearest("abcdez", equals) == std::optional<std::string_view>("abcdex"));
  const std::string_view short_words[] = {"b"};
  CHECK(sg::nearest("a", short_words) == std::nullopt);
  CHECK(sg::nearest("ab", short_words) == std::optional<std::string_view>("b"));
  CHECK(sg::nearest("ab", {}) == std::nullopt);
}

TEST_CASE("Text: a key that Go takes for another") {
  for (const char* written :
       {"hooks", "Hooks", "HOOKS", "hookS", "hook\xc5\xbf", "hoo\xe2\x84\xaas"}) {
    INFO(written);
    CHECK(sg::is_folded_key(written, "hooks"));
  }
  for (const char* written : {"", "hook", "hookss", "hook\xc5", "hoo\xe2\x84\xabs", "h00ks"}) {
    INFO(written);
    CHECK_FALSE(sg::is_folded_key(written, "hooks"));
  }
  CHECK(sg::is_folded_key("readonlypaths", "readonlyPaths"));
}

TEST_CASE("Unescape: the way back from escape, for every byte") {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) {
    all += static_cast<char>(byte);
  }
  CHECK(sg::unescape(sg::escape(all, SIZE_MAX)) == all);
  CHECK(sg::unescape("").value() == "");
}

TEST_CASE("Unescape: what escape would not write is nothing") {
  for (const char* text : {"\\", "a\\", "\\q", "\\x", "\\x1", "\\xg0", "\\x0g", "\\xAA"}) {
    INFO(text);
    CHECK_FALSE(sg::unescape(text));
  }
}

TEST_CASE("Text: a path at or below another one") {
  CHECK(sg::is_at_or_below("/a", "/a"));
  CHECK(sg::is_at_or_below("/a/b", "/a"));
  CHECK(sg::is_at_or_below("/a", "/"));
  CHECK_FALSE(sg::is_at_or_below("/ab", "/a"));
  CHECK_FALSE(sg::is_at_or_below("/a", "/a/b"));
}
