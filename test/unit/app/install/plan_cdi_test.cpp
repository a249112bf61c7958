// SPDX-License-Identifier: Apache-2.0
// plan_cdi_test.cpp - one specification for two engines, and one of somebody else in its place.
#include "app/install/plan_cdi.h"

#include <string>

#include "app/install/cdi_spec.h"
#include "base/file_write.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using sg::app::Engine;
using sg::app::FilePlan;
using sg::app::InstallRequest;
using sg::host::RootDir;
using sg::test::TempDir;

TEST_CASE("Plan of the CDI specification: another's of that name stays as it is") {
  const TempDir dir;
  const RootDir root(dir.path());
  const std::string theirs = R"({"cdiVersion": "0.5.0", "kind": "a.b/c", "devices": []})";
  REQUIRE(sg::replace_file(dir.path() + std::string(sg::app::kCdiFile), theirs));
  FilePlan plan;
  CHECK_FALSE(sg::app::plan_cdi(root, InstallRequest{}, plan));
  REQUIRE(sg::app::unplan_cdi(root, Engine::kDocker, plan));
  CHECK_FALSE(sg::app::changes_anything(plan));
  CHECK(plan.remarks.size() == 1);
}

TEST_CASE("Plan of the CDI specification: a runtime that is not ours does not keep it") {
  const TempDir dir;
  const RootDir root(dir.path());
  REQUIRE(sg::replace_file(dir.path() + std::string(sg::app::kCdiFile),
                           sg::app::cdi_spec_text("/h", {})));
  REQUIRE(sg::replace_file(dir.path() + "/etc/docker/daemon.json",
                           R"({"runtimes": {"sysctl-guard": {"path": "/x"}}})"));
  FilePlan plan;
  REQUIRE(sg::app::unplan_cdi(root, Engine::kContainerd, plan));
  CHECK(sg::app::changes_anything(plan));
}
