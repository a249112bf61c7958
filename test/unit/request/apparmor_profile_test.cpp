// SPDX-License-Identifier: Apache-2.0
// apparmor_profile_test.cpp - engines' defaults, and profiles that somebody has chosen.
#include "request/apparmor_profile.h"

#include "support/catch.h"

using sg::request::profile_in_place_of;

TEST_CASE("AppArmor: ours in place of an engine's default, and of no other profile") {
  CHECK(profile_in_place_of("containers-default-0.62.2") == "sysctl-guard-podman");
  CHECK(profile_in_place_of("docker-default") == "sysctl-guard-docker");
  CHECK(profile_in_place_of("cri-containerd.apparmor.d") == "sysctl-guard-containerd");
  for (const char* chosen : {"", "unconfined", "docker-default-2", "docker", "containers-default",
                             "containers-default-", "containers-default-mine",
                             "containers-default-0.62.2x", "crio-default", "sysctl-guard-docker"}) {
    INFO(chosen);
    CHECK(profile_in_place_of(chosen).empty());
  }
}
