// SPDX-License-Identifier: Apache-2.0
// node_groups_test.cpp - groups of groups, in any order, and those that lead back to themselves.
#include "policy/node_groups.h"

#include <string>

#include "policy/node_policy.h"
#include "support/catch.h"

using namespace sg;
using namespace sg::policy;
using namespace sg::sysctl;

namespace {

Groups read(const std::string& groups, Diagnostics& findings) {
  const std::string text = R"({"version": 1, "groups": )" + groups + "}";
  const NodePolicyShape shape = read_node_policy_shape(text, "f", findings);
  REQUIRE(findings.findings().empty());
  Groups result(NamespaceSet{.net = true});
  RuleBudget budget;
  read_node_groups(text, shape, "f", budget, result, findings);
  return result;
}

std::string texts(const Groups& groups, std::string_view name) {
  const auto* rules = groups.find(name);
  REQUIRE(rules != nullptr);
  std::string out;
  for (const Rule& rule : *rules) {
    out += (out.empty() ? "" : " ") + rule.text;
  }
  return out;
}

}  // namespace

TEST_CASE("Node groups: a group holds what the groups it names hold") {
  Diagnostics findings;
  const Groups groups = read(
      R"({"a": ["@z", "net.a=1"], "m": [], "z": ["net.z", "@m", "@net", "@y"], "y": ["net.y"]})",
      findings);
  CHECK(findings.findings().empty());
  CHECK(texts(groups, "@a") == "net.z net/* net.y net.a=1");
  CHECK(texts(groups, "@m").empty());
  CHECK(groups.find("@a")->back().values.size() == 1);
}

TEST_CASE("Node groups: a circle is shown, once") {
  struct Case {
    const char* groups;
    const char* way;
    const char* pointer;
  };
  const Case cases[] = {
      {R"({"a": ["@a"]})", "@a -> @a", "/groups/a/0"},
      {R"({"a": ["net.x", "@b"], "b": ["@a"]})", "@a -> @b -> @a", "/groups/b/0"},
      {R"({"a": ["@b"], "b": ["@c"], "c": ["net.x", "@b"]})", "@b -> @c -> @b", "/groups/c/1"},
  };
  for (const Case& c : cases) {
    INFO(c.groups);
    Diagnostics findings;
    (void)read(c.groups, findings);
    REQUIRE(findings.findings().size() == 1);
    CHECK(findings.findings()[0].message == std::string("the group names itself: ") + c.way);
    CHECK(findings.findings()[0].pointer == c.pointer);
    CHECK(findings.findings()[0].text.starts_with("\"@"));
  }
}

TEST_CASE("Node groups: one that is named twice is no circle") {
  Diagnostics findings;
  const Groups groups =
      read(R"({"a": ["@b", "@c"], "b": ["@d"], "c": ["@d"], "d": ["net.x"]})", findings);
  CHECK(findings.findings().empty());
  CHECK(texts(groups, "@a") == "net.x net.x");
}

TEST_CASE("Node groups: a name that no group has, and a bad rule") {
  Diagnostics findings;
  (void)read(R"({"buffers": ["@bufers", "net..x"]})", findings);
  REQUIRE(findings.findings().size() == 2);
  CHECK(findings.findings()[0].message == "there is no group of this name");
  CHECK(findings.findings()[1].pointer == "/groups/buffers/1");
}

TEST_CASE("Node groups: groups that double each other end at the limit, in no time") {
  std::string groups = R"({"g0": ["net.x"])";
  for (int i = 1; i < 200; ++i) {
    const std::string before = "\"@g" + std::to_string(i - 1) + "\"";
    groups += ", \"g" + std::to_string(i) + "\": [" + before + "," + before + "]";
  }
  Diagnostics findings;
  (void)read(groups + "}", findings);
  CHECK(findings.has_errors());
}

TEST_CASE("Node groups: a long chain costs no stack") {
  std::string groups = R"({"g0": ["net.x"])";
  for (int i = 1; i < 256; ++i) {
    groups += ", \"g" + std::to_string(i) + "\": [\"@g" + std::to_string(i - 1) + "\"]";
  }
  Diagnostics findings;
  CHECK(texts(read(groups + "}", findings), "@g255") == "net.x");
  CHECK(findings.findings().empty());
}
