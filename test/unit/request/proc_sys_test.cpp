// SPDX-License-Identifier: Apache-2.0
// proc_sys_test.cpp - what a document tells, and what follows for an audit of the node.
#include "request/proc_sys.h"

#include <string>

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
