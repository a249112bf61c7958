// SPDX-License-Identifier: Apache-2.0
// containerd_config_test.cpp - what config.toml says, and the handler beside it.
#include "app/install/containerd_config.h"

#include <string>
#include <vector>

#include "app/install/toml_scan.h"
#include "support/catch.h"

using sg::app::add_handler;
using sg::app::base_spec_text;
using sg::app::ContainerdConfig;
using sg::app::drop_in_text;
using sg::app::read_containerd_config;
using sg::app::remove_handler;

namespace {

constexpr const char* kRunc2 = R"([plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
    SystemdCgroup = true
)";
constexpr const char* kHandler2 =
    "[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.sysctl-guard]\n";

ContainerdConfig config_of(const std::string& text) {
  const auto config = read_containerd_config(text);
  INFO((config ? "" : config.error().message));
  REQUIRE(config);
  return *config;
}

}  // namespace

TEST_CASE("containerd: what config.toml says") {
  struct Case {
    const char* why;
    std::string text;
    int version;
    bool systemd_cgroup, has_runc, imports_drop_in;
  };
  const std::string runc3 =
      "[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]\nSystemdCgroup = "
      "true\n";
  const Case cases[] = {
      {"version 2, bare", "version = 2\n", 2, false, false, false},
      {"version 2, as on a node", std::string("version = 2\n") + kRunc2, 2, true, true, false},
      {"version 3", "version = 3\n" + runc3, 3, true, false, false},
      {"version 3 does not read the tables of version 2", std::string("version = 3\n") + kRunc2, 3,
       false, false, false},
      {"cgroups as set", "version = 3\n" + runc3 + "SystemdCgroup = false", 3, false, false, false},
      {"imported by a glob", "version = 3\nimports = ['/x', '/etc/containerd/conf.d/*.toml']", 3,
       false, false, true},
      {"imported by a relative glob", "version = 3\nimports = ['conf.d/*.toml']", 3, false, false,
       true},
      {"imported by name", "version=3\nimports=['/etc/containerd/conf.d/99-sysctl-guard.toml']", 3,
       false, false, true},
      {"another directory is not ours", "version = 3\nimports = ['/etc/containerd/*.toml']", 3,
       false, false, false},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const ContainerdConfig config = config_of(c.text);
    CHECK(config.version == c.version);
    CHECK(config.systemd_cgroup.value_or(false) == c.systemd_cgroup);
    CHECK(config.has_runc == c.has_runc);
    CHECK(config.imports_drop_in == c.imports_drop_in);
  }
  for (const char* text :
       {"", "version = 1", "version = \"2\"", "version = 1001", "version = [", "x"}) {
    INFO(text);
    CHECK_FALSE(read_containerd_config(text));
  }
}

TEST_CASE("containerd: the handler stands behind the end, and goes again byte for byte") {
  for (const std::string& text :
       {std::string("version = 2\n"), std::string("version = 2"),
        std::string("version = 2\n") + kRunc2, std::string("version = 2\n\n\n")}) {
    INFO(text);
    const ContainerdConfig config = config_of(text);
    const std::string with = add_handler(text, config);
    CHECK(with.starts_with(text));
    CHECK(with.find("\n# sysctl-guard: begin") != std::string::npos);
    CHECK(with.find(kHandler2) != std::string::npos);
    CHECK(sg::app::scan_toml(with).has_value());
    CHECK(add_handler(with, config) == with);
    CHECK(remove_handler(with) == text);
    CHECK(remove_handler(text) == text);
    // What somebody adds behind it stays.
    const std::string line_break = text.ends_with('\n') ? "" : "\n";
    CHECK(remove_handler(with + "[x]\n") == text + line_break + "[x]\n");
    CHECK_FALSE(config_of(text).obstacle.has_value());
    CHECK_FALSE(config_of(remove_handler(with)).obstacle.has_value());
  }
}

