// SPDX-License-Identifier: Apache-2.0
// registrations_test.cpp - hooks.d files as an engine reads them, and each way in which they can be
// wrong.
#include "engines/registrations.h"

#include <sys/stat.h>

#include <string>
#include <vector>

#include "base/file_write.h"
#include "engines/hooks_d.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using sg::engines::Check;
using sg::engines::check_hooks_d;
using sg::engines::CheckStatus;
using sg::host::RootDir;
using sg::test::TempDir;

namespace {

const sg::engines::Engine& kPodman = *sg::engines::find_engine("podman");
const sg::engines::Engine& kCrio = *sg::engines::find_engine("cri-o");
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
  for (const bool all : {false, true}) {
    write_file(
        dir, "90-sysctl-guard.json",
        sg::engines::hooks_d_text({.hook = kHook, .all_containers = all, .precreate = true}));
    const std::vector<Check> podman = check_hooks_d(root, kPodman);
    REQUIRE(podman.size() == 1);
    CHECK(podman[0].status == CheckStatus::kOk);
    CHECK(podman[0].id == "hook:podman");
    CHECK(says(check_hooks_d(root, kCrio), CheckStatus::kFailed, "precreate"));
    write_file(
        dir, "90-sysctl-guard.json",
        sg::engines::hooks_d_text({.hook = kHook, .all_containers = all, .precreate = false}));
    CHECK(check_hooks_d(root, kCrio).front().status == CheckStatus::kOk);
  }
}

TEST_CASE("Registrations: each mistake") {
  const TempDir dir;
  const RootDir root(dir.path());
  make_hook(dir);
  const std::string good = R"({"annotations": {"^[^a-zA-Z0-9]*io\\.sysctl-guard\\.": ".*"}})";
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
      {"other keys",
       file_with(R"({"annotations": {"^io\\.sysctl-guard\\.": ".*"}})", R"(["createRuntime"])"),
       CheckStatus::kWarning, "match '^io\\.sysctl-guard\\.' with a value that matches '.*'"},
      {"other values",
       file_with(R"({"annotations": {"^[^a-zA-Z0-9]*io\\.sysctl-guard\\.": "^.*$"}})",
                 R"(["createRuntime"])"),
       CheckStatus::kWarning, "matches '^.*$'"},
      {"commands", file_with(R"({"always": true, "commands": ["sh"]})", R"(["createRuntime"])"),
       CheckStatus::kFailed, "conditions"},
      {"never", file_with("{}", R"(["createRuntime"])"), CheckStatus::kFailed, "conditions"},
      {"always false", file_with(R"({"always": false})", R"(["createRuntime"])"),
       CheckStatus::kFailed, "conditions"},
      {"always false beside annotations",
       file_with(R"({"always": false, "annotations": {"^io": ".*"}})", R"(["createRuntime"])"),
       CheckStatus::kFailed, "conditions"},
      {"arguments by which it does nothing",
       R"({"version": "1.0.0", "hook": {"path": ")" + kHook +
           R"(", "args": ["sysctl-guard-hook", "--version"]}, "when": {"always": true},
           "stages": ["createRuntime"]})",
       CheckStatus::kFailed, "guards nothing"},
      {"a version that is not known",
       R"({"version": "2.0.0", "hook": {"path": "/x"}, "stages": []})", CheckStatus::kFailed,
       "has no \"version\" that is known, so podman starts no container"},
      {"no version", R"({"hook": {"path": "/x"}, "stages": []})", CheckStatus::kFailed,
       "starts no container"},
      {"no JSON", "{", CheckStatus::kFailed, "starts no container"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    write_file(dir, "50-x.json", c.text);
    CHECK(says(check_hooks_d(root, kPodman), c.status, c.what));
  }
}

TEST_CASE("Registrations: a hook that is not there leaves containers without a guard") {
  const TempDir dir;
  const RootDir root(dir.path());
  write_file(dir, "90-sysctl-guard.json", sg::engines::hooks_d_text({.hook = kHook}));
  const std::vector<Check> missing = check_hooks_d(root, kPodman);
  CHECK(says(missing, CheckStatus::kFailed, "start without a guard"));
  CHECK(says(missing, CheckStatus::kFailed, "is not there"));
}

TEST_CASE("Registrations: a hook by another name is ours by its first argument") {
  const TempDir dir;
  const RootDir root(dir.path());
  REQUIRE(sg::replace_file(dir.path() + "/usr/bin/myhook", "x"));
  REQUIRE(::chmod((dir.path() + "/usr/bin/myhook").c_str(), 0755) == 0);
  write_file(dir, "90-sysctl-guard.json", sg::engines::hooks_d_text({.hook = "/usr/bin/myhook"}));
  const std::vector<Check> checks = check_hooks_d(root, kPodman);
  CHECK(checks.front().status == CheckStatus::kOk);
}

TEST_CASE("Registrations: two files, two directories, and a name that hides another") {
  const TempDir dir;
  const RootDir root(dir.path());
  make_hook(dir);
  const std::string text = sg::engines::hooks_d_text({.hook = kHook});
  write_file(dir, "90-sysctl-guard.json", text);
  write_file(dir, "10-other.json",
             R"({"version": "1.0.0", "hook": {"path": "/usr/bin/other"}, "stages": ["poststop"]})");
  CHECK(check_hooks_d(root, kPodman).front().status == CheckStatus::kOk);
  write_file(dir, "91-sysctl-guard.json", text);
  CHECK(says(check_hooks_d(root, kPodman), CheckStatus::kWarning, "registered twice"));
  REQUIRE(sg::remove_file(dir.path() + kDirectory + "91-sysctl-guard.json"));

  REQUIRE(
      sg::replace_file(dir.path() + "/etc/containers/containers.conf",
                       "[engine]\nhooks_dir = [\"/usr/share/containers/oci/hooks.d\", \"/h\"]\n"));
  REQUIRE(sg::replace_file(dir.path() + "/h/90-sysctl-guard.json", text));
  const std::vector<Check> hidden = check_hooks_d(root, kPodman);
  REQUIRE(hidden.size() == 1);
  CHECK(hidden[0].summary == "registered by /h/90-sysctl-guard.json");
  REQUIRE(sg::replace_file(dir.path() + "/h/80-sysctl-guard.json", text));
  CHECK(says(check_hooks_d(root, kPodman), CheckStatus::kWarning, "registered twice"));
}
