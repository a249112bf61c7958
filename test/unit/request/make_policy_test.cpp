// SPDX-License-Identifier: Apache-2.0
// make_policy_test.cpp - from what a policy is made of to a table and its metadata; what a
// document tells of /proc/sys, and what follows for an audit of the node.
#include "request/make_policy.h"

#include <unistd.h>

#include <fstream>
#include <string>
#include <utility>

#include "base/diagnostic.h"
#include "compile/decide.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using sg::Errc;
using sg::Result;
using sg::compile::Origin;
using sg::compile::ProcSys;
using sg::policy::Verdict;
using sg::request::MadePolicy;
using sg::request::make_policy_of;
using sg::request::proc_sys_of;
using sg::request::settle;

namespace {

constexpr const char* kAllow = "io.sysctl-guard.allow";

// An origin whose node policy is a file with `text`, which `dir` owns.
Origin origin_with(const sg::test::TempDir& dir, const std::string& text,
                   std::map<std::string, std::string> annotations) {
  const std::string path = dir.path() + "/policy.json";
  std::ofstream(path) << text;
  Origin origin;
  origin.annotations = std::move(annotations);
  origin.private_namespaces.net = true;
  origin.node_policy = path;
  return origin;
}

Verdict verdict_on(const MadePolicy& ready, const std::string& name, const std::string& value) {
  return sg::compile::decide(ready.table, {.write = true, .name = name, .value = value}).verdict;
}

sg::oci::Config config_of(std::map<std::string, std::string> annotations,
                          std::vector<std::string> readonly_paths) {
  sg::oci::Config config;
  config.annotations = std::move(annotations);
  config.readonly_paths = std::move(readonly_paths);
  return config;
}

}  // namespace

TEST_CASE("Make policy: the table decides as the origin asks, and the metadata holds the origin") {
  if (::geteuid() != 0) {
    return;  // a node policy that others than root can write is refused
  }
  const sg::test::TempDir dir;
  Origin origin = origin_with(dir, R"({"version": 1, "events": "writes", "eventBuffer": 8192})",
                              {{kAllow, "net.ipv4.ip_forward=1"},
                               {"io.kubernetes.container.name", "web"},
                               {"org.example.secret", "x"}});
  origin.sysctl = {{"net.ipv4.ip_default_ttl", "33"}};
  const Result<MadePolicy> ready = make_policy_of(origin, "id-1");
  REQUIRE(ready);
  CHECK(verdict_on(*ready, "net/ipv4/ip_forward", "1") == Verdict::kAllow);
  CHECK(verdict_on(*ready, "net/ipv4/ip_forward", "0") == Verdict::kDeny);
  CHECK(verdict_on(*ready, "net/ipv4/ip_default_ttl", "33") == Verdict::kAllow);
  CHECK(ready->event_buffer == 8192);
  CHECK(ready->policy.events == sg::policy::Events::kWrites);
  CHECK(ready->meta.container_id == "id-1");
  CHECK(ready->meta.container_name == "web");
  CHECK(ready->meta.cut.empty());
  // Annotations of others are nobody's business.
  origin.annotations.erase("org.example.secret");
  CHECK(ready->meta.origin == origin);
  // What was stored makes the same policy again.
  const Result<MadePolicy> again = make_policy_of(ready->meta.origin, "id-1");
  REQUIRE(again);
  CHECK(again->table == ready->table);
}

TEST_CASE("Make policy: what the limit cuts is kept, a finding for each") {
  if (::geteuid() != 0) {
    return;
  }
  const sg::test::TempDir dir;
  const Result<MadePolicy> ready =
      make_policy_of(origin_with(dir, R"({"version": 1, "limit": {"onExcess": "clip"}})",
                                 {{kAllow, "net.ipv4.ip_forward=1, vm.swappiness"}}),
                     "id");
  REQUIRE(ready);
  REQUIRE(ready->meta.cut.size() == 1);
  CHECK(ready->meta.cut[0].find("vm.swappiness") != std::string::npos);
  CHECK(verdict_on(*ready, "net/ipv4/ip_forward", "1") == Verdict::kAllow);
  CHECK(verdict_on(*ready, "vm/swappiness", "1") == Verdict::kDeny);
}

