// SPDX-License-Identifier: Apache-2.0
// hooks_d_test.cpp - which containers a hooks.d file is for, and at which stages.
#include "app/install/hooks_d.h"

#include <regex.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "support/catch.h"

using sg::app::hooks_d_text;

TEST_CASE("hooks.d: the file, with annotations and with all containers") {
  CHECK(hooks_d_text({.hook = "/usr/x/hook", .all_containers = false, .precreate = true}) == R"({
  "version": "1.0.0",
  "hook": {
    "path": "/usr/x/hook",
    "args": ["sysctl-guard-hook"],
    "timeout": 30
  },
  "when": { "annotations": { "^[^a-zA-Z0-9]*io\\.sysctl-guard\\.": ".*" } },
  "stages": ["createRuntime", "precreate"]
}
)");
  const std::string all = hooks_d_text({.hook = "/h", .all_containers = true, .precreate = false});
  CHECK(all.find("\"when\": { \"always\": true }") != std::string::npos);
  CHECK(all.find("\"stages\": [\"createRuntime\"]") != std::string::npos);
}

TEST_CASE("hooks.d: a path that needs escapes is still JSON") {
  const std::vector<std::vector<std::string_view>> path = {{"hook", "path"}};
  const auto items = sg::read_json(hooks_d_text({.hook = "/a\"b\n"}), "file", path);
  REQUIRE(items);
  REQUIRE(items->size() == 1);
  CHECK(items->front().text == "/a\"b\n");
}

TEST_CASE("hooks.d: the pattern finds our keys and no others") {
  regex_t pattern;
  const std::string text(sg::app::kAnnotationKeyPattern);
  REQUIRE(::regcomp(&pattern, text.c_str(), REG_EXTENDED | REG_NOSUB) == 0);
  const auto matches = [&pattern](const char* key) {
    return ::regexec(&pattern, key, 0, nullptr, 0) == 0;
  };
  for (const char* key :
       {"io.sysctl-guard.allow", "io.sysctl-guard.allow/web", "io.sysctl-guard.x\ny"}) {
    INFO(key);
    CHECK(matches(key));
  }
  for (const char* key : {"io-sysctl-guard.allow", "io.sysctl-guardxallow", "io.sysctl-guard"}) {
    INFO(key);
    CHECK_FALSE(matches(key));
  }
  ::regfree(&pattern);
}
