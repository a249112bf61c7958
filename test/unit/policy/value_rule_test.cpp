// SPDX-License-Identifier: Apache-2.0
// value_rule_test.cpp - numbers, ranges, text and quotes of values, and each mistake at its offset.
#include "policy/value_rule.h"

#include <string>

#include "support/catch.h"

using namespace sg;
using namespace sg::policy;
using namespace sg::sysctl;

namespace {

std::string show(const Integer& number) {
  return (number.negative ? "-" : "") + std::to_string(number.magnitude);
}

// "<1..5 *>" for a numeric value, with "same " or "from " in front where it is beside the current
// one, "{text}" for a text, "{text}*" for a prefix; '|' between them.
std::string show(const std::vector<Value>& values) {
  std::string out;
  for (const Value& value : values) {
    out += out.empty() ? "" : "|";
    if (const auto* text = std::get_if<TextValue>(&value)) {
      out += "{" + text->text + "}" + (text->prefix ? "*" : "");
      continue;
    }
    std::string tokens;
    for (const Token& token : std::get<NumericValue>(value).tokens) {
      tokens += tokens.empty() ? "" : " ";
      if (token.any) {
        tokens += "*";
      } else if (token.low == token.high) {
        tokens += show(token.low);
      } else {
        tokens += show(token.low) + ".." + show(token.high);
      }
    }
    const Current current = std::get<NumericValue>(value).current;
    out += current == Current::kSame ? "same " : current == Current::kSameOrAbove ? "from " : "";
    out += "<" + tokens + ">";
  }
  return out;
}

const TextPlace kPlace{"here", 50};

}  // namespace

namespace {

struct LegalCase {
  const char* why;
  std::string written;
  std::string shown;
};

const LegalCase kLegalCases[] = {
    {"a number", "1", "<1>"},
    {"zero", "0", "<0>"},
    {"a negative number", "-1", "<-1>"},
    {"the smallest", "-9223372036854775808", "<-9223372036854775808>"},
    {"the largest", "18446744073709551615", "<18446744073709551615>"},
    {"alternatives", "0|1", "<0>|<1>"},
    {"blanks around alternatives", " \t0 | 1\t", "<0>|<1>"},
    {"a range", "1024..65535", "<1024..65535>"},
    {"a range of one", "5..5", "<5>"},
    {"a range below zero", "-5..-3", "<-5..-3>"},
    {"a range over zero", "-5..3", "<-5..3>"},
    {"open above", "5..", "<5..2147483647>"},
    {"open below", "..5", "<-2147483648..5>"},
    {"open below a negative number", "..-5", "<-2147483648..-5>"},
    {"open above a negative number", "-5..", "<-5..2147483647>"},
    {"open above the last int", "2147483647..", "<2147483647>"},
    {"open above what an int holds", "2147483648..", "<2147483648..18446744073709551615>"},
    {"open below the first int", "..-2147483648", "<-2147483648>"},
    {"open below what an int holds", "..-2147483649", "<-9223372036854775808..-2147483649>"},
    {"a vector", "4096 131072 6291456", "<4096 131072 6291456>"},
    {"blanks between tokens are free", "1 \t 2", "<1 2>"},
    {"a vector of ranges", "1024..65535 1024..65535", "<1024..65535 1024..65535>"},
    {"any token beside a number", "* 1 *", "<* 1 *>"},
    {"text", "fq_codel", "{fq_codel}"},
    {"text and numbers", "bbr|1|cubic", "{bbr}|<1>|{cubic}"},
    {"inner blanks stay as they are", "a  b\tc", "{a  b\tc}"},
    {"a prefix", "bbr*", "{bbr}*"},
    {"a prefix that ends with a blank", "foo *", "{foo }*"},
    {"a number in a text is text", "1 5*", "{1 5}*"},
    {"a star alone is any text", "*", "{}*"},
    {"hexadecimal is text", "0x10", "{0x10}"},
    {"a number with more is text", "10a", "{10a}"},
    {"a fraction is text", "1.5", "{1.5}"},
    {"a minus sign alone is text", "-", "{-}"},
    {"two minus signs are text", "--5", "{--5}"},
    {"a number with leading zeros beside text is text", "010 a", "{010 a}"},
    {"a comma and an equals sign are text here", "a,b=c", "{a,b=c}"},
    {"an at sign is text", "@net", "{@net}"},
    {"what is there", "@current", "same <-9223372036854775808..18446744073709551615>"},
    {"from what is there up", "@current..1048576", "from <-2147483648..1048576>"},
    {"from there to what the sysctl holds", "@current..",
     "from <-2147483648..2147483647>|same <-9223372036854775808..18446744073709551615>"},
    {"from there to a negative number", "@current..-5", "from <-2147483648..-5>"},
    {"what is there beside others", " 1..5 | @current..9|@current ",
     "<1..5>|from <-2147483648..9>|same <-9223372036854775808..18446744073709551615>"},
    {"in quotes it is text", "\"@current\"", "{@current}"},
    {"in quotes so is the range", "\"@current..5\"|1", "{@current..5}|<1>"},
    {"what begins with it in quotes", "\"@current\"*", "{@current}*"},
    {"an address is text", "me@current", "{me@current}"},
    {"another word with an at sign is text", "@curl", "{@curl}"},
    {"a quoted text", "\"a b\"", "{a b}"},
    {"a quoted number is text", "\"10\"", "{10}"},
    {"quoted leading zeros", "\"010\"", "{010}"},
    {"everything is literal in quotes", "\"a|b,c..d*e = \"", "{a|b,c..d*e = }"},
    {"a doubled quote", "\"a\"\"b\"", "{a\"b}"},
    {"only a doubled quote", "\"\"\"\"", "{\"}"},
    {"a quoted prefix", "\"a*\"*", "{a*}*"},
    {"an empty quoted prefix is any text", "\"\"*", "{}*"},
    {"blanks around quotes", " \" a \" | 1", "{ a }|<1>"},
    {"a tab in quotes", "\"a\tb\"", "{a\tb}"},
    {"a backslash is a byte", "a\\b", "{a\\b}"},
    {"the longest text", std::string(kPairValueMax, 'a'),
     "{" + std::string(kPairValueMax, 'a') + "}"},
    {"the longest prefix", std::string(kPairValueMax, 'a') + "*",
     "{" + std::string(kPairValueMax, 'a') + "}*"},
};

}  // namespace

