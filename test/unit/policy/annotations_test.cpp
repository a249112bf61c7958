// SPDX-License-Identifier: Apache-2.0
// annotations_test.cpp - which keys count for a container, and that a mistake in any is a finding.
#include "policy/annotations.h"

#include <string>

#include "policy/rule_parser.h"
#include "support/catch.h"

using namespace sg;
using namespace sg::policy;
using namespace sg::sysctl;

namespace {

using Annotations = std::map<std::string, std::string>;

constexpr const char* kName = "io.kubernetes.container.name";
constexpr const char* kCriName = "io.kubernetes.cri.container-name";

// With one profile, and audit for annotations to choose where asked for.
NodePolicy node_policy(bool audit = false) {
  Diagnostics findings;
  NodePolicy node = parse_node_policy(
      R"({"version": 1, "profiles": {"vpn-2": {"allow": ["net.p"]}}, "annotationModes": )" +
          std::string(audit ? R"(["enforce", "audit"]})" : R"(["enforce"]})"),
      "policy.json", NamespaceSet{.net = true}, findings);
  REQUIRE(findings.findings().empty());
  return node;
}

Request parse(const Annotations& annotations, Diagnostics& findings) {
  return parse_annotations(annotations, node_policy(), "", findings);
}

std::string texts(const std::vector<Rule>& rules) {
  std::string out;
  for (const Rule& rule : rules) {
    out += (out.empty() ? "" : ",") + rule.text;
  }
  return out;
}

}  // namespace

namespace {

struct HoldCase {
  const char* why;
  Annotations annotations;
  std::string allow;
  std::string deny;
  std::string deny_read;
};

const HoldCase kHoldCases[] = {
    {"none", {}, "", "", ""},
    {"the three lists",
     {{"io.sysctl-guard.allow", "net.a=1,net.b"},
      {"io.sysctl-guard.deny", "net.c"},
      {"io.sysctl-guard.deny-read", "net.d"}},
     "net.a=1,net.b",
     "net.c",
     "net.d"},
    {"empty lists are legal",
     {{"io.sysctl-guard.allow", ""}, {"io.sysctl-guard.deny", " \n"}},
     "",
     "",
     ""},
    {"enforce is legal", {{"io.sysctl-guard.mode", "enforce"}}, "", "", ""},
    {"EPERM is legal", {{"io.sysctl-guard.refuse", "EPERM"}}, "", "", ""},
    {"EACCES is legal, for one container too",
     {{"io.sysctl-guard.refuse", "EACCES"}, {"io.sysctl-guard.refuse/db", "EROFS"}},
     "",
     "",
     ""},
    {"others are ignored",
     {{"io.sysctl-guardx.allow", "a..b"},
      {"io.sysctl-guard", "a..b"},
      {"io.sysctl", "x"},
      {"io.sysctl-guarc.", "x"},
      {"z", "x"}},
     "",
     "",
     ""},
    {"the key of this container replaces the plain one",
     {{"io.sysctl-guard.allow", "net.a"},
      {"io.sysctl-guard.allow/web", "net.b"},
      {kCriName, "web"}},
     "net.b",
     "",
     ""},
    {"by the other name annotation",
     {{"io.sysctl-guard.allow", "net.a"}, {"io.sysctl-guard.allow/web", "net.b"}, {kName, "web"}},
     "net.b",
     "",
     ""},
    {"by both, when they agree",
     {{"io.sysctl-guard.allow/web", "net.b"}, {kName, "web"}, {kCriName, "web"}},
     "net.b",
     "",
     ""},
    {"an empty list of this container replaces too",
     {{"io.sysctl-guard.allow", "net.a"}, {"io.sysctl-guard.allow/web", ""}, {kName, "web"}},
     "",
     "",
     ""},
    {"only that key is replaced",
     {{"io.sysctl-guard.allow", "net.a"},
      {"io.sysctl-guard.deny", "net.c"},
      {"io.sysctl-guard.allow/web", "net.b"},
      {kName, "web"}},
     "net.b",
     "net.c",
     ""},
    {"a key of another container is ignored, mistakes included",
     {{"io.sysctl-guard.allow", "net.a"},
      {"io.sysctl-guard.allow/db", "net..b"},
      {"io.sysctl-guard.mode/db", "no"},
      {"io.sysctl-guard.profile/db", "no"},
      {kName, "web"}},
     "net.a",
     "",
     ""},
    {"no name: keys with a name cannot apply",
     {{"io.sysctl-guard.allow", "net.a"}, {"io.sysctl-guard.allow/web", "net..b"}},
     "net.a",
     "",
     ""},
    {"names are compared whole",
     {{"io.sysctl-guard.allow", "net.a"},
      {"io.sysctl-guard.allow/we", "net.b"},
      {"io.sysctl-guard.allow/webs", "net.c"},
      {"io.sysctl-guard.allow/Web", "net.d"},
      {kName, "web"}},
     "net.a",
     "",
     ""},
    {"a name with a slash is a name",
     {{"io.sysctl-guard.allow/a/b", "net.b"}, {kName, "a/b"}},
     "net.b",
     "",
     ""},
};

}  // namespace

