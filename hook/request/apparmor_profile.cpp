// SPDX-License-Identifier: Apache-2.0
// apparmor_profile.cpp - three names, of which Podman's ends in the version of a library.
#include "request/apparmor_profile.h"

namespace sg::request {

std::string_view profile_in_place_of(std::string_view profile) noexcept {
  constexpr std::string_view kPodman = "containers-default-";
  if (profile.starts_with(kPodman) && profile.size() > kPodman.size() &&
      profile.find_first_not_of("0123456789.", kPodman.size()) == std::string_view::npos) {
    return "sysctl-guard-podman";
  }
  if (profile == "docker-default") {
    return "sysctl-guard-docker";
  }
  return profile == "cri-containerd.apparmor.d" ? "sysctl-guard-containerd" : "";
}

}  // namespace sg::request
