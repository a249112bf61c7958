// SPDX-License-Identifier: Apache-2.0
// containerd_test.cpp - configurations that are extended, and those that are refused or left.
#include "engines/engine.h"

#include <string>
#include <vector>

#include "base/file_write.h"
#include "engines/cdi.h"
#include "engines/containerd_config.h"
#include "support/catch.h"
#include "support/root_files.h"
#include "support/temp_dir.h"

using sg::engines::Check;
using sg::engines::FilePlan;
using sg::engines::InstallRequest;
using sg::host::RootDir;
using sg::test::content;
using sg::test::has;
using sg::test::make_program;
using sg::test::put;
using sg::test::TempDir;

namespace {

const sg::engines::Engine& kContainerd = *sg::engines::find_engine("containerd");
const std::string kHook = "/usr/libexec/oci/hooks.d/sysctl-guard-hook";
constexpr const char* kSpec = R"({"process": {}})";
const std::string kConfig(sg::engines::kContainerdConfig);
const std::string kDropIn(sg::engines::kContainerdDropIn);
const std::string kTable2 = "[plugins.\"io.containerd.grpc.v1.cri\".containerd]\n";
const std::string kTable3 = "[plugins.'io.containerd.cri.v1.runtime'.containerd]\n";

// What the plan says: "" where it is made and carried out.
std::string install(const RootDir& root, FilePlan& plan, bool all_containers = false,
                    const std::string& base_spec = kSpec) {
  InstallRequest request;
  request.programs = {"/usr/libexec/oci/hooks.d/sysctl-guard-hook", "/r"};
  request.all_containers = all_containers;
  request.base_spec = base_spec;
  plan = FilePlan();
  const sg::Status planned = kContainerd.plan(root, kContainerd, request, plan);
  if (!planned) {
    CHECK_FALSE(planned.error().hint.empty());
    return planned.error().message;
  }
  REQUIRE(apply_plan(root, plan));
  return "";
}

std::string uninstall(const RootDir& root) {
  FilePlan plan;
  const sg::Status planned = kContainerd.unplan(root, kContainerd, plan);
  if (!planned) {
    CHECK_FALSE(planned.error().hint.empty());
    return planned.error().message;
  }
  REQUIRE(apply_plan(root, plan));
  return "";
}

// The first check, as a word with its summary.
std::string first(const std::vector<Check>& checks) {
  REQUIRE_FALSE(checks.empty());
  const char* const words[] = {"ok ", "warning ", "failed ", "unknown "};
  CHECK((checks[0].status == sg::engines::CheckStatus::kOk || !checks[0].remedy.empty()));
  return words[static_cast<int>(checks[0].status)] + checks[0].summary;
}

void drop(const TempDir& dir, const std::string& path) {
  REQUIRE(sg::remove_file(dir.path() + path));
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
  const std::string head = "version = 3\nimports = [\"conf.d/*.toml\"]\n";
  put(dir, kConfig, head + kTable3 + "default_runtime_name = \"nvidia\"\n");
  CHECK(has(install(root, plan, true), "the default runtime is 'nvidia'"));
  CHECK(install(root, plan).empty());
  put(dir, kConfig, head + kTable3 + "default_runtime_name = \"runc\"\n");
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
  put(dir, std::string(sg::engines::kContainerdBaseSpec), "{}");
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

TEST_CASE(
    "Plan of containerd: a handler of a CRI plugin that is disabled is said to be of no use") {
  const TempDir dir;
  const RootDir root(dir.path());
  FilePlan plan;
  for (const char* version : {"version = 2\n", "version = 3\nimports = [\"conf.d/*.toml\"]\n"}) {
    put(dir, kConfig, version);
    REQUIRE(install(root, plan).empty());
    CHECK(plan.remarks.empty());
    put(dir, kConfig,
        version + std::string("disabled_plugins = [\"io.containerd.grpc.v1.cri\"]\n"));
    REQUIRE(install(root, plan).empty());
    REQUIRE(plan.remarks.size() == 1);
    CHECK(has(plan.remarks[0], "no pod is started by the handler: disabled_plugins in " + kConfig));
  }
  // As Docker's package containerd.io has it.
  put(dir, kConfig, "disabled_plugins = [\"cri\"]\n");
  CHECK(has(install(root, plan), "disabled_plugins names the CRI plugin"));
}

TEST_CASE("Containerd: the arguments of the hook in a base spec are kept") {
  const TempDir dir;
  const RootDir root(dir.path());
  const std::string spec(sg::engines::kContainerdBaseSpec);
  put(dir, kConfig, "version = 2\n");
  FilePlan plan;
  CHECK(install(root, plan).empty());
  put(dir, spec, *sg::engines::base_spec_text(kSpec, kHook, {"--policy", "/etc/a.json"}));
  const std::string before = content(root, spec);
  CHECK(install(root, plan).empty());
  CHECK(content(root, spec) == before);
  REQUIRE_FALSE(plan.remarks.empty());
  CHECK(has(plan.remarks[0], "keeps the hook's arguments: --policy /etc/a.json"));
  // The wrapper would judge its containers by another node policy.
  CHECK(has(install(root, plan, false, ""), "'--policy /etc/a.json', and the wrapper"));
  CHECK(plan.changes.empty());
  CHECK(uninstall(root).empty());
  CHECK(install(root, plan, false, "").empty());
  CHECK(plan.remarks.empty());
}

TEST_CASE("Containerd: each link of the chain to the hook, broken") {
  const TempDir dir;
  const RootDir root(dir.path());
  CHECK(first(kContainerd.check(root, kContainerd)) == "warning the hook is not registered");
  const std::string file(sg::engines::kContainerdConfig);
  const auto config = sg::engines::read_containerd_config("version = 2\n");
  REQUIRE(config);
  put(dir, file, sg::engines::add_handler("version = 2\n", *config, ""));
  CHECK(has(first(kContainerd.check(root, kContainerd)), "missing or without the hook"));
  const std::string spec(sg::engines::kContainerdBaseSpec);
  put(dir, spec, *sg::engines::base_spec_text("{}", kHook));
  CHECK(first(kContainerd.check(root, kContainerd)).starts_with("failed "));
  make_program(dir, kHook);
  CHECK(first(kContainerd.check(root, kContainerd)).starts_with("ok registered by "));
  put(dir, spec,
      R"({"hooks": {"createRuntime": [{"path": "/x"}, {"path": ")" + kHook +
          R"(", "args": ["sysctl-guard-hook", "--help"]}]}})");
  CHECK(has(first(kContainerd.check(root, kContainerd)), "guards nothing"));
  put(dir, spec, *sg::engines::base_spec_text("{}", kHook));
  put(dir, sg::engines::kCdiFile, sg::engines::cdi_spec_text("/none/hook", {}));
  CHECK(first(kContainerd.check(root, kContainerd)).starts_with("failed /etc/cdi"));
  drop(dir, sg::engines::kCdiFile);

  put(dir, file, "version = 3\n");
  CHECK(first(kContainerd.check(root, kContainerd)) == "warning the hook is not registered");
  put(dir, std::string(sg::engines::kContainerdDropIn),
      sg::engines::drop_in_text(*config, false, ""));
  CHECK(has(first(kContainerd.check(root, kContainerd)),
            "failed /etc/containerd/conf.d/99-sysctl-guard.toml is not imported"));
  put(dir, file, "version = 3\nimports = [\"conf.d/*.toml\"]\n");
  CHECK(first(kContainerd.check(root, kContainerd)).starts_with("ok registered by "));
  put(dir, "/etc/containerd/conf.d/10.toml", "garbage");
  CHECK(first(kContainerd.check(root, kContainerd))
            .starts_with("failed '/etc/containerd/conf.d/10.toml'"));
  drop(dir, "/etc/containerd/conf.d/10.toml");
  drop(dir, std::string(sg::engines::kContainerdDropIn));
  put(dir, file,
      "version = 3\n[plugins.'io.containerd.cri.v1.runtime'.containerd]\n"
      "default_runtime_name = 'sysctl-guard'\n");
  CHECK(has(first(kContainerd.check(root, kContainerd)), "there is no such runtime"));
  put(dir, std::string(sg::engines::kContainerdDropIn),
      sg::engines::drop_in_text(*config, false, ""));
  put(dir, file, "version = [\n");
  CHECK(first(kContainerd.check(root, kContainerd)).starts_with("failed "));
}

