// SPDX-License-Identifier: Apache-2.0
// decide_accesses_test.cpp - lines of a file, globs among them, positions, and what sysctls hold, into
// verdicts.
#include "cli/check/decide_accesses.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "policy/policy.h"
#include "request/own_namespaces.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using sg::cli::add_lines_of;
using sg::cli::check_exit_code;
using sg::cli::CheckInput;
using sg::cli::CheckReport;
using sg::policy::Verdict;

namespace {

CheckInput input_of(const std::string& allow, const std::string& deny = "") {
  CheckInput input{.origin = {.annotations = {{"io.sysctl-guard.allow", allow}},
                              .private_namespaces = sg::request::kEngineNamespaces},
                   .node_policy = {.is_defaults = true}};
  if (!deny.empty()) {
    input.origin.annotations["io.sysctl-guard.deny"] = deny;
  }
  return input;
}

CheckReport report_of(CheckInput input, const std::string& lines) {
  const sg::test::TempDir dir;
  const std::string path = dir.path() + "/sysctl.conf";
  std::ofstream(path) << lines;
  REQUIRE(add_lines_of(path, input));
  return run_check(input);
}

}  // namespace

TEST_CASE("Decide accesses: each line of a file is a write") {
  const CheckReport report =
      report_of(input_of("net.ipv4.ip_forward=0|1; kernel.domainname=a*; kernel.hostname"),
                "# nothing\nnet.ipv4.ip_forward = 1\n-net.ipv4.ip_forward = 2\n"
                "kernel.domainname = ab\nkernel.hostname =\n");
  REQUIRE(report.accesses.size() == 4);
  CHECK(report.accesses[0].verdict == Verdict::kAllow);
  CHECK(report.accesses[0].rule == "net.ipv4.ip_forward=0|1");
  CHECK(report.accesses[1].verdict == Verdict::kDeny);
  CHECK(report.accesses[2].verdict == Verdict::kAllow);
  CHECK(report.accesses[3].verdict == Verdict::kAllow);
  CHECK(report.findings.empty());
  CHECK(check_exit_code(report) == sg::cli::kExitFailed);
}

TEST_CASE("Decide accesses: a glob is denied with an example, at its line") {
  const std::string lines = "net.ipv4.ip_forward = 1\nnet.ipv4.conf.*.rp_filter = 2\n";
  const CheckInput input =
      input_of("net.ipv4.conf.*.rp_filter=2; net.ipv4.ip_forward=1",
               "net.ipv4.conf.mgmt0.*; net.ipv4.conf.all.*; net.ipv4.conf.default.*");
  const CheckReport denied = report_of(input, lines);
  REQUIRE(denied.accesses.size() == 2);
  CHECK(denied.accesses[1].verdict == Verdict::kDeny);
  CHECK(denied.accesses[1].access.name == "net/ipv4/conf/*/rp_filter");
  CHECK(denied.accesses[1].rule.starts_with("net.ipv4.conf."));
  bool is_named = false;
  for (const sg::Finding& finding : denied.findings) {
    is_named = is_named || (finding.line == 2 && finding.column == 1 &&
                            finding.severity == sg::Severity::kWarning &&
                            finding.message.find(", which is denied") != std::string::npos);
  }
  CHECK(is_named);
  const CheckReport allowed =
      report_of(input, lines +
                           "-net.ipv4.conf.mgmt0.rp_filter\n-net.ipv4.conf.all.rp_filter\n"
                           "-net.ipv4.conf.default.rp_filter\n");
  REQUIRE(allowed.accesses.size() == 2);
  CHECK(allowed.accesses[1].verdict == Verdict::kAllow);
  CHECK(allowed.accesses[1].rule == "net.ipv4.conf.*.rp_filter=2");
  CHECK(check_exit_code(allowed) == sg::cli::kExitDone);
}

TEST_CASE("Decide accesses: a write elsewhere than at 0 needs a rule without values") {
  CheckInput input = input_of("net.ipv4.ip_forward=1; kernel.hostname");
  input.accesses = {{.write = true, .name = "net/ipv4/ip_forward", .value = "1"},
                    {.write = true, .name = "kernel/hostname", .value = "a"}};
  CHECK(check_exit_code(run_check(input)) == sg::cli::kExitDone);
  for (const std::uint64_t position : {1u, 4096u}) {
    input.position = position;
    const CheckReport report = run_check(input);
    CHECK(report.accesses.at(0).verdict == Verdict::kDeny);
    CHECK(report.accesses.at(1).verdict == Verdict::kAllow);
  }
  input.position = std::uint64_t{1} << 32;  // the guard sees the lower half
  CHECK(check_exit_code(run_check(input)) == sg::cli::kExitDone);
}

