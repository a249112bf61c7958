// SPDX-License-Identifier: Apache-2.0
// decide_accesses_test.cpp - lines of a file, globs among them, and positions, into verdicts.
#include "cli/check/decide_accesses.h"

#include <fstream>
#include <string>

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
