// SPDX-License-Identifier: Apache-2.0
// bundle_test.cpp - config.json as engines write it, at every size, and everything that is none;
// single values, and what is said of wrong ones.
#include "oci/bundle.h"

#include <fcntl.h>
#include <stdlib.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/file_io.h"
#include "oci/state.h"
#include "support/catch.h"

using namespace std::string_literals;
using Pairs = std::map<std::string, std::string>;
using Strings = std::vector<std::string>;
using sg::Errc;
using sg::JsonItem;
using sg::JsonType;
using sg::Result;
using sg::oci::Config;
using sg::oci::Namespace;

namespace {

std::string sample(const std::string& name) {
  const auto path = std::filesystem::path(__FILE__).parent_path() / "../../data" / name;
  const Result<std::string> text = sg::read_file(AT_FDCWD, path.string(), sg::oci::kConfigMax);
  REQUIRE(text);
  return *text;
}

// A bundle directory with this config.json, removed at the end.
class TempBundle {
 public:
  explicit TempBundle(const std::string& config) {
    REQUIRE(::mkdtemp(path_.data()) != nullptr);
    std::ofstream(path() + "/config.json") << config;
  }
  ~TempBundle() {
    std::error_code ignored;
    std::filesystem::remove_all(path(), ignored);
  }
  TempBundle(const TempBundle&) = delete;
  TempBundle& operator=(const TempBundle&) = delete;

  [[nodiscard]] std::string path() const { return path_.data(); }

 private:
  std::array<char, 32> path_{"/tmp/sg_bundle_XXXXXX"};
};

// A pod's config.json of at least `size` bytes: variables and mounts, then the members that matter.
std::string large_config(std::size_t size) {
  std::string env = R"("PATH=/bin")";
  std::string mounts = R"({"destination":"/proc","type":"proc","source":"proc"})";
  for (std::size_t i = 0; env.size() + mounts.size() < size; ++i) {
    const std::string n = std::to_string(i);
    env += ",\"SERVICE_" + n + R"(_PORT=tcp://10.96.0.1:\"8080\" {\"linux\":1}")";
    mounts += R"(,{"destination":"/var/lib/data/)" + n + R"(","type":"bind","source":"/srv/é/)" +
              n + R"(","options":["rbind","ro"]})";
  }
  return R"({"ociVersion":"1.2.0","process":{"env":[)" + env + R"(]},"mounts":[)" + mounts +
         R"(],"annotations":{"io.kubernetes.container.name":"web"},"linux":{"resources":{"memory":)"
         R"({"limit":1e9}},"sysctl":{"net.ipv4.ip_forward":"1"},"cgroupsPath":"/kubepods/c1",)"
         R"("namespaces":[{"type":"pid"},{"type":"network","path":"/var/run/netns/x"}]}})";
}

void check_large(const Result<Config>& config) {
  REQUIRE(config);
  CHECK(config->annotations == Pairs{{"io.kubernetes.container.name", "web"}});
  CHECK(config->sysctl == Pairs{{"net.ipv4.ip_forward", "1"}});
  CHECK(config->cgroups_path == "/kubepods/c1");
  REQUIRE(config->namespaces.size() == 2);
  CHECK(config->namespaces[1].path == "/var/run/netns/x");
}

std::vector<std::string> types_of(const Config& config) {
  std::vector<std::string> types;
  for (const Namespace& ns : config.namespaces) {
    types.push_back(ns.type);
  }
  return types;
}

std::string linux_with(const std::string& members) { return R"({"linux":{)" + members + "}}"; }

JsonItem item(std::vector<std::string> path, JsonType type, std::string text = "") {
  JsonItem made;
  made.path = std::move(path);
  made.type = type;
  made.text = std::move(text);
  return made;
}

}  // namespace

