// SPDX-License-Identifier: Apache-2.0
// check_report.h - what `check` found out, into text for people and into its JSON document.
//
// Pure: strings in, strings out. Whatever bytes names, values and annotations hold, the text is
// printable ASCII (but for colours and newlines) and the document is JSON.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "cli/text_table.h"
#include "policy/policy.h"

namespace sg::cli {

// One access somebody asks about: NAME is a read, NAME=VALUE a write.
struct RequestedAccess {
  bool write = false;
  std::string name;   // slash form, never empty
  std::string value;  // of a write; any bytes, may be empty
  // Of a line of a file (sysctl_file.h): sysctl writes a newline behind the value, and the name may
  // be a glob for all names but some.
  bool is_line = false;
  bool is_glob = false;
  std::vector<std::string> except = {};
  std::string text = {};  // the line, and where it begins
  std::size_t offset = 0;
};

// The verdict on one access, and the rule that decided it. Where no rule matched, or one that
// nobody wrote, rule and source are empty.
struct AccessVerdict {
  RequestedAccess access;
  policy::Verdict verdict = policy::Verdict::kDeny;
  std::string rule;
  std::string source;
  // Of a write where it matters: the number that the sysctl holds, by which the verdict was reached.
  bool needs_current = false;
  std::optional<std::string> current = {};  // nothing: not known
};

struct CheckReport {
  std::vector<Finding> findings = {};
  std::vector<AccessVerdict> accesses = {};  // empty where a finding is an error
  // A finding's source to the whole text that stands there.
  std::map<std::string, std::string> sources = {};
  std::size_t rule_count = 0;  // rules somebody wrote

  [[nodiscard]] bool has(Severity severity) const {
    return std::ranges::count(findings, severity, &Finding::severity) > 0;
  }
  [[nodiscard]] bool has(policy::Verdict verdict) const {
    return std::ranges::count(accesses, verdict, &AccessVerdict::verdict) > 0;
  }
};

// The document of `check --json`, as schema/check-output.v1.schema.json describes it.
[[nodiscard]] std::string render_json(const CheckReport& report);

// One line for each access under a line of titles; one line about the policy where no access was
// asked about; nothing where the policy is invalid.
[[nodiscard]] std::string render_table(const CheckReport& report, bool colour,
                                       std::size_t width = kUsualWidth);

// Each finding: what is wrong and where, the line of the text with the piece underlined, the hint.
// A message may be wider than `width`: it is never cut.
[[nodiscard]] std::string render_findings(const CheckReport& report, bool colour,
                                          std::size_t width = kUsualWidth);

}  // namespace sg::cli
