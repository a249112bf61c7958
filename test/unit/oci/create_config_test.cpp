// SPDX-License-Identifier: Apache-2.0
// create_config_test.cpp - what a config.json says before the container is created, and what is
// none.
#include "oci/create_config.h"

#include <filesystem>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "base/file_io.h"
#include "oci/state.h"
#include "support/catch.h"

using sg::Errc;
using sg::Result;
using sg::oci::CreateConfig;
using Strings = std::vector<std::string>;

namespace {

std::string sample(const std::string& name) {
  const auto path = std::filesystem::path(__FILE__).parent_path() / "../../data" / name;
  const Result<std::string> text = sg::read_file(AT_FDCWD, path.string(), sg::oci::kConfigMax);
  REQUIRE(text);
  return *text;
}

}  // namespace

TEST_CASE("Create config: Docker's own is read") {
  const Result<CreateConfig> create =
      sg::oci::parse_create_config(sample("docker-26.1.config.json"));
  REQUIRE(create);
  CHECK(create->config.annotations.size() == 1);
  CHECK(create->config.namespaces.size() == 6);
  CHECK(create->capabilities.size() == 45);  // 15 in each of three sets
  CHECK(create->config.readonly_paths ==
        Strings{"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"});
  CHECK(create->masked_paths.size() == 11);
  REQUIRE(create->config.hooks.size() == 2);
  REQUIRE(create->mounts.size() > 3);
  CHECK(create->mounts[0].type == "proc");
  CHECK(create->mounts[0].source == "proc");
  CHECK(create->mounts[0].options == Strings{"nosuid", "noexec", "nodev"});
  CHECK(create->config.hooks[0].path == "/proc/17563/exe");
  CHECK(create->config.hooks[0].args.size() == 4);
  CHECK(create->config.hooks[1].path == "/usr/libexec/oci/hooks.d/sysctl-guard-hook");
  CHECK(create->config.hooks[1].args == Strings{"sysctl-guard-hook"});
}

TEST_CASE("Create config: absent and null members are empty") {
  const char* const texts[] = {
      "{}",
      R"({"process":null,"linux":null,"hooks":null})",
      R"({"process":{"args":["x"]},"linux":{"seccomp":{}},"hooks":{"poststop":[{"path":5}]}})",
      R"({"process":{"capabilities":null},"linux":{"readonlyPaths":null,"maskedPaths":null},
          "hooks":{"prestart":null,"createRuntime":[]}})",
      R"({"process":{"capabilities":{"bounding":null}}})",
  };
  for (const char* text : texts) {
    INFO(text);
    const Result<CreateConfig> create = sg::oci::parse_create_config(text);
    REQUIRE(create);
    CHECK(create->capabilities.empty());
    CHECK(create->config.readonly_paths.empty());
    CHECK(create->masked_paths.empty());
    CHECK(create->config.hooks.empty());
  }
}

TEST_CASE("Create config: every set of capabilities counts, known or not") {
  const Result<CreateConfig> create = sg::oci::parse_create_config(
      R"({"process":{"capabilities":{"ambient":["A"],"bounding":["B"],"effective":["E"],
          "inheritable":["I"],"permitted":["P"],"later":["L"]}}})");
  REQUIRE(create);
  CHECK(create->capabilities == Strings{"A", "B", "E", "I", "P", "L"});
}

TEST_CASE("Create config: hooks of three stages, with and without arguments") {
  const Result<CreateConfig> create = sg::oci::parse_create_config(
      R"({"hooks":{"createRuntime":[{"args":["a","b"],"path":"/c","env":["X=1"],"timeout":3},{}],
          "prestart":[{"path":"/p","args":null}],"createContainer":[{"path":"/d"},{"path":"/e"}],
          "startContainer":[{"path":"/no"}]}})");
  REQUIRE(create);
  REQUIRE(create->config.hooks.size() == 5);
  CHECK(create->config.hooks[0].path == "/c");
  CHECK(create->config.hooks[0].args == Strings{"a", "b"});
  CHECK(create->config.hooks[1].path.empty());
  CHECK(create->config.hooks[2].path == "/p");
  CHECK(create->config.hooks[2].args.empty());
  CHECK(create->config.hooks[1].index == 1);
  CHECK(create->config.hooks[2].stage == sg::oci::HookStage::kPrestart);
  CHECK(create->config.hooks[2].index == 0);
  CHECK(create->config.hooks[4].stage == sg::oci::HookStage::kCreateContainer);
  CHECK(create->config.hooks[4].index == 1);
}