TEST_CASE("Bundle: Docker's own config.json is read") {
  const Result<Config> config = sg::oci::parse_config(sample("docker-26.1.config.json"));
  REQUIRE(config);
  CHECK(config->annotations == Pairs{{"io.sysctl-guard.allow", "net.ipv4.ip_forward=0|1"}});
  CHECK(config->sysctl == Pairs{{"net.ipv4.ip_unprivileged_port_start", "0"},
                                {"net.ipv4.ping_group_range", "0 2147483647"}});
  CHECK(types_of(*config) ==
        std::vector<std::string>{"mount", "network", "uts", "pid", "ipc", "cgroup"});
  CHECK(config->cgroups_path.find("9bfcb8bbb748") != std::string::npos);
}

TEST_CASE("Bundle: Podman's own config.json is read") {
  const Result<Config> config = sg::oci::parse_config(sample("podman-4.3.config.json"));
  REQUIRE(config);
  CHECK(config->annotations.size() == 9);
  CHECK(config->annotations.at("io.container.manager") == "libpod");
  CHECK(config->sysctl.count("net.ipv4.ping_group_range") == 1);
  CHECK(config->cgroups_path.find("cd936d4e9220") != std::string::npos);
  CHECK_FALSE(config->namespaces.empty());
}

TEST_CASE("Bundle: one of 60 KB and one of 10 MB are read") {
  for (const std::size_t size : {std::size_t{60} << 10, std::size_t{10} << 20}) {
    INFO(size);
    const std::string text = large_config(size);
    REQUIRE(text.size() >= size);
    check_large(sg::oci::parse_config(text));
    const TempBundle bundle(text);
    check_large(sg::oci::read_config(bundle.path()));
  }
}

TEST_CASE("Bundle: one of exactly the limit is read, one byte more is refused by name") {
  std::string text = large_config(1000);
  text.resize(sg::oci::kConfigMax, ' ');
  {
    const TempBundle bundle(text);
    check_large(sg::oci::read_config(bundle.path()));
  }
  text += ' ';
  const TempBundle bundle(text);
  const Result<Config> config = sg::oci::read_config(bundle.path());
  REQUIRE_FALSE(config);
  CHECK(config.error().code == Errc::kBadInput);
  CHECK(config.error().message.find("config.json': larger than the limit of 16777216 bytes") !=
        std::string::npos);
}

TEST_CASE("Bundle: a config.json that cannot be read is a system error") {
  struct Case {
    const char* why;
    std::string bundle;
  };
  const TempBundle empty("{}");
  const Case cases[] = {
      {"no such directory", empty.path() + "/none"},
      {"a bundle that is a file", empty.path() + "/config.json"},
      {"no bundle in the state", ""},
      {"a zero byte", empty.path() + "\0x"s},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const Result<Config> config = sg::oci::read_config(c.bundle);
    REQUIRE_FALSE(config);
    CHECK(config.error().code == Errc::kSystem);
  }
}

TEST_CASE("Bundle: a config.json that is broken is bad input, not a missing one") {
  const TempBundle bundle("{");
  const Result<Config> config = sg::oci::read_config(bundle.path());
  REQUIRE_FALSE(config);
  CHECK(config.error().code == Errc::kBadInput);
}

TEST_CASE("Bundle: what is absent or null is empty") {
  for (const char* text :
       {"{}", R"({"linux":{}})", R"({"linux":null,"annotations":null})",
        R"({"annotations":{},"linux":{"sysctl":{},"namespaces":[]}})",
        R"({"linux":{"sysctl":null,"namespaces":null,"cgroupsPath":""}})",
        R"({"linuxes":{"sysctl":{"a":"b"}},"process":{"annotations":{"a":"b"}}})"}) {
    INFO(text);
    const Result<Config> config = sg::oci::parse_config(text);
    REQUIRE(config);
    CHECK(config->annotations.empty());
    CHECK(config->sysctl.empty());
    CHECK(config->namespaces.empty());
    CHECK(config->cgroups_path.empty());
  }
}

