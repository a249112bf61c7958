// SPDX-License-Identifier: Apache-2.0
// diagnostic.cpp - findings as one line of text.
//
// The user's text is escaped and cut. The other parts may quote user text too (the name of an
// annotation is part of its source), so their unprintable bytes are escaped as well; a backslash in
// them is left alone, since what they quote is escaped already.
#include "base/diagnostic.h"

#include <algorithm>

#include "base/text.h"

namespace sg {
namespace {

// Longer parts are cut. A message that names two rules of the longest name has below 400 bytes.
constexpr std::size_t kPartMax = 512;

void append_printable(std::string& out, std::string_view part) {
  for (const char c : part.substr(0, kPartMax)) {
    if (is_printable(c)) {
      out += c;
    } else {
      out += escape(std::string_view(&c, 1));
    }
  }
  if (part.size() > kPartMax) {
    out += "...";
  }
}

}  // namespace

std::string_view severity_name(Severity severity) noexcept {
  return severity == Severity::kError ? "error" : "warning";
}

bool Diagnostics::has_errors() const noexcept {
  return std::any_of(findings_.begin(), findings_.end(),
                     [](const Finding& f) { return f.severity == Severity::kError; });
}

std::string format_finding(const Finding& finding) {
  std::string out;
  append_printable(out, finding.source);
  out += ": ";
  if (!finding.text.empty()) {
    out += "'" + escape(finding.text) + "' ";
  }
  out += "at offset " + std::to_string(finding.offset) + ": ";
  append_printable(out, finding.message);
  if (!finding.hint.empty()) {
    out += "; ";
    append_printable(out, finding.hint);
  }
  return out;
}

}  // namespace sg
