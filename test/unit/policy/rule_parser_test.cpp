// SPDX-License-Identifier: Apache-2.0
// rule_parser_test.cpp - where rules and findings stand in a JSON document; lists are in
// rule_list_test.cpp. Legal names, and each mistake with its finding.
#include "policy/rule_parser.h"

#include <string>

#include "base/json.h"
#include "support/catch.h"
#include "sysctl/sysctl_name.h"

using namespace sg::policy;
using namespace sg::sysctl;
using namespace sg;

namespace {

std::vector<Rule> parse_document(const std::string& text, Diagnostics& findings,
                                 Values values = Values::kPermitted, RuleBudget budget = {}) {
  const Groups groups(NamespaceSet{.net = true});
  const std::string source = "f";
  RuleParser parser(RuleKind::kAllow, values, source, groups, budget);
  const auto elements = split_json_list(text);
  REQUIRE(std::holds_alternative<std::vector<JsonElement>>(elements));
  for (const JsonElement& element : std::get<std::vector<JsonElement>>(elements)) {
    parser.parse(element, text, "/p", findings);
  }
  return parser.take_rules();
}

struct NameCase {
  const char* why;
  std::string written;
  std::string slash_form;
};

struct BadCase {
  const char* why;
  std::string written;
  std::size_t offset;  // of the first finding
  std::string text;
};

}  // namespace

TEST_CASE("Rule parser: a rule remembers where in the document it stands") {
  const std::string text = R"(["net.a", " \tnet.b=1 ", "\u006eet.c", "@net"])";
  Diagnostics findings;
  const std::vector<Rule> rules = parse_document(text, findings);
  CHECK(findings.findings().empty());
  REQUIRE(rules.size() == 4);
  const std::string expected[] = {"net.a", "net.b=1", "\\u006eet.c", "@net"};
  for (std::size_t i = 0; i < rules.size(); ++i) {
    INFO(rules[i].text);
    CHECK(text.substr(rules[i].offset).starts_with(expected[i]));
    CHECK(rules[i].pointer == "/p");
    CHECK(rules[i].source == "f");
  }
  CHECK(rules[2].text == "net.c");
  CHECK(rules[3].text == "@net [net/*]");
}

TEST_CASE("Rule parser: a finding shows the bytes of the document") {
  const std::string text = R"(["net.a=\u0031\u0032\n5", ""])";
  Diagnostics findings;
  CHECK(parse_document(text, findings).empty());
  REQUIRE(findings.findings().size() == 2);
  CHECK(text.substr(findings.findings()[0].offset).starts_with(findings.findings()[0].text));
  CHECK(findings.findings()[0].pointer == "/p");
  CHECK(findings.findings()[1].text == "\"\"");
}

TEST_CASE("Rule parser: behind what the budget holds nothing is looked at") {
  const char* const document = R"(["net.a", "net.b", "net.c", "net..d"])";
  for (const RuleBudget budget :
       {RuleBudget{.rules = 2}, RuleBudget{.bytes = 2 * sizeof(Rule) + 100}}) {
    Diagnostics findings;
    CHECK(parse_document(document, findings, Values::kPermitted, budget).size() == 2);
    REQUIRE(findings.findings().size() == 1);
    CHECK(findings.findings()[0].text == "net.c");
  }
}

TEST_CASE("Rule parser: a group with values has no place where values have none") {
  Groups groups(NamespaceSet{});
  Rule valued = unwritten_rule(RuleKind::kAllow, "net/a");
  valued.text = "net.a=1";
  valued.values.emplace_back(TextValue{"1", false});
  groups.add("@g", {valued});
  const std::string source = "f";
  RuleBudget budget;
  RuleParser parser(RuleKind::kDeny, Values::kForbidden, source, groups, budget);
  Diagnostics findings;
  parser.parse("@g", 0, findings);
  REQUIRE(findings.findings().size() == 1);
  CHECK(findings.findings()[0].message.find("the group holds net.a=1") == 0);
  CHECK(parser.take_rules().empty());
}

TEST_CASE("Rule parser: hints are not looked for where nobody will see them") {
  std::string text = "[";
  for (std::size_t i = 0; i < 20000; ++i) {
    text += (i == 0 ? "\"@" : ",\"@") + std::string(60, 'x') + "\"";
  }
  Diagnostics findings;
  CHECK(parse_document(text + "]", findings).empty());
  CHECK(findings.findings().size() <= 101);
  CHECK(findings.has_errors());
}

