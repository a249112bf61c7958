// SPDX-License-Identifier: Apache-2.0
// groups.cpp - the built-in groups as patterns in slash form, and the lookup of all groups.
#include "policy/groups.h"

#include <algorithm>
#include <array>
#include <span>

#include "sysctl/namespace_of.h"

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

constexpr std::array<std::string_view, 7> kBuiltInNames = {
    "@ipc", "@kubernetes-safe", "@namespaced", "@net", "@pid", "@user", "@uts",
};

std::vector<Rule> rules_of(std::span<const std::string_view> patterns) {
  std::vector<Rule> rules;
  for (const std::string_view pattern : patterns) {
    rules.push_back(unwritten_rule(RuleKind::kAllow, pattern));
    rules.back().text = pattern;
  }
  return rules;
}

}  // namespace

Groups::Groups(const sysctl::NamespaceSet& private_namespaces) {
  std::vector<Rule>& namespaced = groups_["@namespaced"];
  for (const sysctl::Namespace ns : sysctl::kNamespaces) {
    std::vector<Rule> rules = rules_of(sysctl::namespace_patterns(ns, private_namespaces.in_pid));
    if (private_namespaces.has(ns)) {
      namespaced.insert(namespaced.end(), rules.begin(), rules.end());
      for (Rule& rule : namespaced) {
        rule.is_swept = true;
      }
    }
    groups_["@" + std::string(sysctl::namespace_name(ns))] = std::move(rules);
  }
  groups_["@kubernetes-safe"] = rules_of(kKubernetesSafe);
}

const std::vector<Rule>* Groups::find(std::string_view name) const {
  const auto found = groups_.find(name);
  return found == groups_.end() ? nullptr : &found->second;
}

std::vector<std::string_view> Groups::names() const {
  std::vector<std::string_view> names;
  for (const auto& group : groups_) {
    names.push_back(group.first);
  }
  return names;
}

bool Groups::is_built_in(std::string_view name) {
  return std::ranges::find(kBuiltInNames, name) != kBuiltInNames.end();
}

}  // namespace sg::policy
