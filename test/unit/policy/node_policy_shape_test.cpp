// SPDX-License-Identifier: Apache-2.0
// node_policy_shape_test.cpp - every key has one type, and what is no key is named.
#include "policy/node_policy_shape.h"

#include <string>

#include "policy/node_policy.h"
#include "support/catch.h"

using namespace sg;
using namespace sg::policy;
using namespace sg::sysctl;

namespace {

std::vector<Finding> findings_of(const std::string& text) {
  Diagnostics findings;
  (void)read_node_policy_shape(text, "node policy f", findings);
  return findings.findings();
}

}  // namespace

TEST_CASE("Shape: every mistake is one finding with its pointer, its text, and a hint") {
  struct Case {
    const char* why;
    std::string text;
    std::string pointer;
    std::string piece;
    std::string hint;  // part of it
  };
  const Case cases[] = {
      {"no version", "{}", "", "", "\"version\": 1"},
      {"another version", R"({"version": 2})", "/version", "2", "write 1"},
      {"a version in quotes", R"({"version": "1"})", "/version", "\"1\"", "write 1"},
      {"a version with a point", R"({"version": 1.0})", "/version", "1.0", "write 1"},
      {"no object", "[]", "", "[]", "write a JSON object"},
      {"an unknown key", R"({"version": 1, "limits": {"a": [1, 2]}})", "/limits", "\"limits\"",
       "write \"limit\""},
      {"one like no other", R"({"version": 1, "xyz~/": 5})", "/xyz~0~1", "\"xyz~/\"",
       "the keys are version, limit, default, profiles, groups, assign, declared, "
       "annotationModes, events, eventBuffer"},
      {"upper and lower case", R"({"version": 1, "limit": {"onexcess": "clip"}})",
       "/limit/onexcess", "\"onexcess\"", "write \"onExcess\""},
      {"a key of another object", R"({"version": 1, "limit": {"mode": "audit"}})", "/limit/mode",
       "\"mode\"", "the keys are allow, host, deny, onExcess"},
      {"a list that is a string", R"({"version": 1, "limit": {"allow": "net.*"}})", "/limit/allow",
       "\"net.*\"", "write an array of strings"},
      {"null is no list", R"({"version": 1, "limit": {"allow": null}})", "/limit/allow", "null",
       "array"},
      {"an object that is a list", R"({"version": 1, "limit": []})", "/limit", "[]", "an object"},
      {"a rule that is a number", R"({"version": 1, "limit": {"allow": ["a", 5]}})",
       "/limit/allow/1", "5", "a string"},
      {"a rule that is a list", R"({"version": 1, "limit": {"allow": [["a"]]}})", "/limit/allow/0",
       "[\"a\"]", "a string"},
      {"a group with the name of a value", R"({"version": 1, "groups": {"current": []}})",
       "/groups/current", "\"current\"", "another name"},
      {"assign that is no list", R"({"version": 1, "assign": {}})", "/assign", "{}", "an array"},
      {"an entry that is no object", R"({"version": 1, "assign": ["vpn"]})", "/assign/0", "\"vpn\"",
       "an object with"},
      {"an entry without match", R"({"version": 1, "assign": [{"profile": "p"}]})", "/assign/0",
       R"({"profile": "p"})", "{} for every container"},
      {"an entry without profile", R"({"version": 1, "assign": [{"match": {}}]})", "/assign/0",
       R"({"match": {}})", "name a profile"},
      {"a match that is a string", R"({"version": 1, "assign": [{"match": "*", "profile": "p"}]})",
       "/assign/0/match", "\"*\"", "an object"},
      {"a pattern that is a list",
       R"({"version": 1, "assign": [{"match": {"a/b": ["x"]}, "profile": "p"}]})",
       "/assign/0/match/a~1b", R"(["x"])", "any bytes"},
      {"a match of what is a request",
       R"({"version": 1, "assign": [{"match": {"io.sysctl-guard.opened": "*"}, "profile": "p"}]})",
       "/assign/0/match/io.sysctl-guard.opened", "\"io.sysctl-guard.opened\"",
       "io.sysctl-guard.profile"},
      {"a profile that is a number", R"({"version": 1, "assign": [{"match": {}, "profile": 1}]})",
       "/assign/0/profile", "1", "the name of a profile"},
      {"letters of a key of an entry that changed places",
       R"({"version": 1, "assign": [{"macth": {}, "profile": "p"}]})", "/assign/0/macth",
       "\"macth\"", "write \"match\""},
      {"the same of the other key", R"({"version": 1, "assign": [{"match": {}, "proflie": "p"}]})",
       "/assign/0/proflie", "\"proflie\"", "write \"profile\""},
      {"another key of an entry",
       R"({"version": 1, "assign": [{"match": {}, "profile": "p", "allow": []}]})",
       "/assign/0/allow", "\"allow\"", "the keys are match, profile"},
      {"another word", R"({"version": 1, "limit": {"onExcess": "cut"}})", "/limit/onExcess",
       "\"cut\"", "\"refuse\" or \"clip\""},
      {"a word that is none", R"({"version": 1, "default": {"mode": true}})", "/default/mode",
       "true", "\"enforce\" or \"audit\""},
      {"an error that refusals cannot have", R"({"version": 1, "default": {"refuse": "EIO"}})",
       "/default/refuse", "\"EIO\"", "\"EPERM\" or \"EROFS\" or \"EACCES\""},
      {"the same of a profile", R"({"version": 1, "profiles": {"p": {"refuse": 13}}})",
       "/profiles/p/refuse", "13", "\"EPERM\" or \"EROFS\" or \"EACCES\""},
      {"events with another word", R"({"version": 1, "events": "all"})", "/events", "\"all\"",
       "\"off\" or \"denied\" or \"writes\""},
      {"a buffer as text", R"({"version": 1, "eventBuffer": "4096"})", "/eventBuffer", "\"4096\"",
       "a power of two from 4096 to 67108864"},
      {"a buffer that is no power of two", R"({"version": 1, "eventBuffer": 5000})", "/eventBuffer",
       "5000", "a power of two from 4096 to 67108864"},
      {"a buffer below a page", R"({"version": 1, "eventBuffer": 2048})", "/eventBuffer", "2048",
       "a power of two from 4096 to 67108864"},
      {"a buffer that is too large", R"({"version": 1, "eventBuffer": 134217728})", "/eventBuffer",
       "134217728", "a power of two from 4096 to 67108864"},
      {"another mode in a list", R"({"version": 1, "annotationModes": ["audit", "off"]})",
       "/annotationModes/1", "\"off\"", "\"enforce\" or \"audit\""},
      {"a profile that is a list", R"({"version": 1, "profiles": {"p": ["net.a"]}})", "/profiles/p",
       "[\"net.a\"]", "an object"},
      {"a key of a profile", R"({"version": 1, "profiles": {"p": {"deny-read": []}}})",
       "/profiles/p/deny-read", "\"deny-read\"", "write \"denyRead\""},
      {"a group that is an object", R"({"version": 1, "groups": {"g": {}}})", "/groups/g", "{}",
       "array"},
      {"a built-in group", R"({"version": 1, "groups": {"net": []}})", "/groups/net", "\"net\"",
       "another"},
      {"an empty name", R"({"version": 1, "groups": {"": []}})", "/groups/", "\"\"", "letters"},
      {"a name with an '@'", R"({"version": 1, "groups": {"@g": []}})", "/groups/@g", "\"@g\"",
       "letters"},
      {"a name that ends in a dash", R"({"version": 1, "profiles": {"a-": {}}})", "/profiles/a-",
       "\"a-\"", "letters"},
      {"a key that stands twice", R"({"version": 1, "limit": {}, "limit": {}})", "/limit", "\"",
       "correct"},
      {"no JSON", R"({"version": 1,})", "/version", "}", "no comma before }"},
      {"a comment", "// a\n{\"version\": 1}", "", "/", "with no comment"},
      {"nothing", "", "", "", "{\"version\": 1}"},
      {"blanks", " \n", "", "", "{\"version\": 1}"},
      {"a zero byte", std::string("{\0}", 3), "", std::string("\0", 1), "correct"},
      {"not UTF-8", "{\"version\": 1, \"\xff\": 1}", "/version", "\xff", "correct"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const std::vector<Finding> findings = findings_of(c.text);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].pointer == c.pointer);
    CHECK(findings[0].text == c.piece);
    CHECK(findings[0].hint.find(c.hint) != std::string::npos);
    CHECK(findings[0].source == "node policy f");
  }
}

