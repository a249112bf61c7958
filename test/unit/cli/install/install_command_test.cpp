// SPDX-License-Identifier: Apache-2.0
// install_command_test.cpp - command lines of `install`.
#include "cli/install/install_command.h"

#include <string>
#include <vector>

#include "cli/help.h"
#include "support/catch.h"
#include "support/command_words.h"

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
                          "--root=/r", "--policy", "/p", "--base-spec", "s"});
  REQUIRE(options);
  CHECK(options->dry_run);
  CHECK(options->all_containers);
  CHECK(options->hook == "/h");
  CHECK(options->root == "/r");
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
      {{"podman", "--policy="}, "--policy: '' is not an absolute path"},
      {{"podman", "--uninstall", "--hook=/h"}, "--uninstall and --hook do not go together"},
      {{"podman", "--uninstall", "--all-containers"},
       "--uninstall and --all-containers do not go together"},
      {{"podman", "--base-spec=x"}, "--base-spec is for containerd"},
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
