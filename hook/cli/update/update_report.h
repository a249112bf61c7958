// SPDX-License-Identifier: Apache-2.0
// update_report.h - what an update changed, or would change, into text for people and into its JSON
// document.
//
// Pure. Whatever bytes names and values hold, the text is printable ASCII and the document is JSON.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/text_table.h"
#include "compile/difference.h"
#include "compile/meta.h"
#include "kernel/container.h"

namespace sg::cli {

struct UpdateReport {
  kernel::Container container;
  compile::Meta before;
  compile::Meta after;
  std::optional<compile::Difference>
      difference;                  // nothing: it could not be found out, and `notes` says why
  std::vector<std::string> notes;  // what the limit cut, and other things worth saying
  bool is_done = false;            // false: --dry-run
};

// The document of `update --json`, as schema/update-output.v1.schema.json describes it.
[[nodiscard]] std::string render_update_json(const UpdateReport& report);

// One line that says what happened, the annotations that changed, a table of examples, notes.
[[nodiscard]] std::string render_update(const UpdateReport& report,
                                        std::size_t width = kUsualWidth);

// "2 accesses gained, 1 lost" for the system log, with "at least" where there are more.
[[nodiscard]] std::string summary_of(const UpdateReport& report);

// What the update replaced, for the system log too: "; policy FILE; without KEY; KEY=VALUE", each
// where it applies.
[[nodiscard]] std::string replaced_in(const UpdateReport& report);

}  // namespace sg::cli
