// SPDX-License-Identifier: Apache-2.0
// hook_main.cpp - sysctl-guard-hook: an OCI hook for the prestart or createRuntime stage.
//
// Reads the container's state from standard input, guards the container, says at most one line. Which
// stage it runs in is read from the state, since engines register one argument list for all stages.
#include <malloc.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <climits>
#include <string>
#include <string_view>
#include <vector>

#include "app/error_line.h"
#include "app/exit_code.h"
#include "app/hook_options.h"
#include "app/run_hook.h"
#include "app/syslog_line.h"
#include "base/text.h"
#include "oci/state.h"

namespace {

constexpr std::string_view kHelp =
    "sysctl-guard-hook - lets a container change only the sysctls its annotations name\n"
    "\n"
    "An OCI hook for the createRuntime stage (or prestart). A runtime starts it and writes the\n"
    "container's state to its standard input. In config.json:\n"
    "\n"
    "  \"hooks\": { \"createRuntime\": [ { \"path\": \"/usr/libexec/oci/hooks.d/sysctl-guard-hook\" } ] }\n"
    "  \"annotations\": { \"io.sysctl-guard.allow\": \"net.ipv4.ip_forward=0|1\" }\n"
    "\n"
    "What annotations may ask for at most, the node policy says: /etc/sysctl-guard/policy.json.\n"
    "\n"
    "Options, in \"args\" of the registration:\n"
    "  --policy FILE   the node policy, in place of the installed one; it must be there\n"
    "  --profile NAME  the container gets this profile of the node policy\n"
    "\n"
    "Exit status: 0 guarded; 64 usage; 65 the state, config.json or an annotation is invalid;\n"
    "69 this host cannot do it; 71 a system call failed; 77 beyond the node's limit; 78 the node\n"
    "policy is invalid, or others than root can write it.\n"
    "`sysctl-guard check` tells what a policy allows without starting a container.\n";

void write_text(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written <= 0) {
      return;  // nobody to tell
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

// crun runs hooks with umask 0 and every signal blocked.
void reset_process() {
  (void)::umask(022);
  sigset_t none;
  (void)::sigemptyset(&none);
  (void)::sigprocmask(SIG_SETMASK, &none, nullptr);
  (void)::signal(SIGPIPE, SIG_IGN);
  // A process that lives for two milliseconds asks the kernel for memory once, and gives none back.
  constexpr int kPadBytes = 1 << 20;
  (void)::mallopt(M_TOP_PAD, kPadBytes);
  (void)::mallopt(M_TRIM_THRESHOLD, INT_MAX);
}

void log(const std::string& line, const std::string& container_id, sg::Severity severity) {
  const std::string id = container_id.empty() ? "unknown" : sg::escape(container_id, 128);
  sg::app::send_to_syslog("sysctl-guard-hook", "container " + id + ": " + line, severity);
}

int fail(const sg::Error& error, const std::string& container_id) {
  const std::string line = sg::app::error_line(error);
  write_text(STDERR_FILENO, line + "\n");
  log(line, container_id, sg::Severity::kError);
  return sg::app::hook_exit_code(error.code);
}

}  // namespace

int main(int argc, char** argv) {
  reset_process();
  const std::string_view argument = argc > 1 ? argv[1] : "";
  if (argument == "--help") {
    write_text(STDOUT_FILENO, kHelp);
    return 0;
  }
  if (argument == "--version") {
    write_text(STDOUT_FILENO, "sysctl-guard-hook " SG_VERSION "\n");
    return 0;
  }
  // Always to its end and before anything else: a runtime that cannot write it all reports that instead.
  const sg::Result<sg::oci::State> state = sg::oci::read_state(STDIN_FILENO);
  const std::vector<std::string_view> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  const sg::Result<sg::app::HookOptions> options = sg::app::parse_hook_options(arguments);
  if (!options) {
    return fail(options.error(), state ? state->id : "");
  }
  if (!state) {
    return fail(state.error(), "");
  }
  std::vector<std::string> notes;
  const sg::Status guarded = sg::app::guard_container(*state, *options, notes);
  for (const std::string& note : notes) {
    log("sysctl-guard: " + note, state->id, sg::Severity::kWarning);
  }
  return guarded ? sg::app::kHookAttached : fail(guarded.error(), state->id);
}
