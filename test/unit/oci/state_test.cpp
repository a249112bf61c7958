// SPDX-License-Identifier: Apache-2.0
// state_test.cpp - states as runtimes write them, and everything that is none.
#include "oci/state.h"

#include <filesystem>
#include <string>

#include <fcntl.h>

#include "base/file_io.h"
#include "support/catch.h"

using namespace std::string_literals;
using sg::Errc;
using sg::Result;
using sg::oci::State;

namespace {

std::string sample(const std::string& name) {
  const auto path = std::filesystem::path(__FILE__).parent_path() / "../../data" / name;
  const Result<std::string> text = sg::read_file(AT_FDCWD, path.string(), sg::oci::kStateMax);
  REQUIRE(text);
  return *text;
}

// A state with one more member, given as JSON text.
std::string with(const std::string& member) { return R"({"id":"c1",)" + member + "}"; }

void check_refused(const std::string& text, const std::string& part) {
  const Result<State> state = sg::oci::parse_state(text);
  REQUIRE_FALSE(state);
  CHECK(state.error().code == Errc::kBadInput);
  INFO(state.error().message);
  CHECK(state.error().message.rfind("container state: ", 0) == 0);
  CHECK(state.error().message.find(part) != std::string::npos);
  CHECK(state.error().message.size() < 300);
  CHECK_FALSE(state.error().hint.empty());
}

}  // namespace

TEST_CASE("State: Docker's own is read") {
  const Result<State> state = sg::oci::parse_state(sample("docker-26.1.state.json"));
  REQUIRE(state);
  const std::string id = "9bfcb8bbb74861987465eea8541a6a9c733b63e18c93e99dc2b4620bcf65e33b";
  CHECK(state->id == id);
  CHECK(state->status == "creating");
  CHECK(state->pid == 17673);
  CHECK(state->bundle == "/run/docker/containerd/daemon/io.containerd.runtime.v2.task/moby/" + id);
  CHECK(state->annotations ==
        std::map<std::string, std::string>{{"io.sysctl-guard.allow", "net.ipv4.ip_forward=0|1"}});
}

TEST_CASE("State: Podman's own is read") {
  const Result<State> state = sg::oci::parse_state(sample("podman-4.3.state.json"));
  REQUIRE(state);
  CHECK(state->id == "cd936d4e9220ba87313dce41f93871744bebe8d81c08834d9d6c40a5ae5a0c95");
  CHECK(state->pid == 17757);
  CHECK(state->annotations.size() == 9);
  CHECK(state->annotations.at("io.sysctl-guard.allow") == "net.ipv4.ip_forward=0|1");
  CHECK(state->annotations.at("org.opencontainers.image.stopSignal") == "15");
}

TEST_CASE("State: what crun writes is no error") {
  const Result<State> state = sg::oci::parse_state(
      R"({"ociVersion":"1.0","id":"c1","pid":0,"root":"/r","bundle":"\/","status":"starting"})");
  REQUIRE(state);
  CHECK(state->pid == 0);
  CHECK(state->status == "starting");
  CHECK(state->bundle == "/");
  CHECK(state->annotations.empty());
}

TEST_CASE("State: only the id is required") {
  const Result<State> state = sg::oci::parse_state(R"({"id":"c1"})");
  REQUIRE(state);
  CHECK(state->id == "c1");
  CHECK(state->pid == 0);
  CHECK(state->status.empty());
  CHECK(state->bundle.empty());
  CHECK(state->annotations.empty());
}

TEST_CASE("State: members of other names are passed over") {
  const Result<State> state = sg::oci::parse_state(
      with(R"("x":{"id":"c3","annotations":{"a":1},"y":[1,{}]},"pids":[1],"annotation":7)"));
  REQUIRE(state);
  CHECK(state->id == "c1");
  CHECK(state->annotations.empty());
}

TEST_CASE("State: annotations that are null or empty are none") {
  for (const char* none : {R"("annotations":null)", R"("annotations":{})"}) {
    INFO(none);
    const Result<State> state = sg::oci::parse_state(with(none));
    REQUIRE(state);
    CHECK(state->annotations.empty());
  }
}

TEST_CASE("State: an annotation is kept byte for byte") {
  const Result<State> state = sg::oci::parse_state(
      with(R"("annotations":{"a\u0001b":"x\u0000y\n","":"empty key","k":"","é":"\u003c"})"));
  REQUIRE(state);
  CHECK(state->annotations ==
        std::map<std::string, std::string>{
            {"a\1b"s, "x\0y\n"s}, {"", "empty key"}, {"k", ""}, {"\xc3\xa9", "<"}});
}

TEST_CASE("State: a pid is read up to the largest") {
  const Result<State> state = sg::oci::parse_state(with(R"("pid":2147483647)"));
  REQUIRE(state);
  CHECK(state->pid == 2147483647);
}

TEST_CASE("State: an id is read up to its limit") {
  const std::string longest(sg::oci::kIdMax, 'i');
  const Result<State> state = sg::oci::parse_state("{\"id\":\"" + longest + "\"}");
  REQUIRE(state);
  CHECK(state->id == longest);
  check_refused("{\"id\":\"" + longest + "i\"}", "'id' is longer than the limit of 1024 bytes");
}