TEST_CASE("Make policy: what the limit permits and should not is said, a line each") {
  if (::geteuid() != 0) {
    return;
  }
  const sg::test::TempDir dir;
  const Result<MadePolicy> ready = make_policy_of(
      origin_with(dir,
                  R"({"version": 1, "limit": {"host": ["kernel.core_pattern", "vm.swappiness"]}})",
                  {}),
      "id");
  REQUIRE(ready);
  REQUIRE(ready->warnings.size() == 1);
  CHECK(ready->warnings[0].find("/limit/host/0") != std::string::npos);
  CHECK(ready->warnings[0].find("permits kernel.core_pattern=|, which gives the host away") !=
        std::string::npos);
  const Result<MadePolicy> careful = make_policy_of(
      origin_with(dir, R"({"version": 1, "limit": {"host": ["kernel.core_pattern=core"]}})", {}),
      "id");
  REQUIRE(careful);
  CHECK(careful->warnings.empty());
}

TEST_CASE("Make policy: each source can be wrong in its own way") {
  if (::geteuid() != 0) {
    return;
  }
  const sg::test::TempDir dir;
  const struct {
    const char* why;
    const char* node;
    const char* allow;
    const char* profile;
    Errc code;
  } cases[] = {
      {"the node policy", R"({"version": 2})", "net.*", "", Errc::kNodePolicy},
      {"an annotation", R"({"version": 1})", "net..x", "", Errc::kBadInput},
      {"beyond the limit", R"({"version": 1})", "vm.swappiness", "", Errc::kBeyondLimit},
      {"no such profile", R"({"version": 1})", "net.*", "vpn", Errc::kUsage},
  };
  for (const auto& each : cases) {
    INFO(each.why);
    Origin origin = origin_with(dir, each.node, {{kAllow, each.allow}});
    origin.profile = each.profile;
    const Result<MadePolicy> ready = make_policy_of(std::move(origin), "id");
    REQUIRE_FALSE(ready);
    CHECK(ready.error().code == each.code);
  }
}

TEST_CASE("Proc sys: marks, then what is read-only") {
  CHECK(proc_sys_of(config_of({}, {"/proc/bus"})) == ProcSys::kLooksOpen);
  CHECK(proc_sys_of(config_of({}, {"/proc/sys"})) == ProcSys::kUnknown);
  CHECK(proc_sys_of(config_of({}, {"/proc/sys/net"})) == ProcSys::kUnknown);
  CHECK(proc_sys_of(config_of({{"io.sysctl-guard.opened", ""}}, {})) == ProcSys::kOpened);
  CHECK(proc_sys_of(config_of({{"io.sysctl-guard.was-open", ""}}, {})) == ProcSys::kWasOpen);
  // Whoever writes that annotation himself gains nothing by it.
  CHECK(proc_sys_of(config_of({{"io.sysctl-guard.was-open", ""}}, {"/proc/sys"})) ==
        ProcSys::kUnknown);
  CHECK(proc_sys_of(config_of({{"io.sysctl-guard.was-open", ""}, {"io.sysctl-guard.opened", ""}},
                              {})) == ProcSys::kOpened);
}

TEST_CASE("Proc sys: one that asks to write may have been opened by an older version") {
  sg::Diagnostics findings;
  const sg::policy::NodePolicy none = sg::policy::default_node_policy("none", {.net = true});
  const sg::policy::NodePolicy grants = sg::policy::parse_node_policy(
      R"({"version": 1, "default": {"allow": ["net.a"]}})", "f", {.net = true}, findings);
  sg::policy::Request nothing;
  sg::policy::Request empty;
  empty.has_allow = true;
  CHECK(settle(ProcSys::kLooksOpen, none, nothing) == ProcSys::kWasOpen);
  CHECK(settle(ProcSys::kLooksOpen, grants, nothing) == ProcSys::kUnknown);
  CHECK(settle(ProcSys::kLooksOpen, grants, empty) == ProcSys::kWasOpen);
  for (const ProcSys known : {ProcSys::kUnknown, ProcSys::kOpened, ProcSys::kWasOpen}) {
    CHECK(settle(known, none, nothing) == known);
  }
}
