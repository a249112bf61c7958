// SPDX-License-Identifier: Apache-2.0
#include "policy/foreign_rule.h"

#include <string>
#include "support/catch.h"

#include "policy/groups.h"
#include "policy/policy.h"

namespace sg::policy {
namespace {

std::string hint(std::string_view written, RuleKind kind = RuleKind::kAllow,
                 Separator separator = Separator::kComma,
                 std::string_view source = "annotation io.sysctl-guard.allow") {
  return hint_for_blank(written, kind, separator, source);
}

TEST_CASE("Foreign rules: one sysctl, with its value where it has one") {
  const std::string forward = "write the rule alone: net.ipv4.ip_forward=1";
  for (const char* written :
       {"sysctl -w net.ipv4.ip_forward=1", "sudo sysctl -q -w net.ipv4.ip_forward=1",
        "--sysctl net.ipv4.ip_forward=1", "- net.ipv4.ip_forward=1", "allow: net.ipv4.ip_forward=1",
        "allow net.ipv4.ip_forward = 1", "set net.ipv4.ip_forward to 1",
        "name: net.ipv4.ip_forward value: \"1\"", "{name: net.ipv4.ip_forward, value: 1}",
        "'net.ipv4.ip_forward' : '1'", "sysctl 'net.ipv4.ip_forward=1'",
        "sysctl { 'net.ipv4.ip_forward': value => '1' }"}) {
    INFO(written);
    const std::string found = hint(written);
    CHECK((found == forward ||
           found == "put \"=\" between a name and its value: net.ipv4.ip_forward=1"));
  }
  const std::string path = "write the rule alone: /proc/sys/net/ipv4/ip_forward=1";
  for (const char* written :
       {"echo 1 > /proc/sys/net/ipv4/ip_forward", "echo \"1\" >/proc/sys/net/ipv4/ip_forward",
        "echo -n 1 | tee /proc/sys/net/ipv4/ip_forward",
        "echo 1 | sudo tee /proc/sys/net/ipv4/ip_forward",
        "printf 1 > /proc/sys/net/ipv4/ip_forward"}) {
    INFO(written);
    CHECK(hint(written) == path);
  }
  const std::string equals = "put \"=\" between a name and its value: ";
  CHECK(hint("net.ipv4.ip_forward 1") == equals + "net.ipv4.ip_forward=1");
  CHECK(hint("net.ipv4.ip_forward: 1") == equals + "net.ipv4.ip_forward=1");
  CHECK(hint("net.ipv4.tcp_rmem:4096 1 2") == equals + "net.ipv4.tcp_rmem=4096 1 2");
  CHECK(hint("net.ipv4.ip_forward is 1") == equals + "net.ipv4.ip_forward=1");
  CHECK(hint("net.ipv4.tcp_rmem 4096 131072 6291456") ==
        equals + "net.ipv4.tcp_rmem=4096 131072 6291456");
  CHECK(hint("net.ipv4.tcp_congestion_control bbr") ==
        equals + "net.ipv4.tcp_congestion_control=bbr");
  CHECK(hint("- name: net.ipv4.ip_forward") == "write the rule alone: net.ipv4.ip_forward");
  CHECK(hint("- net.ipv4.ip_forward") == "write the rule alone: net.ipv4.ip_forward");
  CHECK(hint("/proc/sys/net/** rw") == "write the rule alone: /proc/sys/net/*");
  CHECK(hint("read net.core.*") == "write the rule alone: net.core.*");
  CHECK(hint("ip forward").starts_with("write the name as"));
  CHECK(hint("# net.ipv4.ip_forward=1") == "leave the comment out");
  CHECK(hint("sysctl 'net.ipv4.ip_forward' do") == "write the rule alone: net.ipv4.ip_forward");
  for (const char* written : {"{{ .Values.sysctl }}=1", "net.core.somaxconn=1 ${NAME}"}) {
    CHECK(hint(written) == "this is a template: write what it stands for");
  }
  CHECK(hint("net.core.somaxconn >= 128").find("NAME=1..") != std::string::npos);
}

TEST_CASE("Foreign rules: a list that forbids takes no values") {
  CHECK(hint("sysctl -w net.ipv4.ip_forward=1", RuleKind::kDeny) ==
        "write the rule alone: net.ipv4.ip_forward");
}

TEST_CASE("Foreign rules: several are parted") {
  CHECK(hint("net.ipv4.ip_forward net.core.somaxconn") ==
        "put a semicolon or a comma between two rules: net.ipv4.ip_forward, net.core.somaxconn");
  CHECK(hint("sysctl -w net.ipv4.ip_forward=1 net.core.somaxconn=1024") ==
        "put a semicolon or a comma between two rules: net.ipv4.ip_forward=1, "
        "net.core.somaxconn=1024");
  CHECK(hint("net.ipv4.ip_forward and net.core.somaxconn") ==
        "put a semicolon or a comma between two rules: net.ipv4.ip_forward, net.core.somaxconn");
  CHECK(hint("a.b c.d", RuleKind::kAllow, Separator::kJsonString) ==
        "write one rule in each string of the list");
}

TEST_CASE("Foreign rules: what is to be left out is never proposed as a grant") {
  const std::string deny =
      "what is to be left out stands in io.sysctl-guard.deny: net.core.* there";
  for (const char* written :
       {"net.* except net.core.*", "net.* but not net.core.*", "net.* !net.core.*",
        "net.* ! net.core.*", "not net.core.*", "no net.core.*", "deny net.core.*",
        "deny: net.core.*", "! net.core.*", "net.* without net.core.*", "net.* - net.core.*",
        "net.* EXCEPT net.core.*"}) {
    INFO(written);
    CHECK(hint(written) == deny);
    const std::string denied = hint(written, RuleKind::kDeny);
    CHECK((denied == "this list names what is denied, and nothing that is left out of that"));
  }
  CHECK(hint("net.* except net.core") == deny);
  CHECK(hint("net.* except net.core.somaxconn") ==
        "what is to be left out stands in io.sysctl-guard.deny: net.core.somaxconn there");
  CHECK(hint("not net.core.*", RuleKind::kAllow, Separator::kJsonString, "/etc/x.json") ==
        "what is to be left out stands in a \"deny\" list: net.core.* there");
}

}  // namespace
}  // namespace sg::policy

