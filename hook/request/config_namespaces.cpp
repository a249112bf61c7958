// SPDX-License-Identifier: Apache-2.0
// config_namespaces.cpp - the names of config.json beside those of /proc.
#include "request/config_namespaces.h"

#include <string_view>

#include "request/own_namespaces.h"

namespace sg::request {
namespace {

// `type` as config.json has it, `name` as /proc has it. Of a type that is listed twice every entry
// must be its own.
bool is_own(const oci::Config& config, std::string_view type, const char* name) {
  bool is_listed = false;
  for (const oci::Namespace& ns : config.namespaces) {
    if (ns.type == type && !ns.path.empty() && !is_own_namespace(ns.path, name)) {
      return false;
    }
    is_listed = is_listed || ns.type == type;
  }
  return is_listed;
}

}  // namespace

sysctl::NamespaceSet config_namespaces(const oci::Config& config) {
  return {.net = is_own(config, "network", "net"),
          .ipc = is_own(config, "ipc", "ipc"),
          .uts = is_own(config, "uts", "uts"),
          .user = is_own(config, "user", "user")};
}

}  // namespace sg::request
