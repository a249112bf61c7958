// SPDX-License-Identifier: Apache-2.0
// dangerous_grants_test.cpp - which node policies are warned of, and that values and denials count.
#include "compile/dangerous_grants.h"

#include <string>
#include <vector>

#include "policy/node_policy.h"
#include "support/catch.h"
#include "sysctl/dangers.h"
#include "sysctl/sysctl_name.h"

using namespace sg;

namespace {

// Of a node policy with these members of its limit.
std::vector<Finding> findings_of(const std::string& limit) {
  const std::string text = R"({"version": 1, "limit": {)" + limit + "}}";
  Diagnostics findings;
  const policy::NodePolicy node =
      policy::parse_node_policy(text, "/etc/p.json", {.net = true}, findings);
  REQUIRE(findings.findings().empty());
  compile::warn_dangerous_grants(node.limit, compile::Dangers::kGrouped, findings);
  CHECK_FALSE(findings.has_errors());
  return findings.findings();
}

std::vector<Finding> for_host(const std::string& rule) {
  return findings_of(R"("host": [)" + rule + "]");
}

}  // namespace

TEST_CASE("Dangerous grants: values decide") {
  struct Case {
    const char* why;
    std::string rule;     // of limit.host, a JSON string
    std::string message;  // the beginning of the only warning's; empty: none
  };
  const Case cases[] = {
      {"a bare rule", R"("kernel.core_pattern")",
       "permits kernel.core_pattern=|, which gives the host away: when a program crashes"},
      {"any printable value", R"("kernel.core_pattern=*")",
       "permits kernel.core_pattern=|, which gives the host away"},
      {"one value without a pipe", R"("kernel.core_pattern=core")", ""},
      {"several", R"("kernel.core_pattern=core|core.%p|/var/crash/core.%e")", ""},
      {"what begins so", R"("kernel.core_pattern=core*")", ""},
      {"one value with a pipe", R"("kernel.core_pattern=\"|/usr/lib/dump %p\"")",
       "permits kernel.core_pattern=|/usr/lib/dump %p, which gives the host away"},
      {"a pipe among others", R"("kernel.core_pattern=core|\"|/tmp/x\"")",
       "permits kernel.core_pattern=|/tmp/x, which gives the host away"},
      {"what begins with a pipe", R"("kernel.core_pattern=\"|/usr\"*")",
       "permits kernel.core_pattern=|/usr, which gives the host away"},
      {"a socket", R"("kernel.core_pattern=\"@/run/x\"")",
       "permits kernel.core_pattern=@/run/x, which weakens the host: the memory of every program"},
      {"a number only", R"("kernel.core_pattern=0..9")", ""},
      {"with slashes", R"("/proc/sys/kernel/core_pattern")",
       "permits kernel.core_pattern=|, which gives the host away"},
      {"by a pattern", R"("kernel.core_p*n")",
       "permits kernel.core_pattern=|, which gives the host away"},
      {"the program that is there", R"("kernel.modprobe=/sbin/modprobe")", ""},
      {"another program", R"("kernel.modprobe=/sbin/modprobe|/tmp/x")",
       "permits kernel.modprobe=/tmp/x, which gives the host away: the kernel runs it as root"},
      {"hotplug", R"("kernel.hotplug")", "permits kernel.hotplug=0, which gives the host away"},
      {"helpers", R"("kernel.usermodehelper.bset")",
       "permits kernel.usermodehelper.bset=0, which weakens the host: it takes capabilities"},
      {"strict writes off", R"("kernel.sysctl_writes_strict=0")",
       "permits kernel.sysctl_writes_strict=0, which weakens the host"},
      {"strict writes at their lowest", R"("kernel.sysctl_writes_strict=-1..1")",
       "permits kernel.sysctl_writes_strict=0, which weakens the host"},
      {"strict writes on", R"("kernel.sysctl_writes_strict=1")", ""},
      {"what is there already",
       R"("kernel.sysctl_writes_strict=@current", "kernel.panic=@current")", ""},
      {"a larger number than is there", R"("kernel.panic_on_oops=@current..1")",
       "permits kernel.panic_on_oops=1 where the sysctl holds 0, which can bring the host down"},
      {"what is there, or one number", R"("kernel.panic_on_oops=@current|1")",
       "permits kernel.panic_on_oops=1, which can bring the host down"},
      {"a larger number, where smaller ones do harm",
       R"("fs.file-max=@current..", "kernel.pid_max=@current..", "kernel.threads-max=@current",
          "kernel.perf_event_paranoid=@current..", "vm.mmap_min_addr=@current..65536",
          "kernel.yama.ptrace_scope=@current..", "kernel.randomize_va_space=@current..")",
       ""},
      {"a larger number up to what does none", R"("vm.min_free_kbytes=@current..1048576")", ""},
      {"a larger number without end", R"("vm.min_free_kbytes=@current..")",
       "permits vm.min_free_kbytes=1048577 where the sysctl holds 1048576, which can bring"},
      {"a larger number out of a gap", R"("kernel.oops_limit=@current..")",
       "permits kernel.oops_limit=1 where the sysctl holds 0, which can bring the host down"},
      {"what is there, or what was less", R"("fs.file-max=@current..|100")",
       "permits fs.file-max=100, which can bring the host down"},
      {"a larger number where none is",
       R"("kernel.mod*=@current..", "kernel.usermode*=@current..")",
       "permits kernel.modules_disabled=1 where the sysctl holds 0, which can bring"},
      {"stricter only", R"("kernel.yama.ptrace_scope=1..3", "kernel.kptr_restrict=1|2",
                           "kernel.perf_event_paranoid=2..4", "fs.suid_dumpable=0",
                           "kernel.randomize_va_space=2", "vm.mmap_min_addr=65536..",
                           "fs.protected_regular=2")",
       ""},
      {"less strict", R"("kernel.yama.ptrace_scope=0..3")",
       "permits kernel.yama.ptrace_scope=0, which weakens the host"},
      {"a panic", R"("kernel.panic_on_oops=1")",
       "permits kernel.panic_on_oops=1, which can bring the host down"},
      {"no panic", R"("kernel.panic_on_oops=0")", ""},
      {"what acts after a panic", R"("kernel.panic=10")",
       "permits kernel.panic=10, which can bring the host down: after a panic the host then "
       "reboots"},
      {"what kexec_load_disabled is anyway", R"("kernel.kexec_load_disabled=0")", ""},
      {"no kexec", R"("kernel.kexec_load_disabled")",
       "permits kernel.kexec_load_disabled=1, which"},
      {"few mappings", R"("vm.max_map_count=0..65530")",
       "permits vm.max_map_count=0, which can bring the host down: programs of the host that need"},
      {"as many as there are by itself", R"("vm.max_map_count=65530..", "fs.nr_open=1048576..",
          "fs.inotify.max_user_watches=8192..", "fs.aio-max-nr=65536..", "kernel.pty.max=4096..",
          "fs.epoll.max_user_watches=65536..", "net.netfilter.nf_conntrack_max=65536..|0",
          "net.ipv4.tcp_mem=0 0 4096..", "fs.inotify.max_user_instances=128..", "fs.mount-max=100000..", "vm.nr_hugepages=0..512")",
       ""},
      {"few files", R"("fs.nr_open=64")", "permits fs.nr_open=64, which can bring"},
      {"few watches", R"("fs.inotify.max_user_watches=1")",
       "permits fs.inotify.max_user_watches=1,"},
      {"few watches of epoll", R"("fs.epoll.*=0")",
       "permits fs.epoll.max_user_watches=0, which can bring the host down: programs of the host"},
      {"few connections", R"("net.netfilter.nf_conntrack_max=1")",
       "permits net.netfilter.nf_conntrack_max=1, which can bring the host down: the host then"},
      {"few connections by the other name", R"("net.nf_conntrack_max=@current..")",
       "permits net.nf_conntrack_max=1 where the sysctl holds 0, which can bring the host down"},
      {"little memory for TCP", R"("net.ipv4.tcp_mem=8192 8192 1..")",
       "permits net.ipv4.tcp_mem=8192 8192 1, which can bring the host down: the TCP"},
      {"few requests", R"("fs.aio-max-nr=1")", "permits fs.aio-max-nr=1, which can bring"},
      {"few terminals", R"("kernel.pty.max=1")", "permits kernel.pty.max=1, which can bring"},
      {"much memory", R"("vm.nr_hugepages")", "permits vm.nr_hugepages=513, which can bring"},
      {"a range with a floor", R"("kernel.pid_max=32768..4194304")", ""},
      {"a range without one", R"("kernel.pid_max=1..4194304")",
       "permits kernel.pid_max=301, which can bring the host down"},
      {"texts where numbers are taken",
       R"("fs.file-max=2M", "fs.file-max=\"x\"*", "kernel.panic=no", "kernel.sysrq=\"08\"|\"x 1\"", "kernel.panic=0g*",
          "kernel.usermodehelper.bset=yes", "kernel.panic_on_oops=true")",
       ""},
      {"numbers that the sysctl does not hold",
       R"("fs.file-max=-1", "kernel.oops_limit=-5", "kernel.panic=\"99999999999\"",
          "kernel.panic=\"99999999999999999999999\"")",
       ""},
      {"numbers that every kernel refuses",
       R"("kernel.pid_max=1..300", "kernel.dmesg_restrict=-1", "vm.overcommit_memory=3..")", ""},
      {"a text that is the number", R"("fs.file-max=\"1\"")",
       "permits fs.file-max=1, which can bring the host down"},
      {"a text that the kernel reads as the number", R"("kernel.panic=0x10")",
       "permits kernel.panic=16, which can bring the host down"},
      {"an octal one", R"("fs.file-max=\"010\"")",
       "permits fs.file-max=8, which can bring the host down"},
      {"what the number begins with", R"("kernel.panic=1*")",
       "permits kernel.panic=1, which can bring the host down"},
      {"what a hexadecimal number begins with", R"("kernel.panic=\"0x\"*")",
       "permits kernel.panic="},
      {"what an octal one begins with", R"("kernel.panic=0*")", "permits kernel.panic="},
      {"a number with something behind it, which the kernel leaves out",
       R"("kernel.panic=\"10 x\"")", "permits kernel.panic=10, which can bring the host down"},
      {"the same of what begins so", R"("kernel.panic=\"10 \"*")",
       "permits kernel.panic=10, which can bring the host down"},
      {"several numbers, of which the kernel reads the first", R"("kernel.panic=7 0")",
       "permits kernel.panic=7, which can bring the host down"},
      {"the first of them does no harm", R"("kernel.panic=0 7|\"0 7\"")", ""},
      {"a harmless number beside a text", R"("fs.file-max=9000|2M")", ""},
      {"numbers of a vector as text", R"("kernel.usermodehelper.bset=\"1 2\"")",
       "permits kernel.usermodehelper.bset=1 2, which weakens the host"},
      {"a database's", R"("vm.max_map_count=262144..1048576")", ""},
      {"what is none of it, bare", R"("vm.swappiness", "fs.pipe-*", "kernel.hostname")", ""},
      {"another name that begins so", R"("kernel.core_pattern_x", "kernel.core_uses_pid")", ""},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const std::vector<Finding> findings = for_host(c.rule);
    REQUIRE(findings.size() == (c.message.empty() ? 0 : 1));
    if (!findings.empty()) {
      CHECK(findings[0].severity == Severity::kWarning);
      CHECK(findings[0].source == "node policy /etc/p.json");
      CHECK(findings[0].pointer == "/limit/host/0");
      CHECK(findings[0].message.starts_with(c.message));
      CHECK(findings[0].hint.starts_with("take it out of limit.host"));
    }
  }
}

