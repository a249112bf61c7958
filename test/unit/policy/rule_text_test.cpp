// SPDX-License-Identifier: Apache-2.0
// rule_text_test.cpp - blanks, quotes, legal bytes, and that findings are bounded but errors never
// lost; the elements of the JSON form, and the way back from each decoded byte.
#include "policy/rule_text.h"

#include <string>

#include "support/catch.h"

using namespace sg::policy;
using namespace sg;

namespace {

Finding make(Severity severity, const std::string& text = "x") {
  return Finding{.severity = severity,
                 .source = "here",
                 .offset = 7,
                 .text = text,
                 .message = "wrong",
                 .hint = ""};
}

void add_many(Diagnostics& findings, Severity severity, std::size_t count) {
  for (std::size_t i = 0; i < count; i++) {
    add_finding(findings, make(severity));
  }
}

std::vector<JsonElement> split_valid(const std::string& list) {
  std::variant<std::vector<JsonElement>, JsonProblem> elements = split_json_list(list);
  REQUIRE(std::holds_alternative<std::vector<JsonElement>>(elements));
  return std::get<0>(std::move(elements));
}

}  // namespace

TEST_CASE("Findings: the text is cut at its limit") {
  Diagnostics findings;
  add_finding(findings, make(Severity::kError, std::string(kFindingTextMax, 'a')));
  add_finding(findings, make(Severity::kError, std::string(kFindingTextMax + 1, 'a')));
  CHECK(findings.findings()[0].text.size() == kFindingTextMax);
  CHECK(findings.findings()[1].text.size() == kFindingTextMax);
}

TEST_CASE("Findings: beyond the limit one last error says that there are more") {
  Diagnostics findings;
  add_many(findings, Severity::kError, kFindingsMax);
  CHECK(findings.findings().size() == kFindingsMax);
  CHECK(findings.findings().back().message == "wrong");
  add_many(findings, Severity::kError, 50);
  REQUIRE(findings.findings().size() == kFindingsMax + 1);
  CHECK(findings.findings().back().message != "wrong");
  CHECK(findings.findings().back().severity == Severity::kError);
}

TEST_CASE("Findings: warnings beyond the limit are dropped and never hide an error") {
  Diagnostics findings;
  add_many(findings, Severity::kWarning, kFindingsMax + 50);
  CHECK(findings.findings().size() == kFindingsMax);
  CHECK_FALSE(findings.has_errors());
  add_many(findings, Severity::kError, 1);
  CHECK(findings.findings().size() == kFindingsMax + 1);
  CHECK(findings.has_errors());
}

TEST_CASE("Trimming: blanks at the ends go, and the place is kept") {
  struct Case {
    const char* why;
    std::string text;
    std::string trimmed;
    std::size_t offset;
  };
  const Case cases[] = {
      {"nothing to do", "ab", "ab", 0},
      {"both kinds of blank, both ends", " \ta b\t ", "a b", 2},
      {"only blanks", " \t ", "", 3},
      {"nothing", "", "", 0},
      {"a line break is no blank", "\na\r", "\na\r", 0},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const std::string_view text = c.text;
    CHECK(trim_blanks(text) == c.trimmed);
    CHECK(offset_in(text, trim_blanks(text)) == c.offset);
  }
}

TEST_CASE("Quotes: a doubled quote does not close") {
  struct Case {
    const char* why;
    std::string text;
    std::size_t open;
    std::size_t end;
  };
  constexpr std::size_t kNone = std::string_view::npos;
  const Case cases[] = {
      {"plain", R"("ab"c)", 0, 4},
      {"empty", R"("")", 0, 2},
      {"opened later", R"(a="b",)", 2, 5},
      {"one doubled quote", R"("a""b")", 0, 6},
      {"only a doubled quote", R"("""")", 0, 4},
      {"doubled at the end, not closed", R"("a"")", 0, kNone},
      {"three quotes: the doubled one swallows the end", R"(""")", 0, kNone},
      {"not closed", R"("ab)", 0, kNone},
      {"a quote alone", R"(")", 0, kNone},
      {"other separators are text", "\"a,\n|\"", 0, 6},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(end_of_quoted(c.text, c.open) == c.end);
  }
}

