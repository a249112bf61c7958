// SPDX-License-Identifier: Apache-2.0
// node_policy_test.cpp - what the file says, what holds where it is silent, and mistakes at their
// place; groups of groups, in any order, and those that lead back to themselves.
#include "policy/node_policy.h"

#include <map>
#include <string>
#include <utility>

#include "support/catch.h"

using namespace sg::policy;
using namespace sg::sysctl;
using namespace sg;

namespace {

constexpr NamespaceSet kNetAndIpc{.net = true, .ipc = true, .uts = false, .user = false};
constexpr const char* kFile = "/etc/sysctl-guard/policy.json";

NodePolicy parse(const std::string& text, Diagnostics& findings) {
  return parse_node_policy(text, kFile, kNetAndIpc, findings);
}

NodePolicy must_parse(const std::string& text) {
  Diagnostics findings;
  NodePolicy node = parse(text, findings);
  for (const Finding& finding : findings.findings()) {
    FAIL(format_finding(finding));
  }
  return node;
}

std::string texts(const std::vector<Rule>& rules) {
  std::string out;
  for (const Rule& rule : rules) {
    out += (out.empty() ? "" : ", ") + rule.text;
  }
  return out;
}

// What a policy says, as text: two are equal where all they hold is.
std::string show(const NodePolicy& node) {
  std::string out = "allow " + texts(node.limit.allow) + "; host " + texts(node.limit.host) +
                    "; deny " + texts(node.limit.deny) +
                    (node.on_excess == OnExcess::kClip ? "; clip" : "; refuse");
  out += "; default " + texts(node.defaults.allow) + "|" + texts(node.defaults.deny) + "|" +
         texts(node.defaults.deny_read) + (node.mode == Mode::kAudit ? "; audit" : "; enforce");
  for (const auto& [name, lists] : node.profiles) {
    out += "; " + name + " " + texts(lists.allow) + "|" + texts(lists.deny) + "|" +
           texts(lists.deny_read);
  }
  out += "; modes";
  for (const Mode mode : node.annotation_modes) {
    out += " " + std::string(kModeNames[static_cast<std::size_t>(mode)]);
  }
  return out;
}

Groups read(const std::string& groups, Diagnostics& findings) {
  return parse(R"({"version": 1, "groups": )" + groups + "}", findings).groups;
}

std::string texts(const Groups& groups, std::string_view name) {
  REQUIRE(groups.find(name) != nullptr);
  std::string out = texts(*groups.find(name));
  std::erase(out, ',');
  return out;
}

}  // namespace

TEST_CASE("Node policy: a key that is absent has its default, and so has a file that is") {
  const std::string defaults =
      "allow @namespaced [net/*], @namespaced [kernel/msg*], @namespaced [kernel/sem], "
      "@namespaced [kernel/sem_next_id], @namespaced [kernel/shm*], @namespaced [fs/mqueue/*]; "
      "host ; deny ; "
      "refuse; default ||; enforce; modes enforce";
  CHECK(show(default_node_policy(kFile, kNetAndIpc)) == defaults);
  for (const char* text :
       {R"({"version": 1})", R"({"version":1,"limit":{},"default":{},"profiles":{},"groups":{}})",
        R"({"annotationModes":["enforce"],"version":1})"}) {
    INFO(text);
    CHECK(show(must_parse(text)) == defaults);
    CHECK_FALSE(must_parse(text).sets_mode);
  }
}

TEST_CASE("Node policy: what each key says") {
  const NodePolicy node = must_parse(R"({
    "version": 1,
    "limit": { "allow": ["net.*"], "host": ["vm.max_map_count=1..5", "@buf"], "deny": ["net.core.*"],
               "onExcess": "clip" },
    "default": { "allow": ["net.a=1,2"], "deny": ["net.b"], "denyRead": ["kernel.*"], "mode": "audit" },
    "profiles": { "wireguard": { "allow": ["net.c"] }, "p.2": { "deny": ["net.d"], "denyRead": [] } },
    "groups": { "buf": ["net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem=4 5 6"] },
    "annotationModes": ["audit"]
  })");
  CHECK(show(node) ==
        "allow net.*; host vm.max_map_count=1..5, @buf [net.ipv4.tcp_rmem], @buf "
        "[net.ipv4.tcp_wmem=4 5 6]; "
        "deny net.core.*; clip; default net.a=1,2|net.b|kernel.*; audit; p.2 |net.d|; wireguard "
        "net.c||; "
        "modes audit");
  CHECK(node.sets_mode);
  CHECK(node.defaults.deny[0].floor);
  CHECK(node.defaults.deny_read[0].floor);
  CHECK_FALSE(node.defaults.allow[0].floor);
  CHECK(node.limit.file == kFile);
  const Rule& rule = node.profiles.at("p.2").deny[0];
  CHECK(rule.source == "node policy /etc/sysctl-guard/policy.json");
  CHECK(rule.pointer == "/profiles/p.2/deny/0");
  CHECK(rule_origin(rule) == "profile p.2");
  CHECK(rule_origin(node.defaults.deny[0]) == "node default");
  CHECK(rule_origin(node.limit.deny[0]) == "node limit");
  // In a JSON string a comma is just a comma: text, not two rules.
  CHECK(std::get<TextValue>(node.defaults.allow[0].values[0]).text == "1,2");
}

