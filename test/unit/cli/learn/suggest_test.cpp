// SPDX-License-Identifier: Apache-2.0
// suggest_test.cpp - events into what there is to learn from, and that into an annotation.
#include "cli/learn/suggest.h"

#include <string>
#include <vector>

#include "cli/learn/learn_report.h"
#include "compile/compile_policy.h"
#include "support/catch.h"

using namespace sg;
using cli::SuggestInput;
using cli::Suggestion;
using events::Event;
using policy::Verdict;

namespace {

Event event(const std::string& container, bool write, const std::string& name,
            const std::string& value, Verdict verdict) {
  Event event;
  event.container = container;
  event.write = write;
  event.name = name;
  event.value = value;
  event.value_len = static_cast<std::uint32_t>(value.size());
  event.verdict = verdict;
  return event;
}

}  // namespace

TEST_CASE("Learn input: refused writes are counted, allowed ones are not") {
  std::vector<Event> events = {event("c1", true, "a", "1", Verdict::kDeny),
                               event("c1", true, "a", "1", Verdict::kWouldDeny),
                               event("c1", true, "a", "2", Verdict::kAllow),
                               event("c1", true, "a", "1", Verdict::kDeny),
                               event("c1", false, "r", "", Verdict::kDeny),
                               event("c1", false, "s", "", Verdict::kAllow)};
  events[3].file_pos = 4;
  const cli::LearnInput input = cli::gather(events, "");
  REQUIRE(input.writes.size() == 2);
  CHECK_FALSE(input.writes[0].at_position_zero);
  CHECK(input.writes[0].count == 1);
  CHECK(input.writes[1].at_position_zero);
  CHECK(input.writes[1].count == 2);
  CHECK(input.writes[1].value_size == 1);
  REQUIRE(input.allowed.size() == 1);
  CHECK(input.allowed[0].value == "2");
  CHECK(input.reads == std::map<std::string, std::uint64_t>{{"r", 1}});
  CHECK(input.containers == std::set<std::string>{"c1"});
}

TEST_CASE("Learn input: one container, by its ID") {
  const std::vector<Event> events = {event("c1", true, "a", "1", Verdict::kDeny),
                                     event("c10", true, "a", "1", Verdict::kDeny),
                                     event("d", true, "a", "1", Verdict::kDeny)};
  CHECK(cli::gather(events, "c1").writes.at(0).count == 1);
  CHECK(cli::gather(events, "").containers.size() == 3);
  CHECK(cli::gather(events, "x").writes.empty());
}

TEST_CASE("Learn input: the ID that is meant, or all that it could be") {
  const std::string cut(79, 'e');  // of a longer ID
  const std::vector<Event> events = {
      event("c10", true, "a", "1", Verdict::kDeny),   event("c1", true, "a", "1", Verdict::kDeny),
      event("c20\n", true, "a", "1", Verdict::kDeny), event("c21", true, "a", "1", Verdict::kDeny),
      event("c21", true, "a", "1", Verdict::kDeny),   event("d0", true, "a", "1", Verdict::kDeny),
      event(cut, true, "a", "1", Verdict::kDeny)};
  const auto id = [&](const std::string& wanted) {
    const Result<std::string> found = cli::id_among(events, wanted);
    return found ? *found : found.error().message;
  };
  CHECK(id("c1") == "c1");  // though another one begins like this
  CHECK(id("c21") == "c21");
  CHECK(id("d") == "d0");
  CHECK(id("c2") == "'c2': several IDs begin like this: c20\\n, c21");
  CHECK(id("x") == "x");
  CHECK(id("").empty());
  CHECK(id(cut + "more") == cut);
  CHECK(id("eee") == cut);
  CHECK(cli::id_among(events, "c2").error().code == Errc::kUsage);
}

TEST_CASE("Learn input: lines of events") {
  const Event one = event("c1", true, "net/\xff", "1\n", Verdict::kDeny);
  const std::string line = events::to_json_line(one);
  const auto events = cli::read_event_lines(line + "\n" + line);
  REQUIRE(events);
  CHECK(*events == std::vector<Event>{one, one});
  CHECK(cli::read_event_lines("")->empty());
  std::string windows = line;
  windows.insert(windows.size() - 1, "\r");
  CHECK(cli::read_event_lines(windows)->size() == 1);
  const auto bad = cli::read_event_lines(line + "{}\n");
  REQUIRE_FALSE(bad);
  CHECK(bad.error().message.starts_with("line 2: "));
}

