// SPDX-License-Identifier: Apache-2.0
// cmd_install_test.cpp - its command lines, what must be there before anything is written, and what
// is said.
#include "cli/install/cmd_install.h"

#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/file_write.h"
#include "cli/help.h"
#include "host/root_dir.h"
#include "support/catch.h"
#include "support/command_words.h"
#include "support/root_files.h"
#include "support/temp_dir.h"

using sg::cli::cmd_install;
using sg::cli::InstallOptions;
using sg::cli::Outcome;
using sg::host::RootDir;
using sg::test::has;
using sg::test::make_program;
using sg::test::TempDir;
using sg::test::Words;

namespace {

sg::Result<sg::cli::InstallOptions> parse_install(const Words& words) {
  return sg::test::read_words(sg::cli::install_command(), sg::cli::read_install_options, words);
}

}  // namespace

TEST_CASE("Install options: each engine by its name, and what is not given") {
  for (const sg::engines::Engine* engine : sg::engines::all_engines()) {
    INFO(engine->name());
    const auto options = parse_install(Words{engine->name()});
    REQUIRE(options);
    CHECK(options->engine == engine);
    CHECK(options->root == "/");
    CHECK(options->policy == "/etc/sysctl-guard/policy.json");
    CHECK_FALSE(options->dry_run);
    CHECK_FALSE(options->uninstall);
    CHECK_FALSE(options->all_containers);
    CHECK_FALSE(options->hook.has_value());
    CHECK_FALSE(options->base_spec.has_value());
  }
}

TEST_CASE("Install options: all of install's") {
  const auto options =
      parse_install(Words{"--dry-run", "--all-containers", "containerd", "--hook", "/h",
                          "--root=/usr", "--policy", "/p", "--base-spec", "s"});
  REQUIRE(options);
  CHECK(options->dry_run);
  CHECK(options->all_containers);
  CHECK(options->hook == "/h");
  CHECK(options->root == "/usr");
  CHECK(options->policy == "/p");
  CHECK(options->base_spec == "s");
  const auto uninstall = parse_install(Words{"docker", "--uninstall"});
  REQUIRE(uninstall);
  CHECK(uninstall->uninstall);
}

TEST_CASE("Install options: mistakes") {
  struct Case {
    Words words;
    std::string message;
  };
  const Case install[] = {
      {{}, "no engine given; known are podman, cri-o, docker, containerd"},
      {{"crio"}, "unknown engine 'crio'; known are podman, cri-o, docker, containerd"},
      {{"podman", "docker"}, "one engine at a time: 'docker'"},
      {{"podman", "--root", "r"}, "--root: 'r' is not an absolute path"},
      {{"podman", "--root", "/none"}, "--root: '/none' is not a directory"},
      {{"podman", "--policy="}, "--policy: '' is not an absolute path"},
      {{"podman", "--uninstall", "--hook=/h"}, "--uninstall and --hook do not go together"},
      {{"podman", "--uninstall", "--all-containers"},
       "--uninstall and --all-containers do not go together"},
      {{"podman", "--base-spec=x"}, "--base-spec is for containerd"},
      {{"--list", "podman"}, "--list names all engines: 'podman' cannot stand here"},
      {{"--list", "--uninstall"}, "--list and --uninstall do not go together"},
      {{"podman", "--dryrun"}, "unknown option '--dryrun'; did you mean '--dry-run'?"},
  };
  for (const Case& c : install) {
    INFO(c.message);
    const auto options = parse_install(c.words);
    REQUIRE_FALSE(options);
    CHECK(options.error().message == c.message);
    CHECK(options.error().code == sg::Errc::kUsage);
  }
}

TEST_CASE("Install options: the help names each engine") {
  const std::string help = sg::cli::help_text(sg::cli::install_command());
  CHECK(help.find("\nENGINE is one of\n" + sg::engines::engine_lines()) != std::string::npos);
}

namespace {

const std::string kHook = "/usr/libexec/oci/hooks.d/sysctl-guard-hook";

InstallOptions options_for(const TempDir& dir, const std::string& engine) {
  InstallOptions options;
  options.engine = sg::engines::find_engine(engine);
  options.root = dir.path();
  return options;
}

}  // namespace