namespace {

// A node that permits a container to raise one number of the host up to 1048576.
class RaisingNode {
 public:
  RaisingNode() {
    std::ofstream(policy()) << R"({"version": 1, "limit": {"host": [
        "vm.max_map_count=@current..1048576"]}})";
    std::filesystem::create_directories(dir_.path() + "/sys/vm");
  }

  void put(const std::string& text) const {
    std::ofstream(dir_.path() + "/sys/vm/max_map_count") << text;
  }

  [[nodiscard]] CheckInput input(const std::vector<std::string>& values) const {
    CheckInput input = input_of("vm.max_map_count=@current..1048576; net.ipv4.*=@current");
    input.node_policy = sg::request::chosen_node_policy(policy());
    input.kernel_here.emplace(dir_.path() + "/sys");
    for (const std::string& value : values) {
      input.accesses.push_back({.write = true, .name = "vm/max_map_count", .value = value});
    }
    return input;
  }

 private:
  [[nodiscard]] std::string policy() const { return dir_.path() + "/policy.json"; }

  sg::test::TempDir dir_;
};

}  // namespace

TEST_CASE("Decide accesses: what was raised for another can be raised, and never lowered") {
  const RaisingNode node;
  node.put("1048576\n");
  const CheckReport report = run_check(node.input({"262144", "1048576", "1048577"}));
  REQUIRE(report.accesses.size() == 3);
  const Verdict verdicts[] = {Verdict::kDeny, Verdict::kAllow, Verdict::kDeny};
  for (std::size_t i = 0; i < 3; ++i) {
    INFO(i);
    CHECK(report.accesses[i].verdict == verdicts[i]);
  }
  CHECK(report.accesses[0].needs_current);
  CHECK(report.accesses[0].current == "1048576");
  CHECK(report.accesses[1].current == "1048576");
  CHECK(report.accesses[1].rule == "vm.max_map_count=@current..1048576");
  CHECK_FALSE(report.accesses[2].needs_current);  // beyond it, whatever is there
  CHECK_FALSE(report.accesses[2].current);
  CHECK(report.findings.empty());
  node.put("65530\n");
  CHECK(run_check(node.input({"262144"})).accesses.at(0).verdict == Verdict::kAllow);
}

TEST_CASE("Decide accesses: lines of a file are asked with what is there too") {
  const RaisingNode node;
  node.put("65530\n");
  CheckInput input = node.input({});
  input.current = {{"vm/max_map_count", "300000"}};
  const CheckReport report =
      report_of(input, "vm.max_map_count = 262144\nvm.max_map_count = 300000\n");
  REQUIRE(report.accesses.size() == 2);
  CHECK(report.accesses[0].verdict == Verdict::kDeny);
  CHECK(report.accesses[1].verdict == Verdict::kAllow);
  CHECK(report.accesses[1].current == "300000");
}

TEST_CASE("Decide accesses: what is there and not known permits nothing, and is a warning") {
  const RaisingNode node;
  CheckInput input = node.input({"262144"});
  input.accesses.push_back({.write = true, .name = "net/ipv4/ip_forward", .value = "1"});
  const CheckReport report = run_check(input);
  REQUIRE(report.accesses.size() == 2);
  REQUIRE(report.findings.size() == 2);
  const char* const why[] = {"it cannot be read below /proc/sys",
                             "the container's own net namespace, and the host's is another"};
  const char* const hints[] = {"--current vm.max_map_count=VALUE",
                               "--current net.ipv4.ip_forward=VALUE"};
  for (std::size_t i = 0; i < 2; ++i) {
    INFO(i);
    CHECK(report.accesses[i].verdict == Verdict::kDeny);
    CHECK(report.accesses[i].needs_current);
    CHECK_FALSE(report.accesses[i].current);
    CHECK(report.findings[i].severity == sg::Severity::kWarning);
    CHECK(report.findings[i].source == "access");
    CHECK_THAT(report.findings[i].message, Catch::Contains(why[i]));
    CHECK_THAT(report.findings[i].hint, Catch::Contains(hints[i]));
  }
  CHECK(report.findings[1].text == "net/ipv4/ip_forward=1");
  input.current = {{"vm/max_map_count", "262144"}, {"net/ipv4/ip_forward", "1"}};
  const CheckReport known = run_check(input);
  CHECK(known.findings.empty());
  CHECK(check_exit_code(known) == sg::cli::kExitDone);
}