namespace {

constexpr const char* kAllow = "io.sysctl-guard.allow";

policy::NodePolicy node(const std::string& text = R"({"version": 1})") {
  Diagnostics findings;
  policy::NodePolicy parsed =
      policy::parse_node_policy(text, "/policy.json", {.net = true}, findings);
  REQUIRE_FALSE(findings.has_errors());
  return parsed;
}

SuggestInput input(std::vector<cli::SeenWrite> writes, policy::NodePolicy policy = node()) {
  SuggestInput made;
  made.node = std::move(policy);
  made.seen.writes = std::move(writes);
  made.seen.containers = {"c1"};
  for (cli::SeenWrite& write : made.seen.writes) {
    write.value_size = write.value_size == 0 ? write.value.size() : write.value_size;
  }
  return made;
}

cli::SeenWrite write(const std::string& name, const std::string& value) {
  return {.name = name, .value = value};
}

}  // namespace

TEST_CASE("Suggestion: what is within the limit is the annotation, and nothing more to say") {
  SuggestInput in = input({write("net/ipv4/ip_forward", "1\n")});
  in.annotations = {{kAllow, "net.core.somaxconn"}, {"io.sysctl-guard.mode", "audit"}};
  in.node.annotation_modes = {policy::Mode::kEnforce};  // the mode plays no part
  const Suggestion suggestion = cli::suggest(in);
  CHECK(suggestion.key == kAllow);
  CHECK(suggestion.value == "net.core.somaxconn; net.ipv4.ip_forward=1");
  REQUIRE(suggestion.rules.size() == 1);
  CHECK(suggestion.rules[0].beyond.empty());
  CHECK_FALSE(suggestion.rules[0].needs_host);
  CHECK(suggestion.still_refused.empty());
  CHECK(suggestion.notes.empty());
}

TEST_CASE(
    "Suggestion: what is the host's, or of a shared namespace, is never suggested without saying "
    "so") {
  const Suggestion suggestion = cli::suggest(
      input({write("kernel/hostname", "x"), write("net/netfilter/nf_hooks_lwtunnel", "1"),
             write("vm/max_map_count", "262144"), write("net/a", "1")}));
  REQUIRE(suggestion.rules.size() == 4);
  CHECK(suggestion.rules[0].beyond ==
        "it belongs to the UTS namespace, which the container shares with the host");
  CHECK(suggestion.rules[0].needs_host);
  CHECK(suggestion.rules[1].beyond.empty());
  CHECK(suggestion.rules[2].rule.text == "net.netfilter.nf_hooks_lwtunnel=1");
  CHECK(suggestion.rules[2].needs_host);
  CHECK(suggestion.rules[3].beyond == "it is host-wide, not namespaced");
  CHECK(suggestion.rules[3].remedy ==
        "narrow the rule, or permit it in limit.host of /policy.json");
  CHECK(suggestion.rules[3].needs_host);
  using Notes = std::vector<std::string>;
  CHECK(suggestion.rules[0].rule.notes ==
        Notes{"a sysctl of a namespace that the container shares with the host"});
  CHECK(suggestion.rules[1].rule.notes.empty());
  CHECK(suggestion.rules[2].rule.notes == Notes{"a sysctl of the host"});
  CHECK(suggestion.rules[3].rule.notes == Notes{"a sysctl of the host"});
}

TEST_CASE("Suggestion: what harms the host has its reason, what does not has none") {
  struct Case {
    const char* name;
    const char* value;
    const char* harm;  // the beginning of the note; empty: there is none
  };
  const Case cases[] = {
      {"kernel/modprobe", "/tmp/x", "kernel.modprobe=/tmp/x gives the host away: the kernel runs"},
      {"kernel/panic", "10", "kernel.panic=10 can bring the host down: "},
      {"kernel/kptr_restrict", "0", "kernel.kptr_restrict=0 weakens the host: "},
      {"vm/overcommit_memory", "2", "vm.overcommit_memory=2 can bring the host down: "},
      {"vm/overcommit_memory", "1", ""},
      {"kernel/pid_max", "4194304", ""},
      {"kernel/core_pattern", "|/tmp/x", ""},  // of which what is safe is proposed
      {"vm/max_map_count", "262144", ""},
  };
  for (const Case& c : cases) {
    INFO(c.name << "=" << c.value);
    const Suggestion suggestion = cli::suggest(input({write(c.name, c.value)}));
    REQUIRE(suggestion.rules.size() == 1);
    const cli::SuggestedRule& found = suggestion.rules[0];
    CHECK(found.needs_host);
    CHECK(found.does_harm == !std::string(c.harm).empty());
    CHECK((!found.does_harm || found.rule.notes.back().starts_with(c.harm)));
    CHECK((cli::render_learn(suggestion).find("limit.host would have to") == std::string::npos) ==
          found.does_harm);
  }
}

