// SPDX-License-Identifier: Apache-2.0
// containerd_config_test.cpp - what config.toml says, and the handler beside it.
#include "engines/containerd_config.h"

#include <string>
#include <vector>

#include "base/file_write.h"
#include "engines/toml.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using sg::engines::add_handler;
using sg::engines::base_spec_text;
using sg::engines::ContainerdConfig;
using sg::engines::drop_in_text;
using sg::engines::load_containerd_config;
using sg::engines::parse_toml;
using sg::engines::read_containerd_config;
using sg::engines::remove_handler;
using sg::engines::TomlValue;
using sg::host::RootDir;
using sg::test::TempDir;

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
      {"cgroups as set", "version = 3\n" + runc3.substr(0, runc3.find("true")) + "false", 3, false,
       false, false},
      {"imported by a glob", "version = 3\nimports = ['/x', '/etc/containerd/conf.d/*.toml']", 3,
       false, false, true},
      {"imported by a relative glob", "version = 3\nimports = ['conf.d/*.toml']", 3, false, false,
       true},
      {"with what a path does not need",
       "version = 3\nimports = ['/etc/containerd/.//conf.d/*.toml']", 3, false, false, true},
      {"imported by name", "version=3\nimports=['/etc/containerd/conf.d/99-sysctl-guard.toml']", 3,
       false, false, true},
      {"runc's options inline",
       "version = 2\n[plugins.'io.containerd.grpc.v1.cri'.containerd.runtimes.runc]\n"
       "options = { SystemdCgroup = true }",
       2, true, true, false},
      {"ends of lines with CR",
       "version = 3\r\n[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]"
       "\r\nSystemdCgroup = true\r\n",
       3, true, false, false},
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
  for (const char* text : {"", "version = 1", "version = \"2\"", "version = 1001", "version = [",
                           "x", "version = 2\nversion = 2"}) {
    INFO(text);
    CHECK_FALSE(read_containerd_config(text));
  }
}

TEST_CASE("containerd: a CRI plugin that is disabled, by each of its names") {
  for (const char* name : {"cri", "io.containerd.grpc.v1.cri", "io.containerd.cri.v1.runtime"}) {
    const std::string line = "disabled_plugins = [\"x\", \"" + std::string(name) + "\"]\n";
    INFO(line);
    CHECK(config_of("version = 2\n" + line).disables_cri);
    CHECK(config_of("version = 3\n" + line).disables_cri);
    for (const char* version : {"", "version = 1\n"}) {
      const auto config = read_containerd_config(version + line);
      REQUIRE_FALSE(config);
      CHECK(
          config.error().message.ends_with("disabled_plugins names the CRI plugin, so that "
                                           "containerd starts no pod"));
      CHECK(
          config.error().hint.ends_with("containerd config default > /etc/containerd/config.toml"));
    }
  }
  CHECK_FALSE(
      config_of("version = 2\ndisabled_plugins = [\"io.containerd.grpc.v1.x\"]\n").disables_cri);
  CHECK_FALSE(config_of("version = 2\n").disables_cri);
}

TEST_CASE("containerd: the handler stands behind the end, and goes again byte for byte") {
  for (const std::string& text :
       {std::string("version = 2\n"), std::string("version = 2"),
        std::string("version = 2\n") + kRunc2, std::string("version = 2\n\n\n")}) {
    INFO(text);
    const ContainerdConfig config = config_of(text);
    const std::string with = add_handler(text, config, "");
    CHECK(with.starts_with(text));
    CHECK(with.find("\n# sysctl-guard: begin") != std::string::npos);
    CHECK(with.find(kHandler2) != std::string::npos);
    CHECK(parse_toml(with, "it"));
    CHECK(add_handler(with, config, "") == with);
    CHECK(remove_handler(with) == text);
    CHECK(remove_handler(text) == text);
    // What somebody adds behind it stays.
    const std::string line_break = text.ends_with('\n') ? "" : "\n";
    CHECK(remove_handler(with + "[x]\n") == text + line_break + "[x]\n");
    CHECK_FALSE(config_of(text).obstacle.has_value());
    CHECK_FALSE(config_of(remove_handler(with)).obstacle.has_value());
  }
}

