// SPDX-License-Identifier: Apache-2.0
// engines_test.cpp - the table; the files of each engine, their order, and that undoing leaves what
// was there.
#include "engines/engine.h"

#include <string>
#include <vector>

#include "base/file_write.h"
#include "engines/hooks_d.h"
#include "support/catch.h"
#include "support/root_files.h"
#include "support/temp_dir.h"

using sg::engines::Check;
using sg::engines::check_engines;
using sg::engines::Engine;
using sg::engines::FilePlan;
using sg::engines::InstallRequest;
using sg::engines::plan_install;
using sg::engines::plan_uninstall;
using sg::host::RootDir;
using sg::test::content;
using sg::test::has;
using sg::test::make_program;
using sg::test::TempDir;
using Paths = std::vector<std::string>;

namespace {

const sg::engines::Engine& kPodman = *sg::engines::find_engine("podman");
const sg::engines::Engine& kCrio = *sg::engines::find_engine("cri-o");
const sg::engines::Engine& kDocker = *sg::engines::find_engine("docker");
const sg::engines::Engine& kContainerd = *sg::engines::find_engine("containerd");
const std::string kHook = "/usr/libexec/oci/hooks.d/sysctl-guard-hook";
const std::string kHooksFile = "/usr/share/containers/oci/hooks.d/90-sysctl-guard.json";
constexpr const char* kSpec = R"({"process": {"rlimits": []}})";

InstallRequest request() {
  InstallRequest out;
  out.base_spec = kSpec;
  out.programs = {"/usr/libexec/oci/hooks.d/sysctl-guard-hook", "/usr/bin/sysctl-guard-runtime"};
  return out;
}

FilePlan installed(const RootDir& root, const Engine& engine,
                   const InstallRequest& wanted = request()) {
  auto plan = plan_install(root, engine, wanted);
  INFO((plan ? "" : plan.error().message));
  REQUIRE(plan);
  REQUIRE(sg::engines::apply_plan(root, *plan));
  return *std::move(plan);
}

FilePlan uninstalled(const RootDir& root, const Engine& engine) {
  auto plan = plan_uninstall(root, engine);
  REQUIRE(plan);
  REQUIRE(sg::engines::apply_plan(root, *plan));
  return *std::move(plan);
}

Paths paths_of(const FilePlan& plan) {
  Paths paths;
  for (const sg::engines::FileChange& change : plan.changes) {
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

// The status of one check, as a word with its summary.
std::string found(const std::vector<Check>& checks, const std::string& id) {
  for (const Check& check : checks) {
    if (check.id == id) {
      const char* const words[] = {"ok ", "warning ", "failed ", "unknown "};
      return words[static_cast<int>(check.status)] + check.summary;
    }
  }
  return "none";
}

}  // namespace

TEST_CASE("Engines: each by its name, with all that others ask of it") {
  std::string names;
  for (const Engine* engine : sg::engines::all_engines()) {
    INFO(engine->name());
    names += (names.empty() ? "" : ", ") + engine->name();
    CHECK(sg::engines::find_engine(engine->name()) == engine);
    CHECK(has(sg::engines::engine_lines(), "  " + engine->name() + "  "));
    CHECK_FALSE(engine->summary.empty());
    CHECK_FALSE(engine->apparmor_profile.empty());
    CHECK_FALSE(engine->apparmor_naming.empty());
    const TempDir dir;
    CHECK_FALSE(engine->check(RootDir(dir.path()), *engine).empty());
    CHECK(plan_uninstall(RootDir(dir.path()), *engine));
  }
  CHECK(names == sg::engines::engine_names());
  CHECK(sg::engines::find_engine("crio") == nullptr);
}

TEST_CASE("Install plan: all containers") {
  const TempDir dir;
  const RootDir root(dir.path());
  InstallRequest wanted = request();
  wanted.all_containers = true;
  for (const Engine* engine : {&kPodman, &kCrio}) {
    installed(root, *engine, wanted);
    CHECK(has(content(root, kHooksFile), R"("when": {"always": true})"));
  }
  installed(root, kDocker, wanted);
  CHECK(has(content(root, "/etc/docker/daemon.json"), R"("default-runtime": "sysctl-guard")"));
  CHECK(has(content(root, "/etc/sysctl-guard/runtime.json"),
            R"("allContainers": true, "allContainersBy")"));
  CHECK(notes(uninstalled(root, kDocker), "systemctl restart docker"));
  REQUIRE(sg::replace_file(dir.path() + "/etc/containerd/config.toml", "version = 3\n"));
  installed(root, kContainerd, wanted);
  CHECK(has(content(root, "/etc/containerd/conf.d/99-sysctl-guard.toml"),
            R"(default_runtime_name = "sysctl-guard")"));
  REQUIRE(sg::replace_file(dir.path() + "/etc/containerd/config.toml", "version = 2\n"));
  CHECK(notes(installed(root, kContainerd, wanted), "default_runtime_name"));
}

TEST_CASE("Install plan: Docker's runtime comes last and goes first") {
  const TempDir dir;
  const RootDir root(dir.path());
  InstallRequest wanted = request();
  wanted.profiles = {"no device!", "web"};
  const FilePlan plan = installed(root, kDocker, wanted);
  CHECK(paths_of(plan) == Paths{"/etc/cdi/sysctl-guard.json", "/etc/docker/daemon.json"});
  CHECK(notes(plan, "'no device!' cannot be the name of a CDI device"));
  CHECK(notes(plan, "systemctl reload docker"));
  CHECK(has(content(root, "/etc/cdi/sysctl-guard.json"), R"("--profile", "web")"));
  CHECK_FALSE(sg::engines::changes_anything(*plan_install(root, kDocker, wanted)));
  CHECK(paths_of(uninstalled(root, kDocker)) ==
        Paths{"/etc/docker/daemon.json", "/etc/cdi/sysctl-guard.json"});
  CHECK_FALSE(root.has("/etc/docker/daemon.json"));
  CHECK_FALSE(root.has("/etc/cdi/sysctl-guard.json"));
}

TEST_CASE(
    "Install plan: the wrapper's settings come before Docker's, and are as before afterwards") {
  const TempDir dir;
  const RootDir root(dir.path());
  const std::string settings = "/etc/sysctl-guard/runtime.json";
  InstallRequest wanted = request();
  wanted.all_containers = true;
  CHECK(paths_of(installed(root, kDocker, wanted)) ==
        Paths{"/etc/cdi/sysctl-guard.json", settings, "/etc/docker/daemon.json"});
  uninstalled(root, kDocker);
  CHECK_FALSE(root.has(settings));
  for (const std::string text :
       {R"({"version": 1, "runtime": "/r"})", R"({"version": 1, "allContainers": true})"}) {
    REQUIRE(sg::replace_file(dir.path() + settings, text));
    installed(root, kDocker, wanted);
    CHECK(has(content(root, settings), "true"));
    uninstalled(root, kDocker);
    CHECK(content(root, settings) == text);
  }
  // What the wrapper refuses would stop every container.
  REQUIRE(sg::replace_file(dir.path() + settings, "{}"));
  CHECK_FALSE(plan_install(root, kDocker, request()));
}

TEST_CASE("Install plan: containerd of version 2 in its file, of version 3 beside it") {
  const TempDir dir;
  const RootDir root(dir.path());
  const std::string config = "/etc/containerd/config.toml";
  CHECK_FALSE(plan_install(root, kContainerd, request()));
  REQUIRE(sg::replace_file(dir.path() + config, "version = 2\n"));
  CHECK(paths_of(installed(root, kContainerd)) ==
        Paths{"/etc/containerd/sysctl-guard-base-spec.json", "/etc/cdi/sysctl-guard.json", config});
  CHECK_FALSE(sg::engines::changes_anything(*plan_install(root, kContainerd, request())));
  CHECK(paths_of(uninstalled(root, kContainerd)).front() == config);
  CHECK(content(root, config) == "version = 2\n");

  REQUIRE(sg::replace_file(dir.path() + config, "version = 3\n"));
  const FilePlan plan = installed(root, kContainerd);
  CHECK(paths_of(plan).back() == "/etc/containerd/conf.d/99-sysctl-guard.toml");
  REQUIRE(plan.remarks.size() == 1);
  CHECK(has(plan.remarks[0], "imports = [\"/etc/containerd/conf.d/*.toml\"]"));
  CHECK(content(root, config) == "version = 3\n");
  uninstalled(root, kContainerd);
  CHECK_FALSE(root.has("/etc/containerd/conf.d/99-sysctl-guard.toml"));
  CHECK_FALSE(root.has("/etc/containerd/sysctl-guard-base-spec.json"));
}

TEST_CASE("Install plan: the CDI specification stays while another engine uses it") {
  const TempDir dir;
  const RootDir root(dir.path());
  REQUIRE(sg::replace_file(dir.path() + "/etc/containerd/config.toml", "version = 2\n"));
  installed(root, kDocker);
  installed(root, kContainerd);
  CHECK(notes(uninstalled(root, kDocker), "another engine"));
  CHECK(root.has("/etc/cdi/sysctl-guard.json"));
  installed(root, kDocker);
  uninstalled(root, kContainerd);
  CHECK(root.has("/etc/cdi/sysctl-guard.json"));
  uninstalled(root, kDocker);
  CHECK_FALSE(root.has("/etc/cdi/sysctl-guard.json"));
}

TEST_CASE("Install plan: a file that cannot be understood is left alone") {
  const TempDir dir;
  const RootDir root(dir.path());
  REQUIRE(sg::replace_file(dir.path() + "/etc/docker/daemon.json", "{\"a\": 1,}"));
  REQUIRE(sg::replace_file(dir.path() + "/etc/containerd/config.toml", "version = [\n"));
  for (const Engine* engine : {&kDocker, &kContainerd}) {
    const auto plan = plan_install(root, *engine, request());
    REQUIRE_FALSE(plan);
    CHECK(plan.error().code == sg::Errc::kBadInput);
  }
  CHECK(has(plan_install(root, kDocker, request()).error().message, "at byte 8"));
  CHECK_FALSE(plan_uninstall(root, kDocker));
}

TEST_CASE("Engines: nothing there, a runtime alone, an engine without the hook") {
  const TempDir dir;
  const RootDir root(dir.path());
  CHECK(found(check_engines(root), "hook") == "failed neither an engine nor a runtime was found");
  make_program(dir, "/usr/sbin/runc");
  CHECK(found(check_engines(root), "hook").starts_with("warning a runtime alone"));
  make_program(dir, "/usr/bin/podman");
  CHECK(found(check_engines(root), "program:podman") == "ok /usr/bin/podman, of unknown version");
  CHECK(found(check_engines(root), "hook:podman") == "warning the hook is not registered");
  CHECK(found(check_engines(root), "hook") == "failed no engine runs the hook");
  make_program(dir, kHook);
  REQUIRE(sg::replace_file(dir.path() + "/usr/share/containers/oci/hooks.d/a.json",
                           sg::engines::hooks_d_text({.hook = kHook})));
  CHECK(found(check_engines(root), "hook") == "ok an engine runs the hook");
  CHECK(found(check_engines(root), "hook:cri-o") == "none");
  make_program(dir, "/usr/bin/crio");
  CHECK(found(check_engines(root), "hook:cri-o").starts_with("ok registered by "));
}