TEST_CASE("Values: what is legal") {
  for (const LegalCase& c : kLegalCases) {
    INFO(c.why);
    Diagnostics findings;
    CHECK(show(parse_values(c.written, kPlace, findings)) == c.shown);
    CHECK(findings.findings().empty());
  }
}

namespace {

struct BadCase {
  const char* why;
  std::string written;
  std::size_t offset;
  std::string text;
  std::string hint;  // part of it
};

const std::string kLongText(kPairValueMax + 1, 'a');

const BadCase kBadCases[] = {
    {"nothing", "", 0, "", "leave out"},
    {"blanks", "  ", 2, "", "leave out"},
    {"empty alternative at the start", "|1", 0, "", ""},
    {"empty alternative in the middle", "1||2", 2, "", ""},
    {"empty alternative at the end", "1|", 2, "", ""},
    {"leading zero", "010", 0, "010",
     "write 10, or 8, which is what the kernel reads, or \"010\" in quotes"},
    {"negative with a leading zero", "-010", 0, "-010", "write -10,"},
    {"minus zero", "-0", 0, "-0", "write 0,"},
    {"plus", "+5", 0, "+5", "write 5,"},
    {"zeros", "00", 0, "00", "write 0,"},
    {"leading zero in a range", "1..010", 3, "010", "write 10"},
    {"minus zero in a range", "-0..1", 0, "-0", "write 0"},
    {"plus in an open range", "+5..", 0, "+5", "write 5"},
    {"three dots", "1...5", 0, "1...5", "write 1..5 for a range, or put"},
    {"a range between braces", "{0..1}", 0, "{0..1}", "write 0..1 for a range"},
    {"a range of another language", "0..=2", 0, "0..=2", "write 0..2 for a range"},
    {"one without its end", "0..<2", 0, "0..<2", "write 0..1 for a range"},
    {"blanks in a range", "1 .. 5", 2, "..", "write 1..5 for a range"},
    {"three numbers in a range", "1..2..3", 0, "1..2..3", "a range such as 1..5"},
    {"a range without its start", "0..<0", 0, "0..<0", "a range such as 1..5"},
    {"leading zero in a vector", "1 02", 2, "02", "write 2,"},
    {"leading zero beside a star", "* 02", 2, "02", "write 2,"},
    {"one above the largest", "18446744073709551616", 0, "18446744073709551616", "from -9"},
    {"one below the smallest", "-9223372036854775809", 0, "-9223372036854775809", "from -9"},
    {"out of range in a range", "0..99999999999999999999", 3, "99999999999999999999", "from -9"},
    {"an empty range", "5..3", 0, "5..3", "smaller"},
    {"an empty range below zero", "-3..-5", 0, "-3..-5", "smaller"},
    {"two dots alone", "..", 0, "..", "5.."},
    {"two dots in a vector", "1 .. 5", 2, "..", "1..5"},
    {"three dots", "1...5", 0, "1...5", "quotes"},
    {"two ranges in one", "1..2..3", 0, "1..2..3", "quotes"},
    {"two dots in a text", "a..b", 0, "a..b", "quotes"},
    {"a path", "/a/../b", 0, "/a/../b", "quotes"},
    {"a range in a text", "a 1..5", 2, "1..5", "quotes"},
    {"a range with a star", "5..*", 0, "5..*", "quotes"},
    {"hexadecimal in a range", "0x1..0x5", 0, "0x1..0x5", "quotes"},
    {"a star at the start of a text", "*a", 0, "*", "quotes"},
    {"a star in the middle", "a*b", 1, "*", "quotes"},
    {"two stars", "a**", 1, "*", "quotes"},
    {"two star tokens and no number", "* *", 0, "* *", "leave out the \"=\" to permit any value"},
    {"three", "* * *", 0, "* * *", "or write one \"*\""},
    {"a range of sizes", "1k..4k", 0, "1k..4k", "write 1024..4096 for a range"},
    {"a star before a text", "* a", 0, "*", "quotes"},
    {"the empty text", "\"\"", 0, "\"\"", "empty write"},
    {"a quote that is not closed", "1|\"a", 2, "\"a", "close it"},
    {"a quote that a doubled one leaves open", "\"a\"\"", 0, "\"a\"\"", "close it"},
    {"text after a quote", "\"a\"b", 3, "b", "one pair"},
    {"a blank before the star", "\"a\" *", 3, " *", "one pair"},
    {"two stars after a quote", "\"a\"**", 3, "**", "one pair"},
    {"two quoted texts", "\"a\" \"b\"", 3, " \"b\"", "one pair"},
    {"a quote inside a text", "a\"b", 1, "\"", "double"},
    {"a quote after a number", "1 \"b\"", 2, "\"", "double"},
    {"UTF-8", "a\xc3\xa9", 1, "\xc3\xa9", "ASCII"},
    {"UTF-8 in quotes", "\"\xc3\xa9\"", 1, "\xc3\xa9", "ASCII"},
    {"a line break in quotes", "\"a\nb\"", 2, "\n", ""},
    {"a zero byte", std::string("1\0", 2), 1, std::string("\0", 1), ""},
    {"a carriage return", "1\r", 1, "\r", ""},
    {"a text one byte too long", kLongText, 0, kLongText, "*"},
    {"a quoted one", "\"" + kLongText + "\"", 0, ("\"" + kLongText).substr(0, 256), "*"},
    {"a prefix one byte too long", kLongText + "*", 0, kLongText + "*", "*"},
    {"an error in a later alternative", "1|2|03", 4, "03", "write 3"},
    {"what is there in a vector", "1 @current", 2, "@current", "by itself"},
    {"the same from there up", "@current.. 5", 0, "@current..", "without blanks"},
    {"what is there beside a star", "* @current", 2, "@current", "by itself"},
    {"what is there twice", "@current @current", 0, "@current", "by itself"},
    {"blanks in the range", "@current .. 5", 0, "@current", "without blanks"},
    {"what is there in a text", "a @current b", 2, "@current", "quotes"},
    {"what is there as the upper end", "5..@current", 0, "5..@current", "raise it"},
    {"alone as the upper end", "..@current", 0, "..@current", "raise it"},
    {"at both ends", "@current..@current", 0, "@current..@current", "raise it"},
    {"a sum", "@current-5", 0, "@current-5", "write @current, @current..N or @current.."},
    {"a longer word", "@currently", 0, "@currently", "quotes"},
    {"capitals", "@CURRENT", 0, "@CURRENT", "write @current"},
    {"capitals in a range", "@Current..5", 0, "@Current..5", "write @current"},
    {"a letter too few", "@curent", 0, "@curent", "write @current"},
    {"a letter too few in a range", "@curent..5", 0, "@curent..5", "write @current"},
    {"a star behind it", "@current*", 0, "@current*", "write @current"},
    {"a star as the upper end", "@current..*", 0, "@current..*", "write @current"},
    {"three dots", "@current...5", 0, "@current...5", "write @current"},
    {"a comparison", ">=@current", 0, ">=@current", "write @current"},
    {"a word as the upper end", "@current..max", 0, "@current..max", "write @current"},
    {"leading zeros behind it", "@current..010", 10, "010", "write 10"},
    {"out of range behind it", "@current..99999999999999999999", 10, "99999999999999999999",
     "from -9"},
};

}  // namespace

