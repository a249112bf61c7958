// SPDX-License-Identifier: Apache-2.0
// doctor_report_test.cpp - the two forms of the answer, and when it is yes.
#include "cli/doctor/doctor_report.h"

#include <string>

#include "support/catch.h"

using sg::cli::DoctorReport;
using sg::cli::is_ready;
using sg::engines::Check;
using sg::engines::CheckStatus;

TEST_CASE("Doctor report: a warning is no obstacle, a failure and a gap are") {
  CHECK(is_ready({}));
  CHECK(is_ready({{{"a", CheckStatus::kOk, "x", ""}, {"b", CheckStatus::kWarning, "x", "y"}}}));
  CHECK_FALSE(is_ready({{{"a", CheckStatus::kOk, "x", ""}, {"b", CheckStatus::kFailed, "x", ""}}}));
  CHECK_FALSE(is_ready({{{"a", CheckStatus::kUnknown, "x", ""}}}));
}

TEST_CASE("Doctor report: text") {
  const DoctorReport report{{{"kernel", CheckStatus::kOk, "Linux 6", ""},
                             {"hook:podman", CheckStatus::kFailed, "line\nbreak", "do \x1bthat"}}};
  CHECK(sg::cli::render_doctor_text(report) ==
        "ok       kernel: Linux 6\n"
        "failed   hook:podman: line\\nbreak\n"
        "         -> do \\x1bthat\n"
        "A guarded container would not work here.\n");
  CHECK(sg::cli::render_doctor_text({}) == "A guarded container works here.\n");
}

TEST_CASE("Doctor report: JSON") {
  const DoctorReport report{
      {{"kernel", CheckStatus::kUnknown, "a \"b\"", ""}, {"x", CheckStatus::kWarning, "s", "r"}}};
  CHECK(sg::cli::render_doctor_json(report) == R"({
  "ready": false,
  "checks": [
    {"id": "kernel", "status": "unknown", "summary": "a \"b\"", "remedy": null},
    {"id": "x", "status": "warning", "summary": "s", "remedy": "r"}
  ]
}
)");
}
