// SPDX-License-Identifier: Apache-2.0
// update_report.cpp - two sets of metadata side by side, and examples with the rules that decide them.
#include "app/update/update_report.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "app/text_table.h"
#include "base/json.h"
#include "base/text.h"
#include "policy/sysctl_name.h"

namespace sg::app {
namespace {

using compile::ChangedAccess;
using compile::Label;
using compile::Meta;

// The rule behind a label; nothing for "no rule", and for a number that the metadata has not.
const compile::MetaRule* rule_of(const Meta& meta, const Label& label) {
  return label.rule == 0 || label.rule > meta.rules.size() ? nullptr : &meta.rules[label.rule - 1];
}

// The rule that lets the access through, or no longer does; where no rule does, the one that refuses it now.
const compile::MetaRule* rule_to_show(const UpdateReport& report, const ChangedAccess& change, bool is_gained) {
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

void add_rows(const UpdateReport& report, bool is_gained, std::vector<std::vector<std::string>>& rows) {
  for (const ChangedAccess& change : is_gained ? report.difference->gained : report.difference->lost) {
    const compile::MetaRule* const rule = rule_to_show(report, change, is_gained);
    const std::string value = change.access.is_unseen ? "(cannot be judged)" : escape(change.access.value, SIZE_MAX);
    const std::string name = escape(policy::to_dot_form(change.access.name), SIZE_MAX);
    rows.push_back({is_gained ? "gained" : "lost",
                    change.access.write ? name + "=" + value : "read " + name, verdicts(change),
                    rule == nullptr ? "(no rule)" : escape(rule->text, SIZE_MAX)});
  }
}

// One line for each annotation of ours that differs.
std::string changed_annotations(const Meta& before, const Meta& after) {
  std::string text;
  const auto& was = before.origin.annotations;
  const auto& is = after.origin.annotations;
  for (const auto& [key, value] : is) {
    const auto old = was.find(key);
    if (old == was.end() || old->second != value) {
      text += "  " + escape(key, SIZE_MAX) + "=" + escape(value, SIZE_MAX) + "\n";
    }
  }
  for (const auto& [key, value] : was) {
    if (!is.contains(key)) {
      text += "  " + escape(key, SIZE_MAX) + " is gone\n";
    }
  }
  if (before.origin.node_policy != after.origin.node_policy) {
    text += "  node policy " + escape(after.origin.node_policy, SIZE_MAX) + "\n";
  }
  return text;
}

std::string quote(std::string_view text) { return json_quote(escape(text, SIZE_MAX)); }

std::string json_label(const Meta& meta, const Label& label) {
  const compile::MetaRule* const rule = rule_of(meta, label);
  return "{\"verdict\": " + json_quote(policy::verdict_name(label.verdict)) +
         ", \"rule\": " + (rule == nullptr ? "null" : quote(rule->text)) +
         ", \"source\": " + (rule == nullptr ? "null" : quote(rule->source)) + "}";
}

std::string json_changes(const UpdateReport& report, const std::vector<ChangedAccess>& changes) {
  std::string text = "[";
  for (const ChangedAccess& change : changes) {
    const bool has_value = change.access.write && !change.access.is_unseen;
    text += (text.size() == 1 ? "\n    {" : ",\n    {");
    text += "\"access\": \"" + std::string(change.access.write ? "write" : "read") + "\", \"name\": " +
            quote(change.access.name) + ", \"value\": " + (has_value ? quote(change.access.value) : "null") +
            ",\n     \"before\": " + json_label(report.before, change.before) +
            ",\n     \"after\": " + json_label(report.after, change.after) + "}";
  }
  return text + (text.size() == 1 ? "]" : "\n  ]");
}

std::string json_strings(const std::vector<std::string>& strings) {
  std::string text = "[";
  for (const std::string& string : strings) {
    text += (text.size() == 1 ? "" : ", ") + json_quote(string);
  }
  return text + "]";
}

std::string count_of(std::size_t count, bool has_more) {
  return (has_more ? "at least " : "") + std::to_string(count);
}

const char* word(bool value) { return value ? "true" : "false"; }

}  // namespace

std::string render_update_json(const UpdateReport& report) {
  std::string annotations;
  for (const auto& [key, value] : report.after.origin.annotations) {
    annotations += (annotations.empty() ? "" : ", ") + json_quote(key) + ": " + json_quote(value);
  }
  const Meta& after = report.after;
  std::string text = "{\n  \"container\": " + quote(after.container_id) + ",\n  \"name\": " +
                     (after.container_name.empty() ? "null" : quote(after.container_name)) +
                     ",\n  \"done\": " + word(report.is_done) + ",\n  \"annotations\": {" + annotations + "}";
  if (report.difference) {
    text += ",\n  \"gained\": " + json_changes(report, report.difference->gained) +
            ",\n  \"moreGained\": " + word(report.difference->has_more_gained) +
            ",\n  \"lost\": " + json_changes(report, report.difference->lost) +
            ",\n  \"moreLost\": " + word(report.difference->has_more_lost);
  } else {
    text += ",\n  \"gained\": null,\n  \"moreGained\": null,\n  \"lost\": null,\n  \"moreLost\": null";
  }
  return text + ",\n  \"notes\": " + json_strings(report.notes) + "\n}\n";
}

std::string render_update(const UpdateReport& report) {
  const Meta& after = report.after;
  const std::string name = after.container_name.empty() ? "" : " (" + escape(after.container_name, 64) + ")";
  std::string text = std::string(report.is_done ? "updated " : "would update ") + escape(after.container_id, 128) +
                     name + ": " + summary_of(report) + "\n" + changed_annotations(report.before, after);
  if (report.difference && !report.difference->is_empty()) {
    std::vector<std::vector<std::string>> rows;
    add_rows(report, /*is_gained=*/true, rows);
    add_rows(report, /*is_gained=*/false, rows);
    text += "\n" + text_table({"CHANGE", "ACCESS", "VERDICT", "RULE"}, rows, kLineWidth);
    text += report.difference->has_more_gained || report.difference->has_more_lost ? "(and others)\n" : "";
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
  return "accesses of " + count_of(difference.gained.size(), difference.has_more_gained) +
         (difference.gained.size() == 1 && !difference.has_more_gained ? " rule gained, of " : " rules gained, of ") +
         count_of(difference.lost.size(), difference.has_more_lost) + " lost";
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
  for (const auto& [key, value] : after.annotations) {
    const auto old = before.annotations.find(key);
    if (old == before.annotations.end() || old->second != value) {
      text += "; " + escape(key, kKeyMax) + "=" + escape(value, kValueMax);
    }
  }
  return text;
}

}  // namespace sg::app
