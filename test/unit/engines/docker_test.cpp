// SPDX-License-Identifier: Apache-2.0
// docker_test.cpp - each link of the chain from Docker's files to the hook, broken.
#include "engines/engine.h"

#include <sys/stat.h>

#include <string>
#include <vector>

#include "base/file_write.h"
#include "engines/cdi.h"
#include "engines/docker_files.h"
#include "support/catch.h"
#include "support/root_files.h"
#include "support/temp_dir.h"

using sg::engines::Check;
using sg::host::RootDir;
using sg::test::has;
using sg::test::make_program;
using sg::test::put;
using sg::test::TempDir;

namespace {

const sg::engines::Engine& kDocker = *sg::engines::find_engine("docker");
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
  CHECK((checks[0].status == sg::engines::CheckStatus::kOk || !checks[0].remedy.empty()));
  return words[static_cast<int>(checks[0].status)] + checks[0].summary;
}

// Docker with everything that the runtime needs.
void make_docker(const TempDir& dir, bool is_default) {
  make_program(dir, kRuntime);
  make_program(dir, kHook);
  make_program(dir, "/usr/sbin/runc");
  put(dir, kDaemonJson, **sg::engines::add_runtime({}, "f", {kRuntime, is_default}));
  put(dir, sg::engines::kCdiFile, sg::engines::cdi_spec_text(kHook, {}));
}

}  // namespace

TEST_CASE("Docker: registered or not") {
  const TempDir dir;
  const RootDir root(dir.path());
  CHECK(first(kDocker.check(root, kDocker)) == "warning the hook is not registered");
  make_docker(dir, false);
  CHECK(first(kDocker.check(root, kDocker)) == "ok runtime \"sysctl-guard\" in " + kDaemonJson);
  make_docker(dir, true);
  CHECK(first(kDocker.check(root, kDocker)) ==
        "ok runtime \"sysctl-guard\" in " + kDaemonJson +
            ", the default one, for containers with annotations");
  put(dir, kSettings, R"({"version": 1, "allContainers": true})");
  CHECK(first(kDocker.check(root, kDocker)) ==
        "ok runtime \"sysctl-guard\" in " + kDaemonJson + ", the default one, for all containers");
  put(dir, kDaemonJson, "{}");
  CHECK(first(kDocker.check(root, kDocker)) == "warning the hook is not registered");
  put(dir, kDaemonJson, "{");
  CHECK(first(kDocker.check(root, kDocker)).starts_with("failed "));
}

TEST_CASE("Docker: the runtime refuses containers without what it needs") {
  const TempDir dir;
  const RootDir root(dir.path());
  make_docker(dir, false);
  drop(dir, kRuntime);
  CHECK(first(kDocker.check(root, kDocker)) ==
        "failed " + kDaemonJson + ": runtime '" + kRuntime + "': is not there");
  make_docker(dir, false);
  drop(dir, kHook);
  CHECK(has(first(kDocker.check(root, kDocker)),
            "failed runtime \"sysctl-guard\" refuses containers: hook '"));
  // Beside the wrapper, as in a build directory.
  make_program(dir, "/usr/bin/sysctl-guard-hook");
  drop(dir, sg::engines::kCdiFile);
  CHECK(first(kDocker.check(root, kDocker)).starts_with("ok "));
  drop(dir, "/usr/bin/sysctl-guard-hook");

  make_docker(dir, false);
  put(dir, kSettings, "{}");
  CHECK(has(first(kDocker.check(root, kDocker)), "\"version\" is missing"));
  put(dir, kSettings, R"({"version": 1, "runtime": "/opt/crun"})");
  CHECK(has(first(kDocker.check(root, kDocker)), "runtime '/opt/crun': is not there"));
  make_program(dir, "/opt/crun");
  CHECK(first(kDocker.check(root, kDocker)).starts_with("ok "));
  put(dir, kSettings, R"({"version": 1, "runtime": ")" + kRuntime + "\"}");
  CHECK(has(first(kDocker.check(root, kDocker)), "is the wrapper itself"));
  drop(dir, kSettings);
  drop(dir, "/usr/sbin/runc");
  CHECK(has(first(kDocker.check(root, kDocker)), "neither runc nor crun"));

  make_docker(dir, false);
  put(dir, sg::engines::kCdiFile, sg::engines::cdi_spec_text("/none/hook", {}));
  CHECK(first(kDocker.check(root, kDocker))
            .starts_with("failed /etc/cdi/sysctl-guard.json names a program"));
  // Somebody else's file of that name is none of ours.
  put(dir, sg::engines::kCdiFile, R"({"kind": "a.b/c", "devices": []})");
  CHECK(first(kDocker.check(root, kDocker)).starts_with("ok "));
}