TEST_CASE("Values: every mistake is a finding at its place, and then no value is returned") {
  for (const BadCase& c : kBadCases) {
    INFO(c.why);
    Diagnostics findings;
    CHECK(parse_values(c.written, kPlace, findings).empty());
    REQUIRE_FALSE(findings.findings().empty());
    const Finding& first = findings.findings()[0];
    CHECK(first.severity == Severity::kError);
    CHECK(first.source == "here");
    CHECK(first.offset == kPlace.offset + c.offset);
    CHECK(first.text == c.text);
    CHECK_FALSE(first.message.empty());
    CHECK(first.hint.find(c.hint) != std::string::npos);
  }
}

TEST_CASE("Values: all mistakes of a rule are found at once") {
  Diagnostics findings;
  CHECK(parse_values("010 -0|5..3|a*b||1|\"\"", kPlace, findings).empty());
  CHECK(findings.findings().size() == 6);
}

TEST_CASE("Values: a very long number is not repeated in the hint") {
  Diagnostics findings;
  CHECK(parse_values(std::string(100000, '0'), kPlace, findings).empty());
  REQUIRE(findings.findings().size() == 1);
  CHECK(findings.findings()[0].hint.size() < 200);
}

TEST_CASE("Values: each mistake with what is there says which it is") {
  struct Case {
    const char* written;
    const char* message;
  };
  const Case cases[] = {
      {"1 @current", "\"@current\" is one number, and here it stands beside others"},
      {"1..@current", "\"@current\" stands at the upper end of a range"},
      {"@currnet 5", "this is none of the forms of \"@current\""},
      {"@current-5", "this is none of the forms of \"@current\""},
  };
  for (const Case& c : cases) {
    INFO(c.written);
    Diagnostics findings;
    CHECK(parse_values(c.written, kPlace, findings).empty());
    REQUIRE(findings.findings().size() == 1);
    CHECK(findings.findings()[0].message == c.message);
  }
}

