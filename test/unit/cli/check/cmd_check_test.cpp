// SPDX-License-Identifier: Apache-2.0
// cmd_check_test.cpp - what `check` answers: from annotations and linux.sysctl to verdicts.
#include "cli/check/cmd_check.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <unistd.h>

#include "policy/policy.h"
#include "programs/exit_code.h"
#include "request/own_namespaces.h"
#include "support/catch.h"

namespace {

using sg::Severity;
using sg::cli::AccessVerdict;
using sg::cli::check_exit_code;
using sg::cli::CheckInput;
using sg::cli::CheckOptions;
using sg::cli::CheckReport;
using sg::cli::cmd_check;
using sg::cli::Outcome;
using sg::cli::read_check_input;
using sg::cli::RequestedAccess;
using sg::cli::run_check;
using sg::policy::Verdict;
using sg::request::kEngineNamespaces;
using sg::sysctl::NamespaceSet;

constexpr const char* kAllow = "io.sysctl-guard.allow";
constexpr const char* kDeny = "io.sysctl-guard.deny";
constexpr const char* kDenyRead = "io.sysctl-guard.deny-read";

RequestedAccess read_of(const std::string& name) {
  return RequestedAccess{.write = false, .name = name, .value = ""};
}

RequestedAccess write_of(const std::string& name, const std::string& value) {
  return RequestedAccess{.write = true, .name = name, .value = value};
}

CheckInput input_of(const std::map<std::string, std::string>& annotations,
                    const std::vector<RequestedAccess>& accesses) {
  return CheckInput{.origin = {.annotations = annotations, .private_namespaces = kEngineNamespaces},
                    .node_policy = {.is_defaults = true},
                    .accesses = accesses};
}

// A directory with a config.json, removed at the end.
class Bundle {
 public:
  explicit Bundle(const std::string& config) {
    std::string name = "/tmp/sg-check-test-XXXXXX";
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
    std::ofstream(path_ + "/config.json") << config;
  }
  Bundle(const Bundle&) = delete;
  Bundle& operator=(const Bundle&) = delete;
  ~Bundle() {
    (void)::unlink((path_ + "/config.json").c_str());
    (void)::rmdir(path_.c_str());
  }

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace

TEST_CASE("Check: each verdict names the rule that decided it, as the user wrote it") {
  struct Case {
    const char* why;
    RequestedAccess access;
    bool allow;
    std::string rule;
    std::string source;
  };
  const std::string allow_source = std::string("annotation ") + kAllow;
  const std::string deny_source = std::string("annotation ") + kDeny;
  const Case cases[] = {
      {"a permitted value", write_of("net/ipv4/ip_forward", "1"), true, "net.ipv4.ip_forward=0|1",
       allow_source},
      {"the value that echo writes", write_of("net/ipv4/ip_forward", "1\n"), true,
       "net.ipv4.ip_forward=0|1", allow_source},
      {"another value", write_of("net/ipv4/ip_forward", "2"), false, "", ""},
      {"an empty value", write_of("net/ipv4/ip_forward", ""), false, "", ""},
      {"a pattern", write_of("net/ipv4/conf/eth0.7/rp_filter", "1"), true,
       "net.ipv4.conf.*.rp_filter", allow_source},
      {"a pattern takes any value", write_of("net/ipv4/conf/a/rp_filter", "\xff"), true,
       "net.ipv4.conf.*.rp_filter", allow_source},
      {"a deny", write_of("net/core/somaxconn", "1"), false, "net.core.*", deny_source},
      {"a deny wins over an allow", write_of("net/ipv4/conf/all/rp_filter", "1"), false,
       "net.ipv4.conf.all.*", deny_source},
      {"nothing said", write_of("kernel/core_pattern", "|/x"), false, "", ""},
      {"a name that is not there", write_of("x", "1"), false, "", ""},
      {"a name too long for the guard", write_of("net/core/" + std::string(119, 'x'), "1"), false,
       "", ""},
      {"a read", read_of("net/core/somaxconn"), false, "net.core.*",
       std::string("annotation ") + kDenyRead},
      {"a read of another name: by a rule nobody wrote", read_of("kernel/x"), true, "", ""},
      {"the read that runc needs", read_of("kernel/cap_last_cap"), true, "", ""},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const CheckReport report =
        run_check(input_of({{kAllow, "net.ipv4.ip_forward=0|1, net.ipv4.conf.*.rp_filter"},
                            {kDeny, "net.core.*,net.ipv4.conf.all.*"},
                            {kDenyRead, "net.core.*, kernel.cap_last_cap"}},
                           {c.access}));
    REQUIRE(report.accesses.size() == 1);
    CHECK((report.accesses[0].verdict == Verdict::kAllow) == c.allow);
    CHECK(report.accesses[0].rule == c.rule);
    CHECK(report.accesses[0].source == c.source);
    CHECK(check_exit_code(report) == (c.allow ? sg::cli::kExitDone : sg::cli::kExitFailed));
  }
}

TEST_CASE("Check: linux.sysctl is allowed with its value, even against a deny") {
  CheckInput input = input_of({{kDeny, "net.*"}}, {write_of("net/ipv4/ping_group_range", "0 0"),
                                                   write_of("net/ipv4/ping_group_range", "0 1")});
  input.origin.sysctl = {{"net.ipv4.ping_group_range", "0 0"}};
  const CheckReport report = run_check(input);
  REQUIRE(report.accesses.size() == 2);
  CHECK(report.accesses[0].verdict == Verdict::kAllow);
  CHECK(report.accesses[0].source == "linux.sysctl");
  CHECK_FALSE(report.accesses[0].rule.empty());
  CHECK(report.accesses[1].verdict == Verdict::kDeny);
  CHECK(report.accesses[1].rule == "net.*");
  CHECK(check_exit_code(report) == sg::cli::kExitFailed);
}

TEST_CASE("Check: a pair that the guard could not recognise is an error") {
  struct Case {
    const char* why;
    std::string value;
    int exit_code;
  };
  const Case cases[] = {
      {"the longest value", std::string(sg::policy::kPairValueMax, 'x'), sg::cli::kExitDone},
      {"one byte more", std::string(sg::policy::kPairValueMax + 1, 'x'), sg::cli::kExitUsage},
      {"an empty one", "", sg::cli::kExitUsage},
      {"a zero byte", std::string("a\0b", 3), sg::cli::kExitUsage},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CheckInput input = input_of({}, {write_of("kernel/domainname", c.value)});
    input.origin.sysctl = {{"kernel.domainname", c.value}};
    const CheckReport report = run_check(input);
    CHECK(check_exit_code(report) == c.exit_code);
    if (c.exit_code == sg::cli::kExitUsage) {
      REQUIRE(report.findings.size() == 1);
      CHECK(report.findings[0].source == "linux.sysctl");
      CHECK(report.accesses.empty());
    }
  }
}

TEST_CASE("Check: an invalid policy has all its findings, and no verdicts") {
  struct Case {
    const char* why;
    std::map<std::string, std::string> annotations;
    std::size_t findings;
  };
  const Case cases[] = {
      {"a bad name", {{kAllow, "net..x"}}, 1},
      {"two bad names", {{kAllow, "net..x, net.ipv4.ip_forward, net..z"}}, 2},
      {"two annotations", {{kAllow, "net..x"}, {kDeny, "net.x=1"}}, 2},
      {"a key that is not known", {{"io.sysctl-guard.alow", "net.x"}}, 1},
      {"an unknown group", {{kAllow, "@nett"}}, 1},
      {"not a list", {{kAllow, "[1]"}}, 1},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const CheckReport report = run_check(input_of(c.annotations, {read_of("kernel/x")}));
    CHECK(report.findings.size() == c.findings);
    CHECK(report.accesses.empty());
    CHECK(check_exit_code(report) == sg::cli::kExitUsage);
  }
}

TEST_CASE("Check: a pair that is wrong does not hide what is wrong with annotations") {
  CheckInput input = input_of({{kAllow, "net..x"}}, {});
  input.origin.sysctl = {{"kernel.domainname", ""}};
  CHECK(run_check(input).findings.size() == 2);
}

TEST_CASE("Check: a warning is shown and changes no verdict") {
  const CheckReport report =
      run_check(input_of({{kAllow, "net.ipv4.*"}, {kDeny, "net.ipv4.ip_forward"}},
                         {write_of("net/ipv4/conf/all/forwarding", "1")}));
  REQUIRE(report.findings.size() == 1);
  CHECK(report.findings[0].severity == Severity::kWarning);
  REQUIRE(report.accesses.size() == 1);
  CHECK(report.accesses[0].verdict == Verdict::kAllow);
  CHECK(check_exit_code(report) == sg::cli::kExitDone);
}

TEST_CASE("Check: a key that is nearly ours is a mistake where it is written, else a warning") {
  const std::map<std::string, std::string> annotations = {{"sysctl-guard.io/allow", "net.a"}};
  for (const bool is_given : {true, false}) {
    CheckInput input = input_of(annotations, {read_of("kernel/hostname")});
    if (is_given) {
      input.given.insert("sysctl-guard.io/allow");
    }
    const CheckReport report = run_check(input);
    REQUIRE(report.findings.size() == 1);
    CHECK(report.findings[0].severity == (is_given ? Severity::kError : Severity::kWarning));
    CHECK(report.findings[0].hint == "write io.sysctl-guard.allow");
    CHECK(check_exit_code(report) == (is_given ? sg::cli::kExitUsage : sg::cli::kExitDone));
  }
}

TEST_CASE(
    "Check: a key for no container, or one that is not known, has no warning beside its error") {
  for (const char* const key : {"io.sysctl-guard.allow/", "io.sysctl-guard.alow/vpn"}) {
    INFO(key);
    const CheckReport report = run_check(input_of({{key, "net.core.somaxconn"}}, {}));
    REQUIRE(report.findings.size() == 1);
    CHECK(report.findings[0].severity == Severity::kError);
  }
  const CheckReport report =
      run_check(input_of({{"io.sysctl-guard.allow/vpn", "net.core.somaxconn"}}, {}));
  REQUIRE(report.findings.size() == 1);
  CHECK(report.findings[0].severity == Severity::kWarning);
  CHECK(report.findings[0].hint == "add --annotation io.kubernetes.container.name=vpn");
}

TEST_CASE("Check: a rule that only raises a number, where there is a larger one, grants nothing") {
  const struct {
    const char* rule;
    const char* held;
    Severity severity;
    const char* message;
  } cases[] = {
      {"vm.swappiness=@current..1", "60", Severity::kError,
       "permits vm.swappiness=0 where the sysctl holds 0, which is beyond the node's limit: grants "
       "nothing here: the sysctl holds 60, and the rule permits only to raise it"},
      {"net.core.somaxconn=@current..1024", "4096", Severity::kWarning,
       "grants nothing here: the sysctl holds 4096, and the rule permits only to raise it"},
  };
  for (const auto& c : cases) {
    INFO(c.rule);
    CheckInput input = input_of({{kAllow, c.rule}}, {});
    const std::string rule = c.rule;
    input.current.emplace(rule.starts_with("vm") ? "vm/swappiness" : "net/core/somaxconn", c.held);
    const CheckReport report = run_check(input);
    REQUIRE(report.findings.size() == 1);
    CHECK(report.findings[0].severity == c.severity);
    CHECK(report.findings[0].message == c.message);
  }
}

TEST_CASE("Check: a comma between values is no reason to widen the limit") {
  const CheckReport report =
      run_check(input_of({{kAllow, "net.ipv4.conf.all.rp_filter=0,1"}}, {read_of("kernel/x")}));
  REQUIRE(report.findings.size() == 1);
  CHECK(report.findings[0].severity == Severity::kError);
  CHECK(report.findings[0].hint.find("\"|\"") != std::string::npos);
  CHECK(report.findings[0].hint.find("limit.host") == std::string::npos);
}

TEST_CASE("Check: a policy without rules denies writes and allows reads") {
  const CheckReport report = run_check(input_of({}, {write_of("a", "1"), read_of("a")}));
  REQUIRE(report.accesses.size() == 2);
  CHECK(report.accesses[0].verdict == Verdict::kDeny);
  CHECK(report.accesses[1].verdict == Verdict::kAllow);
  CHECK(report.rule_count == 0);
}

TEST_CASE("Check: @namespaced follows the private namespaces") {
  struct Case {
    const char* why;
    NamespaceSet namespaces;
    bool net, user;
  };
  const Case cases[] = {
      {"those of engines", kEngineNamespaces, true, false},
      {"none", NamespaceSet{}, false, false},
      {"user alone", NamespaceSet{.net = false, .ipc = false, .uts = false, .user = true}, false,
       true},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CheckInput input =
        input_of({{kAllow, "@namespaced"}},
                 {write_of("net/core/somaxconn", "1"), write_of("user/max_ipc_namespaces", "1")});
    input.origin.private_namespaces = c.namespaces;
    const CheckReport report = run_check(input);
    REQUIRE(report.accesses.size() == 2);
    CHECK((report.accesses[0].verdict == Verdict::kAllow) == c.net);
    CHECK((report.accesses[1].verdict == Verdict::kAllow) == c.user);
  }
}

TEST_CASE("Check: what a PID namespace has is told by --kernel") {
  const struct {
    const char* kernel;
    const char* namespaces;
    const char* name;
    bool permitted;
  } cases[] = {
      {"6.18", "net,pid", "kernel/pid_max", true},
      {"6.14.0-rc1", "pid", "kernel/pid_max", true},
      {"6.13.7-arch1-1", "pid", "kernel/pid_max", false},
      {"6.18", "net", "kernel/pid_max", false},
      {"6.12.1", "pid", "vm/memfd_noexec", true},
      {"6.1.0-44-amd64", "pid", "vm/memfd_noexec", false},
  };
  for (const auto& c : cases) {
    INFO(c.kernel << " " << c.namespaces << " " << c.name);
    const sg::Result<CheckOptions> options = sg::cli::read_check_options(
        {.options = {{"--annotation", {std::string(kAllow) + "=" + c.name + "=1"}},
                     {"--private-ns", {c.namespaces}},
                     {"--policy", {"none"}},
                     {"--kernel", {c.kernel}}},
         .operands = {std::string(c.name) + "=1"}});
    REQUIRE(options);
    const sg::Result<CheckInput> input = read_check_input(*options);
    REQUIRE(input);
    const CheckReport report = run_check(*input);
    CHECK(check_exit_code(report) == (c.permitted ? sg::cli::kExitDone : sg::cli::kExitUsage));
  }
  for (const char* const release : {"", "6", "linux", "v6.18"}) {
    INFO(release);
    CHECK_FALSE(
        sg::cli::read_check_options({.options = {{"--kernel", {release}}}, .operands = {}}));
  }
}

TEST_CASE("Check: a rule beyond the limit that grants nothing is no reason to permit it") {
  const struct {
    const char* rule;
    const char* kernel;
    const char* message;
    const char* hint;
  } cases[] = {
      {"kernel.ostype=Linux", "6.18",
       "permits kernel.ostype=Linux, which is beyond the node's limit: nobody can write this "
       "sysctl: the rule grants nothing",
       "remove the rule"},
      {"vm.memfd_noexec=1", "6.2",
       "permits vm.memfd_noexec=1, which is beyond the node's limit: vm.memfd_noexec is not there "
       "in Linux 6.1, the last tested kernel before 6.2",
       "of the tested kernels it is in Linux 6.12 and later"},
  };
  for (const auto& c : cases) {
    INFO(c.rule);
    const sg::Result<CheckOptions> options = sg::cli::read_check_options(
        {.options = {{"--annotation", {std::string(kAllow) + "=" + c.rule}},
                     {"--private-ns", {"pid"}},
                     {"--policy", {"none"}},
                     {"--kernel", {c.kernel}}},
         .operands = {}});
    REQUIRE(options);
    const sg::Result<CheckInput> input = read_check_input(*options);
    REQUIRE(input);
    const CheckReport report = run_check(*input);
    REQUIRE(report.findings.size() == 1);
    CHECK(report.findings[0].severity == sg::Severity::kError);
    CHECK(report.findings[0].message == c.message);
    CHECK(report.findings[0].hint == c.hint);
  }
}

TEST_CASE("Check: what is unlikely is shown wherever it stands in the node policy, and once") {
  const Bundle bundle("{}");
  const std::string file = bundle.path() + "/policy.json";
  std::ofstream(file) << R"({
    "version": 1,
    "groups": { "one": ["net.ipv4.tcp_rmen", "net.ipv4.tcp_sack=on"], "outer": ["@one"] },
    "limit": { "allow": ["@one", "@outer", "@namespaced"], "deny": ["net.ipv4.tcp_rmen"] },
    "default": { "deny": ["net.ipv4.ip_foward"], "denyRead": ["net.ipv4.ip_foward"] },
    "profiles": { "used": { "allow": ["net.core.somaxcon=1"] },
                  "other": { "allow": ["net.core.somaxconn=1k"] } }
  })";
  CheckInput input = input_of({{"io.sysctl-guard.profile", "used"}}, {});
  input.node_policy = {.path = file, .writers = sg::host::Writers::kAnyone};
  const CheckReport report = run_check(input);
  (void)::unlink(file.c_str());
  std::map<std::string, int> pointers;
  for (const sg::Finding& finding : report.findings) {
    CHECK(finding.severity == Severity::kWarning);
    ++pointers[finding.pointer];
  }
  CHECK(pointers == std::map<std::string, int>{{"/default/deny/0", 1},
                                               {"/default/denyRead/0", 1},
                                               {"/groups/one/0", 1},
                                               {"/groups/one/1", 1},
                                               {"/limit/deny/0", 1},
                                               {"/profiles/other/allow/0", 1},
                                               {"/profiles/used/allow/0", 1}});
}

