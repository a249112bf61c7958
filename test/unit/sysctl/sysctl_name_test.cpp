// SPDX-License-Identifier: Apache-2.0
// sysctl_name_test.cpp - separators, and what patterns match.
#include "sysctl/sysctl_name.h"

#include <string>

#include "support/catch.h"

using namespace sg;
using namespace sg::sysctl;

namespace {

struct NameCase {
  const char* why;
  std::string written;
  std::string slash_form;
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

TEST_CASE("Sysctl name: a pattern and a row can be one name") {
  struct Case {
    const char* pattern;
    const char* row;
    bool can;
  };
  const Case cases[] = {
      {"net/ipv4/ip_forward", "net/ipv4/ip_forward", true},
      {"net/ipv4/ip_foward", "net/ipv4/ip_forward", false},
      {"net/ipv4/conf/eth0/rp_filter", "net/ipv4/conf/*/rp_filter", true},
      {"net/ipv4/conf/*/rp_filter", "net/ipv4/conf/*/rp_filter", true},
      {"net/ipv4/conf/wg*/rp*", "net/ipv4/conf/*/rp_filter", true},
      {"net/ipv4/conf/*/rp_fliter", "net/ipv4/conf/*/rp_filter", false},
      {"net/*", "net/ipv4/conf/*/rp_filter", true},
      {"net*", "net/ipv4/conf/*/rp_filter", true},
      {"net/ipv4/tcp_*", "net/ipv4/tcp_rmem", true},
      {"net/ipv4/tcp_*", "net/ipv4/udp_rmem_min", false},
      {"net/ipv4", "net/ipv4/tcp_rmem", false},
      {"net/ipv4/tcp_rmem/x", "net/ipv4/tcp_rmem", false},
      {"net/ipv6/conf/eth0/103/disable_ipv6", "net/ipv6/conf/*/disable_ipv6", false},
      {"*", "vm/swappiness", true},
      {"kernel/sched_domain/cpu0/x", "kernel/sched_domain/cpu*/x", true},
      {"kernel/sched_domain/node0/x", "kernel/sched_domain/cpu*/x", false},
  };
  for (const Case& c : cases) {
    INFO(c.pattern << " and " << c.row);
    CHECK(can_be(c.pattern, c.row) == c.can);
  }
}