TEST_CASE("Dangerous grants: only limit.host without limit.deny grants what is the host's") {
  CHECK(findings_of("").empty());
  CHECK(findings_of(R"("allow": ["kernel.core_pattern", "kernel.*", "@namespaced"])").empty());
  CHECK(findings_of(R"("host": ["kernel.core_pattern"], "deny": ["kernel.core_*"])").empty());
  CHECK(findings_of(R"("host": ["kernel.core_pattern"], "deny": ["kernel.modprobe"])").size() == 1);
  const std::vector<Finding> findings =
      findings_of(R"("host": ["vm.swappiness", "fs.suid_dumpable", "kernel.modprobe"])");
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].pointer == "/limit/host/2");  // what gives the host away comes first
  CHECK(findings[1].pointer == "/limit/host/1");
  CHECK(findings[1].hint ==
        "take it out of limit.host, or permit no more than fs.suid_dumpable=@current");
}

TEST_CASE("Dangerous grants: what is proposed lowers nothing that was raised, and does no harm") {
  struct Case {
    const char* rule;  // of limit.host
    const char* grant;
  };
  const Case cases[] = {
      {"fs.file-max", "fs.file-max=@current.."},
      {"kernel.*_max", "kernel.pid_max=@current.."},
      {"vm.min_free_kbytes=@current..", "vm.min_free_kbytes=@current..1048576"},
      {"vm.overcommit_memory", "vm.overcommit_memory=@current..1"},
      {"kernel.yama.ptrace_scope", "kernel.yama.ptrace_scope=@current.."},
      {"kernel.panic=10", "kernel.panic=@current"},
      {"kernel.oops_limit", "kernel.oops_limit=@current"},
      {"kernel.core_pattern", "kernel.core_pattern=/*"},
      {"vm.max_map_count=1", "vm.max_map_count=@current.."},
      {"vm.nr_hugepages", "vm.nr_hugepages=@current..512"},
      {"fs.epoll.max_user_watches", "fs.epoll.max_user_watches=@current.."},
      {"net.nf_conntrack_max", "net.nf_conntrack_max=@current"},
      {"net.ipv4.tcp_mem", ""},
      {"kernel.hotplug", ""},
  };
  for (const Case& c : cases) {
    INFO(c.rule);
    const std::vector<Finding> findings = for_host("\"" + std::string(c.rule) + "\"");
    REQUIRE(findings.size() == 1);
    const std::string grant(c.grant);
    CHECK(findings[0].hint ==
          "take it out of limit.host" + (grant.empty() ? "" : ", or permit no more than " + grant));
    CHECK((grant.empty() || for_host("\"" + grant + "\"").empty()));
  }
}