TEST_CASE("Check: a mistake hides no warning of what stands beside it") {
  const CheckReport report = run_check(input_of(
      {{"io.sysctl-guard.allow", "net..x, net.ipv4.ip_foward=1, net.ipv4.ip_forward=on"}}, {}));
  CHECK(check_exit_code(report) == sg::cli::kExitUsage);
  CHECK(std::ranges::count(report.findings, Severity::kError, &sg::Finding::severity) == 1);
  CHECK(std::ranges::count(report.findings, Severity::kWarning, &sg::Finding::severity) == 2);
}

TEST_CASE("Check: a key for a container of a pod, where nothing says which container this is") {
  const std::map<std::string, std::string> annotations = {
      {kAllow + std::string("/vpn"), "net.ipv4.ip_forward=1"}, {kAllow, "net.core.somaxconn"}};
  const CheckReport report = run_check(input_of(annotations, {}));
  REQUIRE(report.findings.size() == 1);
  CHECK(report.findings[0].severity == Severity::kWarning);
  CHECK(report.findings[0].text == kAllow + std::string("/vpn"));
  for (const char* name : {"vpn", "other"}) {
    std::map<std::string, std::string> named = annotations;
    named["io.kubernetes.cri.container-name"] = name;
    CHECK(run_check(input_of(named, {})).findings.empty());
  }
}

