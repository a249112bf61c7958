// SPDX-License-Identifier: Apache-2.0
// check_report.cpp - a report into a table, into findings as a compiler prints them, into JSON.
//
// All text that came from outside is escaped before it is measured, so that one byte of it is one
// column and no control sequence reaches a terminal.
#include "app/check/check_report.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string_view>

#include "app/colours.h"
#include "base/json.h"
#include "base/text.h"

namespace sg::app {
namespace {

constexpr std::string_view kMore = "...";
constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

std::string painted(std::string_view text, std::string_view colour, bool wanted) {
  std::string out;
  if (wanted) {
    out.append(colour).append(text).append(kReset);
  } else {
    out.append(text);
  }
  return out;
}

std::string escape_all(std::string_view text) { return escape(text, kNoLimit); }

// Text of ours that may quote a user's, escaped there already: backslashes stay as they are.
std::string escape_unprintable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += is_printable(c) ? std::string(1, c) : escape_all(std::string_view(&c, 1));
  }
  return out;
}

// --- the table -----------------------------------------------------------------------------------

constexpr std::size_t kColumns = 4;  // VERDICT ACCESS RULE SOURCE
constexpr std::string_view kGap = "  ";
using Row = std::array<std::string, kColumns>;

// "annotation io.sysctl-guard.allow" without the part that is the same in every row.
std::string short_source(const std::string& source) {
  constexpr std::string_view kLong = "annotation io.sysctl-guard.";
  return source.starts_with(kLong) ? "annotation " + source.substr(kLong.size()) : source;
}

Row row_of(const AccessVerdict& verdict) {
  const RequestedAccess& access = verdict.access;
  const bool has_rule = !verdict.rule.empty();
  return Row{std::string(policy::verdict_name(verdict.verdict)),
             escape_all(access.write ? access.name + "=" + access.value : access.name),
             has_rule ? escape_all(verdict.rule) : "(no rule)",
             has_rule ? escape_all(short_source(verdict.source)) : "-"};
}

// The column to make narrower by one. The access is what somebody asked about, and the verdict is
// the answer: rule and source give way first, as long as they stay recognisable.
std::size_t column_to_shrink(const std::array<std::size_t, kColumns>& widths) {
  constexpr std::size_t kRecognisable = 20;
  const auto widest = std::max_element(widths.begin() + 2, widths.end());
  if (*widest > kRecognisable) {
    return static_cast<std::size_t>(widest - widths.begin());
  }
  return static_cast<std::size_t>(std::max_element(widths.begin(), widths.end()) - widths.begin());
}

// The widths of the columns: what their texts need, cut back until a line fits.
std::array<std::size_t, kColumns> column_widths(const std::vector<Row>& rows) {
  std::array<std::size_t, kColumns> widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < kColumns; ++i) {
      widths[i] = std::max(widths[i], std::min(row[i].size(), kTableWidth));
    }
  }
  constexpr std::size_t kRoom = kTableWidth - (kColumns - 1) * kGap.size();
  for (;;) {
    std::size_t sum = 0;
    for (const std::size_t width : widths) {
      sum += width;
    }
    if (sum <= kRoom) {
      return widths;
    }
    --widths[column_to_shrink(widths)];
  }
}

std::string cut(const std::string& text, std::size_t width) {
  return text.size() <= width ? text : text.substr(0, width - kMore.size()).append(kMore);
}

