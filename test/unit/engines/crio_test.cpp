// SPDX-License-Identifier: Apache-2.0
// crio_test.cpp - CRI-O's hooks.d file has one stage, and so has Podman's in its directory.
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

FilePlan uninstalled(const RootDir& root, const Engine& engine) {
  return applied(root, plan_uninstall(root, engine));
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

TEST_CASE("CRI-O: where CRI-O reads the directory, Podman has no precreate stage") {
  const TempDir dir;
  const RootDir root(dir.path());
  REQUIRE(sg::replace_file(dir.path() + "/etc/crio/crio.conf", ""));
  const FilePlan shared = installed(root, kPodman);
  CHECK(has(content(root, kHooksFile), R"(["createRuntime"])"));
  CHECK(notes(shared, "unmask=/proc/sys"));
  CHECK(notes(uninstalled(root, kPodman), "gone for both"));
  REQUIRE(sg::replace_file(dir.path() + "/etc/crio/crio.conf",
                           "[crio.runtime]\nhooks_dir = [\"/etc/crio/hooks\"]\n"));
  CHECK_FALSE(notes(installed(root, kPodman), "unmask"));
  CHECK(has(content(root, kHooksFile), "precreate"));
  CHECK(installed(root, kCrio).changes.front().path == "/etc/crio/hooks/90-sysctl-guard.json");
  uninstalled(root, kCrio);
  CHECK_FALSE(root.has("/etc/crio/hooks/90-sysctl-guard.json"));
}
