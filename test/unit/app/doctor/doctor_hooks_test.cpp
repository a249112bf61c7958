// SPDX-License-Identifier: Apache-2.0
// doctor_hooks_test.cpp - each link of the chain from Docker's and containerd's files to the hook, broken.
#include "app/doctor/doctor_hooks.h"

#include <sys/stat.h>

#include <string>
#include <vector>

#include "app/install/cdi_spec.h"
#include "app/install/containerd_config.h"
#include "app/install/daemon_json.h"
#include "base/file_write.h"
#include "support/catch.h"
#include "support/root_files.h"
#include "support/temp_dir.h"

using sg::app::Check;
using sg::host::RootDir;
using sg::app::check_containerd;
using sg::app::check_docker;
using sg::test::TempDir;
using sg::test::has;
using sg::test::make_program;
using sg::test::put;

namespace {

const std::string kHook = "/usr/libexec/oci/hooks.d/sysctl-guard-hook";
const std::string kRuntime = "/usr/bin/sysctl-guard-runtime";
const std::string kDaemonJson = "/etc/docker/daemon.json";
const std::string kSettings = "/etc/sysctl-guard/runtime.json";

void drop(const TempDir& dir, const std::string& path) {
  REQUIRE(sg::remove_file(dir.path() + path));
}

// The first check, as a word with its summary.
std::string first(const std::vector<Check>& checks) {
  REQUIRE_FALSE(checks.empty());
  const char* const words[] = {"ok ", "warning ", "failed ", "unknown "};
  CHECK((checks[0].status == sg::app::CheckStatus::kOk || !checks[0].remedy.empty()));
  return words[static_cast<int>(checks[0].status)] + checks[0].summary;
}

// Docker with everything that the runtime needs.
void make_docker(const TempDir& dir, bool is_default) {
  make_program(dir, kRuntime);
  make_program(dir, kHook);
  make_program(dir, "/usr/sbin/runc");
  put(dir, kDaemonJson, *sg::app::add_runtime({}, "f", {kRuntime, is_default}));
  put(dir, std::string(sg::app::kCdiFile), sg::app::cdi_spec_text(kHook, {}));
}

}  // namespace

TEST_CASE("Doctor hooks: Docker, registered or not") {
  const TempDir dir;
  const RootDir root(dir.path());
  CHECK(first(check_docker(root)) == "warning the hook is not registered");
  make_docker(dir, false);
  CHECK(first(check_docker(root)) == "ok runtime \"sysctl-guard\" in " + kDaemonJson);
  make_docker(dir, true);
  CHECK(first(check_docker(root)) == "ok runtime \"sysctl-guard\" in " + kDaemonJson +
                                         ", the default one, for containers with annotations");
  put(dir, kSettings, R"({"version": 1, "allContainers": true})");
  CHECK(first(check_docker(root)) ==
        "ok runtime \"sysctl-guard\" in " + kDaemonJson + ", the default one, for all containers");
  put(dir, kDaemonJson, "{}");
  CHECK(first(check_docker(root)) == "warning the hook is not registered");
  put(dir, kDaemonJson, "{");
  CHECK(first(check_docker(root)).starts_with("failed "));
}

