// SPDX-License-Identifier: Apache-2.0
// cmd_metrics_test.cpp - series, their bound and their text; and that metrics go to standard output
// or into a file, whatever this host has.
#include "cli/metrics/cmd_metrics.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "support/catch.h"
#include "support/command_words.h"
#include "support/some_guards.h"
#include "support/temp_dir.h"

using namespace sg;
using compile::MetaRule;
using guard::GuardView;
using policy::RuleKind;
using test::foreign_view;
using test::view_of;

namespace {

MetaRule allow(std::string text) {
  return {RuleKind::kAllow, std::move(text), "annotation io.sysctl-guard.allow"};
}

// The lines that are no comments.
std::vector<std::string> samples(const std::string& text) {
  std::vector<std::string> found;
  for (const std::string_view line : split(text, '\n')) {
    if (!line.empty() && !line.starts_with('#')) {
      found.emplace_back(line);
    }
  }
  return found;
}

std::size_t count_prefix(const std::vector<std::string>& lines, std::string_view prefix) {
  return static_cast<std::size_t>(std::ranges::count_if(
      lines, [&](const std::string& line) { return line.starts_with(prefix); }));
}

}  // namespace

TEST_CASE("metrics: the family of a rule is the first two components of its pattern") {
  CHECK(cli::family_of(allow("net.ipv4.ip_forward=0|1")) == "net.ipv4");
  CHECK(cli::family_of(allow("net/ipv4/conf/eth0.100/rp_filter")) == "net.ipv4");
  CHECK(cli::family_of(allow("/proc/sys/net/ipv4/ip_forward = 1")) == "net.ipv4");
  CHECK(cli::family_of(allow("net.*")) == "net.*");
  CHECK(cli::family_of(allow("*")) == "*");
  CHECK(cli::family_of(allow("kernel.domainname")) == "kernel.domainname");
  CHECK(cli::family_of(allow("@ipc [kernel.msg*]")) == "kernel.msg*");
  CHECK(cli::family_of(allow("@tcp [net.ipv4.tcp_rmem=1 2 3]")) == "net.ipv4");
  CHECK(cli::family_of(allow("")) == "");
  CHECK(cli::family_of({RuleKind::kUnmatched, "*", "built in"}) == "unmatched");
  CHECK(cli::family_of({RuleKind::kBeyondLimit, "(beyond the limit)", "node limit"}) ==
        "beyond-limit");
}

TEST_CASE("metrics: a container of a pod has the pod's labels, and no other one has") {
  const auto labels_of = [](const std::string& name) {
    const std::vector<GuardView> views = {view_of({"one", name})};
    const std::vector<std::string> found = samples(cli::render_metrics(views, std::nullopt));
    return found.back().substr(0, found.back().find(",family"));
  };
  const std::string start = "sysctl_guard_accesses_total{container=\"one\"";
  CHECK(labels_of("default/vpn/wg") == start + ",name=\"wg\",namespace=\"default\",pod=\"vpn\"");
  CHECK(labels_of("default/vpn/") == start + ",name=\"\",namespace=\"default\",pod=\"vpn\"");
  CHECK(labels_of("web") == start + ",name=\"web\"");
}

TEST_CASE("metrics: all of it") {
  compile::Meta meta;
  meta.rules = {{RuleKind::kDeny, "net.core.*", "node default"},
                allow("net.ipv4.ip_forward"),
                allow("net.ipv4.conf.*"),
                {RuleKind::kAllowRead, "*", "built in"}};
  compile::Meta audit;
  audit.audit = policy::Audit::kFull;
  audit.rules = {{RuleKind::kUnmatched, "*", "built in"},
                 {RuleKind::kDenyRead, "kernel.a", "node default"}};
  std::vector<GuardView> views;
  views.push_back(foreign_view());
  views.push_back(view_of({"two", "", 1}, audit, {{1, 0, 0, 0}, {0, 0, 0, 20}, {0, 0, 0, 300}}));
  views.push_back(
      view_of({"one", "web"}, meta,
              {{5, 0, 0, 0}, {1, 0, 0, 0}, {0, 20, 0, 0}, {0, 1, 0, 0}, {0, 99, 0, 0}}));
  CHECK(
      cli::render_metrics(views, kernel::HostCounts{7, 8}) ==
      R"(# HELP sysctl_guard_guards Guards that are attached; unknown: by another version of sysctl-guard.
# TYPE sysctl_guard_guards gauge
sysctl_guard_guards{mode="audit"} 1
sysctl_guard_guards{mode="enforce"} 1
sysctl_guard_guards{mode="unknown"} 1
# HELP sysctl_guard_accesses_total Writes, and reads that the policy denies, since the guard was attached or replaced.
# TYPE sysctl_guard_accesses_total counter
sysctl_guard_accesses_total{container="one",name="web",family="net.core",verdict="deny"} 1
sysctl_guard_accesses_total{container="one",name="web",family="net.ipv4",verdict="allow"} 21
sysctl_guard_accesses_total{container="one",name="web",family="unmatched",verdict="deny"} 5
sysctl_guard_accesses_total{container="two",name="",family="kernel.a",verdict="would-deny"} 300
sysctl_guard_accesses_total{container="two",name="",family="unmatched",verdict="deny"} 1
sysctl_guard_accesses_total{container="two",name="",family="unmatched",verdict="would-deny"} 20
# HELP sysctl_guard_events_dropped_total Events that found their buffer full, since the host has one.
# TYPE sysctl_guard_events_dropped_total counter
sysctl_guard_events_dropped_total 7
# HELP sysctl_guard_hook_failures_total Runs of the hook that refused a container, since the host has an event buffer.
# TYPE sysctl_guard_hook_failures_total counter
sysctl_guard_hook_failures_total 8
)");
  CHECK(cli::render_metrics(views, std::nullopt).find("dropped") == std::string::npos);
}

