// SPDX-License-Identifier: Apache-2.0
// show_report.cpp - facts line by line, warnings, and a row for each rule below its source.
#include "app/guards/show_report.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "app/events/time_text.h"
#include "app/guards/list_report.h"
#include "request/node_policy_file.h"
#include "base/check.h"
#include "base/text.h"
#include "event_abi.h"

namespace sg::app {
namespace {

constexpr std::size_t kLabelWidth = 13;
constexpr std::size_t kTextMax = SIZE_MAX;  // all of it

std::string right(std::string text, std::size_t width) {
  return std::string(width - std::min(width, text.size()), ' ') + text;
}

// The text behind `begin`, broken where it would pass the width of tables: at a blank where there is one, and
// indented as wide as `begin`.
std::string broken(std::string begin, std::string_view text) {
  const std::size_t indent = begin.size();
  const std::size_t width = kTableWidth - indent;
  std::string out = std::move(begin);
  while (text.size() > width) {
    std::size_t cut = text.substr(0, width + 1).rfind(' ');
    const bool at_blank = cut != text.npos && cut > 0;
    cut = at_blank ? cut : width;
    out += std::string(text.substr(0, cut)) + "\n" + std::string(indent, ' ');
    text.remove_prefix(cut + (at_blank ? 1 : 0));
  }
  return out + std::string(text) + "\n";
}

std::string fact(std::string_view label, std::string_view text) {
  std::string begin(label);
  begin.resize(kLabelWidth, ' ');
  return broken(std::move(begin), text);
}

// "1 program", "2 programs", "2 processes".
std::string counted(std::size_t count, const std::string& noun) {
  const std::string many = noun.ends_with('s') ? "es" : "s";
  return std::to_string(count) + " " + noun + (count == 1 ? "" : many);
}

std::string joined(const std::vector<std::string_view>& words, std::string_view between) {
  std::string out;
  for (const std::string_view word : words) {
    out += (out.empty() ? "" : std::string(between)) + std::string(word);
  }
  return out;
}

std::string namespaces_of(const compile::Meta& meta) {
  std::vector<std::string_view> names;
  for (const policy::Namespace ns : policy::kNamespaces) {
    if (meta.origin.private_namespaces.has(ns)) {
      names.push_back(policy::namespace_name(ns));
    }
  }
  return names.empty() ? "none of its own" : "its own are " + joined(names, ", ");
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

std::string program_text(const GuardView& view) {
  std::string maps;
  for (const kernel::ProgramMap& map : view.guard.program.maps) {
    maps += (maps.empty() ? "" : " ") + std::to_string(map.id);
  }
  return std::to_string(view.guard.program.id) + " " + escape(view.guard.program.name) + ", tag " +
         view.guard.program.tag + ", maps " + maps;
}

std::string attached_text(const compile::Meta& meta, std::int64_t now_ns) {
  const auto at = static_cast<std::int64_t>(meta.attached_at_ns);
  constexpr std::size_t kSeconds = std::string_view("2026-11-25T09:30:00").size();
  return rfc3339_text(at).substr(0, kSeconds) + "Z, " + age_text(now_ns, at) +
         " ago, by sysctl-guard " + escape(meta.tool);
}

std::string facts_text(const GuardView& view, const ShowFacts& facts, std::int64_t now_ns) {
  const compile::Meta& meta = *view.meta;
  const compile::Origin& origin = meta.origin;
  std::string out = fact("container", escape(meta.container_id, kTextMax));
  if (!meta.container_name.empty()) {
    out += fact("name", escape(meta.container_name, kTextMax));
  }
  out +=
      fact("mode", mode_text(meta.audit)) + fact("events", events_text(meta.events)) +
      fact("attached", attached_text(meta, now_ns)) +
      fact("node policy",
           origin.node_policy.empty() ? std::string(request::kNodePolicyFile) + ", if it is there"
                                      : escape(origin.node_policy, kTextMax)) +
      (origin.profile.empty() ? "" : fact("profile", escape(origin.profile, kTextMax))) +
      fact("namespaces", namespaces_of(meta)) +
      fact("/proc/sys", proc_sys_text(meta, facts.proc_sys)) +
      fact("cgroup", escape(view.guard.cgroup, kTextMax) + ", ID " +
                         std::to_string(view.guard.cgroup_id) + ", " +
                         counted(facts.processes.count, "process")) +
      fact("program", program_text(view)) +
      fact("table", std::to_string(facts.table_bytes) + " bytes, " +
                        (facts.states ? std::to_string(*facts.states) : "?") + " states") +
      fact("memory", std::to_string(facts.memory) + " bytes in the kernel") +
      fact("others", view.guard.others == 0 ? "no other cgroup/sysctl program on this cgroup"
                                            : counted(view.guard.others, "cgroup/sysctl program") +
                                                  " of others on this cgroup");
  for (const std::string& cut : meta.cut) {
    out += fact("cut off", escape(cut, kTextMax));
  }
  for (const Neighbour& neighbour : facts.neighbours) {
    out += fact("warning", "process " + std::to_string(neighbour.pid) + " of cgroup " +
                               escape(neighbour.cgroup, kTextMax) +
                               " is in the container's PID namespace and has no guard: it may reach what is writable here");
  }
  if (facts.processes.undoer) {
    out += fact("warning",
                "process " + std::to_string(facts.processes.undoer->pid) + " may have " +
                    joined(facts.processes.undoer->capabilities, ", ") +
                    " in the host's user namespace: with it the container can undo its guard");
  }
  return out;
}

// Number, three counts, then the rule.
std::string rule_row(const std::string& number, const kernel::RuleCounts* counts,
                     std::string_view text) {
  const auto cell = [&](unsigned verdict, std::size_t width) {
    return right(counts == nullptr ? "?" : short_number((*counts)[verdict]), width);
  };
  return broken(right(number, 5) + "  " + cell(SG_VERDICT_DENY, 8) + "  " +
                    cell(SG_VERDICT_WOULD_DENY, 10) + "  " + cell(SG_VERDICT_ALLOW, 8) + "  ",
                text);
}

std::string rules_text(const GuardView& view) {
  const auto counts_of = [&](std::size_t rule) {
    return view.counts ? &(*view.counts)[rule] : nullptr;
  };
  std::string out = "\n RULE    DENIED  WOULD-DENY   ALLOWED  in the order in which they decide\n";
  std::string_view source;
  const std::vector<compile::MetaRule>& rules = view.meta->rules;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (rules[i].source != source) {
      source = rules[i].source;
      out += broken("", escape(source, kTextMax) + ":");
    }
    out += rule_row(
        std::to_string(i + 1), counts_of(i + 1),
        std::string(compile::kind_name(rules[i].kind)) + " " + escape(rules[i].text, kTextMax));
  }
  return out + "no rule:\n" + rule_row("-", counts_of(SG_RULE_NONE), "deny");
}

}  // namespace

std::string render_show_text(const GuardView& view, const ShowFacts& facts, std::int64_t now_ns) {
  SG_CHECK(view.meta.has_value());
  return facts_text(view, facts, now_ns) + rules_text(view);
}

}  // namespace sg::app
