// SPDX-License-Identifier: Apache-2.0
// registrations_test.cpp - hooks.d files as an engine reads them, and each way in which they can be wrong.
#include "app/registrations.h"

#include <sys/stat.h>

#include <string>
#include <vector>

#include "app/hooks_d.h"
#include "base/file_write.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using sg::app::Check;
using sg::app::check_hooks_d;
using sg::app::CheckStatus;
using sg::app::Engine;
using sg::app::RootDir;
using sg::test::TempDir;

namespace {

const std::string kDirectory = "/usr/share/containers/oci/hooks.d/";
const std::string kHook = "/usr/libexec/oci/hooks.d/sysctl-guard-hook";

void make_hook(const TempDir& dir) {
  REQUIRE(sg::replace_file(dir.path() + kHook, "x"));
  REQUIRE(::chmod((dir.path() + kHook).c_str(), 0755) == 0);
}

void write_file(const TempDir& dir, const std::string& name, const std::string& text) {
  REQUIRE(sg::replace_file(dir.path() + kDirectory + name, text));
}

std::string file_with(const std::string& when, const std::string& stages) {
  return R"({"version": "1.0.0", "hook": {"path": ")" + kHook + R"("}, "when": )" + when +
         R"(, "stages": )" + stages + "}";
}

bool says(const std::vector<Check>& checks, CheckStatus status, const std::string& what) {
  for (const Check& check : checks) {
    if (check.status == status && check.summary.find(what) != std::string::npos) {
      return true;
    }
  }
  return false;
}

}  // namespace

TEST_CASE("Registrations: what install writes is fine, for the engine it is for") {
  const TempDir dir;
  const RootDir root(dir.path());
  make_hook(dir);
  CHECK_FALSE(sg::app::is_registered(check_hooks_d(root, Engine::kPodman)));
  for (const bool all : {false, true}) {
    write_file(dir, "90-sysctl-guard.json",
               sg::app::hooks_d_text({.hook = kHook, .all_containers = all, .precreate = true}));
    const std::vector<Check> podman = check_hooks_d(root, Engine::kPodman);
    REQUIRE(podman.size() == 1);
    CHECK(podman[0].status == CheckStatus::kOk);
    CHECK(podman[0].id == "hook:podman");
    CHECK(sg::app::is_registered(podman));
    CHECK(says(check_hooks_d(root, Engine::kCrio), CheckStatus::kFailed, "precreate"));
    write_file(dir, "90-sysctl-guard.json",
               sg::app::hooks_d_text({.hook = kHook, .all_containers = all, .precreate = false}));
    CHECK(check_hooks_d(root, Engine::kCrio).front().status == CheckStatus::kOk);
  }
}

TEST_CASE("Registrations: each mistake") {
  const TempDir dir;
  const RootDir root(dir.path());
  make_hook(dir);
  const std::string good = R"({"annotations": {"^io\\.sysctl-guard\\.": ".*"}})";
  struct Case {
    const char* why;
    std::string text;
    CheckStatus status;
    std::string what;
  };
  const Case cases[] = {
      {"no stage that guards", file_with(good, R"(["poststop"])"), CheckStatus::kFailed,
       "no stage"},
      {"too late a stage", file_with(good, R"(["createRuntime", "poststart"])"),
       CheckStatus::kFailed, "refuses the container"},
      {"twice by stages", file_with(good, R"(["prestart", "createRuntime"])"),
       CheckStatus::kWarning, "twice for each container"},
      {"not anchored",
       file_with(R"({"annotations": {"sysctl-guard": ".*"}})", R"(["createRuntime"])"),
       CheckStatus::kWarning, "only contain 'sysctl-guard'"},
      {"a value with a line break is passed over",
       file_with(R"({"annotations": {"^io": "^.*$"}})", R"(["createRuntime"])"),
       CheckStatus::kWarning, "every value"},
      {"commands", file_with(R"({"always": true, "commands": ["sh"]})", R"(["createRuntime"])"),
       CheckStatus::kWarning, "conditions"},
      {"never", file_with("{}", R"(["createRuntime"])"), CheckStatus::kWarning, "conditions"},
      {"no JSON", "{", CheckStatus::kFailed, "starts no container"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    write_file(dir, "50-x.json", c.text);
    CHECK(says(check_hooks_d(root, Engine::kPodman), c.status, c.what));
  }
}

TEST_CASE("Registrations: a hook that is not there leaves containers without a guard") {
  const TempDir dir;
  const RootDir root(dir.path());
  write_file(dir, "90-sysctl-guard.json", sg::app::hooks_d_text({.hook = kHook}));
  const std::vector<Check> missing = check_hooks_d(root, Engine::kPodman);
  CHECK(says(missing, CheckStatus::kFailed, "start without a guard"));
  CHECK(says(missing, CheckStatus::kFailed, "is not there"));
  CHECK(sg::app::is_registered(missing));
}

TEST_CASE("Registrations: two files, two directories, and a name that hides another") {
  const TempDir dir;
  const RootDir root(dir.path());
  make_hook(dir);
  const std::string text = sg::app::hooks_d_text({.hook = kHook});
  write_file(dir, "90-sysctl-guard.json", text);
  write_file(dir, "10-other.json",
             R"({"hook": {"path": "/usr/bin/other"}, "stages": ["poststop"]})");
  CHECK(check_hooks_d(root, Engine::kPodman).front().status == CheckStatus::kOk);
  write_file(dir, "91-sysctl-guard.json", text);
  CHECK(says(check_hooks_d(root, Engine::kPodman), CheckStatus::kWarning, "registered twice"));
  REQUIRE(sg::remove_file(dir.path() + kDirectory + "91-sysctl-guard.json"));

  REQUIRE(
      sg::replace_file(dir.path() + "/etc/containers/containers.conf",
                       "[engine]\nhooks_dir = [\"/usr/share/containers/oci/hooks.d\", \"/h\"]\n"));
  REQUIRE(sg::replace_file(dir.path() + "/h/90-sysctl-guard.json", text));
  const std::vector<Check> hidden = check_hooks_d(root, Engine::kPodman);
  REQUIRE(hidden.size() == 1);
  CHECK(hidden[0].summary == "registered by /h/90-sysctl-guard.json");
  REQUIRE(sg::replace_file(dir.path() + "/h/80-sysctl-guard.json", text));
  CHECK(says(check_hooks_d(root, Engine::kPodman), CheckStatus::kWarning, "registered twice"));
}
