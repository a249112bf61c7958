// SPDX-License-Identifier: Apache-2.0
// rule_list_test.cpp - both forms of a list, groups, masks, limits, and findings at the right
// place.
#include "policy/rule_list.h"

#include <string>

#include "base/json.h"
#include "policy/rule_parser.h"
#include "policy/rule_text.h"
#include "support/catch.h"

using namespace sg;
using namespace sg::policy;
using namespace sg::sysctl;

namespace {

constexpr NamespaceSet kNetAndUts{.net = true, .ipc = false, .uts = true, .user = false};

std::vector<Rule> parse(const std::string& list, Diagnostics& findings,
                        RuleKind kind = RuleKind::kAllow) {
  RuleBudget budget;
  return parse_rule_list(list, kind, "annotation x", Groups(kNetAndUts), budget, findings);
}

// The texts of the rules, each in brackets.
std::string texts(const std::vector<Rule>& rules) {
  std::string out;
  for (const Rule& rule : rules) {
    out += "<" + rule.text + ">";
  }
  return out;
}

struct BadCase {
  const char* why;
  std::string list;
  std::size_t offset;
  std::string text;
  std::string hint;  // part of it
};

void check_bad(const BadCase& c, RuleKind kind) {
  INFO(c.why);
  Diagnostics findings;
  const std::vector<Rule> rules = parse(c.list, findings, kind);
  REQUIRE(findings.has_errors());
  const Finding& first = findings.findings()[0];
  CHECK(first.severity == Severity::kError);
  CHECK(first.source == "annotation x");
  CHECK(first.offset == c.offset);
  CHECK(first.text == c.text);
  CHECK_FALSE(first.message.empty());
  CHECK(first.hint.find(c.hint) != std::string::npos);
}

}  // namespace

TEST_CASE("List: how the plain form is cut into rules") {
  struct Case {
    const char* why;
    std::string list;
    std::string texts;
  };
  const Case cases[] = {
      {"empty", "", ""},
      {"blank", " \t\n \r\n\n ", ""},
      {"one", "net.a", "<net.a>"},
      {"commas", "net.a,net.b", "<net.a><net.b>"},
      {"semicolons", "net.a;net.b", "<net.a><net.b>"},
      {"semicolons and blanks", " net.a ;\t net.b=1 ; net.c", "<net.a><net.b=1><net.c>"},
      {"both separators", "net.a, net.b; net.c,net.d", "<net.a><net.b><net.c><net.d>"},
      {"a line break after a semicolon", "net.a;\n  net.b;\r\n\nnet.c", "<net.a><net.b><net.c>"},
      {"a line break before a semicolon", "net.a\n;net.b", "<net.a><net.b>"},
      {"a semicolon in quotes", "net.a=\"x;y\";net.b", "<net.a=\"x;y\"><net.b>"},
      {"a semicolon ends a text", "net.a=x;net.b", "<net.a=x><net.b>"},
      {"a semicolon is just one in JSON", R"(["net.a=x;y"])", "<net.a=x;y>"},
      {"line breaks", "net.a\nnet.b\n", "<net.a><net.b>"},
      {"CR before line breaks", "net.a\r\nnet.b \r\n\r\n", "<net.a><net.b>"},
      {"blank lines", "\n\nnet.a\n \n\t\nnet.b\n\n", "<net.a><net.b>"},
      {"blanks around", " \tnet.a ,\t net.b ", "<net.a><net.b>"},
      {"a line break after a comma", "net.a,\n  net.b,\r\nnet.c", "<net.a><net.b><net.c>"},
      {"blank lines after a comma", "net.a,\n\n \nnet.b", "<net.a><net.b>"},
      {"a line break before a comma", "net.a\n,net.b", "<net.a><net.b>"},
      {"values", "net.a=0|1,net.b=1..5", "<net.a=0|1><net.b=1..5>"},
      {"blanks around = and |", "net.a = 0 | 1 , net.b", "<net.a = 0 | 1><net.b>"},
      {"a comma in quotes", "net.a=\"x,y\",net.b", "<net.a=\"x,y\"><net.b>"},
      {"a comma in a later alternative", "net.a=1| \"x,y\"*,net.b", "<net.a=1| \"x,y\"*><net.b>"},
      {"a doubled quote", "net.a=\"x\"\",\",net.b", "<net.a=\"x\"\",\"><net.b>"},
      {"an equals sign in quotes", "net.a=\"x=\",net.b=\"y,\"", "<net.a=\"x=\"><net.b=\"y,\">"},
      {"a bar in quotes", "net.a=\"|\",net.b", "<net.a=\"|\"><net.b>"},
      {"the JSON form", R"(["net.a","net.b=1"])", "<net.a><net.b=1>"},
      {"the JSON form, empty", " [ ] ", ""},
      {"the JSON form, layout", "\r\n [\n \"net.a\",\n \" net.b \"\n]\n", "<net.a><net.b>"},
      {"a comma is just a comma in JSON", R"(["net.a=x,y"])", "<net.a=x,y>"},
      {"JSON escapes", R"(["net.\u0061=\"x,\\\""])", "<net.a=\"x,\\\">"},
      {"the same rule twice", "net.a,net.a", "<net.a><net.a>"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    Diagnostics findings;
    CHECK(texts(parse(c.list, findings)) == c.texts);
    CHECK(findings.findings().empty());
  }
}

