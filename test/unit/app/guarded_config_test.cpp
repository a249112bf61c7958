// SPDX-License-Identifier: Apache-2.0
// guarded_config_test.cpp - who is opened, and what is said about it.
#include "app/guarded_config.h"

#include <string>

#include "support/catch.h"

using sg::Result;
using sg::app::GuardedConfig;

namespace {

constexpr const char* kClosed = R"("readonlyPaths":["/proc/sys"])";
constexpr const char* kHook = R"("createRuntime": [{"path":"/h","args":["sysctl-guard-hook"]}])";

std::string document(const std::string& allow, const std::string& capability = "CAP_NET_ADMIN") {
  const std::string annotations =
      allow.empty() ? "" : R"("io.sysctl-guard.allow":")" + allow + "\"";
  return R"({"annotations":{)" + annotations + R"(},"process":{"capabilities":{"bounding":[")" +
         capability + R"("]}},"linux":{"cgroupsPath":"/a\n","readonlyPaths":["/proc/sys"]}})";
}

GuardedConfig guarded(const std::string& text) {
  const Result<sg::oci::CreateConfig> create = sg::oci::parse_create_config(text);
  REQUIRE(create);
  const Result<GuardedConfig> config = sg::app::make_guarded(text, *create, "/h", {});
  REQUIRE(config);
  return *config;
}

bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("Guarded config: everyone gets the hook; who is opened") {
  struct Case {
    const char* why;
    std::string text;
    bool open;
  };
  const Case cases[] = {
      {"no annotation", document(""), false},
      {"a rule", document("net.*"), true},
      {"a mistake", document("net..x"), false},
      {"who could undo it", document("net.*", "CAP_SYS_ADMIN"), false},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const GuardedConfig config = guarded(c.text);
    CHECK(has(config.text, kHook));
    CHECK(has(config.text, kClosed) != c.open);
    CHECK(config.note.empty() != has(c.text, "SYS_ADMIN"));
    CHECK(guarded(config.text).text == config.text);
  }
}

TEST_CASE("Guarded config: the note names the container and the reason, printable") {
  CHECK(guarded(document("net.*", "CAP_SYS_ADMIN")).note ==
        R"(sysctl-guard: the container of cgroup '/a\n': /proc/sys is not opened: the container has )"
        "CAP_SYS_ADMIN, which can undo the guard");
  CHECK(guarded(document("", "CAP_SYS_ADMIN")).note.empty());
}