TEST_CASE("metrics: what can be counted is there as zero; two guards of one container are one") {
  compile::Meta meta;
  meta.rules = {allow("net.ipv4.*")};
  std::vector<GuardView> views = {view_of({.id = "one"}, meta),
                                  view_of({.id = "one"}, meta, {{2, 0, 0, 0}, {0, 3, 0, 0}}, "/c")};
  std::vector<std::string> found =
      samples(cli::render_metrics(std::span(views).first(1), std::nullopt));
  REQUIRE(found.size() == 5);
  CHECK(found[3].ends_with("family=\"net.ipv4\",verdict=\"allow\"} 0"));
  CHECK(found[4].ends_with("family=\"unmatched\",verdict=\"deny\"} 0"));
  found = samples(cli::render_metrics(views, std::nullopt));
  REQUIRE(found.size() == 5);
  CHECK(found[3].ends_with("family=\"net.ipv4\",verdict=\"allow\"} 3"));
  CHECK(found[4].ends_with("family=\"unmatched\",verdict=\"deny\"} 2"));
}

TEST_CASE(
    "metrics: a guard whose hook was killed before it wrote the ID is counted, and has no series") {
  compile::Meta meta;
  meta.rules = {allow("net.ipv4.*")};
  const std::vector<GuardView> views = {view_of({.id = ""}, meta, {{2, 0, 0, 0}})};
  const std::vector<std::string> found = samples(cli::render_metrics(views, std::nullopt));
  CHECK(count_prefix(found, "sysctl_guard_guards{mode=\"enforce\"} 1") == 1);
  CHECK(count_prefix(found, "sysctl_guard_accesses_total") == 0);
}

TEST_CASE("metrics: rules of many families and many containers are summed into other") {
  compile::Meta meta;
  std::vector<kernel::RuleCounts> counts = {{1, 0, 0, 0}};
  for (int i = 0; i < 100; ++i) {
    meta.rules.push_back(allow("net.f" + std::to_string(i)));
    counts.push_back({0, 1, 0, 0});
  }
  std::vector<GuardView> views = {view_of({.id = "wide"}, meta, counts)};
  std::vector<std::string> found = samples(cli::render_metrics(views, std::nullopt));
  CHECK(count_prefix(found, "sysctl_guard_accesses_total") == cli::kFamiliesMax + 1);
  CHECK(std::ranges::count(found,
                           "sysctl_guard_accesses_total{container=\"wide\",name=\"\","
                           "family=\"other\",verdict=\"allow\"} 85") == 1);
  for (int i = 0; i < 5000; ++i) {
    const kernel::Container one{"c" + std::to_string(i), "", static_cast<std::uint64_t>(i) + 1};
    views.push_back(view_of(one, {}, {{1, 0, 0, 0}}));
  }
  found = samples(cli::render_metrics(views, std::nullopt));
  const std::size_t series = count_prefix(found, "sysctl_guard_accesses_total");
  CHECK(series <= cli::kSeriesMax);
  CHECK(series > cli::kSeriesMax - 4);
  CHECK(count_prefix(found, "sysctl_guard_accesses_total{container=\"c0\"") == 1);  // oldest first
  CHECK(count_prefix(found, "sysctl_guard_accesses_total{container=\"c4999\"") == 0);
  const std::size_t kept = series - 1 - (cli::kFamiliesMax + 1);
  CHECK(std::ranges::count(found,
                           "sysctl_guard_accesses_total{container=\"other\",name=\"\","
                           "family=\"other\",verdict=\"deny\"} " +
                               std::to_string(5000 - kept)) == 1);
}