// Each list is within what a limit may need, both together are not.
TEST_CASE("Dangerous grants: a long limit.deny beside a long limit.host hides no warning") {
  const auto many = [](const char* first, const char* name) {
    std::string list = first;
    for (int i = 1000; i < 2500; ++i) {
      list += std::string(list.empty() ? "" : ",") + "\"kernel.panic_" + std::string(32, *name) +
              std::to_string(i) + "\"";
    }
    return list;
  };
  const std::vector<Finding> findings =
      findings_of(R"("host": [)" + many(R"("kernel.core_pattern")", "a") + R"(], "deny": [)" +
                  many("", "b") + "]");
  REQUIRE_FALSE(findings.empty());
  CHECK(
      findings[0].message.starts_with("permits kernel.core_pattern=|, which gives the host away"));
}

TEST_CASE("Dangerous grants: a wide list has a bounded number of warnings, grouped by their harm") {
  for (const char* host : {R"("*")", R"("kernel.*", "vm.*", "fs.*", "net.*", "dev.*")"}) {
    INFO(host);
    const std::vector<Finding> findings = for_host(host);
    std::size_t gives_away = 0;
    for (const sysctl::Danger& danger : sysctl::dangers()) {
      gives_away += danger.harm == sysctl::Harm::kGivesAway ? 1 : 0;
    }
    REQUIRE(findings.size() == gives_away + 2);
    CHECK(findings[0].message.starts_with(
        "permits kernel.core_pattern=|, which gives the host away"));
    const std::string& weakens = findings[gives_away].message;
    CHECK(weakens.starts_with(
        "permits kernel.usermodehelper.bset, kernel.usermodehelper.inheritable, "));
    CHECK(weakens.find(" more, each of which weakens the host with some value") !=
          std::string::npos);
    CHECK(findings.back().message.find("each of which can bring the host down") !=
          std::string::npos);
    for (const Finding& finding : findings) {
      CHECK(finding.message.size() < 400);  // what a line of the log has room for
    }
  }
}

