// SPDX-License-Identifier: Apache-2.0
// container_name.cpp - the annotations of containerd's CRI plugin, CRI-O and nerdctl into a name.
#include "policy/container_name.h"

#include <span>

namespace sg::policy {
namespace {

using Annotations = std::map<std::string, std::string>;

// Each list in the order in which a key is taken. CRI-O gives its sandboxes the last two keys of
// the first two lists, and no labels of the kubelet before some version.
constexpr std::array<std::string_view, 3> kNamespaceKeys = {"io.kubernetes.cri.sandbox-namespace",
                                                            "io.kubernetes.pod.namespace",
                                                            "io.kubernetes.cri-o.Namespace"};
constexpr std::array<std::string_view, 3> kPodKeys = {
    "io.kubernetes.cri.sandbox-name", "io.kubernetes.pod.name", "io.kubernetes.cri-o.KubeName"};
constexpr std::array<std::string_view, 2> kTypeKeys = {"io.kubernetes.cri.container-type",
                                                       "io.kubernetes.cri-o.ContainerType"};
constexpr std::array<std::string_view, 1> kOtherNameKeys = {"nerdctl/name"};

std::string_view first_of(const Annotations& annotations, std::span<const std::string_view> keys) {
  for (const std::string_view key : keys) {
    const auto found = annotations.find(std::string(key));
    if (found != annotations.end()) {
      return found->second;
    }
  }
  return "";
}

// A part of the text: neither empty, nor two of them.
bool is_part(std::string_view text) {
  return !text.empty() && text.find('/') == std::string_view::npos;
}

}  // namespace

ContainerName name_of_container(const Annotations& annotations) {
  ContainerName name;
  const std::string_view pod_namespace = first_of(annotations, kNamespaceKeys);
  const std::string_view pod = first_of(annotations, kPodKeys);
  std::string_view own = first_of(annotations, kContainerNameKeys);
  const bool is_sandbox = first_of(annotations, kTypeKeys) == "sandbox";
  if (is_part(pod_namespace) && is_part(pod) && (is_sandbox || is_part(own))) {
    name.pod_namespace = pod_namespace;
    name.pod = pod;
    own = is_sandbox ? "" : own;  // CRI-O calls it POD
  } else if (own.empty()) {
    own = first_of(annotations, kOtherNameKeys);
  }
  name.name = own;
  return name;
}

std::string text_of(const ContainerName& name) {
  return name.is_in_pod() ? pod_text(name) + "/" + name.name : name.name;
}

ContainerName parse_container_name(std::string_view text) {
  const std::size_t first = text.find('/');
  const std::size_t second = first == text.npos ? text.npos : text.find('/', first + 1);
  if (second == text.npos || !is_part(text.substr(0, first)) ||
      !is_part(text.substr(first + 1, second - first - 1)) ||
      text.find('/', second + 1) != text.npos) {
    return {.name = std::string(text)};
  }
  return {.pod_namespace = std::string(text.substr(0, first)),
          .pod = std::string(text.substr(first + 1, second - first - 1)),
          .name = std::string(text.substr(second + 1))};
}

std::string pod_text(const ContainerName& name) {
  return name.is_in_pod() ? name.pod_namespace + "/" + name.pod : "";
}

std::string shown_name(const ContainerName& name) {
  return name.is_sandbox() ? "sandbox of " + pod_text(name) : text_of(name);
}

}  // namespace sg::policy
