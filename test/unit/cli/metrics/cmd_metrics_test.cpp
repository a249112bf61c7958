// SPDX-License-Identifier: Apache-2.0
// cmd_metrics_test.cpp - metrics go to standard output or into a file, whatever this host has.
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

#include "support/catch.h"
#include "support/command_words.h"
#include "support/temp_dir.h"

using namespace sg;

namespace {

std::string content_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

bool can_ask() { return test::run_words({"metrics"}).exit_code == cli::kExitDone; }

}  // namespace

TEST_CASE("metrics: printed, or written to a file and nothing printed") {
  const test::TempDir dir;
  const std::string path = dir.path() + "/x.prom";
  std::ofstream(path) << "old\n";
  const cli::Outcome outcome = test::run_words({"metrics", "--output", path});
  CHECK(outcome.output.empty());
  if (can_ask()) {
    CHECK(outcome.exit_code == cli::kExitDone);
    CHECK(content_of(path).starts_with("# HELP sysctl_guard_guards "));
    CHECK(test::run_words({"metrics"}).output.starts_with("# HELP sysctl_guard_guards "));
  } else {
    CHECK(outcome.exit_code == cli::kExitFailed);
    CHECK(content_of(path) == "old\n");
  }
}

TEST_CASE("metrics: what is no regular file is not replaced") {
  const test::TempDir dir;
  const std::string link = dir.path() + "/link";
  const std::string fifo = dir.path() + "/fifo";
  REQUIRE(symlink("/dev/null", link.c_str()) == 0);
  REQUIRE(mkfifo(fifo.c_str(), 0600) == 0);
  for (const std::string& path : {link, fifo, dir.path()}) {
    const cli::Outcome outcome = test::run_words({"metrics", "--output", path});
    CHECK(outcome.exit_code == cli::kExitFailed);
    CHECK((!can_ask() || outcome.errors.find("no regular file") != std::string::npos));
  }
  struct stat found {};
  REQUIRE(lstat(link.c_str(), &found) == 0);
  CHECK(S_ISLNK(found.st_mode));
}
