// SPDX-License-Identifier: Apache-2.0
// install_plan_test.cpp - the files of each engine, their order, and that undoing leaves what was there.
#include "app/install/install_plan.h"

#include <string>
#include <vector>

#include "app/install/cdi_spec.h"
#include "app/install/containerd_config.h"
#include "base/file_write.h"
#include "support/catch.h"
#include "support/root_files.h"
#include "support/temp_dir.h"

using sg::app::Engine;
using sg::app::FilePlan;
using sg::app::InstallRequest;
using sg::host::RootDir;
using sg::app::plan_install;
using sg::app::plan_uninstall;
using sg::test::TempDir;
using sg::test::content;
using sg::test::has;
using Paths = std::vector<std::string>;

namespace {

const std::string kHooksFile = "/usr/share/containers/oci/hooks.d/90-sysctl-guard.json";
constexpr const char* kSpec = R"({"process": {"rlimits": []}})";

InstallRequest request(Engine engine) {
  InstallRequest out;
  out.engine = engine;
  out.programs = {"/usr/libexec/oci/hooks.d/sysctl-guard-hook", "/usr/bin/sysctl-guard-runtime"};
  return out;
}

FilePlan installed(const RootDir& root, const InstallRequest& wanted) {
  auto plan = plan_install(root, wanted, kSpec);
  INFO((plan ? "" : plan.error().message));
  REQUIRE(plan);
  REQUIRE(sg::app::apply_plan(root, *plan));
  return *std::move(plan);
}

FilePlan uninstalled(const RootDir& root, Engine engine) {
  auto plan = plan_uninstall(root, engine);
  REQUIRE(plan);
  REQUIRE(sg::app::apply_plan(root, *plan));
  return *std::move(plan);
}

Paths paths_of(const FilePlan& plan) {
  Paths paths;
  for (const sg::app::FileChange& change : plan.changes) {
    paths.push_back(change.path);
  }
  return paths;
}

bool notes(const FilePlan& plan, const std::string& what) {
  for (const std::string& note : plan.notes) {
    if (note.find(what) != std::string::npos) {
      return true;
    }
  }
  return false;
}

}  // namespace

TEST_CASE("Install plan: Podman gets both stages, CRI-O one") {
  const TempDir dir;
  const RootDir root(dir.path());
  CHECK(paths_of(installed(root, request(Engine::kPodman))) == Paths{kHooksFile});
  CHECK(has(content(root, kHooksFile), R"(["createRuntime", "precreate"])"));
  CHECK(has(content(root, kHooksFile), R"("annotations")"));
  const FilePlan crio = installed(root, request(Engine::kCrio));
  CHECK(paths_of(crio) == Paths{kHooksFile});
  CHECK(has(content(root, kHooksFile), R"(["createRuntime"])"));
  CHECK(notes(crio, "Podman no longer opens /proc/sys"));
}

TEST_CASE("Install plan: where CRI-O reads the directory, Podman has no precreate stage") {
  const TempDir dir;
  const RootDir root(dir.path());
  REQUIRE(sg::replace_file(dir.path() + "/etc/crio/crio.conf", ""));
  const FilePlan shared = installed(root, request(Engine::kPodman));
  CHECK(has(content(root, kHooksFile), R"(["createRuntime"])"));
  CHECK(notes(shared, "unmask=/proc/sys"));
  CHECK(notes(uninstalled(root, Engine::kPodman), "gone for both"));
  REQUIRE(sg::replace_file(dir.path() + "/etc/crio/crio.conf",
                           "[crio.runtime]\nhooks_dir = [\"/etc/crio/hooks\"]\n"));
  CHECK_FALSE(notes(installed(root, request(Engine::kPodman)), "unmask"));
  CHECK(has(content(root, kHooksFile), "precreate"));
  CHECK(paths_of(installed(root, request(Engine::kCrio))) ==
        Paths{"/etc/crio/hooks/90-sysctl-guard.json"});
  uninstalled(root, Engine::kCrio);
  CHECK_FALSE(root.has("/etc/crio/hooks/90-sysctl-guard.json"));
}

TEST_CASE("Install plan: all containers") {
  const TempDir dir;
  const RootDir root(dir.path());
  for (const Engine engine : {Engine::kPodman, Engine::kCrio}) {
    InstallRequest wanted = request(engine);
    wanted.all_containers = true;
    installed(root, wanted);
    CHECK(has(content(root, kHooksFile), R"("when": { "always": true })"));
  }
  InstallRequest docker = request(Engine::kDocker);
  docker.all_containers = true;
  installed(root, docker);
  CHECK(has(content(root, "/etc/docker/daemon.json"), R"("default-runtime": "sysctl-guard")"));
  CHECK(has(content(root, "/etc/sysctl-guard/runtime.json"), R"("allContainers":  true)"));
  CHECK(notes(uninstalled(root, Engine::kDocker), "systemctl restart docker"));
  InstallRequest containerd = request(Engine::kContainerd);
  containerd.all_containers = true;
  REQUIRE(sg::replace_file(dir.path() + "/etc/containerd/config.toml", "version = 3\n"));
  installed(root, containerd);
  CHECK(has(content(root, "/etc/containerd/conf.d/99-sysctl-guard.toml"),
            R"(default_runtime_name = "sysctl-guard")"));
  REQUIRE(sg::replace_file(dir.path() + "/etc/containerd/config.toml", "version = 2\n"));
  CHECK(notes(installed(root, containerd), "default_runtime_name"));
}

