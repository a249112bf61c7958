// SPDX-License-Identifier: Apache-2.0
// diagnostic.cpp - findings as one line of text.
//
// The parts are cut, and their unprintable bytes are escaped: the user's text is one, and the others may
// quote it (the name of an annotation is part of its source). A backslash is left alone, so that what is
// shown is what was written.
#include "base/diagnostic.h"

#include <algorithm>

#include "base/text.h"

namespace sg {
namespace {

// The most bytes of each part as it is printed: together they fit a line of 1 KiB, so that none of
// them pushes the others off its end. A message that names three rules has below 400 bytes.
constexpr std::size_t kSourceMax = 160;
constexpr std::size_t kPointerMax = 64;
constexpr std::size_t kTextMax = 96;
constexpr std::size_t kMessageMax = 400;
constexpr std::size_t kHintMax = 240;

void append_printable(std::string& out, std::string_view part, std::size_t max) {
  out += escape_unprintable(part, max);
}

}  // namespace

std::string_view severity_name(Severity severity) noexcept {
  return severity == Severity::kError ? "error" : "warning";
}

bool Diagnostics::has_errors() const noexcept {
  return std::any_of(findings_.begin(), findings_.end(),
                     [](const Finding& f) { return f.severity == Severity::kError; });
}

void Diagnostics::locate(std::string_view source, std::string_view text) {
  for (Finding& finding : findings_) {
    if (finding.source == source) {
      const std::string_view before = text.substr(0, std::min(finding.offset, text.size()));
      const auto lines = std::count(before.begin(), before.end(), '\n');
      finding.line = static_cast<std::size_t>(lines) + 1;
      finding.column = before.size() - (before.rfind('\n') + 1) + 1;  // npos + 1 is 0
    }
  }
}

std::string format_finding(const Finding& finding) {
  std::string out;
  append_printable(out, finding.source, kSourceMax);
  if (finding.line != 0) {
    out += ":" + std::to_string(finding.line) + ":" + std::to_string(finding.column);
  }
  out += ": ";
  if (!finding.pointer.empty()) {
    append_printable(out, finding.pointer, kPointerMax);
    out += ": ";
  }
  if (!finding.text.empty()) {
    out += "'" + escape_unprintable(finding.text, kTextMax) + "'";
  }
  if (finding.line == 0) {
    out += (finding.text.empty() ? "at offset " : " at offset ") + std::to_string(finding.offset);
  }
  out += finding.text.empty() && finding.line != 0 ? "" : ": ";
  append_printable(out, finding.message, kMessageMax);
  if (!finding.hint.empty()) {
    out += "; ";
    append_printable(out, finding.hint, kHintMax);
  }
  return out;
}

}  // namespace sg
