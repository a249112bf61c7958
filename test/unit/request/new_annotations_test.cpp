// SPDX-License-Identifier: Apache-2.0
// new_annotations_test.cpp - annotations of a document, and those that replace others.
#include "request/new_annotations.h"

#include <string>

#include "support/catch.h"

using namespace sg;
using request::Annotations;

namespace {

constexpr const char* kAllow = "io.sysctl-guard.allow";
constexpr const char* kDeny = "io.sysctl-guard.deny";
constexpr const char* kName = "io.kubernetes.cri.container-name";

Annotations must(const std::string& text) {
  Result<Annotations> annotations = request::read_annotations(text, "file");
  INFO((annotations ? "" : annotations.error().message));
  REQUIRE(annotations);
  return *std::move(annotations);
}

std::string why(const std::string& text) {
  const Result<Annotations> annotations = request::read_annotations(text, "file");
  return annotations ? "" : annotations.error().message;
}

}  // namespace

TEST_CASE("Annotations of a document: the object itself, or a member of it") {
  CHECK(must("{}").empty());
  CHECK(must(R"({"io.sysctl-guard.allow": "a", "b": ""})") ==
        Annotations{{kAllow, "a"}, {"b", ""}});
  CHECK(must(R"({"ociVersion": "1", "process": {"args": []}, "annotations": {"x": "y"}})") ==
        Annotations{{"x", "y"}});
  CHECK(must(R"({"annotations": {}})").empty());
}

TEST_CASE("Annotations of a document: what is none") {
  CHECK(why("[]") == "file: its annotations are no object");
  CHECK(why("\"x\"") == "file: its annotations are no object");
  CHECK(why(R"({"annotations": []})") == "file: its annotations are no object");
  CHECK(why(R"({"annotations": {"a": 1}})") == "file: annotation 'a' is no string");
  CHECK(why(R"({"a": ["b"]})") == "file: annotation 'a' is no string");
  CHECK(why(R"({"a": "1", "a": "2"})") != "");
  CHECK(why("{") != "");
}

TEST_CASE("Annotations replaced: the key that holds") {
  CHECK(request::key_in_effect({}, "allow") == kAllow);
  CHECK(request::key_in_effect({{kName, "db"}, {kAllow, "x"}}, "allow") == kAllow);
  CHECK(request::key_in_effect({{kName, "db"}, {"io.sysctl-guard.allow/db", "x"}}, "allow") ==
        "io.sysctl-guard.allow/db");
  CHECK(request::key_in_effect({{kName, "db"}, {"io.sysctl-guard.allow/web", "x"}}, "allow") ==
        kAllow);
  CHECK(request::key_in_effect({{"io.sysctl-guard.allow/web", "x"}}, "allow") == kAllow);
}

TEST_CASE("Annotations replaced: by key, or all of ours") {
  const Annotations stored = {{kName, "db"}, {kAllow, "a"}, {kDeny, "b"}};
  CHECK(request::replace_annotations(stored, std::nullopt, {}) == stored);
  CHECK(request::replace_annotations(stored, std::nullopt, {{"allow", ""}}) ==
        Annotations{{kName, "db"}, {kAllow, ""}, {kDeny, "b"}});
  CHECK(request::replace_annotations(stored, Annotations{}, {}) == Annotations{{kName, "db"}});
  CHECK(request::replace_annotations(
            stored, Annotations{{kAllow, "c"}, {kName, "other"}, {"x", "y"}}, {{"deny", "d"}}) ==
        Annotations{{kName, "db"}, {kAllow, "c"}, {kDeny, "d"}});
  CHECK(request::replace_annotations({{kName, "db"}, {"io.sysctl-guard.allow/db", "a"}},
                                     std::nullopt, {{"allow", "b"}}) ==
        Annotations{{kName, "db"}, {"io.sysctl-guard.allow/db", "b"}});
}

TEST_CASE("Annotations replaced: marks say how the container was created, and stay") {
  const Annotations stored = {
      {"io.sysctl-guard.opened", "true"}, {"io.sysctl-guard.closed", "why"}, {kAllow, "a"}};
  CHECK(request::replace_annotations(
            stored, Annotations{{kAllow, "b"}, {"io.sysctl-guard.was-open", "true"}}, {}) ==
        Annotations{
            {"io.sysctl-guard.opened", "true"}, {"io.sysctl-guard.closed", "why"}, {kAllow, "b"}});
}

TEST_CASE("Annotations replaced: what was meant for us comes along, to be refused") {
  const Annotations stored = {{kAllow, "a"}};
  CHECK(request::replace_annotations(stored, Annotations{{"\"io.sysctl-guard.deny", "x\""}}, {}) ==
        Annotations{{"\"io.sysctl-guard.deny", "x\""}});
  CHECK(request::replace_annotations(
            stored, Annotations{{kAllow, "b"}, {" net.ipv4.ip_forward", "1"}, {"x", "y"}}, {}) ==
        Annotations{{kAllow, "b"}, {" net.ipv4.ip_forward", "1"}});
  CHECK(request::replace_annotations(stored, Annotations{{" net.ipv4.ip_forward", "1"}},
                                     {{"deny", "d"}}) == Annotations{{kDeny, "d"}});
}
