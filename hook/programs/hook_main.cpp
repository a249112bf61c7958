// SPDX-License-Identifier: Apache-2.0
// hook_main.cpp - sysctl-guard-hook: an OCI hook for createRuntime (or prestart), createContainer,
// and Podman's precreate.
//
// Reads the container's state from standard input, guards the container, says at most one line.
// Where there is a config.json instead, it is Podman's precreate stage and the edited one is
// printed. Which of the two is read from the document, since engines register one argument list for
// all stages. The createContainer stage, which the edit alone registers, is told by its argument.
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error_line.h"
#include "base/file_io.h"
#include "base/text.h"
#include "host/own_path.h"
#include "host/syslog_line.h"
#include "kernel/event_maps.h"
#include "oci/create_config.h"
#include "oci/open_proc_sys.h"
#include "oci/state.h"
#include "programs/exit_code.h"
#include "programs/heap.h"
#include "programs/run_hook.h"
#include "request/guarded_config.h"
#include "request/hook_options.h"

namespace {

constexpr std::string_view kHelp =
    "sysctl-guard-hook - lets a container change only the sysctls its annotations name\n"
    "\n"
    "An OCI hook for the createRuntime stage (or prestart). A runtime starts it and writes the\n"
    "container's state to its standard input. At Podman's precreate stage it reads config.json\n"
    "and prints it as it should be. In config.json:\n"
    "\n"
    "  \"hooks\": { \"createRuntime\": [ { \"path\": "
    "\"/usr/libexec/oci/hooks.d/sysctl-guard-hook\" } ] }\n"
    "  \"annotations\": { \"io.sysctl-guard.allow\": \"net.ipv4.ip_forward=0|1\" }\n"
    "\n"
    "What annotations may ask for at most, the node policy says: /etc/sysctl-guard/policy.json.\n"
    "\n"
    "Options, in \"args\" of the registration:\n"
    "  --policy FILE   the node policy, in place of the installed one; it must be there\n"
    "  --profile NAME  the container gets this profile of the node policy\n"
    "  --open PATH...  at createContainer: makes /proc/sys read-only but for these; written by\n"
    "                  sysctl-guard itself where it opens /proc/sys\n"
    "\n"
    "Exit status: 0 guarded; 64 usage; 65 the state, config.json or an annotation is invalid;\n"
    "69 this host cannot do it; 71 a system call failed; 77 beyond the node's limit; 78 the node\n"
    "policy is invalid, or others than root can write it.\n"
    "`sysctl-guard check` tells what a policy allows without starting a container.\n";

// crun runs hooks with umask 0 and every signal blocked.
void reset_process() {
  (void)::umask(022);
  sigset_t none;
  (void)::sigemptyset(&none);
  (void)::sigprocmask(SIG_SETMASK, &none, nullptr);
  (void)::signal(SIGPIPE, SIG_IGN);
}

void log(const std::string& line, const std::string& container_id, sg::Severity severity) {
  const std::string id = container_id.empty() ? "unknown" : sg::escape(container_id, 128);
  sg::host::send_to_syslog(sg::oci::kHookName, "container " + id + ": " + line, severity);
}

// The system log has why.
int refuse(const sg::Error& error, const std::string& container_id) {
  const std::string line = sg::error_line(error);
  log(line, container_id, sg::Severity::kError);
  sg::kernel::count_hook_failure();
  return sg::programs::hook_exit_code(error.code);
}

int fail(const sg::Error& error, const std::string& container_id) {
  (void)sg::write_all(STDERR_FILENO, sg::error_line(error) + "\n");
  return refuse(error, container_id);
}

// Whether it is a pipe of whoever called us, which has no name: nothing that is written there lands
// in a file.
bool is_pipe(int fd) {
  const std::optional<std::string> link =
      sg::read_link(AT_FDCWD, "/proc/self/fd/" + std::to_string(fd));
  return link && link->starts_with("pipe:[");
}

// crun opens what this annotation names, as the host's root, and that is then our standard error:
// whoever writes annotations would choose the file and what we say of them. Then only the system
// log is told.
bool writes_into_files(const std::string& document, const sg::Result<sg::oci::State>& state) {
  return state ? std::ranges::any_of(state->annotations,
                                     [](const auto& item) {
                                       return item.first.starts_with(sg::request::kHookOutput);
                                     })
               : document.find(sg::request::kHookOutput) != std::string::npos;
}

// Podman's precreate stage: the config.json that is printed runs this hook at createRuntime. Podman
// takes nothing of a precreate hook that fails, and creates no container.
sg::Status print_config(const std::string& text, const sg::oci::CreateConfig& create,
                        const std::vector<std::string>& arguments) {
  const sg::Result<std::string> path = sg::host::own_path();
  if (!path) {
    return path.error();
  }
  // Podman has just written it, and does not say which runtime it calls.
  const sg::Result<sg::request::GuardedConfig> config =
      sg::request::make_guarded({.text = text,
                                 .config = create,
                                 .bundle = "",
                                 .hook_path = *path,
                                 .hook_args = arguments,
                                 .is_fresh = true});
  if (!config) {
    return config.error();
  }
  if (!config->note.empty()) {
    sg::host::send_to_syslog(sg::oci::kHookName, config->note, sg::Severity::kWarning);
  }
  if (!sg::write_all(STDOUT_FILENO, config->text)) {
    const int saved_errno = errno;
    return sg::system_error("standard output: cannot be written", saved_errno,
                            "read all of it: the container is created from it");
  }
  return sg::Ok{};
}

}  // namespace

