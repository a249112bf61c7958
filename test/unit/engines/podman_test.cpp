// SPDX-License-Identifier: Apache-2.0
// podman_test.cpp - Podman's hooks.d file has both stages, unless CRI-O's installation takes one
// away.
#include "engines/engine.h"

#include <string>

#include "base/file_write.h"
#include "support/catch.h"
#include "support/root_files.h"
#include "support/temp_dir.h"

using sg::engines::Engine;
using sg::engines::FilePlan;
using sg::host::RootDir;
using sg::test::content;
using sg::test::has;
using sg::test::TempDir;

namespace {

const sg::engines::Engine& kPodman = *sg::engines::find_engine("podman");
const sg::engines::Engine& kCrio = *sg::engines::find_engine("cri-o");
const std::string kHooksFile = "/usr/share/containers/oci/hooks.d/90-sysctl-guard.json";

FilePlan applied(const RootDir& root, const sg::Result<FilePlan>& plan) {
  INFO((plan ? "" : plan.error().message));
  REQUIRE(plan);
  REQUIRE(sg::engines::apply_plan(root, *plan));
  return *plan;
}

FilePlan installed(const RootDir& root, const Engine& engine) {
  sg::engines::InstallRequest request;
  request.programs.hook = "/usr/libexec/oci/hooks.d/sysctl-guard-hook";
  return applied(root, plan_install(root, engine, request));
}

bool notes(const FilePlan& plan, const std::string& what) {
  for (const std::string& note : plan.notes) {
    if (has(note, what)) {
      return true;
    }
  }
  return false;
}

}  // namespace

TEST_CASE("Podman: Podman gets both stages, CRI-O one") {
  const TempDir dir;
  const RootDir root(dir.path());
  CHECK(installed(root, kPodman).changes.front().path == kHooksFile);
  CHECK(has(content(root, kHooksFile), R"(["createRuntime", "precreate"])"));
  CHECK(has(content(root, kHooksFile), R"("annotations")"));
  const FilePlan crio = installed(root, kCrio);
  CHECK(crio.changes.front().path == kHooksFile);
  CHECK(has(content(root, kHooksFile), R"(["createRuntime"])"));
  CHECK(notes(crio, "Podman no longer opens /proc/sys"));
}