TEST_CASE("Check: for another node its kernel is asked, and not the running one") {
  const auto warnings = [](const char* release) {
    const auto options = sg::cli::read_check_options(
        {.options = {{"--kernel", {release}},
                     {"--policy", {"none"}},
                     {"--annotation", {"io.sysctl-guard.allow=net.ipv4.tcp_rto_max_ms=1000"}}},
         .operands = {}});
    REQUIRE(options);
    const auto input = sg::cli::read_check_input(*options);
    REQUIRE(input);
    CHECK(input->names_here.empty());
    return run_check(*input).findings.size();
  };
  CHECK(warnings("6.1.0-44-amd64") == 1);
  CHECK(warnings("6.19") == 0);
}

TEST_CASE("Check: the command line overrides the bundle") {
  const Bundle bundle(R"({
    "ociVersion": "1.0.2",
    "annotations": {"io.sysctl-guard.allow": "net.a", "io.sysctl-guard.deny": "net.b",
                    "other": "x"},
    "linux": {"sysctl": {"net.c": "1"}, "namespaces": [{"type": "network"}, {"type": "user"}]}})");
  CheckOptions options;
  options.bundle = bundle.path();
  options.annotations = {{kAllow, "net.z"}};
  options.accesses = {read_of("a")};
  sg::Result<CheckInput> input = read_check_input(options);
  REQUIRE(input);
  CHECK(input->origin.annotations ==
        std::map<std::string, std::string>{{kAllow, "net.z"}, {kDeny, "net.b"}, {"other", "x"}});
  CHECK(input->origin.sysctl == std::map<std::string, std::string>{{"net.c", "1"}});
  CHECK(input->origin.private_namespaces.net);
  CHECK(input->origin.private_namespaces.user);
  CHECK_FALSE(input->origin.private_namespaces.ipc);
  CHECK(input->accesses.size() == 1);

  options.private_namespaces = NamespaceSet{.net = false, .ipc = true, .uts = false, .user = false};
  input = read_check_input(options);
  REQUIRE(input);
  CHECK_FALSE(input->origin.private_namespaces.net);
  CHECK_FALSE(input->origin.private_namespaces.user);
  CHECK(input->origin.private_namespaces.ipc);
}

