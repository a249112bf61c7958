// SPDX-License-Identifier: Apache-2.0
// cmd_metrics.cpp - `sysctl-guard metrics`: all counters, printed or into a file.
#include <sys/stat.h>

#include <utility>
#include <vector>

#include "app/command.h"
#include "app/exit_code.h"
#include "app/failure.h"
#include "app/guards/metrics_text.h"
#include "app/guards/read_guards.h"
#include "base/file_write.h"
#include "base/text.h"
#include "kernel/event_dir.h"
#include "kernel/event_maps.h"

namespace sg::app {
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

}  // namespace

Outcome cmd_metrics(const MetricsOptions& options) {
  const Result<std::vector<GuardView>> views = read_guards();
  if (!views) {
    return failure(views.error(), kMetricsFailed);
  }
  const bool is_foreign = kernel::look_at_event_dir().owner == kernel::EventDirOwner::kForeign;
  const Result<kernel::EventMaps> maps = kernel::open_event_maps();
  const Result<kernel::HostCounts> counts =
      maps ? kernel::read_host_counts(*maps) : Result<kernel::HostCounts>(maps.error());
  std::string text = render_metrics(*views, counts ? std::optional(*counts) : std::nullopt) +
                     render_event_directory(is_foreign);
  if (!options.output) {
    return Outcome{.exit_code = kMetricsDone, .output = std::move(text), .errors = ""};
  }
  if (const Status written = write_file(*options.output, text); !written) {
    return failure(written.error(), kMetricsFailed);
  }
  return Outcome{.exit_code = kMetricsDone, .output = "", .errors = ""};
}

}  // namespace sg::app