TEST_CASE("Foreign rules: behind a group") {
  const sg::policy::Groups groups({.net = true});
  const auto hint = [&groups](std::string_view written,
                              sg::policy::RuleKind kind = sg::policy::RuleKind::kAllow) {
    return sg::policy::hint_for_two_groups(written, kind, "annotation io.sysctl-guard.allow",
                                           groups);
  };
  const std::string deny =
      "what is to be left out stands in io.sysctl-guard.deny: net.core.somaxconn there";
  for (const char* written :
       {"@net -net.core.somaxconn", "@net - net.core.somaxconn", "@net !net.core.somaxconn",
        "@net except net.core.somaxconn", "@net and not net.core.somaxconn"}) {
    INFO(written);
    CHECK(hint(written) == deny);
  }
  CHECK(hint("@net except net/core") ==
        "what is to be left out stands in io.sysctl-guard.deny: net/core/* there");
  CHECK(hint("@net -@ipc") == "what is to be left out stands in io.sysctl-guard.deny: @ipc there");
  CHECK(hint("@net -@ipc", sg::policy::RuleKind::kDeny) ==
        "this list names what is denied, and nothing that is left out of that");
  const std::string two = "put a semicolon or a comma between two rules: @net, @ipc";
  for (const char* written :
       {"@net|@ipc", "@net @ipc", "@net & @ipc", "@net+@ipc", "@net and @ipc"}) {
    INFO(written);
    CHECK(hint(written) == two);
  }
  CHECK(hint("@kubernetes-safe @ipc") ==
        "put a semicolon or a comma between two rules: @kubernetes-safe, @ipc");
  CHECK(hint("@net.ipv4") == "without \"@\" it is a name: net.ipv4.*");
  CHECK(hint("@net/ipv4") == "without \"@\" it is a name: net/ipv4/*");
  for (const char* written : {"@nett", "@network", "@x.ipv4", "@net.ipv4.*", "@net what"}) {
    INFO(written);
    CHECK(hint(written).empty());
  }
}

TEST_CASE("Foreign rules: the words behind which stands what is not permitted") {
  CHECK(sg::policy::is_negation("except"));
  CHECK(sg::policy::is_negation("NOT"));
  CHECK_FALSE(sg::policy::is_negation("and"));
}
