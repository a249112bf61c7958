// SPDX-License-Identifier: Apache-2.0
// sysctl_file_test.cpp - lines into writes, as sysctl reads them.
#include "cli/check/sysctl_file.h"

#include <string>
#include <vector>

#include "support/catch.h"

using sg::Diagnostics;
using sg::cli::read_sysctl_lines;
using sg::cli::RequestedAccess;

namespace {

// "NAME=VALUE" of each, a glob with what it leaves out behind it.
std::string shown(const std::string& text, Diagnostics& findings) {
  std::string out;
  for (const RequestedAccess& access : read_sysctl_lines(text, "file f", findings)) {
    CHECK(access.write);
    CHECK(access.is_line);
    CHECK(text.substr(access.offset).starts_with(access.text));
    out += "<" + access.name + "=" + access.value + ">";
    for (const std::string& name : access.except) {
      out += "!" + name;
    }
  }
  return out;
}

}  // namespace

TEST_CASE("Sysctl file: each form of a line") {
  const std::pair<std::string, std::string> cases[] = {
      {"", ""},
      {"\n \n\t\n", ""},
      {"# a = 1\n  ; b = 2\n#\n", ""},
      {"net.ipv4.ip_forward=1", "<net/ipv4/ip_forward=1>"},
      {"net.ipv4.ip_forward = 1\n", "<net/ipv4/ip_forward=1>"},
      {"  net/ipv4/ip_forward\t=\t1 \r\n", "<net/ipv4/ip_forward=1>"},
      {"-net.ipv4.ip_forward = 1", "<net/ipv4/ip_forward=1>"},
      {"- net.ipv4.ip_forward = 1", "<net/ipv4/ip_forward=1>"},
      {"net/ipv4/conf/eth0.100/rp_filter = 1", "<net/ipv4/conf/eth0.100/rp_filter=1>"},
      {"net.ipv4.conf.eth0/100.rp_filter = 1", "<net/ipv4/conf/eth0.100/rp_filter=1>"},
      {"/proc/sys/vm/swappiness = 1", "<vm/swappiness=1>"},
      {"net.ipv4.tcp_rmem = 4096 \t 131072  6291456",
       "<net/ipv4/tcp_rmem=4096 \t 131072  6291456>"},
      {"kernel.core_pattern = |/bin/x = %p # y", "<kernel/core_pattern=|/bin/x = %p # y>"},
      {"kernel.domainname =", "<kernel/domainname=>"},
      {"a.b=1\na.b=2", "<a/b=1><a/b=2>"},
      // What is named by itself is taken out of a glob, wherever it stands.
      {"net.ipv4.conf.*.rp_filter = 2\nnet.ipv4.conf.hub0.rp_filter = 1\n"
       "-net.ipv4.conf.default.rp_filter\n-net.ipv6.conf.x.forwarding\n",
       "<net/ipv4/conf/*/rp_filter=2>!net/ipv4/conf/default/rp_filter!net/ipv4/conf/hub0/rp_filter"
       "<net/ipv4/conf/hub0/rp_filter=1>"},
      {"-net.a.b\nnet.a.? = 1", "<net/a/?=1>!net/a/b"},
  };
  for (const auto& [text, wanted] : cases) {
    INFO(text);
    Diagnostics findings;
    CHECK(shown(text, findings) == wanted);
    CHECK(findings.findings().empty());
  }
}

TEST_CASE("Sysctl file: a name that leads elsewhere is an error at its line") {
  for (const char* line : {"net/../kernel/core_pattern = x", "net//ipv4/conf/*/rp_filter = 1"}) {
    INFO(line);
    Diagnostics findings;
    CHECK(shown(std::string("a.b=1\n") + line, findings) == "<a/b=1>");
    REQUIRE(findings.findings().size() == 1);
    CHECK(findings.has_errors());
    CHECK(findings.findings()[0].offset == 6);
    CHECK(findings.findings()[0].message.starts_with("the line has "));
  }
}

TEST_CASE("Sysctl file: what sysctl leaves out is said") {
  const std::pair<std::string, std::string> cases[] = {
      {"a.b=1\nnet.ipv4.ip_forward 1\n", "neither an assignment nor a comment"},
      {"a.b=1\n = 1\n", "the name is missing"},
      {"a.b=1\n-=1\n", "the name is missing"},
      {"a.b=1\nsysctl -w net.ipv4.ip_forward=1\n", "the name has a blank"},
      {"a.b=1\n- net.ipv4. ip_forward = 1\n", "the name has a blank"},
      {"a.b=1\n-net.ipv4.conf.veth*.rp_filter\n", "excludes nothing"},
  };
  for (const auto& [text, message] : cases) {
    INFO(text);
    Diagnostics findings;
    CHECK(shown(text, findings) == "<a/b=1>");
    REQUIRE(findings.findings().size() == 1);
    CHECK_FALSE(findings.has_errors());
    CHECK(findings.findings()[0].source == "file f");
    CHECK(findings.findings()[0].message.find(message) != std::string::npos);
    findings.locate("file f", text);
    CHECK(findings.findings()[0].line == 2);
  }
}

TEST_CASE("Sysctl file: a command has its line as a hint, a piece of a name has none") {
  const std::pair<std::string, std::string> cases[] = {
      {"sysctl -w net.ipv4.ip_forward=1", "write net.ipv4.ip_forward = 1"},
      {"net.ipv4. ip_forward = 1", "write NAME = VALUE"},
  };
  for (const auto& [text, hint] : cases) {
    INFO(text);
    Diagnostics findings;
    CHECK(shown(text, findings).empty());
    REQUIRE(findings.findings().size() == 1);
    CHECK(findings.findings()[0].hint == hint);
  }
}
