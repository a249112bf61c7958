// SPDX-License-Identifier: Apache-2.0
// node_policy_load_test.cpp - a mistake in the file is the error of the run.
#include "request/node_policy_load.h"

#include <fcntl.h>
#include <unistd.h>

#include <string>

#include "support/catch.h"

using sg::Errc;
using sg::Result;
using sg::host::Writers;
using sg::request::chosen_node_policy;
using sg::request::LoadedNodePolicy;
using sg::request::NodePolicyChoice;
using sg::request::registered_node_policy;

namespace {

// A file of root's, removed at the end.
class File {
 public:
  explicit File(const std::string& text) {
    const int fd = ::mkstemp(path_.data());
    REQUIRE(fd >= 0);
    REQUIRE(::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    REQUIRE(::close(fd) == 0);
  }
  ~File() { (void)::unlink(path_.c_str()); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_ = "/tmp/sg-node-policy-XXXXXX";
};

}  // namespace

TEST_CASE("Load: what the file says") {
  if (::geteuid() != 0) {
    return;  // the hook takes no file of others
  }
  const File file(R"({"version": 1, "profiles": {"p": {}}})");
  sg::Diagnostics findings;
  const Result<LoadedNodePolicy> node =
      sg::request::load_node_policy(registered_node_policy(file.path()), {.net = true}, findings);
  REQUIRE(node);
  CHECK(findings.findings().empty());
  CHECK(node->text);
  CHECK(node->policy.profiles.size() == 1);
  CHECK(node->policy.limit.private_namespaces.net);
  CHECK(node->policy.limit.file == file.path());
}

TEST_CASE("Load: mistakes are findings, of which the first is the error of a run") {
  const File file(R"({"version": 1, "limits": {}, "x": 1})");
  sg::Diagnostics findings;
  REQUIRE(sg::request::load_node_policy(chosen_node_policy(file.path()), {}, findings));
  REQUIRE(findings.has_errors());
  const sg::Error error = sg::request::error_of(findings);
  CHECK(error.code == Errc::kNodePolicy);
  CHECK(error.message.find("node policy " + file.path() + ":1:16: /limits: ") == 0);
  CHECK(error.message.find("(and 1 more; ") != std::string::npos);
}

TEST_CASE("Load: which file is meant, and who may be able to write it") {
  const NodePolicyChoice installed = registered_node_policy("");
  CHECK(installed.path == sg::request::kNodePolicyFile);
  CHECK_FALSE(installed.is_named);
  CHECK(installed.writers == Writers::kRootOnly);
  const NodePolicyChoice registered = chosen_node_policy(std::nullopt, "/etc/x.json");
  CHECK(registered.path == "/etc/x.json");
  CHECK(registered.is_named);
  CHECK(registered.writers == Writers::kRootOnly);
  const NodePolicyChoice named = chosen_node_policy("y.json", "/etc/x.json");
  CHECK(named.path == "y.json");
  CHECK(named.is_named);
  CHECK(named.writers == Writers::kAnyone);
  CHECK(chosen_node_policy("none", "/etc/x.json").is_defaults);
}

TEST_CASE("Load: the defaults are read from nowhere, a file that was named must be there") {
  sg::Diagnostics findings;
  const Result<LoadedNodePolicy> none =
      sg::request::load_node_policy(chosen_node_policy("none"), {.net = true}, findings);
  REQUIRE(none);
  CHECK_FALSE(none->text);
  const Result<LoadedNodePolicy> node =
      sg::request::load_node_policy(registered_node_policy("/nowhere/policy.json"), {}, findings);
  REQUIRE_FALSE(node);
  CHECK(node.error().code == Errc::kNodePolicy);
}