TEST_CASE("Annotations: beyond their limit in bytes nothing is read") {
  const auto errors_of = [](std::size_t bytes) {
    Diagnostics findings;
    const std::string value(bytes - 1, 'v');
    const Request request = parse_annotations({{"a", value}, {"io.sysctl-guard.allow", "net.x"}},
                                              default_node_policy("", {}), "", findings);
    CHECK(request.lists.allow.size() == (findings.has_errors() ? 0 : 1));
    return findings.findings().size();
  };
  constexpr std::size_t kOurs = 26;
  CHECK(errors_of(kAnnotationBytesMax - kOurs) == 0);
  CHECK(errors_of(kAnnotationBytesMax - kOurs + 1) == 1);
}

TEST_CASE("Annotations: which of them hold") {
  for (const HoldCase& c : kHoldCases) {
    INFO(c.why);
    Diagnostics findings;
    const Request request = parse(c.annotations, findings);
    CHECK(findings.findings().empty());
    CHECK(texts(request.lists.allow) == c.allow);
    CHECK(texts(request.lists.deny) == c.deny);
    CHECK(texts(request.lists.deny_read) == c.deny_read);
  }
}

TEST_CASE("Annotations: the rules have the kind and the source of their key") {
  Diagnostics findings;
  const Request request = parse({{"io.sysctl-guard.allow", "net.a"},
                                 {"io.sysctl-guard.deny/web", "net.a"},
                                 {"io.sysctl-guard.deny-read", "@namespaced"},
                                 {kName, "web"}},
                                findings);
  REQUIRE(request.lists.allow.size() == 1);
  REQUIRE(request.lists.deny.size() == 1);
  REQUIRE(request.lists.deny_read.size() == 1);
  CHECK(request.lists.allow[0].kind == RuleKind::kAllow);
  CHECK(request.lists.allow[0].source == "annotation io.sysctl-guard.allow");
  CHECK(request.lists.deny[0].kind == RuleKind::kDeny);
  CHECK(request.lists.deny[0].source == "annotation io.sysctl-guard.deny/web");
  CHECK(request.lists.deny_read[0].kind == RuleKind::kDenyRead);
  CHECK(request.lists.deny_read[0].pattern == "net/*");
}

