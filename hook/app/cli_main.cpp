// SPDX-License-Identifier: Apache-2.0
// cli_main.cpp - `sysctl-guard`: the command line to the command that was asked for.
//
// The only file of the command line program that prints, but for a command that does not end by itself. Output that cannot be written changes the
// exit code: nobody may take silence for "allowed".
#include <unistd.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/command.h"
#include "app/events/cmd_events.h"
#include "app/exit_code.h"
#include "app/options.h"

namespace {

using sg::app::Outcome;

Outcome run(const std::vector<std::string>& arguments) {
  const sg::Result<sg::app::Invocation> invocation = sg::app::parse_options(arguments);
  if (!invocation) {
    const sg::Error& error = invocation.error();
    return Outcome{.exit_code = sg::app::kCommandUsage,
                   .output = "",
                   .errors = "sysctl-guard: " + error.message + "\nhint: " + error.hint + "\n"};
  }
  if (const auto* check = std::get_if<sg::app::CheckOptions>(&*invocation)) {
    return sg::app::cmd_check(*check);
  }
  if (const auto* learn = std::get_if<sg::app::LearnOptions>(&*invocation)) {
    return sg::app::cmd_learn(*learn);
  }
  if (const auto* update = std::get_if<sg::app::UpdateOptions>(&*invocation)) {
    return sg::app::cmd_update(*update);
  }
  if (const auto* detach = std::get_if<sg::app::DetachOptions>(&*invocation)) {
    return sg::app::cmd_detach(*detach);
  }
  if (const auto* install = std::get_if<sg::app::InstallOptions>(&*invocation)) {
    return sg::app::cmd_install(*install);
  }
  if (const auto* doctor = std::get_if<sg::app::DoctorOptions>(&*invocation)) {
    return sg::app::cmd_doctor(*doctor);
  }
  if (const auto* events = std::get_if<sg::app::EventsOptions>(&*invocation)) {
    return sg::app::cmd_events(*events, {.out_fd = STDOUT_FILENO, .err_fd = STDERR_FILENO});
  }
  if (const auto* list = std::get_if<sg::app::ListOptions>(&*invocation)) {
    return sg::app::cmd_list(*list);
  }
  if (const auto* show = std::get_if<sg::app::ShowOptions>(&*invocation)) {
    return sg::app::cmd_show(*show);
  }
  if (const auto* metrics = std::get_if<sg::app::MetricsOptions>(&*invocation)) {
    return sg::app::cmd_metrics(*metrics);
  }
  if (const auto* version = std::get_if<sg::app::VersionOptions>(&*invocation)) {
    return sg::app::cmd_version(*version);
  }
  return Outcome{.exit_code = sg::app::kCommandDone,
                 .output = std::get<sg::app::HelpOptions>(*invocation).text,
                 .errors = ""};
}

bool write_all(std::FILE* stream, std::string_view text) {
  return std::fwrite(text.data(), 1, text.size(), stream) == text.size() &&
         std::fflush(stream) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  const Outcome outcome = run(arguments);
  (void)write_all(stderr, outcome.errors);  // there is nowhere to report that
  if (!write_all(stdout, outcome.output)) {
    std::perror("sysctl-guard: standard output");
    return sg::app::kCommandUsage;
  }
  return outcome.exit_code;
}
