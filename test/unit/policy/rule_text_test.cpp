// SPDX-License-Identifier: Apache-2.0
// rule_text_test.cpp - blanks, quotes, legal bytes, and that findings are bounded but errors never
// lost.
#include "policy/rule_text.h"

#include <string>

#include "support/catch.h"

using namespace sg;
using namespace sg::policy;

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

TEST_CASE("Bytes: a run of them is one finding") {
  Diagnostics findings;
  CHECK_FALSE(check_bytes("a\xc3\xa9z\x7f", TextPlace{"here", 0}, findings));
  REQUIRE(findings.findings().size() == 2);
  CHECK(findings.findings()[0].text == "\xc3\xa9");
  CHECK(findings.findings()[0].message.find("0xc3") != std::string::npos);
  CHECK(findings.findings()[1].offset == 4);
}