namespace {

struct BadCase {
  const char* why;
  Annotations annotations;
  std::string source;
  std::string text;
  std::string hint;  // part of it
};

const BadCase kBadCases[] = {
    {"a typing mistake",
     {{"io.sysctl-guard.alow", ""}},
     "annotations",
     "io.sysctl-guard.alow",
     "write io.sysctl-guard.allow"},
    {"another separator",
     {{"io.sysctl-guard.deny_read", ""}},
     "annotations",
     "io.sysctl-guard.deny_read",
     "write io.sysctl-guard.deny-read"},
    {"camel case",
     {{"io.sysctl-guard.denyRead", ""}},
     "annotations",
     "io.sysctl-guard.denyRead",
     "write io.sysctl-guard.deny-read"},
    {"nothing near",
     {{"io.sysctl-guard.permissions", ""}},
     "annotations",
     "io.sysctl-guard.permissions",
     "io.sysctl-guard.allow, io.sysctl-guard.deny,"},
    {"no key", {{"io.sysctl-guard.", ""}}, "annotations", "io.sysctl-guard.", "the keys are"},
    {"a typing mistake for another container",
     {{"io.sysctl-guard.alow/db", ""}, {kName, "web"}},
     "annotations",
     "io.sysctl-guard.alow/db",
     "write io.sysctl-guard.allow"},
    {"a typing mistake without a name",
     {{"io.sysctl-guard.dny/db", ""}},
     "annotations",
     "io.sysctl-guard.dny/db",
     "write io.sysctl-guard.deny"},
    {"an empty name",
     {{"io.sysctl-guard.allow/", ""}},
     "annotations",
     "io.sysctl-guard.allow/",
     "every container"},
    {"an empty name that the container has",
     {{"io.sysctl-guard.allow/", ""}, {kName, ""}},
     "annotations",
     "io.sysctl-guard.allow/",
     "every container"},
    {"a blank in a key",
     {{"io.sysctl-guard.allow ", ""}},
     "annotations",
     "io.sysctl-guard.allow ",
     "write io.sysctl-guard.allow"},
    {"two names that differ",
     {{kName, "a"}, {kCriName, "b"}},
     "annotation io.kubernetes.cri.container-name",
     "b",
     ""},
    {"one of two names empty",
     {{kName, ""}, {kCriName, "b"}},
     "annotation io.kubernetes.cri.container-name",
     "b",
     ""},
    {"a profile",
     {{"io.sysctl-guard.profile", "vpn"}},
     "annotation io.sysctl-guard.profile",
     "vpn",
     ""},
    {"an empty profile",
     {{"io.sysctl-guard.profile", ""}},
     "annotation io.sysctl-guard.profile",
     "",
     ""},
    {"a profile of this container",
     {{"io.sysctl-guard.profile/a", "vpn"}, {kName, "a"}},
     "annotation io.sysctl-guard.profile/a",
     "vpn",
     ""},
    {"audit mode",
     {{"io.sysctl-guard.mode", "audit"}},
     "annotation io.sysctl-guard.mode",
     "audit",
     "annotationModes"},
    {"a mode with a typing mistake",
     {{"io.sysctl-guard.mode", "enforced"}},
     "annotation io.sysctl-guard.mode",
     "enforced",
     "write enforce"},
    {"another mode",
     {{"io.sysctl-guard.mode", "off"}},
     "annotation io.sysctl-guard.mode",
     "off",
     "the modes are"},
    {"an error in lower case",
     {{"io.sysctl-guard.refuse", "erofs"}},
     "annotation io.sysctl-guard.refuse",
     "erofs",
     "the errors are"},
    {"another error",
     {{"io.sysctl-guard.refuse", "ENOENT"}},
     "annotation io.sysctl-guard.refuse",
     "ENOENT",
     "the errors are"},
    {"an error with a typing mistake",
     {{"io.sysctl-guard.refuse", "EACCESS"}},
     "annotation io.sysctl-guard.refuse",
     "EACCESS",
     "write EACCES"},
    {"an empty error",
     {{"io.sysctl-guard.refuse", ""}},
     "annotation io.sysctl-guard.refuse",
     "",
     "the errors are"},
    {"an empty mode",
     {{"io.sysctl-guard.mode", ""}},
     "annotation io.sysctl-guard.mode",
     "",
     "the modes are"},
    {"a mode with a line break",
     {{"io.sysctl-guard.mode", "enforce\n"}},
     "annotation io.sysctl-guard.mode",
     "enforce\n",
     "write enforce"},
    {"a bad list",
     {{"io.sysctl-guard.allow", "net..a"}},
     "annotation io.sysctl-guard.allow",
     "net..a",
     ""},
    {"a bad list of this container",
     {{"io.sysctl-guard.deny/web", "net.a=1"}, {kName, "web"}},
     "annotation io.sysctl-guard.deny/web",
     "=1",
     ""},
    {"a bad list of reads",
     {{"io.sysctl-guard.deny-read", "net.a=1"}},
     "annotation io.sysctl-guard.deny-read",
     "=1",
     ""},
};

}  // namespace

TEST_CASE("Annotations: every mistake is a finding") {
  for (const BadCase& c : kBadCases) {
    INFO(c.why);
    Diagnostics findings;
    (void)parse(c.annotations, findings);
    REQUIRE(findings.findings().size() == 1);
    const Finding& first = findings.findings()[0];
    CHECK(first.severity == Severity::kError);
    CHECK(first.source == c.source);
    CHECK(first.text == c.text);
    CHECK(first.hint.find(c.hint) != std::string::npos);
    CHECK_FALSE(first.hint.empty());
  }
}