TEST_CASE("containerd: a runtime of our name, and forms to which no table can be added") {
  const std::string plugin = "plugins.\"io.containerd.grpc.v1.cri\"";
  const std::string ours = "a runtime 'sysctl-guard' that was not made";
  const std::string form = "in a form to which nothing can be added";
  struct Case {
    std::string text, says;
  };
  const Case cases[] = {
      {"[" + plugin + ".containerd.runtimes.sysctl-guard]\nruntime_type = 'x'", ours},
      {"[" + plugin + ".containerd.runtimes.sysctl-guard.options]", ours},
      {"[" + plugin + ".containerd.runtimes]\nsysctl-guard = { runtime_type = 'x' }", ours},
      {"[" + plugin + ".containerd.runtimes]\nsysctl-guard.runtime_type = 'x'", ours},
      {"[" + plugin + ".containerd.runtimes]\nrunc = { runtime_type = 'x' }", form},
      {"[" + plugin + ".containerd.runtimes]\nrunc.runtime_type = 'x'", form},
      {"[" + plugin + ".containerd]\nruntimes = { runc = { } }", form},
      {"[" + plugin + ".containerd]\nruntimes.runc.runtime_type = 'x'", form},
      {"[" + plugin + "]\ncontainerd = { }", form},
      {"[plugins]\n\"io.containerd.grpc.v1.cri\" = { }", form},
      {"plugins = { }", form},
      {"[" + plugin + ".containerd.runtimes.runc]\noptions = { SystemdCgroup = true }", form},
      {"[" + plugin + ".containerd.runtimes.runc]\noptions.SystemdCgroup = true", ""},
      {"[" + plugin + ".containerd.runtimes.sysctl-guard2]\nruntime_type = 'x'", ""},
      {"[" + plugin + ".containerd]\ndefault_runtime_name = 'runc'", ""},
  };
  for (const Case& c : cases) {
    INFO(c.text);
    const std::optional<sg::Error> obstacle = config_of("version = 2\n" + c.text).obstacle;
    CHECK(obstacle.has_value() == !c.says.empty());
    CHECK((!obstacle || obstacle->message.find(c.says) != std::string::npos));
    CHECK((!obstacle || !obstacle->hint.empty()));
  }
  // Half a block of ours is somebody's.
  const std::string with = add_handler("version = 2\n", config_of("version = 2\n"));
  const std::string half = with.substr(0, with.find("# sysctl-guard: end"));
  CHECK(remove_handler(half) == half);
  CHECK(config_of(half).obstacle.has_value());
}

TEST_CASE("containerd: the default runtime, and whose drop-in it is") {
  CHECK(config_of("version = 3\n[plugins.'io.containerd.cri.v1.runtime'.containerd]\n"
                  "default_runtime_name = 'crun'\n")
            .default_runtime == "crun");
  CHECK(config_of("version = 2\n").default_runtime.empty());
  const ContainerdConfig config = config_of("version = 3\n");
  CHECK(sg::app::is_our_drop_in(drop_in_text(config, false)));
  CHECK_FALSE(sg::app::drop_in_is_for_all(drop_in_text(config, false)));
  CHECK(sg::app::drop_in_is_for_all(drop_in_text(config, true)));
  CHECK_FALSE(sg::app::is_our_drop_in("version = 3\n"));
  CHECK(read_containerd_config("[debug]\n", "/f", 2)->version == 2);
}

TEST_CASE(
    "containerd: the handler has runc's kind of cgroups, and keeps runc where it is built in") {
  const ContainerdConfig node = config_of(std::string("version = 2\n") + kRunc2);
  CHECK(add_handler("", node).find("SystemdCgroup = true") != std::string::npos);
  CHECK(add_handler("", node).find("runtimes.runc]") == std::string::npos);
  const ContainerdConfig bare = config_of("version = 2\n");
  CHECK(add_handler("", bare).find("SystemdCgroup") == std::string::npos);
  CHECK(add_handler("", bare).find("runtimes.runc]") != std::string::npos);
}

TEST_CASE("containerd: the drop-in is of version 3, and the default only where asked") {
  const ContainerdConfig config = config_of("version = 3\n");
  const auto plain = sg::app::scan_toml(drop_in_text(config, false));
  REQUIRE(plain);
  const std::string plugin = "plugins.io.containerd.cri.v1.runtime.containerd";
  const std::string handler = plugin + ".runtimes.sysctl-guard";
  CHECK(sg::app::find_setting(*plain, "", "version")->value == "3");
  CHECK(sg::app::find_setting(*plain, plugin, "default_runtime_name") == nullptr);
  CHECK(sg::app::find_setting(*plain, handler, "pod_annotations")->strings ==
        std::vector<std::string>{"io.sysctl-guard.*", "io.sysctl-guard.*/*"});
  CHECK(sg::app::find_setting(*plain, handler, "base_runtime_spec")->strings.front() ==
        sg::app::kContainerdBaseSpec);
  const auto all = sg::app::scan_toml(drop_in_text(config, true));
  REQUIRE(all);
  CHECK(sg::app::find_setting(*all, plugin, "default_runtime_name")->strings.front() ==
        "sysctl-guard");
}

TEST_CASE("containerd: the base spec has the hook and no limits") {
  const auto spec =
      base_spec_text(R"({"process":{"cwd":"/","rlimits":[{"type":"x"}]},"a":1})", "/h");
  REQUIRE(spec);
  CHECK(*spec == R"({"process":{"cwd":"/"},"a":1,"hooks": {"createRuntime": [)"
                 R"({"path": "/h", "args": ["sysctl-guard-hook"], "timeout": 30}]}})");
  CHECK_FALSE(base_spec_text("", "/h"));
  CHECK_FALSE(base_spec_text("[]", "/h"));
}
