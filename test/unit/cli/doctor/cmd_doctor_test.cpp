// SPDX-License-Identifier: Apache-2.0
// cmd_doctor_test.cpp - the command as a whole, below a directory with nothing in it.
#include <string>
#include <vector>

#include "base/json.h"
#include "cli/doctor/doctor_command.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using sg::cli::cmd_doctor;
using sg::cli::DoctorOptions;
using sg::cli::Outcome;
using sg::test::TempDir;

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