TEST_CASE("Values: from what is there up to a negative number is nothing without a sign") {
  for (const Width width : {Width::kUint32, Width::kUint64, Width::kFlag, Width::kHundredths}) {
    Diagnostics findings;
    CHECK(parse_values("@current..-1", kPlace, findings, width).empty());
    REQUIRE(findings.findings().size() == 1);
    CHECK(findings.findings()[0].message.starts_with("the range is empty"));
  }
  Diagnostics findings;
  CHECK(parse_values("@current..-1", kPlace, findings, Width::kInt64).size() == 1);
  CHECK(findings.findings().empty());
}

TEST_CASE("Values: from what is there up, an open end is that of the sysctl") {
  Diagnostics findings;
  CHECK(show(parse_values("@current..", kPlace, findings, Width::kUint64)) ==
        "from <0..18446744073709551615>|same <-9223372036854775808..18446744073709551615>");
  CHECK(findings.findings().empty());
}

TEST_CASE("Values: open ends of ranges are those of the sysctl, for each element of a vector") {
  struct Case {
    Width width;
    std::string shown;
  };
  const Case cases[] = {
      {Width::kInt32, "<1..2147483647 -2147483648..5>"},
      {Width::kUint32, "<1..4294967295 0..5>"},
      {Width::kInt64, "<1..9223372036854775807 -9223372036854775808..5>"},
      {Width::kUint64, "<1..18446744073709551615 0..5>"},
      {Width::kFlag, "<1 0..5>"},
      {Width::kHundredths, "<1..214748364 0..5>"},
  };
  for (const Case& c : cases) {
    INFO(c.shown);
    Diagnostics findings;
    CHECK(show(parse_values("1.. ..5", kPlace, findings, c.width)) == c.shown);
    CHECK(findings.findings().empty());
  }
}
