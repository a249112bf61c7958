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

// The most bytes of each part as it is printed: together they fit a line of 1 KiB, so that none of them
// pushes the others off its end. A message that names three rules has below 400 bytes.
constexpr std::size_t kSourceMax = 160;
constexpr std::size_t kTextMax = 128;
constexpr std::size_t kMessageMax = 400;
constexpr std::size_t kHintMax = 240;

void append_printable(std::string& out, std::string_view part, std::size_t max) {
  std::string printable;
  for (const char c : part) {
    printable += is_printable(c) ? std::string(1, c) : escape(std::string_view(&c, 1));
    if (printable.size() > max) {
      printable.resize(max - 3);
      printable += "...";
      break;
    }
  }
  out += printable;
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
  append_printable(out, finding.source, kSourceMax);
  out += ": ";
  if (!finding.text.empty()) {
    out += "'" + escape(finding.text, kTextMax) + "' ";
  }
  out += "at offset " + std::to_string(finding.offset) + ": ";
  append_printable(out, finding.message, kMessageMax);
  if (!finding.hint.empty()) {
    out += "; ";
    append_printable(out, finding.hint, kHintMax);
  }
  return out;
}

}  // namespace sg
