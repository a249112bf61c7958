// SPDX-License-Identifier: Apache-2.0
// cmd_doctor_test.cpp - its command lines, the two forms of the answer, and the whole of it below a
// directory with nothing in it.
#include "cli/doctor/cmd_doctor.h"

#include <string>
#include <vector>

#include "base/json.h"
#include "support/catch.h"
#include "support/command_words.h"
#include "support/temp_dir.h"

using namespace sg;
using sg::cli::cmd_doctor;
using sg::cli::DoctorOptions;
using sg::cli::is_ready;
using sg::cli::Outcome;
using sg::engines::Check;
using sg::engines::CheckStatus;
using sg::test::TempDir;

TEST_CASE("Doctor options: each of them, and what is not given") {
  const auto read = [](const test::Words& words) {
    return test::read_words(cli::doctor_command(), cli::read_doctor_options, words);
  };
  const auto options = read({"--json", "--root", "/usr", "--policy=/p"});
  REQUIRE(options);
  CHECK(options->json);
  CHECK(options->root == "/usr");
  CHECK(options->policy == "/p");
  CHECK(read({})->root == "/");
  CHECK(read({})->policy == "/etc/sysctl-guard/policy.json");
  CHECK(read({"podman"}).error().message == "nothing can stand here: 'podman'");
  CHECK(read({"--root", "r"}).error().message == "--root: 'r' is not an absolute path");
  for (const char* root : {"/none", "/etc/passwd"}) {
    CHECK(read({"--root", root}).error().message ==
          "--root: '" + std::string(root) + "' is not a directory");
  }
}

TEST_CASE("Doctor report: a warning is no obstacle, a failure and a gap are") {
  CHECK(is_ready({}));
  CHECK(is_ready({{"a", CheckStatus::kOk, "x", ""}, {"b", CheckStatus::kWarning, "x", "y"}}));
  CHECK_FALSE(is_ready({{"a", CheckStatus::kOk, "x", ""}, {"b", CheckStatus::kFailed, "x", ""}}));
  CHECK_FALSE(is_ready({{"a", CheckStatus::kUnknown, "x", ""}}));
}

TEST_CASE("Doctor report: text") {
  const std::vector<Check> checks{
      {"kernel", CheckStatus::kOk, "Linux 6", ""},
      {"hook:podman", CheckStatus::kFailed, "line\nbreak", "do \x1bthat"}};
  CHECK(sg::cli::render_doctor_text(checks) ==
        "ok       kernel: Linux 6\n"
        "failed   hook:podman: line\\nbreak\n"
        "         -> do \\x1bthat\n"
        "A guarded container would not work here.\n");
  CHECK(sg::cli::render_doctor_text({{"a", CheckStatus::kWarning, R"('^io\.')", R"("^io\\.")"}})
            .starts_with("warning  a: '^io\\.'\n"
                         "         -> \"^io\\\\.\"\n"));
  CHECK(sg::cli::render_doctor_text({}) == "A guarded container works here.\n");
}

TEST_CASE("Doctor report: JSON") {
  const std::vector<Check> checks{{"kernel", CheckStatus::kUnknown, "a \"b\"", ""},
                                  {"x", CheckStatus::kWarning, "s", "r"}};
  CHECK(sg::cli::render_doctor_json(checks) == R"({
  "ready": false,
  "checks": [
    {"id": "kernel", "status": "unknown", "summary": "a \"b\"", "remedy": null},
    {"id": "x", "status": "warning", "summary": "s", "remedy": "r"}
  ]
}
)");
}

TEST_CASE("doctor: without an engine it is not ready, in both forms") {
  const TempDir dir;
  DoctorOptions options;
  options.root = dir.path();
  const Outcome text = cmd_doctor(options);
  CHECK(text.exit_code == sg::cli::kExitFailed);
  CHECK(text.errors.empty());
  CHECK(text.output.find("kernel: Linux ") != std::string::npos);
  CHECK(text.output.ends_with("A guarded container would not work here.\n"));
  options.json = true;
  const Outcome json = cmd_doctor(options);
  CHECK(json.exit_code == sg::cli::kExitFailed);
  const std::vector<std::vector<std::string_view>> ready = {{"ready"}};
  const auto items = sg::read_json(json.output, "output", ready);
  REQUIRE(items);
  REQUIRE(items->size() == 1);
  CHECK(items->front().text == "false");
}