TEST_CASE("Create config: root, version and mappings") {
  const Result<CreateConfig> create = sg::oci::parse_create_config(
      R"({"ociVersion":"1.0.2-dev","root":{"path":"/r","readonly":true},"linux":{
          "uidMappings":[{"containerID":0,"hostID":7,"size":2}],"gidMappings":[{"hostID":0}]}})");
  REQUIRE(create);
  CHECK(create->root_path == "/r");
  CHECK(create->version == sg::oci::OciVersion{1, 0, 2});
  REQUIRE(create->user_mappings.size() == 1);
  CHECK(create->user_mappings[0].host_id == 7);
  CHECK(create->user_mappings[0].size == 2);
  CHECK(create->group_mappings[0].size == 0);
  for (const char* text :
       {R"({"linux":{"uidMappings":[{"hostID":"0"}]}})", R"({"linux":{"uidMappings":{}}})",
        R"({"linux":{"gidMappings":[{"size":-1}]}})", R"({"linux":{"gidMappings":[5]}})",
        R"({"root":{"path":5}})", R"({"root":"/"})"}) {
    INFO(text);
    CHECK_FALSE(sg::oci::parse_create_config(text));
  }
}

TEST_CASE("Create config: whether the members are there that decide where the hook goes") {
  struct Case {
    const char* text;
    bool version;
    bool hooks;
  };
  const Case cases[] = {{"{}", false, false},
                        {R"({"ociVersion":"1","x":{"hooks":{}}})", true, false},
                        {R"({"x":{"ociVersion":"1"},"hooks":null})", false, true},
                        {R"({"hooks":{"poststop":[]},"ociVersion":""})", true, true}};
  for (const Case& c : cases) {
    INFO(c.text);
    const Result<CreateConfig> create = sg::oci::parse_create_config(c.text);
    REQUIRE(create);
    CHECK(create->has_version == c.version);
    CHECK(create->config.has_hooks == c.hooks);
  }
}

TEST_CASE("Create config: a member of the wrong type is refused") {
  struct Case {
    const char* text;
    const char* part;
  };
  const Case cases[] = {
      {"[]", "is not a JSON object"},
      {"{", "ends too early"},
      {R"({"annotations":5})", "'annotations'"},
      {R"({"process":5})", "'process' is not an object"},
      {R"({"process":{"apparmorProfile":["a"]}})", "'process.apparmorProfile' is not a string"},
      {R"({"process":{"capabilities":[]}})", "'process.capabilities' is not an object"},
      {R"({"process":{"capabilities":{"bounding":"X"}}})", "bounding' is not an array of strings"},
      {R"({"process":{"capabilities":{"bounding":[5]}}})", "bounding.0' is not a string"},
      {R"({"process":{"capabilities":{"bounding":[["X"]]}}})", "bounding.0' is not a string"},
      {R"({"linux":{"readonlyPaths":{}}})", "'linux.readonlyPaths' is not an array of strings"},
      {R"({"linux":{"readonlyPaths":[null]}})", "'linux.readonlyPaths.0' is not a string"},
      {R"({"linux":{"maskedPaths":"/proc/sys"}})",
       "'linux.maskedPaths' is not an array of strings"},
      {R"({"hooks":[]})", "'hooks' is not an object"},
      {R"({"hooks":{"prestart":{}}})", "'hooks.prestart' is not an array"},
      {R"({"hooks":{"createRuntime":["x"]}})", "'hooks.createRuntime.0' is not an object"},
      {R"({"hooks":{"createRuntime":[{"path":null}]}})", "createRuntime.0.path' is not a string"},
      {R"({"hooks":{"createRuntime":[{"args":["x",5]}]}})", "0.args.1' is not a string"},
      {R"({"linux":{"readonlyPaths":[],"readonlyPaths":[]}})", "twice"},
      {R"({"mounts":{}})", "'mounts' is not an array"},
      {R"({"mounts":[5]})", "'mounts.0' is not an object"},
      {R"({"mounts":[{"source":5}]})", "'mounts.0.source' is not a string"},
      {R"({"mounts":[{"options":"ro"}]})", "options' is not an array of strings"},
  };
  for (const Case& c : cases) {
    INFO(c.text);
    const Result<CreateConfig> create = sg::oci::parse_create_config(c.text);
    REQUIRE_FALSE(create);
    CHECK(create.error().code == Errc::kBadInput);
    INFO(create.error().message);
    CHECK(create.error().message.find("config.json: ") == 0);
    CHECK(create.error().message.find(c.part) != std::string::npos);
    CHECK_FALSE(create.error().hint.empty());
  }
}

