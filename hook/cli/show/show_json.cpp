// SPDX-License-Identifier: Apache-2.0
// show_json.cpp - the JSON form of what `show` answers.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/json_write.h"
#include "base/time_text.h"
#include "cli/show/show_report.h"
#include "event_abi.h"

namespace sg::cli {
namespace {

Json counts_of(const guard::GuardView& view, std::size_t rule,
               std::vector<Json::Member> members = {}) {
  const auto counts = view.counts ? std::optional((*view.counts)[rule]) : std::nullopt;
  for (Json::Member& member : guard::count_members(counts)) {
    members.push_back(std::move(member));
  }
  return Json::object(std::move(members));
}

Json rules_of(const guard::GuardView& view) {
  Json rules = Json::array();
  for (std::size_t i = 0; i < view.meta->rules.size(); ++i) {
    const compile::MetaRule& rule = view.meta->rules[i];
    rules.add(counts_of(view, i + 1,
                        {{"rule", i + 1},
                         {"kind", compile::kind_name(rule.kind)},
                         {"text", rule.text},
                         {"source", rule.source}}));
  }
  return rules;
}

Json namespaces_of(const sysctl::NamespaceSet& set) {
  Json names = Json::array();
  for (const sysctl::Namespace ns : sysctl::kNamespaces) {
    if (set.has(ns)) {
      names.add(sysctl::namespace_name(ns));
    }
  }
  return names;
}

Json undoer_of(const std::optional<guard::Undoer>& undoer) {
  if (!undoer) {
    return {};
  }
  return Json::object(
      {{"pid", undoer->pid}, {"capabilities", Json::array_of(undoer->capabilities)}});
}

Json json_of(const guard::Neighbour& neighbour) {
  return Json::object({{"pid", neighbour.pid}, {"cgroup", neighbour.cgroup}});
}

}  // namespace

std::string render_show_json(const guard::GuardView& view, const ShowFacts& facts) {
  SG_CHECK(view.meta.has_value());
  const compile::Meta& meta = *view.meta;
  const kernel::OurProgram& program = view.guard.program;
  return Json::object({{"id", meta.container_id},
                       {"name", text_or_null(meta.container_name)},
                       {"mode", guard::mode_name(meta.audit)},
                       {"auditWithinLimit", meta.audit == policy::Audit::kOff
                                                ? Json()
                                                : Json(meta.audit == policy::Audit::kWithinLimit)},
                       {"events", policy::kEventsNames[static_cast<std::size_t>(meta.events)]},
                       {"attachedAt", rfc3339_text(static_cast<std::int64_t>(meta.attached_at_ns))},
                       {"version", meta.tool},
                       {"nodePolicy", text_or_null(facts.node_policy)},
                       {"profile", text_or_null(meta.origin.profile)},
                       {"privateNamespaces", namespaces_of(meta.origin.private_namespaces)},
                       {"procSys", guard::proc_sys_json(meta, facts.proc_sys)},
                       {"unguardedNeighbours", Json::array_of(facts.neighbours, json_of)},
                       {"cut", Json::array_of(meta.cut)},
                       {"cgroup", view.guard.cgroup},
                       {"cgroupId", view.guard.cgroup_id},
                       {"processes", facts.processes.count},
                       {"canUndo", undoer_of(facts.processes.undoer)},
                       {"program", program.id},
                       {"tag", program.tag},
                       {"maps", Json::array_of(program.maps, &kernel::ProgramMap::id)},
                       {"otherPrograms", view.guard.others},
                       {"tableBytes", facts.table_bytes},
                       {"tableStates", facts.states},
                       {"memoryBytes", facts.memory},
                       {"noRule", counts_of(view, SG_RULE_NONE)},
                       {"rules", rules_of(view)}})
      .document();
}

}  // namespace sg::cli