TEST_CASE("containerd: without a base spec the handler runs the wrapper") {
  const TempDir dir;
  const RootDir root(dir.path());
  FilePlan plan;
  const std::string table = "[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.";
  const std::string before = "version = 2\n" + table + "runc.options]\n  SystemdCgroup = true";
  put(dir, kConfig, before);
  CHECK(install(root, plan, false, "").empty());
  const std::string after = root.read(kConfig)->value_or("");
  CHECK(
      has(after, table + "sysctl-guard.options]\n  BinaryName = \"/r\"\n  SystemdCgroup = true\n"));
  CHECK(has(after, "  pod_annotations = [\"io.sysctl-guard.*\", \"io.sysctl-guard.*/*\"]\n"));
  CHECK_FALSE(has(after, "base_runtime_spec"));
  CHECK_FALSE(root.has(sg::engines::kContainerdBaseSpec));
  CHECK(has(first(kContainerd.check(root, kContainerd)), "runtime '/r': is not there"));
  put(dir, "/r", "");
  CHECK(has(first(kContainerd.check(root, kContainerd)), "is not an executable file"));
  REQUIRE(::chmod((dir.path() + "/r").c_str(), 0755) == 0);
  CHECK(has(first(kContainerd.check(root, kContainerd)), "refuses containers"));
  // The other way takes its place, and this one again that one's.
  CHECK(install(root, plan).empty());
  CHECK_FALSE(has(root.read(kConfig)->value_or(""), "BinaryName"));
  CHECK(install(root, plan, false, "").empty());
  CHECK(root.read(kConfig)->value_or("") == after);
  CHECK(uninstall(root).empty());
  CHECK(root.read(kConfig)->value_or("") == before);
  CHECK_FALSE(root.has(sg::engines::kContainerdBaseSpec));

  put(dir, kConfig, "version = 3\nimports = [\"/etc/containerd/conf.d/*.toml\"]\n");
  CHECK(install(root, plan, false, "").empty());
  CHECK(sg::engines::wrapper_of(root.read(kDropIn)->value_or("")) == "/r");
  CHECK(uninstall(root).empty());
  CHECK_FALSE(root.has(kDropIn));
}

TEST_CASE("containerd: a profile more is a CDI device more, and needs no restart") {
  const TempDir dir;
  const RootDir root(dir.path());
  put(dir, kConfig, "version = 2\n");
  InstallRequest request;
  request.programs = {kHook, "/r"};
  const auto has_restart = [&] {
    FilePlan plan;
    REQUIRE(kContainerd.plan(root, kContainerd, request, plan));
    CHECK(changes_anything(plan));
    REQUIRE(apply_plan(root, plan));
    return !plan.notes.empty() && has(plan.notes.back(), "restart containerd");
  };
  CHECK(has_restart());
  const std::vector<std::string> profiles = {"vpn"};
  request.profiles = profiles;
  CHECK_FALSE(has_restart());
}

TEST_CASE("containerd: the wrapper is never the runtime of all containers") {
  const TempDir dir;
  const RootDir root(dir.path());
  FilePlan plan;
  put(dir, kConfig, "version = 3\nimports = [\"/etc/containerd/conf.d/*.toml\"]\n");
  CHECK(has(install(root, plan, true, ""), "is to be the default one"));
  CHECK_FALSE(root.has(kDropIn));
  CHECK(install(root, plan, true).empty());
  CHECK(has(install(root, plan, false, ""), "is to be the default one"));
}
