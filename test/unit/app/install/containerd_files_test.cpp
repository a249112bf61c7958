// SPDX-License-Identifier: Apache-2.0
// containerd_files_test.cpp - what drop-ins say over config.toml, and imports that cannot be followed.
#include "app/install/containerd_files.h"

#include <string>

#include "base/file_write.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using sg::app::ContainerdConfig;
using sg::app::load_containerd_config;
using sg::host::RootDir;
using sg::test::TempDir;

namespace {

const std::string kMain = "version = 3\nimports = [\"conf.d/*.toml\"]\n";
const std::string kRuntimes = "plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.";
const std::string kCgroup = "[" + kRuntimes + "runc.options]\nSystemdCgroup = ";

void put(const TempDir& dir, const std::string& name, const std::string& text) {
  REQUIRE(sg::replace_file(dir.path() + "/etc/containerd/" + name, text));
}

ContainerdConfig load(const TempDir& dir, const std::string& text) {
  auto config = load_containerd_config(RootDir(dir.path()), text);
  INFO((config ? "" : config.error().message));
  REQUIRE(config);
  return *std::move(config);
}

}  // namespace

TEST_CASE("containerd's files: SystemdCgroup of a drop-in, the last one in order") {
  const TempDir dir;
  CHECK_FALSE(load(dir, kMain).systemd_cgroup.has_value());
  put(dir, "conf.d/10.toml", kCgroup + "true\n");
  CHECK(load(dir, kMain).systemd_cgroup == true);
  CHECK(load(dir, kMain).sets_cri);
  CHECK_FALSE(load(dir, "version = 3\n").systemd_cgroup.has_value());
  put(dir, "conf.d/20.toml", "version = 3\n" + kCgroup + "false\n");
  CHECK(load(dir, kMain).systemd_cgroup == false);
  // A drop-in of version 2 has the tables of version 2.
  put(dir, "conf.d/30.toml",
      "version = 2\n[plugins.'io.containerd.grpc.v1.cri'.containerd.runtimes.runc.options]\n"
      "SystemdCgroup = true\n");
  CHECK(load(dir, kMain).systemd_cgroup == true);
}

TEST_CASE("containerd's files: ours is not read, those that a drop-in imports are, each once") {
  const TempDir dir;
  put(dir, "conf.d/99-sysctl-guard.toml", "[" + kRuntimes + "sysctl-guard]\n");
  CHECK_FALSE(load(dir, kMain).obstacle.has_value());
  put(dir, "conf.d/10.toml", "imports = [\"/etc/containerd/config.toml\", \"more.toml\"]\n");
  put(dir, "more.toml", "imports = [\"more.toml\"]\n[" + kRuntimes + "sysctl-guard]\n");
  const ContainerdConfig config = load(dir, kMain);
  REQUIRE(config.obstacle.has_value());
  CHECK(config.obstacle->message.starts_with("'/etc/containerd/more.toml'"));
}

TEST_CASE("containerd's files: what cannot be read is an error that names it") {
  const TempDir dir;
  const RootDir root(dir.path());
  put(dir, "conf.d/10.toml", "garbage\n");
  const auto garbage = load_containerd_config(root, kMain);
  REQUIRE_FALSE(garbage);
  CHECK(garbage.error().message.starts_with("'/etc/containerd/conf.d/10.toml'"));
  CHECK_FALSE(load_containerd_config(root, "version = 3\nimports = [\"/etc/*/x.toml\"]\n"));
  CHECK_FALSE(load_containerd_config(root, "version = 1\n"));
}
