// SPDX-License-Identifier: Apache-2.0
// cmd_metrics.cpp - `sysctl-guard metrics`: all counters, printed or into a file.
#include <sys/stat.h>

#include <utility>
#include <vector>

#include "base/file_write.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/metrics/metrics_text.h"
#include "guard/read_guards.h"
#include "kernel/event_dir.h"
#include "kernel/event_maps.h"

namespace sg::cli {
namespace {

// A device or a link would not be written to, but replaced.
Status write_file(const std::string& path, const std::string& text) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) == 0 && !S_ISREG(found.st_mode)) {
    return Error{Errc::kUsage, "--output: '" + escape(path) + "' is there and no regular file",
                 "name a file; without --output standard output is written to"};
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
  const bool is_foreign = kernel::look_at_event_dir().owner == kernel::EventDirOwner::kForeign;
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
                     {kExitUsage, "wrong arguments"}},
      .run = run};
}

}  // namespace sg::cli