TEST_CASE(
    "Suggestion: the annotation starts the container, what is beyond the limit is not in it") {
  const auto policy = node(
      R"({"version": 1, "limit": {"allow": ["@namespaced"], "host": ["vm.max_map_count=262144.."]}})");
  SuggestInput in = input({write("vm/max_map_count", "262144"), write("vm/max_map_count", "65530"),
                           write("vm/overcommit_memory", "1"), write("net/core/somaxconn", "511")},
                          policy);
  in.annotations = {{kAllow, "net.ipv4.ip_forward=1"}};
  const Suggestion suggestion = cli::suggest(in);
  CHECK(suggestion.value ==
        "net.ipv4.ip_forward=1; net.core.somaxconn=511; vm.max_map_count=262144");
  std::string beyond;
  for (const cli::SuggestedRule& rule : suggestion.rules) {
    beyond += rule.is_within() ? "" : rule.rule.text + ";";
  }
  CHECK(beyond == "vm.max_map_count=65530;vm.overcommit_memory=1;");
  CHECK(suggestion.notes.empty());  // none that it would be refused
}

TEST_CASE("Suggestion: an annotation that the node policy permits no more is told") {
  SuggestInput in = input({write("net/a", "1")});
  in.annotations = {{kAllow, "vm.swappiness"}};
  const Suggestion suggestion = cli::suggest(in);
  REQUIRE(suggestion.notes.size() == 1);
  CHECK(suggestion.notes[0].starts_with("the container would be refused: "));
}

TEST_CASE("Suggestion: values go to the rule that is there") {
  SuggestInput in = input({write("net/ipv4/ip_forward", "2")});
  in.annotations = {{kAllow, "net.ipv4.ip_forward=0|1"}};
  CHECK(cli::suggest(in).value == "net.ipv4.ip_forward=0|1|2");
}

TEST_CASE("Suggestion: allowed writes make a narrower annotation") {
  SuggestInput in = input({write("net/ipv4/ip_forward", "2"), write("vm/swappiness", "1")});
  in.seen.allowed = {{.name = "net/ipv4/ip_forward", .value = "1\n", .value_size = 2},
                     {.name = "net/core/somaxconn", .value = "511", .value_size = 3}};
  in.annotations = {{kAllow, "@net"}};
  const Suggestion suggestion = cli::suggest(in);
  CHECK(suggestion.value == "@net; net.ipv4.ip_forward=2");
  REQUIRE(suggestion.narrower);
  CHECK(suggestion.narrower->value == "net.core.somaxconn=511; net.ipv4.ip_forward=1|2");
  in.seen.writes.clear();
  CHECK(cli::suggest(in).narrower->value == "net.core.somaxconn=511; net.ipv4.ip_forward=1");
  CHECK(cli::suggest(in).rules.empty());
  in.annotations = {{kAllow, "net.core.somaxconn=511; net.ipv4.ip_forward=1"}};
  CHECK_FALSE(cli::suggest(in).narrower);  // it is that already
  in.annotations = {{kAllow, "@net"}};
  in.profile = "wide";
  in.node.profiles["wide"] = {};
  CHECK(cli::suggest(in).notes ==
        std::vector<std::string>{"its profile grants what it grants, whatever the annotation has"});
  in.seen.allowed.clear();
  CHECK_FALSE(cli::suggest(in).narrower);
}

TEST_CASE("Learn input: what the runtime writes by itself needs no annotation") {
  Event start = event("c1", true, "net/ipv4/ip_unprivileged_port_start", "0", Verdict::kAllow);
  start.comm = "runc:[2:INIT]";
  const std::vector<Event> events = {start, event("c1", true, "net/a", "1\n", Verdict::kAllow),
                                     event("c1", true, "net/a", "2", Verdict::kAllow)};
  cli::LearnInput seen = cli::gather(events, "");
  CHECK(seen.allowed.size() == 2);
  cli::leave_out_pairs(seen, {{"net.a", "1"}});
  REQUIRE(seen.allowed.size() == 1);
  CHECK(seen.allowed[0].value == "2");
}

TEST_CASE("Suggestion: a single quote that the annotation has already is told") {
  SuggestInput in = input({write("net/a", "1")});
  in.annotations = {{kAllow, "net.b=\"'\""}};
  const Suggestion suggestion = cli::suggest(in);
  CHECK(suggestion.value == "net.b=\"'\"; net.a=1");
  CHECK(suggestion.notes ==
        std::vector<std::string>{
            "the container's own annotation has a single quote: paste this into no command line"});
}

