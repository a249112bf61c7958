// SPDX-License-Identifier: Apache-2.0
// plan_containerd_test.cpp - configurations that are extended, and those that are refused or left.
#include "app/install/plan_containerd.h"

#include <string>

#include "app/install/containerd_config.h"
#include "base/file_write.h"
#include "support/catch.h"
#include "support/root_files.h"
#include "support/temp_dir.h"

using sg::app::FilePlan;
using sg::app::InstallRequest;
using sg::host::RootDir;
using sg::test::TempDir;
using sg::test::content;
using sg::test::has;
using sg::test::put;

namespace {

constexpr const char* kSpec = R"({"process": {}})";
const std::string kConfig(sg::app::kContainerdConfig);
const std::string kDropIn(sg::app::kContainerdDropIn);
const std::string kTable2 = "[plugins.\"io.containerd.grpc.v1.cri\".containerd]\n";
const std::string kTable3 = "[plugins.'io.containerd.cri.v1.runtime'.containerd]\n";

// What the plan says: "" where it is made and carried out.
std::string install(const RootDir& root, FilePlan& plan, bool all_containers = false) {
  InstallRequest request;
  request.engine = sg::app::Engine::kContainerd;
  request.programs = {"/usr/libexec/oci/hooks.d/sysctl-guard-hook", "/r"};
  request.all_containers = all_containers;
  plan = FilePlan();
  const sg::Status planned = plan_containerd(root, request, kSpec, plan);
  if (!planned) {
    CHECK_FALSE(planned.error().hint.empty());
    return planned.error().message;
  }
  REQUIRE(apply_plan(root, plan));
  return "";
}

std::string uninstall(const RootDir& root) {
  FilePlan plan;
  const sg::Status planned = unplan_containerd(root, plan);
  if (!planned) {
    CHECK_FALSE(planned.error().hint.empty());
    return planned.error().message;
  }
  REQUIRE(apply_plan(root, plan));
  return "";
}

}  // namespace

TEST_CASE("Plan of containerd: the default runtime of what stays is not taken away") {
  const TempDir dir;
  const RootDir root(dir.path());
  FilePlan plan;
  for (const std::string& text :
       {"version = 2\n" + kTable2, "version = 3\nimports = [\"conf.d/*.toml\"]\n" + kTable3}) {
    INFO(text);
    put(dir, kConfig, text);
    REQUIRE(install(root, plan, true).empty());
    // The line that was asked for, in version 2.
    const std::string with = content(root, kConfig);
    const std::size_t at = with.find(".containerd]\n") + 13;
    put(dir, kConfig, std::string(with).insert(at, "default_runtime_name = \"sysctl-guard\"\n"));
    CHECK(install(root, plan, true).empty());
    CHECK(has(uninstall(root), "default_runtime_name = \"sysctl-guard\" is there"));
    put(dir, kConfig, with);
    CHECK(uninstall(root).empty());
    CHECK(content(root, kConfig) == text);
    CHECK_FALSE(root.has(kDropIn));
  }
  // In a file that is imported.
  put(dir, kConfig, "version = 3\nimports = [\"conf.d/*.toml\"]\n");
  REQUIRE(install(root, plan).empty());
  put(dir, "/etc/containerd/conf.d/10.toml",
      "version = 3\n" + kTable3 + "default_runtime_name = \"sysctl-guard\"\n");
  CHECK(has(uninstall(root), "is there"));
}

TEST_CASE("Plan of containerd: another default runtime is not overridden") {
  const TempDir dir;
  const RootDir root(dir.path());
  FilePlan plan;
  put(dir, kConfig, "version = 3\n" + kTable3 + "default_runtime_name = \"nvidia\"\n");
  CHECK(has(install(root, plan, true), "the default runtime is 'nvidia'"));
  CHECK(install(root, plan).empty());
  put(dir, kConfig, "version = 3\n" + kTable3 + "default_runtime_name = \"runc\"\n");
  CHECK(install(root, plan, true).empty());
  const std::string all = content(root, kDropIn);
  CHECK(install(root, plan).empty());
  CHECK(content(root, kDropIn) == all);
  CHECK(plan.remarks.size() == 1);
}

TEST_CASE("Plan of containerd: what cannot be extended, and files of others") {
  const TempDir dir;
  const RootDir root(dir.path());
  FilePlan plan;
  const std::string inline_runc =
      "version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes]\n"
      "runc = { runtime_type = \"io.containerd.runc.v2\" }\n";
  put(dir, kConfig, inline_runc);
  CHECK(has(install(root, plan), "in a form to which nothing can be added"));
  const std::string theirs =
      "version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.sysctl-guard]\n";
  put(dir, kConfig, theirs);
  CHECK(has(install(root, plan), "that was not made by sysctl-guard install"));
  CHECK(uninstall(root).empty());
  CHECK(content(root, kConfig) == theirs);

  put(dir, kConfig, "version = 3\n");
  put(dir, kDropIn, "version = 3\n");
  CHECK(has(install(root, plan), "'" + kDropIn + "': is there"));
  CHECK(uninstall(root).empty());
  CHECK(content(root, kDropIn) == "version = 3\n");
  REQUIRE(sg::remove_file(dir.path() + kDropIn));
  put(dir, std::string(sg::app::kContainerdBaseSpec), "{}");
  CHECK(has(install(root, plan), "base-spec.json': is there"));
}

TEST_CASE("Plan of containerd: a last line without an end") {
  const TempDir dir;
  const RootDir root(dir.path());
  FilePlan plan;
  put(dir, kConfig, "version = 2");
  REQUIRE(install(root, plan).empty());
  const std::string with = content(root, kConfig);
  CHECK(uninstall(root).empty());
  CHECK(content(root, kConfig) == "version = 2");
  put(dir, kConfig, with + "[debug]\n");
  CHECK(uninstall(root).empty());
  CHECK(content(root, kConfig) == "version = 2\n[debug]\n");
}

TEST_CASE("Plan of containerd: SystemdCgroup of a drop-in, and a drop-in that hides the handler") {
  const TempDir dir;
  const RootDir root(dir.path());
  FilePlan plan;
  const std::string cgroup = "runtimes.runc.options]\nSystemdCgroup = true\n";
  put(dir, kConfig, "version = 3\nimports = [\"conf.d/*.toml\"]\n");
  put(dir, "/etc/containerd/conf.d/10.toml",
      "version = 3\n[plugins.'io.containerd.cri.v1.runtime'.containerd." + cgroup);
  REQUIRE(install(root, plan).empty());
  CHECK(has(content(root, kDropIn), "SystemdCgroup = true"));
  CHECK(plan.remarks.empty());
  CHECK(uninstall(root).empty());
  put(dir, kConfig, "version = 2\nimports = [\"conf.d/*.toml\"]\n");
  put(dir, "/etc/containerd/conf.d/10.toml",
      "version = 2\n[plugins.'io.containerd.grpc.v1.cri'.containerd." + cgroup);
  REQUIRE(install(root, plan).empty());
  CHECK(has(content(root, kConfig), "SystemdCgroup = true"));
  REQUIRE(plan.remarks.size() == 1);
  CHECK(has(plan.remarks[0], "containerd 1"));
}