TEST_CASE("Decide accesses: a line whose verdict is not known is named at its place") {
  const RaisingNode node;
  const CheckReport report = report_of(node.input({}), "# raised\nvm.max_map_count = 262144\n");
  REQUIRE(report.findings.size() == 1);
  CHECK(report.findings[0].line == 2);
  CHECK(report.findings[0].text == "vm.max_map_count = 262144");
}

TEST_CASE("Decide accesses: elsewhere than at 0 no number that is there permits a write") {
  const RaisingNode node;
  node.put("65530\n");
  CheckInput input = node.input({"65530"});
  input.position = 1;
  CHECK(run_check(input).accesses.at(0).verdict == Verdict::kDeny);
}

TEST_CASE("Decide accesses: a value that the kernel refuses is a warning, and no other verdict") {
  CheckInput input = input_of("net.ipv4.*");
  input.accesses = {{.write = true, .name = "net/ipv4/ip_forward", .value = "true"},
                    {.write = true, .name = "net/ipv4/ip_forward", .value = "1"},
                    {.write = false, .name = "net/ipv4/ip_forward", .value = ""}};
  const CheckReport report = run_check(input);
  REQUIRE(report.findings.size() == 1);
  CHECK(report.findings[0].severity == sg::Severity::kWarning);
  CHECK(report.findings[0].source == "access");
  CHECK(report.findings[0].text == "net.ipv4.ip_forward=true");
  CHECK(report.findings[0].message ==
        "\"true\" is no number, and the kernel takes nothing else here");
  CHECK(report.findings[0].hint == "write 1");
  CHECK(check_exit_code(report) == sg::cli::kExitDone);
  const CheckReport lines = report_of(
      input_of("net.ipv4.*"),
      "net.ipv4.ip_forward = 1\nnet.ipv4.tcp_syncookies = 256\nnet.ipv4.conf.*.rp_filter = on\n");
  REQUIRE(lines.findings.size() == 2);
  CHECK(lines.findings[0].line == 2);
  CHECK(lines.findings[0].text == "net.ipv4.tcp_syncookies = 256");
  CHECK(lines.findings[1].line == 3);
  CHECK(check_exit_code(lines) == sg::cli::kExitDone);
}

TEST_CASE("Decide accesses: what a namespace of its own lets nobody write is a warning") {
  CheckInput input = input_of("net.*");
  input.accesses = {{.write = true, .name = "net/core/rmem_max", .value = "1"},
                    {.write = true, .name = "net/core/default_qdisc", .value = "fq"},
                    {.write = false, .name = "net/core/rmem_max", .value = ""},
                    {.write = true, .name = "net/core/somaxconn", .value = "1"}};
  const CheckReport report = run_check(input);
  REQUIRE(report.findings.size() == 2);
  CHECK(report.findings[0].severity == sg::Severity::kWarning);
  CHECK(report.findings[0].text == "net.core.rmem_max=1");
  CHECK(report.findings[0].message ==
        "net.core.rmem_max is read-only in a net namespace of its own, which the container has: "
        "whatever the verdict, it cannot be written there");
  CHECK(report.findings[0].hint == "set it on the host");
  CHECK_THAT(report.findings[1].message, Catch::Contains("default_qdisc does not exist in a net"));
  CHECK(check_exit_code(report) == sg::cli::kExitDone);
  const CheckReport lines = report_of(input_of("net.*"), "\nnet.core.rmem_max = 1\n");
  REQUIRE(lines.findings.size() == 1);
  CHECK(lines.findings[0].line == 2);
  input.origin.private_namespaces = {};  // the host's, which the limit judges
  input.origin.annotations.clear();
  CHECK(run_check(input).findings.empty());
}
