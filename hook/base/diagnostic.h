// SPDX-License-Identifier: Apache-2.0
// diagnostic.h - findings: what is wrong with what the user wrote, where, and what to write
// instead.
//
// Parsers add findings and go on, so that one run reports all of them. The hook refuses where there
// is an error among them and shows the first; `check` shows all. This file does not print.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sg {

enum class Severity { kError, kWarning };

// "error" or "warning", as in the JSON form.
[[nodiscard]] std::string_view severity_name(Severity severity) noexcept;

struct Finding {
  Severity severity = Severity::kError;
  std::string source = {};   // where the text stands: "annotation io.sysctl-guard.allow"
  std::size_t offset = 0;    // bytes from the start of that text, as the user wrote it
  std::string text = {};     // the piece that is wrong, raw bytes, exactly as it stands there
  std::string message = {};  // what is wrong with it
  std::string hint = {};     // what to write instead; may be empty
  std::string pointer =
      {};                  // in a JSON file: the value it is about (RFC 6901), "" for the document
  std::size_t line = 0;    // in a file: where `offset` is, both from 1; else 0
  std::size_t column = 0;  // bytes from the start of the line
  Errc code = Errc::kBadInput;  // how the hook ends where this is the first error
};

class Diagnostics {
 public:
  void add(Finding finding) { findings_.push_back(std::move(finding)); }

  // Gives the findings about the file `source` their lines and columns; `text` is all of the file.
  void locate(std::string_view source, std::string_view text);

  [[nodiscard]] bool has_errors() const noexcept;
  [[nodiscard]] const std::vector<Finding>& findings() const noexcept { return findings_; }

 private:
  std::vector<Finding> findings_;
};

// One line without a final newline, every byte of it printable:
// `<source>: '<text>' at offset N: <message>; <hint>`, and for one in a file
// `<source>:<line>:<column>: <pointer>: '<text>': <message>; <hint>`.
[[nodiscard]] std::string format_finding(const Finding& finding);

}  // namespace sg