TEST_CASE("Annotations: one run finds the mistakes of all keys") {
  Diagnostics findings;
  (void)parse({{"io.sysctl-guard.allow", "net..a,net.b=010"},
               {"io.sysctl-guard.deny", "net.a=1"},
               {"io.sysctl-guard.deni", ""},
               {"io.sysctl-guard.mode", "x"}},
              findings);
  CHECK(findings.findings().size() == 5);
}

TEST_CASE("Annotations: a key of ours behind a quote is a mistake, wherever it stands") {
  for (const std::string front : {"\"", "'", " \"", " ", "\xe2\x80\x9c"}) {
    INFO(front);
    const std::string key = front + "io.sysctl-guard.deny";
    for (const bool has_more : {false, true}) {
      Annotations annotations = {{key, "net.a; net.b\""}};
      if (has_more) {
        annotations["io.sysctl-guard.allow"] = "net.c";
      }
      Diagnostics findings;
      (void)parse(annotations, findings);
      REQUIRE(findings.findings().size() == 1);
      CHECK(findings.has_errors());
      CHECK(findings.findings()[0].source == "annotations");
      CHECK(findings.findings()[0].text == key);
      CHECK(findings.findings()[0].hint ==
            "write io.sysctl-guard.deny, and \";\" between the rules of a list");
      CHECK(has_annotation_of_ours({{key, ""}}));
    }
  }
}

TEST_CASE("Annotations: beside one of ours, a key that reads like a rule is a mistake") {
  const Annotations pieces = {
      {" net.ipv4.ip_forward", "0|1"}, {"@net", ""}, {"kernel.shmmax", "1"}};
  Diagnostics none;
  (void)parse(pieces, none);
  CHECK(none.findings().empty());
  CHECK_FALSE(has_annotation_of_ours(pieces));
  for (const char* key :
       {"io.sysctl-guard.allow", "io.sysctl-guard.profile/db", "io.sysctl-guard.mode"}) {
    INFO(key);
    Annotations annotations = pieces;
    annotations[key] = std::string(key).ends_with("mode") ? "enforce" : "";
    annotations["net.example.app/x"] = "0|1";
    Diagnostics findings;
    (void)parse(annotations, findings);
    REQUIRE(findings.findings().size() == 3);
    CHECK(findings.has_errors());
    CHECK(findings.findings()[0].text == " net.ipv4.ip_forward");
    CHECK(findings.findings()[1].text == "@net");
    CHECK(findings.findings()[2].text == "kernel.shmmax");
    CHECK(findings.findings()[0].message.find("Podman before 5.0 cuts") != std::string::npos);
    CHECK(findings.findings()[0].hint.find("\";\"") != std::string::npos);
  }
}

TEST_CASE("Annotations: keys that are nearly ours are named, the first of them each") {
  Annotations annotations = {{"sysctl-guard.io/allow", "net.a"}, {"org.example", "sysctl-guard"}};
  Diagnostics findings;
  sg::policy::find_keys_nearly_ours(annotations, Severity::kWarning, findings);
  REQUIRE(findings.findings().size() == 1);
  CHECK(findings.findings()[0].severity == Severity::kWarning);
  CHECK(findings.findings()[0].source == "annotations");
  CHECK(findings.findings()[0].text == "sysctl-guard.io/allow");
  CHECK(findings.findings()[0].hint == "write io.sysctl-guard.allow");
  // To the policy itself it is a key of somebody else.
  Diagnostics none;
  CHECK(parse(annotations, none).lists.allow.empty());
  CHECK(none.findings().empty());
  CHECK_FALSE(has_annotation_of_ours(annotations));
  CHECK(sg::policy::annotations_read(annotations).value().size() == 1);

  for (int i = 0; i < 1000; ++i) {
    annotations["sysctl-guard.io/x" + std::to_string(i)] = "";
  }
  Diagnostics many;
  sg::policy::find_keys_nearly_ours(annotations, Severity::kError, many);
  REQUIRE(many.findings().size() == 5);
  CHECK(many.has_errors());
  CHECK(many.findings()[4].message.find("and 996 more") != std::string::npos);
}

TEST_CASE("Annotations: the most rules of one container") {
  std::string list = "net.a";
  for (std::size_t i = 1; i < kRulesMax; i++) {
    list += ",net.a";
  }
  Diagnostics findings;
  (void)parse({{"io.sysctl-guard.allow", list}}, findings);
  CHECK(findings.findings().empty());
  (void)parse({{"io.sysctl-guard.allow", list}, {"io.sysctl-guard.deny", "net.b"}}, findings);
  REQUIRE(findings.findings().size() == 1);
  CHECK(findings.findings()[0].message.find("4097") != std::string::npos);
}

