// SPDX-License-Identifier: Apache-2.0
// make_policy_test.cpp - what a document tells of /proc/sys, and what follows for an audit of the
// node; whether somebody asked to write. All else: policy_source_test.cpp.
#include "request/make_policy.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/diagnostic.h"
#include "support/catch.h"

using sg::compile::ProcSys;
using sg::request::proc_sys_of;
using sg::request::settle;

namespace {

sg::oci::Config config_of(std::map<std::string, std::string> annotations,
                          std::vector<std::string> readonly_paths) {
  sg::oci::Config config;
  config.annotations = std::move(annotations);
  config.readonly_paths = std::move(readonly_paths);
  return config;
}

}  // namespace

TEST_CASE("Make policy: the metadata says whether it grants writes that somebody asked for") {
  struct Case {
    const char* why;
    std::map<std::string, std::string> annotations;
    bool asks;
  };
  const Case cases[] = {{"nothing", {}, false},
                        {"a request", {{"io.sysctl-guard.allow", "net.a"}}, true},
                        {"an empty one", {{"io.sysctl-guard.allow", ""}}, false},
                        {"less than nothing", {{"io.sysctl-guard.deny", "net.a"}}, false}};
  for (const Case& c : cases) {
    INFO(c.why);
    sg::Diagnostics findings;
    const sg::request::MadePolicy made = sg::request::make_policy(
        {.annotations = c.annotations, .private_namespaces = {.net = true}},
        sg::policy::default_node_policy("none", {.net = true}), findings);
    REQUIRE_FALSE(findings.has_errors());
    CHECK(made.meta.asks_to_write == c.asks);
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
