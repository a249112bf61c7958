// SPDX-License-Identifier: Apache-2.0
// check_report_test.cpp - the table, the findings and the document of `check`, on hostile text too.
#include "cli/check/check_report.h"

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "support/catch.h"

namespace {

using sg::Finding;
using sg::Severity;
using sg::cli::AccessVerdict;
using sg::cli::CheckReport;
using sg::cli::kUsualWidth;
using sg::cli::render_findings;
using sg::cli::render_json;
using sg::cli::render_table;
using sg::cli::RequestedAccess;
using sg::policy::Verdict;

AccessVerdict read_of(const std::string& name, bool allow) {
  return AccessVerdict{.access = RequestedAccess{.write = false, .name = name, .value = ""},
                       .verdict = allow ? Verdict::kAllow : Verdict::kDeny,
                       .rule = "",
                       .source = ""};
}

AccessVerdict write_of(const std::string& name, const std::string& value, bool allow,
                       const std::string& rule, const std::string& source) {
  return AccessVerdict{.access = RequestedAccess{.write = true, .name = name, .value = value},
                       .verdict = allow ? Verdict::kAllow : Verdict::kDeny,
                       .rule = rule,
                       .source = source};
}

Finding error_at(const std::string& source, std::size_t offset, const std::string& text) {
  return Finding{.severity = Severity::kError,
                 .source = source,
                 .offset = offset,
                 .text = text,
                 .message = "is wrong",
                 .hint = ""};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (const std::string_view line : sg::split(text, '\n')) {
    lines.emplace_back(line);
  }
  REQUIRE(lines.back().empty());  // a final newline
  lines.pop_back();
  return lines;
}

bool all_printable(const std::string& text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c == '\n' || sg::is_printable(c); });
}

// The strings of a document, in its order; fails where it is no JSON.
std::vector<sg::JsonItem> parsed(const std::string& document) {
  const std::vector<std::vector<std::string_view>> everything{{}};
  auto items = sg::read_json(document, "document", everything);
  INFO(document);
  REQUIRE(items);
  return *items;
}

const std::string kHostile[] = {
    "plain",
    "\x1b[31mred\x1b[0m",
    "a\nb\rc\td",
    "quote\"backslash\\",
    "\xff\xfe\x80",
    "\x9b\x31m",
    "\xc2\x9b",
    "\x7f\x01\x1f",
    "{\"verdict\": \"allow\"}",
    "\xe2\x80\xae",
    std::string("zero\0byte", 9),
    std::string(300, 'x'),
    std::string(300, '\x1b'),
    "",
};

}  // namespace

TEST_CASE("CheckReport: the table says verdict, access, rule and source") {
  CheckReport report;
  report.accesses = {
      write_of("net/ipv4/ip_forward", "1", true, "net.ipv4.ip_forward=0|1",
               "annotation io.sysctl-guard.allow"),
      write_of("vm/swappiness", "", false, "", ""),
      read_of("kernel/x", true),
  };
  CHECK(render_table(report, /*colour=*/false) ==
        "VERDICT  ACCESS                 RULE                     SOURCE\n"
        "allow    net/ipv4/ip_forward=1  net.ipv4.ip_forward=0|1  annotation allow\n"
        "deny     vm/swappiness=         (no rule)                -\n"
        "allow    kernel/x               (no rule)                -\n");
}

TEST_CASE("CheckReport: what sysctls hold is a column where a verdict depends on it") {
  CheckReport report;
  report.accesses = {
      write_of("vm/a", "7", true, "vm.a=@current..9", "annotation io.sysctl-guard.allow"),
      write_of("vm/b", "7", false, "", ""),
      read_of("vm/a", true),
  };
  report.accesses[0].needs_current = true;
  report.accesses[0].current = "5";
  CHECK(render_table(report, /*colour=*/false) ==
        "VERDICT  ACCESS  CURRENT  RULE              SOURCE\n"
        "allow    vm/a=7  5        vm.a=@current..9  annotation allow\n"
        "deny     vm/b=7  -        (no rule)         -\n"
        "allow    vm/a    -        (no rule)         -\n");
  report.accesses[1].needs_current = true;
  CHECK_THAT(render_table(report, /*colour=*/false), Catch::Contains("deny     vm/b=7  unknown  "));
}