TEST_CASE("Bytes: every byte but printable ASCII and blanks is a finding that shows it") {
  for (int byte = 0; byte < 256; byte++) {
    INFO("byte " << byte);
    const std::string text = {'a', static_cast<char>(byte), 'b'};
    const bool legal = (byte >= 0x20 && byte <= 0x7e) || byte == '\t';
    Diagnostics findings;
    CHECK(check_bytes(text, TextPlace{"here", 10}, findings) == legal);
    REQUIRE(findings.findings().size() == (legal ? 0 : 1));
    if (!legal) {
      CHECK(findings.findings()[0].offset == 11);
      CHECK(findings.findings()[0].text == text.substr(1, 1));
    }
  }
}

TEST_CASE("Bytes: a typographic quotation mark is called that") {
  for (const char* quote : {"\xe2\x80\x9c", "\xe2\x80\x9d", "\xe2\x80\x9e"}) {
    Diagnostics findings;
    CHECK_FALSE(check_bytes(std::string("a=") + quote, TextPlace{"here", 0}, findings));
    REQUIRE(findings.findings().size() == 1);
    CHECK(findings.findings()[0].hint ==
          "this is a typographic quotation mark: write a straight one, \"");
  }
}

TEST_CASE("Bytes: what writing programs make of other signs is called that too") {
  struct Case {
    const char* bytes;
    const char* hint;
  };
  const Case cases[] = {
      {"\xe2\x80\x99", "this is a typographic quotation mark: leave it out"},
      {"\xc2\xab", "this is a typographic quotation mark: leave it out"},
      {"\xe2\x80\x93", "this is a dash"},
      {"\xe2\x88\x92", "this is a dash, or a minus of print"},
      {"\xe2\x80\xa6", "this is an ellipsis in one sign: write two dots"},
      {"\xe2\x89\xa5", "this is a sign of comparison: write ..5"},
      {"\xc2\xa0", "this is a blank at which no line breaks"},
      {"\xc3\xa9", "rules are written in printable ASCII"},
  };
  for (const Case& c : cases) {
    INFO(c.hint);
    Diagnostics findings;
    CHECK_FALSE(check_bytes(std::string("a=") + c.bytes, TextPlace{"here", 0}, findings));
    REQUIRE(findings.findings().size() == 1);
    CHECK(findings.findings()[0].hint.starts_with(c.hint));
  }
}

TEST_CASE("Bytes: a run of them is one finding") {
  Diagnostics findings;
  CHECK_FALSE(check_bytes("a\xc3\xa9z\x7f", TextPlace{"here", 0}, findings));
  REQUIRE(findings.findings().size() == 2);
  CHECK(findings.findings()[0].text == "\xc3\xa9");
  CHECK(findings.findings()[0].message.find("0xc3") != std::string::npos);
  CHECK(findings.findings()[1].offset == 4);
}

TEST_CASE("JSON form: the elements and their places") {
  struct Case {
    const char* why;
    std::string list;
    std::vector<std::string> raw;  // as they stand in the list
  };
  const Case cases[] = {
      {"empty", "[]", {}},
      {"empty, with layout", " \n[ \t\r\n] \n", {}},
      {"one", R"(["a"])", {R"("a")"}},
      {"layout everywhere", "\n[ \"a\" ,\r\n\t\"b\"\n]\n", {R"("a")", R"("b")"}},
      {"separators inside strings",
       R"(["a,b","]","[","{"])",
       {R"("a,b")", R"("]")", R"("[")", R"("{")"}},
      {"quotes and backslashes inside strings",
       R"(["a\"","\\","\\\"]"])",
       {R"("a\"")", R"("\\")", R"("\\\"]")"}},
      {"words and numbers", "[1, true,null ,-2.5e3]", {"1", "true", "null", "-2.5e3"}},
      {"nested",
       R"([["]", []], {"a": ["}"]}, "b"])",
       {R"(["]", []])", R"({"a": ["}"]})", R"("b")"}},
      {"empty string", R"([""])", {R"("")"}},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const std::vector<JsonElement> elements = split_valid(c.list);
    REQUIRE(elements.size() == c.raw.size());
    for (std::size_t i = 0; i < elements.size(); i++) {
      INFO("element " << i);
      CHECK(c.list.substr(elements[i].start, elements[i].end - elements[i].start) == c.raw[i]);
      CHECK(elements[i].is_string == (c.raw[i][0] == '"'));
    }
  }
}