TEST_CASE("install: without the hook nothing is written") {
  const TempDir dir;
  const Outcome outcome = cmd_install(options_for(dir, "podman"));
  CHECK(outcome.exit_code == sg::cli::kExitFailed);
  CHECK(outcome.output.empty());
  CHECK(outcome.errors ==
        "sysctl-guard: hook '" + kHook +
            "': is not there\n"
            "hint: install sysctl-guard there first, or name its hook with --hook\n");
  CHECK_FALSE(RootDir(dir.path()).has("/usr/share"));
}

TEST_CASE("install: a dry run writes nothing, a run does, a second run has nothing to do") {
  const TempDir dir;
  const RootDir root(dir.path());
  make_program(dir, kHook);
  InstallOptions options = options_for(dir, "podman");
  options.dry_run = true;
  const Outcome dry = cmd_install(options);
  CHECK(dry.exit_code == sg::cli::kExitDone);
  CHECK(dry.output.starts_with(
      "would write /usr/share/containers/oci/hooks.d/90-sysctl-guard.json\n{\n"));
  CHECK_FALSE(root.has("/usr/share"));
  options.dry_run = false;
  CHECK(has(cmd_install(options).output, "wrote /usr/share/"));
  CHECK(root.has("/usr/share/containers/oci/hooks.d/90-sysctl-guard.json"));
  const Outcome again = cmd_install(options);
  CHECK(again.exit_code == sg::cli::kExitDone);
  CHECK(again.output == "podman: already installed, nothing written\n");
  options.uninstall = true;
  CHECK(has(cmd_install(options).output, "removed /usr/share/"));
  CHECK(cmd_install(options).output.starts_with(
      "podman: already without sysctl-guard, nothing written\nnote: looked in /usr/share/"));
}

TEST_CASE("install: --list names the engines with the hook, and those of which it cannot be told") {
  const TempDir dir;
  make_program(dir, kHook);
  make_program(dir, "/usr/bin/sysctl-guard-runtime");
  const auto parsed = parse_install(Words{"--list", "--root", dir.path()});
  REQUIRE(parsed);
  CHECK(cmd_install(*parsed).output.empty());
  CHECK(cmd_install(options_for(dir, "podman")).exit_code == sg::cli::kExitDone);
  CHECK(cmd_install(*parsed).output == "podman\ncri-o\n");
  make_program(dir, "/usr/bin/podman");
  make_program(dir, "/usr/bin/dockerd");
  CHECK(cmd_install(*parsed).output == "podman\n");
  CHECK(cmd_install(options_for(dir, "docker")).exit_code == sg::cli::kExitDone);
  const Outcome both = cmd_install(*parsed);
  CHECK(both.exit_code == sg::cli::kExitDone);
  CHECK(both.output == "podman\ndocker\n");
  CHECK(both.errors.empty());
  REQUIRE(sg::replace_file(dir.path() + "/etc/docker/daemon.json", "{"));
  InstallOptions podman = options_for(dir, "podman");
  podman.uninstall = true;
  CHECK(cmd_install(podman).exit_code == sg::cli::kExitDone);
  const Outcome doubt = cmd_install(*parsed);
  CHECK(doubt.output == "docker\n");
  CHECK(has(doubt.errors, "docker: "));
  CHECK(has(doubt.errors, "daemon.json"));
}

TEST_CASE("install: uninstalling needs no hook") {
  const TempDir dir;
  InstallOptions options = options_for(dir, "docker");
  options.uninstall = true;
  CHECK(cmd_install(options).exit_code == sg::cli::kExitDone);
}

