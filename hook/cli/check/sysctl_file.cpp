// SPDX-License-Identifier: Apache-2.0
// sysctl_file.cpp - line by line, then what is named by itself is taken out of globs.
#include "cli/check/sysctl_file.h"

#include <optional>
#include <set>
#include <utility>

#include "base/text.h"
#include "cli/check/access_name.h"
#include "compile/covered_writes.h"
#include "sysctl/sysctl_name.h"

namespace sg::cli {
namespace {

constexpr std::string_view kWhiteSpace = " \t\r";

std::string_view strip(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kWhiteSpace);
  return first == std::string_view::npos
             ? text.substr(text.size())
             : text.substr(first, text.find_last_not_of(kWhiteSpace) - first + 1);
}

bool is_glob(std::string_view name) { return name.find_first_of("*?[") != std::string_view::npos; }

class Lines {
 public:
  Lines(std::string_view text, const std::string& source, Diagnostics& findings)
      : text_(text), source_(source), findings_(findings) {}

  void read(std::string_view line);
  // The writes, each glob with what it leaves out.
  [[nodiscard]] std::vector<RequestedAccess> take();

 private:
  void exclude(std::string_view line, std::string_view written);
  void warn(std::string_view piece, std::string message, std::string hint);
  [[nodiscard]] std::size_t offset_of(std::string_view piece) const {
    return static_cast<std::size_t>(piece.data() - text_.data());
  }

  std::string_view text_;
  const std::string& source_;
  Diagnostics& findings_;
  std::vector<RequestedAccess> accesses_;
  std::set<std::string> named_;  // by themselves, with a value or to be left out
};

void Lines::warn(std::string_view piece, std::string message, std::string hint) {
  findings_.add({.severity = Severity::kWarning,
                 .source = source_,
                 .offset = offset_of(piece),
                 .text = std::string(piece),
                 .message = std::move(message),
                 .hint = std::move(hint)});
}

void Lines::exclude(std::string_view line, std::string_view written) {
  if (is_glob(written)) {
    warn(line, "an exclusion with a wildcard excludes nothing",
         "write a line for each name that is to be left out");
  } else if (!written.empty()) {
    named_.insert(sysctl::to_slash_form(written));
  }
}

void Lines::read(std::string_view line) {
  line = strip(line);
  if (line.empty() || line.front() == '#' || line.front() == ';') {
    return;
  }
  const std::size_t equals = line.find('=');
  const bool has_dash = line.front() == '-';
  const std::string_view written = strip(line.substr(0, equals).substr(has_dash ? 1 : 0));
  if (equals == std::string_view::npos) {
    if (has_dash) {
      exclude(line, written);
    } else {
      warn(line, "this is neither an assignment nor a comment: sysctl leaves the line out",
           "write NAME = VALUE, or \"#\" in front");
    }
    return;
  }
  std::string name = sysctl::to_slash_form(written);
  if (name.empty()) {
    warn(line, "the name is missing: sysctl leaves the line out", "write NAME = VALUE");
    return;
  }
  if (const std::size_t blank = written.find_last_of(kWhiteSpace); blank != written.npos) {
    const std::string_view last = written.substr(blank + 1);
    const bool is_name = last.find_first_of("./") != last.npos;
    warn(line, "the name has a blank, which no name of a sysctl has: sysctl leaves the line out",
         is_name ? "write " + escape(last) + " = " + escape(strip(line.substr(equals + 1)))
                 : "write NAME = VALUE");
    return;
  }
  if (const std::optional<NoName> no_name = no_access_name(name, is_glob(name))) {
    findings_.add({.severity = Severity::kError,
                   .source = source_,
                   .offset = offset_of(line),
                   .text = std::string(line),
                   .message = "the line " + no_name->message,
                   .hint = no_name->hint});
    return;
  }
  RequestedAccess access{
      .write = true, .name = name, .value = std::string(strip(line.substr(equals + 1)))};
  access.is_line = true;
  access.is_glob = is_glob(name);
  access.offset = offset_of(line);
  access.text = line;
  if (!access.is_glob) {
    named_.insert(std::move(name));
  }
  accesses_.push_back(std::move(access));
}

std::vector<RequestedAccess> Lines::take() {
  for (RequestedAccess& access : accesses_) {
    const std::string pattern = access.is_glob ? compile::pattern_of_glob(access.name) : "";
    for (const std::string& name : named_) {
      if (access.is_glob && sysctl::pattern_matches(pattern, name)) {
        access.except.push_back(name);
      }
    }
  }
  return std::move(accesses_);
}

}  // namespace

std::vector<RequestedAccess> read_sysctl_lines(std::string_view text, const std::string& source,
                                               Diagnostics& findings) {
  Lines lines(text, source, findings);
  for (const std::string_view line : split(text, '\n')) {
    lines.read(line);
  }
  return lines.take();
}

}  // namespace sg::cli
