// SPDX-License-Identifier: Apache-2.0
// show_report.cpp - facts line by line, warnings, and a row for each rule below its source; and all
// of it as JSON.
#include "cli/show/show_report.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/json_write.h"
#include "base/text.h"
#include "base/time_text.h"
#include "event_abi.h"

namespace sg::cli {
namespace {

constexpr std::size_t kLabelWidth = 13;
constexpr std::size_t kTextMax = SIZE_MAX;  // all of it

// A fact beside its label, broken at a blank where it would be wider than `width`.
class Facts {
 public:
  explicit Facts(std::size_t width) : room_(width - kLabelWidth) {}

  void add(std::string label, std::string_view text) {
    label.resize(kLabelWidth, ' ');
    while (text.size() > room_) {
      const std::size_t blank = text.substr(0, room_ + 1).rfind(' ');
      const bool at_blank = blank != text.npos && blank > 0;
      const std::size_t cut = at_blank ? blank : room_;
      out_ += label + std::string(text.substr(0, cut)) + "\n";
      text.remove_prefix(cut + (at_blank ? 1 : 0));
      label.assign(kLabelWidth, ' ');
    }
    out_ += label + std::string(text) + "\n";
  }
  [[nodiscard]] const std::string& text() const { return out_; }

 private:
  std::size_t room_;
  std::string out_;
};

// "1 program", "2 programs", "2 processes".
std::string counted(std::size_t count, const std::string& noun) {
  const std::string many = noun.ends_with('s') ? "es" : "s";
  return std::to_string(count) + " " + noun + (count == 1 ? "" : many);
}

std::vector<std::string> namespaces_of(const compile::Meta& meta) {
  std::vector<std::string> names;
  for (const sysctl::Namespace ns : sysctl::kNamespaces) {
    if (meta.origin.private_namespaces.has(ns)) {
      names.emplace_back(sysctl::namespace_name(ns));
    }
  }
  return names;
}

std::string_view mode_text(policy::Audit audit) {
  switch (audit) {
    case policy::Audit::kOff:
      return "enforce: what the policy denies is refused";
    case policy::Audit::kWithinLimit:
      return "audit: what the policy denies is let through, within the node's limit";
    case policy::Audit::kFull:
      break;
  }
  return "audit: what the policy denies is let through";
}

std::string_view events_text(policy::Events events) {
  switch (events) {
    case policy::Events::kOff:
      return "off";
    case policy::Events::kDenied:
      return "denied: for accesses that the policy denies";
    case policy::Events::kWrites:
      break;
  }
  return "writes: for accesses that the policy denies, and for each write";
}

std::string_view refusal_name(const compile::Meta& meta) {
  return policy::kRefusalNames[static_cast<std::size_t>(meta.refuse)];
}

std::string program_text(const guard::GuardView& view) {
  std::string maps;
  for (const kernel::ProgramMap& map : view.guard.program->maps) {
    maps += (maps.empty() ? "" : " ") + std::to_string(map.id);
  }
  return std::to_string(view.guard.program->id) + " " + escape(view.guard.program->name) +
         ", tag " + view.guard.program->tag + ", maps " + maps;
}

// What the container takes by itself, and what others share with it.
std::string memory_text(const ShowFacts& facts) {
  const std::string program = std::to_string(facts.program_memory) + " bytes of the program";
  if (facts.own_memory == 0) {
    return program;
  }
  return std::to_string(facts.own_memory) + " bytes of its own, and " + program +
         (facts.sharing > 1 ? ", which " + counted(facts.sharing, "container") + " share" : "");
}

std::string attached_text(const guard::GuardView& view, std::int64_t now_ns) {
  const auto at = static_cast<std::int64_t>(view.container.attached_at_ns);
  constexpr std::size_t kSeconds = std::string_view("2026-11-25T09:30:00").size();
  return rfc3339_text(at).substr(0, kSeconds) + "Z, " + age_text(now_ns, at) +
         " ago, by sysctl-guard " + escape(view.meta->tool);
}

void add_facts(const guard::GuardView& view, const ShowFacts& facts, std::int64_t now_ns,
               Facts& out) {
  const compile::Meta& meta = *view.meta;
  const compile::Origin& origin = meta.origin;
  out.add("container", escape(view.container.id, kTextMax));
  if (const std::string name = guard::shown_name(view); !name.empty()) {
    out.add("name", escape(name, kTextMax));
  }
  out.add("mode", mode_text(meta.audit));
  out.add("refusals", "get " + std::string(refusal_name(meta)));
  out.add("events", events_text(meta.events));
  out.add("attached", attached_text(view, now_ns));
  out.add("node policy", facts.node_policy.empty()
                             ? "none is installed: the defaults"
                             : escape(facts.node_policy, kTextMax) +
                                   (facts.has_new_node_policy ? ", which has changed since" : ""));
  if (!meta.assigned.empty()) {
    out.add("profile", escape(meta.assigned, kTextMax) + ", which the node policy assigns");
  } else if (!origin.profile.empty()) {
    out.add("profile", escape(origin.profile, kTextMax));
  }
  const std::vector<std::string> own = namespaces_of(meta);
  out.add("namespaces", own.empty() ? "none of its own" : "its own are " + join(own, ", "));
  out.add("/proc/sys", guard::proc_sys_text(meta, facts.proc_sys));
  out.add("cgroup", escape(view.guard.cgroup, kTextMax) + ", ID " +
                        std::to_string(view.guard.cgroup_id) + ", " +
                        counted(facts.processes.count, "process"));
  out.add("program", program_text(view));
  out.add("table", std::to_string(facts.table_bytes) + " bytes, " +
                       (facts.states ? std::to_string(*facts.states) : "?") + " states");
  out.add("memory", memory_text(facts));
  out.add("others", view.guard.others == 0 ? "no other cgroup/sysctl program on this cgroup"
                                           : counted(view.guard.others, "cgroup/sysctl program") +
                                                 " of others on this cgroup");
  if (const std::size_t first = guard::first_counted_together(view); first != 0) {
    const kernel::RuleCounts& counts = (*view.counts)[first];
    std::string sums;
    for (const policy::VerdictRow& row : policy::kVerdicts) {
      sums += (sums.empty() ? "" : ", ") + short_number(guard::count_of(counts, row.verdict)) +
              " " + std::string(row.counter);
    }
    out.add("counters",
            "the rules from " + std::to_string(first) +
                " on are counted together, as each would take room for every processor: " + sums);
  }
  for (const std::string& cut : meta.cut) {
    out.add("cut off", escape_unprintable(cut, kTextMax));
  }
  for (const guard::Neighbour& neighbour : facts.neighbours) {
    out.add("warning", "process " + std::to_string(neighbour.pid) + " of cgroup " +
                           escape(neighbour.cgroup, kTextMax) +
                           " is in the container's PID namespace and has no guard: it may reach "
                           "what is writable here");
  }
  if (const std::optional<guard::Undoer>& undoer = facts.processes.undoer) {
    const std::vector<std::string> capabilities(undoer->capabilities.begin(),
                                                undoer->capabilities.end());
    out.add("warning",
            "process " + std::to_string(undoer->pid) + " may have " + join(capabilities, ", ") +
                " in the host's user namespace: with it the container can undo its guard");
  }
}

// The number of the rule, its counts, and what it says.
std::vector<std::string> cells_of(const guard::GuardView& view, std::size_t rule,
                                  std::string text) {
  std::vector<std::string> cells = {rule == SG_RULE_NONE ? "-" : std::to_string(rule)};
  const std::optional<kernel::RuleCounts> counts = guard::counts_of_rule(view, rule);
  for (const policy::VerdictRow& row : policy::kVerdicts) {
    cells.push_back(counts ? short_number(guard::count_of(*counts, row.verdict)) : "?");
  }
  cells.push_back(std::move(text));
  return cells;
}

std::string rules_text(const guard::GuardView& view, std::size_t width) {
  std::vector<Column> columns = {{"RULE", Fit::kWhole, true}};
  for (const policy::VerdictRow& row : policy::kVerdicts) {
    columns.push_back({std::string(row.title), Fit::kWhole, true});
  }
  columns.push_back({"in the order in which they decide", Fit::kWrap});
  TextTable table(std::move(columns), width);
  std::string_view source;
  const std::vector<compile::MetaRule>& rules = view.meta->rules;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (rules[i].source != source) {
      source = rules[i].source;
      table.add_line(escape(source, kTextMax) + ":");
    }
    table.add(cells_of(
        view, i + 1,
        std::string(compile::kind_name(rules[i].kind)) + " " + escape(rules[i].text, kTextMax)));
  }
  table.add_line("no rule:");
  table.add(cells_of(view, SG_RULE_NONE, "deny"));
  return table.take();
}

Json counts_of(const guard::GuardView& view, std::size_t rule,
               std::vector<Json::Member> members = {}) {
  for (Json::Member& member : guard::count_members(guard::counts_of_rule(view, rule))) {
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

Json undoer_of(const std::optional<guard::Undoer>& undoer) {
  if (!undoer) {
    return {};
  }
  return Json::object(
      {{"pid", undoer->pid}, {"capabilities", Json::array_of(undoer->capabilities)}});
}

}  // namespace

std::string render_show_text(const guard::GuardView& view, const ShowFacts& facts,
                             std::int64_t now_ns, std::size_t width) {
  SG_CHECK(view.meta != nullptr);
  Facts out(width);
  add_facts(view, facts, now_ns, out);
  return out.text() + "\n" + rules_text(view, width);
}

std::string render_show_json(const guard::GuardView& view, const ShowFacts& facts) {
  SG_CHECK(view.meta != nullptr);
  const compile::Meta& meta = *view.meta;
  const kernel::OurProgram& program = *view.guard.program;
  const std::size_t together = guard::first_counted_together(view);
  const auto neighbour = [](const guard::Neighbour& found) {
    return Json::object({{"pid", found.pid}, {"cgroup", found.cgroup}});
  };
  std::vector<Json::Member> members = {{"id", view.container.id}};
  std::ranges::move(guard::name_members(view.name), std::back_inserter(members));
  members.insert(
      members.end(),
      {{"engineName", text_or_null(view.engine_name)},
       {"mode", guard::mode_name(meta.audit)},
       {"auditWithinLimit", meta.audit == policy::Audit::kOff
                                ? Json()
                                : Json(meta.audit == policy::Audit::kWithinLimit)},
       {"refuse", refusal_name(meta)},
       {"events", policy::kEventsNames[static_cast<std::size_t>(meta.events)]},
       {"attachedAt", rfc3339_text(static_cast<std::int64_t>(view.container.attached_at_ns))},
       {"version", meta.tool},
       {"nodePolicy", text_or_null(facts.node_policy)},
       {"profile", text_or_null(meta.assigned.empty() ? meta.origin.profile : meta.assigned)},
       {"privateNamespaces", Json::array_of(namespaces_of(meta))},
       {"procSys", guard::proc_sys_json(meta, facts.proc_sys)},
       {"unguardedNeighbours", Json::array_of(facts.neighbours, neighbour)},
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
       {"memoryBytes", facts.own_memory + facts.program_memory},
       {"ownMemoryBytes", facts.own_memory},
       {"sharedBy", facts.sharing},
       {"countedTogetherFrom", together == 0 ? Json() : Json(together)},
       {"noRule", counts_of(view, SG_RULE_NONE)},
       {"rules", rules_of(view)}});
  return Json::object(std::move(members)).document();
}

}  // namespace sg::cli
