// SPDX-License-Identifier: Apache-2.0
// rule_parser_test.cpp - where rules and findings stand in a JSON document; lists are in
// rule_list_test.cpp.
#include "policy/rule_parser.h"

#include <string>

#include "base/json.h"
#include "support/catch.h"

using namespace sg;
using namespace sg::policy;
using namespace sg::sysctl;

namespace {

std::vector<Rule> parse_document(const std::string& text, Diagnostics& findings,
                                 Values values = Values::kPermitted, RuleBudget budget = {}) {
  const Groups groups(NamespaceSet{.net = true});
  const std::string source = "f";
  RuleParser parser(RuleKind::kAllow, values, source, groups, budget);
  const auto elements = split_json_list(text);
  REQUIRE(std::holds_alternative<std::vector<JsonElement>>(elements));
  for (const JsonElement& element : std::get<std::vector<JsonElement>>(elements)) {
    parser.parse(element, text, "/p", findings);
  }
  return parser.take_rules();
}

}  // namespace

TEST_CASE("Rule parser: a rule remembers where in the document it stands") {
  const std::string text = R"(["net.a", " \tnet.b=1 ", "\u006eet.c", "@net"])";
  Diagnostics findings;
  const std::vector<Rule> rules = parse_document(text, findings);
  CHECK(findings.findings().empty());
  REQUIRE(rules.size() == 4);
  const std::string expected[] = {"net.a", "net.b=1", "\\u006eet.c", "@net"};
  for (std::size_t i = 0; i < rules.size(); ++i) {
    INFO(rules[i].text);
    CHECK(text.substr(rules[i].offset).starts_with(expected[i]));
    CHECK(rules[i].pointer == "/p");
    CHECK(rules[i].source == "f");
  }
  CHECK(rules[2].text == "net.c");
  CHECK(rules[3].text == "@net [net/*]");
}

TEST_CASE("Rule parser: a finding shows the bytes of the document") {
  const std::string text = R"(["net.a=\u0031\u0032\n5", ""])";
  Diagnostics findings;
  CHECK(parse_document(text, findings).empty());
  REQUIRE(findings.findings().size() == 2);
  CHECK(text.substr(findings.findings()[0].offset).starts_with(findings.findings()[0].text));
  CHECK(findings.findings()[0].pointer == "/p");
  CHECK(findings.findings()[1].text == "\"\"");
}

TEST_CASE("Rule parser: behind what the budget holds nothing is looked at") {
  const char* const document = R"(["net.a", "net.b", "net.c", "net..d"])";
  for (const RuleBudget budget :
       {RuleBudget{.rules = 2}, RuleBudget{.bytes = 2 * sizeof(Rule) + 100}}) {
    Diagnostics findings;
    CHECK(parse_document(document, findings, Values::kPermitted, budget).size() == 2);
    REQUIRE(findings.findings().size() == 1);
    CHECK(findings.findings()[0].text == "net.c");
  }
}

TEST_CASE("Rule parser: a group with values has no place where values have none") {
  Groups groups(NamespaceSet{});
  Rule valued = unwritten_rule(RuleKind::kAllow, "net/a");
  valued.text = "net.a=1";
  valued.values.emplace_back(TextValue{"1", false});
  groups.add("@g", {valued});
  const std::string source = "f";
  RuleBudget budget;
  RuleParser parser(RuleKind::kDeny, Values::kForbidden, source, groups, budget);
  Diagnostics findings;
  parser.parse("@g", 0, findings);
  REQUIRE(findings.findings().size() == 1);
  CHECK(findings.findings()[0].message.find("the group holds net.a=1") == 0);
  CHECK(parser.take_rules().empty());
}

TEST_CASE("Rule parser: hints are not looked for where nobody will see them") {
  std::string text = "[";
  for (std::size_t i = 0; i < 20000; ++i) {
    text += (i == 0 ? "\"@" : ",\"@") + std::string(60, 'x') + "\"";
  }
  Diagnostics findings;
  CHECK(parse_document(text + "]", findings).empty());
  CHECK(findings.findings().size() <= 101);
  CHECK(findings.has_errors());
}
