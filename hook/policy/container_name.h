// SPDX-License-Identifier: Apache-2.0
// container_name.h - what engines call a container, from the annotations that they set to one text
// and back.
//
// In Kubernetes the text is NAMESPACE/POD/CONTAINER, and NAMESPACE/POD/ for a pod's sandbox, the
// container that holds its namespaces and has no name. Elsewhere it is the name alone. No name of
// Kubernetes has a slash. Everything here is for people: names prove nothing.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace sg::policy {

// What engines call a container of a pod, in the pod's own annotations: CRI-O, and containerd.
inline constexpr std::array<std::string_view, 2> kContainerNameKeys = {
    "io.kubernetes.container.name",
    "io.kubernetes.cri.container-name",
};

// The longest text: namespaces and containers are DNS labels, pods are DNS subdomains.
inline constexpr std::size_t kContainerNameMax = 63 + 1 + 253 + 1 + 63;

struct ContainerName {
  std::string pod_namespace = {};  // of Kubernetes; it and the pod are both there, or neither is
  std::string pod = {};
  std::string name = {};  // its own; empty where no annotation gives it, and of a sandbox

  [[nodiscard]] bool is_in_pod() const noexcept { return !pod.empty(); }
  [[nodiscard]] bool is_sandbox() const noexcept { return is_in_pod() && name.empty(); }

  friend bool operator==(const ContainerName&, const ContainerName&) = default;
};

[[nodiscard]] ContainerName name_of_container(
    const std::map<std::string, std::string>& annotations);

// The text that a guard keeps, and back, whatever the text.
[[nodiscard]] std::string text_of(const ContainerName& name);
[[nodiscard]] ContainerName parse_container_name(std::string_view text);

// "NAMESPACE/POD"; empty outside of pods.
[[nodiscard]] std::string pod_text(const ContainerName& name);

// As people see it: the text, and "sandbox of NAMESPACE/POD". Not escaped.
[[nodiscard]] std::string shown_name(const ContainerName& name);

}  // namespace sg::policy