TEST_CASE("Node policy: an empty list is one, not an absent key") {
  CHECK(must_parse(R"({"version": 1, "limit": {"allow": []}})").limit.allow.empty());
  CHECK(must_parse(R"({"version": 1, "annotationModes": []})").annotation_modes.empty());
}

TEST_CASE("Node policy: mistakes in rules are placed in the file") {
  const std::string text =
      "{\n  \"version\": 1,\n  \"limit\": {\n    \"host\": [ \"vm.x\", \"\\u006eet..x\" ]\n  "
      "}\n}\n";
  Diagnostics findings;
  (void)parse(text, findings);
  REQUIRE(findings.findings().size() == 1);
  const Finding& found = findings.findings()[0];
  CHECK(found.code == Errc::kNodePolicy);
  CHECK(found.source == "node policy /etc/sysctl-guard/policy.json");
  CHECK(found.pointer == "/limit/host/1");
  CHECK(found.line == 4);
  CHECK(found.column == 24);
  CHECK(found.text == "\\u006eet..x");
  CHECK(text.substr(found.offset).starts_with(found.text));
  CHECK(format_finding(found).find(
            "node policy /etc/sysctl-guard/policy.json:4:24: /limit/host/1: ") == 0);
}

TEST_CASE("Node policy: values belong into allow and host alone") {
  for (const char* list :
       {R"("limit":{"deny":["net.a=1"]})", R"("default":{"deny":["net.a=1"]})",
        R"("default":{"denyRead":["net.a=1"]})", R"("profiles":{"p":{"deny":["net.a=1"]}})",
        R"("groups":{"g":["net.a=1"]},"limit":{"deny":["@g"]})"}) {
    INFO(list);
    Diagnostics findings;
    (void)parse(std::string(R"({"version":1,)") + list + "}", findings);
    CHECK(findings.findings().size() == 1);
  }
  (void)must_parse(
      R"({"version":1,"default":{"allow":["net.a=1"]},"profiles":{"p":{"allow":["net.a=1"]}}})");
}

TEST_CASE("Node policy: as many rules as there may be, and one more") {
  const auto document = [](std::size_t count) {
    std::string list = "\"net.a\"";
    for (std::size_t i = 1; i < count; ++i) {
      list += ",\"net.a\"";
    }
    return R"({"version":1,"default":{"deny":[)" + list + "]}}";
  };
  CHECK(must_parse(document(4096)).defaults.deny.size() == 4096);
  Diagnostics findings;
  (void)parse(document(4097), findings);
  REQUIRE(findings.findings().size() == 1);
  CHECK(findings.findings()[0].message.find("4096") != std::string::npos);
}

TEST_CASE("Node policy: all lists together are bounded too, however small the file") {
  std::string text = R"({"version":1,"groups":{"g":[)";
  for (int i = 0; i < 4000; ++i) {
    text += i == 0 ? "\"net.a\"" : ",\"net.a\"";
  }
  text += R"(]},"profiles":{)";
  for (int i = 0; i < 200; ++i) {
    text += (i == 0 ? "\"p" : ",\"p") + std::to_string(i) + R"(":{"allow":["@g"]})";
  }
  Diagnostics findings;
  (void)parse(text + "}}", findings);
  CHECK(findings.has_errors());
}

TEST_CASE("Node policy: the largest file, and one byte more") {
  std::string text = R"({"version": 1})";
  text.resize(kNodePolicyMax, ' ');
  (void)must_parse(text);
  Diagnostics findings;
  (void)parse(text + " ", findings);
  REQUIRE(findings.findings().size() == 1);
  CHECK(findings.findings()[0].code == Errc::kNodePolicy);
}

