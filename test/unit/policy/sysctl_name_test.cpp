// SPDX-License-Identifier: Apache-2.0
// sysctl_name_test.cpp - separators, illegal names with their findings, and what patterns match.
#include "policy/sysctl_name.h"

#include <string>

#include "support/catch.h"

using namespace sg;
using namespace sg::policy;

namespace {

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

TEST_CASE("Names: the first separator decides") {
  const NameCase cases[] = {
      {"dots", "net.ipv4.ip_forward", "net/ipv4/ip_forward"},
      {"slashes", "net/ipv4/ip_forward", "net/ipv4/ip_forward"},
      {"a dot first: slashes stand for dots", "net.ipv4.conf.eth0/100.rp_filter",
       "net/ipv4/conf/eth0.100/rp_filter"},
      {"a slash first: dots are dots", "net/ipv4/conf/eth0.100/rp_filter",
       "net/ipv4/conf/eth0.100/rp_filter"},
      {"no separator", "net", "net"},
      {"a star is no separator", "*.a/b", "*/a.b"},
      {"/proc/sys/ is dropped", "/proc/sys/net/ipv4/conf/eth0.100/rp_filter",
       "net/ipv4/conf/eth0.100/rp_filter"},
      {"behind /proc/sys/ the first separator decides again", "/proc/sys/kernel.pid_max",
       "kernel/pid_max"},
      {"/proc/sys/ is dropped once", "/proc/sys//proc/sys/a", "/proc/sys/a"},
      {"/proc/sys without a slash behind it is no prefix", "/proc/sysctl", "/proc/sysctl"},
      {"proc/sys/ without the leading slash is no prefix", "proc/sys/a", "proc/sys/a"},
      {"upper case stays", "net.ipv4.conf.Eth0.x", "net/ipv4/conf/Eth0/x"},
      {"any byte", std::string("a.\0\xff\n", 5), std::string("a/\0\xff\n", 5)},
      {"nothing", "", ""},
  };
  for (const NameCase& c : cases) {
    INFO(c.why);
    CHECK(to_slash_form(c.written) == c.slash_form);
  }
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

TEST_CASE("Patterns: all mistakes of a name are found at once") {
  Diagnostics findings;
  CHECK_FALSE(parse_pattern("net..a?b[", TextPlace{}, findings));
  CHECK(findings.findings().size() == 3);
}

TEST_CASE("Matching: a star stays in one component, but for one at the end") {
  struct Case {
    const char* why;
    std::string pattern;
    std::string name;
    bool matches;
  };
  const Case cases[] = {
      {"equal", "a/b", "a/b", true},
      {"longer name", "a/b", "a/bc", false},
      {"shorter name", "a/bc", "a/b", false},
      {"nothing and nothing", "", "", true},
      {"nothing and something", "", "a", false},
      {"star at the end", "net/*", "net/ipv4/tcp_rmem", true},
      {"star at the end of a component", "net/ipv4/tcp_*", "net/ipv4/tcp_rmem", true},
      {"star at the end, over more components", "net/ipv4/tcp_*", "net/ipv4/tcp_a/b/c", true},
      {"star at the end matches nothing", "wg*", "wg", true},
      {"star at the end, other prefix", "net/*", "netx/a", false},
      {"the separator is part of the prefix", "net/*", "net", false},
      {"star in the middle", "net/ipv4/conf/*/forwarding", "net/ipv4/conf/eth0/forwarding", true},
      {"star in the middle takes a dot", "net/ipv4/conf/*/forwarding",
       "net/ipv4/conf/eth0.100/forwarding", true},
      {"star in the middle is one component", "conf/*/x", "conf/a/b/x", false},
      {"star in the middle matches nothing", "conf/wg*/x", "conf/wg/x", true},
      {"star and end of name", "conf/*/x", "conf/a", false},
      {"two stars in a component", "a*b*c/d", "aXbYbZc/d", true},
      {"two stars, last part missing", "a*b*c/d", "aXbY/d", false},
      {"later shorter match needed", "*ab/c", "aab/c", true},
      {"star goes back only in its component", "*a/*b/c", "xa/yb/c", true},
      {"stars in two components, second fails", "*a/*b/c", "xa/y/c", false},
      {"no way back over a separator", "*a/x", "a/a/x", false},
      {"star last, after one in the middle", "conf/*/rp*", "conf/eth0/rp_filter/deep", true},
      {"any byte", "conf/*/x", std::string("conf/\0\xff\n/x", 10), true},
      {"a name may have a star", "conf/*/x", "conf/*/x", true},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(pattern_matches(c.pattern, c.name) == c.matches);
  }
}

namespace {

// The definition, by trying everything.
bool matches_by_definition(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) {
    return name.empty();
  }
  if (pattern == "*") {
    return true;
  }
  if (pattern[0] == '*') {
    return matches_by_definition(pattern.substr(1), name) ||
           (!name.empty() && name[0] != '/' && matches_by_definition(pattern, name.substr(1)));
  }
  return !name.empty() && pattern[0] == name[0] &&
         matches_by_definition(pattern.substr(1), name.substr(1));
}

// All texts over `alphabet` of up to `longest` bytes.
std::vector<std::string> all_texts(std::string_view alphabet, std::size_t longest) {
  std::vector<std::string> texts = {""};
  for (std::size_t i = 0; i < texts.size() && texts[i].size() < longest; i++) {
    for (const char c : alphabet) {
      texts.push_back(texts[i] + c);
    }
  }
  return texts;
}

}  // namespace

TEST_CASE("Matching: agrees with the definition for all short patterns and names") {
  const std::vector<std::string> patterns = all_texts("a/*", 6);
  const std::vector<std::string> names = all_texts("ab/", 5);
  std::size_t differences = 0;
  for (const std::string& pattern : patterns) {
    for (const std::string& name : names) {
      if (pattern_matches(pattern, name) != matches_by_definition(pattern, name)) {
        differences += 1;
        UNSCOPED_INFO(pattern << " and " << name);
      }
    }
  }
  CHECK(patterns.size() == 1093);
  CHECK(names.size() == 364);
  CHECK(differences == 0);
}

TEST_CASE("Matching: many stars cost no exponential time") {
  std::string pattern;
  for (std::size_t i = 0; i < 60; i++) {
    pattern += "*a";
  }
  CHECK_FALSE(pattern_matches(pattern + "/x", std::string(120, 'a') + "/y"));
}