TEST_CASE("Create config: a document is read from a descriptor, up to its limit") {
  const std::string file = std::filesystem::temp_directory_path() /
                           ("sysctl-guard-document-" + std::to_string(::getpid()));
  for (const std::size_t over : {0, 1}) {
    INFO(over);
    const sg::UniqueFd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    REQUIRE(::ftruncate(fd.get(), static_cast<off_t>(sg::oci::kConfigMax + over)) == 0);
    const Result<std::string> text = sg::oci::read_document(fd.get());
    CHECK(static_cast<bool>(text) == (over == 0));
    CHECK((text ? text->size() : text.error().message.size()) > 0);
  }
  std::filesystem::remove(file);
  const Result<std::string> closed = sg::oci::read_document(-1);
  REQUIRE_FALSE(closed);
  CHECK(closed.error().code == Errc::kSystem);
}

TEST_CASE("Create config: what is a config.json, and what may be a state") {
  struct Case {
    const char* why;
    std::string text;
    bool is_config;
  };
  const Case cases[] = {
      {"Docker's", sample("docker-26.1.config.json"), true},
      {"Podman's", sample("podman-4.3.config.json"), true},
      {"the least", R"({"ociVersion":"1","root":{}})", true},
      {"Docker's state", sample("docker-26.1.state.json"), false},
      {"Podman's state", sample("podman-4.3.state.json"), false},
      {"crun's state has a root", R"({"ociVersion":"1.0","id":"a","status":"created","root":"/r"})",
       false},
      {"with an id", R"({"ociVersion":"1","root":{},"id":"a"})", false},
      {"with a status", R"({"ociVersion":"1","root":{},"status":null})", false},
      {"without a root", R"({"ociVersion":"1","process":{}})", false},
      {"a root that is none", R"({"ociVersion":"1","root":"/r"})", false},
      {"without a version", R"({"root":{}})", true},
      {"not an object", "[]", false},
      {"cut short", R"({"ociVersion":"1","root":{})", false},
      {"nothing", "", false},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const auto create = sg::oci::parse_if_config(c.text);
    REQUIRE(create);
    CHECK(create->has_value() == c.is_config);
  }
}

TEST_CASE("Create config: what is broken is one that cannot be a state") {
  const auto wrong = sg::oci::parse_if_config(R"({"ociVersion":"1","root":{},"mounts":5})");
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().message == "config.json: 'mounts' is not an array");
  const std::string cut = R"({"ociVersion":"1","root":{})";
  const auto small =
      sg::oci::parse_if_config(cut + std::string(sg::oci::kStateMax - cut.size(), ' '));
  REQUIRE(small);
  CHECK_FALSE(small->has_value());
  const auto twice =
      sg::oci::parse_if_config(R"({"ociVersion":"1","root":{},"process":{},"process":{}})");
  REQUIRE_FALSE(twice);
  CHECK(twice.error().message.starts_with("config.json: has the key 'process' twice"));
  const auto large =
      sg::oci::parse_if_config(cut + std::string(sg::oci::kStateMax - cut.size() + 1, ' '));
  REQUIRE_FALSE(large);
  CHECK(large.error().message.starts_with("config.json: is JSON that ends too early"));
}
