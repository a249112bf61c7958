// SPDX-License-Identifier: Apache-2.0
// cgroup_driver_test.cpp - configured, by default, and not to be known.
#include "app/install/cgroup_driver.h"

#include <optional>
#include <string>

#include "base/file_write.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using sg::app::Engine;
using sg::app::HostDefaults;
using sg::host::RootDir;
using sg::test::TempDir;

namespace {

// The first word of the summary; "" where nothing is known.
std::string driver(const TempDir& dir, Engine engine, const std::optional<HostDefaults>& host) {
  const auto check = sg::app::check_cgroup_driver(RootDir(dir.path()), engine, "x", host);
  CHECK((!check || (check->id == "cgroup-driver:x" && check->status == sg::app::CheckStatus::kOk)));
  return check ? check->summary.substr(0, check->summary.find(',')) : "";
}

}  // namespace

TEST_CASE("Cgroup driver: what engines do that are not told") {
  const TempDir dir;
  struct Case {
    const char* why;
    std::optional<HostDefaults> host;
    std::string podman, crio, docker, containerd;
  };
  const Case cases[] = {
      {"another root", std::nullopt, "", "systemd", "", "cgroupfs"},
      {"systemd, version 2", HostDefaults{true, true}, "systemd", "systemd", "systemd", "cgroupfs"},
      {"systemd, version 1", HostDefaults{true, false}, "systemd", "systemd", "cgroupfs",
       "cgroupfs"},
      {"no systemd", HostDefaults{false, true}, "cgroupfs", "systemd", "cgroupfs", "cgroupfs"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(driver(dir, Engine::kPodman, c.host) == c.podman);
    CHECK(driver(dir, Engine::kCrio, c.host) == c.crio);
    CHECK(driver(dir, Engine::kDocker, c.host) == c.docker);
    CHECK(driver(dir, Engine::kContainerd, c.host) == c.containerd);
  }
  CHECK_FALSE(sg::app::host_defaults(RootDir(dir.path())).has_value());
  CHECK(sg::app::host_defaults(RootDir("/")).has_value());
}

TEST_CASE("Cgroup driver: as the configuration says") {
  const TempDir dir;
  const auto put = [&dir](const std::string& path, const std::string& text) {
    REQUIRE(sg::replace_file(dir.path() + path, text));
  };
  const std::optional<HostDefaults> host = HostDefaults{true, true};
  put("/etc/containers/containers.conf", "[engine]\ncgroup_manager = \"systemd\"\n");
  put("/etc/containers/containers.conf.d/1.conf", "[engine]\ncgroup_manager = \"cgroupfs\"\n");
  CHECK(driver(dir, Engine::kPodman, host) == "cgroupfs");
  put("/etc/crio/crio.conf.d/1.conf", "[crio.runtime]\ncgroup_manager = \"cgroupfs\"\n");
  CHECK(driver(dir, Engine::kCrio, host) == "cgroupfs");
  put("/etc/docker/daemon.json", R"({"exec-opts": ["a=b", "native.cgroupdriver=cgroupfs"]})");
  CHECK(driver(dir, Engine::kDocker, host) == "cgroupfs");
  put("/etc/containerd/config.toml",
      "version = 2\n[plugins.'io.containerd.grpc.v1.cri'.containerd.runtimes.runc.options]\n"
      "SystemdCgroup = true\n");
  CHECK(driver(dir, Engine::kContainerd, host) == "systemd");
}