std::string render_row(const Row& row, const std::array<std::size_t, kColumns>& widths,
                       std::string_view colour) {
  std::string line;
  for (std::size_t i = 0; i < kColumns; ++i) {
    const std::string cell = cut(row[i], widths[i]);
    line += painted(cell, colour, /*wanted=*/i == 0 && !colour.empty());
    if (i + 1 < kColumns) {
      line.append(widths[i] - cell.size(), ' ').append(kGap);
    }
  }
  return line + "\n";
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

// The line, and under it ^~~~; a long line is cut around the piece.
std::string render_excerpt(const Excerpt& excerpt, bool colour) {
  constexpr std::string_view kIndent = "  ";
  constexpr std::size_t kWidth = kTableWidth - kIndent.size();
  constexpr std::size_t kContext =
      20;  // columns in front of the piece: enough to recognise the place
  std::string line = escape_all(excerpt.line);
  std::size_t begin = escape_all(excerpt.line.substr(0, excerpt.offset)).size();
  const std::string piece = escape_all(excerpt.line.substr(excerpt.offset, excerpt.length));
  std::size_t length = std::max<std::size_t>(piece.size(), 1);

  if (line.size() > kWidth && begin > kContext + kMore.size()) {
    const std::size_t dropped = std::min(begin - kContext, line.size() - kWidth + kMore.size());
    line = std::string(kMore) + line.substr(dropped);
    begin = begin - dropped + kMore.size();
  }
  line = cut(line, kWidth);
  begin = std::min(begin, kWidth - 1);
  length = std::min(length, kWidth - begin);

  std::string out(kIndent);
  out.append(line).append("\n").append(kIndent).append(begin, ' ');
  out += painted("^" + std::string(length - 1, '~'), kGreen, colour);
  return out + "\n";
}

// --- JSON ----------------------------------------------------------------------------------------

std::string quote_or_null(const std::string& text, bool present) {
  return present ? json_quote(text) : "null";
}

std::string json_of(const Finding& finding) {
  std::string out = "{\"severity\": " + json_quote(severity_name(finding.severity));
  out += ", \"source\": " + json_quote(finding.source);
  out += ", \"offset\": " + std::to_string(finding.offset);
  const bool in_file = finding.line != 0;
  out += ", \"pointer\": " + quote_or_null(finding.pointer, in_file);
  out += ", \"line\": " + (in_file ? std::to_string(finding.line) : "null");
  out += ", \"column\": " + (in_file ? std::to_string(finding.column) : "null");
  out += ", \"text\": " + json_quote(finding.text);
  out += ", \"message\": " + json_quote(finding.message);
  return out + ", \"hint\": " + json_quote(finding.hint) + "}";
}

std::string json_of(const AccessVerdict& verdict) {
  const RequestedAccess& access = verdict.access;
  std::string out = "{\"access\": " + json_quote(access.write ? "write" : "read");
  out += ", \"name\": " + json_quote(access.name);
  out += ", \"value\": " + quote_or_null(access.value, access.write);
  out += ", \"verdict\": " + json_quote(policy::verdict_name(verdict.verdict));
  out += ", \"rule\": " + quote_or_null(verdict.rule, !verdict.rule.empty());
  return out + ", \"source\": " + quote_or_null(verdict.source, !verdict.rule.empty()) + "}";
}

template <typename T>
std::string json_array(const std::vector<T>& items) {
  std::string out = "[";
  for (std::size_t i = 0; i < items.size(); ++i) {
    out += (i == 0 ? "\n    " : ",\n    ") + json_of(items[i]);
  }
  return out + (items.empty() ? "]" : "\n  ]");
}

}  // namespace

std::string render_json(const CheckReport& report) {
  return "{\n  \"findings\": " + json_array(report.findings) +
         ",\n  \"accesses\": " + json_array(report.accesses) + "\n}\n";
}

std::string render_table(const CheckReport& report, bool colour) {
  const bool invalid =
      std::any_of(report.findings.begin(), report.findings.end(),
                  [](const Finding& finding) { return finding.severity == Severity::kError; });
  if (invalid) {
    return "";
  }
  if (report.accesses.empty()) {
    const std::string noun = report.rule_count == 1 ? " rule\n" : " rules\n";
    return "the policy is valid: " + std::to_string(report.rule_count) + noun;
  }
  std::vector<Row> rows{Row{"VERDICT", "ACCESS", "RULE", "SOURCE"}};
  for (const AccessVerdict& verdict : report.accesses) {
    rows.push_back(row_of(verdict));
  }
  const std::array<std::size_t, kColumns> widths = column_widths(rows);
  std::string out = render_row(rows.front(), widths, "");
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const std::string_view shade = colour_of(report.accesses[i - 1].verdict);
    out += render_row(rows[i], widths, colour ? shade : std::string_view{});
  }
  return out;
}

std::string render_findings(const CheckReport& report, bool colour) {
  std::string out;
  for (const Finding& finding : report.findings) {
    const bool error = finding.severity == Severity::kError;
    out += painted(severity_name(finding.severity), error ? kRed : kYellow, colour) + ": ";
    out += escape_unprintable(finding.source);
    if (finding.line != 0) {
      out += ":" + std::to_string(finding.line) + ":" + std::to_string(finding.column);
    }
    out += ": ";
    out += finding.pointer.empty() ? "" : escape_unprintable(finding.pointer) + ": ";
    out += escape_unprintable(finding.message) + "\n";
    if (const std::optional<Excerpt> excerpt = excerpt_of(finding, report)) {
      out += render_excerpt(*excerpt, colour);
    }
    if (!finding.hint.empty()) {
      out += "hint: " + escape_unprintable(finding.hint) + "\n";
    }
  }
  return out;
}

}  // namespace sg::app