TEST_CASE("State: what is no state is refused") {
  struct Case {
    const char* why;
    std::string text;
    std::string part;
  };
  const Case cases[] = {
      {"nothing", "", "is empty"},
      {"blanks", " \n", "ends too early"},
      {"no JSON", "creating", "not valid JSON"},
      {"cut short", R"({"id":"c1","annotations":{"io.sysctl-guard.deny":"a)", "ends too early"},
      {"two states", R"({"id":"c1"}{"id":"c2"})", "not valid JSON"},
      {"an array", R"(["id","c1"])", "is not a JSON object"},
      {"an array of a state", R"([{"id":"c1"}])", "is not a JSON object"},
      {"a string", R"("id")", "is not a JSON object"},
      {"null", "null", "is not a JSON object"},
      {"no member", "{}", "has no 'id'"},
      {"no id", R"({"pid":1})", "has no 'id'"},
      {"an empty id", R"({"id":""})", "has no 'id'"},
      {"an id that is a number", R"({"id":1})", "'id' is not a string"},
      {"an id that is null", R"({"id":null})", "'id' is not a string"},
      {"an id that is an object", R"({"id":{"id":"c1"}})", "'id' is not a string"},
      {"a zero byte in the id", R"({"id":"c\u00001"})", "'id' holds a zero byte"},
      {"a zero byte in an annotation's key",
       with(R"("annotations":{"io.sysctl-guard.deny\u0000":"a"})"),
       R"(the key 'io.sysctl-guard.deny\x00', which)"},
      {"a zero byte in a key nobody wants", with(R"("x":[{"annotations\u0000x":{}}])"),
       "zero byte"},
      {"a byte order mark", "\xef\xbb\xbf" + with(R"("pid":1)"), "byte order mark"},
      {"two ids", R"({"id":"c1","id":"c2"})", "'id' twice"},
      {"a zero byte in the bundle", with(R"("bundle":"/b\u0000")"), "'bundle' holds a zero byte"},
      {"a bundle that is no string", with(R"("bundle":["/b"])"), "'bundle' is not a string"},
      {"a status that is no string", with(R"("status":0)"), "'status' is not a string"},
      {"a negative pid", with(R"("pid":-1)"), "'pid' is not a process ID"},
      {"minus zero", with(R"("pid":-0)"), "'pid' is not a process ID"},
      {"a pid beyond an int", with(R"("pid":2147483648)"), "'pid' is not a process ID"},
      {"a pid that would wrap to 1", with(R"("pid":4294967297)"), "'pid' is not a process ID"},
      {"a pid beyond 64 bits", with(R"("pid":18446744073709551617)"), "'pid' is not a process ID"},
      {"a pid with a fraction", with(R"("pid":1.0)"), "'pid' is not a process ID"},
      {"a pid with an exponent", with(R"("pid":1e2)"), "'pid' is not a process ID"},
      {"a pid in a string", with(R"("pid":"1")"), "'pid' is not a process ID"},
      {"a pid that is null", with(R"("pid":null)"), "'pid' is not a process ID"},
      {"a pid that is true", with(R"("pid":true)"), "'pid' is not a process ID"},
      {"annotations as an array", with(R"("annotations":[])"), "'annotations' is not an object"},
      {"annotations as a string", with(R"("annotations":"a=b")"), "'annotations' is not an object"},
      {"annotations that are false", with(R"("annotations":false)"), "is not an object"},
      {"a number as annotation", with(R"("annotations":{"a":1})"),
       "annotation 'a' is not a string"},
      {"null as annotation", with(R"("annotations":{"a":null})"), "annotation 'a' is not a string"},
      {"an object as annotation", with(R"("annotations":{"a":{"b":"c"}})"), "'a' is not a string"},
      {"an array as annotation", with(R"("annotations":{"a":["c"]})"), "'a' is not a string"},
      {"an annotation twice", with(R"("annotations":{"a":"b","a":"c"})"), "'a' twice"},
      {"annotations twice", with(R"("annotations":{},"annotations":{})"), "'annotations' twice"},
      {"invalid UTF-8", with("\"annotations\":{\"a\":\"\xff\"}"), "not valid JSON"},
      {"escaped user text", with(R"("annotations":{"\n\u001b":1})"), R"('\n\x1b' is not)"},
      {"nested without end", with("\"x\":" + std::string(100000, '[')), "nested deeper"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    check_refused(c.text, c.part);
  }
}

TEST_CASE("State: up to its limit") {
  for (const std::size_t over : {0, 1}) {
    std::string text = R"({"id":"c1"})";
    text.resize(sg::oci::kStateMax + over, ' ');
    const Result<State> state = sg::oci::parse_state(text);
    CHECK(static_cast<bool>(state) == (over == 0));
    if (!state) {
      CHECK(state.error().code == Errc::kBadInput);
      CHECK(state.error().message.find("limit of 2097152 bytes") != std::string::npos);
    }
  }
}

TEST_CASE("State: 256 KiB of annotations fit, escaped at their longest and in the smallest pairs") {
  std::string escaped;
  for (int i = 0; i < 256 * 1024; ++i) {
    escaped += "\\u0001";
  }
  const Result<State> longest =
      sg::oci::parse_state(with(R"("annotations":{"a":")" + escaped + "\"}"));
  REQUIRE(longest);
  CHECK(longest->annotations.at("a").size() == 256 * 1024);
  std::string pairs;
  for (int i = 0; i < 65536; ++i) {
    pairs += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":\"\"";
  }
  const Result<State> most = sg::oci::parse_state(with("\"annotations\":{" + pairs + "}"));
  REQUIRE(most);
  CHECK(most->annotations.size() == 65536);
}
