// SPDX-License-Identifier: Apache-2.0
// cmd_metrics.cpp - counters of rules summed by container and family, within a bound on series;
// printed, or into a file.
//
// Series keep their names from one scrape to the next: containers are taken oldest first, families
// in the order of the rules. What can be counted is there from the start, as 0, or the first denial
// would be no increase.
#include "cli/metrics/cmd_metrics.h"

#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "base/file_write.h"
#include "base/text.h"
#include "cli/commands.h"
#include "event_abi.h"
#include "guard/read_guards.h"
#include "kernel/bpf_dir.h"
#include "sysctl/sysctl_name.h"

namespace sg::cli {
namespace {

using policy::RuleKind;
using policy::Verdict;

constexpr std::string_view kUnmatched = "unmatched";

// Family and verdict -> count, of one container.
using Counts = std::map<std::pair<std::string, Verdict>, std::uint64_t>;

struct Series {
  std::string container;
  policy::ContainerName name;
  Counts counts;
};

// What a rule of this kind decides as a rule; its series is there before it has.
Verdict usual_verdict(RuleKind kind, policy::Audit audit) {
  if (kind == RuleKind::kPair || kind == RuleKind::kAllow) {
    return Verdict::kAllow;
  }
  return audit == policy::Audit::kOff ? Verdict::kDeny : Verdict::kWouldDeny;
}

void add_rule(Counts& counts, const std::string& family, Verdict usual,
              const kernel::RuleCounts& rule) {
  for (const policy::VerdictRow& row : policy::kVerdicts) {
    const std::uint64_t count = guard::count_of(rule, row.verdict);
    if (count > 0 || row.verdict == usual) {
      counts[{family, row.verdict}] += count;
    }
  }
}

Counts counts_of(const guard::GuardView& view) {
  const compile::Meta& meta = *view.meta;
  Counts counts;
  add_rule(counts, std::string(kUnmatched), usual_verdict(RuleKind::kUnmatched, meta.audit),
           (*view.counts)[SG_RULE_NONE]);
  std::vector<std::string> families = {std::string(kUnmatched)};
  if (const std::size_t together = guard::first_counted_together(view); together != 0) {
    kernel::RuleCounts others = (*view.counts)[together];
    if (guard::has_read_rule_from(meta, together)) {
      others[static_cast<std::size_t>(policy::Verdict::kAllow)] = 0;
    }
    add_rule(counts, std::string(kOther), usual_verdict(RuleKind::kDeny, meta.audit), others);
  }
  for (std::size_t i = 0; i < meta.rules.size(); ++i) {
    const RuleKind kind = meta.rules[i].kind;
    if (kind == RuleKind::kReadable || kind == RuleKind::kAllowRead) {
      continue;  // reads that are let through
    }
    std::string family = family_of(meta.rules[i]);
    if (std::ranges::find(families, family) == families.end()) {
      if (families.size() < kFamiliesMax) {
        families.push_back(family);
      } else {
        family = kOther;
      }
    }
    add_rule(counts, family, usual_verdict(kind, meta.audit),
             guard::counts_of_rule(view, i + 1).value_or(kernel::RuleCounts{}));
  }
  return counts;
}

// One for each container, oldest first; two guards of one container are one.
std::vector<Series> series_of(std::span<const guard::GuardView> views) {
  std::vector<const guard::GuardView*> sorted;
  for (const guard::GuardView& view : views) {
    if (!view.container.id.empty() && view.counts) {
      sorted.push_back(&view);
    }
  }
  std::ranges::sort(sorted, {}, [](const guard::GuardView* view) {
    return std::tuple(view->container.attached_at_ns, std::string_view(view->container.id),
                      view->guard.cgroup_id);
  });
  std::vector<Series> series;
  std::map<std::string_view, std::size_t> index;
  for (const guard::GuardView* const view : sorted) {
    const auto [found, is_new] = index.emplace(view->container.id, series.size());
    if (is_new) {
      series.push_back({view->container.id, view->name, {}});
    }
    for (const auto& [key, count] : counts_of(*view)) {
      series[found->second].counts[key] += count;
    }
  }
  return series;
}

// Containers without room are summed into one.
void apply_bound(std::vector<Series>& series) {
  constexpr std::size_t kOfOther = policy::kVerdicts.size();  // a series for each verdict
  Series other{std::string(kOther), {}, {}};
  std::size_t count = kOfOther;
  std::erase_if(series, [&](const Series& one) {
    if (count + one.counts.size() <= kSeriesMax) {
      count += one.counts.size();
      return false;
    }
    for (const auto& [key, value] : one.counts) {
      other.counts[{std::string(kOther), key.second}] += value;
    }
    return true;
  });
  if (!other.counts.empty()) {
    series.push_back(std::move(other));
  }
}

std::string heading(const std::string& name, std::string_view type, std::string_view help) {
  return "# HELP " + name + " " + std::string(help) + "\n# TYPE " + name + " " + std::string(type) +
         "\n";
}

std::string counter(const std::string& name, std::string_view help, std::uint64_t value) {
  return heading(name, "counter", help) + name + " " + std::to_string(value) + "\n";
}

std::string guards_text(std::span<const guard::GuardView> views) {
  std::map<std::string_view, std::size_t> modes = {{"audit", 0}, {"enforce", 0}, {"unknown", 0}};
  for (const guard::GuardView& view : views) {
    ++modes[view.meta ? guard::mode_name(view.meta->audit) : "unknown"];
  }
  std::string out =
      heading("sysctl_guard_guards", "gauge",
              "Guards that are attached; unknown: by another version of sysctl-guard.");
  for (const auto& [mode, count] : modes) {
    out += "sysctl_guard_guards{mode=" + label_value(mode) + "} " + std::to_string(count) + "\n";
  }
  return out;
}

// Where there is no pod, none: to Prometheus an absent label is an empty one.
std::string pod_labels(const policy::ContainerName& name) {
  return name.is_in_pod()
             ? ",namespace=" + label_value(name.pod_namespace) + ",pod=" + label_value(name.pod)
             : "";
}

std::string accesses_text(std::span<const guard::GuardView> views) {
  std::vector<Series> series = series_of(views);
  apply_bound(series);
  std::string out = heading(
      "sysctl_guard_accesses_total", "counter",
      "Writes, and reads that the policy denies, since the guard was attached or replaced.");
  for (const Series& one : series) {
    for (const auto& [key, count] : one.counts) {
      out += "sysctl_guard_accesses_total{container=" + label_value(one.container) +
             ",name=" + label_value(one.name.name) + pod_labels(one.name) +
             ",family=" + label_value(key.first) +
             ",verdict=" + label_value(policy::verdict_name(key.second)) + "} " +
             std::to_string(count) + "\n";
    }
  }
  return out;
}

// A device or a link would not be written to, but replaced.
Status write_file(const std::string& path, const std::string& text) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) == 0 && !S_ISREG(found.st_mode)) {
    return Error{Errc::kUsage, "--output: '" + escape(path) + "' is there and no regular file",
                 "name a file; without --output standard output is written to"};
  }
  const std::size_t slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  if (::stat(directory.c_str(), &found) != 0 || !S_ISDIR(found.st_mode)) {
    return Error{Errc::kUsage, "--output: '" + escape(directory) + "' is not a directory",
                 "name the one that node_exporter reads, or make it"};
  }
  return replace_file(path, text);
}

