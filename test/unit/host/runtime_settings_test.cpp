// SPDX-License-Identifier: Apache-2.0
// runtime_settings_test.cpp - the settings file, and every mistake in one.
#include "host/runtime_settings.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <sys/stat.h>
#include <unistd.h>

#include "support/catch.h"

using sg::Errc;
using sg::Result;
using sg::host::RuntimeSettings;

TEST_CASE("Runtime settings: what can be set") {
  struct Case {
    const char* text;
    const char* runtime;
    bool all;
  };
  const Case cases[] = {
      {R"({"version":1})", "", false},
      {R"({"version": 1, "runtime": "/usr/bin/crun"})", "/usr/bin/crun", false},
      {R"({"allContainers": true, "version": 1})", "", true},
      {R"({"allContainers": false, "version": 1})", "", false},
  };
  for (const Case& c : cases) {
    INFO(c.text);
    const Result<RuntimeSettings> settings = sg::host::parse_runtime_settings(c.text);
    REQUIRE(settings);
    CHECK(settings->runtime == c.runtime);
    CHECK(settings->all_containers == c.all);
  }
}

TEST_CASE("Runtime settings: profiles of AppArmor are left alone unless the file says otherwise") {
  for (const auto& [text, sets] :
       {std::pair(R"({"version":1})", false), std::pair(R"({"version":1,"apparmor":false})", false),
        std::pair(R"({"version":1,"apparmor":true})", true)}) {
    INFO(text);
    const Result<RuntimeSettings> settings = sg::host::parse_runtime_settings(text);
    REQUIRE(settings);
    CHECK(settings->sets_apparmor_profile == sets);
  }
}

TEST_CASE("Runtime settings: mistakes are refused") {
  struct Case {
    const char* text;
    const char* part;
  };
  const Case cases[] = {
      {"", "it: "},
      {"[]", "not a JSON object"},
      {"{}", "\"version\" is missing"},
      {R"({"version":2})", "\"version\" is not 1"},
      {R"({"version":"1"})", "\"version\" is not 1"},
      {R"({"version":1,"runtime":"crun"})", "not an absolute path"},
      {R"({"version":1,"runtime":""})", "not an absolute path"},
      {R"({"version":1,"runtime":"/a\u0000b"})", "not an absolute path"},
      {R"({"version":1,"runtime":["/a"]})", "not an absolute path"},
      {R"({"version":1,"allContainers":1})", "not true or false"},
      {R"({"version":1,"allContainers":"true"})", "not true or false"},
      {R"({"version":1,"apparmor":"sysctl-guard-docker"})", "\"apparmor\" is not true or false"},
      {R"({"version":1,"runtimes":"/a"})", "no setting \"runtimes\""},
      {R"({"version":1,"runtimeBy":1})", "\"runtimeBy\" is no text"},
      {R"({"version":1,"dockerDefault":1})", "\"dockerDefault\" is no name"},
      {R"({"version":1,"dockerDefault":""})", "\"dockerDefault\" is no name"},
      {R"({"version":1,"version":1})", "twice"},
  };
  for (const Case& c : cases) {
    INFO(c.text);
    const Result<RuntimeSettings> settings = sg::host::parse_runtime_settings(c.text);
    REQUIRE_FALSE(settings);
    CHECK(settings.error().code == Errc::kNodePolicy);
    INFO(settings.error().message);
    CHECK(settings.error().message.find("/etc/sysctl-guard/runtime.json: ") == 0);
    CHECK(settings.error().message.find(c.part) != std::string::npos);
    CHECK_FALSE(settings.error().hint.empty());
  }
}

TEST_CASE("Runtime settings: no file is the defaults, a doubtful one is refused") {
  const std::filesystem::path file = std::filesystem::temp_directory_path() /
                                     ("sysctl-guard-settings-" + std::to_string(::getpid()));
  std::filesystem::remove_all(file);
  const Result<RuntimeSettings> none = sg::host::read_runtime_settings(file.c_str());
  REQUIRE(none);
  CHECK(none->runtime.empty());
  CHECK(sg::host::read_runtime_settings((file / "x").c_str()));

  std::ofstream(file) << R"({"version":1,"runtime":"/r"})";
  REQUIRE(::chmod(file.c_str(), 0644) == 0);
  if (::geteuid() != 0) {
    CHECK_FALSE(sg::host::read_runtime_settings(file.c_str()));
    std::filesystem::remove(file);
    return;
  }
  const Result<RuntimeSettings> there = sg::host::read_runtime_settings(file.c_str());
  REQUIRE(there);
  CHECK(there->runtime == "/r");
  for (const mode_t mode : {0664, 0646}) {
    REQUIRE(::chmod(file.c_str(), mode) == 0);
    CHECK_FALSE(sg::host::read_runtime_settings(file.c_str()));
  }
  REQUIRE(::chmod(file.c_str(), 0644) == 0);
  REQUIRE(::chown(file.c_str(), 1000, 0) == 0);
  CHECK_FALSE(sg::host::read_runtime_settings(file.c_str()));
  REQUIRE(::chown(file.c_str(), 0, 0) == 0);
  std::filesystem::resize_file(file, sg::host::kRuntimeSettingsMax + 1);
  const Result<RuntimeSettings> large = sg::host::read_runtime_settings(file.c_str());
  REQUIRE_FALSE(large);
  CHECK(large.error().message.find("larger than the limit") != std::string::npos);
  std::filesystem::remove(file);
  std::filesystem::create_directory(file);
  CHECK_FALSE(sg::host::read_runtime_settings(file.c_str()));
  std::filesystem::remove(file);
}
