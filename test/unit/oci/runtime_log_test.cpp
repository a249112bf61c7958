// SPDX-License-Identifier: Apache-2.0
// runtime_log_test.cpp - what engines read as the reason.
#include "oci/runtime_log.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <unistd.h>

#include "support/catch.h"

TEST_CASE("Runtime log: both forms") {
  constexpr std::time_t kNow = 1'700'000'000;
  CHECK(sg::oci::runtime_log_entry("sysctl-guard: a \"b\"", /*json=*/true, kNow) ==
        "{\"level\":\"error\",\"msg\":\"sysctl-guard: a "
        "\\\"b\\\"\",\"time\":\"2023-11-14T22:13:20Z\"}\n");
  CHECK(sg::oci::runtime_log_entry("a \"b\"", /*json=*/false, kNow) ==
        "time=\"2023-11-14T22:13:20Z\" level=error msg=\"a \\\"b\\\"\"\n");
}

TEST_CASE("Runtime log: a time beyond the calendar is some time") {
  CHECK(sg::oci::runtime_log_entry("a", /*json=*/true, INT64_MAX) ==
        "{\"level\":\"error\",\"msg\":\"a\",\"time\":\"1970-01-01T00:00:00Z\"}\n");
}

TEST_CASE("Runtime log: entries go to the end of the file, which is made") {
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("sysctl-guard-log-" + std::to_string(::getpid()));
  std::filesystem::remove(file);
  sg::oci::append_to_log(file, "one\n");
  sg::oci::append_to_log(file, "two\n");
  std::ifstream in(file);
  CHECK(std::string(std::istreambuf_iterator<char>(in), {}) == "one\ntwo\n");
  std::filesystem::remove(file);
  sg::oci::append_to_log(file / "not" / "there", "three\n");
  sg::oci::append_to_log("", "three\n");
  CHECK_FALSE(std::filesystem::exists(file));
}