TEST_CASE("install: all containers need a default mode that somebody chose") {
  const TempDir dir;
  make_program(dir, kHook);
  InstallOptions options = options_for(dir, "podman");
  options.all_containers = true;
  const Outcome missing = cmd_install(options);
  CHECK(missing.exit_code == sg::cli::kExitFailed);
  CHECK(has(missing.errors, "is not there"));
  CHECK(has(missing.errors, "\"mode\": \"audit\""));
  REQUIRE(sg::replace_file(dir.path() + options.policy, R"({"version": 1})"));
  CHECK(has(cmd_install(options).errors, "does not set default.mode"));
  REQUIRE(sg::replace_file(dir.path() + options.policy, R"({"version": 1)"));
  CHECK(has(cmd_install(options).errors, "node policy"));
  CHECK_FALSE(RootDir(dir.path()).has("/usr/share"));
  REQUIRE(sg::replace_file(dir.path() + options.policy,
                           R"({"version": 1, "default": {"mode": "audit"}})"));
  CHECK(cmd_install(options).exit_code == sg::cli::kExitDone);
}

TEST_CASE("install: Docker needs the runtime, containerd a base spec") {
  const TempDir dir;
  make_program(dir, kHook);
  const InstallOptions docker = options_for(dir, "docker");
  CHECK(has(cmd_install(docker).errors, "runtime '/usr/bin/sysctl-guard-runtime': is not there"));
  make_program(dir, "/usr/bin/sysctl-guard-runtime");
  CHECK(cmd_install(docker).exit_code == sg::cli::kExitDone);

  REQUIRE(sg::replace_file(dir.path() + "/etc/containerd/config.toml", "version = 2\n"));
  REQUIRE(sg::replace_file(dir.path() + "/spec", "{}"));
  InstallOptions containerd = options_for(dir, "containerd");
  containerd.base_spec = dir.path() + "/none";
  CHECK(cmd_install(containerd).exit_code == sg::cli::kExitFailed);
  containerd.base_spec = dir.path() + "/spec";
  CHECK(cmd_install(containerd).exit_code == sg::cli::kExitDone);
}

TEST_CASE("install: whatever goes wrong, it is said what to do") {
  const TempDir dir;
  make_program(dir, kHook);
  make_program(dir, "/usr/bin/sysctl-guard-runtime");
  const std::string spec = dir.path() + "/spec";
  const std::string ctr_said = "run `ctr oci spec > FILE`";
  struct Case {
    const char* why;
    std::string engine;
    std::string file, text, base_spec, message, hint;
  };
  const Case cases[] = {
      {"no JSON", "docker", "/etc/docker/daemon.json", "{", "", "daemon.json", "correct"},
      {"a directory", "docker", "/etc/docker/daemon.json/x", "", "", "daemon.json",
       "root can read"},
      {"a file for a directory", "podman", "/usr/share/containers/oci", "", "", "hooks.d",
       "what stands in the way"},
      {"no base spec", "containerd", "/etc/containerd/config.toml", "version = 2\n", "/none",
       "'/none'", ctr_said},
      {"one that is no JSON", "containerd", "/etc/containerd/config.toml", "version = 2\n", spec,
       "the output of ctr oci spec", "as ctr prints it"},
      {"no configuration", "containerd", "/etc/other", "", spec, "config.toml",
       "containerd config default"},
  };
  REQUIRE(sg::replace_file(spec, "x"));
  for (const Case& c : cases) {
    INFO(c.why);
    InstallOptions options = options_for(dir, c.engine);
    if (!c.base_spec.empty()) {
      options.base_spec = c.base_spec;
    }
    REQUIRE(sg::replace_file(dir.path() + c.file, c.text));
    const Outcome outcome = cmd_install(options);
    CHECK(outcome.exit_code == sg::cli::kExitFailed);
    const std::size_t hint = outcome.errors.find("\nhint: ");
    REQUIRE(hint != std::string::npos);
    CHECK(has(outcome.errors.substr(0, hint), c.message));
    CHECK(has(outcome.errors.substr(hint), c.hint));
    std::filesystem::remove_all(dir.path() + c.file.substr(0, c.file.find('/', 5)));
  }
}

TEST_CASE("install: a relative hook is a wrong argument") {
  const TempDir dir;
  InstallOptions options = options_for(dir, "podman");
  options.hook = "hook";
  CHECK(cmd_install(options).exit_code == sg::cli::kExitUsage);
}
