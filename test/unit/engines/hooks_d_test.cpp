// SPDX-License-Identifier: Apache-2.0
// hooks_d_test.cpp - into which directory, and out of which ones; whose file it is; such files as an
// engine reads them, and each way in which they can be wrong.
#include "engines/hooks_d.h"

#include <regex.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/file_write.h"
#include "base/json.h"
#include "support/catch.h"
#include "support/root_files.h"
#include "support/temp_dir.h"

using sg::engines::Check;
using sg::engines::check_hooks_d;
using sg::engines::CheckStatus;
using sg::engines::Engine;
using sg::engines::FilePlan;
using sg::engines::hooks_d_text;
using sg::engines::InstallRequest;
using sg::engines::plan_hooks_d;
using sg::engines::unplan_hooks_d;
using sg::host::RootDir;
using sg::test::content;
using sg::test::has;
using sg::test::put;
using sg::test::TempDir;

namespace {

const sg::engines::Engine& kPodman = *sg::engines::find_engine("podman");
const sg::engines::Engine& kCrio = *sg::engines::find_engine("cri-o");
const std::string kDefault = "/usr/share/containers/oci/hooks.d";
const std::string kFile = "/90-sysctl-guard.json";
const std::string kHook = "/usr/libexec/oci/hooks.d/sysctl-guard-hook";

std::string crio_conf(const std::string& directories) {
  return "[crio.runtime]\nhooks_dir = [" + directories + "]\n";
}

std::string podman_conf(const std::string& directories) {
  return "[engine]\nhooks_dir = [" + directories + "]\n";
}

FilePlan installed(const RootDir& root, const Engine& engine, bool all_containers = false) {
  InstallRequest request;
  request.programs = {kHook, "/r"};
  request.all_containers = all_containers;
  FilePlan plan;
  const auto planned = plan_hooks_d(root, engine, request, plan);
  INFO((planned ? "" : planned.error().message));
  REQUIRE(planned);
  REQUIRE(apply_plan(root, plan));
  return plan;
}

FilePlan uninstalled(const RootDir& root, const Engine& engine) {
  FilePlan plan;
  REQUIRE(unplan_hooks_d(root, engine, plan));
  REQUIRE(apply_plan(root, plan));
  return plan;
}

void make_hook(const TempDir& dir) {
  REQUIRE(sg::replace_file(dir.path() + kHook, "x"));
  REQUIRE(::chmod((dir.path() + kHook).c_str(), 0755) == 0);
}

void write_file(const TempDir& dir, const std::string& name, const std::string& text) {
  REQUIRE(sg::replace_file(dir.path() + kDefault + "/" + name, text));
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

TEST_CASE("Plan of hooks.d: no precreate stage in a directory of CRI-O's, by whatever path") {
  const TempDir dir;
  const RootDir root(dir.path());
  put(dir, "/etc/crio/hooks/x", "");
  REQUIRE(::symlink("/etc/crio/hooks", (dir.path() + "/etc/link").c_str()) == 0);
  for (const char* podman : {"/etc/crio/hooks/", "/etc/link", "/etc//crio/./hooks"}) {
    INFO(podman);
    put(dir, "/etc/crio/crio.conf", crio_conf("\"/etc/crio/hooks\""));
    put(dir, "/etc/containers/containers.conf", podman_conf("\"" + std::string(podman) + "\""));
    installed(root, kPodman);
    CHECK_FALSE(has(content(root, "/etc/crio/hooks" + kFile), "precreate"));
    uninstalled(root, kPodman);
    CHECK_FALSE(root.has("/etc/crio/hooks" + kFile));
  }
  // A directory that CRI-O does not read may have it, though they share another one.
  put(dir, "/etc/containers/containers.conf", podman_conf("\"/etc/link\", \"/etc/podman\""));
  installed(root, kPodman);
  CHECK(has(content(root, "/etc/podman" + kFile), "precreate"));
}

TEST_CASE("Plan of hooks.d: for CRI-O the file that hides the others is the one that is changed") {
  const TempDir dir;
  const RootDir root(dir.path());
  put(dir, "/etc/containers/containers.conf", podman_conf("\"/b\""));
  installed(root, kPodman);
  CHECK(has(content(root, "/b" + kFile), "precreate"));
  put(dir, "/etc/crio/crio.conf", crio_conf("\"" + kDefault + "\", \"/b\""));
  installed(root, kCrio);
  CHECK_FALSE(has(content(root, "/b" + kFile), "precreate"));
  CHECK_FALSE(root.has(kDefault + kFile));
}

TEST_CASE("Plan of hooks.d: a configuration that is not understood changes nothing") {
  const TempDir dir;
  const RootDir root(dir.path());
  for (const char* text :
       {"garbage", "[engine]\nhooks_dir = \"/x\"\n", "[engine]\nhooks_dir = [[\"/x\"]]\n",
        "[engine]\nhooks_dir = [\"/x\"]\nhooks_dir = [\"/y\"]\n"}) {
    INFO(text);
    put(dir, "/etc/containers/containers.conf", text);
    FilePlan plan;
    InstallRequest request;
    const auto planned = plan_hooks_d(root, kPodman, request, plan);
    REQUIRE_FALSE(planned);
    CHECK(has(planned.error().message, "'/etc/containers/containers.conf'"));
    CHECK_FALSE(planned.error().hint.empty());
    CHECK_FALSE(unplan_hooks_d(root, kPodman, plan));
  }
}

TEST_CASE("Plan of hooks.d: a file that starts something else is left alone") {
  const TempDir dir;
  const RootDir root(dir.path());
  const std::string theirs =
      R"({"version": "1.0.0", "hook": {"path": "/usr/bin/theirs"}, "when": {}, "stages": []})";
  put(dir, kDefault + kFile, theirs);
  InstallRequest request;
  request.programs = {kHook, "/r"};
  FilePlan plan;
  CHECK_FALSE(plan_hooks_d(root, kPodman, request, plan));
  CHECK(uninstalled(root, kPodman).remarks.size() == 2);
  CHECK(content(root, kDefault + kFile) == theirs);
}

TEST_CASE("Plan of hooks.d: ours in another layout, as earlier versions wrote it") {
  const TempDir dir;
  const RootDir root(dir.path());
  const std::string earlier =
      "{\n  \"version\": \"1.0.0\",\n  \"hook\": {\n    \"path\": \"" + kHook +
      "\",\n    \"args\": [\"sysctl-guard-hook\"],\n    \"timeout\": 30\n  },\n"
      "  \"when\": { \"always\": true },\n  \"stages\": [\"createRuntime\", \"precreate\"]\n}\n";
  put(dir, kDefault + kFile, earlier);
  make_hook(dir);
  CHECK(check_hooks_d(root, kPodman).front().status == CheckStatus::kOk);
  CHECK(installed(root, kPodman).remarks.front() == sg::engines::kStaysForAll);
  CHECK(has(content(root, kDefault + kFile), "\"always\": true"));
  put(dir, kDefault + kFile, earlier);
  uninstalled(root, kPodman);
  CHECK_FALSE(root.has(kDefault + kFile));
}

TEST_CASE("Plan of hooks.d: what guards all containers is not narrowed by a second run") {
  const TempDir dir;
  const RootDir root(dir.path());
  installed(root, kPodman, true);
  const std::string all = content(root, kDefault + kFile);
  const FilePlan again = installed(root, kPodman);
  CHECK(content(root, kDefault + kFile) == all);
  REQUIRE(again.remarks.size() == 1);
  CHECK(again.remarks[0] == sg::engines::kStaysForAll);
  uninstalled(root, kPodman);
  CHECK(installed(root, kPodman).remarks.empty());
  CHECK(has(content(root, kDefault + kFile), "annotations"));
}

// A file as somebody has edited it, and what installing says: "" where it is made and carried out.
std::string installed_over(const TempDir& dir, const std::string& args, const std::string& when,
                           FilePlan& plan) {
  const RootDir root(dir.path());
  put(dir, kDefault + kFile,
      R"({"version": "1.0.0", "hook": {"path": ")" + kHook + R"(", "args": )" + args +
          R"(}, "when": )" + when + R"(, "stages": ["createRuntime"]})");
  InstallRequest request;
  request.programs = {kHook, "/r"};
  const auto planned = plan_hooks_d(root, kPodman, request, plan);
  if (!planned) {
    CHECK_FALSE(planned.error().hint.empty());
    return planned.error().message;
  }
  REQUIRE(apply_plan(root, plan));
  return "";
}

TEST_CASE("Plan of hooks.d: the arguments of the hook are kept, by which containers are judged") {
  const TempDir dir;
  const RootDir root(dir.path());
  const std::string ours = R"({"annotations": {"^io\\.sysctl-guard\\.": ".*"}})";
  FilePlan plan;
  CHECK(installed_over(dir, R"(["sysctl-guard-hook", "--policy=/etc/a.json", "--profile", "b"])",
                       ours, plan)
            .empty());
  const std::string text = content(root, kDefault + kFile);
  CHECK(has(text, R"("args": ["sysctl-guard-hook", "--policy", "/etc/a.json", "--profile", "b"])"));
  CHECK(has(text, R"(io\\.sysctl-guard\\.": ".*")"));
  REQUIRE(plan.remarks.size() == 1);
  CHECK(has(plan.remarks[0], "keeps the hook's arguments: --policy /etc/a.json --profile b"));
  const FilePlan again = installed(root, kPodman);
  CHECK_FALSE(changes_anything(again));
  for (const char* args :
       {R"(["sysctl-guard-hook", "--polcy", "/a"])", R"(["sysctl-guard-hook", "--help"])",
        R"(["sysctl-guard-hook", "--open", "a"])"}) {
    INFO(args);
    FilePlan refused;
    CHECK(has(installed_over(dir, args, ours, refused), "guards nothing"));
    CHECK(refused.changes.empty());
  }
}

TEST_CASE("Plan of hooks.d: conditions of somebody's are not dropped") {
  const TempDir dir;
  const RootDir root(dir.path());
  const std::string args = R"(["sysctl-guard-hook"])";
  for (const char* when :
       {R"({"annotations": {"^team$": ".*"}})",
        R"({"annotations": {"^io\\.sysctl-guard\\.": "^net"}})",
        R"({"annotations": {"^[^a-zA-Z0-9]*io\\.sysctl-guard\\.": ".*", "^team$": "a"}})",
        R"({"always": true, "annotations": {"sysctl-guard": ".*"}})",
        R"({"always": true, "commands": ["sh"]})", R"({"always": false})"}) {
    INFO(when);
    FilePlan plan;
    CHECK(has(installed_over(dir, args, when, plan), "conditions that install did not write"));
    CHECK(plan.changes.empty());
    uninstalled(root, kPodman);
    CHECK_FALSE(root.has(kDefault + kFile));
  }
  // By this one nobody is guarded.
  FilePlan plan;
  CHECK(installed_over(dir, args, "{}", plan).empty());
}

TEST_CASE("Plan of hooks.d: out of every directory that is known, but for the other engine's own") {
  const TempDir dir;
  const RootDir root(dir.path());
  installed(root, kPodman);
  put(dir, "/etc/containers/containers.conf", podman_conf("\"/old\""));
  put(dir, "/etc/containers/containers.conf.d/1.conf", podman_conf("\"/new\""));
  put(dir, "/old" + kFile, hooks_d_text({.hook = kHook}));
  put(dir, "/etc/containers/oci/hooks.d" + kFile, hooks_d_text({.hook = kHook}));
  installed(root, kPodman);
  uninstalled(root, kPodman);
  for (const std::string& directory : {std::string("/old"), std::string("/new"), kDefault,
                                       std::string("/etc/containers/oci/hooks.d")}) {
    INFO(directory);
    CHECK_FALSE(root.has(directory + kFile));
  }
  const FilePlan nothing = uninstalled(root, kPodman);
  REQUIRE(nothing.remarks.size() == 1);
  CHECK(has(nothing.remarks[0],
            "looked in " + kDefault + ", /etc/containers/oci/hooks.d, /old, /new"));

  put(dir, "/etc/crio/crio.conf", crio_conf("\"/etc/crio/hooks\""));
  installed(root, kCrio);
  uninstalled(root, kPodman);
  CHECK(root.has("/etc/crio/hooks" + kFile));
}

TEST_CASE("hooks.d: the file, with annotations and with all containers") {
  CHECK(hooks_d_text({.hook = "/usr/x/hook", .all_containers = false, .precreate = true}) == R"({
  "version": "1.0.0",
  "hook": {"path": "/usr/x/hook", "args": ["sysctl-guard-hook"], "timeout": 30},
  "when": {"annotations": {"^[^a-zA-Z0-9]*io\\.sysctl-guard\\.": ".*"}},
  "stages": ["createRuntime", "precreate"]
}
)");
  const std::string all = hooks_d_text({.hook = "/h", .all_containers = true, .precreate = false});
  CHECK(all.find("\"when\": {\"always\": true}") != std::string::npos);
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
  const std::string text(sg::engines::kAnnotationKeyPattern);
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

TEST_CASE("Registrations: what install writes is fine, for the engine it is for") {
  const TempDir dir;
  const RootDir root(dir.path());
  make_hook(dir);
  for (const bool all : {false, true}) {
    write_file(dir, "90-sysctl-guard.json",
               hooks_d_text({.hook = kHook, .all_containers = all, .precreate = true}));
    const std::vector<Check> podman = check_hooks_d(root, kPodman);
    REQUIRE(podman.size() == 1);
    CHECK(podman[0].status == CheckStatus::kOk);
    CHECK(podman[0].id == "hook:podman");
    CHECK(says(check_hooks_d(root, kCrio), CheckStatus::kFailed, "precreate"));
    write_file(dir, "90-sysctl-guard.json",
               hooks_d_text({.hook = kHook, .all_containers = all, .precreate = false}));
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
       CheckStatus::kWarning, R"(match '^io\\.sysctl-guard\\.' with a value that matches '.*')"},
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
  write_file(dir, "90-sysctl-guard.json", hooks_d_text({.hook = kHook}));
  const std::vector<Check> missing = check_hooks_d(root, kPodman);
  CHECK(says(missing, CheckStatus::kFailed, "start without a guard"));
  CHECK(says(missing, CheckStatus::kFailed, "is not there"));
}

TEST_CASE("Registrations: a hook by another name is ours by its first argument") {
  const TempDir dir;
  const RootDir root(dir.path());
  REQUIRE(sg::replace_file(dir.path() + "/usr/bin/myhook", "x"));
  REQUIRE(::chmod((dir.path() + "/usr/bin/myhook").c_str(), 0755) == 0);
  write_file(dir, "90-sysctl-guard.json", hooks_d_text({.hook = "/usr/bin/myhook"}));
  const std::vector<Check> checks = check_hooks_d(root, kPodman);
  CHECK(checks.front().status == CheckStatus::kOk);
}

TEST_CASE("Registrations: a file where its engine does not look is named") {
  const TempDir dir;
  const RootDir root(dir.path());
  make_hook(dir);
  const std::string text = hooks_d_text({.hook = kHook});
  const std::string unread = "/etc/containers/oci/hooks.d" + kFile;
  REQUIRE(sg::replace_file(dir.path() + unread, text));
  const std::vector<Check> alone = check_hooks_d(root, kPodman);
  REQUIRE(alone.size() == 2);
  CHECK(alone[0].status == CheckStatus::kWarning);
  CHECK(alone[0].summary ==
        unread + " registers the hook where Podman does not look; it reads " + kDefault);
  CHECK(alone[1].summary == "the hook is not registered");
  // Beside one that is read too: whoever changes it wonders why nothing happens.
  write_file(dir, "90-sysctl-guard.json", text);
  CHECK(says(check_hooks_d(root, kPodman), CheckStatus::kWarning, unread));
  CHECK(says(check_hooks_d(root, kPodman), CheckStatus::kOk, "registered by"));
  // Somebody else's file, and one that CRI-O reads, are nobody's mistake.
  REQUIRE(sg::replace_file(dir.path() + unread,
                           R"({"version": "1.0.0", "hook": {"path": "/usr/bin/other"}})"));
  CHECK(check_hooks_d(root, kPodman).size() == 1);
  REQUIRE(sg::replace_file(dir.path() + unread, text));
  REQUIRE(sg::replace_file(dir.path() + "/usr/bin/crio", "x"));
  REQUIRE(sg::replace_file(dir.path() + "/etc/crio/crio.conf",
                           crio_conf("\"/etc/containers/oci/hooks.d\"")));
  CHECK(check_hooks_d(root, kPodman).size() == 1);
}

TEST_CASE("Registrations: two files, two directories, and a name that hides another") {
  const TempDir dir;
  const RootDir root(dir.path());
  make_hook(dir);
  const std::string text = hooks_d_text({.hook = kHook});
  write_file(dir, "90-sysctl-guard.json", text);
  write_file(dir, "10-other.json",
             R"({"version": "1.0.0", "hook": {"path": "/usr/bin/other"}, "stages": ["poststop"]})");
  CHECK(check_hooks_d(root, kPodman).front().status == CheckStatus::kOk);
  write_file(dir, "91-sysctl-guard.json", text);
  CHECK(says(check_hooks_d(root, kPodman), CheckStatus::kWarning, "registered twice"));
  REQUIRE(sg::remove_file(dir.path() + kDefault + "/91-sysctl-guard.json"));

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
