// SPDX-License-Identifier: Apache-2.0
// node_policy_load_test.cpp - a mistake in the file is the error of the run.
#include "app/node_policy_load.h"

#include <fcntl.h>
#include <unistd.h>

#include <string>

#include "support/catch.h"

using sg::Errc;
using sg::Result;
using sg::app::load_node_policy;

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
  const Result<sg::policy::NodePolicy> node = load_node_policy(file.path(), {.net = true});
  REQUIRE(node);
  CHECK(node->profiles.size() == 1);
  CHECK(node->limit.private_namespaces.net);
  CHECK(node->limit.file == file.path());
}

TEST_CASE("Load: a mistake is an error with its place, and says how many there are") {
  if (::geteuid() != 0) {
    return;
  }
  const File file(R"({"version": 1, "limits": {}, "x": 1})");
  const Result<sg::policy::NodePolicy> node = load_node_policy(file.path(), {});
  REQUIRE_FALSE(node);
  CHECK(node.error().code == Errc::kNodePolicy);
  CHECK(node.error().message.find("node policy " + file.path() + ":1:16: /limits: ") == 0);
  CHECK(node.error().message.find("(and 1 more; ") != std::string::npos);
}

TEST_CASE("Load: a file that was named must be there") {
  const Result<sg::policy::NodePolicy> node = load_node_policy("/nowhere/policy.json", {});
  REQUIRE_FALSE(node);
  CHECK(node.error().code == Errc::kNodePolicy);
}