TEST_CASE("Patterns: legal ones have no finding") {
  const std::string longest = "a/" + std::string(kNameMax - 2, 'b');
  const NameCase cases[] = {
      {"a name", "net.ipv4.ip_forward", "net/ipv4/ip_forward"},
      {"a path", "/proc/sys/net/ipv4/ip_forward", "net/ipv4/ip_forward"},
      {"a star at the end", "net.*", "net/*"},
      {"a star alone", "*", "*"},
      {"stars in the middle", "net.ipv4.conf.wg*.src_*_mark", "net/ipv4/conf/wg*/src_*_mark"},
      {"a VLAN interface with a star", "net.ipv4.conf.*/100.x", "net/ipv4/conf/*.100/x"},
      {"stars that do not touch", "a*b*c.*", "a*b*c/*"},
      {"the longest", longest, longest},
      {"other printable bytes", "net/a-b_c-d+e!f~g#h:i(j)k]l}m\\n'o`p^q&r%s$t<u>v",
       "net/a-b_c-d+e!f~g#h:i(j)k]l}m\\n'o`p^q&r%s$t<u>v"},
      {"three dots are a legal component", "net/.../x", "net/.../x"},
      {"a dot at the start of a component", "net/.x", "net/.x"},
  };
  for (const NameCase& c : cases) {
    INFO(c.why);
    Diagnostics findings;
    const auto pattern = parse_pattern(c.written, TextPlace{"here", 3}, findings);
    CHECK(findings.findings().empty());
    REQUIRE(pattern);
    CHECK(*pattern == c.slash_form);
  }
}

TEST_CASE("Patterns: a list in braces is several rules") {
  Diagnostics findings;
  CHECK_FALSE(parse_pattern("net.core.{somaxconn", TextPlace{"here", 0}, findings));
  REQUIRE(findings.findings().size() == 1);
  CHECK_THAT(findings.findings()[0].hint, Catch::Contains("a rule for each name"));
}

TEST_CASE("Patterns: with an empty component, the name with one separator is the hint") {
  for (const auto& [written, hint] : std::vector<std::pair<const char*, const char*>>{
           {"net//ipv4/x", "write one separator: net.ipv4.x"},
           {"net\\.ipv4\\..*", "write one separator: net.ipv4.*"},
           {"net.ipv4.conf..*.rp_filter", "write one separator: net.ipv4.conf.*.rp_filter"}}) {
    INFO(written);
    Diagnostics findings;
    CHECK_FALSE(parse_pattern(written, TextPlace{"here", 0}, findings));
    CHECK(findings.findings().back().hint == hint);
  }
}

TEST_CASE("Patterns: a range behind a colon is no empty component") {
  for (const char* written : {"net.ipv4.ip_forward:0..1", "net.ipv4.ip_forward: 0..1"}) {
    INFO(written);
    Diagnostics findings;
    CHECK_FALSE(parse_pattern(written, TextPlace{"here", 0}, findings));
    CHECK_THAT(findings.findings().back().message, Catch::StartsWith("\":\" is taken for a part"));
    CHECK(findings.findings().back().hint == "write net.ipv4.ip_forward=0..1");
  }
}

