// SPDX-License-Identifier: Apache-2.0
// plan_hooks_d_test.cpp - into which directory, and out of which ones; and whose file it is.
#include "app/install/plan_hooks_d.h"

#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "app/install/hooks_d.h"
#include "base/file_write.h"
#include "support/catch.h"
#include "support/root_files.h"
#include "support/temp_dir.h"

using sg::app::Engine;
using sg::app::FilePlan;
using sg::app::InstallRequest;
using sg::host::RootDir;
using sg::test::TempDir;
using sg::test::content;
using sg::test::has;
using sg::test::put;

namespace {

const std::string kDefault = "/usr/share/containers/oci/hooks.d";
const std::string kFile = "/90-sysctl-guard.json";
const std::string kHook = "/usr/libexec/oci/hooks.d/sysctl-guard-hook";

std::string crio_conf(const std::string& directories) {
  return "[crio.runtime]\nhooks_dir = [" + directories + "]\n";
}

std::string podman_conf(const std::string& directories) {
  return "[engine]\nhooks_dir = [" + directories + "]\n";
}

FilePlan installed(const RootDir& root, Engine engine, bool all_containers = false) {
  InstallRequest request;
  request.engine = engine;
  request.programs = {kHook, "/r"};
  request.all_containers = all_containers;
  FilePlan plan;
  const sg::Status planned = plan_hooks_d(root, request, plan);
  INFO((planned ? "" : planned.error().message));
  REQUIRE(planned);
  REQUIRE(apply_plan(root, plan));
  return plan;
}

FilePlan uninstalled(const RootDir& root, Engine engine) {
  FilePlan plan;
  REQUIRE(unplan_hooks_d(root, engine, plan));
  REQUIRE(apply_plan(root, plan));
  return plan;
}

}  // namespace

TEST_CASE("Plan of hooks.d: no precreate stage in a directory of CRI-O's, by whatever path") {
  const TempDir dir;
  const RootDir root(dir.path());
  put(dir, "/etc/crio/hooks/x", "");
  REQUIRE(::symlink("/etc/crio/hooks", (dir.path() + "/etc/link").c_str()) == 0);
  for (const char* podman : {"/etc/crio/hooks/", "/etc/link", "/etc//crio/./hooks"}) {
    INFO(podman);
    put(dir, "/etc/crio/crio.conf", crio_conf("\"/etc/crio/hooks\""));
    put(dir, "/etc/containers/containers.conf", podman_conf("\"" + std::string(podman) + "\""));
    installed(root, Engine::kPodman);
    CHECK_FALSE(has(content(root, "/etc/crio/hooks" + kFile), "precreate"));
    uninstalled(root, Engine::kPodman);
    CHECK_FALSE(root.has("/etc/crio/hooks" + kFile));
  }
  // A directory that CRI-O does not read may have it, though they share another one.
  put(dir, "/etc/containers/containers.conf", podman_conf("\"/etc/link\", \"/etc/podman\""));
  installed(root, Engine::kPodman);
  CHECK(has(content(root, "/etc/podman" + kFile), "precreate"));
}

TEST_CASE("Plan of hooks.d: for CRI-O the file that hides the others is the one that is changed") {
  const TempDir dir;
  const RootDir root(dir.path());
  put(dir, "/etc/containers/containers.conf", podman_conf("\"/b\""));
  installed(root, Engine::kPodman);
  CHECK(has(content(root, "/b" + kFile), "precreate"));
  put(dir, "/etc/crio/crio.conf", crio_conf("\"" + kDefault + "\", \"/b\""));
  installed(root, Engine::kCrio);
  CHECK_FALSE(has(content(root, "/b" + kFile), "precreate"));
  CHECK_FALSE(root.has(kDefault + kFile));
}

TEST_CASE("Plan of hooks.d: a configuration that is not understood changes nothing") {
  const TempDir dir;
  const RootDir root(dir.path());
  for (const char* text :
       {"garbage", "engine = { hooks_dir = [\"/x\"] }\n", "[engine]\nhooks_dir = \"/x\"\n",
        "[engine]\nhooks_dir = [\"/\\u0078\"]\n", "[engine]\nhooks_dir = [[\"/x\"]]\n"}) {
    INFO(text);
    put(dir, "/etc/containers/containers.conf", text);
    FilePlan plan;
    InstallRequest request;
    const sg::Status planned = plan_hooks_d(root, request, plan);
    REQUIRE_FALSE(planned);
    CHECK(has(planned.error().message, "'/etc/containers/containers.conf'"));
    CHECK_FALSE(planned.error().hint.empty());
    CHECK_FALSE(unplan_hooks_d(root, Engine::kPodman, plan));
  }
}

TEST_CASE("Plan of hooks.d: a file that starts something else is left alone") {
  const TempDir dir;
  const RootDir root(dir.path());
  const std::string theirs =
      R"({"version": "1.0.0", "hook": {"path": "/usr/bin/theirs"}, "when": {}, "stages": []})";
  put(dir, kDefault + kFile, theirs);
  InstallRequest request;
  request.programs = {kHook, "/r"};
  FilePlan plan;
  CHECK_FALSE(plan_hooks_d(root, request, plan));
  CHECK(uninstalled(root, Engine::kPodman).remarks.size() == 2);
  CHECK(content(root, kDefault + kFile) == theirs);
}

TEST_CASE("Plan of hooks.d: what guards all containers is not narrowed by a second run") {
  const TempDir dir;
  const RootDir root(dir.path());
  installed(root, Engine::kPodman, true);
  const std::string all = content(root, kDefault + kFile);
  const FilePlan again = installed(root, Engine::kPodman);
  CHECK(content(root, kDefault + kFile) == all);
  REQUIRE(again.remarks.size() == 1);
  CHECK(again.remarks[0] == sg::app::kStaysForAll);
  uninstalled(root, Engine::kPodman);
  CHECK(installed(root, Engine::kPodman).remarks.empty());
  CHECK(has(content(root, kDefault + kFile), "annotations"));
}

TEST_CASE("Plan of hooks.d: out of every directory that is known, but for the other engine's own") {
  const TempDir dir;
  const RootDir root(dir.path());
  installed(root, Engine::kPodman);
  put(dir, "/etc/containers/containers.conf", podman_conf("\"/old\""));
  put(dir, "/etc/containers/containers.conf.d/1.conf", podman_conf("\"/new\""));
  put(dir, "/old" + kFile, sg::app::hooks_d_text({.hook = kHook}));
  put(dir, "/etc/containers/oci/hooks.d" + kFile, sg::app::hooks_d_text({.hook = kHook}));
  installed(root, Engine::kPodman);
  uninstalled(root, Engine::kPodman);
  for (const std::string& directory : {std::string("/old"), std::string("/new"), kDefault,
                                       std::string("/etc/containers/oci/hooks.d")}) {
    INFO(directory);
    CHECK_FALSE(root.has(directory + kFile));
  }
  const FilePlan nothing = uninstalled(root, Engine::kPodman);
  REQUIRE(nothing.remarks.size() == 1);
  CHECK(has(nothing.remarks[0],
            "looked in " + kDefault + ", /etc/containers/oci/hooks.d, /old, /new"));

  put(dir, "/etc/crio/crio.conf", crio_conf("\"/etc/crio/hooks\""));
  installed(root, Engine::kCrio);
  uninstalled(root, Engine::kPodman);
  CHECK(root.has("/etc/crio/hooks" + kFile));
}
