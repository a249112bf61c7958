// SPDX-License-Identifier: Apache-2.0
// show_json.cpp - the JSON form of what `show` answers.
#include <string>
#include <string_view>
#include <vector>

#include "app/events/time_text.h"
#include "app/guards/show_report.h"
#include "app/json_text.h"
#include "base/check.h"
#include "base/json.h"
#include "event_abi.h"

namespace sg::app {
namespace {

std::string counts_json(const GuardView& view, std::size_t rule) {
  if (!view.counts) {
    return "\"denied\": null, \"wouldDeny\": null, \"allowed\": null";
  }
  const kernel::RuleCounts& counts = (*view.counts)[rule];
  return "\"denied\": " + std::to_string(counts[SG_VERDICT_DENY]) +
         ", \"wouldDeny\": " + std::to_string(counts[SG_VERDICT_WOULD_DENY]) +
         ", \"allowed\": " + std::to_string(counts[SG_VERDICT_ALLOW]);
}

std::string rules_json(const GuardView& view) {
  std::string out;
  for (std::size_t i = 0; i < view.meta->rules.size(); ++i) {
    const compile::MetaRule& rule = view.meta->rules[i];
    out += (i == 0 ? "\n    " : ",\n    ");
    out += "{\"rule\": " + std::to_string(i + 1) +
           ", \"kind\": " + json_quote(compile::kind_name(rule.kind)) +
           ", \"text\": " + json_quote(rule.text) + ", \"source\": " + json_quote(rule.source) +
           ", " + counts_json(view, i + 1) + "}";
  }
  return "[" + out + (out.empty() ? "" : "\n  ") + "]";
}

std::string_view events_name(policy::Events events) {
  switch (events) {
    case policy::Events::kOff:
      return "off";
    case policy::Events::kDenied:
      return "denied";
    case policy::Events::kWrites:
      break;
  }
  return "writes";
}

std::string namespaces_json(const policy::NamespaceSet& set) {
  std::vector<std::string> names;
  for (const policy::Namespace ns : policy::kNamespaces) {
    if (set.has(ns)) {
      names.push_back(json_quote(policy::namespace_name(ns)));
    }
  }
  return json_list(names);
}

std::string undo_json(const std::optional<Undoer>& undoer) {
  if (!undoer) {
    return "null";
  }
  std::vector<std::string> names;
  for (const std::string_view name : undoer->capabilities) {
    names.push_back(json_quote(name));
  }
  return "{\"pid\": " + std::to_string(undoer->pid) + ", \"capabilities\": " + json_list(names) +
         "}";
}

std::string neighbours_json(const std::vector<Neighbour>& neighbours) {
  std::vector<std::string> objects;
  for (const Neighbour& neighbour : neighbours) {
    objects.push_back("{\"pid\": " + std::to_string(neighbour.pid) + ", \"cgroup\": " + json_quote(neighbour.cgroup) + "}");
  }
  return json_list(objects);
}

std::string maps_json(const kernel::OurProgram& program) {
  std::vector<std::string> ids;
  for (const kernel::ProgramMap& map : program.maps) {
    ids.push_back(std::to_string(map.id));
  }
  return json_list(ids);
}

}  // namespace

std::string render_show_json(const GuardView& view, const ShowFacts& facts) {
  SG_CHECK(view.meta.has_value());
  const compile::Meta& meta = *view.meta;
  std::vector<std::string> cut;
  for (const std::string& text : meta.cut) {
    cut.push_back(json_quote(text));
  }
  const auto member = [](std::string_view name, const std::string& value) {
    return "  \"" + std::string(name) + "\": " + value + ",\n";
  };
  const bool audit = meta.audit != policy::Audit::kOff;
  return "{\n" + member("id", json_quote(meta.container_id)) +
         member("name", text_or_null(meta.container_name)) +
         member("mode", json_quote(mode_name(meta.audit))) +
         member("auditWithinLimit",
                audit ? (meta.audit == policy::Audit::kWithinLimit ? "true" : "false") : "null") +
         member("events", json_quote(events_name(meta.events))) +
         member("attachedAt",
                json_quote(rfc3339_text(static_cast<std::int64_t>(meta.attached_at_ns)))) +
         member("version", json_quote(meta.tool)) +
         member("nodePolicy", text_or_null(meta.origin.node_policy)) +
         member("profile", text_or_null(meta.origin.profile)) +
         member("privateNamespaces", namespaces_json(meta.origin.private_namespaces)) +
         member("procSys", proc_sys_json(meta, facts.proc_sys)) +
         member("unguardedNeighbours", neighbours_json(facts.neighbours)) +
         member("cut", json_list(cut)) + member("cgroup", json_quote(view.guard.cgroup)) +
         member("cgroupId", std::to_string(view.guard.cgroup_id)) +
         member("processes", std::to_string(facts.processes.count)) +
         member("canUndo", undo_json(facts.processes.undoer)) +
         member("program", std::to_string(view.guard.program.id)) +
         member("tag", json_quote(view.guard.program.tag)) +
         member("maps", maps_json(view.guard.program)) +
         member("otherPrograms", std::to_string(view.guard.others)) +
         member("tableBytes", std::to_string(facts.table_bytes)) +
         member("tableStates", facts.states ? std::to_string(*facts.states) : "null") +
         member("memoryBytes", std::to_string(facts.memory)) +
         member("noRule", "{" + counts_json(view, SG_RULE_NONE) + "}") +
         "  \"rules\": " + rules_json(view) + "\n}\n";
}

}  // namespace sg::app