TEST_CASE("Patterns: every mistake is a finding at its place") {
  const std::string too_long(kNameMax + 1, 'b');
  const BadCase cases[] = {
      {"nothing", "", 0, ""},
      {"only the dropped part", "/proc/sys/", 0, "/proc/sys/"},
      {"empty component, dots", "net..x", 0, "net..x"},
      {"empty component, slashes", "net//x", 0, "net//x"},
      {"leading slash", "/net/x", 0, "/net/x"},
      {"leading dot", ".net.x", 0, ".net.x"},
      {"separator at the end", "net.ipv4.", 0, "net.ipv4."},
      {"a separator alone", "/", 0, "/"},
      {"component .", "net/./x", 0, "net/./x"},
      {"component ..", "net/../kernel/x", 0, "net/../kernel/x"},
      {"component . in the dotted form", "net.ipv4./.x", 0, "net.ipv4./.x"},
      {"component .. in the dotted form", "net.//.x", 0, "net.//.x"},
      {"component .. at the end", "net/..", 0, "net/.."},
      {"component .. at the start", "../net", 0, "../net"},
      {"component .. behind /proc/sys/", "/proc/sys/../x", 0, "/proc/sys/../x"},
      {"one byte too long", too_long, 0, too_long},
      {"question mark", "net.a?", 5, "?"},
      {"bracket", "net.[ab]", 4, "["},
      {"brace", "net.{a,b}", 4, "{"},
      {"two stars", "net.**.x", 4, "**"},
      {"two stars at the end", "net.**", 4, "**"},
      {"three stars, one finding", "net.***", 4, "**"},
      {"comma", "net.a,b", 5, ","},
      {"semicolon", "net.a;b", 5, ";"},
      {"equals", "net.a=b", 5, "="},
      {"bar", "net.a|b", 5, "|"},
      {"quote", "net.\"a\"", 4, "\""},
      {"at", "net.@a", 4, "@"},
      {"at first", "@net", 0, "@"},
      {"blank inside", "net.a b", 5, " "},
      {"tab inside", "net.a\tb", 5, "\t"},
      {"blank at the end", "net.a ", 5, " "},
      {"line break", "net.a\nb", 5, "\n"},
      {"UTF-8", "net.\xc3\xa9", 4, "\xc3\xa9"},
      {"zero byte", std::string("net.a\0", 6), 5, std::string("\0", 1)},
      {"DEL", "net.a\x7f", 5, "\x7f"},
  };
  for (const BadCase& c : cases) {
    INFO(c.why);
    Diagnostics findings;
    CHECK_FALSE(parse_pattern(c.written, TextPlace{"here", 100}, findings));
    REQUIRE_FALSE(findings.findings().empty());
    const Finding& first = findings.findings()[0];
    CHECK(first.severity == Severity::kError);
    CHECK(first.source == "here");
    CHECK(first.offset == 100 + c.offset);
    CHECK(first.text == c.text);
    CHECK_FALSE(first.message.empty());
    CHECK_FALSE(first.hint.empty());
  }
}

TEST_CASE("Patterns: findings of other pattern languages name the supported form") {
  for (const char* written : {"a?", "a[b]", "a{b}", "a.**"}) {
    INFO(written);
    Diagnostics findings;
    CHECK_FALSE(parse_pattern(written, TextPlace{}, findings));
    CHECK(findings.findings()[0].hint.find("\"*\"") != std::string::npos);
  }
}

TEST_CASE("Patterns: a rule as it is written for another program, and what to write") {
  struct Case {
    std::string written;
    std::string hint;
  };
  const Case cases[] = {
      {"sysctl -w net.ipv4.ip_forward=1", "write the rule alone: net.ipv4.ip_forward=1"},
      {"net.ipv4.ip_forward 1", "put \"=\" between a name and its value: net.ipv4.ip_forward=1"},
      {"# net.ipv4.ip_forward=1", "leave the comment out"},
      {"echo 1 | tee /proc/sys/net/ipv4/ip_forward",
       "write the rule alone: /proc/sys/net/ipv4/ip_forward=1"},
      {"net.ipv4.ip_forward net.core.somaxconn", "write one rule in each string of the list"},
      {"\"net.ipv4.ip_forward=1\"", "leave the quotes out: only a value is written in quotes"},
      {"net.ipv4.conf.eth0|eth1.rp_filter=1",
       "write a rule for each name, or \"*\" for what differs"},
      {"net.ipv4.conf.(all|default).rp_filter",
       "write a rule for each name, or \"*\" for what differs"},
      {"net.ipv4.ip_forward,net.core.somaxconn", "write one rule in each string of the list"},
  };
  for (const Case& c : cases) {
    INFO(c.written);
    Diagnostics findings;
    CHECK(parse_document("[" + json_quote(c.written) + "]", findings).empty());
    REQUIRE(findings.findings().size() == 1);
    CHECK(findings.findings()[0].hint == c.hint);
  }
}

TEST_CASE("Patterns: a byte of no name is told once, also beside a blank") {
  Diagnostics findings;
  CHECK(parse_document("[" + json_quote("a.b\x01 c.d=1") + "]", findings).empty());
  REQUIRE(findings.findings().size() == 1);
  CHECK(findings.findings()[0].message == "the byte 0x01 is not printable ASCII");
}

TEST_CASE("Patterns: all mistakes of a name are found at once") {
  Diagnostics findings;
  CHECK_FALSE(parse_pattern("net..a?b[", TextPlace{}, findings));
  CHECK(findings.findings().size() == 3);
}