TEST_CASE("Install plan: Docker's runtime comes last and goes first") {
  const TempDir dir;
  const RootDir root(dir.path());
  InstallRequest wanted = request(Engine::kDocker);
  wanted.policy.profiles = {"no device!", "web"};
  const FilePlan plan = installed(root, wanted);
  CHECK(paths_of(plan) == Paths{"/etc/cdi/sysctl-guard.json", "/etc/docker/daemon.json"});
  CHECK(notes(plan, "'no device!' cannot be the name of a CDI device"));
  CHECK(notes(plan, "systemctl reload docker"));
  CHECK(has(content(root, "/etc/cdi/sysctl-guard.json"), R"("--profile", "web")"));
  CHECK_FALSE(sg::app::changes_anything(*plan_install(root, wanted, "")));
  CHECK(paths_of(uninstalled(root, Engine::kDocker)) ==
        Paths{"/etc/docker/daemon.json", "/etc/cdi/sysctl-guard.json"});
  CHECK_FALSE(root.has("/etc/docker/daemon.json"));
  CHECK_FALSE(root.has("/etc/cdi/sysctl-guard.json"));
}

TEST_CASE("Install plan: the wrapper's settings come before Docker's, and are as before afterwards") {
  const TempDir dir;
  const RootDir root(dir.path());
  const std::string settings = "/etc/sysctl-guard/runtime.json";
  InstallRequest wanted = request(Engine::kDocker);
  wanted.all_containers = true;
  CHECK(paths_of(installed(root, wanted)) ==
        Paths{"/etc/cdi/sysctl-guard.json", settings, "/etc/docker/daemon.json"});
  uninstalled(root, Engine::kDocker);
  CHECK_FALSE(root.has(settings));
  for (const std::string text : {R"({"version": 1, "runtime": "/r"})",
                                 R"({"version": 1, "allContainers": true})"}) {
    REQUIRE(sg::replace_file(dir.path() + settings, text));
    installed(root, wanted);
    CHECK(has(content(root, settings), "true"));
    uninstalled(root, Engine::kDocker);
    CHECK(content(root, settings) == text);
  }
  // What the wrapper refuses would stop every container.
  REQUIRE(sg::replace_file(dir.path() + settings, "{}"));
  CHECK_FALSE(plan_install(root, request(Engine::kDocker), ""));
}

TEST_CASE("Install plan: containerd of version 2 in its file, of version 3 beside it") {
  const TempDir dir;
  const RootDir root(dir.path());
  const std::string config = "/etc/containerd/config.toml";
  CHECK_FALSE(plan_install(root, request(Engine::kContainerd), kSpec));
  REQUIRE(sg::replace_file(dir.path() + config, "version = 2\n"));
  CHECK(paths_of(installed(root, request(Engine::kContainerd))) ==
        Paths{"/etc/containerd/sysctl-guard-base-spec.json", "/etc/cdi/sysctl-guard.json", config});
  CHECK_FALSE(sg::app::changes_anything(*plan_install(root, request(Engine::kContainerd), kSpec)));
  CHECK(paths_of(uninstalled(root, Engine::kContainerd)).front() == config);
  CHECK(content(root, config) == "version = 2\n");

  REQUIRE(sg::replace_file(dir.path() + config, "version = 3\n"));
  const FilePlan plan = installed(root, request(Engine::kContainerd));
  CHECK(paths_of(plan).back() == "/etc/containerd/conf.d/99-sysctl-guard.toml");
  CHECK(notes(plan, "imports = [\"/etc/containerd/conf.d/*.toml\"]"));
  CHECK(content(root, config) == "version = 3\n");
  uninstalled(root, Engine::kContainerd);
  CHECK_FALSE(root.has("/etc/containerd/conf.d/99-sysctl-guard.toml"));
  CHECK_FALSE(root.has("/etc/containerd/sysctl-guard-base-spec.json"));
}

TEST_CASE("Install plan: the CDI specification stays while another engine uses it") {
  const TempDir dir;
  const RootDir root(dir.path());
  REQUIRE(sg::replace_file(dir.path() + "/etc/containerd/config.toml", "version = 2\n"));
  installed(root, request(Engine::kDocker));
  installed(root, request(Engine::kContainerd));
  CHECK(notes(uninstalled(root, Engine::kDocker), "another engine"));
  CHECK(root.has("/etc/cdi/sysctl-guard.json"));
  installed(root, request(Engine::kDocker));
  uninstalled(root, Engine::kContainerd);
  CHECK(root.has("/etc/cdi/sysctl-guard.json"));
  uninstalled(root, Engine::kDocker);
  CHECK_FALSE(root.has("/etc/cdi/sysctl-guard.json"));
}

TEST_CASE("Install plan: a file that cannot be understood is left alone") {
  const TempDir dir;
  const RootDir root(dir.path());
  REQUIRE(sg::replace_file(dir.path() + "/etc/docker/daemon.json", "{\"a\": 1,}"));
  REQUIRE(sg::replace_file(dir.path() + "/etc/containerd/config.toml", "version = [\n"));
  for (const Engine engine : {Engine::kDocker, Engine::kContainerd}) {
    const auto plan = plan_install(root, request(engine), kSpec);
    REQUIRE_FALSE(plan);
    CHECK(plan.error().code == sg::Errc::kBadInput);
  }
  CHECK(has(plan_install(root, request(Engine::kDocker), "").error().message, "at byte 8"));
  CHECK_FALSE(plan_uninstall(root, Engine::kDocker));
}