TEST_CASE("Shape: mistakes do not hide each other") {
  CHECK(findings_of(R"({"limit": {"allow": 5, "denny": []}, "default": {"mode": "x"}, "z": 1})")
            .size() == 5);
}

TEST_CASE("Shape: lists and words by their paths") {
  Diagnostics findings;
  const NodePolicyShape shape = read_node_policy_shape(
      R"({"version": 1, "limit": {"allow": ["a", "b"], "onExcess": "clip"}, "profiles": {"p": {"deny": []}},
          "groups": {"g": ["c"]}})",
      "x", findings);
  CHECK(findings.findings().empty());
  REQUIRE(shape.list("limit/allow") != nullptr);
  CHECK(shape.list("limit/allow")->size() == 2);
  REQUIRE(shape.list("profiles/p/deny") != nullptr);
  CHECK(shape.list("profiles/p/deny")->empty());
  CHECK(shape.list("limit/host") == nullptr);
  REQUIRE(shape.word("limit/onExcess") != nullptr);
  CHECK(shape.word("limit/onExcess")->text == "clip");
  CHECK(shape.groups.size() == 1);
  CHECK(shape.profiles.size() == 1);
}

TEST_CASE("Shape: the longest name, and one byte more; the most names, and one more") {
  const auto with = [](const std::string& names) {
    return R"({"version": 1, "groups": {)" + names + "}}";
  };
  CHECK(findings_of(with("\"" + std::string(63, 'n') + "\": []")).empty());
  CHECK(findings_of(with("\"" + std::string(64, 'n') + "\": []")).size() == 1);
  std::string names = "\"g0\": []";
  for (std::size_t i = 1; i < kNamedMax; ++i) {
    names += ", \"g" + std::to_string(i) + "\": []";
  }
  CHECK(findings_of(with(names)).empty());
  CHECK(findings_of(with(names + ", \"h\": []")).size() == 1);
}