int main(int argc, char** argv) {
  reset_process();
  sg::programs::keep_heap();
  const std::string_view argument = argc > 1 ? argv[1] : "";
  if (argument == "--help") {
    (void)sg::write_all(STDOUT_FILENO, kHelp);
    return 0;
  }
  if (argument == "--version") {
    (void)sg::write_all(STDOUT_FILENO, "sysctl-guard-hook " SG_VERSION "\n");
    return 0;
  }
  // Always to its end and before anything else: a runtime that cannot write it all reports that
  // instead.
  const sg::Result<std::string> document = sg::oci::read_document(STDIN_FILENO);
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  const sg::Result<sg::request::HookOptions> options = sg::request::parse_hook_options(arguments);
  if (!document) {
    return fail(document.error(), "");
  }
  sg::Result<sg::oci::State> state = sg::oci::parse_state(*document);
  // What is no state may be a config.json: no state has a root that is an object.
  const sg::Result<std::optional<sg::oci::CreateConfig>> create =
      state ? std::optional<sg::oci::CreateConfig>() : sg::oci::parse_if_config(*document);
  // Before anything is said of the document, what is wrong with it included.
  const bool is_precreate = create && create->has_value();
  if (is_precreate) {
    state = sg::oci::State{};
  }
  if (!is_precreate && writes_into_files(*document, state)) {
    const sg::Error error{sg::Errc::kBadInput,
                          "container state: an annotation run.oci.hooks.* makes crun write what "
                          "hooks say into a file of the host",
                          "remove it; the system log has what sysctl-guard says"};
    const std::string id = state ? state->id : "";
    return is_pipe(STDERR_FILENO) ? fail(error, id) : refuse(error, id);
  }
  if (!create) {
    return fail(create.error(), "");
  }
  if (!options) {
    return fail(options.error(), state ? state->id : "");
  }
  if (!state) {
    return fail(state.error(), "");
  }
  if (options->open) {
    const sg::Status opened =
        is_precreate
            ? sg::Status(sg::Error{sg::Errc::kUsage,
                                   "argument --open: it belongs to the createContainer stage",
                                   "correct \"args\" in the hook's registration"})
            : sg::programs::open_container(*state, *options->open);
    return opened ? sg::programs::kHookAttached : fail(opened.error(), state->id);
  }
  if (is_precreate) {
    const sg::Status printed = print_config(*document, **create, arguments);
    return printed ? sg::programs::kHookAttached : fail(printed.error(), "");
  }
  std::vector<std::string> notes;
  const sg::Status guarded = sg::programs::guard_container(*state, *options, notes);
  for (const std::string& note : notes) {
    log("sysctl-guard: " + note, state->id, sg::Severity::kWarning);
  }
  return guarded ? sg::programs::kHookAttached : fail(guarded.error(), state->id);
}