TEST_CASE(
    "Annotations: a mistake in a plain key counts, also where a key with a name replaces it") {
  for (const char* key : {"allow", "deny", "deny-read", "mode", "profile"}) {
    INFO(key);
    const std::string plain = std::string("io.sysctl-guard.") + key;
    const std::string good = std::string(key) == "mode" ? "enforce" : "";
    Diagnostics findings;
    (void)parse({{plain, "net..a"}, {plain + "/web", good}, {kName, "web"}}, findings);
    REQUIRE(findings.has_errors());
    CHECK(findings.findings().front().source == "annotation " + plain);
  }
}

TEST_CASE("Annotations: a profile of the node policy can be named, for one container too") {
  Diagnostics findings;
  CHECK(parse({{"io.sysctl-guard.profile", "vpn-2"}}, findings).profile == "vpn-2");
  CHECK(parse({{"io.sysctl-guard.profile/web", "vpn-2"}, {kName, "web"}}, findings).profile ==
        "vpn-2");
  CHECK(parse({{"io.sysctl-guard.profile/db", "vpn-2"}, {kName, "web"}}, findings).profile ==
        std::nullopt);
  CHECK(findings.findings().empty());
  (void)parse({{"io.sysctl-guard.profile", "vpn-1"}}, findings);
  REQUIRE(findings.findings().size() == 1);
  CHECK(findings.findings()[0].hint == "write vpn-2");
}

TEST_CASE("Annotations: the engine's profile holds, and an annotation may only name the same") {
  Diagnostics findings;
  CHECK(parse_annotations({}, node_policy(), "vpn-2", findings).profile == "vpn-2");
  CHECK(parse_annotations({{"io.sysctl-guard.profile", "vpn-2"}}, node_policy(), "vpn-2", findings)
            .profile == "vpn-2");
  CHECK(findings.findings().empty());
  (void)parse_annotations({{"io.sysctl-guard.profile", "vpn-2"}}, node_policy(), "other", findings);
  REQUIRE(findings.findings().size() == 1);
  CHECK(findings.findings()[0].code == Errc::kBadInput);
  CHECK(findings.findings()[0].message.find("'other'") != std::string::npos);
}

TEST_CASE("Annotations: they choose a mode where the node policy lets them") {
  Diagnostics findings;
  CHECK(parse({}, findings).mode == std::nullopt);
  CHECK(parse({{"io.sysctl-guard.mode", "enforce"}}, findings).mode == Mode::kEnforce);
  CHECK(parse_annotations({{"io.sysctl-guard.mode", "audit"}}, node_policy(/*audit=*/true), "",
                          findings)
            .mode == Mode::kAudit);
  CHECK(findings.findings().empty());
  NodePolicy none = node_policy();
  none.annotation_modes.clear();
  (void)parse_annotations({{"io.sysctl-guard.mode", "enforce"}}, none, "", findings);
  CHECK(findings.findings().size() == 1);
}

TEST_CASE("Annotations: an empty allow is one all the same") {
  Diagnostics findings;
  CHECK_FALSE(parse({{"io.sysctl-guard.deny", "net.a"}}, findings).has_allow);
  CHECK(parse({{"io.sysctl-guard.allow", ""}}, findings).has_allow);
  CHECK(parse({{"io.sysctl-guard.allow/web", ""}, {kName, "web"}}, findings).has_allow);
  CHECK_FALSE(parse({{"io.sysctl-guard.allow/web", ""}, {kName, "db"}}, findings).has_allow);
}

TEST_CASE("Annotations: what a policy depends on") {
  for (const char* key :
       {"io.sysctl-guard.allow", "io.sysctl-guard.x", kName, "io.kubernetes.container.name"}) {
    CHECK(policy::is_annotation_of_ours(key));
  }
  CHECK_FALSE(policy::is_annotation_of_ours("io.sysctl-guard"));
  // Nothing is chosen by these, so that all pods of a policy share its program.
  for (const char* key : {"nerdctl/name", "io.kubernetes.cri.sandbox-name",
                          "io.kubernetes.cri.sandbox-namespace", "io.kubernetes.pod.name"}) {
    CHECK_FALSE(policy::is_annotation_of_ours(key));
  }
  CHECK_FALSE(policy::is_annotation_of_ours("org.example"));
}