TEST_CASE(
    "Suggestion: what limit.host permits is within the limit; other values are not, and are no "
    "matter of the host's") {
  const auto policy = node(
      R"({"version": 1, "limit": {"allow": ["net.a=0..5"], "host": ["vm.x=1"], "deny": ["net.d"]}})");
  const Suggestion suggestion =
      cli::suggest(input({write("vm/x", "1"), write("net/a", "6"), write("net/d", "1")}, policy));
  REQUIRE(suggestion.rules.size() == 3);
  CHECK(suggestion.rules[0].beyond == "the value is out of range, the limit permits 'net.a=0..5'");
  CHECK_FALSE(suggestion.rules[0].needs_host);
  CHECK(suggestion.rules[1].beyond == "'net.d' of limit.deny covers it");
  CHECK(suggestion.rules[2].rule.text == "vm.x=1");
  CHECK(suggestion.rules[2].beyond.empty());
  CHECK_FALSE(suggestion.rules[2].needs_host);
  CHECK(suggestion.rules[0].rule.notes.empty());
  CHECK(suggestion.rules[2].rule.notes == std::vector<std::string>{"a sysctl of the host"});
}

TEST_CASE("Suggestion: a deny rule wins, and is named") {
  SuggestInput in = input({write("net/a", "1"), write("net/b", "1"), write("net/c", "1")},
                          node(R"({"version": 1, "default": {"deny": ["net.b"]}})"));
  in.annotations = {{"io.sysctl-guard.deny", "net.a"}};
  const Suggestion suggestion = cli::suggest(in);
  REQUIRE(suggestion.still_refused.size() == 2);
  CHECK(suggestion.still_refused[0].name == "net/a");
  CHECK(suggestion.still_refused[0].rule == "net.a");
  CHECK(suggestion.still_refused[0].source == "annotation io.sysctl-guard.deny");
  CHECK(suggestion.still_refused[1].name == "net/b");
  CHECK(suggestion.still_refused[1].source == "node default");
}

TEST_CASE("Suggestion: the key with the container's name, notes, and what is left out") {
  SuggestInput in = input({write("net/a", "1"), write("", "1")},
                          node(R"({"version": 1, "default": {"allow": ["net.z"]}})"));
  in.seen.containers = {"c1", "c2"};
  in.seen.reads = {{"kernel/x", 2}};
  const Suggestion several = cli::suggest(in);
  REQUIRE(several.notes.size() == 2);
  CHECK(several.notes[0] == "from events of 2 containers together");
  CHECK(several.notes[1] ==
        "with this annotation the container has default.allow of the node policy no more");
  CHECK(several.unnameable.size() == 1);
  CHECK(several.reads.at("kernel/x") == 2);
  in.annotations = {{"io.kubernetes.cri.container-name", "db"},
                    {"io.sysctl-guard.allow/db", "net.q"}};
  const Suggestion named = cli::suggest(in);
  CHECK(named.key == "io.sysctl-guard.allow/db");
  CHECK(named.value == "net.q; net.a=1");
  CHECK(named.notes.size() == 1);
  in.min = 5;
  CHECK(cli::suggest(in).rare == 1);
  CHECK(cli::suggest(in).rules.empty());
}

TEST_CASE("Suggestion: an event of a value of four gigabytes costs nothing") {
  SuggestInput in =
      input({{.name = "net/a", .value = std::string(255, '1'), .value_size = UINT32_MAX}});
  const Suggestion suggestion = cli::suggest(in);
  CHECK(suggestion.value == "net.a");
  CHECK(suggestion.still_refused.empty());
}

TEST_CASE("Suggestion: what a table permits already is left out") {
  policy::Policy policy;
  policy.rules = {policy::unwritten_rule(policy::RuleKind::kAllow, "net/a"),
                  policy::unwritten_rule(policy::RuleKind::kUnmatched, "*")};
  policy.audit = policy::Audit::kFull;
  Diagnostics findings;
  const auto table = compile::compile_policy(policy, findings);
  REQUIRE(table.has_value());
  SuggestInput in = input({write("net/a", "1"), write("net/b", "1")});
  cli::leave_out_permitted(in.seen, *table);
  REQUIRE(in.seen.writes.size() == 1);
  CHECK(in.seen.writes[0].name == "net/b");  // let through, but only by audit
  in.notes = {"one"};
  CHECK(cli::suggest(in).notes == std::vector<std::string>{"one"});
}
