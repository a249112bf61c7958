// SPDX-License-Identifier: Apache-2.0
// show_json_test.cpp - the document of `show --json`.
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "cli/show/show_report.h"
#include "support/catch.h"
#include "support/some_guards.h"

using namespace sg;
using test::meta_of;
using test::view_of;

TEST_CASE("show: the document, member by member") {
  compile::Meta meta = meta_of("id\x1b", "");
  meta.tool = "0.1.0";
  meta.rules = {{policy::RuleKind::kAllow, "net.x=\"\xff\"", "annotation io.sysctl-guard.allow"}};
  meta.origin.private_namespaces = {.net = true, .user = true};
  meta.cut = {"a", "b"};
  guard::GuardView view = view_of(meta, {{1, 2, 0, 3}, {4, 5, 0, 6}});
  view.guard.program.maps = {{1, "sg_table", 2, 8, 1}, {22, "sg_counters", 6, 32, 4}};
  cli::ShowFacts facts;
  facts.table_bytes = 10;
  facts.states = 3;
  facts.memory = 20;
  facts.processes.count = 1;
  facts.processes.undoer = guard::Undoer{9, {"CAP_SYS_ADMIN"}};
  facts.proc_sys = host::ProcSysView("92 91 0:42 / /proc rw - proc proc rw\n");
  facts.neighbours = {{"id\x1b", "/b\x1b", 812}};
  CHECK(cli::render_show_json(view, facts) == R"({
  "id": "id\u001b",
  "name": null,
  "mode": "enforce",
  "auditWithinLimit": null,
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
  "memoryBytes": 20,
  "noRule": {"denied": 1, "wouldDeny": 3, "allowed": 2},
  "rules": [
    {"rule": 1, "kind": "allow", "text": "net.x=\"\ufffd\"", "source": "annotation io.sysctl-guard.allow", "denied": 4, "wouldDeny": 6, "allowed": 5}
  ]
}
)");
}

TEST_CASE("show: the document where little is known, and in audit mode") {
  compile::Meta meta = meta_of("id", "name");
  meta.audit = policy::Audit::kWithinLimit;
  meta.events = policy::Events::kOff;
  guard::GuardView view = view_of(meta);
  view.counts.reset();
  const std::string text = cli::render_show_json(view, {});
  for (const char* const line :
       {"\"name\": \"name\"", "\"mode\": \"audit\"", "\"auditWithinLimit\": true",
        "\"procSys\": {\"writable\": null, \"paths\": [], \"why\": null}",
        "\"unguardedNeighbours\": []", "\"events\": \"off\"", "\"cut\": []", "\"canUndo\": null",
        "\"tableStates\": null", "\"rules\": []",
        "\"noRule\": {\"denied\": null, \"wouldDeny\": null, \"allowed\": null}"}) {
    INFO(line);
    CHECK(text.find(line) != std::string::npos);
  }
  CHECK(read_json(text, "show", std::vector<std::vector<std::string_view>>{{}}));
  meta.audit = policy::Audit::kFull;
  meta.events = policy::Events::kWrites;
  const std::string full = cli::render_show_json(view_of(meta), {});
  CHECK(full.find("\"auditWithinLimit\": false") != std::string::npos);
  CHECK(full.find("\"events\": \"writes\"") != std::string::npos);
}
