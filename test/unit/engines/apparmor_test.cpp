// SPDX-License-Identifier: Apache-2.0
// apparmor_test.cpp - the profiles that are shipped, and their files in plans; that kernels take
// them is tested by test/apparmor/.
#include "engines/apparmor.h"

#include <filesystem>
#include <string>

#include "base/file_write.h"
#include "engines/engine.h"
#include "host/root_dir.h"
#include "request/apparmor_profile.h"
#include "support/catch.h"
#include "support/root_files.h"
#include "support/temp_dir.h"
#include "sysctl/dangers.h"

using sg::engines::Engine;
using sg::engines::FilePlan;
using sg::engines::find_engine;
using sg::engines::own_profile;
using sg::host::RootDir;
using sg::test::has;
using sg::test::put;
using sg::test::TempDir;

TEST_CASE("AppArmor: each engine's own profile, by its name") {
  for (const char* name : {"podman", "docker", "containerd"}) {
    INFO(name);
    const sg::engines::AppArmorProfile* const profile = own_profile(*find_engine(name));
    REQUIRE(profile != nullptr);
    CHECK(profile->name == "sysctl-guard-" + std::string(name));
    CHECK(has(std::string(profile->text), "\nprofile " + std::string(profile->name) + " flags="));
    CHECK(
        has(sg::engines::naming_of(*find_engine(name), profile->name), std::string(profile->name)));
  }
  CHECK(own_profile(*find_engine("cri-o")) == nullptr);
}

TEST_CASE("AppArmor: the wrapper gives a container the profile of its engine") {
  const auto given = [](const char* engine, const std::string& version) {
    return sg::request::profile_in_place_of(std::string(find_engine(engine)->apparmor_profile) +
                                            version);
  };
  CHECK(given("podman", "-0.62.2") == own_profile(*find_engine("podman"))->name);
  CHECK(given("docker", "") == own_profile(*find_engine("docker"))->name);
  CHECK(given("containerd", "") == own_profile(*find_engine("containerd"))->name);
}

TEST_CASE("AppArmor: what makes its writer root of the host stays denied") {
  for (const char* name : {"podman", "docker", "containerd"}) {
    const std::string text(own_profile(*find_engine(name))->text);
    for (const sg::sysctl::Danger& danger : sg::sysctl::dangers()) {
      INFO(name << ": " << danger.name);
      const std::string base(danger.name.substr(danger.name.rfind('/') + 1));
      if (danger.harm == sg::sysctl::Harm::kGivesAway) {
        CHECK((has(text, "," + base + "}") || has(text, "," + base + ",") ||
               has(text, "{" + base + ",") || has(text, "/" + base + " w,")));
      }
    }
    CHECK(has(text, "deny @{PROC}/sys/fs/binfmt_misc/** w,"));
  }
}

TEST_CASE("AppArmor: which profiles a kernel has") {
  const sg::engines::AppArmorState state{.is_on = true, .loaded = "a (enforce)\nb//c (complain)\n"};
  CHECK(sg::engines::is_loaded(state, "a"));
  CHECK(sg::engines::is_loaded(state, "b//c"));
  CHECK_FALSE(sg::engines::is_loaded(state, "c"));
  CHECK_FALSE(sg::engines::is_loaded(state, "b"));
  CHECK_FALSE(sg::engines::is_loaded({.is_on = true, .loaded = std::nullopt}, "a"));
}

TEST_CASE("Plan of AppArmor: the file where that system has profiles, and gone again") {
  const TempDir dir;
  const RootDir root(dir.path());
  const Engine& podman = *find_engine("podman");
  const std::string file = "/etc/apparmor.d/sysctl-guard-podman";
  FilePlan plan;
  REQUIRE(plan_profile(root, podman, plan));
  CHECK(plan.changes.empty());
  std::filesystem::create_directories(dir.path() + "/etc/apparmor.d");
  REQUIRE(plan_profile(root, *find_engine("cri-o"), plan));
  CHECK(plan.changes.empty());
  REQUIRE(plan_profile(root, podman, plan));
  REQUIRE(plan.changes.size() == 1);
  CHECK(plan.changes[0].path == file);
  CHECK(has(plan.notes.back(), "--security-opt apparmor=sysctl-guard-podman"));
  // It is another system's kernel that would load it.
  CHECK(sg::engines::profile_to_load(root, podman, plan).empty());
  CHECK(sg::engines::profile_to_load(RootDir("/"), podman, plan) == "sysctl-guard-podman");
  REQUIRE(apply_plan(root, plan));
  CHECK(*root.read(file) == std::string(own_profile(podman)->text));
  FilePlan undone;
  REQUIRE(unplan_profile(root, podman, undone));
  REQUIRE(apply_plan(root, undone));
  CHECK_FALSE(root.has(file));
  FilePlan nothing;
  REQUIRE(unplan_profile(root, podman, nothing));
  CHECK(nothing.changes.empty());
}

TEST_CASE("Plan of AppArmor: another's file of that name is not written, and stays") {
  const TempDir dir;
  const RootDir root(dir.path());
  put(dir, "/etc/apparmor.d/sysctl-guard-docker", "profile sysctl-guard-docker {}\n");
  FilePlan plan;
  CHECK_FALSE(plan_profile(root, *find_engine("docker"), plan));
  REQUIRE(unplan_profile(root, *find_engine("docker"), plan));
  CHECK(plan.changes.empty());
  CHECK(plan.remarks.size() == 1);
}