TEST_CASE("containerd: a beginning whose end somebody has removed takes nothing along") {
  const std::string with = add_handler("version = 2\n", config_of("version = 2\n"), "");
  const std::size_t mark = with.find("# sysctl-guard: begin");
  const std::string rest = with.substr(0, with.find('\n', mark) + 1) + "[theirs]\n";
  CHECK(remove_handler(rest) == rest);
  for (const std::string& text : {rest, rest + "x = 1"}) {
    CHECK(remove_handler(add_handler(text, config_of(text), "")) == text);
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
      {"[" + plugin + ".containerd.runtimes.runc]\noptions = { SystemdCgroup = true }", ""},
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
  const std::string with = add_handler("version = 2\n", config_of("version = 2\n"), "");
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
  CHECK(sg::engines::is_our_drop_in(drop_in_text(config, false, "")));
  CHECK_FALSE(sg::engines::drop_in_is_for_all(drop_in_text(config, false, "")));
  CHECK(sg::engines::drop_in_is_for_all(drop_in_text(config, true, "")));
  CHECK_FALSE(sg::engines::is_our_drop_in("version = 3\n"));
  CHECK(read_containerd_config("[debug]\n", "/f", 2)->version == 2);
}

TEST_CASE(
    "containerd: the handler has runc's kind of cgroups, and keeps runc where it is built in") {
  const ContainerdConfig node = config_of(std::string("version = 2\n") + kRunc2);
  CHECK(add_handler("", node, "").find("SystemdCgroup = true") != std::string::npos);
  CHECK(add_handler("", node, "").find("runtimes.runc]") == std::string::npos);
  const ContainerdConfig bare = config_of("version = 2\n");
  CHECK(add_handler("", bare, "").find("SystemdCgroup") == std::string::npos);
  CHECK(add_handler("", bare, "").find("runtimes.runc]") != std::string::npos);
}

TEST_CASE("containerd: the drop-in is of version 3, and the default only where asked") {
  const ContainerdConfig config = config_of("version = 3\n");
  const auto plain = parse_toml(drop_in_text(config, false, ""), "it");
  REQUIRE(plain);
  using Path = std::vector<std::string_view>;
  const Path name = {"plugins", "io.containerd.cri.v1.runtime", "containerd",
                     "default_runtime_name"};
  Path setting = {"plugins",      "io.containerd.cri.v1.runtime",
                  "containerd",   "runtimes",
                  "sysctl-guard", "pod_annotations"};
  CHECK(plain->find(Path{"version"})->integer == 3);
  CHECK(plain->find(name) == nullptr);
  const TomlValue* const annotations = plain->find(setting);
  REQUIRE((annotations != nullptr && annotations->members.size() == 2));
  CHECK(annotations->members[0].second.text == "io.sysctl-guard.*");
  CHECK(annotations->members[1].second.text == "io.sysctl-guard.*/*");
  setting.back() = "base_runtime_spec";
  CHECK(plain->find(setting)->text == sg::engines::kContainerdBaseSpec);
  const auto all = parse_toml(drop_in_text(config, true, ""), "it");
  REQUIRE(all);
  CHECK(all->find(name)->text == "sysctl-guard");
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
  put(dir, "conf.d/10.toml", "imports = [\"/etc/containerd/config.toml\", \"more/a.toml\"]\n");
  // Relative to the file that imports it.
  put(dir, "conf.d/more/a.toml", "imports = [\"a.toml\", \"./b.toml\"]\n");
  put(dir, "conf.d/more/b.toml", "[" + kRuntimes + "sysctl-guard]\n");
  const ContainerdConfig config = load(dir, kMain);
  REQUIRE(config.obstacle.has_value());
  CHECK(config.obstacle->message.starts_with("'/etc/containerd/conf.d/more/b.toml'"));
}

TEST_CASE("containerd's files: a file that is imported disables the CRI plugin") {
  const TempDir dir;
  CHECK_FALSE(load(dir, kMain).disables_cri);
  put(dir, "conf.d/10.toml", "disabled_plugins = [\"io.containerd.cri.v1.runtime\"]\n");
  put(dir, "conf.d/20.toml", "disabled_plugins = []\n");
  CHECK(load(dir, kMain).disables_cri);
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