TEST_CASE("CheckReport: without accesses the table is one line about the policy") {
  CheckReport report;
  CHECK(render_table(report, /*colour=*/false) == "the policy is valid: 0 rules\n");
  report.rule_count = 1;
  CHECK(render_table(report, /*colour=*/false) == "the policy is valid: 1 rule\n");
  report.findings.push_back(error_at("s", 0, ""));
  CHECK(render_table(report, /*colour=*/false).empty());
  report.findings[0].severity = Severity::kWarning;
  CHECK(render_table(report, /*colour=*/false) == "the policy is valid: 1 rule\n");
}

TEST_CASE("CheckReport: a line of the table has at most 80 columns, whatever is in it") {
  for (const std::size_t name : {1u, 27u, 28u, 29u, 60u, 127u, 5000u}) {
    for (const std::size_t rule : {1u, 20u, 21u, 200u}) {
      for (const std::size_t source : {1u, 20u, 21u, 200u}) {
        CheckReport report;
        report.accesses = {write_of(std::string(name, 'n'), "1", true, std::string(rule, 'r'),
                                    std::string(source, 's'))};
        const std::vector<std::string> lines = lines_of(render_table(report, /*colour=*/false));
        REQUIRE(lines.size() == 2);
        INFO(lines[1]);
        CHECK(lines[1].size() <= kUsualWidth);
        const std::string access = std::string(name, 'n') + "=1";
        const bool fits = 7 + 2 + access.size() <= kUsualWidth;
        CHECK((lines[1].find("allow    " + access) == 0) == fits);
        if (access.size() + 4 + rule + source + 2 + 9 <= kUsualWidth) {
          CHECK(lines[1].find("...") == std::string::npos);
        } else if (access.size() + 9 + 5 <= kUsualWidth) {
          CHECK(lines[1].find("...") != std::string::npos);
        }
      }
    }
  }
}

TEST_CASE("CheckReport: a long rule gives way before the access does") {
  CheckReport report;
  report.accesses = {write_of("net/ipv4/conf/eth0/rp_filter", "1", true,
                              "net.ipv4.conf.*.rp_filter=0|1|2,net.ipv4.conf.*.forwarding=0|1",
                              "annotation io.sysctl-guard.allow")};
  const std::string table = render_table(report, /*colour=*/false);
  CHECK(table.find("net/ipv4/conf/eth0/rp_filter=1  net.ipv4.conf.*.rp...  annotation allow\n") !=
        std::string::npos);
}

TEST_CASE("CheckReport: an access that fits into its line is never cut, whatever else is there") {
  CheckReport report;
  const std::string value(55, '7');
  report.accesses = {write_of("kernel/x", value, true, "kernel.x=\"" + value + "\"",
                              "annotation io.sysctl-guard.allow"),
                     write_of("kernel/y", std::string(500, '7'), false, "", "")};
  const std::vector<std::string> lines = lines_of(render_table(report, /*colour=*/false));
  REQUIRE(lines.size() == 3);
  CHECK(lines[1].starts_with("allow    kernel/x=" + value + "  ke"));
  CHECK(lines[1].ends_with("..."));
  CHECK(lines[1].size() == kUsualWidth);
  CHECK(lines[2].size() <= kUsualWidth);
  CHECK(render_table(report, false, sg::cli::kNoWidth).find("...") == std::string::npos);
}

TEST_CASE("CheckReport: colours are there only where they are wanted") {
  CheckReport report;
  report.accesses = {read_of("a", true), read_of("b", false)};
  report.findings.push_back(error_at("s", 0, "piece"));
  const std::string findings = render_findings(report, /*colour=*/true);
  CHECK(findings.starts_with("\x1b[31merror\x1b[0m: s: is wrong\n"));
  CHECK(all_printable(render_findings(report, /*colour=*/false)));
  report.findings.clear();
  const std::string valid = render_table(report, /*colour=*/true);
  CHECK(valid.find("\x1b[32mallow\x1b[0m    a") != std::string::npos);
  CHECK(valid.find("\x1b[31mdeny\x1b[0m     b") != std::string::npos);
  CHECK(all_printable(render_table(report, /*colour=*/false)));
}