TEST_CASE("JSON form: each decoded byte leads back to what wrote it") {
  struct Case {
    const char* why;
    std::string list;
    std::string text;
    std::vector<std::size_t> map;
  };
  const Case cases[] = {
      {"plain", R"(["ab"])", "ab", {2, 3, 4}},
      {"empty", R"([""])", "", {2}},
      {"short escapes", R"(["\n\\\"\/x"])", "\n\\\"/x", {2, 4, 6, 8, 10, 11}},
      {"an escape of one byte", R"(["\u0041b"])", "Ab", {2, 8, 9}},
      {"the largest of one byte",
       R"(["\u007fb"])",
       "\x7f"
       "b",
       {2, 8, 9}},
      {"the smallest of two bytes",
       R"(["\u0080b"])",
       "\xc2\x80"
       "b",
       {2, 2, 8, 9}},
      {"the largest of two bytes",
       R"(["\u07FFb"])",
       "\xdf\xbf"
       "b",
       {2, 2, 8, 9}},
      {"the smallest of three bytes",
       R"(["\u0800b"])",
       "\xe0\xa0\x80"
       "b",
       {2, 2, 2, 8, 9}},
      {"just below the surrogates",
       R"(["\uD7FFb"])",
       "\xed\x9f\xbf"
       "b",
       {2, 2, 2, 8, 9}},
      {"just above the surrogates",
       R"(["\ue000b"])",
       "\xee\x80\x80"
       "b",
       {2, 2, 2, 8, 9}},
      {"the largest of three bytes",
       R"(["\uFfFfb"])",
       "\xef\xbf\xbf"
       "b",
       {2, 2, 2, 8, 9}},
      {"a pair of surrogates",
       R"(["\ud83d\uDE00b"])",
       "\xf0\x9f\x98\x80"
       "b",
       {2, 2, 2, 2, 14, 15}},
      {"UTF-8 as it is",
       "[\"\xc3\xa9"
       "b\"]",
       "\xc3\xa9"
       "b",
       {2, 3, 4, 5}},
      {"a zero byte", R"(["\u0000b"])", std::string("\0b", 2), {2, 8, 9}},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const std::vector<JsonElement> elements = split_valid(c.list);
    REQUIRE(elements.size() == 1);
    CHECK(elements[0].text == c.text);
    CHECK(elements[0].map == c.map);
  }
}

TEST_CASE("JSON form: what is not JSON is an error with its offset") {
  struct Case {
    const char* why;
    std::string list;
    std::size_t least;
    std::size_t most;
  };
  const Case cases[] = {
      {"not closed", R"(["a")", 3, 5},
      {"a comma too many", R"(["a",])", 4, 6},
      {"no quotes", "[net.x]", 1, 3},
      {"something behind", R"(["a"] x)", 5, 7},
      {"a second document", "[][]", 2, 3},
      {"a lone surrogate", R"(["\ud800"])", 2, 9},
      {"not UTF-8", "[\"a\xff\"]", 3, 4},
      {"a raw line break in a string", "[\"a\nb\"]", 3, 4},
      {"an unknown escape", R"(["\x41"])", 2, 4},
      {"too deep", std::string(100, '[') + std::string(100, ']'), 50, 70},
      {"a zero byte", std::string("[\0]", 3), 1, 1},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const auto elements = split_json_list(c.list);
    REQUIRE(std::holds_alternative<JsonProblem>(elements));
    const std::size_t error_offset = std::get<JsonProblem>(elements).offset;
    CHECK(error_offset >= c.least);
    CHECK(error_offset <= c.most);
    CHECK(std::get<JsonProblem>(elements).why.size() > 20);
  }
}
