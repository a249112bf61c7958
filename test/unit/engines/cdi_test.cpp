// SPDX-License-Identifier: Apache-2.0
// cdi_test.cpp - a device for each profile that can be one, and "default".
#include "engines/cdi.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/file_write.h"
#include "base/json.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using sg::engines::cdi_spec_text;
using sg::engines::FilePlan;
using sg::engines::InstallRequest;
using sg::engines::is_device_name;
using sg::host::RootDir;
using sg::test::TempDir;

namespace {

const sg::engines::Engine& kDocker = *sg::engines::find_engine("docker");
const sg::engines::Engine& kContainerd = *sg::engines::find_engine("containerd");

// Every value of the specification as "path=text".
std::vector<std::string> values_of(const std::string& text) {
  const std::vector<std::vector<std::string_view>> everything(1);
  const auto items = sg::read_json(text, "spec", everything);
  REQUIRE(items);
  std::vector<std::string> out;
  for (const sg::JsonItem& item : *items) {
    std::string line;
    for (const std::string& key : item.path) {
      line += "/" + key;
    }
    out.push_back(line + "=" + item.text);
  }
  return out;
}

bool holds(const std::vector<std::string>& values, const std::string& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

}  // namespace

TEST_CASE("CDI: what can be the name of a device") {
  for (const char* name : {"a", "7", "web", "web-1", "a_b.c:d"}) {
    INFO(name);
    CHECK(is_device_name(name));
  }
  for (const char* name : {"", "default", "-a", "a-", "a b", "a/b", "\xc3\xa4", "a="}) {
    INFO(name);
    CHECK_FALSE(is_device_name(name));
  }
}

TEST_CASE("CDI: the device without a profile has no argument, the others have their name") {
  const std::vector<std::string> profiles = {"bad name", "default", "web"};
  const std::vector<std::string> values = values_of(cdi_spec_text("/x/ho\"ok", profiles));
  CHECK(holds(values, "/kind=sysctl-guard.io/policy"));
  CHECK(holds(values, "/cdiVersion=0.5.0"));
  CHECK(holds(values, "/devices/0/name=default"));
  const std::string first = "/devices/0/containerEdits/hooks/0";
  CHECK(holds(values, first + "/hookName=createRuntime"));
  CHECK(holds(values, first + "/path=/x/ho\"ok"));
  CHECK(holds(values, first + "/args/0=sysctl-guard-hook"));
  CHECK_FALSE(holds(values, first + "/args/1=--profile"));
  CHECK(holds(values, "/devices/1/name=web"));
  CHECK(holds(values, "/devices/1/containerEdits/hooks/0/args/1=--profile"));
  CHECK(holds(values, "/devices/1/containerEdits/hooks/0/args/2=web"));
  CHECK_FALSE(holds(values, "/devices/2="));
}

TEST_CASE("Plan of the CDI specification: another's of that name stays as it is") {
  const TempDir dir;
  const RootDir root(dir.path());
  const std::string theirs = R"({"cdiVersion": "0.5.0", "kind": "a.b/c", "devices": []})";
  REQUIRE(sg::replace_file(dir.path() + sg::engines::kCdiFile, theirs));
  FilePlan plan;
  CHECK_FALSE(sg::engines::plan_cdi(root, InstallRequest{}, plan));
  REQUIRE(sg::engines::unplan_cdi(root, kDocker, plan));
  CHECK_FALSE(sg::engines::changes_anything(plan));
  CHECK(plan.remarks.size() == 1);
}

TEST_CASE("Plan of the CDI specification: the node policy that its calls name is kept") {
  const TempDir dir;
  const RootDir root(dir.path());
  const auto there = [&dir](const std::string& text) {
    REQUIRE(sg::replace_file(dir.path() + sg::engines::kCdiFile, text));
  };
  const std::vector<std::string> old_profiles = {"old"};
  InstallRequest request;
  request.programs.hook = "/new";
  request.profiles = {"web"};
  there(cdi_spec_text("/h", old_profiles, {"--policy", "/etc/a.json"}));
  FilePlan plan;
  REQUIRE(sg::engines::plan_cdi(root, request, plan));
  REQUIRE(plan.changes.size() == 1);
  CHECK(plan.changes[0].after ==
        cdi_spec_text("/new", request.profiles, {"--policy", "/etc/a.json"}));
  REQUIRE(plan.remarks.size() == 1);
  CHECK(plan.remarks[0].ends_with("keeps the hook's arguments: --policy /etc/a.json"));

  const std::string plain = cdi_spec_text("/h", old_profiles);
  const auto with = [&plain](const std::string& what, const std::string& other) {
    return std::string(plain).replace(plain.find(what), what.size(), other);
  };
  const std::string none = R"(["sysctl-guard-hook"])";
  const std::string old = R"(["sysctl-guard-hook", "--profile", "old"])";
  REQUIRE(plain.find(none) != std::string::npos);
  REQUIRE(plain.find(old) != std::string::npos);
  for (const std::string& text :
       {with(none, R"(["sysctl-guard-hook", "--policy", "/a"])"), with(none, old), with(old, none),
        with(none, R"(["sysctl-guard-hook", "--help"])")}) {
    INFO(text);
    there(text);
    FilePlan refused;
    const sg::Status planned = sg::engines::plan_cdi(root, request, refused);
    REQUIRE_FALSE(planned);
    CHECK(planned.error().message.ends_with("so that it cannot be written anew"));
    CHECK(refused.changes.empty());
  }
}

TEST_CASE("Plan of the CDI specification: a runtime that is not ours does not keep it") {
  const TempDir dir;
  const RootDir root(dir.path());
  REQUIRE(
      sg::replace_file(dir.path() + sg::engines::kCdiFile, sg::engines::cdi_spec_text("/h", {})));
  REQUIRE(sg::replace_file(dir.path() + "/etc/docker/daemon.json",
                           R"({"runtimes": {"sysctl-guard": {"path": "/x"}}})"));
  FilePlan plan;
  REQUIRE(sg::engines::unplan_cdi(root, kContainerd, plan));
  CHECK(sg::engines::changes_anything(plan));
}

TEST_CASE("Plan of the CDI specification: ours in another layout, as earlier versions wrote it") {
  const TempDir dir;
  const RootDir root(dir.path());
  REQUIRE(sg::replace_file(dir.path() + sg::engines::kCdiFile, R"({
  "cdiVersion": "0.5.0",
  "kind": "sysctl-guard.io/policy",
  "devices": [
    {
      "name": "default",
      "containerEdits": {
        "hooks": [
          {
            "hookName": "createRuntime",
            "path": "/h",
            "args": ["sysctl-guard-hook"],
            "timeout": 30
          }
        ]
      }
    }
  ]
}
)"));
  FilePlan plan;
  REQUIRE(sg::engines::unplan_cdi(root, kDocker, plan));
  CHECK(sg::engines::changes_anything(plan));
  CHECK(plan.remarks.empty());
}