TEST_CASE("CheckReport: hostile text neither reaches a terminal nor breaks the document") {
  for (const std::string& text : kHostile) {
    INFO(sg::escape(text));
    CheckReport report;
    report.findings = {error_at(text, 0, text), error_at("known", 3, text)};
    report.findings[0].message = text;
    report.findings[0].hint = text;
    report.sources.emplace("known", "abc" + text + "def");
    CHECK(all_printable(render_findings(report, /*colour=*/false)));
    (void)parsed(render_json(report));

    report.findings.clear();
    report.accesses = {write_of(text, text, true, text, text), read_of(text, false)};
    const std::string table = render_table(report, /*colour=*/false);
    CHECK(all_printable(table));
    CHECK(lines_of(table).size() == 3);
    for (const std::string& line : lines_of(table)) {
      CHECK(line.size() <= kUsualWidth);
    }
    (void)parsed(render_json(report));
  }
}

TEST_CASE("CheckReport: a finding shows its line with the piece underlined, and its hint") {
  CheckReport report;
  report.sources.emplace("annotation a", "net.x,\nnet..y=1, vm.z\nlast");
  report.findings = {error_at("annotation a", 7, "net..y")};
  report.findings[0].hint = "write one dot";
  CHECK(render_findings(report, /*colour=*/false) ==
        "error: annotation a: is wrong\n"
        "  net..y=1, vm.z\n"
        "  ^~~~~~\n"
        "hint: write one dot\n");
  report.findings[0].severity = Severity::kWarning;
  CHECK(render_findings(report, /*colour=*/false).starts_with("warning: annotation a: is wrong\n"));
}

TEST_CASE("CheckReport: the underlined piece is what the finding says, wherever it stands") {
  struct Case {
    const char* why;
    std::string source;
    std::size_t offset;
    std::string text;
    std::string line;  // as shown, without its indent; empty: no line
    std::string mark;
  };
  const Case cases[] = {
      {"the first byte", "abc", 0, "a", "abc", "^"},
      {"the last byte", "abc", 2, "c", "abc", "  ^"},
      {"the end of the text, where something is missing", "abc", 3, "", "abc", "   ^"},
      {"an empty piece in the middle", "abc", 1, "", "abc", " ^"},
      {"behind an escaped byte",
       "\x1b"
       "bc",
       1, "b", "\\x1bbc", "    ^"},
      {"an escaped byte is underlined whole",
       "a\x1b"
       "c",
       1, "\x1b", "a\\x1bc", " ^~~~"},
      {"a backslash as it was written", "a\\.b", 1, "\\.", "a\\.b", " ^~"},
      {"a piece over two lines, up to the end of the first", "a,bc\nd", 2, "bc\nd", "a,bc", "  ^~"},
      {"the first byte of the second line", "a\nbcd", 2, "b", "bcd", "^"},
      {"a newline itself, at the end of its line", "ab\ncd", 2, "\n", "ab", "  ^"},
      {"a newline at the very start", "\nab", 0, "\n", "", "^"},
      {"an offset that is not there: the piece alone", "abc", 9, "xyz", "xyz", "^~~"},
      {"another piece there: the piece alone", "abc", 0, "xyz", "xyz", "^~~"},
      {"nothing to show", "", 0, "", "", ""},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CheckReport report;
    report.sources.emplace("s", c.source);
    report.findings = {error_at("s", c.offset, c.text)};
    std::string expected = "error: s: is wrong\n";
    if (!c.mark.empty()) {
      expected += "  " + c.line + "\n  " + c.mark + "\n";
    }
    CHECK(render_findings(report, /*colour=*/false) == expected);
  }
  CheckReport report;
  report.findings = {error_at("unknown source", 5, "piece")};
  CHECK(render_findings(report, /*colour=*/false) ==
        "error: unknown source: is wrong\n  piece\n  ^~~~~\n");
}