TEST_CASE("metrics: rules that are counted together are summed into the family other") {
  compile::Meta meta;
  meta.rules = {{RuleKind::kDeny, "net.core.*", "node default"},
                allow("net.ipv4.*"),
                allow("kernel.a"),
                {RuleKind::kAllowRead, "*", "built in"}};
  GuardView view = view_of({.id = "one"}, meta);
  view.counts = {{5, 0, 0, 0}, {1, 0, 0, 0}, {2, 3, 0, 0}};
  const std::string start = "sysctl_guard_accesses_total{container=\"one\",name=\"\",family=";
  std::vector<std::string> found = samples(cli::render_metrics(std::vector{view}, std::nullopt));
  std::erase_if(found, [&](const std::string& line) { return !line.starts_with(start); });
  CHECK(found == std::vector<std::string>{start + "\"kernel.a\",verdict=\"allow\"} 0",
                                          start + "\"net.core\",verdict=\"deny\"} 1",
                                          start + "\"net.ipv4\",verdict=\"allow\"} 0",
                                          start + "\"other\",verdict=\"deny\"} 2",
                                          start + "\"unmatched\",verdict=\"deny\"} 5"});
}

TEST_CASE("metrics: a label is one quoted string whatever a container calls itself") {
  CHECK(cli::label_value("plain") == "\"plain\"");
  CHECK(cli::label_value("a\"b") == "\"a\\\"b\"");
  CHECK(cli::label_value("a\\b\n\x1b\xff") == "\"a\\\\\\\\b\\\\n\\\\x1b\\\\xff\"");
  const std::vector<GuardView> views = {view_of({"evil\"} 1\n# TYPE x", "\xff\x1b[2J"})};
  for (const std::string& line : samples(cli::render_metrics(views, std::nullopt))) {
    CHECK(std::ranges::all_of(line, is_printable));
    CHECK(line.find("# TYPE x\",") == line.find("# TYPE"));
  }
}

TEST_CASE("metrics: whether the directory of events is somebody else's") {
  const std::string name = "sysctl_guard_event_directory_foreign";
  const std::string no = cli::render_event_directory(false);
  CHECK(samples(no) == std::vector<std::string>{name + " 0"});
  CHECK(samples(cli::render_event_directory(true)) == std::vector<std::string>{name + " 1"});
  CHECK(no.starts_with("# HELP " + name + " 1: "));
  CHECK(no.find("\n# TYPE " + name + " gauge\n") != std::string::npos);
}

namespace {

std::string content_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

bool can_ask() { return test::run_words({"metrics"}).exit_code == cli::kExitDone; }

}  // namespace

TEST_CASE("metrics: printed, or written to a file and nothing printed") {
  const test::TempDir dir;
  const std::string path = dir.path() + "/x.prom";
  std::ofstream(path) << "old\n";
  const cli::Outcome outcome = test::run_words({"metrics", "--output", path});
  CHECK(outcome.output.empty());
  if (can_ask()) {
    CHECK(outcome.exit_code == cli::kExitDone);
    CHECK(content_of(path).starts_with("# HELP sysctl_guard_guards "));
    CHECK(test::run_words({"metrics"}).output.starts_with("# HELP sysctl_guard_guards "));
  } else {
    CHECK(outcome.exit_code == cli::kExitFailed);
    CHECK(content_of(path) == "old\n");
  }
}

TEST_CASE("metrics: what is no regular file is not replaced") {
  const test::TempDir dir;
  const std::string link = dir.path() + "/link";
  const std::string fifo = dir.path() + "/fifo";
  REQUIRE(symlink("/dev/null", link.c_str()) == 0);
  REQUIRE(mkfifo(fifo.c_str(), 0600) == 0);
  for (const std::string& path : {link, fifo, dir.path()}) {
    const cli::Outcome outcome = test::run_words({"metrics", "--output", path});
    CHECK(outcome.exit_code == cli::kExitFailed);
    CHECK((!can_ask() || outcome.errors.find("no regular file") != std::string::npos));
  }
  struct stat found {};
  REQUIRE(lstat(link.c_str(), &found) == 0);
  CHECK(S_ISLNK(found.st_mode));
}