TEST_CASE("List: a rule holds kind, pattern, values, text and source") {
  Diagnostics findings;
  const auto rules = parse(" net.ipv4.conf.*.x = 0 | on* ,kernel/sem", findings);
  REQUIRE(rules.size() == 2);
  CHECK(rules[0].kind == RuleKind::kAllow);
  CHECK(rules[0].pattern == "net/ipv4/conf/*/x");
  CHECK_FALSE(rules[0].literal);
  CHECK(rules[0].values.size() == 2);
  CHECK(rules[0].text == "net.ipv4.conf.*.x = 0 | on*");
  CHECK(rules[0].source == "annotation x");
  CHECK(rules[1].pattern == "kernel/sem");
  CHECK(rules[1].values.empty());
  CHECK(parse("net.a", findings, RuleKind::kDenyRead).at(0).kind == RuleKind::kDenyRead);
}

TEST_CASE("List: what stands between no two rules is named") {
  const std::pair<const char*, const char*> cases[] = {
      {"net.a,,net.b", "two commas in a row"},
      {"net.a;;net.b", "two semicolons in a row"},
      {"net.a,;net.b", "a comma and a semicolon in a row"},
      {"net.a;,net.b", "a semicolon and a comma in a row"},
      {",net.a", "there is no rule before this comma"},
      {";net.a", "there is no rule before this semicolon"},
      {"net.a,", "there is no rule after this comma"},
      {"net.a;", "there is no rule after this semicolon"},
  };
  for (const auto& [list, message] : cases) {
    INFO(list);
    Diagnostics findings;
    CHECK(parse(list, findings).size() == (std::string(list).size() > 7 ? 2 : 1));
    REQUIRE(findings.findings().size() == 1);
    CHECK(findings.findings()[0].message == message);
  }
}