TEST_CASE("Node policy: events, and the size of their buffer") {
  const NodePolicy defaults = must_parse(R"({"version": 1})");
  CHECK(defaults.events == Events::kDenied);
  CHECK(defaults.event_buffer == 4194304);
  CHECK(must_parse(R"({"version": 1, "events": "off"})").events == Events::kOff);
  CHECK(must_parse(R"({"version": 1, "events": "denied"})").events == Events::kDenied);
  CHECK(must_parse(R"({"version": 1, "events": "writes"})").events == Events::kWrites);
  CHECK(must_parse(R"({"version": 1, "eventBuffer": 4096})").event_buffer == kEventBufferMin);
  CHECK(must_parse(R"({"version": 1, "eventBuffer": 67108864})").event_buffer == kEventBufferMax);
}

TEST_CASE("Node groups: a group holds what the groups it names hold") {
  Diagnostics findings;
  const Groups groups = read(
      R"({"a": ["@z", "net.a=1"], "m": [], "z": ["net.z", "@m", "@net", "@y"], "y": ["net.y"]})",
      findings);
  CHECK(findings.findings().empty());
  CHECK(texts(groups, "@a") == "@z [net.z] @z [net/*] @z [net.y] net.a=1");
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
  CHECK(texts(groups, "@a") == "@b [net.x] @c [net.x]");
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
  CHECK(texts(read(groups + "}", findings), "@g255") == "@g254 [net.x]");
  CHECK(findings.findings().empty());
}

TEST_CASE("Node policy: what is assigned, by profiles that are there") {
  const NodePolicy node = must_parse(R"({"version": 1,
      "assign": [{"match": {"a": "x*", "b": "y"}, "profile": "p"}, {"match": {}, "profile": "q"}],
      "profiles": {"p": {}, "q": {}}})");
  REQUIRE(node.assign.size() == 2);
  CHECK(node.assign[0].match == std::map<std::string, std::string>{{"a", "x*"}, {"b", "y"}});
  CHECK(node.assign[0].profile == "p");
  CHECK(node.assign[1].match.empty());
  CHECK(must_parse(R"({"version": 1})").assign.empty());
  for (const auto& [profile, hint] :
       {std::pair{"q", "add it to \"profiles\""}, std::pair{"vpm", "write \"vpn\""}}) {
    Diagnostics findings;
    (void)parse(R"({"version": 1, "assign": [{"match": {}, "profile": ")" + std::string(profile) +
                    R"("}], "profiles": {"vpn": {}}})",
                findings);
    REQUIRE(findings.findings().size() == 1);
    CHECK(findings.findings()[0].pointer == "/assign/0/profile");
    CHECK(findings.findings()[0].hint == hint);
    CHECK(findings.findings()[0].code == Errc::kNodePolicy);
  }
}

TEST_CASE("Node policy: an entry that no container reaches is a warning") {
  struct Case {
    const char* assign;
    const char* pointer;  // of the only warning; empty: none
  };
  const Case cases[] = {
      {R"({"match": {}, "profile": "p"}, {"match": {"a": "b"}, "profile": "p"})", "/assign/1"},
      {R"({"match": {"a": "b*"}, "profile": "p"},
          {"match": {"a": "bc", "d": "e"}, "profile": "p"})",
       "/assign/1"},
      {R"({"match": {"a": "b"}, "profile": "p"}, {"match": {"c": "d"}, "profile": "p"},
          {"match": {"c": "d"}, "profile": "p"})",
       "/assign/2"},
      {R"({"match": {"a": "b"}, "profile": "p"}, {"match": {}, "profile": "p"})", ""},
      {R"({"match": {"a": "bc"}, "profile": "p"}, {"match": {"a": "b*"}, "profile": "p"})", ""},
      {R"({"match": {"a": "b", "d": "*"}, "profile": "p"}, {"match": {"a": "b"}, "profile": "p"})",
       ""},
  };
  for (const Case& c : cases) {
    INFO(c.assign);
    Diagnostics findings;
    const NodePolicy node =
        parse(R"({"version": 1, "profiles": {"p": {}}, "assign": [)" + std::string(c.assign) + "]}",
              findings);
    CHECK_FALSE(findings.has_errors());
    REQUIRE(findings.findings().size() == (*c.pointer == '\0' ? 0 : 1));
    if (!findings.findings().empty()) {
      CHECK(findings.findings()[0].pointer == c.pointer);
      CHECK_THAT(findings.findings()[0].message, Catch::Contains("no container gets this profile"));
    }
  }
}

TEST_CASE("Node policy: declared pairs are exempt unless the file says otherwise") {
  CHECK(must_parse(R"({"version": 1})").limit.declared == Declared::kExempt);
  CHECK(must_parse(R"({"version": 1, "declared": "exempt"})").limit.declared == Declared::kExempt);
  CHECK(must_parse(R"({"version": 1, "declared": "limit"})").limit.declared == Declared::kLimit);
}