TEST_CASE("Dangerous grants: a few of a kind have a line each, one more makes a group") {
  CHECK(
      for_host(R"("fs.protected_fifos", "fs.protected_regular", "kernel.kptr_restrict")").size() ==
      3);
  const std::vector<Finding> findings = for_host(
      R"("fs.protected_fifos", "fs.protected_regular", "kernel.kptr_restrict",
         "kernel.dmesg_restrict")");
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].message ==
        "permits kernel.kptr_restrict, kernel.dmesg_restrict, fs.protected_fifos, "
        "fs.protected_regular, "
        "each of which weakens the host with some value");
}

TEST_CASE(
    "Dangerous grants: every row of the table is found by its own name, and its harmless values "
    "are not") {
  for (const sysctl::Danger& danger : sysctl::dangers()) {
    INFO(danger.name);
    const std::string name = sysctl::to_dot_form(danger.name);
    CHECK(for_host("\"" + name + "\"").size() == 1);
    if (!danger.harmless.empty()) {
      CHECK(for_host("\"" + name + "=" + std::string(danger.harmless) + "\"").empty());
    }
  }
}

TEST_CASE("Dangerous grants: asked for each, every dangerous name that is covered is named") {
  const std::string text = R"({"version": 1, "limit": {"host": ["kernel.*", "fs.*"]}})";
  Diagnostics findings;
  const policy::NodePolicy node =
      policy::parse_node_policy(text, "/etc/p.json", {.net = true}, findings);
  compile::warn_dangerous_grants(node.limit, compile::Dangers::kEach, findings);
  std::string all;
  for (const Finding& finding : findings.findings()) {
    all += finding.message + "\n";
  }
  for (const char* name :
       {"kernel.core_pattern=", "kernel.modprobe=", "kernel.hotplug=", "kernel.poweroff_cmd=",
        "kernel.usermodehelper.",
        "kernel.sysctl_writes_strict=", "kernel.kexec_load_disabled=", "kernel.modules_disabled=",
        "kernel.sysrq=", "fs.suid_dumpable=", "fs.protected_symlinks=", "fs.file-max="}) {
    INFO(name);
    CHECK(all.find("permits " + std::string(name)) != std::string::npos);
  }
}