TEST_CASE("CheckReport: a long line is cut around the piece, which stays above its mark") {
  for (const std::size_t before : {0u, 1u, 19u, 20u, 23u, 24u, 60u, 75u, 77u, 78u, 79u, 500u}) {
    for (const std::size_t after : {0u, 1u, 2u, 3u, 40u, 500u}) {
      INFO(before << " bytes before, " << after << " after");
      CheckReport report;
      report.sources.emplace("s", std::string(before, '-') + "WRONG" + std::string(after, '-'));
      report.findings = {error_at("s", before, "WRONG")};
      const std::vector<std::string> lines = lines_of(render_findings(report, /*colour=*/false));
      REQUIRE(lines.size() == 3);
      INFO(lines[1] << "\n" << lines[2]);
      CHECK(lines[1].size() <= kUsualWidth);
      const std::size_t at = lines[2].find('^');
      REQUIRE(at != std::string::npos);
      CHECK(lines[2].substr(at) == "^~~~~");
      CHECK(lines[1].substr(at, 5) == "WRONG");
    }
  }
}

TEST_CASE("CheckReport: random pieces of random text never escape, overflow or lose their mark") {
  std::mt19937 random(1);
  for (int round = 0; round < 3000; ++round) {
    std::string source;
    const std::size_t size = random() % 200;
    for (std::size_t i = 0; i < size; ++i) {
      source += random() % 3 == 0 ? static_cast<char>(random() % 256) : "\n,a\x1b\\"[random() % 5];
    }
    const std::size_t offset = random() % (source.size() + 2);
    CheckReport report;
    report.sources.emplace("s", source);
    report.findings = {error_at(
        "s", offset, offset <= source.size() ? source.substr(offset, random() % 90) : "x")};
    const std::string text = render_findings(report, /*colour=*/false);
    INFO(text);
    REQUIRE(all_printable(text));
    const std::vector<std::string> lines = lines_of(text);
    REQUIRE((lines.size() == 3 || lines.size() == 1));
    for (const std::string& line : lines) {
      REQUIRE(line.size() <= kUsualWidth);
    }
    REQUIRE((lines.size() == 1 || lines[2].find('^') != std::string::npos));
  }
}

TEST_CASE(
    "CheckReport: the document has null where there is no rule, and for the value of a read") {
  CheckReport report;
  report.accesses = {
      read_of("kernel/x", true),
      write_of("vm/y", "", false, "vm.*", "annotation io.sysctl-guard.deny"),
  };
  report.accesses[1].current = "5";
  Finding finding = error_at("annotation a", 12, "net..x");
  finding.severity = Severity::kWarning;
  finding.hint = "write one dot";
  report.findings = {finding};
  CHECK(render_json(report) ==
        "{\n"
        "  \"findings\": [\n"
        "    {\"severity\": \"warning\", \"source\": \"annotation a\", \"offset\": 12, "
        "\"pointer\": null, \"line\": null, \"column\": null, "
        "\"text\": \"net..x\", \"message\": \"is wrong\", \"hint\": \"write one dot\"}\n"
        "  ],\n"
        "  \"accesses\": [\n"
        "    {\"access\": \"read\", \"name\": \"kernel/x\", \"value\": null, "
        "\"current\": null, \"verdict\": \"allow\", \"rule\": null, \"source\": null},\n"
        "    {\"access\": \"write\", \"name\": \"vm/y\", \"value\": \"\", "
        "\"current\": \"5\", \"verdict\": \"deny\", \"rule\": \"vm.*\", \"source\": \"annotation "
        "io.sysctl-guard.deny\"}\n"
        "  ]\n"
        "}\n");
  CHECK(render_json(CheckReport{}) == "{\n  \"findings\": [],\n  \"accesses\": []\n}\n");
}
