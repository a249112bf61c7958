// SPDX-License-Identifier: Apache-2.0
// groups.cpp - the built-in groups as patterns in slash form, and the lookup of all groups.
#include "policy/groups.h"

#include <algorithm>
#include <array>
#include <span>

#include "policy/namespaces.h"

namespace sg::policy {

namespace {

// What the kubelet lets any pod set: each belongs to a namespace and reaches nothing outside the
// pod.
constexpr std::array<std::string_view, 12> kKubernetesSafe = {
    "kernel/shm_rmid_forced",
    "net/ipv4/ip_local_port_range",
    "net/ipv4/tcp_syncookies",
    "net/ipv4/ping_group_range",
    "net/ipv4/ip_unprivileged_port_start",
    "net/ipv4/ip_local_reserved_ports",
    "net/ipv4/tcp_keepalive_time",
    "net/ipv4/tcp_fin_timeout",
    "net/ipv4/tcp_keepalive_intvl",
    "net/ipv4/tcp_keepalive_probes",
    "net/ipv4/tcp_rmem",
    "net/ipv4/tcp_wmem",
};

constexpr std::array<std::string_view, 6> kBuiltInNames = {
    "@ipc", "@kubernetes-safe", "@namespaced", "@net", "@user", "@uts",
};

void append(std::vector<Rule>& rules, std::span<const std::string_view> patterns) {
  for (const std::string_view pattern : patterns) {
    Rule rule;
    rule.pattern = pattern;
    rule.text = pattern;
    rules.push_back(std::move(rule));
  }
}

}  // namespace

std::optional<std::vector<Rule>> Groups::rules(std::string_view name) const {
  if (const auto found = of_node_.find(name); found != of_node_.end()) {
    return found->second;
  }
  if (!is_built_in(name)) {
    return std::nullopt;
  }
  std::vector<Rule> rules;
  if (name == "@kubernetes-safe") {
    append(rules, kKubernetesSafe);
    return rules;
  }
  for (const Namespace ns : kNamespaces) {
    const bool is_wanted = name == "@namespaced" ? private_namespaces_.has(ns)
                                                 : name.substr(1) == namespace_name(ns);
    if (is_wanted) {
      append(rules, namespace_patterns(ns));
    }
  }
  return rules;
}

std::vector<std::string_view> Groups::names() const {
  std::vector<std::string_view> names(kBuiltInNames.begin(), kBuiltInNames.end());
  for (const auto& group : of_node_) {
    names.push_back(group.first);
  }
  std::ranges::sort(names);
  return names;
}

bool Groups::is_built_in(std::string_view name) {
  return std::ranges::find(kBuiltInNames, name) != kBuiltInNames.end();
}

}  // namespace sg::policy