Result<Outcome> run(const Arguments& arguments) {
  const std::optional<std::string> output = arguments.value("--output");
  if (output == "") {
    return wrong_arguments("--output: the file has no name");
  }
  const Result<std::vector<guard::GuardView>> views = guard::read_guards();
  if (!views) {
    return outcome_of(views.error());
  }
  const bool is_foreign = kernel::look_at_bpf_dir().state == kernel::BpfDirState::kForeign;
  const Result<kernel::EventMaps> maps = kernel::open_event_maps();
  const Result<kernel::HostCounts> counts =
      maps ? kernel::read_host_counts(*maps) : Result<kernel::HostCounts>(maps.error());
  std::string text = render_metrics(*views, counts ? std::optional(*counts) : std::nullopt) +
                     render_event_directory(is_foreign);
  if (!output) {
    return Outcome{.output = std::move(text)};
  }
  const Status written = write_file(*output, text);
  return written ? Outcome{} : outcome_of(written.error());
}

}  // namespace

std::string family_of(const compile::MetaRule& rule) {
  if (rule.kind == RuleKind::kUnmatched) {
    return std::string(kUnmatched);
  }
  if (rule.kind == RuleKind::kBeyondLimit) {
    return "beyond-limit";
  }
  std::string_view text = rule.text;
  if (const std::size_t open = text.find('['); text.starts_with('@') && open != text.npos) {
    text = text.substr(open + 1);  // "@group [rule]"
    text.remove_suffix(text.ends_with(']') ? 1 : 0);
  }
  text = text.substr(0, text.find('='));
  while (!text.empty() && is_blank(text.back())) {
    text.remove_suffix(1);
  }
  const std::string slashes = sysctl::to_slash_form(text);
  const std::vector<std::string_view> components = split(slashes, '/');
  return std::string(components[0]) +
         (components.size() > 1 ? "." + std::string(components[1]) : "");
}

std::string label_value(std::string_view text) {
  std::string out = "\"";
  for (const char c : escape(text, SIZE_MAX)) {
    if (c == '"' || c == '\\') {
      out += '\\';
    }
    out += c;
  }
  return out + "\"";
}

std::string render_metrics(std::span<const guard::GuardView> views,
                           const std::optional<kernel::HostCounts>& host) {
  std::string out = guards_text(views) + accesses_text(views);
  if (host) {
    out += counter("sysctl_guard_events_dropped_total",
                   "Events that found their buffer full, since the host has one.",
                   host->dropped_events) +
           counter("sysctl_guard_hook_failures_total",
                   "Runs of the hook that refused a container, since the host has an event buffer.",
                   host->hook_failures);
  }
  return out;
}

std::string render_event_directory(bool is_foreign) {
  const std::string name = "sysctl_guard_event_directory_foreign";
  return heading(
             name, "gauge",
             "1: the directory of the event buffer is not root's alone, so that guards that are "
             "attached now write no events and share no programs.") +
         name + (is_foreign ? " 1\n" : " 0\n");
}

Command metrics_command() {
  return {
      .name = "metrics",
      .line = "the same numbers for Prometheus",
      .about =
          "what all guards on this host have counted, in the text format of Prometheus. Needs "
          "root.",
      .usage = {"[--output FILE]"},
      .options = {{"--output", "FILE",
                   "write to FILE, which changes in one step, as node_exporter's textfile "
                   "collector needs it"}},
      .examples = {{"", "sudo sysctl-guard metrics"},
                   {"",
                    "sudo sysctl-guard metrics \\\n"
                    "    --output /var/lib/prometheus/node-exporter/sysctl-guard.prom"}},
      .exit_codes = {{kExitDone, "done"},
                     {kExitFailed,
                      "the kernel could not be asked, or FILE not be written: FILE is as it was"},
                     {kExitUsage, kUsageExit}},
      .run = run};
}

}  // namespace sg::cli
