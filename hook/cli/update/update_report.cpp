// SPDX-License-Identifier: Apache-2.0
// update_report.cpp - two sets of metadata side by side, and examples with the rules that decide
// them.
#include "cli/update/update_report.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "base/json_write.h"
#include "base/text.h"
#include "policy/container_name.h"
#include "sysctl/sysctl_name.h"

namespace sg::cli {
namespace {

using compile::ChangedAccess;
using compile::Label;
using compile::Meta;

// The rule behind a label; nothing for "no rule", and for a number that the metadata has not.
const compile::MetaRule* rule_of(const Meta& meta, const Label& label) {
  return label.rule == 0 || label.rule > meta.rules.size() ? nullptr : &meta.rules[label.rule - 1];
}

// The rule that lets the access through, or no longer does; where no rule does, the one that
// refuses it now.
const compile::MetaRule* rule_to_show(const UpdateReport& report, const ChangedAccess& change,
                                      bool is_gained) {
  const compile::MetaRule* const before = rule_of(report.before, change.before);
  const compile::MetaRule* const after = rule_of(report.after, change.after);
  if (is_gained) {
    return after;
  }
  const bool is_denied_by_rule = after != nullptr && after->kind != policy::RuleKind::kUnmatched;
  return is_denied_by_rule ? after : before;
}

std::string verdicts(const ChangedAccess& change) {
  return std::string(policy::verdict_name(change.before.verdict)) + " -> " +
         std::string(policy::verdict_name(change.after.verdict));
}

// "net.a=1", "read net.a"; with what the sysctl holds in the example where that matters.
std::string text_of(const compile::ShownAccess& access) {
  const std::string name = escape(sysctl::to_dot_form(access.name), SIZE_MAX);
  if (!access.write) {
    return "read " + name;
  }
  return name + "=" + (access.is_unseen ? "(cannot be judged)" : escape(access.value, SIZE_MAX)) +
         compile::where_it_holds(access);
}

void add_rows(const UpdateReport& report, bool is_gained, TextTable& table) {
  for (const ChangedAccess& change :
       is_gained ? report.difference->gained : report.difference->lost) {
    const compile::MetaRule* const rule = rule_to_show(report, change, is_gained);
    table.add({is_gained ? "gained" : "lost", text_of(change.access), verdicts(change),
               rule == nullptr ? "(no rule)" : escape(rule->text, SIZE_MAX)});
  }
}

// Those that are new, or have another value.
std::vector<std::pair<std::string, std::string>> changed_annotations(const UpdateReport& report) {
  std::vector<std::pair<std::string, std::string>> changed;
  std::ranges::set_difference(report.after.origin.annotations, report.before.origin.annotations,
                              std::back_inserter(changed));
  return changed;
}

// One line for each annotation of ours that differs, and one for another node policy.
std::string lines_of_changes(const UpdateReport& report) {
  const compile::Origin& before = report.before.origin;
  const compile::Origin& after = report.after.origin;
  std::string text;
  for (const auto& [key, value] : changed_annotations(report)) {
    text += "  " + escape(key, SIZE_MAX) + "=" + escape(value, SIZE_MAX) + "\n";
  }
  for (const auto& [key, value] : before.annotations) {
    text += after.annotations.contains(key) ? "" : "  " + escape(key, SIZE_MAX) + " is gone\n";
  }
  return text + (before.node_policy == after.node_policy
                     ? ""
                     : "  node policy " + escape(after.node_policy, SIZE_MAX) + "\n");
}

Json escaped(std::string_view text) { return escape(text, SIZE_MAX); }

Json json_of(const Meta& meta, const Label& label) {
  const compile::MetaRule* const rule = rule_of(meta, label);
  return Json::object({{"verdict", policy::verdict_name(label.verdict)},
                       {"rule", rule == nullptr ? Json() : escaped(rule->text)},
                       {"source", rule == nullptr ? Json() : escaped(rule->source)}});
}

Json json_changes(const UpdateReport& report, const std::vector<ChangedAccess>& changes) {
  return Json::array_of(changes, [&report](const ChangedAccess& change) {
    const auto& access = change.access;
    return Json::object(
        {{"access", access.write ? "write" : "read"},
         {"name", escaped(access.name)},
         {"value", access.write && !access.is_unseen ? escaped(access.value) : Json()},
         {"current", access.current ? escaped(*access.current) : Json()},
         {"before", json_of(report.before, change.before)},
         {"after", json_of(report.after, change.after)}});
  });
}

std::string count_of(std::size_t count, bool has_more) {
  return (has_more ? "at least " : "") + std::to_string(count);
}

}  // namespace

std::string render_update_json(const UpdateReport& report) {
  std::vector<Json::Member> annotations;
  for (const auto& [key, value] : report.after.origin.annotations) {
    annotations.push_back({key, value});
  }
  const compile::Difference* const difference = report.difference ? &*report.difference : nullptr;
  const policy::ContainerName name = policy::parse_container_name(report.container.name);
  return Json::object(
             {{"container", escaped(report.container.id)},
              {"name", text_or_null(escape(name.name, SIZE_MAX))},
              {"namespace", text_or_null(escape(name.pod_namespace, SIZE_MAX))},
              {"pod", text_or_null(escape(name.pod, SIZE_MAX))},
              {"sandbox", name.is_sandbox()},
              {"done", report.is_done},
              {"annotations", Json::object(std::move(annotations))},
              {"gained", difference == nullptr ? Json() : json_changes(report, difference->gained)},
              {"moreGained", difference == nullptr ? Json() : Json(difference->has_more_gained)},
              {"lost", difference == nullptr ? Json() : json_changes(report, difference->lost)},
              {"moreLost", difference == nullptr ? Json() : Json(difference->has_more_lost)},
              {"notes", Json::array_of(report.notes)}})
      .document();
}

std::string render_update(const UpdateReport& report, std::size_t width) {
  const std::string called =
      policy::shown_name(policy::parse_container_name(report.container.name));
  const std::string name =
      called.empty() ? "" : " (" + escape(called, policy::kContainerNameMax) + ")";
  std::string text = std::string(report.is_done ? "updated " : "would update ") +
                     escape(report.container.id, 128) + name + ": " + summary_of(report) + "\n" +
                     lines_of_changes(report);
  if (report.difference && !report.difference->is_empty()) {
    TextTable table({{"CHANGE"}, {"ACCESS", Fit::kCut}, {"VERDICT"}, {"RULE", Fit::kCut}}, width);
    add_rows(report, /*is_gained=*/true, table);
    add_rows(report, /*is_gained=*/false, table);
    text += "\n" + table.take();
    text += report.difference->has_more_gained || report.difference->has_more_lost
                ? "(and others)\n"
                : "";
  }
  for (const std::string& note : report.notes) {
    text += "note: " + note + "\n";
  }
  return text;
}

std::string summary_of(const UpdateReport& report) {
  if (!report.difference) {
    return "what is gained and lost is not known";
  }
  const compile::Difference& difference = *report.difference;
  if (difference.is_empty()) {
    return "every access is judged as before";
  }
  const bool is_one_more = difference.gained.size() == 1 && !difference.has_more_gained;
  const bool is_one_less = difference.lost.size() == 1 && !difference.has_more_lost;
  return count_of(difference.gained.size(), difference.has_more_gained) +
         (is_one_more ? " rule allows more, " : " rules allow more, ") +
         count_of(difference.lost.size(), difference.has_more_lost) +
         (is_one_less ? " allows less" : " allow less");
}

std::string replaced_in(const UpdateReport& report) {
  constexpr std::size_t kKeyMax = 128;
  constexpr std::size_t kValueMax = 256;
  const compile::Origin& before = report.before.origin;
  const compile::Origin& after = report.after.origin;
  std::string text;
  if (after.node_policy != before.node_policy) {
    text += "; policy " + escape(after.node_policy, kValueMax);
  }
  for (const auto& [key, value] : before.annotations) {
    text += after.annotations.contains(key) ? "" : "; without " + escape(key, kKeyMax);
  }
  for (const auto& [key, value] : changed_annotations(report)) {
    text += "; " + escape(key, kKeyMax) + "=" + escape(value, kValueMax);
  }
  return text;
}

}  // namespace sg::cli
