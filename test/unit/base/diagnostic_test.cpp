// SPDX-License-Identifier: Apache-2.0
// diagnostic_test.cpp - findings are gathered in order and each becomes one printable line.
#include "base/diagnostic.h"

#include <algorithm>
#include <string>

#include "base/text.h"
#include "support/catch.h"

using sg::Diagnostics;
using sg::Finding;
using sg::Severity;

namespace {

bool all_printable(const std::string& text) {
  return std::all_of(text.begin(), text.end(), sg::is_printable);
}

}  // namespace

TEST_CASE("Diagnostics: none at first") {
  const Diagnostics none;
  CHECK(none.findings().empty());
  CHECK_FALSE(none.has_errors());
}

TEST_CASE("Diagnostics: a warning is no error, one error among warnings is") {
  Diagnostics all;
  all.add({Severity::kWarning, "a", 0, "x", "odd", ""});
  CHECK_FALSE(all.has_errors());
  all.add({Severity::kError, "b", 1, "y", "wrong", ""});
  all.add({Severity::kWarning, "c", 2, "z", "odd", ""});
  CHECK(all.has_errors());
  REQUIRE(all.findings().size() == 3);
  CHECK(all.findings()[0].source == "a");
  CHECK(all.findings()[2].source == "c");
}

TEST_CASE("Diagnostics: a finding is an error unless it says otherwise") {
  CHECK(Finding{}.severity == Severity::kError);
  CHECK(sg::severity_name(Severity::kError) == "error");
  CHECK(sg::severity_name(Severity::kWarning) == "warning");
}

TEST_CASE("Diagnostics: a finding is one line with source, text, offset, message and hint") {
  Finding finding{Severity::kError,
                  "annotation io.sysctl-guard.allow",
                  12,
                  "net..x",
                  "a component is empty",
                  "write one separator"};
  CHECK(sg::format_finding(finding) ==
        "annotation io.sysctl-guard.allow: 'net..x' at offset 12: a component is empty; "
        "write one separator");
  finding.hint.clear();
  CHECK(sg::format_finding(finding) ==
        "annotation io.sysctl-guard.allow: 'net..x' at offset 12: a component is empty");
  finding.text.clear();
  CHECK(sg::format_finding(finding) ==
        "annotation io.sysctl-guard.allow: at offset 12: a component is empty");
}

TEST_CASE("Diagnostics: no part brings an unprintable byte into the line") {
  const std::string nasty = "a\n\x1b[2J\\\xff" + std::string(1, '\0') + "b";
  const std::string line = sg::format_finding({Severity::kError, nasty, 0, nasty, nasty, nasty});
  CHECK(all_printable(line));
  INFO(line);
  CHECK(line ==
        "a\\n\\x1b[2J\\\\xff\\x00b: 'a\\n\\x1b[2J\\\\xff\\x00b' at offset 0: "
        "a\\n\\x1b[2J\\\\xff\\x00b; a\\n\\x1b[2J\\\\xff\\x00b");
}

TEST_CASE("Diagnostics: a backslash is shown as it was written") {
  CHECK(sg::format_finding({Severity::kError, "s", 0, "net\\.core", "odd", ""}) ==
        "s: 'net\\.core' at offset 0: odd");
}

TEST_CASE("Diagnostics: a message that quotes escaped text is not escaped again") {
  const std::string quoted = "the rule '" + sg::escape("x\ny") + "' covers it";
  const std::string line = sg::format_finding({Severity::kWarning, "s", 0, "t", quoted, ""});
  CHECK(line == "s: 't' at offset 0: the rule 'x\\ny' covers it");
}

TEST_CASE("Diagnostics: the line stays short whatever the user wrote") {
  const std::string huge(1 << 20, '\x01');
  const std::string line = sg::format_finding({Severity::kError, huge, 0, huge, huge, huge});
  CHECK(line.size() < 8192);
  CHECK(all_printable(line));
}

TEST_CASE("Finding: no part, however long or unprintable, pushes another off a line of 1 KiB") {
  const std::string odd(2000, '\xe9');
  const Finding finding{.severity = sg::Severity::kError,
                        .source = odd,
                        .offset = 12,
                        .text = odd,
                        .message = "THE-MESSAGE " + odd,
                        .hint = "THE-HINT " + odd};
  const std::string line = sg::format_finding(finding);
  CHECK(line.size() < 1000);
  CHECK(line.find("THE-MESSAGE") != std::string::npos);
  CHECK(line.find("THE-HINT") != std::string::npos);
}
