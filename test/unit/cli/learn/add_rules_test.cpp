// SPDX-License-Identifier: Apache-2.0
// add_rules_test.cpp - learned rules behind those of a list, or into them.
#include "cli/learn/add_rules.h"

#include <string>
#include <vector>

#include "support/catch.h"

using namespace sg;

TEST_CASE("Added rules: they go behind those of the annotation, in its form") {
  const std::vector<std::string> rules = {"net.a=1", "net.b=\"x, y\""};
  CHECK(cli::append_rules("", rules) == "net.a=1; net.b=\"x, y\"");
  CHECK(cli::append_rules(" \n", rules) == "net.a=1; net.b=\"x, y\"");
  CHECK(cli::append_rules("vm.x\nvm.y\n", rules) == "vm.x; vm.y; net.a=1; net.b=\"x, y\"");
  CHECK(cli::append_rules("vm.x=\"a;b,c\" , vm.y;\r\n\n vm.z\r\n", rules) ==
        "vm.x=\"a;b,c\"; vm.y; vm.z; net.a=1; net.b=\"x, y\"");
  CHECK(cli::append_rules(" [ \"vm.x\" ,\"vm.y\"]", rules) ==
        "[\"vm.x\", \"vm.y\", \"net.a=1\", \"net.b=\\\"x, y\\\"\"]");
  CHECK(cli::append_rules("[]", rules) == "[\"net.a=1\", \"net.b=\\\"x, y\\\"\"]");
  CHECK(cli::append_rules("vm.x", {}) == "vm.x");
}

TEST_CASE("Added rules: values go to the rule for the same name") {
  struct Case {
    const char* list;
    const char* rule;
    const char* wanted;
  };
  const Case cases[] = {
      {"net.a=0|1", "net.a=2", "net.a=0|1|2"},
      {"net/a = 0 | 1 ; net.b", "net.a=1|2", "net/a = 0 | 1|2; net.b"},
      {"net.a=0|1", "net.a=0|1", "net.a=0|1"},
      {"net.a=1..5", "net.a=7", "net.a=1..5|7"},
      {"net.a=@current..9", "net.a=3", "net.a=@current..9|3"},
      {"net.a=\"x|y\"", "net.a=\"x|y\"|z", "net.a=\"x|y\"|z"},
      {"net.a=\"x|y\"|z", "net.a=\"x\"", "net.a=\"x|y\"|z|\"x\""},
      {"net.a=1", "net.a", "net.a"},
      {"net.a", "net.a=1", "net.a"},
      {"net.*=1", "net.a=2", "net.*=1; net.a=2"},
      {"@net", "net.a=2", "@net; net.a=2"},
      {"net.ipv4.conf.eth0/1.x=1", "net.ipv4.conf.eth0/1.x=2", "net.ipv4.conf.eth0/1.x=1|2"},
      {"[\"net.a=0|1\"]", "net.a=2", "[\"net.a=0|1|2\"]"},
      {"[\"net.a=\\\"x\\\"\"]", "net.a=y", "[\"net.a=\\\"x\\\"|y\"]"},
  };
  for (const Case& c : cases) {
    INFO(c.list);
    CHECK(cli::append_rules(c.list, std::vector<std::string>{c.rule}) == c.wanted);
  }
}
