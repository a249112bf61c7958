// SPDX-License-Identifier: Apache-2.0
// engine_options_test.cpp - command lines of `install` and `doctor`.
#include "app/install/engine_options.h"

#include <string>
#include <vector>

#include "support/catch.h"

using sg::app::parse_doctor;
using sg::app::parse_install;
using Words = std::vector<std::string>;

TEST_CASE("Engine options: each engine by its name, and what is not given") {
  for (const sg::engines::Engine* engine : sg::engines::all_engines()) {
    INFO(engine->name());
    const auto options = parse_install(Words{engine->name()});
    REQUIRE(options);
    REQUIRE(options->has_value());
    CHECK((*options)->engine == engine);
    CHECK((*options)->root == "/");
    CHECK((*options)->policy == "/etc/sysctl-guard/policy.json");
    CHECK_FALSE((*options)->dry_run);
    CHECK_FALSE((*options)->uninstall);
    CHECK_FALSE((*options)->all_containers);
    CHECK_FALSE((*options)->hook.has_value());
    CHECK_FALSE((*options)->base_spec.has_value());
  }
}

TEST_CASE("Engine options: all of install's") {
  const auto options =
      parse_install(Words{"--dry-run", "--all-containers", "containerd", "--hook", "/h",
                          "--root=/r", "--policy", "/p", "--base-spec", "s"});
  REQUIRE(options);
  REQUIRE(options->has_value());
  CHECK((*options)->dry_run);
  CHECK((*options)->all_containers);
  CHECK((*options)->hook == "/h");
  CHECK((*options)->root == "/r");
  CHECK((*options)->policy == "/p");
  CHECK((*options)->base_spec == "s");
  const auto uninstall = parse_install(Words{"docker", "--uninstall"});
  REQUIRE(uninstall);
  CHECK((*uninstall)->uninstall);
}

TEST_CASE("Engine options: help wins over what is missing") {
  const auto install = parse_install(Words{"--help"});
  REQUIRE(install);
  CHECK_FALSE(install->has_value());
  const auto doctor = parse_doctor(Words{"-h"});
  REQUIRE(doctor);
  CHECK_FALSE(doctor->has_value());
}

TEST_CASE("Engine options: doctor's") {
  const auto options = parse_doctor(Words{"--json", "--root", "/r", "--policy=/p"});
  REQUIRE(options);
  CHECK((*options)->json);
  CHECK((*options)->root == "/r");
  CHECK((*options)->policy == "/p");
}

TEST_CASE("Engine options: mistakes") {
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
    CHECK(options.error().hint == "see sysctl-guard install --help");
  }
  const auto doctor = parse_doctor(Words{"podman"});
  REQUIRE_FALSE(doctor);
  CHECK(doctor.error().message == "nothing to look at by the name 'podman'");
}

TEST_CASE("Engine options: the help names each engine") {
  CHECK(std::string(sg::app::kInstallHelp).find(sg::engines::engine_lines()) != std::string::npos);
}