TEST_CASE("List: what can only be one more value is no name") {
  struct Case {
    const char* why;
    std::string list;
    std::size_t offset;
    std::string text;
  };
  const Case cases[] = {
      {"a number", "net.a=0,1", 8, "1"},
      {"a blank before it", "net.a=0, 1", 9, "1"},
      {"a semicolon", "net.a=0;1", 8, "1"},
      {"a line break", "net.a=0\n1", 8, "1"},
      {"alternatives", "net.a=0|1,2|3", 10, "2|3"},
      {"a range", "net.a=1..5,7..9", 11, "7..9"},
      {"an open range", "net.a=1,1024..", 8, "1024.."},
      {"a list of ports", "net.a=8080,9000-9100", 11, "9000-9100"},
      {"two numbers", "net.a=1 2,3 4", 10, "3 4"},
      {"a negative number", "net.a=0,-1", 8, "-1"},
      {"a text", "net.a=reno,cubic", 11, "cubic"},
      {"numbers as a name", "net.a=0,1=2", 8, "1=2"},
      {"a typo for |", "net.b;net.a=on,off;net.c", 15, "off"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    Diagnostics findings;
    (void)parse(c.list, findings);
    REQUIRE(findings.findings().size() == 1);
    const Finding& found = findings.findings()[0];
    CHECK(found.severity == Severity::kError);
    CHECK(found.offset == c.offset);
    CHECK(found.text == c.text);
    CHECK(found.message.find("one more value of the rule before it") != std::string::npos);
    CHECK(found.hint.find("\"|\" between several values") != std::string::npos);
    CHECK(found.hint.find("double quotes") != std::string::npos);
  }
  Diagnostics two;
  (void)parse("net.a=0,1,2,net.b", two);
  CHECK(two.findings().size() == 1);
  Diagnostics both;
  CHECK(parse("net.a=0,1,2,net.b=3,4", both).empty());
  CHECK(both.findings().size() == 2);
  Diagnostics name;
  (void)parse("net.a,1", name);
  REQUIRE(name.findings().size() == 1);
  CHECK(name.findings()[0].message == "no sysctl has such a name");
  // What is meant is permitted.
  for (const char* list : {"net.a=0|1", "net.a=\"0,1\"", "net.a=0,*", "net.a=0,n*", "net.a=0,@net",
                           "net.a=0,a=1..5", "net.a=0,/proc/sys/net/b", "a", "a,b"}) {
    INFO(list);
    Diagnostics findings;
    CHECK_FALSE(parse(list, findings).empty());
    CHECK(findings.findings().empty());
  }
}

TEST_CASE("List: one more value of a sysctl that holds several is told with the whole rule") {
  struct Case {
    const char* list;
    const char* hint;
  };
  const Case cases[] = {
      {"net.ipv4.tcp_rmem=4096,131072,6291456", "write net.ipv4.tcp_rmem=4096 131072 6291456"},
      {"vm.swappiness; kernel.sem = 250, 32000; 100,128; net.a",
       "write kernel.sem=250 32000 100 128"},
      {"net/ipv4/ip_local_port_range=1024..2048,65535",
       "write net/ipv4/ip_local_port_range=1024..2048 65535"},
      {"net.ipv4.ip_local_reserved_ports=30000-32767,8080",
       "write net.ipv4.ip_local_reserved_ports=\"30000-32767,8080\""},
      {"net.ipv4.tcp_rmem=4096,131072,\n6291456", "write net.ipv4.tcp_rmem=4096 131072 6291456"},
      {"net.ipv4.ip_local_reserved_ports=30000..32767;8080",
       "write net.ipv4.ip_local_reserved_ports=\"30000-32767,8080\""},
      {"net.ipv4.tcp_rmem=4096,131072", "write \"|\" between"},
      {"net.ipv4.tcp_rmem=4096-1,2,3", "write \"|\" between"},
      {"net.ipv4.ip_forward=0,1", "write \"|\" between"},
  };
  for (const Case& c : cases) {
    INFO(c.list);
    Diagnostics findings;
    (void)parse(c.list, findings);
    REQUIRE_FALSE(findings.findings().empty());
    CHECK_THAT(findings.findings()[0].hint, Catch::StartsWith(c.hint));
  }
}

TEST_CASE("List: a range is proposed where the sysctl holds one number") {
  for (const auto& [list, hint] : {std::pair("net.core.somaxconn=1 .. 5", "write 1..5 for a range"),
                                   std::pair("net.a=1...5", "write 1..5 for a range"),
                                   std::pair("net.ipv4.tcp_rmem=1 .. 5", "write 5.., ..5 or 1..5"),
                                   std::pair("kernel.hostname=1...5", "put the whole text")}) {
    INFO(list);
    Diagnostics findings;
    (void)parse(list, findings);
    REQUIRE(findings.findings().size() == 1);
    CHECK_THAT(findings.findings()[0].hint, Catch::StartsWith(hint));
  }
}

TEST_CASE("List: mistakes of the plain form") {
  const BadCase cases[] = {
      {"two commas", "net.a,,net.b", 6, ",", ""},
      {"two commas with blanks", "net.a, ,net.b", 7, ",", ""},
      {"two commas on two lines", "net.a,\n,net.b", 7, ",", ""},
      {"a comma first", ",net.a", 0, ",", ""},
      {"a comma first, after a line break", "\n , net.a", 2, ",", ""},
      {"a comma last", "net.a,", 5, ",", ""},
      {"a comma last, before layout", "net.a, \r\n \n", 5, ",", ""},
      {"a comma alone", ",", 0, ",", ""},
      {"two semicolons", "net.a;;net.b", 6, ";", "remove one"},
      {"two semicolons on two lines", "net.a;\n;net.b", 7, ";", "remove one"},
      {"a comma and a semicolon", "net.a,;net.b", 6, ";", "remove one"},
      {"a semicolon and a comma", "net.a; ,net.b", 7, ",", "remove one"},
      {"a semicolon first", ";net.a", 0, ";", "remove it"},
      {"a semicolon last", "net.a;", 5, ";", "remove it"},
      {"a semicolon last, before layout", "net.a; \r\n \n", 5, ";", "remove it"},
      {"a semicolon alone", ";", 0, ";", "remove it"},
      {"no value before a semicolon", "net.a=;net.b", 6, "", "leave out"},
      {"a CR before a semicolon", "net.a\r;net.b", 5, "\r", ""},
      {"a semicolon in a name of JSON", R"(["net.a;b"])", 7, ";", "one rule in each string"},
      {"a key of ours", "net.a,io.sysctl-guard.deny=net.b", 6, "io.sysctl-guard.deny=net.b",
       "annotation of its own"},
      {"a key of ours in JSON", R"(["net.a", "io.sysctl-guard.mode"])", 11, "io.sysctl-guard.mode",
       "annotation of its own"},
      {"an empty component", "net.ipv4.x, net..x", 12, "net..x", ""},
      {"a bad name before values", "net..x=1", 0, "net..x", ""},
      {"no name", "=1", 0, "", "net.ipv4"},
      {"no value", "net.a=", 6, "", "leave out"},
      {"no value, then a rule", "net.a=,net.b", 6, "", "leave out"},
      {"a bad value", "net.a=1| 010 ,net.b", 9, "010", "write 10"},
      {"an equals sign at a line break", "net.a=\n1", 6, "", "leave out"},
      {"a quote that is not closed", "net.a=\"x,net.b", 6, "\"x,net.b", "close"},
      {"a line break in quotes", "net.a=\"x\ny\"", 8, "\n", ""},
      {"a CR alone", "net.a\rnet.b", 5, "\r", ""},
      {"a CR at the end", "net.a\r", 5, "\r", ""},
      {"a CR before a comma", "net.a\r,net.b", 5, "\r", ""},
      {"a form feed", "net.a,\fnet.b", 6, "\f", ""},
      {"a zero byte", std::string("net.a\0", 6), 5, std::string("\0", 1), ""},
      {"UTF-8", "net.\xc3\xa9", 4, "\xc3\xa9", ""},
      {"a no-break space", "net.a,\xc2\xa0net.b", 6, "\xc2\xa0", ""},
      {"two rules without a comma", "net.a net.b", 5, " ", "comma"},
      {"a bracket behind a comma is not JSON", ",[\"net.a\"]", 0, ",", ""},
      {"a bracket behind a CR is not JSON", "\r[\"net.a\"]", 0, "\r", ""},
      {"an unknown group", "net.a,@nett", 6, "@nett", "write @net"},
      {"an unknown group, nothing near", "@something", 0, "@something", "@kubernetes-safe"},
      {"a group in upper case", "@NET", 0, "@NET", "@"},
      {"a group with a value", "@net=1", 4, "=1", "name the sysctls"},
      {"a group with a blank and a value", "@net = 1", 5, "= 1", "name the sysctls"},
      {"an at sign alone", "@", 0, "@", ""},
      {"a group with more", "@net.ipv4", 0, "@net.ipv4", ""},
      {"a number for a mask", "net.core.rps_default_mask=10", 26, "10", "quotes"},
      {"a number beyond an int", "net.a=2147483648", 6, "2147483648", "quotes"},
      {"a range to beyond an int", "net.a=1|0..4294967296", 6, "1|0..4294967296", "2147483647"},
      {"a range from below an int", "net.a=-2147483649..0", 6, "-2147483649..0", "numbers go from"},
      {"beyond an int in a vector", "net.a=1 2147483648..", 6, "1 2147483648..", "numbers go from"},
      {"beyond an int, with a pattern", "kernel.*=4294967296", 9, "4294967296", "kernel.shmmax"},
      {"beyond an int, a pattern over none", "net.ipv4.tcp_r*=4294967296", 16, "4294967296",
       "numbers go from"},
      {"beyond an int, a pattern over longs alone", "vm.dirty_*bytes=1..8589934592", 16,
       "1..8589934592", "vm.dirty_background_bytes, vm.dirty_bytes"},
      {"beyond a uint", "net.ipv4.ping_group_range=0 4294967296", 26, "0 4294967296",
       "0 to 4294967295"},
      {"beyond a long with a sign", "net.ipv4.tcp_mem=1 2 9223372036854775808", 17,
       "1 2 9223372036854775808", "9223372036854775807"},
      {"what is there, of a text", "kernel.core_pattern=@current", 20, "@current",
       "name the values"},
      {"what is there, of a mask", "net.core.rps_default_mask=\"f\"|@current", 26, "\"f\"|@current",
       "quotes"},
      {"what is there, of a list", "net.ipv4.ip_local_reserved_ports=@current..", 33, "@current..",
       "quotes"},
      {"what is there, of a vector", "net.ipv4.tcp_rmem=@current..5", 18, "@current..5", "quotes"},
      {"what is there, of a trigger", "vm.drop_caches=@current", 15, "@current", "quotes"},
      {"from what is there to beyond an int", "net.a=@current..2147483648", 6,
       "@current..2147483648", "2147483647"},
      {"from what is there to below an int", "net.a=@current..-2147483649", 6,
       "@current..-2147483649", "2147483647"},
      {"what is there behind a comma", "net.a=1,@current..5", 8, "@current..5",
       "write NAME=@current..5"},
      {"a range for a mask", "net/core/flow_limit_cpu_bitmap = \"f\"|1..3", 33, "\"f\"|1..3",
       "quotes"},
  };
  for (const BadCase& c : cases) {
    check_bad(c, RuleKind::kAllow);
  }
}

TEST_CASE("List: mistakes of the JSON form are placed where the user wrote them") {
  const BadCase cases[] = {
      {"a name", R"(["net.a", "net..x"])", 11, "net..x", ""},
      {"a value", R"(["net.a=1|010"])", 10, "010", "write 10"},
      {"after an escape", R"(["net.\u0061=010"])", 13, "010", "write 10"},
      {"an escape in the piece", R"(["net..\u0061"])", 2, R"(net..\u0061)", ""},
      {"a raw line break in JSON", "[\"net.a\nnet.b\"]", 7, "\n", ""},
      {"an escaped line break", R"(["net.a\nnet.b"])", 7, R"(\n)", ""},
      {"a line break at the end of an element", R"(["net.a\n"])", 7, R"(\n)", ""},
      {"UTF-8 by an escape", R"(["net.\u00e9"])", 6, R"(\u00e9)", ""},
      {"UTF-8 by a pair of surrogates", R"(["net.\ud83d\ude00x"])", 6, R"(\ud83d\ude00)", ""},
      {"a zero byte by an escape", R"(["net.a\u0000"])", 7, R"(\u0000)", ""},
      {"two rules in one string", R"(["net.a,net.b"])", 7, ",", ""},
      {"an empty element", R"(["net.a", ""])", 10, R"("")", ""},
      {"a blank element", R"([" \t "])", 1, R"(" \t ")", ""},
      {"a number", R"(["net.a", 1])", 10, "1", "double quotes"},
      {"null", "[null]", 1, "null", "double quotes"},
      {"nested array", R"([["net.a"]])", 1, R"(["net.a"])", "double quotes"},
      {"an object", R"([{"a":"b"}])", 1, R"({"a":"b"})", "double quotes"},
      {"not closed", R"(["net.a")", 8, "", "array"},
      {"a comma last", R"(["net.a",])", 9, "]", "array"},
      {"no quotes", "[net.a]", 2, "e", "array"},
      {"two arrays", R"(["net.a"]["net.b"])", 9, "[", "array"},
      {"a group", R"(["@nett"])", 2, "@nett", "write @net"},
  };
  for (const BadCase& c : cases) {
    check_bad(c, RuleKind::kAllow);
  }
}

TEST_CASE("List: a value in a list that denies is a finding") {
  for (const RuleKind kind : {RuleKind::kDeny, RuleKind::kDenyRead}) {
    check_bad({"a value", "net.a,net.b=1", 11, "=1", "name alone"}, kind);
    check_bad({"no value", "net.a =", 6, "=", "name alone"}, kind);
    check_bad({"in JSON", R"(["net.a=1"])", 7, "=1", "name alone"}, kind);
    check_bad({"a group", "@net=1", 4, "=1", "name the sysctls"}, kind);
    Diagnostics findings;
    CHECK(parse("net.b=1", findings, kind).empty());
  }
}

TEST_CASE("List: a rule with a mistake gives no rule, the others stay") {
  struct Case {
    const char* why;
    std::string list;
    std::string texts;
  };
  const Case cases[] = {
      {"a bad value never means any value", "net.a=010,net.b", "<net.b>"},
      {"no value never means any value", "net.a=,net.b", "<net.b>"},
      {"one bad alternative", "net.a=1|a*b,net.b", "<net.b>"},
      {"a bad name", "net..a,net.b", "<net.b>"},
      {"a number for a mask", "net.core.rps_default_mask=1,net.b", "<net.b>"},
      {"what is there, of a text", "kernel.hostname=@current,net.b", "<net.b>"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    Diagnostics findings;
    CHECK(texts(parse(c.list, findings)) == c.texts);
    CHECK(findings.has_errors());
  }
}

TEST_CASE("List: groups stand for their rules") {
  Diagnostics findings;
  const auto rules = parse("net.a, @uts ,@net,@namespaced", findings);
  CHECK(findings.findings().empty());
  CHECK(texts(rules) ==
        "<net.a><@uts [kernel/hostname]><@uts [kernel/domainname]><@net [net/*]>"
        "<@namespaced [net/*]><@namespaced [kernel/hostname]><@namespaced [kernel/domainname]>");
  CHECK(rules[1].pattern == "kernel/hostname");
  CHECK(rules[1].source == "annotation x");
  CHECK(rules[1].values.empty());
  RuleBudget budget;
  CHECK(
      parse_rule_list("@namespaced", RuleKind::kAllow, "x", Groups({}), budget, findings).empty());
  CHECK(findings.findings().empty());
}

TEST_CASE("List: numbers for masks") {
  struct Case {
    const char* why;
    std::string list;
    std::size_t warnings;
  };
  const Case cases[] = {
      {"quoted text is right", "net.core.rps_default_mask=\"f\"", 0},
      {"the bounds of an int", "net.a=-2147483648..2147483647", 0},
      {"a number beyond an int as text", "net.a=\"4294967295\"", 0},
      {"a long holds more", "kernel.shmmax=..68719476736", 0},
      {"a vector of longs", "net.ipv4.tcp_mem=* * 0..4294967296", 0},
      {"a long of the host", "vm.dirty_bytes=1..4294967296", 0},
      {"two uints", "net.ipv4.ping_group_range=0 4294967294", 0},
      {"as large as a long can be", "kernel.shmmax=18446744073709551615", 0},
      {"a negative number, which the kernel refuses", "kernel.shmmax=-1..1", 0},
      {"any value is right", "net.core.rps_default_mask", 0},
      {"text is right", "net.core.flow_limit_cpu_bitmap=ff", 0},
      {"a pattern that covers one", "net.core.rps_*=1", 1},
      {"a pattern that covers one of a namespace, and the host's", "net.core.*=1", 1},
      {"a pattern with text", "net.core.*=on", 0},
      {"another name", "net.core.somaxconn=1", 0},
      {"what is there", "vm.max_map_count=@current", 0},
      {"from what is there up", "vm.max_map_count=@current..1048576", 0},
      {"from what is there to what is held", "vm.dirty_bytes=@current..", 0},
      {"from what is there beyond an int, where that is held",
       "kernel.shmmax=@current..68719476736", 0},
      {"what is there, of names with a star", "net.ipv4.conf.*.mtu=@current..9000", 0},
      {"what is there, of texts with a star", "kernel.core_*=@current", 0},
      {"what is there as text of a text", "kernel.core_pattern=\"@current\"", 0},
      {"what is there, of a pattern that covers a mask", "net.core.rps_*=@current", 0},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    Diagnostics findings;
    CHECK(parse(c.list, findings).size() == 1);
    CHECK_FALSE(findings.has_errors());
    CHECK(findings.findings().size() == c.warnings);
  }
}

TEST_CASE("List: the most bytes") {
  std::string list = "net.a";
  list.resize(kListMax, ' ');
  Diagnostics findings;
  CHECK(parse(list, findings).size() == 1);
  CHECK(findings.findings().empty());
  list += ' ';
  CHECK(parse(list, findings).empty());
  REQUIRE(findings.findings().size() == 1);
  CHECK(findings.findings()[0].message.find("262145") != std::string::npos);
}

TEST_CASE("List: the most rules") {
  std::string list = "net.a";
  for (std::size_t i = 1; i < kRulesMax; i++) {
    list += ",net.a";
  }
  Diagnostics findings;
  CHECK(parse(list, findings).size() == kRulesMax);
  CHECK(findings.findings().empty());
  CHECK(parse(list + ",net.b,net.c", findings).size() == kRulesMax);
  REQUIRE(findings.findings().size() == 1);
  CHECK(findings.findings()[0].text == "net.b");
  CHECK(findings.findings()[0].offset == list.size() + 1);

  Diagnostics by_group;
  CHECK(parse("@uts," + list.substr(12), by_group).size() == kRulesMax);
  CHECK(by_group.findings().empty());
  CHECK(parse(list + ",@uts", by_group).size() == kRulesMax);
  REQUIRE(by_group.findings().size() == 1);
  CHECK(by_group.findings()[0].text == "@uts");
}

TEST_CASE("List: findings are bounded in both forms") {
  std::string plain;
  std::string json = "[";
  for (std::size_t i = 0; i < 5000; i++) {
    plain += "net..x\n";
    json += i == 0 ? "\"net..x\"" : ",\"net..x\"";
  }
  for (const std::string& list : {plain, json + "]"}) {
    Diagnostics findings;
    CHECK(parse(list, findings).empty());
    CHECK(findings.findings().size() == kFindingsMax + 1);
  }
  Diagnostics findings;
  CHECK(parse(std::string(kListMax, ','), findings).empty());
  CHECK(findings.findings().size() == kFindingsMax + 1);
  Diagnostics one_string;
  CHECK(parse("[\"" + std::string(100000, '?') + "\"]", one_string).empty());
  CHECK(one_string.findings().size() == kFindingsMax + 1);
}

TEST_CASE("List: both forms of a rule mean the same") {
  for (const std::string rule : {"net.a", "net.a=1|2..3|x*", "net.a=\"x\"\"y\"", "@uts"}) {
    INFO(rule);
    Diagnostics findings;
    const auto plain = parse(rule, findings);
    const auto json = parse("[" + json_quote(rule) + "]", findings);
    CHECK(findings.findings().empty());
    REQUIRE(plain.size() == json.size());
    for (std::size_t i = 0; i < plain.size(); i++) {
      CHECK(plain[i].pattern == json[i].pattern);
      CHECK(plain[i].text == json[i].text);
      CHECK(plain[i].values.size() == json[i].values.size());
    }
  }
}
