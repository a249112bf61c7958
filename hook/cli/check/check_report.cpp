// SPDX-License-Identifier: Apache-2.0
// check_report.cpp - a report into a table, into findings as a compiler prints them, into JSON.
//
// All text that came from outside is escaped before it is measured, so that one byte of it is one
// column and no control sequence reaches a terminal.
#include "cli/check/check_report.h"

#include <optional>
#include <string_view>
#include <utility>

#include "base/json_write.h"
#include "base/text.h"

namespace sg::cli {
namespace {

std::string_view colour_of(policy::Verdict verdict, bool wanted) {
  return wanted ? policy::row_of(verdict).colour : "";
}

std::string escape_all(std::string_view text) { return escape(text, SIZE_MAX); }

// --- the table -----------------------------------------------------------------------------------

// "annotation io.sysctl-guard.allow" without the part that is the same in every row.
std::string short_source(const std::string& source) {
  constexpr std::string_view kLong = "annotation io.sysctl-guard.";
  return source.starts_with(kLong) ? "annotation " + source.substr(kLong.size()) : source;
}

// --- findings ------------------------------------------------------------------------------------

// A line of a user's text and where in it the wrong piece stands, both in bytes.
struct Excerpt {
  std::string_view line;
  std::size_t offset = 0;
  std::size_t length = 0;
};

// The line of the finding's source that holds the wrong piece, up to the end of that line. A source
// that is not known, or has something else there, leaves the piece alone.
std::optional<Excerpt> excerpt_of(const Finding& finding, const CheckReport& report) {
  const auto source = report.sources.find(finding.source);
  std::string_view text = finding.text;
  std::size_t offset = 0;
  if (source != report.sources.end() && finding.offset <= source->second.size() &&
      std::string_view(source->second).substr(finding.offset).starts_with(finding.text)) {
    text = source->second;
    offset = finding.offset;
  }
  if (text.empty()) {
    return std::nullopt;
  }
  const std::size_t before = offset == 0 ? std::string_view::npos : text.rfind('\n', offset - 1);
  const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
  const std::size_t end = std::min(text.find('\n', offset), text.size());
  const std::size_t length = std::min(finding.text.size(), end - offset);
  return Excerpt{text.substr(begin, end - begin), offset - begin, length};
}

constexpr std::size_t kLineMax = 1024;

// The line, and under it ^~~~; a long line is cut around the piece.
std::string render_excerpt(const Excerpt& excerpt, bool colour, std::size_t width) {
  constexpr std::string_view kIndent = "  ";
  // Where there is no terminal too: the line can be a whole file.
  const std::size_t room = std::min(width, kLineMax) - kIndent.size();
  constexpr std::size_t kContext = 20;  // in front of the piece: enough to recognise the place
  // A backslash is shown as it was written.
  std::string line = escape_unprintable(excerpt.line);
  std::size_t begin = escape_unprintable(excerpt.line.substr(0, excerpt.offset)).size();
  const std::string piece = escape_unprintable(excerpt.line.substr(excerpt.offset, excerpt.length));
  std::size_t length = std::max<std::size_t>(piece.size(), 1);

  if (line.size() > room && begin > kContext + kMore.size()) {
    const std::size_t dropped = std::min(begin - kContext, line.size() - room + kMore.size());
    line = std::string(kMore) + line.substr(dropped);
    begin = begin - dropped + kMore.size();
  }
  line = cut(line, room);
  begin = std::min(begin, room - 1);
  length = std::min(length, room - begin);

  std::string out(kIndent);
  out.append(line).append("\n").append(kIndent).append(begin, ' ');
  out += painted("^" + std::string(length - 1, '~'), colour_of(policy::Verdict::kAllow, colour));
  return out + "\n";
}

// --- JSON ----------------------------------------------------------------------------------------

Json json_of(const Finding& finding) {
  const bool in_file = finding.line != 0;
  return Json::object({{"severity", severity_name(finding.severity)},
                       {"source", finding.source},
                       {"offset", finding.offset},
                       {"pointer", in_file ? Json(finding.pointer) : Json()},
                       {"line", in_file ? Json(finding.line) : Json()},
                       {"column", in_file ? Json(finding.column) : Json()},
                       {"text", finding.text},
                       {"message", finding.message},
                       {"hint", finding.hint}});
}

Json json_of_verdict(const AccessVerdict& verdict) {
  const RequestedAccess& access = verdict.access;
  const bool has_rule = !verdict.rule.empty();
  return Json::object({{"access", access.write ? "write" : "read"},
                       {"name", access.name},
                       {"value", access.write ? Json(access.value) : Json()},
                       {"current", verdict.current ? Json(*verdict.current) : Json()},
                       {"verdict", policy::verdict_name(verdict.verdict)},
                       {"rule", text_or_null(verdict.rule)},
                       {"source", has_rule ? Json(verdict.source) : Json()}});
}

}  // namespace

std::string render_json(const CheckReport& report) {
  return Json::object({{"findings", Json::array_of(report.findings, json_of)},
                       {"accesses", Json::array_of(report.accesses, json_of_verdict)}})
      .document();
}

std::string render_table(const CheckReport& report, bool colour, std::size_t width) {
  if (report.has(Severity::kError)) {
    return "";
  }
  if (report.accesses.empty()) {
    const std::string noun = report.rule_count == 1 ? " rule\n" : " rules\n";
    return "the policy is valid: " + std::to_string(report.rule_count) + noun;
  }
  // What sysctls hold is said only where it matters to one of the verdicts.
  const bool has_current = std::ranges::any_of(report.accesses, &AccessVerdict::needs_current);
  std::vector<Column> columns = {{"VERDICT", Fit::kWhole, false, true}, {"ACCESS", Fit::kKeep}};
  if (has_current) {
    columns.push_back({"CURRENT", Fit::kWhole});
  }
  columns.push_back({"RULE", Fit::kCutFirst});
  columns.push_back({"SOURCE", Fit::kCutFirst});
  TextTable table(std::move(columns), width);
  for (const AccessVerdict& verdict : report.accesses) {
    const RequestedAccess& access = verdict.access;
    const bool has_rule = !verdict.rule.empty();
    std::vector<std::string> cells = {
        std::string(policy::verdict_name(verdict.verdict)),
        escape_all(access.write ? access.name + "=" + access.value : access.name)};
    if (has_current) {
      cells.push_back(verdict.needs_current ? escape_all(verdict.current.value_or("unknown"))
                                            : "-");
    }
    cells.push_back(has_rule ? escape_all(verdict.rule) : "(no rule)");
    cells.push_back(has_rule ? escape_all(short_source(verdict.source)) : "-");
    table.add(std::move(cells), colour_of(verdict.verdict, colour));
  }
  return table.take();
}

std::string render_findings(const CheckReport& report, bool colour, std::size_t width) {
  std::string out;
  for (const Finding& finding : report.findings) {
    const bool error = finding.severity == Severity::kError;
    out +=
        painted(severity_name(finding.severity),
                colour_of(error ? policy::Verdict::kDeny : policy::Verdict::kWouldDeny, colour)) +
        ": ";
    out += escape_unprintable(finding.source);
    if (finding.line != 0) {
      out += ":" + std::to_string(finding.line) + ":" + std::to_string(finding.column);
    }
    out += ": ";
    out += finding.pointer.empty() ? "" : escape_unprintable(finding.pointer) + ": ";
    out += escape_unprintable(finding.message) + "\n";
    if (const std::optional<Excerpt> excerpt = excerpt_of(finding, report)) {
      out += render_excerpt(*excerpt, colour, width);
    }
    if (!finding.hint.empty()) {
      out += "hint: " + escape_unprintable(finding.hint) + "\n";
    }
  }
  return out;
}

}  // namespace sg::cli