TEST_CASE("Check: without a bundle the namespaces are those that engines give") {
  const sg::Result<CheckInput> input = read_check_input(CheckOptions{});
  REQUIRE(input);
  CHECK(input->origin.private_namespaces.net);
  CHECK(input->origin.private_namespaces.ipc);
  CHECK(input->origin.private_namespaces.uts);
  CHECK_FALSE(input->origin.private_namespaces.user);
}

TEST_CASE("Check: a bundle that cannot be read is a finding, in both forms") {
  struct Case {
    const char* why;
    std::optional<std::string> config;  // none: no bundle at all
  };
  const Case cases[] = {
      {"not there", std::nullopt},
      {"not JSON", "{"},
      {"an annotation that is no string", R"({"annotations": {"io.sysctl-guard.allow": 1}})"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const Bundle bundle(c.config.value_or(""));
    CheckOptions options;
    options.bundle = c.config ? bundle.path() : bundle.path() + "/none";
    const Outcome plain = cmd_check(options);
    CHECK(plain.exit_code == sg::cli::kExitUsage);
    CHECK(plain.output.empty());
    CHECK(plain.errors.starts_with("error: option --bundle: "));
    options.json = true;
    const Outcome json = cmd_check(options);
    CHECK(json.exit_code == sg::cli::kExitUsage);
    CHECK(json.errors.empty());
    CHECK(json.output.find("\"accesses\": []") != std::string::npos);
  }
}

TEST_CASE("Check: findings can be shown with the text they are in") {
  const std::string list = "net.ipv4.ip_forward, net..y";
  const CheckReport report = run_check(input_of({{kAllow, list}}, {}));
  REQUIRE(report.findings.size() == 1);
  const auto text = report.sources.find(report.findings[0].source);
  REQUIRE(text != report.sources.end());
  CHECK(text->second.substr(report.findings[0].offset, report.findings[0].text.size()) ==
        report.findings[0].text);
}

TEST_CASE("ExitCode: each kind of error has its code") {
  CHECK(sg::programs::hook_exit_code(sg::Errc::kUsage) == 64);
  CHECK(sg::programs::hook_exit_code(sg::Errc::kBadInput) == 65);
  CHECK(sg::programs::hook_exit_code(sg::Errc::kUnsupported) == 69);
  CHECK(sg::programs::hook_exit_code(sg::Errc::kSystem) == 71);
  CHECK(sg::programs::hook_exit_code(sg::Errc::kNodePolicy) == 78);
}
