// SPDX-License-Identifier: Apache-2.0
// create_documents.h - a config.json by its parts, each as it is in one that nothing is against
// opening.
#pragma once

#include <string>

#include "base/result.h"
#include "oci/create_config.h"
#include "support/catch.h"

namespace sg::test {

inline oci::CreateConfig parsed(const std::string& text) {
  const Result<oci::CreateConfig> create = sg::oci::parse_create_config(text);
  INFO(text);
  REQUIRE(create);
  return *create;
}

// What a container is made of, each part as it is in a document that nothing is against.
struct Container {
  std::string capabilities = R"({"bounding":["CAP_CHOWN","CAP_NET_ADMIN"]})";
  std::string namespaces = R"({"type":"pid"},{"type":"network"},{"type":"mount"})";
  std::string mounts = R"({"destination":"/proc","type":"proc","source":"proc"})";
  std::string root = "/var/lib/engine/merged";
  std::string mappings = "";
  std::string masked = R"("/proc/kcore")";
  std::string version = "1.0.2-dev";
};

inline std::string text_of(const Container& c) {
  return R"({"ociVersion":")" + c.version + R"(","root":{"path":")" + c.root +
         R"("},"process":{"capabilities":)" + c.capabilities + R"(},"mounts":[)" + c.mounts +
         R"(],"linux":{"namespaces":[)" + c.namespaces + R"(],"maskedPaths":[)" + c.masked +
         R"(],"readonlyPaths":["/proc/sys"])" + c.mappings + "}}";
}

// A new user namespace, with a mapping that begins at `host_id`.
inline Container without_host_root(const std::string& host_id = "100000") {
  Container container;
  container.namespaces += R"(,{"type":"user"})";
  container.mappings =
      R"(,"uidMappings":[{"containerID":0,"hostID":)" + host_id +
      R"(,"size":65536}],"gidMappings":[{"containerID":0,"hostID":100000,"size":65536}])";
  return container;
}

// And a new cgroup namespace.
inline Container apart(const std::string& host_id = "100000") {
  Container container = without_host_root(host_id);
  container.namespaces += R"(,{"type":"cgroup"})";
  return container;
}

}  // namespace sg::test