TEST_CASE("Bundle: a namespace has a type and may have a path, in any order") {
  const Result<Config> config = sg::oci::parse_config(linux_with(
      R"("namespaces":[{"path":"/p","type":"network"},{"type":"ipc","x":[{"type":"uts"}]},)"
      R"({"type":"user","path":""},{"type":"of tomorrow"}])"));
  REQUIRE(config);
  CHECK(types_of(*config) == std::vector<std::string>{"network", "ipc", "user", "of tomorrow"});
  CHECK(config->namespaces[0].path == "/p");
  CHECK(config->namespaces[1].path.empty());
}

TEST_CASE("Bundle: more than ten namespaces keep their own members") {
  std::string list;
  for (int i = 0; i < 25; ++i) {
    const std::string n = std::to_string(i);
    list += (i == 0 ? "{" : ",{") + R"("type":"t)"s + n + R"(","path":"/p)" + n + "\"}";
  }
  const Result<Config> config = sg::oci::parse_config(linux_with("\"namespaces\":[" + list + "]"));
  REQUIRE(config);
  REQUIRE(config->namespaces.size() == 25);
  for (std::size_t i = 0; i < 25; ++i) {
    CHECK(config->namespaces[i].type == "t" + std::to_string(i));
    CHECK(config->namespaces[i].path == "/p" + std::to_string(i));
  }
}