TEST_CASE("Doctor hooks: Docker's runtime refuses containers without what it needs") {
  const TempDir dir;
  const RootDir root(dir.path());
  make_docker(dir, false);
  drop(dir, kRuntime);
  CHECK(first(check_docker(root)) ==
        "failed " + kDaemonJson + ": runtime '" + kRuntime + "': is not there");
  make_docker(dir, false);
  drop(dir, kHook);
  CHECK(
      has(first(check_docker(root)), "failed runtime \"sysctl-guard\" refuses containers: hook '"));
  // Beside the wrapper, as in a build directory.
  make_program(dir, "/usr/bin/sysctl-guard-hook");
  drop(dir, std::string(sg::app::kCdiFile));
  CHECK(first(check_docker(root)).starts_with("ok "));
  drop(dir, "/usr/bin/sysctl-guard-hook");

  make_docker(dir, false);
  put(dir, kSettings, "{}");
  CHECK(has(first(check_docker(root)), "\"version\" is missing"));
  put(dir, kSettings, R"({"version": 1, "runtime": "/opt/crun"})");
  CHECK(has(first(check_docker(root)), "runtime '/opt/crun': is not there"));
  make_program(dir, "/opt/crun");
  CHECK(first(check_docker(root)).starts_with("ok "));
  put(dir, kSettings, R"({"version": 1, "runtime": ")" + kRuntime + "\"}");
  CHECK(has(first(check_docker(root)), "is the wrapper itself"));
  drop(dir, kSettings);
  drop(dir, "/usr/sbin/runc");
  CHECK(has(first(check_docker(root)), "neither runc nor crun"));

  make_docker(dir, false);
  put(dir, std::string(sg::app::kCdiFile), sg::app::cdi_spec_text("/none/hook", {}));
  CHECK(first(check_docker(root)).starts_with("failed /etc/cdi/sysctl-guard.json names a program"));
  // Somebody else's file of that name is none of ours.
  put(dir, std::string(sg::app::kCdiFile), R"({"kind": "a.b/c", "devices": []})");
  CHECK(first(check_docker(root)).starts_with("ok "));
}

TEST_CASE("Doctor hooks: containerd") {
  const TempDir dir;
  const RootDir root(dir.path());
  CHECK(first(check_containerd(root)) == "warning the hook is not registered");
  const std::string file(sg::app::kContainerdConfig);
  const auto config = sg::app::read_containerd_config("version = 2\n");
  REQUIRE(config);
  put(dir, file, sg::app::add_handler("version = 2\n", *config));
  CHECK(has(first(check_containerd(root)), "missing or without the hook"));
  const std::string spec(sg::app::kContainerdBaseSpec);
  put(dir, spec, *sg::app::base_spec_text("{}", kHook));
  CHECK(first(check_containerd(root)).starts_with("failed "));
  make_program(dir, kHook);
  CHECK(first(check_containerd(root)).starts_with("ok registered by "));
  put(dir, spec,
      R"({"hooks": {"createRuntime": [{"path": "/x"}, {"path": ")" + kHook +
          R"(", "args": ["sysctl-guard-hook", "--help"]}]}})");
  CHECK(has(first(check_containerd(root)), "guards nothing"));
  put(dir, spec, *sg::app::base_spec_text("{}", kHook));
  put(dir, std::string(sg::app::kCdiFile), sg::app::cdi_spec_text("/none/hook", {}));
  CHECK(first(check_containerd(root)).starts_with("failed /etc/cdi"));
  drop(dir, std::string(sg::app::kCdiFile));

  put(dir, file, "version = 3\n");
  CHECK(first(check_containerd(root)) == "warning the hook is not registered");
  put(dir, std::string(sg::app::kContainerdDropIn), sg::app::drop_in_text(*config, false));
  CHECK(has(first(check_containerd(root)),
            "failed /etc/containerd/conf.d/99-sysctl-guard.toml is not imported"));
  put(dir, file, "version = 3\nimports = [\"conf.d/*.toml\"]\n");
  CHECK(first(check_containerd(root)).starts_with("ok registered by "));
  put(dir, "/etc/containerd/conf.d/10.toml", "garbage");
  CHECK(first(check_containerd(root)).starts_with("failed '/etc/containerd/conf.d/10.toml'"));
  drop(dir, "/etc/containerd/conf.d/10.toml");
  drop(dir, std::string(sg::app::kContainerdDropIn));
  put(dir, file,
      "version = 3\n[plugins.'io.containerd.cri.v1.runtime'.containerd]\n"
      "default_runtime_name = 'sysctl-guard'\n");
  CHECK(has(first(check_containerd(root)), "there is no such runtime"));
  put(dir, std::string(sg::app::kContainerdDropIn), sg::app::drop_in_text(*config, false));
  put(dir, file, "version = [\n");
  CHECK(first(check_containerd(root)).starts_with("failed "));
}
