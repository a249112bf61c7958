// SPDX-License-Identifier: Apache-2.0
// show_report_test.cpp - all that is known of one guard, on 80 columns and as JSON.
#include "cli/show/show_report.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "support/catch.h"
#include "support/some_guards.h"

using namespace sg;
using cli::ShowFacts;
using test::view_of;

namespace {

constexpr std::int64_t kNow = std::int64_t{1'700'000'000} * 1'000'000'000;

const kernel::Container kContainer = {
    "0123456789abcdef", "web",
    static_cast<std::uint64_t>(kNow - std::int64_t{3600} * 1'000'000'000)};

compile::Meta some_meta() {
  compile::Meta meta;
  meta.tool = "0.1.0";
  meta.rules = {
      {policy::RuleKind::kDeny, "net.core.*", "node default"},
      {policy::RuleKind::kAllow, "net.ipv4.ip_forward=0|1", "annotation io.sysctl-guard.allow"},
      {policy::RuleKind::kAllow, "net.ipv4.*", "annotation io.sysctl-guard.allow"},
      {policy::RuleKind::kAllowRead, "*", "built in"}};
  meta.origin.private_namespaces = {.net = true, .ipc = true};
  return meta;
}

bool has(const std::string& text, const std::string& piece) {
  return text.find(piece) != std::string::npos;
}

}  // namespace

TEST_CASE("show: facts, then rules by their source with what each has decided") {
  guard::GuardView view =
      view_of(kContainer, some_meta(), {{7, 0, 0, 0}, {1, 0, 0, 0}, {0, 12, 0, 0}, {0, 3, 0, 0}});
  test::program_of(view).maps = {{1, "sg_table", 2, 8, 1}, {22, "sg_counters", 6, 32, 4}};
  ShowFacts facts;
  facts.table_bytes = 1234;
  facts.states = 56;
  facts.own_memory = 1024;
  facts.program_memory = 20480;
  facts.sharing = 3;
  facts.node_policy = "/etc/sysctl-guard/policy.json";
  facts.has_new_node_policy = true;
  facts.processes.count = 2;
  facts.proc_sys = host::ProcSysView(
      "93 92 0:42 /sys /proc/sys ro - proc proc rw\n"
      "94 93 0:42 /sys/net/ipv4 /proc/sys/net/ipv4 rw - proc proc rw\n");
  CHECK(cli::render_show_text(view, facts, kNow) ==
        "container    0123456789abcdef\n"
        "name         web\n"
        "mode         enforce: what the policy denies is refused\n"
        "refusals     get EPERM\n"
        "events       denied: for accesses that the policy denies\n"
        "attached     2023-11-14T21:13:20Z, 1h ago, by sysctl-guard 0.1.0\n"
        "node policy  /etc/sysctl-guard/policy.json, which has changed since\n"
        "namespaces   its own are net, ipc\n"
        "/proc/sys    read-only but for net/ipv4\n"
        "cgroup       /a, ID 4711, 2 processes\n"
        "program      56 sysctl_guard, tag 0123456789abcdef, maps 1 22\n"
        "table        1234 bytes, 56 states\n"
        "memory       1024 bytes of its own, and 20480 bytes of the program, which 3\n"
        "             containers share\n"
        "others       no other cgroup/sysctl program on this cgroup\n"
        "\n"
        "RULE  DENIED  WOULD-DENY  ALLOWED  in the order in which they decide\n"
        "node default:\n"
        "   1       1           0        0  deny net.core.*\n"
        "annotation io.sysctl-guard.allow:\n"
        "   2       0           0       12  allow net.ipv4.ip_forward=0|1\n"
        "   3       0           0        3  allow net.ipv4.*\n"
        "built in:\n"
        "   4       0           0        0  allow-read *\n"
        "no rule:\n"
        "   -       7           0        0  deny\n");
}

TEST_CASE("show: what is seldom there") {
  compile::Meta meta = some_meta();
  meta.audit = policy::Audit::kWithinLimit;
  meta.events = policy::Events::kWrites;
  meta.origin.profile = "vpn";
  meta.origin.private_namespaces = {};
  meta.cut = {R"(annotation io.sysctl-guard.allow: 'vm.\x1b' is beyond the limit)"};
  guard::GuardView view = view_of(kContainer, meta);
  view.counts.reset();
  view.guard.others = 2;
  ShowFacts facts;
  facts.processes.count = 1;
  facts.processes.undoer = guard::Undoer{99, {"CAP_BPF", "CAP_NET_ADMIN"}};
  facts.neighbours = {{"0123456789abcdef", "/machine.slice/b\x1b", 812}};
  const std::string text = cli::render_show_text(view, facts, kNow);
  CHECK(has(text,
            "\nmode         audit: what the policy denies is let through, within the node's\n"
            "             limit\n"));
  CHECK(has(text, "\nevents       writes: "));
  CHECK(has(text, "\nprofile      vpn\n"));
  CHECK(has(text, "\nnamespaces   none of its own\n"));
  CHECK(has(text, "\nnode policy  none is installed: the defaults\n"));
  CHECK(has(text,
            "\ncut off      annotation io.sysctl-guard.allow: 'vm.\\x1b' is beyond the limit\n"));
  CHECK(has(text, "\n/proc/sys    not known: no process of the container can be looked at\n"));
  CHECK(has(text,
            "\nwarning      process 812 of cgroup /machine.slice/b\\x1b is in the container's\n"));
  CHECK(has(text, "\ntable        0 bytes, ? states\n"));
  CHECK(has(text, "\nothers       2 cgroup/sysctl programs of others on this cgroup\n"));
  CHECK(has(text, ", 1 process\n"));
  CHECK(
      has(text, "\nwarning      process 99 may have CAP_BPF, CAP_NET_ADMIN in the host's user\n"));
  CHECK(has(text, "   1       ?           ?        ?  deny net.core.*\n"));
  meta.audit = policy::Audit::kFull;
  meta.events = policy::Events::kOff;
  const std::string full = cli::render_show_text(view_of(kContainer, meta), facts, kNow);
  CHECK(has(full, "\nmode         audit: what the policy denies is let through\n"));
  CHECK(has(full, "\nevents       off\n"));
}

TEST_CASE("show: memory, by whether the program is the container's own and who shares it") {
  struct Case {
    std::uint64_t own, program;
    std::size_t sharing;
    const char* text;
  };
  const Case cases[] = {
      {0, 20480, 1, "memory       20480 bytes of the program\n"},
      {64, 20480, 1, "memory       64 bytes of its own, and 20480 bytes of the program\n"},
      {64, 20480, 2,
       "memory       64 bytes of its own, and 20480 bytes of the program, which 2\n"
       "             containers share\n"},
  };
  for (const Case& c : cases) {
    ShowFacts facts;
    facts.own_memory = c.own;
    facts.program_memory = c.program;
    facts.sharing = c.sharing;
    CHECK(has(cli::render_show_text(view_of(kContainer), facts, kNow), c.text));
  }
}

TEST_CASE("show: rules that are counted together have no numbers of their own") {
  guard::GuardView view = view_of(kContainer, some_meta());
  view.counts = {{7, 0, 0, 0}, {1, 0, 0, 0}, {100'000'000, 12, 0, 3}};
  const std::string text = cli::render_show_text(view, {}, kNow);
  CHECK(has(text,
            "\ncounters     the rules from 2 on are counted together, as each would take room\n"
            "             for every processor: 100000k denied, 3 wouldDeny, 12 allowed\n"));
  for (const char* const row :
       {"   1       1           0        0  deny net.core.*\n",
        "   2       ?           ?        ?  allow net.ipv4.ip_forward=0|1\n",
        "   4       ?           ?        ?  allow-read *\n",
        "   -       7           0        0  deny\n"}) {
    INFO(row);
    CHECK(has(text, row));
  }
  const std::string json = cli::render_show_json(view, {});
  for (const char* const piece :
       {"\"countedTogetherFrom\": 2,", "\"denied\": 1, \"wouldDeny\": 0, \"allowed\": 0}",
        "\"denied\": null, \"wouldDeny\": null, \"allowed\": null}",
        "\"noRule\": {\"denied\": 7, "}) {
    INFO(piece);
    CHECK(has(json, piece));
  }
  CHECK_FALSE(has(json, "100000000"));
  view = view_of(kContainer, some_meta());
  CHECK_FALSE(has(cli::render_show_text(view, {}, kNow), "counters"));
}

TEST_CASE("show: long texts are broken, whole, and every byte is printable") {
  compile::Meta meta = some_meta();
  kernel::Container container = kContainer;
  container.name = "\x1b]0;title\a\n\xff";
  meta.cut = {std::string(100, 'c') + " " + std::string(70, 'd')};
  const std::string values(300, 'q');
  meta.rules = {{policy::RuleKind::kAllow, "net.x=" + values, "annotation\x1b x"}};
  const std::string text = cli::render_show_text(view_of(container, meta), {}, kNow);
  for (const std::string_view line : split(text, '\n')) {
    INFO(line);
    CHECK(line.size() <= cli::kUsualWidth);
    CHECK(std::ranges::all_of(line, is_printable));
  }
  CHECK(static_cast<std::size_t>(std::ranges::count(text, 'q')) == values.size());
  CHECK(std::ranges::count(text, 'd') >= 70);
}

TEST_CASE("show: the document, member by member") {
  compile::Meta meta;
  meta.tool = "0.1.0";
  meta.rules = {{policy::RuleKind::kAllow, "net.x=\"\xff\"", "annotation io.sysctl-guard.allow"}};
  meta.origin.private_namespaces = {.net = true, .user = true};
  meta.cut = {"a", "b"};
  guard::GuardView view = view_of({.id = "id\x1b"}, meta, {{1, 2, 0, 3}, {4, 5, 0, 6}});
  test::program_of(view).maps = {{1, "sg_table", 2, 8, 1}, {22, "sg_counters", 6, 32, 4}};
  cli::ShowFacts facts;
  facts.table_bytes = 10;
  facts.states = 3;
  facts.own_memory = 3;
  facts.program_memory = 20;
  facts.sharing = 7;
  facts.processes.count = 1;
  facts.processes.undoer = guard::Undoer{9, {"CAP_SYS_ADMIN"}};
  facts.proc_sys = host::ProcSysView("92 91 0:42 / /proc rw - proc proc rw\n");
  facts.neighbours = {{"id\x1b", "/b\x1b", 812}};
  CHECK(cli::render_show_json(view, facts) == R"({
  "id": "id\u001b",
  "name": null,
  "namespace": null,
  "pod": null,
  "sandbox": false,
  "engineName": null,
  "mode": "enforce",
  "auditWithinLimit": null,
  "refuse": "EPERM",
  "events": "denied",
  "attachedAt": "1970-01-01T00:00:00.000000000Z",
  "version": "0.1.0",
  "nodePolicy": null,
  "profile": null,
  "privateNamespaces": ["net", "user"],
  "procSys": {"writable": "all", "paths": [], "why": null},
  "unguardedNeighbours": [
    {"pid": 812, "cgroup": "/b\u001b"}
  ],
  "cut": ["a", "b"],
  "cgroup": "/a",
  "cgroupId": 4711,
  "processes": 1,
  "canUndo": {"pid": 9, "capabilities": ["CAP_SYS_ADMIN"]},
  "program": 56,
  "tag": "0123456789abcdef",
  "maps": [1, 22],
  "otherPrograms": 0,
  "tableBytes": 10,
  "tableStates": 3,
  "memoryBytes": 23,
  "ownMemoryBytes": 3,
  "sharedBy": 7,
  "countedTogetherFrom": null,
  "noRule": {"denied": 1, "wouldDeny": 3, "allowed": 2},
  "rules": [
    {"rule": 1, "kind": "allow", "text": "net.x=\"\ufffd\"", "source": "annotation io.sysctl-guard.allow", "denied": 4, "wouldDeny": 6, "allowed": 5}
  ]
}
)");
}

TEST_CASE("show: the document where little is known, and in audit mode") {
  compile::Meta meta;
  meta.audit = policy::Audit::kWithinLimit;
  meta.events = policy::Events::kOff;
  guard::GuardView view = view_of({"id", "name"}, meta);
  view.counts.reset();
  const std::string text = cli::render_show_json(view, {});
  for (const char* const line :
       {"\"name\": \"name\"", "\"mode\": \"audit\"", "\"auditWithinLimit\": true",
        "\"procSys\": {\"writable\": null, \"paths\": [], \"why\": null}",
        "\"unguardedNeighbours\": []", "\"events\": \"off\"", "\"cut\": []", "\"canUndo\": null",
        "\"tableStates\": null", "\"rules\": []", "\"memoryBytes\": 0", "\"ownMemoryBytes\": 0",
        "\"sharedBy\": 1", "\"countedTogetherFrom\": null",
        "\"noRule\": {\"denied\": null, \"wouldDeny\": null, \"allowed\": null}"}) {
    INFO(line);
    CHECK(text.find(line) != std::string::npos);
  }
  CHECK(read_json(text, "show", std::vector<std::vector<std::string_view>>{{}}));
  meta.audit = policy::Audit::kFull;
  meta.events = policy::Events::kWrites;
  const std::string full = cli::render_show_json(view_of({"id", "name"}, meta), {});
  CHECK(full.find("\"auditWithinLimit\": false") != std::string::npos);
  CHECK(full.find("\"events\": \"writes\"") != std::string::npos);
}
