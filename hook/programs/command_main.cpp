// SPDX-License-Identifier: Apache-2.0
// command_main.cpp - `sysctl-guard`: the command line to the command that was asked for.
//
// The only file of the command line program that prints, but for a command that does not end by
// itself. Output that cannot be written changes the exit code: nobody may take silence for
// "allowed".
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "cli/commands.h"

namespace {

bool write_all(std::FILE* stream, std::string_view text) {
  return std::fwrite(text.data(), 1, text.size(), stream) == text.size() &&
         std::fflush(stream) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  const sg::cli::Outcome outcome = sg::cli::run_command_line(words);
  (void)write_all(stderr, outcome.errors);  // there is nowhere to report that
  if (!write_all(stdout, outcome.output)) {
    std::perror("sysctl-guard: standard output");
    return sg::cli::kExitUsage;
  }
  return outcome.exit_code;
}
