// SPDX-License-Identifier: Apache-2.0
// learn_report_test.cpp - a suggestion for people and for programs.
#include "cli/learn/learn_report.h"

#include <array>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "support/catch.h"

using namespace sg;
using cli::Suggestion;

namespace {

Suggestion suggestion() {
  Suggestion made;
  made.key = "io.sysctl-guard.allow";
  made.value = "net.a=1";
  made.rules.push_back(
      {.rule = {"net.a=1", "net/a", 12, {"interfaces a, b"}}, .beyond = "", .remedy = ""});
  made.rules.push_back({.rule = {"vm.x=2", "vm/x", 1, {}},
                        .beyond = "it is the host's",
                        .remedy = "do",
                        .needs_host = true});
  return made;
}

}  // namespace

TEST_CASE("Learn report: rules, the line to copy, and what the node policy needs") {
  CHECK(cli::render_learn(suggestion()) ==
        "  SEEN  RULE\n"
        "    12  net.a=1\n"
        "        interfaces a, b\n"
        "\n"
        "io.sysctl-guard.allow=net.a=1\n"
        "\n"
        "The node policy does not permit these: a container with one of them in its\n"
        "annotation is refused or loses it.\n"
        "     1  vm.x=2\n"
        "        beyond the node's limit: it is the host's\n"
        "        do\n"
        "For what is host-wide, limit.host would have to permit:\n"
        "  \"vm.x=2\"\n");
}

TEST_CASE("Learn report: the first annotation is one that starts a container") {
  Suggestion beyond = suggestion();
  beyond.rules.erase(beyond.rules.begin());
  beyond.value = "";
  const std::string text = cli::render_learn(beyond);
  CHECK(text.starts_with("No refused write that the node policy permits.\n"));
  CHECK(text.find("io.sysctl-guard.allow=") == std::string::npos);
  CHECK(text.find("  \"vm.x=2\"\n") != std::string::npos);
  CHECK(cli::render_learn_json(beyond).find("\"annotation\": null") != std::string::npos);
}

TEST_CASE("Learn report: what is narrower stands behind, with its rules") {
  Suggestion some;
  some.key = "io.sysctl-guard.allow";
  some.narrower = cli::Narrower{.value = "net.b=1", .rules = {}};
  some.narrower->rules.push_back({.rule = {"net.b=1", "net/b", 7, {}}, .beyond = "", .remedy = ""});
  CHECK(
      cli::render_learn(some) ==
      "No refused write to learn from.\n"
      "\nIn place of all that it is granted, what it was seen to write and no more. What it does\n"
      "later, or seldom, is not in it:\n"
      "     7  net.b=1\n"
      "\nio.sysctl-guard.allow=net.b=1\n");
  CHECK(cli::render_learn_json(some).find(
            R"("narrower": {"key": "io.sysctl-guard.allow", "value": "net.b=1"})") !=
        std::string::npos);
}

TEST_CASE("Learn report: what is not solved by it") {
  Suggestion some;
  some.still_refused.push_back({"net/d", 3, "net.*", "node default"});
  some.unnameable.push_back({"", 2, "its name is not known"});
  some.reads = {{"kernel/x", 4}};
  some.rare = 1;
  some.notes = {"one"};
  CHECK(cli::render_learn(some) ==
        "No refused write to learn from.\n"
        "\nRefused also with this annotation, by a deny rule:\n"
        "     3  net.d: net.* (node default)\n"
        "\nNo rule can permit these:\n"
        "     2  (unknown): its name is not known\n"
        "\nReads that a deny-read rule refuses; allow does not change that:\n"
        "     4  kernel.x\n"
        "\n1 rule is left out: seen too rarely (--min).\n"
        "\nnote: one\n");
}

TEST_CASE("Learn report: the document, with what it has and with nothing") {
  const std::string text = cli::render_learn_json(suggestion());
  CHECK(text.find("\"annotation\": {\"key\": \"io.sysctl-guard.allow\", \"value\": \"net.a=1\"}") !=
        std::string::npos);
  CHECK(text.find("\"limitHost\": [\"vm.x=2\"]") != std::string::npos);
  CHECK(cli::render_learn_json({}) ==
        "{\n  \"annotation\": null,\n  \"narrower\": null,\n  \"rules\": [],\n  \"limitHost\": "
        "[],\n  \"stillRefused\": "
        "[],\n"
        "  \"unnameable\": [],\n  \"reads\": [],\n  \"rare\": 0,\n  \"notes\": []\n}\n");
}

TEST_CASE("Learn report: bytes of a container disturb neither") {
  Suggestion some = suggestion();
  some.still_refused.push_back({"net/\x1b\n", 3, "\xff", "\x1b"});
  some.unnameable.push_back({"\x1b[2J\n\xff", 2, "no sysctl has such a name"});
  some.reads = {{"\xff\n\x1b", 4}};
  const std::string json = cli::render_learn_json(some);
  const std::array<std::vector<std::string_view>, 1> everything = {};
  CHECK(read_json(json, "document", everything));
  for (const std::string& text : {cli::render_learn(some), json}) {
    for (const char c : text) {
      CHECK((is_printable(c) || c == '\n'));
    }
  }
}