TEST_CASE("Bundle: what is no configuration is refused") {
  struct Case {
    const char* why;
    std::string text;
    std::string part;
  };
  const Case cases[] = {
      {"nothing", "", "ends too early"},
      {"an array", "[]", "is not a JSON object"},
      {"null", "null", "is not a JSON object"},
      {"a broken part nobody wants", R"({"process":{"env":["a\q"]}})", "not valid JSON"},
      {"linux as an array", R"({"linux":[]})", "'linux' is not an object"},
      {"linux as a string", R"({"linux":"sysctl"})", "'linux' is not an object"},
      {"annotations as an array", R"({"annotations":["a"]})", "'annotations' is not an object"},
      {"a number as annotation", R"({"annotations":{"a":1}})", "'annotations.a' is not a string"},
      {"an object as annotation", R"({"annotations":{"a":{"b":"c"}}})", "is not a string"},
      {"sysctl as an array", linux_with(R"("sysctl":["a"])"), "'linux.sysctl' is not an object"},
      {"a number as sysctl", linux_with(R"("sysctl":{"a":1})"), "'linux.sysctl.a' is not a string"},
      {"null as sysctl", linux_with(R"("sysctl":{"a":null})"), "is not a string"},
      {"an object as sysctl", linux_with(R"("sysctl":{"a":{"b":"1"}})"), "is not a string"},
      {"a sysctl twice", linux_with(R"("sysctl":{"a":"1","a":"2"})"), "'a' twice"},
      {"linux twice", R"({"linux":{},"linux":{}})", "'linux' twice"},
      {"a zero byte in a sysctl's name", linux_with(R"("sysctl":{"a\u0000":"1"})"), "zero byte"},
      {"a zero byte in a sysctl's value", linux_with(R"("sysctl":{"a":"1\u0000"})"), "zero byte"},
      {"a zero byte in a key", R"({"linux\u0000":{}})", R"(the key 'linux\x00', which)"},
      {"in a key of what is not looked at", R"({"process":{"user":{"uid\u0000":0}}})", "zero byte"},
      {"in a key of an array's element", R"({"hooks":{"x":[{"path\u0000":""}]}})", "zero byte"},
      {"in an annotation's key", R"({"annotations":{"a\u0000":"1"}})", "zero byte"},
      {"namespaces as an object", linux_with(R"("namespaces":{})"), "is not an array"},
      {"a string as namespace", linux_with(R"("namespaces":["network"])"),
       "'linux.namespaces.0' is not an object"},
      {"null as namespace", linux_with(R"("namespaces":[null])"), "is not an object"},
      {"an array as namespace", linux_with(R"("namespaces":[["type"]])"), "is not an object"},
      {"a namespace without a type", linux_with(R"("namespaces":[{"path":"/p"}])"), "no 'type'"},
      {"a namespace with an empty type", linux_with(R"("namespaces":[{"type":""}])"), "no 'type'"},
      {"a type that is a number", linux_with(R"("namespaces":[{"type":1}])"),
       "'linux.namespaces.0.type' is not a string"},
      {"a path that is null", linux_with(R"("namespaces":[{"type":"a","path":null}])"),
       "is not a string"},
      {"a zero byte in a type", linux_with(R"("namespaces":[{"type":"a\u0000"}])"), "zero byte"},
      {"a zero byte in a path", linux_with(R"("namespaces":[{"type":"a","path":"\u0000"}])"),
       "zero byte"},
      {"a type twice", linux_with(R"("namespaces":[{"type":"a"},{"type":"b"},{"type":"a"}])"),
       "the type 'a' twice"},
      {"cgroupsPath as a number", linux_with(R"("cgroupsPath":1)"),
       "'linux.cgroupsPath' is not a string"},
      {"cgroupsPath as an object", linux_with(R"("cgroupsPath":{})"), "is not a string"},
      {"a zero byte in cgroupsPath", linux_with(R"("cgroupsPath":"/a\u0000b")"), "zero byte"},
      {"escaped user text", linux_with("\"sysctl\":{\"\\n" + std::string(9999, 'x') + "\":1}"),
       R"('linux.sysctl.\nxxx)"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const Result<Config> config = sg::oci::parse_config(c.text);
    REQUIRE_FALSE(config);
    CHECK(config.error().code == Errc::kBadInput);
    INFO(config.error().message);
    CHECK(config.error().message.rfind("config.json: ", 0) == 0);
    CHECK(config.error().message.find(c.part) != std::string::npos);
    CHECK(config.error().message.size() < 300);
    CHECK_FALSE(config.error().hint.empty());
  }
}

TEST_CASE("Bundle: a configuration belongs to a state that has the same annotations") {
  struct Case {
    const char* why;
    Pairs config;
    Pairs state;
    bool belongs;
  };
  const Case cases[] = {
      {"none at all", {}, {}, true},
      {"the same", {{"a", "1"}}, {{"a", "1"}}, true},
      {"one that only the state has", {{"a", "1"}}, {{"a", "1"}, {"b", "2"}}, false},
      {"none, and the state has one", {}, {{"a", "1"}}, false},
      {"one that the state lacks", {{"a", "1"}, {"b", "2"}}, {{"a", "1"}}, false},
      {"another value", {{"a", "1"}}, {{"a", "2"}}, false},
      {"a longer value", {{"a", "1"}}, {{"a", "1 "}}, false},
      {"a key in other case", {{"a", "1"}}, {{"A", "1"}}, false},
      {"an empty value is a value", {{"a", ""}}, {}, false},
      {"a zero byte does not end a value", {{"a", "1"}}, {{"a", "1\0x"s}}, false},
      {"runc splits a key with '='", {{"a=b", "1"}}, {{"a", "b=1"}}, true},
      {"a key with '=' excuses no other", {{"a=b", "1"}, {"c", "1"}}, {{"a", "b=1"}}, false},
      {"runc keeps one of several", {{"a", "1"}, {"a=b", "2"}}, {{"a", "1"}}, true},
      {"either of them", {{"a", "1"}, {"a=b", "2"}}, {{"a", "b=2"}}, true},
      {"crun keeps both", {{"a", "1"}, {"a=b", "2"}}, {{"a", "1"}, {"a=b", "2"}}, true},
      {"none of them", {{"a", "1"}, {"a=b", "2"}}, {{"a", "2"}}, false},
      {"one of a key that is not there", {{"a=b", "1"}}, {{"a", "b=1"}, {"c", "b=1"}}, false},
      {"several excuse no other", {{"a", "1"}, {"a=b", "2"}, {"c", "1"}}, {{"a", "1"}}, false},
      {"runc drops a key named bundle", {{"bundle", "/x"}}, {}, true},
      {"and what it takes for one", {{"bundle=x", "y"}, {"bundle=", ""}}, {}, true},
      {"crun keeps them", {{"bundle=x", "y"}}, {{"bundle=x", "y"}}, true},
      {"a key that only begins so", {{"bundles", "y"}}, {}, false},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    Config config;
    config.annotations = c.config;
    CHECK(sg::oci::is_config_of(config, c.state) == c.belongs);
  }
}

TEST_CASE("Bundle: the samples belong to their own states and not to each other's") {
  for (const char* name : {"docker-26.1", "podman-4.3"}) {
    INFO(name);
    const Result<Config> config = sg::oci::parse_config(sample(name + ".config.json"s));
    REQUIRE(config);
    for (const char* other : {"docker-26.1", "podman-4.3"}) {
      INFO(other);
      const auto state = sg::oci::parse_state(sample(other + ".state.json"s));
      REQUIRE(state);
      const bool belongs = std::string(name) == other;
      CHECK(sg::oci::is_config_of(*config, state->annotations) == belongs);
    }
  }
}

TEST_CASE("Config items: a text is a string without a zero byte") {
  std::string text = "old";
  CHECK(sg::oci::take_text(item({"a"}, JsonType::kString, "x"), text));
  CHECK(text == "x");
  const sg::Status zero =
      sg::oci::take_text(item({"a", "b"}, JsonType::kString, std::string("y\0z", 3)), text);
  REQUIRE_FALSE(zero);
  CHECK(zero.error().message == "config.json: 'a.b' holds a zero byte");
  CHECK_FALSE(sg::oci::take_text(item({"a"}, JsonType::kNumber, "1"), text));
  CHECK_FALSE(sg::oci::take_text(item({"a"}, JsonType::kNull), text));
  CHECK(text == "x");
}

TEST_CASE("Config items: an array of strings, or none") {
  Strings strings;
  CHECK(sg::oci::take_strings(item({"l"}, JsonType::kArray), 1, strings));
  CHECK(sg::oci::take_strings(item({"l", "0"}, JsonType::kString, "x"), 1, strings));
  CHECK(sg::oci::take_strings(item({"l"}, JsonType::kNull), 1, strings));
  CHECK(strings == Strings{"x"});
  CHECK_FALSE(sg::oci::take_strings(item({"l"}, JsonType::kObject), 1, strings));
  CHECK_FALSE(sg::oci::take_strings(item({"l", "0"}, JsonType::kNumber, "1"), 1, strings));
  CHECK_FALSE(sg::oci::take_strings(item({"l", "0", "0"}, JsonType::kString, "x"), 1, strings));
  CHECK_FALSE(sg::oci::take_strings(item({"l"}, JsonType::kArray), 2, strings));  // above the array
}

TEST_CASE("Config items: types, and keys that Go takes for others") {
  CHECK(sg::oci::require_type(item({"a"}, JsonType::kObject), JsonType::kObject, "an object"));
  CHECK(sg::oci::require_type(item({"a"}, JsonType::kNull), JsonType::kObject, "an object"));
  const sg::Status wrong =
      sg::oci::require_type(item({"a"}, JsonType::kArray), JsonType::kObject, "an object");
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().message == "config.json: 'a' is not an object");
  CHECK(sg::oci::check_spelling(item({"a", "path"}, JsonType::kNull), 1, {"path"}));
  CHECK(sg::oci::check_spelling(item({"a", "paths"}, JsonType::kNull), 1, {"path"}));
  const sg::Status folded =
      sg::oci::check_spelling(item({"a", "Path"}, JsonType::kNull), 1, {"path"});
  REQUIRE_FALSE(folded);
  CHECK(folded.error().message == "config.json: 'a.Path' is what some programs take for 'path'");
}

TEST_CASE("Config items: a document that is none has a hint") {
  const std::vector<std::vector<std::string_view>> wanted = {{"a"}};
  const auto items = sg::oci::read_config_items("{", wanted);
  REQUIRE_FALSE(items);
  CHECK_FALSE(items.error().hint.empty());
}
