// SPDX-License-Identifier: Apache-2.0
// update_report_test.cpp - what is said about an update, to people and to programs.
#include "cli/update/update_report.h"

#include <array>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "support/catch.h"

using namespace sg;
using cli::UpdateReport;
using compile::Label;
using policy::RuleKind;
using policy::Verdict;

namespace {

compile::Meta meta(const std::string& allow, std::vector<compile::MetaRule> rules) {
  compile::Meta meta;
  meta.rules = std::move(rules);
  meta.origin.annotations = {{"io.sysctl-guard.allow", allow}};
  return meta;
}

compile::MetaRule rule(RuleKind kind, const std::string& text) {
  return {kind, text, "annotation io.sysctl-guard.x"};
}

compile::ChangedAccess change(const std::string& name, const std::string& value, Label before,
                              Label after) {
  return {{.write = true, .name = name, .value = value}, before, after};
}

UpdateReport report() {
  UpdateReport report;
  report.container.id = "c1";
  report.before = meta("old", {rule(RuleKind::kAllow, "net.a"), rule(RuleKind::kAllow, "net.b")});
  report.after = meta("new", {rule(RuleKind::kDeny, "net.b*"), rule(RuleKind::kAllow, "net.c=1")});
  report.difference = compile::Difference{};
  report.difference->gained = {change("net/c", "1", {}, {Verdict::kAllow, 2})};
  report.difference->lost = {change("net/a", "0", {Verdict::kAllow, 1}, {}),
                             change("net/b", "0", {Verdict::kAllow, 2}, {Verdict::kDeny, 1})};
  return report;
}

bool is_json(const std::string& text) {
  const std::array<std::vector<std::string_view>, 1> everything = {};
  return static_cast<bool>(read_json(text, "document", everything));
}

}  // namespace

TEST_CASE("Update report: what changed, and the rule that matters") {
  UpdateReport done = report();
  done.is_done = true;
  done.container.name = "web";
  done.notes = {"one"};
  CHECK(cli::render_update(done) ==
        "updated c1 (web): 1 rule allows more, 2 allow less\n"
        "  io.sysctl-guard.allow=new\n"
        "\n"
        "CHANGE  ACCESS   VERDICT        RULE\n"
        "gained  net.c=1  deny -> allow  net.c=1\n"
        "lost    net.a=0  allow -> deny  net.a\n"
        "lost    net.b=0  allow -> deny  net.b*\n"
        "note: one\n");
}

TEST_CASE("Update report: what the sysctl holds, where a change depends on it") {
  UpdateReport some = report();
  some.difference->gained[0].access.current = "0";
  some.difference->lost[0].access.current = "";
  const std::string text = cli::render_update(some);
  CHECK_THAT(text, Catch::Contains("gained  net.c=1 where the sysctl holds 0"));
  CHECK_THAT(text, Catch::Contains("lost    net.a=0 where the sysctl holds no single number"));
  CHECK_THAT(text, Catch::Contains("lost    net.b=0      "));
}

TEST_CASE("Update report: nothing, more, and not known") {
  UpdateReport some = report();
  some.difference->has_more_gained = true;
  CHECK(cli::summary_of(some) == "at least 1 rules allow more, 2 allow less");
  CHECK(cli::render_update(some).find("(and others)\n") != std::string::npos);
  some.difference = compile::Difference{};
  CHECK(cli::summary_of(some) == "every access is judged as before");
  CHECK(cli::render_update(some) ==
        "would update c1: every access is judged as before\n  io.sysctl-guard.allow=new\n");
  some.after.origin = some.before.origin;
  some.after.origin.annotations.clear();
  some.after.origin.node_policy = "/p";
  CHECK(cli::render_update(some) ==
        "would update c1: every access is judged as before\n  io.sysctl-guard.allow is gone\n  "
        "node policy /p\n");
  some.difference.reset();
  CHECK(cli::summary_of(some) == "what is gained and lost is not known");
  CHECK(cli::render_update_json(some).find("\"gained\": null") != std::string::npos);
}

TEST_CASE("Update report: what was replaced, for the log") {
  UpdateReport some = report();
  CHECK(cli::replaced_in(some) == "; io.sysctl-guard.allow=new");
  some.before.origin.annotations["io.sysctl-guard.deny\n"] = "net.x";
  some.after.origin.annotations["io.sysctl-guard.mode"] = "\x1b";
  some.after.origin.node_policy = "/p";
  CHECK(cli::replaced_in(some) ==
        "; policy /p; without io.sysctl-guard.deny\\n; io.sysctl-guard.allow=new; "
        "io.sysctl-guard.mode=\\x1b");
  some.after.origin = some.before.origin;
  CHECK(cli::replaced_in(some).empty());
}

TEST_CASE("Update report: the document") {
  UpdateReport some = report();
  some.difference->gained[0].access.is_unseen = true;
  some.difference->lost[0].access.write = false;
  some.difference->lost[1].access.current = "4";
  CHECK(cli::render_update_json(some) ==
        "{\n  \"container\": \"c1\",\n  \"name\": null,\n"
        "  \"namespace\": null,\n  \"pod\": null,\n  \"sandbox\": false,\n  \"done\": false,\n"
        "  \"annotations\": {\"io.sysctl-guard.allow\": \"new\"},\n"
        "  \"gained\": [\n"
        "    {\"access\": \"write\", \"name\": \"net/c\", \"value\": null, \"current\": null, "
        "\"before\": {\"verdict\": \"deny\", \"rule\": null, \"source\": null}, "
        "\"after\": {\"verdict\": \"allow\", \"rule\": \"net.c=1\", \"source\": \"annotation "
        "io.sysctl-guard.x\"}}\n"
        "  ],\n  \"moreGained\": false,\n  \"lost\": [\n"
        "    {\"access\": \"read\", \"name\": \"net/a\", \"value\": null, \"current\": null, "
        "\"before\": {\"verdict\": \"allow\", \"rule\": \"net.a\", \"source\": \"annotation "
        "io.sysctl-guard.x\"}, "
        "\"after\": {\"verdict\": \"deny\", \"rule\": null, \"source\": null}},\n"
        "    {\"access\": \"write\", \"name\": \"net/b\", \"value\": \"0\", \"current\": \"4\", "
        "\"before\": {\"verdict\": \"allow\", \"rule\": \"net.b\", \"source\": \"annotation "
        "io.sysctl-guard.x\"}, "
        "\"after\": {\"verdict\": \"deny\", \"rule\": \"net.b*\", \"source\": \"annotation "
        "io.sysctl-guard.x\"}}\n"
        "  ],\n  \"moreLost\": false,\n  \"notes\": []\n}\n");
}

TEST_CASE("Update report: bytes of a container disturb neither") {
  UpdateReport some = report();
  some.difference->gained[0].access.name = "net/\x1b]0;\n\xff";
  some.difference->gained[0].access.value = "\x1b\"\\\n";
  some.container.id = "c\x1b";
  some.container.name = "\n\xff";
  some.after.rules[1].text = "\x1b[31m";
  some.after.origin.annotations["io.sysctl-guard.allow"] = "\x1b\n";
  CHECK(is_json(cli::render_update_json(some)));
  for (const std::string& text : {cli::render_update(some), cli::render_update_json(some)}) {
    for (const char c : text) {
      CHECK((is_printable(c) || c == '\n'));
    }
  }
  // A rule's number that the metadata has not.
  some.difference->gained[0].after.rule = 99;
  CHECK(cli::render_update(some).find("(no rule)") != std::string::npos);
}
